"""A printed page in a browser: what is missing on it, and what is cut off; and the words to avoid."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.tell.style import chromium, chromium_command

PROBE = """<script>
addEventListener("load", () => {
  const out = [];
  for (const image of document.images) if (!image.complete || image.naturalWidth === 0) out.push("image " + image.alt);
  for (const one of document.querySelectorAll("body *"))
    if (one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0 && getComputedStyle(one).display !== "inline")
      out.push("overflow " + one.tagName + " " + one.textContent.slice(0, 40));
  document.documentElement.setAttribute("data-found", out.join("|"));
});
</script>"""


@pytest.fixture(scope="session")
def browser() -> str:
    found = chromium()
    if found is None:
        assert "HUB_NEEDS_CHROMIUM" not in os.environ, "Chromium is not installed, and these tests must run here"
        pytest.skip("Chromium is not installed (apt-get install chromium); continuous integration has it")
    return found


@pytest.fixture
def faults_shown(browser: str, tmp_path: Path) -> Callable[[Path], str]:
    """Show a page of A4's width; returns the images that are missing and the texts that are cut off, or nothing."""

    def shown(page: Path) -> str:
        probed = tmp_path / "probed.html"
        probed.write_text(page.read_text().replace("</head>", PROBE + "</head>"))
        command = [*chromium_command(browser, str(tmp_path / "profile")), "--window-size=794,1123", "--dump-dom"]
        dom = subprocess.run([*command, probed.as_uri()], capture_output=True, text=True, timeout=300, check=True)
        [found] = re.findall(r'data-found="([^"]*)"', dom.stdout)
        return str(found)

    return shown


@pytest.fixture(scope="session")
def words_to_avoid() -> Callable[[str], list[tuple[int, str]]]:
    """Return the words of docs/plain_words.csv that a text holds, each with its line."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "docs"))
    from plain_words import found

    return found
