"""The tables that are made on request, and the record's codes as they and the stories write them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from sim.calendar import MINUTES_PER_DAY
from sim.config import HubConfig
from sim.config.pathway import OUTCOMES
from sim.config.screening import MEASURES, TIERS
from sim.config.staffing import ACTIVITIES
from sim.measures.history import History
from sim.measures.months import month_table
from sim.service.codes import NOT_YET
from sim.service.enums import Activity, Ending, Listed, Modality, Outcome, Result, State, text_of
from sim.stages import MILESTONES
from sim.streams import Ints

ENDING_TEXTS = {int(member): text_of(member) for member in Ending}
OUTCOME_TEXTS = {int(member): text_of(member) for member in Outcome}
STATE_TEXTS = {int(member): text_of(member) for member in State}
RESULT_TEXTS = {int(member): text_of(member) for member in Result}
ACTIVITY_TEXTS = {int(member): text_of(member) for member in Activity}


def modality_texts(config: HubConfig) -> dict[int, str]:
    """Return the text of each modality, a group and none included."""
    return {int(member): text_of(member) for member in Modality} | dict(enumerate(config.pathway.modalities))


def list_texts(config: HubConfig) -> dict[int, str]:
    """Return the text of each list."""
    fixed = {int(member): text_of(member) for member in Listed if member != Listed.THERAPY}
    return fixed | {Listed.THERAPY + n: f"therapy:{name}" for n, name in enumerate(config.pathway.modalities)}


Columns = dict[str, list[Any]]


def _days(minutes: np.ndarray) -> list[Any]:
    return [None if minute == NOT_YET else minute / MINUTES_PER_DAY for minute in minutes.tolist()]


def _named(names: Sequence[str] | Mapping[int, str], codes: np.ndarray) -> list[Any]:
    return [names[code] for code in codes.tolist()]


def _people(history: History, who: Ints) -> Columns:
    """Return what stays as it is of some people, given by their positions in the cohort."""
    cohort, population = history.cohort, history.config.population
    return {
        "client_id": _named(cohort.client_ids, who),
        "source": [cohort.sources[s].kind for s in cohort.source[who].tolist()],
        "staff_group": _named(list(population.staff_groups), cohort.staff_group[who]),
        "gender": _named(population.genders, cohort.gender[who]),
        "ethnicity": _named(population.ethnicities, cohort.ethnicity[who]),
        "tier": _named(TIERS, cohort.tier[who]),
        "risk": cohort.risk[who].tolist(),
    }


def journey_table(history: History) -> Columns:
    """Return one row a referral: who, when each milestone was reached, how it ended, staff minutes used."""
    journeys = history.record.journeys
    spent = np.zeros(len(history.client), dtype=np.int64)
    mine = history.work_case >= 0
    np.add.at(spent, history.work_case[mine], history.work_minutes[mine])
    columns = _people(history, history.client) | {
        "episode": history.episode.tolist(),
        "outcome": _named(OUTCOME_TEXTS, journeys.outcome),
        "modality": _named(modality_texts(history.config), journeys.modality),
        "ended": _named(ENDING_TEXTS, journeys.ended),
        "sessions_attended": journeys.attended.tolist(),
        "sessions_missed": journeys.missed.tolist(),
        "transferred": journeys.transferred.tolist(),
        "staff_minutes": spent.tolist(),
    }
    for name in (milestone.name for milestone in MILESTONES):
        columns[f"{name}_day"] = _days(history.at(name))
    return columns


def cohort_table(history: History) -> Columns:
    """Return one row a person who came: attributes, scores and the first episode's decisions."""
    cohort = history.cohort
    first = {name: getattr(cohort.decisions, name)[:, 0] for name in vars(cohort.decisions)}
    columns = _people(history, np.arange(len(cohort))) | {
        "referred_day": _days(cohort.referred_minute),
        "measures_positive": cohort.measures_positive.tolist(),
        "shift_worker": cohort.shift_worker.tolist(),
        "newly_reached": cohort.newly_reached.tolist(),
        "screen_delay_days": _days(first["screen_delay"]),
        "external_wait_days": _days(first["external_wait"]),
        "outcome": _named(OUTCOMES, first["outcome"]),
        "modality": _named(list(history.config.pathway.modalities), first["modality"]),
    }
    columns |= {name: cohort.points[:, m].tolist() for m, name in enumerate(MEASURES)}
    for name in (
        "screens", "offered", "reachable", "assessment_minutes", "course_sessions", "drop_out_session",
        "navigation_contacts", "accepted", "opted_in", "re_referred",
    ):  # fmt: skip
        columns[name] = first[name].tolist()
    return columns


def event_table(history: History) -> Columns:
    """Return the long log of lists, staff and departures, in the order of time, as the vidigi package reads it."""
    cohort, groups = history.cohort, list(history.config.population.staff_groups)
    events: list[tuple[float, int, int, str, str, int | None]] = []
    for case, (minute, closed) in enumerate(
        zip(history.at("referred").tolist(), history.at("closed").tolist(), strict=True)
    ):
        events.append((minute, case, 0, "arrival_departure", "arrival", None))
        if closed != NOT_YET:
            events.append((closed, case, 9, "arrival_departure", "depart", None))
    lists, stays = list_texts(history.config), history.record.stays
    for listed, case, joined in zip(*(c.tolist() for c in (stays.listed, stays.case, stays.joined)), strict=True):
        if listed != Listed.TEAM_SUPPORT:  # requests of teams wait too, but are no clients
            events.append((joined, case, 1, "queue", f"waits for {lists[listed]}", None))
    work = history.record.work
    pieces = (work.post, work.activity, work.minute, work.minutes, work.case, work.result)
    for post, activity, minute, minutes, case, result in zip(*(column.tolist() for column in pieces), strict=True):
        if case >= 0:
            what = f"{ACTIVITY_TEXTS[activity]} {RESULT_TEXTS[result]}"
            events.append((minute, case, 2, "resource_use", what, post + 1))
            events.append((minute + minutes, case, 3, "resource_use_end", what, post + 1))
    events.sort(key=lambda event: event[:3])
    client = history.client.tolist()
    return {
        "entity_id": [case for _, case, *_ in events],
        "client_id": [cohort.client_ids[client[case]] for _, case, *_ in events],
        "pathway": [groups[cohort.staff_group[client[case]]] for _, case, *_ in events],
        "event_type": [event[3] for event in events],
        "event": [event[4] for event in events],
        "time": [event[0] / MINUTES_PER_DAY for event in events],
        "resource_id": [event[5] for event in events],
    }


def staff_day_table(history: History) -> dict[str, list[Any]]:
    """Return one row a post and day at work: minutes available, used by activity, and gone idle."""
    columns: dict[str, list[Any]] = {
        name: []
        for name in ("post_id", "role", "line", "band", "day", "minutes_available", *ACTIVITIES, "idle")
    }  # fmt: skip
    idle: dict[tuple[int, int], int] = {}
    passed = history.record.passed
    lost = passed.target == Activity.IDLE
    columns_lost = (column[lost].tolist() for column in (passed.post, passed.day, passed.minutes))
    for who, day, minutes in zip(*columns_lost, strict=True):
        idle[who, day] = idle.get((who, day), 0) + minutes
    work_day = history.work_minute // MINUTES_PER_DAY
    for number, post in enumerate(history.roster.posts):
        keep = post.days < history.horizon_days
        days, frame = post.days[keep], post.frame
        mine = history.work_post == number
        position = np.searchsorted(days, work_day[mine])
        key = position * len(ACTIVITIES) + history.work_activity[mine]
        used = np.bincount(key, weights=history.work_minutes[mine], minlength=len(days) * len(ACTIVITIES))
        by_activity = used.astype(np.int64).reshape(-1, len(ACTIVITIES))
        band = history.config.line(frame.role, frame.line).band
        for column, text in (("post_id", frame.post_id), ("role", frame.role), ("line", frame.line), ("band", band)):
            columns[column] += [text] * len(days)
        columns["day"] += days.tolist()
        columns["minutes_available"] += post.minutes[keep].sum(axis=1).tolist()
        for activity, values in zip(ACTIVITIES, by_activity.T.tolist(), strict=True):
            columns[activity] += values
        columns["idle"] += [idle.get((number, day), 0) for day in days.tolist()]
    return columns


ON_REQUEST: dict[str, Callable[[History], Mapping[str, Any]]] = {
    "cohort": cohort_table,
    "journeys": journey_table,
    "events": event_table,
    "staff_days": staff_day_table,
    "months": month_table,
}
