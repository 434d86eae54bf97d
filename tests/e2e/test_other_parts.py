from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook

pytestmark = pytest.mark.e2e


def plan(name: str, **changes: str) -> str:
    told = {"name": name, "scenario": "baseline", "staffing": "senior_led", "days": "183", "opening": "empty"} | changes
    return "plan=" + "%26".join(f"{key}%3D{value}" for key, value in told.items())


def test_compare_from_a_link_to_the_report(visit: Callable[..., Any], download: Callable[[Any, str], Path]) -> None:
    more = {"wte.therapist.therapist": "3"}
    page = visit(
        f"compare?{plan('Now')}&{plan('More', **more)}&baseline=0&stage=referral_to_assessment&delta=5&runs=20"
        "&question=Is%20a%20third%20therapist%20worth%20it%3F"
    )
    page.get_by_role("heading", name="Difference by difference").wait_for()
    rows = list(csv.DictReader(download(page, "Differences (CSV)").open(encoding="utf-8")))
    cost = next(row for row in rows if row["figure"] == "cost a year")
    shown = page.get_by_role("row").filter(has_text="Cost a year").inner_text()
    assert f"{float(cost['baseline_level']):,.0f}" in shown and f"{float(cost['plan_level']):,.0f}" in shown
    assert cost["verdict"] in shown
    report = download(page, "Report (HTML)").read_text(encoding="utf-8")
    assert "<h1>Is a third therapist worth it?</h1>" in report and "<b>More</b>" in report
    document = Document(str(download(page, "Page for a board (Word)")))
    assert document.core_properties.title == "Is a third therapist worth it?"
    assert "Differences" in load_workbook(download(page, "Workbook (Excel)")).sheetnames
    design = download(page, "Plans (CSV)").read_text(encoding="utf-8").splitlines()
    assert "staffing.roles.therapist.lines.therapist.wte" in design[0] and len(design) == 3
    assert page.locator("[data-testid=stPlotlyChart]").count() == 8
    assert page.get_by_text(": the same as a table").count() == 8
    page.get_by_text("The plans, and the frontier: the same as a table").click()
    assert page.get_by_role("cell", name=re.compile("^£")).first.is_visible()


def test_a_plan_is_named_where_it_is_compared(
    visit: Callable[..., Any], settled: Callable[[Any], None], picked: Callable[..., None]
) -> None:
    page = visit(f"compare?{plan('Now')}&{plan('More', days='365')}")
    page.get_by_text("Name the plans, and say what is asked").click()
    page.get_by_label("Name of plan 2").fill("A longer look")
    page.get_by_label("Name of plan 2").press("Enter")
    settled(page)
    picked(page, re.compile("Baseline"), "A longer look")
    settled(page)
    assert page.get_by_role("combobox", name=re.compile("Baseline")).input_value() == "A longer look"


def test_two_plans_that_are_the_same_get_a_sentence(visit: Callable[..., Any]) -> None:
    page = visit(f"compare?{plan('One')}&{plan('Two')}")
    page.get_by_role("button", name="Compare them").click()
    page.get_by_text("One and Two are the same").wait_for()


EASY = (
    "scenario=major_incident&staffing=senior_led&days=365&opening=empty&day.manchester_arena=10&size.manchester_arena=0.1"
    "&target.stage=screening&target.days=60&target.share=0.1"
)
"""A small incident in a new Hub, and a target that hardly needs anybody: the search is short."""


HOSTILE = "%3Cscript%3Ealert(1)%3C/script%3E%20%24x%24%20**%F0%9F%92%A9**"


@pytest.mark.parametrize(
    "rest",
    ["baseline=%C2%B2&delta=nan&runs=%C2%B2", "baseline=-1&delta=1e400&runs=9999999999&stage=lunch", "plan=%00&plan=a"],
)
def test_a_link_to_a_comparison_takes_only_what_can_be(visit: Callable[..., Any], rest: str) -> None:
    page = visit(f"compare?{plan('Now')}&{plan(HOSTILE, days='365')}&{rest}")
    page.get_by_role("button", name="Compare them").wait_for()
    page.get_by_text("2. <script>alert(1)</script> $x$ **💩**").wait_for()
    assert not page.get_by_text("error").is_visible()


def test_size_gives_its_account_and_ends_in_a_card(
    visit: Callable[..., Any], download: Callable[[Any, str], Path]
) -> None:
    page = visit(f"size?{EASY}&target.assurance=0.5&target.hard=quick")
    page.get_by_role("button", name="Find the cheapest plan").click()
    page.get_by_text("Can the target be reached at all?").wait_for()
    page.get_by_role("heading", name="Take it away").wait_for(timeout=240_000)
    numbers = json.loads(download(page, "Every number (JSON)").read_text(encoding="utf-8"))
    assert numbers["headline"] in page.locator(".st-key-answer").inner_text()
    assert numbers["question"]["target"] == {"stage": "screening", "days": 60, "share": 0.1, "assurance": 0.5}
    assert numbers["headline"] in download(page, "Card (HTML)").read_text(encoding="utf-8")


def test_a_sizing_is_cancelled_and_an_impossible_target_gets_a_sentence(visit: Callable[..., Any]) -> None:
    page = visit("size")
    page.get_by_text("Preset: Major incident").wait_for()
    page.get_by_role("button", name="Find the cheapest plan").click()
    page.get_by_role("button", name="Cancel the run").click()
    page.get_by_text("The run was cancelled.").wait_for()
    for target in ("target.stage=lunch&target.days=28", "target.days=99999"):
        page = visit(f"size?scenario=major_incident&{target}")
        page.get_by_text("The target of the link could not be opened").wait_for()


def test_people_flow_plays_pauses_scrubs_and_tells_a_story(visit: Callable[..., Any]) -> None:
    page = visit("flow?scenario=baseline&staffing=senior_led&days=183")
    week = page.get_by_role("slider", name=re.compile("^Week"))
    week.wait_for()
    page.get_by_role("button", name="Play").click()
    page.wait_for_function(
        "[...document.querySelectorAll('input[type=range]')].some(week => week.max == 26 && week.value >= 2)"
    )
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Play").wait_for()
    week.focus()
    page.keyboard.press("End")
    page.get_by_text("Somebody who is with the Hub in week 26").first.wait_for()
    page.get_by_text("This week as a table").click()
    assert page.get_by_role("row").filter(has_text="Therapy: in a course").is_visible()
    page.get_by_role("button", name="Tell this person's story").click()
    page.get_by_role("cell", name="Referred", exact=True).first.wait_for()


def test_own_figures_are_taken_and_bad_files_get_a_sentence(
    visit: Callable[..., Any], download: Callable[[Any, str], Path], tmp_path: Path
) -> None:
    page = visit("own-figures")
    template = download(page, "Template for figures (CSV)")
    _, figures, referrals = page.locator("input[type=file]").all()

    def file(name: str, content: bytes) -> Path:
        """Each has a name of its own: a browser tells nobody of the same name again."""
        (tmp_path / name).write_bytes(content)
        return tmp_path / name

    figures.set_input_files(file("numbers.csv", b"figure,value,nhs_number\nlead,12,9434765919\n"))
    page.get_by_text("may identify people").wait_for()
    referrals.set_input_files(file("picture.csv", b"\x89PNG\r\n\x1a\n\x00\x00"))
    page.get_by_text("not a table of text").wait_for()
    in_a_cell = b"referred_on,staff_group,gender\n2021-04-06,ambulance,jane.doe@nhs.net\n"
    page.locator("input[type=file]").last.set_input_files(file("mail.csv", in_a_cell))
    page.get_by_text("line 2: a cell looks like an e-mail address").wait_for()
    ten_megabytes = b"figure,value\n" + b"lead,12\n" * 1_300_000
    page.locator("input[type=file]").nth(1).set_input_files(file("long.csv", ten_megabytes))
    page.get_by_text("File must be 2.0MB or smaller.").wait_for()
    own = tmp_path / "own.csv"
    own.write_text(re.sub(r"^lead,[^,]*,", "lead,16,", template.read_text(), flags=re.M))
    page.locator("input[type=file]").nth(1).set_input_files(own)
    page.get_by_text(re.compile(r"Time to fill a post: 10 → 16 ")).wait_for()
    mine = tmp_path / "referrals.csv"
    mine.write_text("referred_on,staff_group\n2021-04-06,ambulance\n2021-05-06,care_homes\n")
    page.locator("input[type=file]").last.set_input_files(mine)
    page.get_by_text("Your referrals are in use").wait_for()
    assert page.get_by_text("your own table").is_visible()
    page.get_by_role("link", name="Explore a scenario").click()
    page.get_by_text(re.compile("Quick look: 20 replications")).wait_for()
    assert "referrals.csv" not in page.url


def test_a_workbook_is_taken_filled_in_uploaded_and_checked_against_last_year(
    visit: Callable[..., Any], download: Callable[[Any, str], Path], tmp_path: Path
) -> None:
    page = visit("own-figures")
    empty = download(page, "Empty workbook (Excel)")

    def uploaded(name: str, typed: dict[str, Any]) -> None:
        book = load_workbook(empty)
        for place, value in typed.items():
            sheet, _, cell = place.partition("!")
            book[sheet][cell] = value
        book.save(tmp_path / name)
        page.locator("input[type=file]").first.set_input_files(tmp_path / name)

    uploaded("bad.xlsx", {"Posts!C6": "two", "Staff groups!D6": "most"})
    page.get_by_text("bad.xlsx, sheet Posts, cell C6: WTE: got 'two'").wait_for()
    assert page.get_by_text("bad.xlsx, sheet Staff groups, cell D6: Women: got 'most'").is_visible()
    assert page.get_by_text("Preset: Baseline, senior led.").is_visible()
    mine = {"Hub!B6": "Our Hub", "Hub!B8": 6, "Posts!C6": 1.5, "Months!B6": 20, "Months!B7": 25, "Months!B8": 22}
    uploaded("my-hub.xlsx", mine)
    page.get_by_text("Your Hub is in use").wait_for()
    assert page.get_by_text("Preset: Our Hub, from your workbook my-hub.xlsx.").is_visible()
    page.get_by_text("Every value, and the cell that it came from").click()
    assert page.get_by_role("row").filter(has_text="sheet Posts, cell C6").first.is_visible()
    page.get_by_role("button", name="Check against last year").click()
    row = page.get_by_role("row").filter(has_text="People referred")
    row.first.wait_for()
    assert "of 3" in row.first.inner_text()
    page.get_by_text("Months from a file instead").click()
    national = download(page, "Template (CSV)").read_text(encoding="utf-8")
    assert national.count("\n20") == 12
    mine_too = tmp_path / "mhsds-f06.csv"
    mine_too.write_text(re.sub(r"^(20\d\d-\d\d),,,,$", r"\1,21,105,<5,*", national, flags=re.M))
    files = page.locator("input[type=file]")
    files.nth(1).set_input_files(mine_too)
    page.get_by_text("What happened is read from mhsds-f06.csv, not from the sheet Months; 24 figures known").wait_for()
    page.get_by_text("or the months are others; check again").wait_for()
    page.get_by_role("button", name="Check again").click()
    closed = page.get_by_role("row").filter(has_text="referral is closed").filter(has_text="0 to 4")
    closed.first.wait_for()
    assert "of 12" in closed.first.inner_text()
    page.get_by_role("link", name="Explore a scenario").click()
    page.get_by_text(re.compile("Quick look: 20 replications")).wait_for()
    assert "own=hub-" in page.url and "Our" not in page.url
    other = visit(page.url.partition("/?")[2] and "?" + page.url.partition("/?")[2])
    other.get_by_text("whose workbook only its own visitor has").wait_for()
    assert not other.get_by_text("Our Hub").is_visible()
    page.get_by_role("link", name="Your own figures").click()
    page.get_by_role("button", name="Forget my workbook").click()
    page.get_by_text("Preset: Baseline, senior led.").wait_for()


def test_what_it_is_based_on_can_be_searched_and_taken_away(
    visit: Callable[..., Any], download: Callable[[Any, str], Path]
) -> None:
    page = visit("basis")
    search = page.get_by_role("textbox", name="Search for")
    search.fill("sessions_mean")
    search.press("Enter")
    page.get_by_role("row").filter(has_text="modalities.cbt.sessions_mean").first.wait_for()
    assert page.get_by_text("No claim about cost-effectiveness.").first.is_visible()
    assert download(page, "The whole register (CSV)").read_text(encoding="utf-8").startswith("path,value,unit")
