from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

pytest.importorskip("streamlit", reason="make app installs it")
HUB_APP = Path(sys.executable).with_name("hub-app")


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("localhost", 0))
        return int(free.getsockname()[1])


@pytest.mark.integration
def test_hub_app_serves_the_page_and_leaves_nothing_when_it_is_interrupted(tmp_path: Path) -> None:
    port = free_port()
    command = [str(HUB_APP), "--no-browser", "--port", str(port)]
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as server:
        try:
            until = time.monotonic() + 300
            while True:
                try:
                    with urllib.request.urlopen(f"http://localhost:{port}/_stcore/health", timeout=1) as answer:
                        assert answer.read() == b"ok"
                    break
                except OSError:
                    assert server.poll() is None and time.monotonic() < until
                    time.sleep(0.2)
            with urllib.request.urlopen(f"http://localhost:{port}/compare", timeout=10) as answer:
                assert b"<title>" in answer.read()
        finally:
            server.send_signal(signal.SIGINT)
            told, _ = server.communicate(timeout=300)
    assert f"The page is at http://localhost:{port} (stop it with Ctrl-C)." in told
    assert "Traceback" not in told
    assert list(tmp_path.iterdir()) == []


@pytest.mark.integration
@pytest.mark.parametrize(
    ("argument", "said"),
    [("80", "--port: got 80; must be 1024 to 65535"), ("x", "invalid int value: 'x'")],
)
def test_hub_app_refuses_a_port_that_cannot_be(argument: str, said: str, tmp_path: Path) -> None:
    ended = subprocess.run(
        [str(HUB_APP), "--port", argument], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 2 and ended.stdout == ""
    assert said in ended.stderr and "Traceback" not in ended.stderr


@pytest.mark.integration
def test_hub_app_says_that_a_port_is_taken(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("localhost", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [str(HUB_APP), "--no-browser", "--port", str(port)]
        ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300)
    assert ended.returncode == 2
    assert f"--port: got {port}, which is taken" in ended.stderr
