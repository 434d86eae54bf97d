"""Every measure says what it is, which way is better and how several Hubs make one figure, or cannot be counted."""

import math

import pandas as pd
import pytest

from analysis.estimates.headline import FIGURES
from analysis.estimates.tables import over_hubs
from sim.measures import MEASURES, count_measures
from sim.measures.rows import Better, Measure, OverHubs, Rows, declare
from sim.run.replicate import simulate_hub

POLICIES = (
    "policies.assessment_threshold.from_tier=some",
    "policies.waiting_list_initiative.sessions_a_week=1",
    "policies.guided_self_help.offered_share=1.0",
    "policies.mutual_aid.sessions_a_week=1",
    "policies.mutual_aid.lends_hours_per_week=2.0",
    "policies.remote.therapy_share=0.5",
)
"""What only a policy has counted."""


@pytest.mark.integration
def test_every_figure_counted_is_declared_with_its_unit_and_every_measure_declared_is_counted(hub_config):
    config = hub_config("scenario=major_incident", *POLICIES, "run.horizon_days=200", "run.opening.mode=empty")
    history, _ = simulate_hub(config, 0, 0)
    rows = count_measures(history)
    assert {row.measure for row in rows} == MEASURES.keys()
    assert all(row.unit == MEASURES[row.measure].unit for row in rows)


@pytest.mark.unit
def test_a_measure_without_a_rule_for_several_hubs_cannot_be_declared():
    with pytest.raises(TypeError):
        Measure("mood", "how people feel", "points", Better.MORE)
    with pytest.raises(TypeError, match="mood: got None; say how several Hubs make one figure"):
        Measure("mood", "how people feel", "points", Better.MORE, None)


@pytest.mark.unit
def test_no_two_measures_have_one_name():
    with pytest.raises(ValueError, match="referrals: is declared twice"):
        declare(Measure("referrals", "referrals", "referrals", Better.NEITHER, OverHubs.ADDED))


@pytest.mark.unit
def test_what_is_not_declared_is_neither_counted_nor_put_together():
    with pytest.raises(ValueError, match="mood: is no declared measure"):
        Rows().figure("mood", "", "all", "all", 1.0)
    row = {"measure": "mood", "stage": "", "dimension": "all", "group": "all", "unit": "points", "replication": 0}
    hubs = [row | {"hub": hub, "value": 1.0, "numerator": 1.0, "denominator": math.nan} for hub in (0, 1)]
    with pytest.raises(ValueError, match="mood: is no declared measure"):
        over_hubs(pd.DataFrame(hubs))


@pytest.mark.unit
def test_a_ratio_is_not_added_over_hubs_and_a_count_is_not_pooled():
    with pytest.raises(ValueError, match=r"utilisation: is not counted as a ratio"):
        Rows().figure("utilisation", "", "all", "all", 0.5)
    with pytest.raises(ValueError, match=r"referrals: is counted as a ratio"):
        Rows().ratio("referrals", "", "all", "all", 1, 2)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("measure", "together"),
    [("referrals", 40.0), ("wait_days_median", 20.0), ("wait_days_max", 30.0), ("wait_days_mean", 25.0),
     ("queue_mean", 50.0)],
)  # fmt: skip
def test_two_hubs_make_one_figure_as_their_measure_says(measure, together):
    ratio = MEASURES[measure].over_hubs in (OverHubs.POOLED, OverHubs.AT_ONCE)
    numerator, denominator = {"wait_days_mean": ((20, 180), (2, 6)), "queue_mean": ((100, 300), (8, 8))}.get(
        measure, ((10, 30), (math.nan, math.nan))
    )
    rows = [
        {"measure": measure, "stage": "", "dimension": "all", "group": "all", "unit": MEASURES[measure].unit,
         "replication": 0, "hub": hub, "value": top / bottom if ratio else top, "numerator": top, "denominator": bottom}
        for hub, (top, bottom) in enumerate(zip(numerator, denominator, strict=True))
    ]  # fmt: skip
    assert over_hubs(pd.DataFrame(rows))["value"].tolist() == [together]


@pytest.mark.unit
def test_plans_are_compared_by_what_one_way_is_better_of():
    assert all(MEASURES[figure.measure.measure].better is not Better.NEITHER for figure in FIGURES if figure.compared)
