"""How long a visitor of the page waits for a quick look, in a real browser: from letting a lever go to its answer.

`python -m benchmarks.quick_look` alone, after `make e2e` has set up; `make bench` measures it where that is so.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.own import Median, median

ROUNDS = 8
SECONDS = 240
LINKS = {"the default Hub": "?scenario=baseline&staffing=senior_led"}
LEVERS = {"more demand": "Referrals overall"}
WATCH = """
() => { window.told = new Promise(told => {
  const shown = key => document.querySelector('.st-key-' + key)?.textContent;
  const before = shown('answer');
  let started = null, first = null;
  document.addEventListener('keyup', () => { started = performance.now(); }, {once: true, capture: true});
  const look = () => {
    const now = performance.now(), answer = shown('answer'), early = shown('answer-so-far');
    const stale = document.querySelector('.st-key-answer')?.closest('[data-stale=true]');
    if (started !== null) {
      if (first === null && early !== undefined) first = now;
      if (answer !== undefined && answer !== before && !stale) {
        told([(first ?? now) - started, now - started]);
        return;
      }
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}); }
"""


class Waited(NamedTuple):
    """Seconds from letting go, one value a round."""

    first: list[float]
    """Until a first answer stands, of some of the replications or of all."""
    whole: list[float]
    """Until the answer of all replications stands."""


def can_measure() -> bool:
    """Return whether there is a browser to measure in."""
    return find_spec("playwright") is not None and shutil.which("chromium") is not None


def measured(rounds: int = ROUNDS, checkout: Path | None = None) -> dict[str, Waited]:
    """Move each lever of the page so often, each time to where it has not been, and return what a visitor waited.

    Parameters
    ----------
    checkout
        Another checkout, set up, whose page is measured; this one by default.
    """
    from playwright.sync_api import sync_playwright

    found: dict[str, Waited] = {}
    python = sys.executable if checkout is None else str(checkout / ".venv" / "bin" / "python")
    with tempfile.TemporaryDirectory() as folder, served(Path(folder), python) as address, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(1000 * SECONDS)
        for hub, link in LINKS.items():
            page.goto(f"{address}/{link}")
            page.get_by_role("heading", name="Take it away").wait_for()
            for what, lever in LEVERS.items():
                waits = [_one(page, lever) for _ in range(rounds + 1)][1:]  # the first starts the workers
                found[f"{hub}, {what}"] = Waited([wait[0] for wait in waits], [wait[1] for wait in waits])
        browser.close()
    return found


def opened(rounds: int = ROUNDS) -> list[float]:
    """Return the seconds from the page's address to its answer, each in a browser that knows nothing of it.

    The first visit after `hub app` starts is among them; presets have been simulated once before.
    """
    from playwright.sync_api import sync_playwright

    waits: list[float] = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for once in range(2):  # the first start simulates the presets
            with served(Path(folder)) as address:
                for _ in range(rounds if once else 1):
                    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
                    page.set_default_timeout(1000 * SECONDS)
                    started = time.monotonic()
                    page.goto(address)
                    page.locator(".st-key-answer").wait_for()
                    if once:
                        waits.append(time.monotonic() - started)
                    page.context.close()
        browser.close()
    return waits


def as_starts(found: dict[str, Waited]) -> dict[str, Median]:
    """Return what was measured by what it is, as the page of figures lists it."""
    return {
        f"the page, {what}: from letting a lever go to {name}": median(seconds)
        for what, waited in found.items()
        for name, seconds in (("the first answer", waited.first), ("the answer of 20 replications", waited.whole))
    }


def _one(page: Any, lever: str) -> tuple[float, float]:
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    page.wait_for_timeout(1500)  # what is done after an answer is over, as when somebody reads it
    page.get_by_role("slider", name=re.compile(lever)).focus()
    page.evaluate(WATCH)
    page.keyboard.press("ArrowRight")
    first, whole = page.evaluate("window.told")
    return first / 1000, whole / 1000


@contextmanager
def served(folder: Path, python: str = sys.executable) -> Iterator[str]:
    """Serve the page as `hub app` does for somebody in an empty folder, which keeps its log; give its address."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    command = [python, "-m", "analysis", "app", "--no-browser", "--port", str(port)]
    log, own = folder / "log.txt", os.environ | {"TMPDIR": str(folder)}
    with log.open("wb") as told:
        server = subprocess.Popen(command, cwd=folder, stdout=told, stderr=told, env=own)
    try:
        until = time.monotonic() + SECONDS
        while True:
            try:
                urllib.request.urlopen(f"http://localhost:{port}/_stcore/health", timeout=1).close()
                break
            except OSError:
                if server.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(f"{command}: does not serve: {log.read_text()}") from None
                time.sleep(0.2)
        yield f"http://localhost:{port}"
    finally:
        server.terminate()
        server.wait(30)


def main() -> None:
    checkout = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    told = ", ".join(f"{one:.2f}" for one in opened())
    print(f"from the address to the answer, seconds, the first visit first: {told}")
    for what, waited in measured(checkout=checkout).items():
        for name, seconds in zip(Waited._fields, waited, strict=True):
            told = ", ".join(f"{one:.2f}" for one in sorted(seconds))
            print(f"{what}: {name} answer, seconds: {told}")
    print("load", os.getloadavg()[0])


if __name__ == "__main__":
    main()
