"""Days away: leave, study, bank holidays, sickness, and when a caseload is handed back."""

import datetime
import itertools

import numpy as np
import pytest

from sim.config.absence import Absence
from sim.roster.absence import draw_absence

pytestmark = pytest.mark.unit

START = datetime.date(2022, 1, 1)
SEED = 20240512


def away(days=3652, post=0, first_day=0, **changes):
    """Leave and sickness of one post, on every day of the week alike."""
    sickness = {"absence_share": 0.0, "long_spell_share": 0.0, "short_mean_days": 4, "long_mean_days": 60}
    sickness |= {key: changes.pop(key) for key in list(changes) if key in sickness}
    absence = {"annual_leave_days": 0, "study_days": 0, "bank_holidays": False, "handover_after_days": 21} | changes
    return draw_absence(
        Absence(sickness=sickness, **absence),
        SEED,
        0,
        (0, "nurse", "line", post),
        START,
        first_day,
        np.ones(days, bool),
    )


def day_of(year, month=1, day=1):
    return (datetime.date(year, month, day) - START).days


def runs(sick):
    """Lengths of unbroken runs of days."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], sick.astype(int), [0]])))
    return edges[1::2] - edges[::2]


@pytest.mark.parametrize(("annual", "study"), [(29, 5), (27, 0), (0, 5), (33, 10), (4, 0), (60, 60)])
def test_leave_of_every_calendar_year_is_what_the_contract_gives(annual, study):
    leave, _ = away(annual_leave_days=annual, study_days=study)
    by_year = [leave[day_of(year) : day_of(year + 1)].sum() for year in range(2022, 2031)]
    assert by_year == [annual + study] * 9


def test_leave_is_on_weekdays_and_mostly_in_whole_weeks():
    leave, _ = away(annual_leave_days=29, study_days=5)
    weekday = (np.arange(len(leave)) + START.weekday()) % 7
    assert not leave[weekday >= 5].any()
    mondays = np.flatnonzero(weekday == 0)[:-1]
    whole = [leave[monday : monday + 5].all() for monday in mondays]
    assert 5 * 9 <= sum(whole) <= 5 * 10 + 2  # 25 of 29 days, in ten years


def test_more_leave_keeps_the_days_already_taken():
    few, _ = away(annual_leave_days=25)
    more, _ = away(annual_leave_days=30)
    assert (more >= few).all()


def test_leave_of_a_year_does_not_depend_on_where_the_run_begins_or_ends():
    whole, _ = away(annual_leave_days=29, study_days=5)
    part, _ = away(days=200, first_day=500, annual_leave_days=29, study_days=5)
    np.testing.assert_array_equal(part, whole[500:700])


def test_posts_take_their_own_leave():
    one, other = away(annual_leave_days=29)[0], away(annual_leave_days=29, post=1)[0]
    assert (one != other).any()


@pytest.mark.parametrize(
    ("long_share", "share"),
    [(0.0, 0.056), (1.0, 0.056), (0.08, 0.056), (0.08, 0.15)],
)
def test_the_share_of_days_lost_to_sickness_is_the_configured_one(long_share, share):
    lost = np.array([away(post=post, absence_share=share, long_spell_share=long_share)[1].mean() for post in range(80)])
    # 800 post-years; four standard errors between posts, and a hundredth part for whole days.
    assert abs(lost.mean() - share) < 4 * lost.std(ddof=1) / np.sqrt(80) + 0.01 * share
    assert lost.std() > 0


@pytest.mark.parametrize(("long_share", "mean"), [(0.0, 4), (1.0, 60)])
def test_spells_last_as_long_as_configured(long_share, mean):
    spells = np.concatenate(
        [runs(away(post=post, absence_share=0.03, long_spell_share=long_share)[1][:-400]) for post in range(80)]
    )
    # Geometric: standard error of the mean is about mean / sqrt(n); 3 % for spells that touch and run together.
    assert abs(spells.mean() - mean) < 4 * mean / np.sqrt(len(spells)) + 0.03 * mean
    assert spells.min() == 1


def test_the_share_of_long_spells_is_the_configured_one():
    lengths = np.concatenate(
        [
            runs(away(post=p, absence_share=0.02, long_spell_share=0.2, short_mean_days=1, long_mean_days=200)[1])
            for p in range(150)
        ]
    )
    # A short spell is one day; of long ones 1 in 200 is, and neighbours seldom touch.
    share = (lengths > 1).mean()
    assert abs(share - 0.2) < 4 * np.sqrt(0.2 * 0.8 / len(lengths)) + 0.01


def test_without_sickness_nobody_is_ill():
    assert not away(absence_share=0.0)[1].any()


def test_later_days_change_no_earlier_absence():
    changes = {"annual_leave_days": 29, "study_days": 5, "absence_share": 0.1, "long_spell_share": 0.1}
    short, long = away(days=700, **changes), away(days=3000, **changes)
    np.testing.assert_array_equal(short[0], long[0][:700])
    np.testing.assert_array_equal(short[1], long[1][:700])


def test_leave_and_sickness_count_only_on_working_days():
    working = np.arange(1000) % 7 < 5
    sickness = {"absence_share": 0.2, "long_spell_share": 0.2, "short_mean_days": 4, "long_mean_days": 60}
    absence = Absence(
        annual_leave_days=29, study_days=5, bank_holidays=False, handover_after_days=21, sickness=sickness
    )
    leave, sick = draw_absence(absence, SEED, 0, (0, "nurse", "line", 0), START, 0, working)
    assert leave.any()
    assert sick.any()
    assert not (leave | sick)[~working].any()


AT_HOME = {"staffing.absence.annual_leave_days": 29, "staffing.absence.study_days": 5}


def test_a_roster_takes_the_years_leave_out_of_the_years_weekdays(therapists):
    # 2022 had 260 weekdays; 34 days of leave and study.
    (post,) = therapists({"line": {}}, **AT_HOME, **{"run.start_date": "2022-01-01", "run.horizon_days": 365})
    assert (post.days < 365).sum() == 260 - 34
    np.testing.assert_array_equal(post.days, post.planned_days)


def test_nobody_is_at_work_on_a_bank_holiday(therapists):
    changes = {"staffing.absence.bank_holidays": True, "run.start_date": "2022-01-01"}
    (post,) = therapists({"line": {}}, **changes)
    assert (post.days < 365).sum() == 250
    for date in ((2022, 4, 15), (2022, 6, 3), (2022, 12, 26), (2022, 12, 27)):
        assert (datetime.date(*date) - datetime.date(2022, 1, 1)).days not in post.days


def test_sickness_is_not_foreseen_and_leave_is(therapists):
    ill = {"absence_share": 0.2, "long_spell_share": 0.1, "short_mean_days": 4, "long_mean_days": 60}
    (post,) = therapists({"line": {}}, **AT_HOME, **{"staffing.absence.sickness": ill})
    (well,) = therapists({"line": {}}, **AT_HOME)
    np.testing.assert_array_equal(post.planned_days, well.days)
    assert set(post.days.tolist()) < set(post.planned_days.tolist())


def test_sick_days_earn_nothing_and_the_other_days_earn_the_same(therapists):
    ill = {"absence_share": 0.2, "long_spell_share": 0.1, "short_mean_days": 4, "long_mean_days": 60}
    (post,) = therapists({"line": {}}, **{"staffing.absence.sickness": ill})
    assert post.minutes.sum() == pytest.approx(264 * len(post.days), abs=2)


def test_a_caseload_goes_back_on_the_last_day_in_post(therapists):
    changes = {"staffing.recruitment.turnover_per_year": 1.0, "run.horizon_days": 1500}
    for post in therapists({"line": {"wte": 6.0}}, **changes):
        leaving = {spell.end_day - 1 for spell in post.frame.spells if spell.end_day < 1500 + 120}
        assert leaving
        assert leaving <= set(post.handover_days.tolist())


def test_a_caseload_goes_back_after_more_than_three_weeks_away(therapists):
    ill = {"absence_share": 0.3, "long_spell_share": 1.0, "short_mean_days": 4, "long_mean_days": 60}
    longest, handed = 0, 0
    for post in therapists({"line": {"wte": 10.0}}, **{"staffing.absence.sickness": ill}):
        worked = post.days.tolist()
        (spell,) = post.frame.spells
        expected = [last + 21 for last, back in itertools.pairwise([*worked, spell.end_day]) if back - last > 21]
        assert post.handover_days.tolist() == expected
        longest, handed = max(longest, *np.diff(worked)), handed + len(expected)
    assert longest > 60
    assert handed > 10


def test_who_does_not_come_back_before_the_roster_ends_hands_over_as_soon_as_anybody(therapists):
    ill = {"absence_share": 0.6, "long_spell_share": 1.0, "short_mean_days": 4, "long_mean_days": 300}
    line = {"line": {"wte": 60.0}}
    early, late = (
        therapists(line, **{"staffing.absence.sickness": ill, "run.horizon_days": days}) for days in (90, 700)
    )
    gone = 0
    for one, other in zip(early, late, strict=True):
        by_day_90, as_later_told = (post.handover_days[post.handover_days < 90] for post in (one, other))
        assert by_day_90.tolist() == as_later_told.tolist()
        gone += bool((one.days[-1:] + 21 < 90).any())
    assert gone > 0


def test_short_absences_hand_nothing_back(therapists):
    ill = {"absence_share": 0.1, "long_spell_share": 0.0, "short_mean_days": 2, "long_mean_days": 60}
    for post in therapists(
        {"line": {"wte": 5.0}},
        **AT_HOME,
        **{"staffing.absence.sickness": ill, "staffing.absence.handover_after_days": 60},
    ):
        assert post.handover_days.size == 0
