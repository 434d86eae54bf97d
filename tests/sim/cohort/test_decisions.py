"""What people decide, as distributions: outcomes, course lengths, patience, drop-out, contacts, delays."""

import numpy as np
import pytest
from scipy import stats

from sim.cohort import draw_cohort
from sim.cohort.decisions import NEVER, course_lengths, decide, lengths
from sim.config.pathway import OUTCOMES, Length, Modality
from sim.config.screening import MEASURES, NEEDS, TIER_OF_NEED, TIERS
from sim.streams import EpisodeDraw

pytestmark = pytest.mark.unit

PEOPLE = 20_000
NEED = np.arange(PEOPLE) % len(NEEDS)
TIER = np.array(TIER_OF_NEED)[NEED]
ETHNICITY = np.arange(PEOPLE) % 3
DAY = 1440
COURSE = {
    "first_minutes": 90,
    "next_minutes": 60,
    "admin_minutes": 15,
    "sessions_mean": 8.0,
    "sessions_shape": 3.0,
    "sessions_most": 20,
    "interval_days": 10,
    "shift_worker_interval_days": 14,
    "steps_up_to": None,
    "step_up_share": 0.0,
}


@pytest.fixture(scope="module")
def draws():
    return np.random.default_rng(2).random((PEOPLE, 3, 32))


@pytest.fixture(scope="module")
def decided(hub_config, draws):
    """Decide for many people, all kinds of need alike common, under a changed configuration."""
    return lambda **changes: decide(hub_config(**changes), draws, NEED, ETHNICITY)


def near(found, share, number):
    """Whether a share found among so many people is within four standard errors of the configured one."""
    return abs(found - share) <= 4 * np.sqrt(share * (1 - share) / number)


def test_outcomes_of_assessment_follow_the_row_of_the_tier(decided):
    rows = {
        "none": {"advice": 1.0},
        "some": {"onward": 0.25, "advice": 0.75},  # in another order than the model's own
        "high": {"advice": 0.26, "hub_therapy": 0.30, "group": 0.12, "onward": 0.28, "therapy_and_onward": 0.04},
        "very_high": {"hub_therapy": 0.5, "therapy_and_onward": 0.5},
    }
    outcome = decided(**{"pathway.assessment.outcome_share": rows}).outcome
    for tier, name in enumerate(TIERS):
        counts = np.bincount(outcome[tier == TIER].ravel(), minlength=len(OUTCOMES))
        expected = np.array([rows[name].get(result, 0.0) for result in OUTCOMES]) * counts.sum()
        np.testing.assert_array_equal(counts[expected == 0], 0)
        if (expected > 0).sum() > 1:
            assert stats.chisquare(counts[expected > 0], expected[expected > 0]).pvalue > 0.001


def test_assessment_is_offered_by_tier(decided):
    offered = {"none": 0.0, "some": 0.6, "high": 0.95, "very_high": 1.0}
    found = decided(**{"pathway.assessment.offered_share": offered}).offered
    for tier, share in enumerate(offered.values()):
        mine = found[tier == TIER]
        assert near(mine.mean(), share, mine.size)


def test_the_unreachable_are_as_many_as_configured(decided):
    assert near(1 - decided(**{"pathway.lists.unreachable_share": 0.2}).reachable.mean(), 0.2, 3 * PEOPLE)
    assert decided(**{"pathway.lists.unreachable_share": 0.0}).reachable.all()
    assert not decided(**{"pathway.lists.unreachable_share": 1.0}).reachable.any()


def test_each_kind_of_need_has_the_modalities_of_its_row(decided):
    rows = {need: {"cbt": 0.6 - n / 20, "guided_self_help": 0.4 + n / 20} for n, need in enumerate(NEEDS)}
    rows["high_ptsd"] = {"trauma_focused": 0.9, "cbt": 0.1}
    modality = decided(**{"pathway.modality_share": rows}).modality
    names = ("cbt", "trauma_focused", "guided_self_help")
    for number, row in enumerate(rows.values()):
        counts = np.bincount(modality[number == NEED].ravel(), minlength=3)
        expected = np.array([row.get(name, 0.0) for name in names]) * counts.sum()
        np.testing.assert_array_equal(counts[expected == 0], 0)
        assert stats.chisquare(counts[expected > 0], expected[expected > 0]).pvalue > 0.001


@pytest.mark.parametrize(("mean", "shape", "most"), [(8.0, 3.0, 20), (5.0, 6.0, 8), (10.0, 3.0, 24)])
def test_course_lengths_are_a_rounded_gamma_within_bounds(draws, mean, shape, most):
    modality = Modality(**COURSE | {"sessions_mean": mean, "sessions_shape": shape, "sessions_most": most})
    sessions = course_lengths(modality, draws[:, 0, EpisodeDraw.COURSE])
    assert sessions.min() == 1
    assert sessions.max() == most
    # Rounded to the nearest whole session, 1 at least and the most allowed at most.
    gamma = stats.gamma(shape, scale=mean / shape)
    edges = np.concatenate([[0], gamma.cdf(np.arange(1, most) + 0.5), [1]])
    counts = np.bincount(sessions, minlength=most + 1)[1:]
    enough = np.diff(edges) * PEOPLE > 5
    assert (
        stats.chisquare(
            counts[enough], np.diff(edges)[enough] / np.diff(edges)[enough].sum() * counts[enough].sum()
        ).pvalue
        > 0.001
    )


def test_course_lengths_have_the_configured_mean_where_no_bound_bites(draws):
    modality = Modality(**COURSE | {"sessions_mean": 12.0, "sessions_shape": 20.0, "sessions_most": 40})
    sessions = course_lengths(modality, draws[:, 0, EpisodeDraw.COURSE])
    spread = 12 / np.sqrt(20)
    assert abs(sessions.mean() - 12) < 4 * spread / np.sqrt(PEOPLE)
    assert sessions.std() == pytest.approx(spread, rel=0.05)


def test_a_single_session_course_is_possible(draws):
    modality = Modality(**COURSE | {"sessions_mean": 1.0, "sessions_most": 1})
    assert (course_lengths(modality, draws[:, 0, 0]) == 1).all()


def test_a_step_up_leads_to_a_course_of_the_other_modality(decided):
    changes = {
        "pathway.modalities.guided_self_help.steps_up_to": "cbt",
        "pathway.modalities.guided_self_help.step_up_share": 0.15,
        "pathway.modalities.guided_self_help.sessions_mean": 2.0,
        "pathway.modalities.guided_self_help.sessions_most": 4,
        "pathway.modalities.cbt.step_up_share": 0.0,
        "pathway.modalities.cbt.steps_up_to": None,
        "pathway.modalities.cbt.sessions_mean": 12.0,
        "pathway.modalities.cbt.sessions_shape": 30.0,
        "pathway.modalities.cbt.sessions_most": 40,
    }
    choices = decided(**changes)
    low, cbt = choices.modality == 2, choices.modality == 0
    assert near(choices.steps_up[low].mean(), 0.15, low.sum())
    assert not choices.steps_up[cbt].any()
    assert choices.course_sessions[low].max() == 4
    assert choices.step_up_sessions[low].mean() == pytest.approx(12, rel=0.02)
    assert (choices.step_up_sessions[cbt] == 0).all()


@pytest.mark.parametrize("wait", ["assessment", "therapy", "group"])
def test_patience_is_exponential_with_the_weekly_hazard(decided, wait):
    found = getattr(decided(**{f"pathway.patience.{wait}_leave_per_week": 0.05}), f"patience_{wait}")
    weeks = found.ravel() / (7 * DAY)
    assert stats.kstest(weeks, "expon", args=(0, 1 / 0.05)).pvalue > 0.001
    assert found.min() >= 1


def test_with_no_hazard_nobody_ever_gives_up(decided):
    choices = decided(**{f"pathway.patience.{wait}_leave_per_week": 0 for wait in ("assessment", "therapy", "group")})
    for patience in (choices.patience_assessment, choices.patience_therapy, choices.patience_group):
        assert (patience == NEVER).all()


def test_people_who_would_wait_longer_in_one_replication_of_hazards_do_in_all(decided):
    low, high = (decided(**{"pathway.patience.therapy_leave_per_week": rate}).patience_therapy for rate in (0.02, 0.04))
    np.testing.assert_allclose(low, 2 * high, atol=2)  # minutes are whole


def test_drop_out_is_the_same_chance_after_every_session(decided):
    changes = {"pathway.attendance.drop_out_share": 0.4, "pathway.attendance.drop_out_reference_sessions": 5}
    last = decided(**changes).drop_out_session.ravel()
    assert last.min() == 1
    leave = np.array([(last == n).sum() / (last >= n).sum() for n in range(1, 9)])
    error = np.sqrt(leave * (1 - leave) / [(last >= n).sum() for n in range(1, 9)])
    overall = (last <= 8).sum() / np.minimum(last, 8).sum()
    assert (np.abs(leave - overall) < 4 * error).all()


def test_nobody_drops_out_at_a_share_of_0_and_everybody_after_one_session_at_1(decided):
    assert (decided(**{"pathway.attendance.drop_out_share": 0.0}).drop_out_session > 64).all()
    assert (decided(**{"pathway.attendance.drop_out_share": 1.0}).drop_out_session == 1).all()


@pytest.mark.parametrize("mean", [1.0, 1.5, 3.0, 12.0])
def test_navigation_takes_one_contact_and_a_poisson_number_more(decided, mean):
    contacts = decided(**{"pathway.navigation.contacts_mean": mean}).navigation_contacts.ravel()
    assert contacts.min() == 1
    if mean == 1.0:
        assert contacts.max() == 1
        return
    more = np.arange(contacts.max())
    expected = stats.poisson(mean - 1).pmf(more) * contacts.size
    enough = expected > 5
    counts = np.bincount(contacts - 1)[enough]
    assert stats.chisquare(counts, expected[enough] / expected[enough].sum() * counts.sum()).pvalue > 0.001
    assert abs(contacts.mean() - mean) < 4 * np.sqrt((mean - 1) / contacts.size)


def test_lengths_of_work_are_lognormal_with_the_configured_mean(draws):
    length = Length(mean_minutes=75, sigma=0.25, low_minutes=10, high_minutes=600)
    minutes = lengths(length, draws[:, 0, 4])
    assert abs(minutes.mean() - 75) < 4 * 75 * 0.25 / np.sqrt(PEOPLE)
    assert np.median(minutes) == pytest.approx(75 * np.exp(-(0.25**2) / 2), abs=1)
    assert np.log(minutes).std() == pytest.approx(0.25, rel=0.03)


def test_lengths_of_work_stay_inside_their_bounds(draws):
    minutes = lengths(Length(mean_minutes=75, sigma=0.25, low_minutes=60, high_minutes=90), draws[:, 0, 4])
    assert (minutes.min(), minutes.max()) == (60, 90)
    inside = (minutes > 60) & (minutes < 90)
    assert 0.4 < inside.mean() < 0.8
    assert (lengths(Length(mean_minutes=75, sigma=0, low_minutes=1, high_minutes=90), draws[:, 0, 4]) == 75).all()


def test_an_assessment_takes_contact_and_write_up_together(decided):
    still = {"sigma": 0.0, "low_minutes": 1, "high_minutes": 600}
    changes = {"pathway.assessment.contact": {"mean_minutes": 80} | still}
    changes |= {"pathway.assessment.write_up": {"mean_minutes": 35} | still}
    assert (decided(**changes).assessment_minutes == 115).all()


def test_screens_are_completed_by_those_willing_inside_the_window(decided):
    changes = {
        "screening.completed_share": 0.6,
        "screening.completed_after_reminder_share": 0.2,
        "screening.completion_median_days": 2.0,
        "screening.completion_sigma": 1.0,
        "screening.reminder_after_days": 7,
        "screening.window_days": 14,
    }
    choices = decided(**changes)
    # On paper: 0.6 P(X <= 14) + 0.2 P(X <= 7), X lognormal with median 2.
    unaided, reminded = 0.6 * stats.norm.cdf(np.log(7)), 0.2 * stats.norm.cdf(np.log(3.5))
    assert near(choices.screens.mean(), unaided + reminded, 3 * PEOPLE)
    days = choices.screen_delay[choices.screens] / DAY
    assert days.max() <= 14
    assert near((days <= 2).mean(), 0.6 * 0.5 / (unaided + reminded), days.size)


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("navigation.accepted_share", "accepted"),
        ("navigation.opted_in_share", "opted_in"),
        ("navigation.bounced_back_share", "bounced_back"),
        ("re_referral.share", "re_referred"),
    ],
)
@pytest.mark.parametrize("share", [0.0, 0.13, 0.7, 1.0])
def test_yes_or_no_is_decided_with_the_configured_share(decided, key, name, share):
    assert near(getattr(decided(**{f"pathway.{key}": share}), name).mean(), share, 3 * PEOPLE)


def test_the_wait_for_a_service_elsewhere_is_lognormal(decided):
    wait = decided(**{"pathway.navigation.wait_median_days": 70, "pathway.navigation.wait_sigma": 0.7}).external_wait
    logs = np.log(wait.ravel() / DAY / 70) / 0.7
    assert stats.kstest(logs, "norm").pvalue > 0.001


def test_people_come_back_after_an_exponential_time(decided):
    days = decided(**{"pathway.re_referral.mean_delay_days": 150}).re_referral_delay.ravel() / DAY
    assert stats.kstest(days, "expon", args=(0, 150)).pvalue > 0.001


def test_episodes_of_one_person_are_decided_apart(decided):
    tie = decided().tie
    assert np.abs(np.corrcoef(tie.T) - np.eye(3)).max() < 4 / np.sqrt(PEOPLE)


def test_one_decision_changes_no_other(decided):
    before = decided()
    after = decided(**{"pathway.navigation.accepted_share": 0.01, "pathway.lists.unreachable_share": 0.9})
    for name in vars(before):
        if name not in ("accepted", "reachable"):
            np.testing.assert_array_equal(getattr(before, name), getattr(after, name))


def test_the_luckiest_and_unluckiest_draws_are_finite(hub_config):
    extremes = np.stack([np.zeros((3, 32)), np.full((3, 32), 1 - 2.0**-53)])
    choices = decide(hub_config(), extremes, np.array([0, 6]), np.array([0, 2]))
    for name, values in vars(choices).items():
        assert np.isfinite(values).all(), name
        assert (values >= 0).all(), name
    assert set(choices.outcome.ravel().tolist()) <= set(range(len(OUTCOMES)))
    assert set(choices.modality.ravel().tolist()) == {0, 2}


def test_nobody_gives_up_in_the_minute_they_join_a_list(hub_config):
    least_patient = decide(hub_config(), np.zeros((1, 3, 32)), np.array([0]), np.array([0]))
    for stage in ("assessment", "therapy", "group"):
        assert (getattr(least_patient, f"patience_{stage}") == 1).all(), stage


def test_post_traumatic_stress_suits_trauma_focused_work_and_mild_need_guided_self_help(hub_config):
    config = hub_config()
    cohort = draw_cohort(config, 0)
    therapy, outcome = cohort.decisions.modality[:, 0], cohort.decisions.outcome[:, 0]
    trauma, self_help = 1, 2
    ptsd = cohort.points[:, MEASURES.index("ptsd")] >= config.screening.measures["ptsd"].cut_off
    assert (therapy[ptsd] == trauma).mean() > 0.35 > 4 * (therapy[~ptsd] == trauma).mean()
    mild, severe = cohort.tier <= 1, cohort.tier == 3
    assert (therapy[mild] == self_help).mean() > 4 * (therapy[severe] == self_help).mean()
    group, alone = OUTCOMES.index("group"), OUTCOMES.index("hub_therapy")
    for_groups = [(outcome[who] == group).sum() / (outcome[who] == alone).sum() for who in (mild, severe)]
    assert for_groups[0] > 2 * for_groups[1]
