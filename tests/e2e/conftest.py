"""The page served as `hub app` serves it, and Debian's Chromium to look at it; each visit in a new empty profile."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.quick_look import served

playwright = pytest.importorskip("playwright.sync_api", reason="make e2e installs it")

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESK, TABLET = {"width": 1280, "height": 900}, {"width": 820, "height": 1180}
SECONDS = 240
"""A patience for machines that do other things too."""


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the page, as somebody would who stands in an empty folder."""
    folder = tmp_path_factory.mktemp("served")
    with served(folder) as there:
        yield there
    log_text = (folder / "log.txt").read_text()
    assert "Traceback" not in log_text, log_text
    assert [path.name for path in folder.iterdir()] == ["log.txt"], "the page leaves nothing behind"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Debian's Chromium; without it these tests fail, for they are asked for by name."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    assert found, "Chromium is needed: apt-get install chromium"
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Any, address: str) -> Iterator[Callable[..., Any]]:
    """Open a part in a session of its own; at the end nothing may have left this machine or failed in the browser."""
    contexts, strays, failures = [], [], []

    def open_part(part: str = "", size: dict[str, int] = DESK) -> Any:
        context = chromium.new_context(viewport=size, accept_downloads=True)
        context.set_default_timeout(SECONDS * 1000)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: strays.append(request.url) if leaves(request.url) else None)
        page.on("pageerror", lambda error: failures.append(str(error)))
        page.goto(f"{address}/{part}")
        page.locator("h1").wait_for()
        return page

    yield open_part
    for context in contexts:
        context.close()
    assert strays == []
    assert failures == []


def leaves(url: str) -> bool:
    """Return whether a request goes to another machine."""
    return not url.startswith(("data:", "blob:", "http://localhost:", "ws://localhost:"))


def settle(page: Any) -> None:
    """Wait until the page has done what it was last asked for."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    page.wait_for_function("!document.querySelector('[data-stale=true]')")


@pytest.fixture
def settled() -> Callable[[Any], None]:
    """Give what waits until the page has done what it was last asked for."""
    return settle


A_MOMENT_MS = 1000


def pick(page: Any, field: str | re.Pattern[str], option: str) -> None:
    """Choose an option of a field; an open list closes when the page is drawn anew, and is then opened again."""
    offered = page.get_by_role("option", name=option, exact=True)
    while not offered.is_visible():
        page.get_by_role("combobox", name=field).click()
        page.wait_for_timeout(A_MOMENT_MS)
    offered.click()


@pytest.fixture
def picked() -> Callable[[Any, str | re.Pattern[str], str], None]:
    """Give what chooses an option of a field."""
    return pick


@pytest.fixture
def ask_for() -> Callable[[Any, str], None]:
    """Give what starts a decision-grade run of so many replications."""

    def asked(page: Any, replications: str) -> None:
        pick(page, "Replications of a decision-grade run", replications)
        page.get_by_role("button", name="Run it in the background").click()

    return asked


@pytest.fixture
def download(tmp_path: Path) -> Callable[[Any, str], Path]:
    """Press a download button of a page at rest and return the file."""

    def pressed(page: Any, label: str) -> Path:
        settle(page)
        with page.expect_download() as caught:
            page.get_by_role("button", name=label, exact=True).click()
        path = tmp_path / caught.value.suggested_filename
        caught.value.save_as(path)
        return path

    return pressed
