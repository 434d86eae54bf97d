"""The opening backlog: people who already wait, or are in therapy, when the run begins."""

import numpy as np
import pytest
from scipy import stats

from sim.cohort import draw_cohort
from sim.cohort.sources import OPENING_LISTS
from sim.config import validate

pytestmark = pytest.mark.integration

DAY = 1440
BACKLOG = {
    "screening_review": {"people": 500, "mean_wait_days": 3.0},
    "assessment": {"people": 2000, "mean_wait_days": 14.0},
    "therapy": {"people": 2500, "mean_wait_days": 40.0},
    "caseload": {"people": 3000, "mean_sessions_left": 4.0},
}
CHANGES = {"run.opening.mode": "backlog", "run.opening.backlog": BACKLOG, "run.horizon_days": 365}


@pytest.fixture(scope="module")
def cohort(hub_config):
    return draw_cohort(hub_config(**CHANGES), 0)


def on(cohort, name):
    return cohort.opening == OPENING_LISTS.index(name)


@pytest.mark.parametrize("name", list(BACKLOG))
def test_as_many_people_wait_as_configured(cohort, name):
    assert on(cohort, name).sum() == BACKLOG[name]["people"]


@pytest.mark.parametrize("name", ["screening_review", "assessment", "therapy"])
def test_waits_so_far_are_exponential_with_the_mean(hub_config, name):
    config = hub_config(**CHANGES | {"run.horizon_days": 7})
    cohorts = [draw_cohort(config, replication) for replication in range(5)]
    waited = np.concatenate([-cohort.referred_minute[on(cohort, name)] for cohort in cohorts]) / DAY
    assert waited.min() > 0
    assert stats.kstest(waited, "expon", args=(0, BACKLOG[name]["mean_wait_days"])).pvalue > 0.001


def test_sessions_left_are_geometric_from_one_with_the_mean(cohort):
    left = cohort.sessions_left[on(cohort, "caseload")]
    assert left.min() == 1
    assert abs(left.mean() - 4) < 4 * np.sqrt(12 / 3000)  # variance (1 - p) / p^2 with p = 1/4
    expected = stats.geom(1 / 4).pmf(np.arange(1, 13)) * 3000
    counts = np.bincount(left, minlength=14)[1:13]
    assert stats.chisquare(counts, expected / expected.sum() * counts.sum()).pvalue > 0.001
    assert (cohort.sessions_left[~on(cohort, "caseload")] == 0).all()


def test_everybody_else_refers_from_day_0_on(cohort):
    others = cohort.opening == -1
    assert cohort.referred_minute[others].min() >= 0
    assert others.sum() > 300


def test_people_who_wait_are_of_the_mix_that_refers(hub_config, cohort, names_of):
    config = hub_config(**CHANGES)
    wait = cohort.opening >= 0
    population, demand = config.population, config.demand
    weight = {
        name: group.headcount
        * demand.uptake_per_person_year[name]
        * sum(group.gender[g] * rate for g, rate in demand.relative_uptake.gender.items())
        * sum(group.ethnicity[e] * rate for e, rate in demand.relative_uptake.ethnicity.items())
        for name, group in population.staff_groups.items()
    }
    groups = names_of(config, cohort, "staff_group")[wait]
    expected = np.array(list(weight.values())) / sum(weight.values()) * wait.sum()
    counts = [(groups == name).sum() for name in weight]
    assert stats.chisquare(counts, expected).pvalue > 0.001


def test_a_backlog_changes_nobody_who_refers_later(draw_people):
    with_backlog = draw_people(**CHANGES)
    empty = draw_people(**CHANGES | {"run.opening.mode": "empty"})
    waiting = {name for name in with_backlog.ids if "/backlog/" in name}
    assert len(waiting) == 8000
    assert with_backlog.ids - waiting == empty.ids
    assert empty.minute.items() <= with_backlog.minute.items()
    assert empty.traits.items() <= with_backlog.traits.items()


def test_a_longer_backlog_begins_with_the_same_people(draw_people):
    longer = CHANGES | {"run.opening.backlog": BACKLOG | {"therapy": {"people": 2600, "mean_wait_days": 40.0}}}
    one, other = draw_people(**CHANGES), draw_people(**longer)
    assert len(other.ids - one.ids) == 100
    assert one.minute.items() <= other.minute.items()
    assert one.traits.items() <= other.traits.items()


def test_nobody_waits_at_the_opening_of_a_new_hub(hub_config):
    cohort = draw_cohort(hub_config(**CHANGES | {"run.opening.mode": "empty"}), 0)
    assert (cohort.opening == -1).all()
    assert (cohort.referred_minute >= 0).all()


def test_an_empty_backlog_is_an_empty_opening(draw_people):
    nobody = {name: row | {"people": 0} for name, row in BACKLOG.items()}
    assert draw_people(**CHANGES | {"run.opening.backlog": nobody}) == draw_people(
        **CHANGES | {"run.opening.mode": "empty"}
    )


def test_the_order_of_staff_groups_does_not_matter_to_a_backlog(container):
    given, other = container(**CHANGES), container(**CHANGES)
    other["population"]["staff_groups"] = dict(reversed(other["population"]["staff_groups"].items()))
    one, two = validate(given), validate(other)
    first, second = draw_cohort(one, 0), draw_cohort(two, 0)
    assert first.client_ids == second.client_ids
    groups, reordered = list(one.population.staff_groups), list(two.population.staff_groups)
    assert [groups[g] for g in first.staff_group] == [reordered[g] for g in second.staff_group]
    np.testing.assert_array_equal(first.points, second.points)
