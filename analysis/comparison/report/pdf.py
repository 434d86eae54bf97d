"""The report as PDF, printed by Chromium where it is present."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from sim.disk.whole import write_whole

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
TIMEOUT_SECONDS = 120


def chromium() -> str | None:
    """Return the path of Chromium or Chrome; None where there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def chromium_command(browser: str, profile: str) -> list[str]:
    """Return how a browser is started without a window and with a profile of its own."""
    command = [browser, "--headless", "--disable-gpu", "--no-first-run", f"--user-data-dir={profile}"]
    # As root, in a container, Chromium refuses to start with its sandbox; the page is our own and has no script.
    return [*command, "--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else command


def print_pdf(page: Path, pdf: Path) -> str | None:
    """Print a page of HTML to PDF; the file appears whole or not at all.

    Returns
    -------
    str or None
        Why there is no PDF; None if there is one.
    """
    browser = chromium()
    if browser is None:
        return "no PDF: Chromium was not found; open the page in any browser and print it"
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "report.pdf"
        command = [*chromium_command(browser, f"{folder}/profile"), "--no-pdf-header-footer", f"--print-to-pdf={made}"]
        try:
            done = subprocess.run(
                [*command, page.resolve().as_uri()],
                capture_output=True,
                text=True,
                timeout=TIMEOUT_SECONDS,
                check=False,
            )
        except (subprocess.TimeoutExpired, OSError) as error:
            return f"no PDF: {browser} did not print ({error})"
        if done.returncode != 0 or not made.is_file():
            reason = (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
            return f"no PDF: {browser} did not print ({reason})"
        write_whole(pdf, made.read_bytes())
    return None
