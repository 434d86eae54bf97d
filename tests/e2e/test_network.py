"""A network that drops, as it does on the way from one meeting to the next."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from analysis.app.own_figures import referrals_template

pytestmark = pytest.mark.e2e

DROP_SECONDS = 3.0


class Network:
    """Carries bytes between the browser and the page, until it drops."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._there = True
        self._lines: list[socket.socket] = []
        self._ear = socket.create_server(("localhost", 0))
        self.port = self._ear.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def drop(self, seconds: float) -> None:
        self._there = False
        for line in self._lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        time.sleep(seconds)
        self._there = True

    def close(self) -> None:
        self._ear.close()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._ear.accept()
                if not self._there:
                    near.close()
                    continue
                far = socket.create_connection(("localhost", self._to))
                self._lines += [near, far]
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    @staticmethod
    def _carry(one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while content := one.recv(65536):
                other.sendall(content)
        with suppress(OSError):
            other.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def network(address: str) -> Iterator[Network]:
    carried = Network(urlsplit(address).port or 80)
    yield carried
    carried.close()


def test_a_drop_of_three_seconds_costs_neither_the_upload_nor_the_run(
    visit: Callable[..., Any],
    network: Network,
    ask_for: Callable[[Any, str], None],
    download: Callable[[Any, str], Path],
) -> None:
    page = visit()
    page.goto(f"http://localhost:{network.port}/own-figures")
    page.get_by_role("heading", name="Referrals of your Hub").wait_for()
    table = {"name": "ours.csv", "mimeType": "text/csv", "buffer": referrals_template().encode()}
    page.locator("input[type=file]").nth(2).set_input_files(table)
    page.get_by_text("Your referrals are in use.").wait_for()
    page.get_by_role("link", name="Explore a scenario").click()
    page.get_by_role("heading", name="Take it away").wait_for()
    ask_for(page, "500")
    page.get_by_text(re.compile(r"Decision-grade run: [1-9]\d* of 500")).wait_for()
    network.drop(DROP_SECONDS)
    before = int(re.findall(r"run: (\d+) of 500", page.locator("[data-testid=stMain]").inner_text())[0])
    page.wait_for_function(
        "before => Number(document.body.innerText.match(/run: (\\d+) of 500/)?.[1] ?? 0) > before", arg=before
    )
    page.get_by_role("button", name="Cancel the run").click()
    page.get_by_text("The run was cancelled.").wait_for()
    assert page.get_by_text("your own table").first.is_visible()
    assert not page.get_by_text("referrals_csv: got").is_visible()
    assert download(page, "Summary (CSV)").stat().st_size > 0
