"""The default Hub's clients look like the study's."""

import numpy as np
import pytest

from sim.cohort import draw_cohort
from sim.config.screening import COVARIATES

pytestmark = pytest.mark.integration

REPLICATIONS = 20


@pytest.fixture(scope="module")
def shares(hub_config, names_of):
    """Shares of all clients of many replications (about 50,000)."""
    config = hub_config()
    cut_off = [measure.cut_off for measure in config.screening.measures.values()]
    cohorts = [draw_cohort(config, replication) for replication in range(REPLICATIONS)]
    columns = {
        what: np.concatenate([names_of(config, cohort, what) for cohort in cohorts])
        for what in ("gender", "ethnicity", "sector")
    }
    found = {name: float((column == name).mean()) for column in columns.values() for name in set(column)}
    measures = np.concatenate([cohort.measures_positive for cohort in cohorts])
    points = np.concatenate([cohort.points for cohort in cohorts])
    found |= {"three_or_more": float((measures >= 3).mean()), "no_measure": float((measures == 0).mean())}
    return found | dict(zip(config.screening.measures, (points >= cut_off).mean(axis=0).tolist(), strict=True))


# The study's shares with the width of what its four Hubs differ by; sampling error is below 0.3 points.
@pytest.mark.parametrize(
    ("share", "low", "high"),
    [
        ("three_or_more", 0.575, 0.625),
        ("no_measure", 0.085, 0.115),
        ("wsas", 0.78, 0.82),
        ("women", 0.82, 0.87),
        ("men", 0.12, 0.17),
        ("white_british", 0.88, 0.93),
        ("minority_ethnic", 0.04, 0.08),
        ("nhs", 0.44, 0.87),
        ("social_care", 0.04, 0.08),
        ("emergency", 0.01, 0.12),
    ],
)
def test_the_default_hubs_clients_are_the_studys(shares, share, low, high):
    assert low <= shares[share] <= high


def test_about_fifty_five_people_a_month_refer_to_the_default_hub(hub_config):
    config = hub_config()
    months = config.run.horizon_days / (365.25 / 12)
    people = [(draw_cohort(config, r).referred_minute >= 0).sum() for r in range(REPLICATIONS)]
    # "About": within a tenth.
    assert np.mean(people) / months == pytest.approx(55, rel=0.1)


def test_attributes_are_as_common_as_in_each_staff_group(hub_config):
    config = hub_config(**{"demand.multiplier": 5.0})
    cohort = draw_cohort(config, 0)
    icu = cohort.covariates[:, COVARIATES.index("icu_or_emergency")]
    for number, group in enumerate(config.population.staff_groups.values()):
        mine = cohort.staff_group == number
        for found, share in (
            (cohort.shift_worker[mine], group.shift_worker_share),
            (icu[mine], group.icu_or_emergency_share),
        ):
            assert abs(found.mean() - share) <= 4 * np.sqrt(share * (1 - share) / mine.sum())
    for column, name in enumerate(COVARIATES):
        if name != "icu_or_emergency":
            share = config.screening.covariates[name].share
            found = cohort.covariates[:, column].mean()
            assert abs(found - share) < 4 * np.sqrt(share * (1 - share) / len(cohort))


def test_strata_come_in_proportion_to_head_count_and_uptake(hub_config):
    config = hub_config(**{"demand.multiplier": 4.0, "run.horizon_days": 365, "run.opening.mode": "empty"})
    cohort = draw_cohort(config, 0)
    women = cohort.gender == config.population.genders.index("women")
    for g, group in enumerate(config.population.staff_groups.values()):
        rate = config.demand.relative_uptake.gender
        expected = group.gender["women"] * rate["women"]
        expected /= expected + group.gender["men"] * rate["men"]
        mine = cohort.staff_group == g
        # Four standard errors, and one point for strata that begin to run out of people.
        assert abs(women[mine].mean() - expected) < 4 * np.sqrt(expected * (1 - expected) / mine.sum()) + 0.01


def test_the_follow_up_survey_finds_people_five_to_eight_months_on(hub_config):
    config = hub_config(
        **{
            "pathway.follow_up": {
                "response_share_if_contact": 0.4,
                "response_share_if_no_contact": 0.1,
                "from_days": 152,
                "to_days": 244,
                "supported_elsewhere_share": 0.25,
            },
            "demand.multiplier": 3.0,
        }
    )
    cohort = draw_cohort(config, 0)
    days = cohort.survey_delay / 1440
    assert days.min() >= 152
    assert days.max() <= 244
    assert abs(days.mean() - 198) < 4 * (244 - 152) / np.sqrt(12 * len(cohort))
    for found, share in (
        (cohort.survey_if_contact, 0.4),
        (cohort.survey_if_no_contact, 0.1),
        (cohort.supported_elsewhere, 0.25),
    ):
        assert abs(found.mean() - share) < 4 * np.sqrt(share * (1 - share) / len(cohort))
    # Who would answer without contact would answer with it.
    assert (cohort.survey_if_contact >= cohort.survey_if_no_contact).all()
