"""The names of the measures are a contract: a default replication has them all, for the stages and groups promised."""

import math

import pytest

from sim.measures import count_measures
from sim.run.replicate import simulate_hub

pytestmark = pytest.mark.integration

ONE_EACH = (
    "caseload_mean", "caseload_peak", "referrals", "screened", "assessed", "therapy_started", "therapy_completed",
    "navigated", "supported", "rereferred", "sessions_attended", "sessions_missed", "risk_call_on_time_share",
    "utilisation", "minutes_lost_missed", "minutes_team_support", "vacancy_share", "cost_total_gbp", "cost_pay_gbp",
    "cost_agency_gbp", "cost_overhead_gbp", "cost_setup_gbp", "cost_per_supported_gbp", "cost_per_referral_gbp",
    "staff_cost_share", "access_rate", "followup_contact_share", "followup_supported_share",
    "followup_waiting_share", "followup_via_hub_share", "followup_helped_elsewhere_share",
    "followup_not_helped_share",
)  # fmt: skip
EVERY_LIST = (
    "screening", "assessment", "therapy", "navigation", "risk_call", "contact", "check_in", "team_support",
    "administration",
)  # fmt: skip
FROM_REFERRAL = ("referral_to_assessment", "referral_to_therapy")
LISTS = ("waiting_at_end", "queue_mean", "queue_peak", "queue_peak_week", "queue_end")
BY_STAGE = (
    *((f"wait_days_{kind}", (*EVERY_LIST, *FROM_REFERRAL, "external")) for kind in ("mean", "median", "p90", "max")),
    *(
        (name, (*EVERY_LIST[:3], *FROM_REFERRAL))
        for name in ("within_standard_share", "within_standard_share_of_seen")
    ),
    ("left_waiting_share", ("assessment", "therapy")),
    *((name, EVERY_LIST) for name in LISTS),
    ("screened_share", ("screening",)),
    ("offered_share", ("assessment",)),
    ("reached_share", ("assessment",)),
)  # fmt: skip
DIMENSIONS = {
    "staff_group": {
        "nhs_hospital_community", "nhs_primary_care", "ambulance", "care_homes", "social_care_other", "police_fire",
    },
    "gender": {"women", "men"},
    "ethnicity": {"white_british", "white_other", "minority_ethnic"},
}  # fmt: skip
EQUITY = (
    "access_rate", "access_ratio", "within_standard_gap", "left_waiting_gap", "cost_direct_per_referral_gbp",
)  # fmt: skip


@pytest.fixture(scope="module")
def rows(hub_config):
    history, _ = simulate_hub(hub_config(), 0, 0)
    return count_measures(history)


@pytest.mark.parametrize("measure", ONE_EACH)
def test_a_default_replication_has_each_measure_once_for_everybody(rows, measure):
    assert len([row for row in rows if (row.measure, row.dimension) == (measure, "all")]) == 1


@pytest.mark.parametrize(("measure", "stages"), BY_STAGE)
def test_each_measure_of_waits_and_lists_is_there_for_each_of_its_stages(rows, measure, stages):
    assert [row.stage for row in rows if (row.measure, row.dimension) == (measure, "all")] == list(stages)


@pytest.mark.parametrize("measure", EQUITY)
@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_equity_is_told_for_every_group(rows, measure, dimension):
    assert {row.group for row in rows if (row.measure, row.dimension) == (measure, dimension)} == DIMENSIONS[dimension]


@pytest.mark.parametrize("measure", ["utilisation", "vacancy_share", "minutes_lost_missed"])
def test_staff_time_is_told_for_every_role(rows, measure):
    roles = {row.group for row in rows if (row.measure, row.dimension) == (measure, "role")}
    assert roles == {"senior_clinician", "therapist", "navigator", "assistant_psychologist", "coordinator"}


@pytest.mark.parametrize("measure", ["wait_days_median", "within_standard_share", "left_waiting_share", "queue_mean"])
def test_therapy_is_told_for_every_modality(rows, measure):
    told = {row.group for row in rows if (row.measure, row.stage, row.dimension) == (measure, "therapy", "modality")}
    assert told == {"cbt", "trauma_focused", "guided_self_help", "group"}


def test_lists_of_the_modalities_add_up_to_the_list_for_therapy(rows):
    for measure in ("queue_mean", "queue_end"):
        mine = [row for row in rows if (row.measure, row.stage) == (measure, "therapy")]
        parts = sum(row.value for row in mine if row.dimension == "modality")
        assert parts == pytest.approx(next(row.value for row in mine if row.dimension == "all"))


def test_after_an_incident_there_is_a_week_of_recovery_for_each_list(hub_config):
    history, _ = simulate_hub(hub_config("scenario=major_incident", "run.horizon_days=365"), 0, 0)
    recovery = [row for row in count_measures(history) if row.measure == "recovery_week"]
    assert [row.stage for row in recovery] == list(EVERY_LIST)


def test_no_figure_is_there_twice(rows):
    keys = [row[:4] for row in rows]
    assert len(set(keys)) == len(keys)


def test_a_ratio_is_its_numerator_over_its_denominator(rows):
    for row in rows:
        if not math.isnan(row.denominator) and row.denominator > 0:
            assert row.value == pytest.approx(row.numerator / row.denominator, nan_ok=True)


def test_counts_of_groups_add_up_to_those_of_everybody(rows):
    totals = {(row.measure, row.stage): row.value for row in rows if row.dimension == "all"}
    for measure in ("referrals", "screened", "assessed", "therapy_completed", "supported", "sessions_attended"):
        for dimension in DIMENSIONS:
            parts = [row.value for row in rows if (row.measure, row.dimension) == (measure, dimension)]
            assert sum(parts) == totals[measure, ""]


def test_shares_lie_between_0_and_1(rows):
    shares = [row for row in rows if row.unit == "share" and not row.measure.endswith("_gap")]
    for row in shares:
        # Minutes earned before the window may be used in it.
        most = 1.05 if row.measure == "utilisation" else 1
        assert math.isnan(row.value) or 0 <= row.value <= most
