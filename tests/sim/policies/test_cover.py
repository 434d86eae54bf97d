"""Cover by policy: people who stand in from one date to another, by the rules of `staffing.stand_in`."""

import pytest

from sim.run.replicate import simulate_hub

OFTEN_EMPTY = ("run.horizon_days=500", "run.opening.mode=empty", "staffing.recruitment.turnover_per_year=1.0")
AGENCY = {"by": "agency", "after_weeks": 2.0, "share": 1.0}


def stand_ins(config):
    history, _ = simulate_hub(config, 0, 0)
    return [
        (post.frame.role, spell.start_day, spell.end_day)
        for post in history.roster.posts
        for spell in post.frame.spells
        if spell.stands_in
    ]


@pytest.mark.integration
def test_cover_by_policy_is_the_stand_in_of_the_staffing_model_between_two_dates(hub_config):
    for_good = stand_ins(hub_config(*OFTEN_EMPTY, **{"staffing.stand_in": {"therapist": AGENCY}}))
    dated = AGENCY | {"from_day": 100, "to_day": 300}
    by_policy = stand_ins(hub_config(*OFTEN_EMPTY, **{"policies.cover": {"therapist": dated}}))
    inside = [(role, max(first, 100), min(last, 300)) for role, first, last in for_good if first < 300 and last > 100]
    assert by_policy == inside != []
    without_dates = hub_config(*OFTEN_EMPTY, **{"policies.cover": {"therapist": AGENCY}})
    assert stand_ins(without_dates) == for_good


@pytest.mark.unit
def test_cover_names_roles_that_the_staffing_model_has_and_is_said_once(refusal):
    assert refusal(**{"policies.cover": {"terapist": AGENCY}}) == [
        "policies.cover.terapist: this staffing model has no such role; did you mean therapist?"
    ]
    twice = {"policies.cover": {"therapist": AGENCY}, "staffing.stand_in": {"therapist": AGENCY}}
    assert refusal(**twice) == [
        "policies.cover.therapist: staffing.stand_in.therapist says who stands in already; leave one of the two out"
    ]
    acting = AGENCY | {"by": "acting_up", "from_role": "therapist"}
    (line,) = refusal(**{"policies.cover": {"therapist": acting}})
    assert line.startswith("policies.cover.therapist.from_role: got 'therapist'; must be one of senior_clinician,")
