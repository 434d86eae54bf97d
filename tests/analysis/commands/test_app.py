from __future__ import annotations

import base64
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

import pytest

pytest.importorskip("streamlit", reason="make app installs it")
SWITCHED = HTTPStatus.SWITCHING_PROTOCOLS
HUB = Path(sys.executable).with_name("hub")


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("localhost", 0))
        return int(free.getsockname()[1])


WATCHED = """
import sys

def watch(event, arguments):
    if event in ("socket.connect", "socket.sendto"):
        place = arguments[1]
    elif event == "socket.getaddrinfo":
        place = arguments
    else:
        return
    if isinstance(place, tuple) and place[0] not in (None, "127.0.0.1", "::1", "localhost", "0.0.0.0"):
        with open({file!r}, "a") as file:
            print(event, place, file=file)

sys.addaudithook(watch)
"""
"""Notes whatever a process, or one that it starts, asks of anybody but this machine."""


@contextmanager
def served(folder: Path, *arguments: str) -> Iterator[tuple[int, list[str]]]:
    """Serve the page and yield its port and, once it has been interrupted, what it has printed."""
    port, printed = free_port(), list[str]()
    (folder / "watch").mkdir()
    (folder / "watch" / "sitecustomize.py").write_text(WATCHED.format(file=str(folder / "asked outside")))
    (folder / "tmp").mkdir()
    environment = os.environ | {"TMPDIR": str(folder / "tmp"), "PYTHONPATH": str(folder / "watch")}
    command = [str(HUB), "app", "--no-browser", "--port", str(port), *arguments]
    with subprocess.Popen(
        command,
        cwd=folder / "tmp",
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as server:
        try:
            until = time.monotonic() + 300
            while True:
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1) as answer:
                        assert answer.read() == b"ok"
                    break
                except OSError:
                    assert server.poll() is None and time.monotonic() < until
                    time.sleep(0.2)
            yield port, printed
        finally:
            server.send_signal(signal.SIGHUP if arguments else signal.SIGINT)
            try:
                told, _ = server.communicate(timeout=60)
            except subprocess.TimeoutExpired:
                server.kill()
                raise
            printed.append(told)


def opened(port: int, host: str, origin: str | None) -> int:
    """Ask for the page's stream as a browser does, and return the status of the answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Host": host, "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
    headers["Sec-WebSocket-Key"] = base64.b64encode(bytes(16)).decode()
    if origin is not None:
        headers["Origin"] = origin
    connection.request("GET", "/_stcore/stream", headers=headers)
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.integration
def test_the_app_serves_the_page_and_leaves_nothing_when_it_is_interrupted(tmp_path: Path) -> None:
    with served(tmp_path) as (port, printed):
        answer = urllib.request.urlopen(f"http://localhost:{port}/compare", timeout=10)
        assert b"<title>" in answer.read()
        answer.close()
    assert f"The page is at http://localhost:{port} (stop it with Ctrl-C)." in printed[0]
    assert "Stopped; nothing was kept." in printed[0]
    assert "Traceback" not in printed[0]
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.integration
def test_a_page_for_the_network_answers_to_its_own_name_and_asks_nobody(tmp_path: Path) -> None:
    own = socket.gethostname()
    with served(tmp_path, "--address", "0.0.0.0") as (port, printed):
        for name in (own, own.upper(), "127.0.0.1", "localhost"):
            assert opened(port, f"{name}:{port}", f"http://{name.lower()}:{port}") == SWITCHED, name
        for host, origin in (
            (f"{own}:{port}", "http://evil.example"),
            (f"{own}:{port}", f"http://localhost:{port + 1}"),
            (f"evil.example:{port}", f"http://evil.example:{port}"),
            (f"{own}:{port}", "null"),
            (f"{own}:{port}", "http://[evil"),
            ("[evil", None),
        ):
            assert opened(port, host, origin) == HTTPStatus.FORBIDDEN, (host, origin)
    assert f"The page is at http://{own}:{port} " in printed[0]
    assert "Traceback" not in printed[0]
    assert not (tmp_path / "asked outside").exists(), (tmp_path / "asked outside").read_text()
    assert list((tmp_path / "tmp").iterdir()) == [], "closing the terminal leaves nothing either"


@pytest.mark.integration
@pytest.mark.parametrize(
    ("argument", "said"),
    [("80", "--port: got 80; must be 1024 to 65535"), ("x", "invalid int value: 'x'")],
)
def test_the_app_refuses_a_port_that_cannot_be(argument: str, said: str, tmp_path: Path) -> None:
    ended = subprocess.run(
        [str(HUB), "app", "--port", argument], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 2 and ended.stdout == ""
    assert said in ended.stderr and "Traceback" not in ended.stderr


@pytest.mark.integration
def test_the_app_says_that_a_port_is_taken(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("localhost", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [str(HUB), "app", "--no-browser", "--port", str(port)]
        ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300)
    assert ended.returncode == 2
    assert f"--port: got {port}, which is taken" in ended.stderr
