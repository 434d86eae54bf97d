"""What keeps people from coming: turned, each barrier does what it says; left alone, nobody answers to it."""

import numpy as np
import pytest

from sim.cohort import draw_cohort
from sim.cohort.barriers import evening_share
from sim.run.manifest import people_key

pytestmark = pytest.mark.integration

EVENINGS, MANAGERS, SEVERE = (f"demand.barriers.{name}" for name in ("evenings", "managers", "only_once_severe"))
MATCHED = "pathway.attendance.matched_clinician"
MANY = {"run.horizon_days": 365, "run.opening.run_in_days": 0, "demand.multiplier": 2.0, "demand.dispersion_ratio": 1.0}
SEEING = ("senior_clinician", "therapist", "assistant_psychologist")
OF_POSTS = [f"staffing.roles.{role}.out_of_hours_share" for role in SEEING]
NO_EVENINGS, ALL_EVENINGS = (dict.fromkeys(OF_POSTS, share) for share in (0.0, 1.0))


@pytest.fixture(scope="module")
def drawn(hub_config):
    """Draw the cohort of a year in which many come."""
    return lambda **changes: draw_cohort(hub_config(**MANY | changes), 0)


@pytest.fixture(scope="module")
def neutral(drawn):
    return drawn()


@pytest.mark.parametrize(
    "changes",
    [
        NO_EVENINGS,
        {f"{EVENINGS}.share_today": 0.9},
        {f"{MANAGERS}.supported_share": {"care_homes": 1.0}, f"{MANAGERS}.supported_share_today": 0.2},
        {f"{SEVERE}.measures_positive": 5, f"{SEVERE}.worsening_sd_per_month": 1.0},
    ],
)
def test_a_barrier_that_nobody_has_turned_changes_nobody(by_person, drawn, neutral, changes):
    assert by_person(drawn(**changes)) == by_person(neutral)


def test_where_evenings_matter_fewer_shift_workers_come_without_them_and_no_fewer_others(drawn, neutral):
    without = drawn(**NO_EVENINGS, **{f"{EVENINGS}.relative_uptake": 3.0, f"{EVENINGS}.share_today": 0.5})
    every = drawn(**ALL_EVENINGS, **{f"{EVENINGS}.relative_uptake": 3.0, f"{EVENINGS}.share_today": 0.5})
    # Uptake of shift workers is halved, from that with half of the posts (1 + 0.5 x 2) to that with none, or 1.5 times.
    for cohort, times in ((without, 0.5), (every, 1.5)):
        came, before = int(cohort.shift_worker.sum()), int(neutral.shift_worker.sum())
        assert abs(came - times * before) < 4 * np.sqrt(came + times**2 * before)
        others, before = int((~cohort.shift_worker).sum()), int((~neutral.shift_worker).sum())
        assert abs(others - before) < 4 * np.sqrt(others + before)


def test_uptake_stays_what_it_is_where_a_hub_offers_what_it_offers_today(hub_config, drawn, neutral):
    today = evening_share(hub_config(**MANY))
    same = drawn(**{f"{EVENINGS}.relative_uptake": 3.0, f"{EVENINGS}.share_today": today})
    assert len(same) == len(neutral)
    np.testing.assert_array_equal(same.shift_worker, neutral.shift_worker)


def test_plans_with_other_evenings_meet_the_same_people_unless_evenings_are_a_barrier(hub_config):
    turned = {f"{EVENINGS}.relative_uptake": 2.0}
    assert people_key(hub_config()) == people_key(hub_config(**NO_EVENINGS))
    assert people_key(hub_config(**turned)) != people_key(hub_config(**turned | NO_EVENINGS))


def test_more_come_from_a_staff_group_whose_managers_support_it_and_no_more_from_others(by_person, drawn, neutral):
    supported = {f"{MANAGERS}.relative_uptake": 3.0, f"{MANAGERS}.supported_share": {"nhs_primary_care": 1.0}}
    more = drawn(**supported)
    primary, before = (int((cohort.staff_group == 1).sum()) for cohort in (more, neutral))
    # From half of managers to all: (1 + 2) against (1 + 0.5 x 2).
    assert abs(primary - 1.5 * before) < 4 * np.sqrt(primary + 1.5**2 * before)
    others = {name for name in by_person(neutral).ids if "/nhs_primary_care/" not in name}
    assert others == {name for name in by_person(more).ids if "/nhs_primary_care/" not in name}


def test_who_comes_only_once_severe_comes_later_and_as_severe_as_that(by_person, drawn, neutral):
    waiting = drawn(
        **{f"{SEVERE}.share": 0.4, f"{SEVERE}.measures_positive": 3, f"{SEVERE}.worsening_sd_per_month": 0.3}
    )
    before, after = by_person(neutral), by_person(waiting)
    positive = dict(zip(waiting.client_ids, waiting.measures_positive.tolist(), strict=True))
    was = dict(zip(neutral.client_ids, neutral.measures_positive.tolist(), strict=True))
    later = {name for name in after.ids if after.minute[name] != before.minute[name]}
    assert after.ids <= before.ids
    assert len(later) > 60
    for name in later:
        assert after.minute[name] > before.minute[name]
        assert was[name] < 3 <= positive[name]
    # Whoever has not waited is as they were; whoever is not there would have come after the end.
    assert all(after.traits[name] == before.traits[name] for name in after.ids - later)
    assert all(was[name] < 3 for name in before.ids - after.ids)
    mild = [name for name in before.ids if was[name] < 3]
    held = len(later) + len(before.ids - after.ids)
    assert abs(held / len(mild) - 0.4) < 4 * np.sqrt(0.24 / len(mild))


def test_a_larger_share_who_wait_holds_back_the_same_people_and_more(by_person, drawn, neutral):
    few, many = (by_person(drawn(**{f"{SEVERE}.share": share})) for share in (0.2, 0.6))
    asked = by_person(neutral).minute
    on_time = [{name for name in one.ids if one.minute[name] == asked[name]} for one in (few, many)]
    assert on_time[1] < on_time[0]


def test_nobody_is_held_back_who_was_invited_after_an_incident(hub_config, by_person):
    incident = {"run.horizon_days": 300, "run.opening.run_in_days": 0, "incident.manchester_arena.day": 20}
    everyone = by_person(draw_cohort(hub_config("incident=manchester_arena", **incident), 0))
    waiting = by_person(draw_cohort(hub_config("incident=manchester_arena", **incident, **{f"{SEVERE}.share": 1.0}), 0))
    invited = {name for name in everyone.ids if "/incident/" in name}
    assert invited == {name for name in waiting.ids if "/incident/" in name}
    assert all(waiting.minute[name] == everyone.minute[name] for name in invited)


def test_a_matched_clinician_keeps_those_to_whom_it_matters_in_therapy_for_longer(drawn, neutral):
    every = {f"{MATCHED}.share": 1.0, f"{MATCHED}.drop_out_times": 0.5}
    matched = drawn(**every)
    mine = matched.decisions.matched[:, 0]
    np.testing.assert_array_equal(mine, matched.ethnicity == 2)
    last, before = (cohort.decisions.drop_out_session[:, 0] for cohort in (matched, neutral))
    assert (last[mine] >= before[mine]).all()
    assert (last[mine] > before[mine]).mean() > 0.3
    np.testing.assert_array_equal(last[~mine], before[~mine])


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({f"{MANAGERS}.supported_share": {"porters": 0.5}}, "demand.barriers.managers.supported_share: got 'porters'"),
        ({f"{MATCHED}.ethnicities": ["asian"]}, "pathway.attendance.matched_clinician.ethnicities: got 'asian'"),
        ({f"{EVENINGS}.relative_uptake": 9.0}, "demand.barriers.evenings.relative_uptake: got 9"),
    ],
)
def test_a_barrier_of_nobody_or_beyond_reason_is_refused(refusal, changes, line):
    [told] = refusal(**changes)
    assert told.startswith(line)
