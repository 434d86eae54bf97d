"""Pictures of the parts for the README: `make pictures` draws docs/pictures/ anew (not a test, so not run as one)."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
SIZE = {"width": 1200, "height": 860}
MOST_BYTES = 200_000
YEAR = "scenario%3Dbaseline%26days%3D365%26staffing%3D"
PLANS = (
    f"plan=name%3DAs%20it%20is%26{YEAR}senior_led"
    f"&plan=name%3DOne%20more%20therapist%26{YEAR}senior_led%26wte.therapist.therapist%3D3"
    f"&plan=name%3DMixed%20skill%26{YEAR}mixed_skill"
)
SURGE = "scenario=major_incident&staffing=senior_led&days=548&day.manchester_arena=60"


def take(page: Any, name: str, settled: Callable[[Any], None]) -> None:
    settled(page)
    page.mouse.move(0, 0)
    page.wait_for_timeout(1500)  # until charts are drawn
    PICTURES.mkdir(exist_ok=True)
    path = PICTURES / f"{name}.png"
    page.screenshot(path=path)
    assert path.stat().st_size < MOST_BYTES


def test_explore(visit: Callable[..., Any], settled: Callable[[Any], None]) -> None:
    page = visit("?scenario=baseline&staffing=senior_led&days=365&wte.therapist.therapist=3", SIZE)
    page.get_by_role("heading", name="Take it away").wait_for()
    while not page.get_by_text("Quick look: 20 replications.").is_visible():
        page.reload()  # on a busy machine the first look makes do with fewer; what it has done is kept
        page.get_by_role("heading", name="Take it away").wait_for()
    take(page, "explore", settled)


def test_compare(visit: Callable[..., Any], settled: Callable[[Any], None]) -> None:
    page = visit(f"compare?{PLANS}&baseline=0&stage=referral_to_assessment&delta=5&runs=100", SIZE)
    page.get_by_role("heading", name="Take it away").wait_for(timeout=900_000)
    settled(page)
    page.get_by_text("Decision-grade").scroll_into_view_if_needed()
    page.evaluate("document.querySelector('[data-testid=stMain]').scrollBy(0, 560)")
    take(page, "compare", settled)


def test_size(visit: Callable[..., Any], settled: Callable[[Any], None]) -> None:
    page = visit(f"size?{SURGE}", SIZE)
    page.get_by_role("button", name="Find the cheapest plan").click()
    page.get_by_text("Can the target be reached at all?").wait_for()  # the form, and the account of a search that goes
    page.evaluate("document.querySelector('[data-testid=stMain]').scrollBy(0, 200)")
    take(page, "size", settled)
    page.get_by_role("button", name="Cancel the run").click()
    page.get_by_text("The run was cancelled.").wait_for()


def test_flow(visit: Callable[..., Any], settled: Callable[[Any], None]) -> None:
    page = visit("flow?scenario=major_incident&staffing=senior_led", SIZE)
    week = page.get_by_role("slider", name=re.compile("^Week"))
    week.focus()
    for _ in range(40):
        page.keyboard.press("ArrowRight")
    page.get_by_text("Somebody who is with the Hub in week 40").first.wait_for()
    take(page, "flow", settled)


def test_own_figures(visit: Callable[..., Any], settled: Callable[[Any], None]) -> None:
    page = visit("own-figures", SIZE)
    page.get_by_role("heading", name="Referrals of your Hub").wait_for()
    take(page, "own-figures", settled)


def test_basis(visit: Callable[..., Any], settled: Callable[[Any], None]) -> None:
    page = visit("basis", SIZE)
    page.get_by_role("heading", name="The register").wait_for()
    take(page, "basis", settled)
