"""Who comes, and who waits longer: access and gaps by staff group, gender and ethnicity."""

from __future__ import annotations

import math

import numpy as np

from sim.calendar import DAYS_PER_YEAR
from sim.cohort.background import strata_headcounts
from sim.cohort.draw import hub_size
from sim.measures.history import History
from sim.measures.registry import Better, Measure, OverHubs, declare
from sim.measures.rows import NONE, Rows

ORDINARY = ("background", "referrals_csv")
"""Kinds of source whose people come from the whole catchment, and not after an incident or from before the run."""


declare(
    Measure(
        "access_rate", "first referrals a person and year", "referrals a person-year", Better.MORE, OverHubs.POOLED
    ),
    Measure("access_ratio", "access rate over that of the reference group", "ratio", Better.NEITHER, OverHubs.POOLED),
    Measure(
        "within_standard_gap", "seen in time, less the reference group", "share", Better.NEITHER, OverHubs.AVERAGED
    ),
    Measure(
        "left_waiting_gap", "gave up waiting, less the reference group", "share", Better.NEITHER, OverHubs.AVERAGED
    ),
)


def headcounts(history: History) -> dict[str, dict[str, int]]:
    """Return people in the catchment by dimension and group."""
    population = history.config.population
    size = hub_size(history.config, history.cohort.hub)
    heads: dict[str, dict[str, int]] = {
        "all": {"all": 0},
        "staff_group": dict.fromkeys(population.staff_groups, 0),
        "gender": dict.fromkeys(population.genders, 0),
        "ethnicity": dict.fromkeys(population.ethnicities, 0),
    }
    for name, group in population.staff_groups.items():
        for (gender, ethnicity), people in strata_headcounts(group, size).items():
            for dimension, member in (
                ("all", "all"),
                ("staff_group", name),
                ("gender", gender),
                ("ethnicity", ethnicity),
            ):
                heads[dimension][member] += people
    return heads


def count_access(history: History, rows: Rows) -> None:
    """Add first referrals per person and year (incidents apart), and their ratio to the reference group."""
    cohort = history.cohort
    ordinary_source = np.array([source.kind in ORDINARY for source in cohort.sources], dtype=bool)
    ordinary = ordinary_source[cohort.source][history.client]
    first = ordinary & (history.episode == 0) & history.in_window(history.at("referred"))
    years = history.horizon_days / DAYS_PER_YEAR
    heads = headcounts(history)
    everybody = history.groupings[0]
    by_stratum = np.bincount(everybody.stratum_of_case[first], minlength=len(everybody.of_stratum))
    for grouping in history.groupings:
        referrals = dict(zip(grouping.names, grouping.tally(by_stratum), strict=True))
        person_years = {group: people * years for group, people in heads[grouping.dimension].items()}
        for group, number in referrals.items():
            dimension = grouping.dimension
            rows.ratio("access_rate", NONE, dimension, group, number, person_years[group])
        if grouping.dimension != "all":
            reference = getattr(history.config.population.reference, grouping.dimension)
            rate = _rate(referrals[reference], person_years[reference])
            for group, number in referrals.items():
                own = _rate(number, person_years[group])
                rows.ratio("access_ratio", NONE, grouping.dimension, group, own, rate)


def _rate(number: float, person_years: float) -> float:
    return number / person_years if person_years else math.nan


def count_gaps(rows: Rows, reference: dict[str, str]) -> None:
    """Add, from the shares already counted, each group's difference to the reference group.

    Parameters
    ----------
    reference
        Reference group by dimension.
    """
    for measure, source in (
        ("within_standard_gap", "within_standard_share"),
        ("left_waiting_gap", "left_waiting_share"),
    ):
        shares = {(row.stage, row.dimension, row.group): row for row in rows if row.measure == source}
        for (stage, dimension, group), row in shares.items():
            if dimension in reference:
                gap = row.value - shares[stage, dimension, reference[dimension]].value
                rows.gap(measure, stage, dimension, group, gap)
