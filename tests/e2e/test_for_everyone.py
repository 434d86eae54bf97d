from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("axe_playwright_python", reason="make e2e installs it")

pytestmark = pytest.mark.e2e

SHORT = "scenario=baseline&staffing=senior_led&days=183&opening=empty"
TABLET = {"width": 820, "height": 1180}
PLAN = SHORT.replace("&", "%26").replace("=", "%3D")
PLANS = (
    f"plan=name%3DAs%20it%20is%26{PLAN}"
    f"&plan=name%3DOne%20more%20therapist%26{PLAN}%26wte.therapist.therapist%3D3&baseline=0&runs=100"
)
PARTS = {
    f"?{SHORT}": "Take it away",
    "compare": "Compare staffing",
    f"compare?{PLANS}": "Take it away",
    "size": "The target",
    f"flow?{SHORT}": "One client's story",
    "own-figures": "Referrals of your Hub",
    "basis": "The register",
}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}


@pytest.mark.parametrize("part", PARTS)
def test_a_part_has_no_fault_that_axe_can_find(
    visit: Callable[..., Any], settled: Callable[[Any], None], part: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = visit(part)
    page.get_by_role("heading", name=PARTS[part]).wait_for()
    settled(page)
    page.evaluate(
        "document.querySelectorAll('[data-testid=stMain] details:not([open]) > summary').forEach(s => s.click())"
    )
    page.wait_for_timeout(500)  # until they have unfolded
    found = Axe().run(page, options=RULES).response["violations"]
    told = [(fault["id"], node["target"], node["failureSummary"]) for fault in found for node in fault["nodes"]]
    assert told == []


@pytest.mark.parametrize("part", PARTS)
def test_a_part_fits_a_tablet(visit: Callable[..., Any], part: str) -> None:
    page = visit(part, TABLET)
    page.get_by_role("heading", name=PARTS[part]).wait_for()
    wide = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    assert wide <= TABLET["width"]


def test_every_chart_has_words_and_a_table(visit: Callable[..., Any], settled: Callable[[Any], None]) -> None:
    page = visit(f"?{SHORT}")
    page.get_by_role("heading", name="Take it away").wait_for()
    settled(page)
    page.locator("[data-testid=stPlotlyChart]").nth(7).wait_for()
    charts = page.locator("[data-testid=stPlotlyChart]")
    assert page.get_by_text(": the same as a table").count() == charts.count() == 8


def test_the_page_can_be_walked_by_keyboard_alone(visit: Callable[..., Any]) -> None:
    page = visit(f"?{SHORT}")
    page.get_by_role("heading", name="Take it away").wait_for()
    reached = set()
    for _ in range(120):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate("(document.activeElement.ariaLabel || document.activeElement.innerText || '').trim()")
        )
    told = "\n".join(reached)
    for name in (
        "Compare staffing",
        "Referrals overall",
        "Run it in the background",
        "Summary (CSV)",
        "Keep this as a plan",
    ):
        assert name in told, name


def test_the_tour_is_taken_and_left_by_keyboard(visit: Callable[..., Any]) -> None:
    page = visit(f"?{SHORT}")
    page.get_by_role("heading", name="Take it away").wait_for()
    page.get_by_role("button", name="Take the tour").focus()
    page.keyboard.press("Enter")
    for step in range(1, 5):
        page.get_by_text(f"{step} of 5: ").wait_for()
        page.get_by_role("button", name="Next").focus()
        page.keyboard.press("Enter")
    page.get_by_text("5 of 5: ").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Take the tour").wait_for(state="detached")


@pytest.mark.parametrize("wide", [1440, 1024, 768])
def test_the_four_figures_stand_in_one_row(visit: Callable[..., Any], wide: int) -> None:
    page = visit(f"?{SHORT}", {"width": wide, "height": 1000})
    page.locator(".st-key-answer").wait_for()
    page.locator(".hub-figures").wait_for()
    boxes = page.evaluate(
        "[...document.querySelectorAll('.hub-figures > div')].map(card => card.getBoundingClientRect().toJSON())"
    )  # at once: what stands above them may still grow
    assert len(boxes) == 4 and len({round(box["top"]) for box in boxes}) == 1
    assert boxes[-1]["right"] <= wide


def test_what_is_printed_is_the_answer_and_nothing_to_press(visit: Callable[..., Any]) -> None:
    page = visit(f"?{SHORT}")
    page.get_by_role("heading", name="Take it away").wait_for()
    page.emulate_media(media="print")
    for shown in (".st-key-answer", ".hub-figures"):
        page.locator(shown).wait_for()  # while it is drawn anew it is away for a moment
    for hidden in ("[data-testid=stSidebar]", "[data-testid=stHeader]", ".st-key-decide", ".st-key-take-away"):
        assert not page.locator(hidden).is_visible()


def test_levers_stand_under_who_asks_for_them(visit: Callable[..., Any]) -> None:
    def asked(page: Any) -> list[str]:
        page.get_by_role("heading", name="For crisis teams").wait_for()
        return [text for text in page.locator("[data-testid=stSidebar] h3").all_inner_texts() if text.startswith("For")]

    assert asked(visit(f"?{SHORT}")) == ["For planners", "For commissioners", "For crisis teams"]
    assert asked(visit("size"))[0] == "For crisis teams"
