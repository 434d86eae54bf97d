"""What pairing promises: it cuts the noise of a difference, and plans equal in law are not declared different."""

from __future__ import annotations

import copy

import numpy as np
import pandas as pd
import pytest

from analysis.comparison.pairs import Difference, difference, row_of
from analysis.comparison.values import values_of
from sim.cohort import draw_cohort, hub_size
from sim.config import HubConfig, validate
from sim.launch.compose import compose
from sim.measures.cost import count_cost
from sim.measures.history import History
from sim.measures.queues import count_queues
from sim.measures.rows import Rows
from sim.measures.waiters import waiters_at
from sim.roster import draw_roster
from sim.run.experiment import simulate_each
from sim.service.codes import NOT_YET
from sim.service.hub import run_service

pytestmark = pytest.mark.heavy

COMPARISONS, PAIRS, MOST_DECLARED = 400, 6, 31
"""31 of 400 are exceeded by a true 5 % in fewer than 1 of 100 studies."""
LEAST_REDUCTION, LEAST_SHARE = 2.0, 0.5
TWO_YEARS = ("run.horizon_days=730", "run.store=null")
SENIORS = "staffing.roles.senior_clinician.lines.senior.wte"


def three_and_four_seniors(demand: float) -> dict[str, Difference]:
    """Return the paired differences of waits and lists between plans with 3 and 4 seniors, under so much demand."""
    loaded = (*TWO_YEARS, f"demand.multiplier={demand}")
    three, four = (validate(compose(*loaded, f"{SENIORS}={wte}")) for wte in (1.5, 2.5))
    assert [plan.staffing.roles["senior_clinician"].wte for plan in (three, four)] == [3.0, 4.0]
    tables: dict[int, list[tuple[pd.DataFrame, pd.DataFrame]]] = {0: [], 1: []}
    for plan, result in simulate_each([three, four], range(30)):
        tables[plan].append((result.tables["measures"].to_pandas(), result.tables["waits"].to_pandas()))
    values = [values_of(*map(pd.concat, zip(*tables[plan], strict=True)))[0] for plan in (0, 1)]
    found = {}
    for measure, of in (
        ("wait_days_mean", "referral_to_assessment"),
        ("wait_days_median", "referral_to_assessment"),
        ("wait_days_p90", "referral_to_assessment"),
        ("wait_days_mean", "referral_to_therapy"),
        ("queue_mean", "assessment"),
        ("queue_mean", "therapy"),
    ):
        fewer, more = (row_of(plan, (measure, of, "all", "all")) for plan in values)
        found[f"{measure} {of}"] = difference(more, fewer)
    return found


def test_pairing_more_than_halves_the_variance_between_three_and_four_seniors_who_are_both_too_few(verdicts) -> None:
    for figure, found in three_and_four_seniors(demand=1.4).items():
        quantity = f"variance of the difference cut by pairing, {figure}"
        verdicts.at_least("3 and 4 seniors, both too few", quantity, LEAST_REDUCTION, found.variance_reduction)


def test_pairing_takes_more_than_half_of_what_it_can_where_only_three_seniors_are_too_few(verdicts) -> None:
    # The fourth senior ends the queue, so the plans' spreads differ (of the median wait, fourfold), and what one has
    # more than the other no pairing takes away, were all luck shared. Of what it can take, it takes the correlation.
    for figure, found in three_and_four_seniors(demand=1.2).items():
        quantity = f"share taken of the variance that pairing can take, {figure}"
        verdicts.at_least("3 seniors too few, 4 enough", quantity, LEAST_SHARE, found.correlation)


def equal_in_law() -> tuple[HubConfig, HubConfig]:
    """Two plans that differ by the names of their posts alone, and so by the posts' luck."""
    small = ("run.horizon_days=84", "run.opening.mode=empty", "demand.multiplier=0.5", "run.store=null")
    line = "{senior: {band: 8a, wte: 1.0, kind: substantive, pay_point: mid}}"
    plan = compose(*small, f"staffing.roles.senior_clinician.lines={line}")
    twin = copy.deepcopy(plan)
    for role in twin["staffing"]["roles"].values():
        role["lines"] = {f"{name}_twin": details for name, details in role["lines"].items()}
    return validate(plan), validate(twin)


def figures(config: HubConfig, cohort, replication: int) -> list[float]:
    """Mean wait to assessment of those seen, mean list for assessment, and cost, of one replication."""
    roster = draw_roster(config, replication, 0, hub_size(config, 0))
    history = History(config, cohort, roster, run_service(config, cohort, roster))
    rows = Rows()
    count_queues(history, rows)
    count_cost(history, rows)
    told = {(row.measure, row.stage): row.value for row in rows if row.dimension == "all"}
    waiters = waiters_at(history, "referral_to_assessment")
    seen = waiters.seen
    waited = (seen - waiters.entered)[(seen != NOT_YET) & (seen < history.horizon)]
    wait = float(waited.mean()) if len(waited) else np.nan
    return [wait, told["queue_mean", "assessment"], told["cost_total_gbp", ""]]


def test_plans_equal_in_law_but_of_different_luck_are_seldom_declared_different(verdicts) -> None:
    plan, twin = equal_in_law()
    found = np.empty((COMPARISONS * PAIRS, 2, 3))
    for replication in range(len(found)):
        cohort = draw_cohort(plan, replication, 0)  # the twin's people are the same
        for number, config in enumerate((plan, twin)):
            found[replication, number] = figures(config, cohort, replication)
    assert (found[:, 0] != found[:, 1]).any(axis=0).all()  # their luck does differ
    studies = found.reshape(COMPARISONS, PAIRS, 2, 3)
    for number, name in enumerate(("mean wait to assessment", "mean list for assessment", "cost")):
        p = [difference(study[:, 0, number], study[:, 1, number]).p for study in studies]
        declared = int((np.array(p) < 0.05).sum())
        verdicts.not_more_than(
            "Plans equal in law", f"declared different at 5 %, {name}", MOST_DECLARED, declared, COMPARISONS
        )
