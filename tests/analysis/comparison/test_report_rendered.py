"""The report as a board sees it: rendered in Chromium, one A4 page before the appendix, nothing missing or cut off."""

from __future__ import annotations

import base64
import re
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

import pytest
from pypdf import PageObject, PdfReader

sys.path.insert(0, str(Path(__file__).parents[1]))
from hand_made_sweep import write_sweep

from analysis.comparison.across import across
from analysis.comparison.compare import compare
from analysis.comparison.read_sweep import read_sweep
from analysis.comparison.report import write_report
from analysis.comparison.rests_on import Driver, Drivers
from analysis.comparison.taken_apart import Widened, concerns, equity_table

pytestmark = pytest.mark.integration

MOST = 6
"""Plans on the page for a board."""
A4_POINTS = (595, 842)
POINTS_A_PIXEL = 0.75
"""Of the page; Chromium makes it less where anything is wider than the paper, and cuts off the rest."""
SENIORS = "staffing.roles.senior_clinician.lines.senior.wte"
PURPOSE = (
    "A purpose that goes on & on, with <marks> in it, so that the first page has to shorten it and the appendix has to "
    "show it in full, whatever an author writes here."
)
LONG_NAMES = (
    "a_plan_whose_name_is_rather_long_number",
    "aplanwhosenamesomebodyhastypedwithoutasinglespaceinit" * 3,
)
LONG_SCENARIO = "a_scenario_whose_name_is_as_long_as_those_of_the_plans_are"
LONG_WORDS = "Assistant psychologist: client facing hours per week: and more of it"
QUESTION = (
    "Which of all these options should the board of the integrated care system choose for the coming three years " * 2
)


@pytest.fixture(scope="module")
def sweep(hub_config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six plans with long names and purposes, in two scenarios with such names; nothing is conclusive."""
    short = {"run.horizon_days": 140, "run.opening.mode": "empty", "run.replications": 3, "run.jobs": 1}
    plans = {}
    for after, scenario in (("", "baseline"), ("_elsewhere", LONG_SCENARIO)):
        plans[f"baseline{after}"] = hub_config(**short, scenario=scenario)
        plans |= {
            f"plan_{number}{after}": hub_config(
                **short,
                **{"staffing_model": f"{LONG_NAMES[number % 2]}_{number}", "purpose": PURPOSE, SENIORS: 1.0 + number},
                scenario=scenario,
            )
            for number in range(1, 6)
        }
    folder: Path = tmp_path_factory.mktemp("sweep")
    write_sweep(folder, plans)
    return folder


@pytest.fixture(scope="module", params=[*(pytest.param(plans, marks=pytest.mark.heavy) for plans in (2, 4)), MOST])
def report(
    request: pytest.FixtureRequest,
    sweep: Path,
    tmp_path_factory: pytest.TempPathFactory,
    drawing: Callable[[], AbstractContextManager[None]],
) -> Path:
    """The report on so many options, the most of them in two scenarios, with as much to say as there is room for."""
    plans = ["baseline", *(f"plan_{number}" for number in range(1, request.param))]
    cells = [f"{plan}{after}" for after in (("", "_elsewhere") if request.param == MOST else ("",)) for plan in plans]
    comparison = compare(read_sweep(sweep, cells), "baseline")
    equity = equity_table(comparison)
    flags = [
        Widened(plan, concern, "staff_group", group, "nhs_hospital_community", -1.0, -2.0, True)
        for plan in plans[1:]
        for concern in concerns(comparison.config, comparison.stage)[:2]
        for group in ("nhs_primary_care", "social_care_other", "police_fire")
    ]
    strong = [Driver("a.b", LONG_WORDS, "D", "sessions a course of therapy", 4, 12, 70.0, -30.0)] * 5
    drivers = Drivers("plan_1", "baseline", comparison.headlines[0].words, "%", 12.0, strong)
    folder: Path = tmp_path_factory.mktemp("report")
    with drawing():
        write_report(across(comparison), equity, flags, [], drivers, QUESTION, folder)
    return folder


class Sources(HTMLParser):
    """Collects what a page would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.images: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = dict(attributes)
        if tag == "img":
            assert values["alt"]
            self.images.append(str(values["src"]))
        elif tag in ("link", "script", "iframe", "object"):
            self.links.append(tag)


def test_the_page_holds_everything_it_shows(report: Path) -> None:
    page = (report / "report.html").read_text()
    sources = Sources()
    sources.feed(page)
    assert len(sources.images) == (11 if "In each scenario" in page else 6)
    assert not sources.links
    assert not re.search(r"url\(|@import|https?://", page)
    for source in sources.images:
        head, _, content = source.partition(",")
        assert head == "data:image/png;base64"
        assert base64.b64decode(content).startswith(b"\x89PNG")


def test_text_of_a_scenario_cannot_become_markup(report: Path) -> None:
    page = (report / "report.html").read_text()
    assert "&lt;marks&gt;" in page
    assert "<marks>" not in page


def test_no_image_is_missing_and_nothing_overflows(report: Path, faults_shown: Callable[[Path], str]) -> None:
    assert faults_shown(report / "report.html") == ""


class Printed(NamedTuple):
    """A page of the report on paper: its text, and by how much each part of it was made smaller."""

    page: PageObject
    text: str
    scales: set[float]


@pytest.fixture(scope="module")
def printed(report: Path, browser: str) -> list[Printed]:
    """The pages, read once: it takes seconds."""
    found = []
    for page in PdfReader(report / "report.pdf").pages:
        scales = set[float]()
        text = page.extract_text(visitor_operand_before=lambda _, __, matrix, ___, scales=scales: scales.add(matrix[0]))
        found.append(Printed(page, text, scales))
    return found


def test_no_page_is_made_smaller_to_take_what_is_wider(printed: list[Printed]) -> None:
    for number, (_, _, scales) in enumerate(printed, start=1):
        assert POINTS_A_PIXEL in {round(scale, 4) for scale in scales}, f"page {number} is shrunk: {sorted(scales)}"


def test_one_a4_page_says_all_before_its_figure_and_the_appendix(printed: list[Printed], report: Path) -> None:
    pages, texts = [one.page for one in printed], [re.sub(r"\s+", " ", one.text) for one in printed]
    assert {(round(page.mediabox.width), round(page.mediabox.height)) for page in pages} == {A4_POINTS}
    has_back = "The plans in pictures" in (report / "report.html").read_text()
    first, after = texts[0], texts[1 + has_back]
    assert "No claim about cost-effectiveness" in first
    assert first.rstrip().endswith("appendix follows.")
    assert after.startswith("Appendix A.")
    assert [len(page.images) for page in pages[: 1 + has_back]] == [0] * has_back + [1]
    assert texts[has_back].startswith("The plans in pictures") == has_back
    assert LONG_WORDS[:38] in first  # the drivers are on it, and so are
    assert "gaps to the reference group widen" in first
    assert PURPOSE[:30] in first  # each plan is described under its name
    whole = " ".join(texts)
    assert ("In each scenario" in first) == ("In each scenario" in whole)
    for heading in "ABCDEF":
        assert f"Appendix {heading}." in whole
