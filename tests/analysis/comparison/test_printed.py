"""How a comparison is told in the terminal."""

import dataclasses
import io
from pathlib import Path

import pandas as pd
import pytest

from analysis.comparison.across import across
from analysis.comparison.comparison import Choice, Comparison
from analysis.comparison.grid import Grid
from analysis.comparison.pairs import Selection
from analysis.comparison.sentences import choice_lines, round_up, widened_lines
from analysis.comparison.tables import choice_rows, print_comparison
from analysis.comparison.taken_apart import Widened, concerns
from analysis.tell.book import Dresser, new_book
from analysis.tell.wording import NOT_BEATEN, csv_of
from analysis.workbook.compared import add_tables

pytestmark = pytest.mark.unit

BASE, SENIORS = "baseline,senior_led", "baseline,more_seniors"


@pytest.mark.parametrize(
    ("replications", "said"),
    [(0, 1), (7, 7), (10, 10), (99, 99), (101, 110), (110, 110), (1234, 1300), (98765, 99000)],
)
def test_an_estimate_of_replications_is_rounded_up_to_two_figures(replications: int, said: int) -> None:
    assert round_up(replications) == said


def printed(comparison: Comparison) -> str:
    out = io.StringIO()
    print_comparison(across(comparison), [], out)
    return out.getvalue()


@pytest.mark.integration
def test_only_a_plan_with_more_replications_than_the_others_is_told_to_have_had_more(compared: Comparison) -> None:
    assert "left out" not in printed(compared)
    more = dataclasses.replace(compared.sweep.plans[SENIORS], replications=9)
    sweep = dataclasses.replace(compared.sweep, plans=compared.sweep.plans | {SENIORS: more})
    assert f"were left out ({SENIORS} had more)." in printed(dataclasses.replace(compared, sweep=sweep))


def with_selection(comparison: Comparison, selection: Selection | None) -> str:
    """Return what is said of a selection for 2 percentage points."""
    choice = Choice([BASE, SENIORS], selection, {BASE: 1.0})
    choices = comparison.choices | {(comparison.home, comparison.headlines[0]): choice}
    first, *_, last = choice_lines(dataclasses.replace(comparison, delta=0.02, choices=choices))
    return first.partition("” or “")[2] if selection else last


@pytest.mark.integration
def test_one_plan_that_is_left_is_selected_and_several_need_more_replications(compared: Comparison) -> None:
    assert with_selection(compared, Selection([SENIORS], {BASE: 3}, None)) == (
        "More seniors”. Selected: “More seniors”, the best or within 2 percentage points of it (95% sure)."
    )
    # By 67 replications one would be left alone, and there are 5.
    assert with_selection(compared, Selection([BASE, SENIORS], {}, 67)) == (
        "More seniors”. The selection by --delta, a test of its own that drops plans step by step, is not finished: it "
        "still has “Senior led” and “More seniors” and needs at most 62 more replications."
    )
    assert "selection needs 20" in with_selection(compared, None)


@pytest.mark.integration
def test_one_plan_that_is_surely_the_best_is_no_plan_that_may_be_while_a_selection_goes_on(
    compared: Comparison,
) -> None:
    choice = Choice([SENIORS], Selection([BASE, SENIORS], {}, 67), {BASE: 1.0})
    choices = compared.choices | {(compared.home, compared.headlines[0]): choice}
    first = choice_lines(dataclasses.replace(compared, delta=0.02, choices=choices))[0]
    assert first.endswith(
        "est for assessed within 28 days of referral (95% sure, from comparing every pair of plans): “More seniors”. "
        "The selection by --delta, a test of its own that drops plans step by step, is not finished: it still has "
        "“Senior led” and “More seniors” and needs at most 62 more replications."
    )
    assert "ay be best" not in first


@pytest.mark.integration
def test_the_heading_counts_plans_and_scenarios_and_what_was_not_run_of_them(compared: Comparison) -> None:
    grid = compared.grid
    four = Grid(["A", "B", "C", "D"], ["Calm", "Storm"], {(p, s): p + s for p in "ABCD" for s in ("Calm", "Storm")})
    assert four.counted == "4 plans in 2 scenarios"
    holes = Grid(four.plans, four.scenarios, {place: cell for place, cell in four.cells.items() if cell != "DStorm"})
    assert holes.counted == "4 plans in 2 scenarios (7 of the 8 combinations)"
    assert Grid(["A"], ["Calm"], {("A", "Calm"): "A"}).counted == "1 plan"
    assert printed(compared).startswith(f"{grid.counted}, 5 pairs of replications; costs at ")


@pytest.mark.integration
def test_the_sheet_of_the_choice_names_scenarios_in_words_and_says_what_was_resampled(
    compared: Comparison, tmp_path: Path
) -> None:
    (tmp_path / "choice.csv").write_text(csv_of(pd.DataFrame(choice_rows(compared))))
    book = new_book()
    add_tables(book, tmp_path, compared, Dresser())
    heads, *rows = book["Choice"].iter_rows(values_only=True)
    assert f"Share {NOT_BEATEN}" in heads
    names = compared.grid.scenario_names
    assert [row[heads.index("Scenario")] for row in rows[: len(compared.plans)]] == [
        names[compared.scenario_of(plan)] for plan in compared.plans
    ]
    assert {"Baseline", "Growth", "Twin"} == set(names.values())


@pytest.mark.integration
@pytest.mark.parametrize("small", [True, False])
def test_a_gap_of_few_people_is_told_with_a_warning_and_one_of_many_without(compared: Comparison, small: bool) -> None:
    access = concerns(compared.config, compared.stage)[0]
    gap = Widened(SENIORS, access, "gender", "men", "women", -1.0, -2.5, small)
    [line] = widened_lines(compared, [gap])
    assert "widens a gap: men against women, from −1.0 to −2.5 per 1,000" in line
    assert ("under 30 people per replication, read with care" in line) == small
