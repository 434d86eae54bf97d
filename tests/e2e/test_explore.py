from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.e2e

SHORT = "?scenario=baseline&staffing=senior_led&days=183&opening=empty"
"""Half a year of a new Hub: the same page, a sixth of the work."""


def answered(page: Any) -> None:
    """Wait until the quick look, or what took its place, stands."""
    page.get_by_role("heading", name="Take it away").wait_for()
    page.get_by_text(re.compile("^(Quick look|Decision-grade): ")).first.wait_for()


def command_of(page: Any) -> list[str]:
    return str(page.locator("code").last.inner_text()).split()


def test_explore_from_opening_over_a_lever_to_the_download(
    visit: Callable[..., Any], download: Callable[[Any, str], Path], tmp_path: Path
) -> None:
    page = visit(SHORT)
    answered(page)
    assert page.get_by_text("Preset: Baseline, senior led.").is_visible()
    before = page.locator(".st-key-answer").inner_text()
    slider = page.get_by_role("slider", name=re.compile("Referrals overall"))
    slider.focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")  # keyboard only
    page.get_by_text("Referrals overall: 1 → 1.5 times the preset's").wait_for()
    page.wait_for_function("before => document.querySelector('.st-key-answer').innerText !== before", arg=before)
    answered(page)
    assert "referrals=1.5" in page.url
    summary = download(page, "Summary (CSV)")

    command = command_of(page)
    assert "demand.multiplier=1.5" in command
    run = [sys.executable, "-m", "analysis", *command[1:], f"hydra.run.dir={tmp_path / 'run'}"]
    printed = subprocess.run(run, cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    assert summary.read_bytes() == (tmp_path / "run" / "summary.csv").read_bytes()
    a_year = re.search(
        r"costs about (£[\d,]+ \([\d,]+ to [\d,]+\)) a year", page.locator(".st-key-answer").inner_text()
    )
    assert a_year and a_year[1] in printed


def test_a_decision_grade_run_survives_a_refresh_and_ends_in_a_download(
    visit: Callable[..., Any], ask_for: Callable[[Any, str], None], download: Callable[[Any, str], Path]
) -> None:
    page = visit(SHORT)
    answered(page)
    ask_for(page, "100")
    page.get_by_text(re.compile(r"Decision-grade run: \d+ of 100")).wait_for()
    page.reload()  # in the middle of it
    page.get_by_text("Decision-grade: 100 replications.").wait_for()
    archive = zipfile.ZipFile(download(page, "Everything (ZIP)"))
    assert {"summary.csv", "manifest.json", "measures.parquet", "queue_over_time.png"} <= set(archive.namelist())
    assert archive.read("summary.csv") == download(page, "Summary (CSV)").read_bytes()


def test_a_run_is_cancelled_and_can_be_started_again(
    visit: Callable[..., Any], ask_for: Callable[[Any, str], None]
) -> None:
    page = visit("?scenario=major_incident&staffing=senior_led")
    answered(page)
    ask_for(page, "500")
    page.get_by_role("button", name="Cancel the run").click()
    page.get_by_text("The run was cancelled.").wait_for()
    assert page.get_by_role("button", name="Run it in the background").is_enabled()


def test_two_sessions_at_once_do_not_see_each_other(visit: Callable[..., Any]) -> None:
    one, other = visit(SHORT), visit(SHORT + "&wte.therapist.therapist=4")
    answered(one)
    answered(other)
    one.get_by_role("button", name="Keep this as a plan").click()
    one.get_by_role("button", name="Run it in the background").click()
    one.get_by_role("button", name="Cancel the run").wait_for()
    assert other.get_by_text("→ 4 WTE").is_visible()
    assert one.get_by_text("Changed:").first.is_visible() and not one.get_by_text("→ 4 WTE").is_visible()
    assert not other.get_by_role("button", name="Cancel the run").is_visible()
    other.get_by_role("link", name="Compare staffing").click()
    other.get_by_text("Under Explore you can keep what you have set up").first.wait_for()
    one.get_by_role("button", name="Cancel the run").click()


@pytest.mark.parametrize(
    "link", ["?scenario=<script>alert(1)</script>", "?run.store=/etc", "?wte.therapist.therapist=1e9"]
)
def test_a_link_that_asks_for_the_impossible_gets_a_sentence(visit: Callable[..., Any], link: str) -> None:
    page = visit(link)
    page.get_by_text("The link could not be opened as it is").wait_for()
    page = visit(f"flow{link}")
    page.get_by_text("The link could not be opened as it is").wait_for()
    assert not page.get_by_text("Traceback").is_visible()


def test_the_difference_from_the_preset_stays_in_sight(visit: Callable[..., Any]) -> None:
    page = visit(SHORT)
    answered(page)
    page.get_by_role("heading", name="Take it away").scroll_into_view_if_needed()
    seen = page.locator(".st-key-difference").bounding_box()
    assert 0 <= seen["y"] < 100 and page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") > 500
    assert page.get_by_text("→ half a year").is_visible()


def test_values_that_contradict_each_other_get_a_sentence(visit: Callable[..., Any]) -> None:
    page = visit("?scenario=major_incident&staffing=senior_led&day.manchester_arena=700&days=365")
    page.get_by_text("must lie within the run").wait_for()
