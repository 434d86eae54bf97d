"""The card as a board sees it: one A4 page however long the plan, nothing missing and nothing cut off."""

import os
import re
import subprocess

import pytest
from made_up_answer import made_up
from pypdf import PdfReader

from analysis.report.pdf import chromium, chromium_command
from analysis.sizing.card import write_card
from analysis.sizing.question import read_question

pytestmark = pytest.mark.integration

A4_POINTS = (595, 842)
CUT_OFF = """<script>
addEventListener("load", () => {
  const out = [];
  for (const image of document.images) if (!image.complete || image.naturalWidth === 0) out.push("image " + image.alt);
  for (const one of document.querySelectorAll("body *"))
    if (one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0 && getComputedStyle(one).display !== "inline")
      out.push("overflow " + one.tagName + " " + one.textContent.slice(0, 40));
  document.documentElement.setAttribute("data-found", out.join("|"));
});
</script>"""
QUESTIONS = {"one target": [], "two targets": ["sizing=assessment_and_therapy"]}


@pytest.fixture(scope="module")
def browser():
    found = chromium()
    if found is None:
        assert "HUB_NEEDS_CHROMIUM" not in os.environ, "Chromium is not installed, and these tests must run here"
        pytest.skip("Chromium is not installed (apt-get install chromium); continuous integration has it")
    return found


@pytest.mark.parametrize("asked", QUESTIONS)
@pytest.mark.parametrize("passed", [True, False])
def test_the_longest_card_is_one_page_with_nothing_cut_off(asked, passed, browser, hub_config, tmp_path):
    answer = made_up(hub_config("scenario=major_incident"), read_question(QUESTIONS[asked]), passed)
    page, pdf = write_card(*answer, tmp_path)
    pages = PdfReader(pdf).pages
    assert [(round(one.mediabox.width), round(one.mediabox.height)) for one in pages] == [A4_POINTS]
    said = re.sub(r"\s+", " ", pages[0].extract_text())
    assert "WTE in all" in said
    assert "replications used" in said
    probed = tmp_path / "probed.html"
    probed.write_text(page.read_text().replace("</head>", CUT_OFF + "</head>"))
    command = [*chromium_command(browser, str(tmp_path / "profile")), "--window-size=794,1123", "--dump-dom"]
    shown = subprocess.run([*command, probed.as_uri()], capture_output=True, text=True, timeout=300, check=True).stdout
    assert re.findall(r'data-found="([^"]*)"', shown) == [""]
