"""The tables that are made on request, and the record's codes as they and the stories write them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from sim.calendar import MINUTES_PER_DAY
from sim.config import HubConfig
from sim.config.pathway import OUTCOMES
from sim.config.screening import MEASURES, TIERS
from sim.measures.capacity import staff_day_table
from sim.measures.history import History
from sim.service.codes import NOT_YET
from sim.service.enums import Activity, Ending, Listed, Modality, Outcome, Result, State, text_of
from sim.stages import MILESTONES

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


def _named(names: list[str] | tuple[str, ...], codes: np.ndarray) -> list[Any]:
    return [names[code] for code in codes.tolist()]


def _told(texts_of: dict[int, str], codes: np.ndarray) -> list[Any]:
    return [texts_of[code] for code in codes.tolist()]


def journey_table(history: History) -> Columns:
    """Return one row a referral: who, when each milestone was reached, how it ended, staff minutes used."""
    cohort, journeys = history.cohort, history.record.journeys
    population = history.config.population
    client = history.client
    spent = np.zeros(len(client), dtype=np.int64)
    mine = history.work_case >= 0
    np.add.at(spent, history.work_case[mine], history.work_minutes[mine])
    columns: Columns = {
        "client_id": [cohort.client_ids[c] for c in client.tolist()],
        "episode": history.episode.tolist(),
        "source": [cohort.sources[s].kind for s in cohort.source[client].tolist()],
        "staff_group": _named(list(population.staff_groups), cohort.staff_group[client]),
        "gender": _named(population.genders, cohort.gender[client]),
        "ethnicity": _named(population.ethnicities, cohort.ethnicity[client]),
        "tier": _named(TIERS, cohort.tier[client]),
        "risk": cohort.risk[client].tolist(),
        "outcome": _told(OUTCOME_TEXTS, journeys.outcome),
        "modality": _told(modality_texts(history.config), journeys.modality),
        "ended": _told(ENDING_TEXTS, journeys.ended),
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
    cohort, population = history.cohort, history.config.population
    first = {name: getattr(cohort.decisions, name)[:, 0] for name in vars(cohort.decisions)}
    columns: Columns = {
        "client_id": list(cohort.client_ids),
        "source": [cohort.sources[s].kind for s in cohort.source.tolist()],
        "staff_group": _named(list(population.staff_groups), cohort.staff_group),
        "gender": _named(population.genders, cohort.gender),
        "ethnicity": _named(population.ethnicities, cohort.ethnicity),
        "referred_day": _days(cohort.referred_minute),
        "measures_positive": cohort.measures_positive.tolist(),
        "tier": _named(TIERS, cohort.tier),
        "risk": cohort.risk.tolist(),
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
    stays = (history.stay_listed, history.stay_case, history.stay_joined)
    lists = list_texts(history.config)
    for listed, case, joined in zip(*(column.tolist() for column in stays), strict=True):
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


ON_REQUEST: dict[str, Callable[[History], Columns]] = {
    "cohort": cohort_table,
    "journeys": journey_table,
    "events": event_table,
    "staff_days": staff_day_table,
}
