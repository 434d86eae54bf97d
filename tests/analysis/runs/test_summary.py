"""The screen that sums up a run, from a measures table made by hand."""

import csv
import io
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis.estimates.tables import estimate
from analysis.runs.summary import print_summary
from analysis.tell.wording import csv_of
from sim.config import HubConfig

pytestmark = pytest.mark.unit

DAYS = 731


def row(replication: int, measure: str, value: float, denominator: float = 0.0, **where: str) -> dict[str, Any]:
    place = {"stage": "", "dimension": "all", "group": "all", "unit": "persons"} | where
    numerator = value * denominator if denominator else value
    return {"hub": 0, "replication": replication, "measure": measure, "value": value, "numerator": numerator,
            "denominator": denominator or math.nan} | place  # fmt: skip


def small_table() -> pd.DataFrame:
    rows = []
    for r, more in enumerate((-2.0, 0.0, 2.0)):
        home = {"dimension": "staff_group", "group": "care_homes"}
        to_assessment = {"stage": "referral_to_assessment", "unit": "days"}
        rows += [
            row(r, "referrals", 1200 + 12 * more, unit="referrals"),
            row(r, "assessed", 600 + more),
            row(r, "assessed", 12 + more, **home),
            row(r, "wait_days_median", 40 + more, **to_assessment),
            row(r, "wait_days_median", 55 + more, **to_assessment, **home),
            row(r, "within_standard_share", 0.6 + more / 100, 100, stage="referral_to_assessment", unit="share"),
            row(r, "left_waiting_share", 0.05 + more / 100, 100, stage="assessment", unit="share"),
            row(r, "queue_mean", 30 + more, DAYS, stage="assessment"),
            row(r, "utilisation", 0.91 + more / 100, 1e5, dimension="role", group="senior_clinician", unit="share"),
            row(r, "utilisation", 0.42 + more / 100, 1e5, dimension="role", group="therapist", unit="share"),
            row(r, "places_filled_share", 0.88 + more / 100, 20, dimension="role", group="therapist", unit="share"),
            row(r, "cost_per_year_gbp", 500_000 + 1000 * more, 2.0, unit="GBP a year"),
            row(r, "staff_cost_share", 0.74, 1e6, unit="share"),
            row(r, "cost_per_supported_gbp", 1350 + 10 * more, 700, unit="GBP a person"),
        ]
    return pd.DataFrame(rows)


@pytest.fixture
def printed(hub_config: Callable[..., HubConfig]) -> str:
    config = hub_config(**{"run.horizon_days": DAYS, "run.replications": 3, "purpose": "To be printed."})
    screen = io.StringIO()
    print_summary(config, estimate(small_table()), ["The list for therapy grows"], screen)
    return screen.getvalue()


def line_with(text: str, pattern: str) -> list[str]:
    [line] = [line for line in text.splitlines() if re.search(pattern, line)]
    return line.split()


def test_the_header_says_what_was_run(printed: str) -> None:
    head = " ".join(printed.partition("Who comes")[0].split())
    for part in ("Scenario baseline", "staffing senior_led", "3 replications of 731 days from 1 April 2021",
                 "run-in of 365 days", "seed 20240512"):  # fmt: skip
        assert part in head


def test_who_comes_is_told_a_month_and_a_year(printed: str) -> None:
    # 1,200 in 731 days are 50 a month and 600 a year
    words = line_with(printed, "referred, first or again")
    assert "50" in words
    assert "600" in words


def test_waits_come_with_interval_standard_in_words_and_share_of_all_eligible(printed: str) -> None:
    line = " ".join(line_with(printed, " referral to assessment"))
    assert line.startswith("referral to assessment 40 (35 to 45) –")  # 40 +- 4.303 x 2 / sqrt 3
    assert "80% in 28 days 60% (55 to 65)" in line
    assert " ".join(line_with(printed, "^ assessment  ")).endswith("5.0% (1.8 to 13.0)")  # who left waiting


def test_staff_groups_are_words_and_small_ones_are_marked(printed: str) -> None:
    assert " ".join(line_with(printed, "care homes")).startswith("care homes 12* 55 (50 to 60)")
    assert " ".join(line_with(printed, " everyone")).startswith("everyone 600 40 (35 to 45) 60%")
    assert "* fewer than 30 people in a replication" in printed
    assert "nhs_" not in printed


def test_busy_roles_are_marked_and_others_are_not(printed: str) -> None:
    assert " ".join(line_with(printed, "senior clinician.*%")).endswith("91% (85 to 95) ! –")  # logit 2.31 +- 0.61
    assert "!" not in line_with(printed, " therapist .*%")
    assert "! over 85%" in printed


def test_a_role_used_less_or_more_than_its_plan_expects_says_so_beside_its_load(printed: str) -> None:
    assert ", below 80–95% 88% (82 to 92)" in " ".join(line_with(printed, " therapist .*%"))  # and its places
    assert "below" not in " ".join(line_with(printed, "senior clinician.*%"))


def test_cost_comes_with_unit_price_year_interval_and_staff_share(printed: str) -> None:
    assert "Cost (2021/22 prices)" in printed
    cost = " ".join(line_with(printed, " set-up not counted"))
    assert "£500,000 (495,000 to 505,000) 74% (74 to 74) £1,350 (1,300 to 1,400)" in cost


def test_what_the_figures_cannot_say_stands_below_them(printed: str) -> None:
    foot = " ".join(printed.partition("In brackets:")[2].split())
    assert "over replications" in foot
    assert "how sure we are about the real service" in foot
    assert "grade D" in foot
    assert "hub evidence --grade D" in foot
    assert "No claim about cost-effectiveness" in foot
    assert foot.endswith("WARNING The list for therapy grows")


def test_it_fits_one_screen_and_is_plain_text_in_a_file(printed: str) -> None:
    lines = printed.splitlines()
    assert len(lines) <= 52
    assert max(len(line) for line in lines) <= 136
    assert not set(printed) & set("│─┌└━┃\x1b…")


def test_the_file_holds_every_measure(tmp_path: Path) -> None:
    estimates = estimate(small_table())
    (tmp_path / "summary.csv").write_text(csv_of(estimates))
    with open(tmp_path / "summary.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(estimates)
    assert rows[0]["measure"] == "referrals"
    assert float(rows[0]["estimate"]) == 1200
    assert rows[0]["unit"] == "referrals"


def test_a_backlog_is_said_to_count_among_the_supported_but_not_among_the_referrals(hub_config, printed: str) -> None:
    screen = io.StringIO()
    print_summary(hub_config(**{"run.opening.mode": "backlog"}), estimate(small_table()), [], screen)
    assert "opening backlog who are supported count as supported; they were referred before" in screen.getvalue()
    assert "opening backlog" not in printed


def test_dated_changes_are_named_with_their_dates_where_there_are_any(hub_config, printed: str) -> None:
    changes = {
        "funding_3": {"kind": "funding", "from_day": 183, "funded_share": 0.8},
        "agency": {"kind": "post", "role": "therapist", "band": "7", "wte": 1.0, "contract": "agency", "from_day": 30,
                   "to_day": 91},
    }  # fmt: skip
    screen = io.StringIO()
    print_summary(hub_config(changes=changes), estimate(small_table()), [], screen)
    told = " ".join(screen.getvalue().split())
    assert "Dated changes: agency, 1 WTE therapist, band 7, agency, from 1 May 2021 to 30 June 2021; " in told
    assert "; funding_3, 80% of the establishment is funded, from 1 October 2021" in told
    assert "Dated changes" not in printed
