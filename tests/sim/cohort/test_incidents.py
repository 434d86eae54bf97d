"""Incident demand: who of the exposed comes, when, and how badly affected."""

import numpy as np
import pytest
from scipy import stats

from sim.cohort import draw_cohort
from sim.cohort.sources import delay_cdf
from sim.config.demand import Delay
from sim.config.screening import MEASURES

DAY = 1440
DELAY = {
    "early_share": 0.2,
    "early_mean_days": 30,
    "pulses": [{"after_days": 84, "share": 0.35, "mean_delay_days": 21}],
    "tail_share": 0.45,
    "tail_mean_days": 158,
}
SWIFT = {"early_share": 1.0, "early_mean_days": 20, "pulses": [], "tail_share": 0.0, "tail_mean_days": 1}


def incident(persons, take_up=0.3, shift=0.0, day=50, delay=None):
    exposed = {"present": {"persons": persons, "take_up_share": take_up, "severity_shift_sd": shift}}
    return {"incident": {"fire": {"day": day, "exposed": exposed, "delay": delay or DELAY}}}


def hurt(cohort):
    return np.array(["/incident/" in name for name in cohort.client_ids])


@pytest.mark.unit
def test_the_delay_adds_early_comers_pulses_and_a_tail():
    share = delay_cdf(Delay(**DELAY), np.array([0.0, 30.0, 84.0, 105.0, 1e6]))
    by_hand = [
        0.0,
        0.2 * (1 - np.exp(-1)) + 0.45 * (1 - np.exp(-30 / 158)),
        0.2 * (1 - np.exp(-84 / 30)) + 0.45 * (1 - np.exp(-84 / 158)),
        0.2 * (1 - np.exp(-3.5)) + 0.35 * (1 - np.exp(-1)) + 0.45 * (1 - np.exp(-105 / 158)),
        1.0,
    ]
    np.testing.assert_allclose(share, by_hand, rtol=1e-12)
    # 0.1264 + 0.0778 early and tail after a month, on paper.
    assert share[1] == pytest.approx(0.2042, abs=1e-4)


@pytest.mark.integration
def test_the_take_up_share_of_the_exposed_comes_in_the_end(hub_config):
    persons = {"ambulance": 4000, "police_fire": 6000}
    cohort = draw_cohort(hub_config(**incident(persons, 0.3, delay=SWIFT)), 0)
    groups = list(hub_config().population.staff_groups)
    for name, exposed in persons.items():
        came = (hurt(cohort) & (cohort.staff_group == groups.index(name))).sum()
        assert abs(came - 0.3 * exposed) < 4 * np.sqrt(exposed * 0.3 * 0.7)
    assert hurt(cohort).sum() == sum((hurt(cohort) & (cohort.staff_group == g)).sum() for g in (2, 5))


@pytest.mark.integration
def test_the_exposed_come_after_the_incident_with_the_configured_delay(hub_config):
    config = hub_config(**incident({"nhs_hospital_community": 9000}, 0.9), **{"run.horizon_days": 3000})
    cohort = draw_cohort(config, 0)
    days = cohort.referred_minute[hurt(cohort)] / DAY - 50
    assert days.min() >= 0

    def by_then(day):
        # Straight between whole days, as the hazard is within a day; a sliver has not come by the horizon.
        whole = np.arange(2951)
        return np.interp(day, whole, delay_cdf(Delay(**DELAY), whole.astype(float)))

    assert stats.kstest(days, by_then).pvalue > 0.001


@pytest.mark.integration
def test_nobody_exposed_comes_without_take_up_and_everybody_with_all(hub_config):
    assert not hurt(draw_cohort(hub_config(**incident({"ambulance": 500}, 0.0)), 0)).any()
    assert hurt(draw_cohort(hub_config(**incident({"ambulance": 500}, 1.0, delay=SWIFT)), 0)).sum() == 500


@pytest.mark.integration
def test_incident_people_are_in_addition(draw_people):
    quiet = draw_people()
    struck = draw_people(**incident({"ambulance": 2374}, 0.5))
    assert quiet.ids == {name for name in struck.ids if "/incident/" not in name}
    assert quiet.minute.items() <= struck.minute.items()
    assert quiet.traits.items() <= struck.traits.items()


@pytest.mark.integration
def test_an_incident_raises_every_score_of_the_exposed_but_that_of_alcohol_and_nobody_elses(hub_config):
    mild, severe = (
        draw_cohort(hub_config(**incident({"nhs_hospital_community": 3000}, 0.5, shift)), 0) for shift in (0.0, 0.6)
    )
    alcohol = MEASURES.index("audit")
    assert mild.client_ids == severe.client_ids
    exposed = hurt(mild)
    np.testing.assert_array_equal(mild.points[~exposed], severe.points[~exposed])
    assert (severe.points[exposed] >= mild.points[exposed]).all()
    np.testing.assert_array_equal(severe.points[:, alcohol], mild.points[:, alcohol])
    rise = severe.points[exposed].mean(axis=0) - mild.points[exposed].mean(axis=0)
    assert (np.delete(rise, alcohol) > 1).all()
    assert (severe.tier[exposed] >= mild.tier[exposed]).all()


@pytest.mark.integration
def test_gender_and_ethnicity_of_the_exposed_are_their_staff_groups(hub_config):
    config = hub_config(**incident({"police_fire": 8000}, 0.9, delay=SWIFT))
    cohort = draw_cohort(config, 0)
    group = config.population.staff_groups["police_fire"]
    for column, shares in ((cohort.gender, group.gender), (cohort.ethnicity, group.ethnicity)):
        counts = np.bincount(column[hurt(cohort)], minlength=len(shares))
        expected = np.array(list(shares.values())) * counts.sum()
        assert stats.chisquare(counts, expected).pvalue > 0.001


@pytest.mark.integration
def test_an_incident_on_the_last_day_still_brings_only_people_of_that_day(hub_config):
    config = hub_config(
        **incident({"ambulance": 2000}, 1.0, day=364, delay=SWIFT | {"early_mean_days": 1.0}),
        **{"run.horizon_days": 365},
    )
    cohort = draw_cohort(config, 0)
    days = cohort.referred_minute[hurt(cohort)] // DAY
    assert set(days.tolist()) == {364}
    assert abs(len(days) - 2000 * (1 - np.exp(-1))) < 4 * np.sqrt(2000 * 0.63 * 0.37)


@pytest.mark.integration
def test_two_incidents_bring_their_own_people(hub_config):
    one = incident({"ambulance": 400}, 1.0, delay=SWIFT)["incident"]["fire"]
    cohort = draw_cohort(hub_config(incident={"fire": one, "flood": one | {"day": 200}}), 0)
    by_incident = [name.split("/")[2] for name, mine in zip(cohort.client_ids, hurt(cohort), strict=True) if mine]
    assert (by_incident.count("fire"), by_incident.count("flood")) == (400, 400)
    flood = np.array(["/flood/" in name for name in cohort.client_ids])
    assert cohort.referred_minute[flood].min() >= 200 * DAY


@pytest.mark.integration
def test_an_incident_may_be_asked_to_raise_alcohol_scores_alone(hub_config):
    fire = incident({"nhs_hospital_community": 3000}, 0.5, 0.6)["incident"]["fire"]
    drinks = dict.fromkeys(MEASURES, 0.0) | {"audit": 1.0}
    calm, struck = (
        draw_cohort(hub_config(incident={"fire": fire | {"shift_of_measures": moved}}), 0)
        for moved in (dict.fromkeys(MEASURES, 0.0), drinks)
    )
    rise = struck.points[hurt(struck)].mean(axis=0) - calm.points[hurt(calm)].mean(axis=0)
    assert rise[MEASURES.index("audit")] > 1
    assert (np.delete(rise, MEASURES.index("audit")) == 0).all()


@pytest.mark.integration
def test_people_who_come_by_invitation_are_milder_than_those_who_refer_themselves(hub_config):
    # London 2005: 71 % of those who were invited were positive on some measure, against 90 % of the Hubs' clients.
    exposed = {"incident.manchester_arena.exposed.responder.persons.nhs_hospital_community": 20_000}
    cohort = draw_cohort(hub_config("scenario=major_incident", **exposed), 0)
    struck, invited = hurt(cohort), cohort.newly_reached
    day = cohort.referred_minute // DAY - hub_config("scenario=major_incident").incident["manchester_arena"].day
    assert not invited[~struck].any()
    assert day[invited].min() >= 84
    assert abs(invited[struck].mean() - 0.35) < 0.03
    any_positive = cohort.measures_positive > 0
    assert abs(any_positive[invited].mean() - 0.71) < 0.04
    assert any_positive[struck & ~invited].mean() > 0.88
