"""Who waits besides clients, and who is behind under any plan: teams that ask for support, and groups, are told of."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from raw_sweep import ASSESSMENT, COST, SHARE, THERAPY, write_raw

from analysis.comparison.across import across
from analysis.comparison.answer import answer_sentences
from analysis.comparison.compare import compare
from analysis.comparison.comparison import Comparison
from analysis.comparison.pairs import BETTER, WORSE
from analysis.comparison.read_sweep import read_sweep
from analysis.comparison.steps import NOT_JUDGED, Step, judged
from analysis.comparison.tables import headline_rows
from analysis.comparison.taken_apart import concerns, equity_table
from analysis.comparison.teams import LEAST_REQUESTS, team_sentences
from analysis.comparison.who import MOST_BEHIND, behind_sentence, who_sentences
from analysis.estimates.headline import TEAMS_WAITING, compared_headlines
from sim.config import HubConfig

CALM, STORM, FUTURES, DAYS = "Steady demand", "Major incident", 10, 1000
AS_NOW = "As now"
Requests = tuple[float, float, float]
"""Mean list, waiting at the end, and mean wait of those met; no wait where none is met."""
NO_REFERRALS = pytest.mark.filterwarnings("ignore:Mean of empty slice")
"""Made-up plans have figures of everyone alone."""
Make = Callable[[Mapping[tuple[str, str], Requests]], Comparison]


@pytest.fixture
def made(hub_config: Callable[..., HubConfig], tmp_path: Path) -> Make:
    """Compare plans that see more people in time the later they stand, with such lists of requests."""

    def make(requests: Mapping[tuple[str, str], Requests]) -> Comparison:
        cells: dict[tuple[str, str], Any] = {}
        for number, (place, (waiting, at_end, wait)) in enumerate(requests.items()):
            noise = [((future * (number + 2)) % 7 - 3) / 20 for future in range(FUTURES)]
            seen = [(50 + 5 * number + one, 100) for one in noise]
            cells[place] = {
                (SHARE, ASSESSMENT): seen, (SHARE, THERAPY): seen, (COST, ""): [(5e5 + one, 0) for one in noise],
                ("queue_mean", "team_support"): [((waiting + one) * DAYS, DAYS) for one in noise],
                ("waiting_at_end", "team_support"): [(at_end, 0)] * FUTURES,
            }  # fmt: skip
            if not math.isnan(wait):
                cells[place]["wait_days_mean", "team_support"] = [(wait * 100, 100)] * FUTURES
        write_raw(tmp_path, hub_config(), cells)
        return compare(read_sweep(tmp_path), AS_NOW)

    return make


@NO_REFERRALS
@pytest.mark.integration
def test_a_plan_that_sees_clients_sooner_and_keeps_teams_waiting_is_not_simply_better(made: Make) -> None:
    compared = made({(AS_NOW, CALM): (12, 14, 43), ("Mixed", CALM): (91, 147, 328)})
    told = (
        "Teams that ask for support wait longer under “Mixed” (requests met after a mean of 328 days, 147 waiting at "
        "the end) than under “As now” (43 days, 14)."
    )
    assert team_sentences(compared) == [told]
    assert told in who_sentences(compared, equity_table(compared), [])
    assert "Teams that ask for support wait longer under “Mixed”." in answer_sentences(across(compared))
    [row] = [row for row in headline_rows(compared) if "team support" in row["figure"]]
    assert (row["verdict"], row["unit"], row["primary"]) == (WORSE, "requests", False)
    assert (row["baseline_level"], row["plan_level"]) == (pytest.approx(12, abs=0.1), pytest.approx(91, abs=0.1))


@pytest.mark.integration
def test_the_worst_three_are_named_and_a_plan_under_which_no_request_is_met_says_so(made: Make) -> None:
    lists = {f"Plan {number}": (10.0 + 10 * number, 20.0 * number, 100.0 * number) for number in (1, 2, 3, 4)}
    lists["Plan 4"] = (50.0, 80.0, math.nan)
    compared = made({(AS_NOW, CALM): (10, 14, 43), **{(plan, CALM): found for plan, found in lists.items()}})
    assert team_sentences(compared) == [
        "Teams that ask for support wait longer under “Plan 4” (no request met, 80 waiting at the end), “Plan 3” (300 "
        "days, 60), “Plan 2” (200 days, 40) and 1 other plan than under “As now” (43 days, 14)."
    ]


@pytest.mark.integration
def test_who_waits_less_long_is_said_too_and_less_than_a_request_is_not_told_of(made: Make) -> None:
    hardly = 12 + LEAST_REQUESTS * 0.9
    compared = made({(AS_NOW, CALM): (12, 14, 43), ("Hardly", CALM): (hardly, 15, 44), ("More", CALM): (4, 5, 10)})
    assert team_sentences(compared) == [
        "Teams that ask for support wait less long under “More” (requests met after a mean of 10 days, 5.0 waiting at "
        "the end) than under “As now” (43 days, 14)."
    ]
    assert not [line for line in answer_sentences(across(compared)) if line.startswith("Teams")]


@pytest.mark.integration
def test_teams_that_wait_longer_in_another_scenario_alone_are_told_of(made: Make) -> None:
    compared = made(
        {
            (AS_NOW, CALM): (12, 14, 43), ("Mixed", CALM): (12, 14, 43), ("Slow", CALM): (30, 40, 90),
            (AS_NOW, STORM): (12, 20, 50), ("Mixed", STORM): (40, 60, 150), ("Slow", STORM): (80, 90, 190),
        }
    )  # fmt: skip
    assert team_sentences(compared) == [
        f"In “{CALM}” teams that ask for support wait longer under “Slow” (requests met after a mean of 90 days, 40 "
        "waiting at the end) than under “As now” (43 days, 14).",
        f"In “{STORM}” teams wait longer under other plans too: see headlines.csv.",
    ]


@pytest.mark.integration
def test_teams_that_wait_longer_nowhere_but_in_another_scenario_are_told_of_at_length(made: Make) -> None:
    calm = made(
        {
            (AS_NOW, CALM): (12, 14, 43), ("Mixed", CALM): (12, 14, 43),
            (AS_NOW, STORM): (12, 20, 50), ("Mixed", STORM): (40, 60, 150),
        }
    )  # fmt: skip
    assert team_sentences(calm) == [
        f"In “{STORM}” teams that ask for support wait longer under “Mixed” (requests met after a mean of 150 days, 60 "
        "waiting at the end) than under “As now” (50 days, 20).",
    ]


@pytest.mark.unit
def test_requests_of_teams_are_judged_whoever_of_the_clients_gets_further(hub_config: Callable[..., HubConfig]) -> None:
    teams = next(one for one in compared_headlines(hub_config()) if one.measure == TEAMS_WAITING)
    fewer, more = Step("assessed", 0.6, 0.3, -0.31, -0.29), Step("in therapy", 0.2, 0.3, 0.09, 0.11)
    assert judged(WORSE, teams, [more]) == (WORSE, "")
    assert judged(BETTER, teams, [fewer]) == (NOT_JUDGED, "not called better: fewer people assessed")


def behind(equity: pd.DataFrame, plan: str, stage: str, group: str, gap: float) -> None:
    """Put a clear gap into a table of groups."""
    here = (equity["plan"] == plan) & (equity["stage"] == stage) & (equity["measure"] == SHARE)
    row = here & (equity["group"] == group)
    assert row.sum() == 1
    equity.loc[row, ["gap", "gap_low", "gap_high", "small"]] = [gap, gap - 0.5, gap + 0.5, False]


@NO_REFERRALS
@pytest.mark.integration
def test_a_group_that_is_behind_in_the_third_plan_or_for_the_second_wait_is_named(made: Make) -> None:
    compared = made({(name, CALM): (12, 14, 43) for name in (AS_NOW, "Second", "Third", "Fourth")})
    cells = dict(zip((AS_NOW, "Second", "Third", "Fourth"), compared.options, strict=True))
    equity = equity_table(compared)
    assert set(equity[equity["measure"] == SHARE]["stage"]) == {ASSESSMENT, THERAPY}
    assert behind_sentence(compared, equity) == (
        "No group of 30 people or more is clearly seen in time for assessment or therapy less often than the one it is "
        "measured against (NHS hospital and community, women, White British)."
    )
    behind(equity, cells["Third"], ASSESSMENT, "police_fire", -1.7)
    assert behind_sentence(compared, equity) == (
        "Least often seen in time: for assessment under “Third” police and fire, 1.7 points behind NHS hospital and "
        "community."
    )
    behind(equity, cells["Third"], ASSESSMENT, "ambulance", -1.2)  # the same plan and wait: the worst is named
    for name, gap in ((AS_NOW, -4.0), ("Second", -1.0), ("Fourth", -3.0)):
        behind(equity, cells[name], THERAPY, "men", gap)
    assert MOST_BEHIND == 3
    assert behind_sentence(compared, equity) == (
        "Least often seen in time: for therapy under “As now” men, 4.0 points behind women, under “Fourth” men, 3.0 "
        "points behind women; for assessment under “Third” police and fire, 1.7 points behind NHS hospital and "
        "community; so it is in 1 more case, see Appendix C."
    )


@pytest.mark.unit
def test_every_wait_that_decides_is_watched_by_group(hub_config: Callable[..., HubConfig]) -> None:
    watched = [one.measure for one in concerns(hub_config(), ASSESSMENT, THERAPY)]
    assert [one.stage for one in watched if one.measure == SHARE] == [ASSESSMENT, THERAPY]
    assert len(set(watched)) == len(watched)
