"""Who comes and who waits longer, by group, on a history written by hand."""

from dataclasses import replace

import numpy as np
import pytest

from sim.measures.people import count_access, count_gaps, headcounts
from sim.measures.rows import Rows

pytestmark = pytest.mark.unit

FOUR_YEARS = 1461
HOSPITAL, PRIMARY, AMBULANCE = 0, 1, 2


def value(rows, measure, dimension, group):
    found = [row for row in rows if (row.measure, row.dimension, row.group) == (measure, dimension, group)]
    assert len(found) == 1
    return found[0].value


@pytest.fixture(scope="module")
def rows(paper):
    """Seven background referrals and one after an incident; one of the seven comes back, one came before day 0."""
    at = paper.at
    referred = [at(-1), at(1), at(2), at(3), at(4), at(5), at(6), at(7)]
    groups = [HOSPITAL, HOSPITAL, HOSPITAL, HOSPITAL, PRIMARY, PRIMARY, HOSPITAL, AMBULANCE]
    cohort = paper.people(referred, staff_group=groups, gender=[0, 0, 0, 1, 0, 0, 0, 1])
    incident = replace(cohort.sources[0], owner=(0, "incident"), kind="incident")
    cohort = replace(cohort, sources=[*cohort.sources, incident], source=np.array([0] * 6 + [1, 0]))
    cases = [{"referred": minute} for minute in referred] + [{"referred": at(90), "client": 1, "episode": 1}]
    rows = Rows()
    count_access(paper.history(paper.plain(FOUR_YEARS), cohort, paper.told(FOUR_YEARS, cases)), rows)
    return rows


def test_access_is_first_referrals_a_person_and_year_without_incidents(rows):
    # Hospital: persons 1, 2 and 3 of 75,000 in four years; primary care two of 10,000; ambulance one of 2,374.
    assert value(rows, "access_rate", "staff_group", "nhs_hospital_community") == pytest.approx(3 / 75_000 / 4)
    assert value(rows, "access_rate", "staff_group", "nhs_primary_care") == pytest.approx(2 / 10_000 / 4)
    assert value(rows, "access_rate", "staff_group", "ambulance") == pytest.approx(1 / 2_374 / 4)
    people = 75_000 + 10_000 + 2_374 + 27_300 + 37_700 + 7_232
    assert value(rows, "access_rate", "all", "all") == pytest.approx(6 / people / 4)


def test_the_access_ratio_compares_with_the_reference_group(rows):
    # Primary care: 2 / 10,000 against 3 / 75,000.
    assert value(rows, "access_ratio", "staff_group", "nhs_primary_care") == pytest.approx(5)
    assert value(rows, "access_ratio", "staff_group", "nhs_hospital_community") == 1
    assert value(rows, "access_ratio", "staff_group", "care_homes") == 0


def test_access_of_men_is_told_against_that_of_women(rows):
    # Women: persons 1, 2, 4 and 5; men: 3 and 7. Heads are shares of the groups: .77 and .82 and so on of each.
    women = 0.77 * 75_000 + 0.82 * 10_000 + 0.45 * 2_374 + 0.82 * 27_300 + 0.82 * 37_700 + 0.32 * 7_232
    men = 75_000 + 10_000 + 2_374 + 27_300 + 37_700 + 7_232 - women
    assert value(rows, "access_ratio", "gender", "men") == pytest.approx((2 / men) / (4 / women), rel=1e-3)


def test_everybody_in_the_catchment_has_a_staff_group_a_gender_and_an_ethnicity(paper):
    heads = headcounts(paper.history(paper.plain(), paper.people([0]), paper.told(70, [{"referred": 0}])))
    everybody = heads["all"]["all"]
    assert {dimension: sum(groups.values()) for dimension, groups in heads.items()} == dict.fromkeys(heads, everybody)


def test_a_gap_is_the_difference_to_the_reference_group_at_each_stage():
    rows = Rows()
    for group, share in (("women", 0.80), ("men", 0.65)):
        rows.ratio("within_standard_share", "assessment", "gender", group, share * 100, 100)
    for group, left in (("women", 10), ("men", 30)):
        rows.ratio("left_waiting_share", "therapy", "gender", group, left, 100)
    rows.ratio("within_standard_share", "assessment", "all", "all", 75, 100)
    count_gaps(rows, {"gender": "women"})
    assert value(rows, "within_standard_gap", "gender", "men") == pytest.approx(-0.15)
    assert value(rows, "within_standard_gap", "gender", "women") == 0
    assert value(rows, "left_waiting_gap", "gender", "men") == pytest.approx(0.20)
    assert not [row for row in rows if row.measure == "within_standard_gap" and row.dimension == "all"]
