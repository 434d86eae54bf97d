"""Which gaps between groups the model can show, said beside every panel that shows gaps."""

import pytest

from analysis.tell.barriers import gaps_in_short, gaps_sentence, gaps_that_can_arise

pytestmark = pytest.mark.unit

MATCHED = "pathway.attendance.matched_clinician"
GROUPS = ("nhs_hospital_community", "nhs_primary_care", "ambulance", "care_homes", "social_care_other", "police_fire")


def alike(**traits):
    return {f"population.staff_groups.{group}.{trait}": value for group in GROUPS for trait, value in traits.items()}


def test_in_the_default_hub_ethnicity_makes_no_difference_once_somebody_has_referred(hub_config):
    assert gaps_that_can_arise(hub_config())["ethnicity"] == []
    assert "by ethnicity everybody fares alike by construction" in gaps_sentence(hub_config())
    assert gaps_in_short(hub_config()) == (
        "Waits may differ by staff group and gender; by ethnicity they differ by chance alone."
    )


def test_a_matched_clinician_makes_a_difference_by_ethnicity(hub_config):
    assert gaps_that_can_arise(hub_config(**{f"{MATCHED}.missed_times": 0.8}))["ethnicity"] == ["a matched clinician"]
    nobody = hub_config(**{f"{MATCHED}.missed_times": 0.8, f"{MATCHED}.share": 0.0})
    assert gaps_that_can_arise(nobody)["ethnicity"] == []


def test_where_all_staff_groups_are_alike_no_gap_can_arise(hub_config):
    config = hub_config(**alike(shift_worker_share=0.5, icu_or_emergency_share=0.1))
    assert gaps_that_can_arise(config) == {"staff_group": [], "gender": [], "ethnicity": []}
    assert "no gap can arise" in gaps_sentence(config)


def test_outreach_to_people_in_greater_need_makes_a_difference_to_whom_it_reaches(hub_config):
    reasons = gaps_that_can_arise(hub_config("scenario=improved_reach"))
    assert all("need of whom outreach brings" in mine for mine in reasons.values())


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_shift_work_makes_a_difference_as_long_as_shift_workers_cannot_take_every_offer(hub_config, share):
    same_pace = {
        f"pathway.modalities.{name}.shift_worker_interval_days": 10
        for name in ("cbt", "trauma_focused", "guided_self_help")
    }
    config = hub_config(**same_pace, **{"pathway.attendance.in_hours_accepted_share": 1 - share})
    assert ("shift work" in gaps_that_can_arise(config)["staff_group"]) is (share > 0)
