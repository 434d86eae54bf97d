"""Background demand: season, weekdays, good and bad weeks, growth, a launch, waves and campaigns."""

import datetime
from itertools import product

import numpy as np
import pytest
from scipy import stats

from sim.cohort import draw_cohort
from sim.cohort.background import background_sources, uptake_multiplier
from sim.cohort.sources import strata_headcounts
from sim.config.changes import Campaign

pytestmark = pytest.mark.integration

DAY = 1440
UPTAKE = "demand.uptake_per_person_year"
CAMPAIGN = {
    "kind": "campaign",
    "from_day": 100,
    "to_day": 200,
    "target": {},
    "uptake_multiplier": 2.5,
    "decay_days": 30,
    "need_odds_ratio": 2.0,
    "cost_gbp": 0,
    "staff_hours_per_week": 0,
}


def days_of(config, replications):
    """Day of referral of everybody in several replications."""
    return np.concatenate([draw_cohort(config, r).referred_minute // DAY for r in range(replications)])


def daily_hazard(config, group="nhs_hospital_community", gender="women", ethnicity="white_british"):
    """Hazard of each day in one stratum."""
    stratum = (0, "background", group, gender, ethnicity)
    (source,) = [s for s in background_sources(config, 0, 1.0, 0) if s.owner == stratum]
    return np.diff(source.hazard)


def test_yearly_referrals_are_head_count_times_uptake(hub_config, plain_days):
    config = hub_config(
        **plain_days,
        **{
            "run.horizon_days": 1461,
            UPTAKE: {group: 0.0 for group in hub_config().population.staff_groups} | {"ambulance": 0.05},
            "demand.relative_uptake": {
                "gender": {"women": 1.0, "men": 0.5},
                "ethnicity": {"white_british": 1.0, "white_other": 0.5, "minority_ethnic": 0.25},
            },
            "population.staff_groups.ambulance.headcount": 100_000,
            "population.staff_groups.ambulance.gender": {"women": 0.4, "men": 0.6},
            "population.staff_groups.ambulance.ethnicity": {
                "white_british": 0.8,
                "white_other": 0.1,
                "minority_ethnic": 0.1,
            },
        },
    )
    # Four years; of each stratum 1 - exp(-4 x rate) have come.
    expected = {}
    for g, (gender_share, gender_rate) in enumerate(((0.4, 1.0), (0.6, 0.5))):
        for e, (share, rate) in enumerate(((0.8, 1.0), (0.1, 0.5), (0.1, 0.25))):
            expected[g, e] = 100_000 * gender_share * share * (1 - np.exp(-4 * 0.05 * gender_rate * rate))
    cohort = draw_cohort(config, 0)
    for (gender, ethnicity), number in expected.items():
        came = ((cohort.gender == gender) & (cohort.ethnicity == ethnicity)).sum()
        assert abs(came - number) < 4 * np.sqrt(number)  # four standard errors, binomial at most Poisson


def test_referrals_follow_the_season(hub_config, plain_days):
    index = [1.4, 1.3, 1.2, 0.9, 0.8, 0.7, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.0]
    changes = plain_days | {"demand.season_index": index, "run.start_date": "2022-01-01", "run.horizon_days": 365}
    period = np.minimum(days_of(hub_config(**changes), 12) // 28, 12)
    length = np.array([28] * 12 + [29])
    expected = length * index / (length * index).sum()
    assert stats.chisquare(np.bincount(period, minlength=13), expected * len(period)).pvalue > 0.001


def test_the_season_begins_on_the_first_of_january_whatever_day_the_run_starts(hub_config, plain_days):
    index = [2.0] + [1.0] * 12
    config = hub_config(**plain_days | {"demand.season_index": index, "run.start_date": "2021-12-25"})
    hazard = daily_hazard(config)[:50] / daily_hazard(config)[0]
    # 25 to 31 December, then 28 days of the first period, then the second.
    np.testing.assert_allclose(hazard, [1.0] * 7 + [2.0] * 28 + [1.0] * 15)


def test_the_last_days_of_a_year_belong_to_its_thirteenth_period(hub_config, plain_days):
    index = [1.0] * 12 + [2.0]
    config = hub_config(**plain_days | {"demand.season_index": index, "run.start_date": "2021-12-01"})
    hazard = daily_hazard(config)[:40] / daily_hazard(config)[0]
    # 1 and 2 December, then 29 days to the year's end (in a leap year 30), then January.
    np.testing.assert_allclose(hazard, [1.0] * 2 + [2.0] * 29 + [1.0] * 9)


def test_referrals_follow_the_weekday_profile(hub_config, plain_days):
    share = [0.25, 0.2, 0.17, 0.15, 0.13, 0.06, 0.04]
    names = list(plain_days["demand.weekday_share"])
    config = hub_config(
        **plain_days
        | {
            "demand.weekday_share": dict(zip(names, share, strict=True)),
            "run.start_date": "2021-04-01",
            "run.horizon_days": 364,
        }
    )
    weekday = (days_of(config, 12) + datetime.date(2021, 4, 1).weekday()) % 7
    assert stats.chisquare(np.bincount(weekday, minlength=7), np.array(share) * len(weekday)).pvalue > 0.001


@pytest.mark.parametrize("ratio", [1.0, 1.5, 3.0])
def test_weekly_counts_spread_as_configured(hub_config, plain_days, ratio):
    weeks, replications = 260, 20
    changes = {"demand.dispersion_ratio": ratio, "run.horizon_days": 7 * weeks}
    probe = hub_config(**plain_days | {"run.horizon_days": 7 * weeks})
    mean = len(days_of(probe, 4)) / (4 * weeks)
    config = hub_config(**plain_days | changes | {"demand.dispersion_reference_per_week": mean})
    counts = np.array(
        [np.bincount(draw_cohort(config, r).referred_minute // (7 * DAY), minlength=weeks) for r in range(replications)]
    )
    spread = counts.var(axis=1, ddof=1) / counts.mean(axis=1)
    # Standard error of a variance ratio over 5,200 weeks is about ratio x sqrt(2 / 5200) = 2 %; four of them, and 2 %
    # for the slow fall of demand as the most ready have come.
    assert spread.mean() == pytest.approx(ratio, rel=0.10)


def test_a_good_week_is_good_for_every_staff_group(hub_config, plain_days):
    config = hub_config(**plain_days | {"demand.dispersion_ratio": 3.0, "run.horizon_days": 70})
    nurses, paramedics = daily_hazard(config), daily_hazard(config, "ambulance")
    np.testing.assert_allclose(nurses / nurses[0], paramedics / paramedics[0])
    by_week = nurses.reshape(10, 7)
    np.testing.assert_allclose(by_week, by_week[:, :1].repeat(7, axis=1))
    assert len(set(np.round(by_week[:, 0] / by_week[0, 0], 6))) == 10


def test_good_and_bad_weeks_are_the_same_in_every_scenario(hub_config, plain_days):
    changes = plain_days | {"demand.dispersion_ratio": 2.0, "run.horizon_days": 140}
    one = daily_hazard(hub_config(**changes))
    twice = daily_hazard(hub_config(**changes | {"demand.multiplier": 2.0}))
    longer = daily_hazard(hub_config(**changes | {"run.horizon_days": 300}))
    run_in = {"run.opening.mode": "run_in", "run.opening.run_in_days": 100}
    after_run_in = daily_hazard(hub_config(**changes | run_in))
    np.testing.assert_allclose(twice, 2 * one)
    np.testing.assert_allclose(longer[:140], one)
    np.testing.assert_allclose(after_run_in[100:], one)


def test_demand_grows_by_the_yearly_rate_from_day_0_on(hub_config, plain_days):
    run_in = {"run.opening.mode": "run_in", "run.opening.run_in_days": 50}
    hazard = daily_hazard(
        hub_config(**plain_days | run_in | {"demand.growth_per_year": 0.72, "run.horizon_days": 1462})
    )
    np.testing.assert_allclose(hazard[:51], hazard[0])
    assert hazard[50 + 1461] / hazard[50] == pytest.approx(1.72**4)


def test_a_new_hub_reaches_half_of_its_demand_half_way_through_the_launch(hub_config, plain_days):
    steady = daily_hazard(hub_config(**plain_days))
    share = daily_hazard(hub_config(**plain_days | {"demand.launch_ramp_days": 270})) / steady
    assert share[0] < 0.01
    assert share[135] == pytest.approx(0.5)
    assert share[270] > 0.99
    assert (np.diff(share) > -1e-9).all()  # rounding of the cumulative hazard


def test_nobody_refers_to_a_new_hub_before_its_launch(hub_config, plain_days):
    run_in = {"run.opening.mode": "run_in", "run.opening.run_in_days": 50}
    hazard = daily_hazard(hub_config(**plain_days | run_in | {"demand.launch_ramp_days": 100}))
    assert (hazard[:50] == 0).all()
    assert (hazard[50:] > 0).all()


def test_a_wave_multiplies_everybodys_uptake_while_it_lasts(hub_config, plain_days):
    waves = {
        "first": {"kind": "wave", "from_day": 10, "to_day": 30, "uptake_multiplier": 1.5},
        "second": {"kind": "wave", "from_day": 25, "to_day": 35, "uptake_multiplier": 0.5},
    }
    share = daily_hazard(hub_config(**plain_days | {"changes": waves})) / daily_hazard(hub_config(**plain_days))
    np.testing.assert_allclose(share[:40], [1.0] * 10 + [1.5] * 15 + [0.75] * 5 + [0.5] * 5 + [1.0] * 5)


def test_a_campaign_multiplies_uptake_and_fades_after_its_end(hub_config, plain_days):
    steady = daily_hazard(hub_config(**plain_days))
    share = daily_hazard(hub_config(**plain_days | {"changes": {"roadshow": CAMPAIGN}})) / steady
    np.testing.assert_allclose(share[:100], 1.0)
    np.testing.assert_allclose(share[100:201], 2.5)
    assert share[230] == pytest.approx(1 + 1.5 * np.exp(-1))  # a decay time after the end
    assert share[1000] == pytest.approx(1.0)


def test_a_campaign_reaches_its_target_alone(hub_config, plain_days):
    target = {"staff_groups": ["ambulance", "care_homes"], "genders": ["men"]}
    config = hub_config(**plain_days | {"changes": {"roadshow": CAMPAIGN | {"target": target}}})
    reached = {s.owner[2:4] for s in background_sources(config, 0, 1.0, 0) if s.routes}
    assert reached == {("ambulance", "men"), ("care_homes", "men")}


def test_two_campaigns_multiply_each_other(hub_config, plain_days):
    later = CAMPAIGN | {"from_day": 150, "uptake_multiplier": 2.0}
    steady = daily_hazard(hub_config(**plain_days))
    both = daily_hazard(hub_config(**plain_days | {"changes": {"roadshow": CAMPAIGN, "posters": later}}))
    np.testing.assert_allclose((both / steady)[[99, 149, 150, 200]], [1.0, 2.5, 5.0, 5.0])


def test_the_newly_reached_are_one_less_one_over_the_multiplier(hub_config, plain_days):
    campaigns = {"roadshow": CAMPAIGN | {"from_day": 365, "to_day": 730}}
    config = hub_config(**plain_days | {"changes": campaigns, "run.horizon_days": 730})
    new, all_during = 0, 0
    for replication in range(12):
        cohort = draw_cohort(config, replication)
        during = cohort.referred_minute >= 365 * DAY
        assert not cohort.newly_reached[~during].any()
        new, all_during = new + int(cohort.newly_reached[during].sum()), all_during + int(during.sum())
    share = 1 - 1 / 2.5
    assert abs(new / all_during - share) < 4 * np.sqrt(share * (1 - share) / all_during)


def test_nobody_is_newly_reached_without_a_campaign(hub_config):
    assert not draw_cohort(hub_config(), 0).newly_reached.any()


def test_a_campaign_that_brings_nobody_changes_nobodys_need(hub_config):
    roadshow = CAMPAIGN | {"from_day": 0, "need_odds_ratio": 0.3}
    unnoticed = CAMPAIGN | {"from_day": 0, "uptake_multiplier": 1.0, "need_odds_ratio": 1.0}
    alone, beside = (
        draw_cohort(hub_config(**{"changes": campaigns}), 0)
        for campaigns in ({"roadshow": roadshow}, {"roadshow": roadshow, "unnoticed": unnoticed})
    )
    assert alone.newly_reached.any()
    np.testing.assert_array_equal(beside.points, alone.points)


def test_a_campaign_after_the_horizon_is_no_campaign(draw_people):
    late = draw_people(**{"changes": {"roadshow": CAMPAIGN | {"from_day": 1096, "to_day": 1200}}})
    assert late == draw_people()


def test_only_the_newly_reached_have_greater_need(hub_config, plain_days, by_person):
    changes = plain_days | {"run.horizon_days": 365, "demand.multiplier": 2.0}
    neutral, needier = (
        draw_cohort(
            hub_config(**changes | {"changes": {"roadshow": CAMPAIGN | {"from_day": 0, "need_odds_ratio": ratio}}}),
            0,
        )
        for ratio in (1.0, 2.5)
    )
    assert neutral.client_ids == needier.client_ids
    new = needier.newly_reached
    assert new.sum() > 100
    np.testing.assert_array_equal(neutral.newly_reached, new)
    np.testing.assert_array_equal(neutral.points[~new], needier.points[~new])
    assert (needier.points[new] >= neutral.points[new]).all()
    assert (needier.points[new].mean(axis=0) > neutral.points[new].mean(axis=0)).all()


def test_odds_of_high_need_among_the_newly_reached_are_about_as_configured(hub_config, plain_days):
    campaigns = {"roadshow": CAMPAIGN | {"from_day": 0, "to_day": 1096, "uptake_multiplier": 2.0}}
    config = hub_config(**plain_days | {"changes": campaigns, "demand.multiplier": 2.0})
    table = np.zeros((2, 2))
    for replication in range(8):
        cohort = draw_cohort(config, replication)
        np.add.at(table, (cohort.newly_reached.astype(int), (cohort.measures_positive >= 3).astype(int)), 1)
    odds_ratio = table[1, 1] * table[0, 0] / (table[1, 0] * table[0, 1])
    # The shift is put on each measure, so that the ratio holds about (15 %) for three or more of them.
    assert odds_ratio == pytest.approx(2.0, rel=0.15)


@pytest.mark.parametrize("size", [1.0, 0.37, 2.2])
def test_strata_are_whole_people_who_add_up_to_the_head_count(hub_config, size):
    for group in hub_config().population.staff_groups.values():
        heads = strata_headcounts(group, size)
        assert sum(heads.values()) == round(group.headcount * size)
        for (gender, ethnicity), number in heads.items():
            exact = group.headcount * size * group.gender[gender] * group.ethnicity[ethnicity]
            assert abs(number - exact) <= 1


def test_teams_ask_for_workshops_as_often_as_configured(hub_config):
    config = hub_config(**{"pathway.team_support.requests_per_month": 10, "run.opening.run_in_days": 365})
    days = np.concatenate([draw_cohort(config, r).team_request_minute / DAY for r in range(30)])
    for first, last in ((-365, 0), (0, 1096)):
        expected = 30 * 10 * (last - first) / (365.25 / 12)
        assert abs(((days >= first) & (days < last)).sum() - expected) < 4 * np.sqrt(expected)
        assert stats.kstest((days[(days >= first) & (days < last)] - first) / (last - first), "uniform").pvalue > 0.001


def test_a_campaign_takes_staff_time_every_week_while_it_runs(hub_config):
    campaigns = {"roadshow": CAMPAIGN | {"staff_hours_per_week": 2.5, "from_day": 100, "to_day": 121}}
    config = hub_config(**{"pathway.team_support.requests_per_month": 0, "changes": campaigns})
    cohort = draw_cohort(config, 0)
    assert cohort.team_request_minute.tolist() == [100 * DAY, 107 * DAY, 114 * DAY]
    assert cohort.team_request_length.tolist() == [150, 150, 150]


@pytest.mark.parametrize(
    ("target", "stratum", "multiplier"),
    [
        ({"genders": ["men"]}, ("nhs_hospital_community", "men", "white_british"), 0.785 / 0.57),
        ({"ethnicities": ["minority_ethnic"]}, ("ambulance", "women", "minority_ethnic"), 0.68 / 0.36),
        ({"staff_groups": ["care_homes"]}, ("care_homes", "men", "white_british"), (0.0005 + 0.01) / 2 / 0.0005),
        # Only the dimensions aimed at count, together: a fifth of the uptake for the group, 0.57 of it for men.
        ({"staff_groups": ["ambulance"], "genders": ["men"]}, ("ambulance", "men", "minority_ethnic"),
         (0.2 * 0.57 + 1) / 2 / (0.2 * 0.57)),
        # Nothing to close: as ready as the reference group, readier, or nobody ever comes.
        ({"genders": ["women"]}, ("care_homes", "women", "white_british"), 1.0),
        ({"staff_groups": ["police_fire"]}, ("police_fire", "men", "white_british"), 1.0),
        ({"staff_groups": ["social_care_other"]}, ("social_care_other", "men", "white_british"), 1.0),
    ],
)  # fmt: skip
def test_a_campaign_closes_the_chosen_share_of_the_gap_to_the_reference_group(hub_config, target, stratum, multiplier):
    uptake = {
        "nhs_hospital_community": 0.01, "nhs_primary_care": 0.01, "ambulance": 0.002, "care_homes": 0.0005,
        "social_care_other": 0.0, "police_fire": 0.02,
    }  # fmt: skip
    campaign = CAMPAIGN | {"target": target, "uptake_multiplier": None}
    changes = {"demand.uptake_per_person_year": uptake, "changes": {"roadshow": campaign}}
    changes |= {"demand.relative_uptake.gender.men": 0.57, "demand.campaign_multiplier_most": 100.0}
    config = hub_config(**changes | {"demand.gap_closed_share": 0.5})
    roadshow = config.changes_of(Campaign)["roadshow"]
    assert uptake_multiplier(config, roadshow, *stratum) == pytest.approx(multiplier)


def test_closing_the_whole_gap_makes_a_group_as_ready_as_the_reference_group(hub_config):
    for share, ratio in ((0.0, 0.36), (0.25, 0.52), (1.0, 1.0)):
        config = hub_config("scenario=improved_reach", **{"demand.gap_closed_share": share})
        campaign = config.changes_of(Campaign)["minority_ethnic"]
        times = uptake_multiplier(config, campaign, "nhs_primary_care", "women", "minority_ethnic")
        assert 0.36 * times == pytest.approx(ratio)


def test_outreach_brings_no_group_more_than_three_times_as_often_as_the_evidence_has_it(hub_config):
    config = hub_config("scenario=improved_reach")
    for name, campaign in config.changes_of(Campaign).items():
        target = campaign.target
        strata = product(
            target.staff_groups or config.population.staff_groups,
            target.genders or config.population.genders,
            target.ethnicities or config.population.ethnicities,
        )
        most = max(uptake_multiplier(config, campaign, *stratum) for stratum in strata)
        assert most == 3 if name == "care_homes" else most < 3


def test_improved_reach_brings_more_of_those_it_aims_at_and_the_same_of_everybody_else(hub_config):
    before = draw_cohort(hub_config(), 0)
    after = draw_cohort(hub_config("scenario=improved_reach"), 0)
    came, comes = set(before.client_ids), set(after.client_ids)
    assert came <= comes
    groups = list(hub_config().population.staff_groups)
    for stratum in {name.rsplit("/", 1)[0] for name in comes - came}:
        _, _, group, gender, ethnicity = stratum.split("/")
        assert gender == "men" or ethnicity == "minority_ethnic" or group in ("care_homes", "ambulance", "police_fire")
    for code, least in ((groups.index("care_homes"), 1.5), (groups.index("nhs_hospital_community"), 1)):
        in_run = [(c.staff_group == code) & (c.referred_minute >= 0) for c in (before, after)]
        assert in_run[1].sum() > least * in_run[0].sum()
    new = after.newly_reached
    assert new.sum() > 200
    assert not new[after.referred_minute < 0].any()
