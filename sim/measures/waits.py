"""Waiting times by stage: of those seen, against the standards, and of those who left or still wait."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.calendar import MINUTES_PER_DAY
from sim.measures.groups import sums
from sim.measures.history import History
from sim.measures.rows import ADDED, AVERAGED, GREATEST, LESS, MORE, NEITHER, POOLED, Measure, Rows, declare, named
from sim.measures.waiters import Waiters, waiters_at
from sim.service.codes import NOT_YET
from sim.service.enums import Ending, Why
from sim.stages import LISTED, STAGES
from sim.streams import Bools, Floats, Ints

SEEN, LEFT, STILL_WAITING = "seen", "left", "waiting"
OUTCOMES = (SEEN, LEFT, STILL_WAITING)


declare(
    Measure("wait_days_mean", "mean wait of those seen", "days", LESS, POOLED),
    Measure("wait_days_median", "half of those seen waited longer", "days", LESS, AVERAGED),
    Measure("wait_days_p90", "1 in 10 of those seen waited longer", "days", LESS, AVERAGED),
    Measure("wait_days_max", "the longest wait of anybody seen", "days", LESS, GREATEST),
    Measure("within_standard_share", "seen within the standard, of those eligible", "share", MORE, POOLED),
    Measure("within_standard_share_of_seen", "seen within the standard, of those seen", "share", MORE, POOLED),
    Measure("left_waiting_share", "gave up waiting, of those who joined the list", "share", LESS, POOLED),
    Measure("screened_share", "screened, of those referred", "share", MORE, POOLED),
    Measure("offered_share", "offered an assessment, of those reviewed", "share", NEITHER, POOLED),
    Measure("reached_share", "reached by the Hub, of those offered an assessment", "share", MORE, POOLED),
    Measure("waiting_at_end", "waiting at the horizon", "persons", LESS, ADDED),
)


def count_waits(history: History, rows: Rows) -> None:
    """Add the waits of those seen in the window, and the shares against the standards of everyone eligible."""
    for name in STAGES:
        waiters = waiters_at(history, name)
        groupings = waiters.groupings
        cases = np.flatnonzero(history.in_window(waiters.seen) & (waiters.entered != NOT_YET))
        minutes = waiters.seen[cases] - waiters.entered[cases]
        days = minutes / MINUTES_PER_DAY
        of_case = np.take(groupings.of_case, cases, axis=1)
        seen = np.bincount(of_case.ravel(), minlength=groupings.total)
        # In one group numbers can be added in pairs, more exactly than one after the other as in many at once.
        total = sums(of_case, days, groupings.total) if len(groupings) > 1 else np.sort(days).sum(keepdims=True)
        totals, numbers = (column[groupings.numbers].tolist() for column in (total, seen))
        rows.ratios("wait_days_mean", name, groupings.names, totals, numbers)
        quantiles = _quantiles(of_case, minutes, seen)[groupings.numbers].tolist()
        for (dimension, group), found in zip(groupings.names, quantiles, strict=True):
            for measure, value in zip(("wait_days_median", "wait_days_p90", "wait_days_max"), found, strict=True):
                rows.figure(measure, name, dimension, group, value)
        _against_standard(history, rows, name)


def _quantiles(of_case: Ints, minutes: Ints, numbers: Ints) -> Floats:
    """Return the median, 90th percentile and greatest wait of each group in days; not a number where nobody was seen.

    `numpy.quantile` to the last bit, of all groups at once: sorted by group, then by wait.
    """
    found = np.full((len(numbers), 3), np.nan)
    if len(minutes) == 0:
        return found
    span = 1 + int(minutes.max())
    narrow = span * len(numbers) <= np.iinfo(np.int32).max  # and so sorted in half the time
    ascending = np.sort((of_case * span + minutes).astype(np.int32 if narrow else np.int64), axis=1).ravel()
    first = np.cumsum(numbers) - numbers
    some = np.flatnonzero(numbers)
    first, last = first[some], numbers[some] - 1

    def days(place: Ints) -> NDArray[Any]:
        waited: NDArray[Any] = (ascending[first + place] % span) / MINUTES_PER_DAY
        return waited

    for column, share in enumerate((0.5, 0.9)):
        position = share * last
        below = position.astype(np.int64)
        beyond = position - below
        low, high = days(below), days(np.minimum(below + 1, last))
        from_above = high - (high - low) * (1 - beyond)
        found[some, column] = np.where(beyond >= 0.5, from_above, low + (high - low) * beyond)  # noqa: PLR2004
    found[some, 2] = days(last)
    return found


def _against_standard(history: History, rows: Rows, name: str) -> None:
    """Add the share seen in time among first referrals that entered early enough to be judged by the horizon."""
    shares: list[tuple[str, Bools, Bools]] = []
    if STAGES[name].can_be_left:
        joined = history.in_window(history.at(STAGES[name].joins))
        shares.append(("left_waiting_share", joined, waiters_at(history, name).left != NOT_YET))
    if name in history.config.standards.stages:
        judged, in_time = against_standard(history, name)
        of_seen = judged & (waiters_at(history, name).seen != NOT_YET)
        shares += [("within_standard_share", judged, in_time), ("within_standard_share_of_seen", of_seen, in_time)]
    for measure, among, these in shares:
        rows.shares(measure, name, history.groupings_of(STAGES[name]), among, these)


def against_standard(history: History, name: str) -> tuple[Bools, Bools]:
    """Return which cases a stage's standard is about, and which of all cases were seen within it."""
    waiters = waiters_at(history, name)
    entered, seen = waiters.entered, waiters.seen
    days = {str(stage): standard.days for stage, standard in history.config.standards.stages.items()}
    limit = days[name] * MINUTES_PER_DAY
    early_enough = history.in_window(entered) & (entered <= history.horizon - limit)
    judged = waiters.eligible & early_enough & (history.episode == 0) & _in_cohort(history)
    return judged, (seen != NOT_YET) & (seen - entered <= limit)


def in_time_table(history: History) -> dict[str, list[Any]]:
    """Return how many people each standard is about and how many of them were seen within it; a row a stage."""
    names: list[str] = [*history.config.standards.stages]
    found = [against_standard(history, name) for name in names]
    return {
        "stage": names,
        "eligible": [int(judged.sum()) for judged, _ in found],
        "in_time": [int((judged & in_time).sum()) for judged, in_time in found],
    }


def _in_cohort(history: History) -> Bools:
    """Return which cases were referred on the days whose referrals the standards judge."""
    standards, referred = history.config.standards, history.at("referred")
    inside = np.ones(len(referred), dtype=bool)
    if standards.referred_from_day is not None:
        inside &= referred >= standards.referred_from_day * MINUTES_PER_DAY
    if standards.referred_to_day is not None:
        inside &= referred < standards.referred_to_day * MINUTES_PER_DAY
    return inside


def count_funnel(history: History, rows: Rows) -> None:
    """Add the shares screened, offered assessment and reached, each of those who got that far."""
    window = round(history.config.screening.window_days * MINUTES_PER_DAY)
    referred, reviewed = history.at("referred"), history.at("reviewed")
    settled = history.in_window(referred) & (referred <= history.horizon - window)
    screened = history.at("screened") != NOT_YET
    was_reviewed = history.in_window(reviewed)
    offered = history.drawn("offered") & (history.ended != Ending.BELOW_THRESHOLD)
    rows.shares("screened_share", "screening", history.groupings, settled, screened)
    rows.shares("offered_share", "assessment", history.groupings, was_reviewed, offered)
    rows.shares("reached_share", "assessment", history.groupings, was_reviewed & offered, history.reachable)


def count_waiting_at_end(history: History, rows: Rows) -> None:
    """Add how many wait on each stage's lists at the horizon."""
    for stage in LISTED:
        stays, waiters = history.stays[stage.name], waiters_at(history, stage.name)
        waiting = np.zeros(len(waiters.entered), dtype=bool)
        waiting[waiters.of_stay[stays.why == Why.WAITING]] = True
        rows.counts("waiting_at_end", stage.name, waiters.people, waiting)


def wait_table(history: History) -> dict[str, Any]:
    """Return counts of whole days waited, by stage, dimension, group and outcome (seen, left, waiting).

    Everyone who entered a stage before the horizon and was not done with it when the window opened is in it once.
    """
    waited = {name: _waited(history, waiters_at(history, name)) for name in STAGES}
    longest = 1 + max(int(days.max(initial=0)) for _, _, days in waited.values())
    parts: list[tuple[str, str, str]] = []
    keys, counts = [], []
    for name, (counted, outcome, days) in waited.items():
        groupings = waiters_at(history, name).groupings
        of_case = np.take(groupings.of_case, counted, axis=1)
        of_group = of_case * (len(OUTCOMES) * longest) + (outcome * longest + days)
        cells = len(OUTCOMES) * longest
        by_number = np.bincount(of_group.ravel(), minlength=groupings.total * cells).reshape(-1, cells)
        count = by_number[groupings.numbers].ravel()
        found = np.flatnonzero(count)
        keys.append(found + len(parts) * len(OUTCOMES) * longest)
        counts.append(count[found])
        parts += [(name, *group) for group in groupings.names]
    rest, whole_days = np.divmod(np.concatenate(keys), longest)
    part, how = np.divmod(rest, len(OUTCOMES))
    texts = zip(("stage", "dimension", "group"), zip(*parts, strict=True), strict=True)
    return {
        **{column: named(names, part) for column, names in texts},
        "wait_days": whole_days,
        "outcome": named(OUTCOMES, how),
        "count": np.concatenate(counts),
    }


def _waited(history: History, waiters: Waiters) -> tuple[Ints, Ints, Ints]:
    """Return who is to be counted in a stage's waits, how each wait ended or did not, and its whole days."""
    entered, seen, left = waiters.entered, waiters.seen, waiters.left
    has_entered = (entered != NOT_YET) & (entered < history.horizon)
    is_seen = has_entered & (seen != NOT_YET)
    has_left = has_entered & ~is_seen & (left != NOT_YET)
    still = has_entered & ~is_seen & ~has_left & waiters.open
    end = np.where(is_seen, seen, np.where(has_left, left, waiters.until))
    counted = np.flatnonzero((is_seen | has_left | still) & (end >= 0))
    outcome = np.where(is_seen[counted], 0, np.where(has_left[counted], 1, 2))
    return counted, outcome, (end[counted] - entered[counted]) // MINUTES_PER_DAY
