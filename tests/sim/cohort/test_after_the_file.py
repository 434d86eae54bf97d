"""After the last real referral: others follow at the file's own rate or nobody does; a multiplier adds more."""

import datetime

import numpy as np
import pytest

from analysis.tell import input_warnings
from sim.cohort import draw_cohort
from sim.config import HubConfig, expected_referrals
from sim.config.referrals import covered

pytestmark = pytest.mark.integration


def said_of(config: HubConfig) -> list[str]:
    """The sentences of what is warned of."""
    return [warning.sentence for warning in input_warnings.input_warnings(config)]


DAY = 1440
START = datetime.date(2022, 4, 1)
THREE_YEARS = {"run.start_date": "2022-04-01", "run.opening.mode": "empty", "run.horizon_days": 1096}
KEY = "demand.after_referrals_csv"


@pytest.fixture
def real(hub_config, tmp_path):
    """Configure three years with the referrals of these days: `real(range(365), **{"demand.multiplier": 2.0})`."""

    def configured(days, row="care_homes,men,21", **changes):
        file = tmp_path / "referrals.csv"
        lines = [f"{START + datetime.timedelta(int(day))},{row}\n" for day in days]
        file.write_text("referred_on,staff_group,gender,gad7\n" + "".join(lines))
        return hub_config(**THREE_YEARS | {"demand.referrals_csv": str(file)} | changes)

    return configured


YEAR = np.repeat(np.arange(365), 2)
"""Two referrals a day for a year."""


def test_a_year_of_referrals_goes_on_at_its_own_rate_until_the_horizon(real):
    config = real(YEAR)
    days = draw_cohort(config, 0).referred_minute // DAY
    after = np.array([(draw_cohort(config, n).referred_minute // DAY >= 365).sum() for n in range(30)])
    expected = 2 * (1096 - 365)
    assert abs(after.mean() - expected) < 4 * after.std() / np.sqrt(len(after)), "the rate of the file"
    assert days.max() > 1080 and (days < 365).sum() == len(YEAR)
    assert len(set(after)) > 20, "what the file does not say differs from replication to replication"


def test_those_who_follow_come_on_every_day_up_to_the_horizon_and_none_on_it(real):
    config = real(np.repeat(np.arange(28), 40), **{"run.horizon_days": 60})
    assert set((draw_cohort(config, 0).referred_minute // DAY).tolist()) == set(range(60))


def test_a_busy_quarter_is_not_taken_for_a_whole_year(real):
    config = real(np.repeat(np.arange(275, 365), 2), **{"run.horizon_days": 730})
    assert min(config.demand.season_index[:3]) > 1.09, "January to March are above the mean"
    after = np.array([(draw_cohort(config, n).referred_minute // DAY >= 365).sum() for n in range(30)])
    assert after.mean() + 4 * after.std() / np.sqrt(len(after)) < 2 * 365


def test_those_who_follow_are_like_those_of_the_file(real):
    config = real(YEAR)
    cohort = draw_cohort(config, 0)
    assert set(cohort.staff_group) == {list(config.population.staff_groups).index("care_homes")}
    assert set(cohort.gender) == {config.population.genders.index("men")}
    assert set(cohort.points[:, 0]) == {21}
    assert len({tuple(row) for row in cohort.points.tolist()}) > 100, "what the file leaves open is drawn"
    assert len(set(cohort.client_ids)) == len(cohort)


def test_with_stop_nobody_refers_after_the_file_ends(real):
    config = real(YEAR, **{KEY: "stop"})
    assert len(draw_cohort(config, 0)) == len(YEAR)
    [line] = said_of(config)
    assert line == (
        "Nobody refers after demand.referrals_csv ends on 31 March 2023: in the 731 days that are left of the run, as "
        "demand.after_referrals_csv=stop asks; figures a month or a year are means over the whole run"
    )


def test_which_of_the_two_is_said(real):
    [line] = said_of(real(YEAR))
    assert line == (
        "Referrals go on at the file's own rate of 61 a month after demand.referrals_csv ends on 31 March 2023: in the "
        "731 days that are left of the run, they are drawn again in each replication (demand.after_referrals_csv=go_on)"
        "; with stop nobody would refer"
    )


def test_a_file_too_short_to_tell_a_rate_stops_and_says_so(real):
    config = real(range(27))
    assert len(draw_cohort(config, 0)) == 27
    [line] = said_of(config)
    assert "in the 1069 days that are left of the run, as its 27 days are too few to go on from" in line
    assert covered(real(range(28))).goes_on


def test_a_file_that_covers_the_run_is_left_alone(real):
    config = real(range(0, 1096, 30))
    assert len(draw_cohort(config, 0)) == 37
    assert said_of(config) == []


def test_a_file_that_begins_late_or_has_a_hole_is_remarked_on(real):
    late = real([*range(100, 1096, 5)])
    [line] = said_of(late)
    assert line == (
        "Nobody refers before demand.referrals_csv begins on 10 July 2022: the run has 100 days before it; "
        "set run.start_date=2022-07-10"
    )
    hole = real([*range(0, 400, 5), *range(500, 1096, 5)])
    [line] = said_of(hole)
    assert "105 days in a row without a referral, until 14 August 2023: check that no rows are missing" in line


def test_a_longer_horizon_leaves_those_alone_who_came_before(real):
    short, long = (draw_cohort(real(YEAR, **{"run.horizon_days": days}), 0) for days in (700, 1000))
    came = dict(zip(long.client_ids, long.referred_minute.tolist(), strict=True))
    assert all(came[name] == minute for name, minute in zip(short.client_ids, short.referred_minute, strict=True))


def test_a_multiplier_adds_people_like_those_of_the_file_and_takes_none_away(real):
    ids = [set(draw_cohort(real(YEAR, **{KEY: "stop", "demand.multiplier": m}), 0).client_ids) for m in (1.0, 1.2, 2.5)]
    assert [len(names) for names in ids] == [730, 876, 1825]
    assert ids[0] < ids[1] < ids[2]
    later = [
        (draw_cohort(real(YEAR, **{"demand.multiplier": m}), 0).referred_minute >= 365 * DAY).sum() for m in (1.0, 2.0)
    ]
    assert later[1] == pytest.approx(2 * later[0], rel=0.1)


def test_a_multiplier_below_one_cannot_take_real_people_away(refusal, tmp_path):
    file = tmp_path / "referrals.csv"
    file.write_text("referred_on,staff_group\n2022-04-02,ambulance\n")
    assert refusal(**THREE_YEARS | {"demand.referrals_csv": str(file), "demand.multiplier": 0.8}) == [
        "demand.multiplier: got 0.8; a file's referrals can be multiplied by 1 or more; "
        "for fewer, take rows out of the file"
    ]


def test_settings_that_cannot_change_real_referrals_are_named(real):
    lines = said_of(real(range(0, 1096, 7), **{"demand.growth_per_year": 0.5, "demand.launch_ramp_days": 90}))
    assert lines == [
        "Referrals from a file cannot be changed by demand.growth_per_year and demand.launch_ramp_days: leave out what "
        "brings nobody"
    ]


def test_people_expected_of_a_file_are_those_that_come(real):
    config = real(YEAR)
    assert expected_referrals(config) == pytest.approx(2 * 1096)
    assert expected_referrals(real(YEAR, **{KEY: "stop", "demand.multiplier": 1.5})) == pytest.approx(1095)
