"""Waiting times by stage: of those seen, against the standards, and of those who left or still wait."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.calendar import MINUTES_PER_DAY
from sim.measures.history import Grouping, History
from sim.measures.rows import ADDED, AVERAGED, GREATEST, LESS, MORE, NEITHER, POOLED, Measure, Rows, declare, named
from sim.service.codes import NOT_YET
from sim.service.enums import Why
from sim.stages import LISTED, STAGES, Stage
from sim.streams import Bools, Ints

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


class Moments(NamedTuple):
    """When each case entered a stage, was seen or left waiting, and who is eligible."""

    entered: Ints
    seen: Ints
    left: Ints
    eligible: Bools


def moments(history: History, name: str) -> Moments:
    """Return a stage's entry and exits for every case: minutes, `NOT_YET` where it has not happened."""
    return history.once(f"stage {name}", lambda: _moments(history, STAGES[name]))


def _moments(history: History, stage: Stage) -> Moments:
    left = np.full(len(history.client), NOT_YET)
    for moment in stage.given_up:
        left = np.maximum(left, history.at(moment))
    return Moments(history.at(stage.opens), history.at(stage.closes), left, history.eligible(stage))


def count_waits(history: History, rows: Rows) -> None:
    """Add the waits of those seen in the window, and the shares against the standards of everyone eligible."""
    for name, stage in STAGES.items():
        if stage.by_stay:
            _count_stays(history, rows, name)
            continue
        groupings = history.groupings_of(stage)
        entered, seen, _, _ = moments(history, name)
        was_seen = history.in_window(seen) & (entered != NOT_YET)
        cases = np.flatnonzero(was_seen)
        days = (seen[cases] - entered[cases]) / MINUTES_PER_DAY
        for grouping in groupings:
            codes = grouping.of_case[cases]
            numbers = np.bincount(codes, minlength=len(grouping.names)).tolist()
            sums = np.bincount(codes, days, len(grouping.names)).tolist()
            for group, total, number in zip(grouping.names, sums, numbers, strict=True):
                rows.ratio("wait_days_mean", name, grouping.dimension, group, total, number)
        ascending = np.argsort(days)
        cases, days = cases[ascending], days[ascending]
        for grouping in groupings:
            codes = grouping.of_case[cases]
            for code, group in enumerate(grouping.names):
                for measure, value in _quantiles(days[codes == code]):
                    rows.figure(measure, name, grouping.dimension, group, value)
        _against_standard(history, rows, name)


def _count_stays(history: History, rows: Rows, name: str) -> None:
    """Add the waits of work that comes due again and again, each stay for itself: until it is done."""
    stays = history.stays[name]
    done = (stays.why == Why.TAKEN) & history.in_window(stays.left)
    days = np.sort((stays.left[done] - stays.joined[done]) / MINUTES_PER_DAY)
    rows.ratio("wait_days_mean", name, "all", "all", float(days.sum()), len(days))
    for measure, value in _quantiles(days):
        rows.figure(measure, name, "all", "all", value)


def _quantiles(days: NDArray[np.float64]) -> list[tuple[str, float]]:
    if len(days) == 0:
        return [(measure, np.nan) for measure in ("wait_days_median", "wait_days_p90", "wait_days_max")]
    return [
        ("wait_days_median", quantile(days, 0.5)),
        ("wait_days_p90", quantile(days, 0.9)),
        ("wait_days_max", days[-1]),
    ]


def quantile(ascending: NDArray[np.float64], share: float) -> float:
    """Return a quantile of sorted values, between neighbours in proportion.

    `numpy.quantile` to the last bit, at a twentieth of its cost: there are about sixty in a replication.
    """
    position = share * (len(ascending) - 1)
    below = int(position)
    beyond = position - below
    low, high = ascending.item(below), ascending.item(min(below + 1, len(ascending) - 1))
    return high - (high - low) * (1 - beyond) if beyond >= 0.5 else low + (high - low) * beyond  # noqa: PLR2004


def _against_standard(history: History, rows: Rows, name: str) -> None:
    """Add the share seen in time among first referrals that entered early enough to be judged by the horizon."""
    shares: list[tuple[str, Bools, Bools]] = []
    if STAGES[name].can_be_left:
        joined = history.in_window(history.at(STAGES[name].joins))
        shares.append(("left_waiting_share", joined, moments(history, name).left != NOT_YET))
    if name in history.config.standards.stages:
        judged, in_time = against_standard(history, name)
        of_seen = judged & (moments(history, name).seen != NOT_YET)
        shares += [("within_standard_share", judged, in_time), ("within_standard_share_of_seen", of_seen, in_time)]
    for measure, among, these in shares:
        rows.shares(measure, name, history.groupings, among, these)
        for one in history.groupings_of(STAGES[name])[len(history.groupings) :]:
            rows.shares(measure, name, [one], among, these)


def against_standard(history: History, name: str) -> tuple[Bools, Bools]:
    """Return which cases a stage's standard is about, and which of all cases were seen within it."""
    entered, seen, _, eligible = moments(history, name)
    days = {str(stage): standard.days for stage, standard in history.config.standards.stages.items()}
    limit = days[name] * MINUTES_PER_DAY
    early_enough = history.in_window(entered) & (entered <= history.horizon - limit)
    judged = eligible & early_enough & (history.episode == 0) & _in_cohort(history)
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
    offered = history.drawn("offered")
    rows.shares("screened_share", "screening", history.groupings, settled, screened)
    rows.shares("offered_share", "assessment", history.groupings, was_reviewed, offered)
    rows.shares("reached_share", "assessment", history.groupings, was_reviewed & offered, history.reachable)


def count_waiting_at_end(history: History, rows: Rows) -> None:
    """Add how many wait on each stage's lists at the horizon."""
    for stage in LISTED:
        stays = history.stays[stage.name]
        still = stays.case[stays.why == Why.WAITING]
        if stage.by_stay:
            rows.figure("waiting_at_end", stage.name, "all", "all", len(still))
            continue
        cases = np.zeros(len(history.client), dtype=bool)
        cases[still] = True
        rows.counts("waiting_at_end", stage.name, history.groupings, cases)


def wait_table(history: History) -> dict[str, Any]:
    """Return counts of whole days waited, by stage, dimension, group and outcome (seen, left, waiting).

    Everyone who entered a stage before the horizon and was not done with it when the window opened is in it once.
    """
    waited = {name: _waited(history, stage) for name, stage in STAGES.items()}
    longest = 1 + max(int(days.max(initial=0)) for _, _, days in waited.values())
    parts: list[tuple[str, str]] = []
    groups: list[str] = []
    keys, counts = [], []
    for name, (counted, outcome, days) in waited.items():
        of_group = outcome * longest + days
        everybody = Grouping("all", ["all"], np.zeros(1, dtype=np.int64), np.zeros(len(days), dtype=np.int64))
        groupings = [everybody] if STAGES[name].by_stay else history.groupings_of(STAGES[name])
        for grouping in groupings:
            count = np.bincount(grouping.of_case[counted] * (len(OUTCOMES) * longest) + of_group)
            found = np.flatnonzero(count)
            keys.append(found + len(groups) * len(OUTCOMES) * longest)
            counts.append(count[found])
            parts.append((name, grouping.dimension))
            groups += grouping.names
    part = np.repeat(np.arange(len(parts)), [len(found) for found in keys])
    rest, whole_days = np.divmod(np.concatenate(keys), longest)
    group, how = np.divmod(rest, len(OUTCOMES))
    return {
        "stage": named([name for name, _ in parts], part),
        "dimension": named([dimension for _, dimension in parts], part),
        "group": named(groups, group),
        "wait_days": whole_days,
        "outcome": named(OUTCOMES, how),
        "count": np.concatenate(counts),
    }


def _waited(history: History, stage: Stage) -> tuple[Ints, Ints, Ints]:
    """Return the cases to be counted in a stage's waits, how each wait ended or did not, and its whole days."""
    if stage.by_stay:
        stays = history.stays[stage.name]
        since = stays.left >= 0
        outcome = np.where(stays.why[since] == Why.TAKEN, 0, 2)
        days = (stays.left[since] - stays.joined[since]) // MINUTES_PER_DAY
        return np.arange(len(days)), outcome, days
    entered, seen, left, eligible = moments(history, stage.name)
    has_entered = (entered != NOT_YET) & (entered < history.horizon)
    is_seen = has_entered & (seen != NOT_YET)
    has_left = has_entered & ~is_seen & (left != NOT_YET)
    open_cases = eligible & (history.at("closed") == NOT_YET) if stage.closes_with_case else eligible
    still = has_entered & ~is_seen & ~has_left & open_cases
    end = np.where(is_seen, seen, np.where(has_left, left, history.horizon))
    counted = np.flatnonzero((is_seen | has_left | still) & (end >= 0))
    outcome = np.where(is_seen[counted], 0, np.where(has_left[counted], 1, 2))
    return counted, outcome, (end[counted] - entered[counted]) // MINUTES_PER_DAY
