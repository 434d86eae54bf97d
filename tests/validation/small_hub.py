"""Hubs small enough to have a known answer: hand-made people and posts for the real service."""

from __future__ import annotations

import copy
import gc
from collections.abc import Sequence
from dataclasses import fields
from functools import lru_cache

import numpy as np

from sim.calendar import MINUTES_PER_DAY, OPENING_MINUTE
from sim.cohort.decisions import NEVER
from sim.cohort.sources import OPENING_LISTS, Source
from sim.cohort.table import Cohort, Decisions
from sim.config import HubConfig, validate
from sim.config.pathway import MOST_EPISODES, OUTCOMES
from sim.config.screening import COVARIATES, NEEDS
from sim.launch.compose import compose
from sim.roster import Post, PostFrame, Roster, Spell
from sim.service.enums import Listed, Why
from sim.service.hub import run_service
from sim.service.record import Record

SLOT = 60
"""Minutes of an assessment."""
CERTAIN_LUCK = 1 - 1e-9
"""The uniform of a visit that is kept, whatever the odds of missing it."""

_ATTENDED = {"missed_share": 0.0, "cancelled_share": 0.0}
_ONE_MINUTE = {"mean_minutes": 1, "sigma": 0.0, "low_minutes": 1, "high_minutes": 1}
_ADVICE = dict.fromkeys(OUTCOMES, 0.0) | {"advice": 1.0}
_ROLES = {
    "intake": {"screening_review": 0.5, "risk_call": 0.5},
    "assessor": {"assessment": 1.0},
    "therapist": {"therapy": 1.0},
}
_SETTINGS = {
    "run.start_date": "2024-01-01",  # a Monday
    "run.opening.mode": "empty",
    "pathway.lists.policy": "first_come",
    "pathway.lists.notice_days": 1,
    "pathway.check_in.every_days": 0,
    "pathway.administration.minutes": 0,
    "pathway.team_support.requests_per_month": 0.0,
    "pathway.assessment.contact": _ONE_MINUTE,
    "pathway.assessment.write_up": _ONE_MINUTE,
    "pathway.assessment.outcome_share": {tier: _ADVICE for tier in ("none", "some", "high", "very_high")},
    "pathway.attendance.assessment": _ATTENDED,
    "pathway.attendance.therapy_first": _ATTENDED,
    "pathway.attendance.therapy_next": _ATTENDED,
    "pathway.modalities": {
        "cbt": {
            "first_minutes": 1,
            "next_minutes": 1,
            "admin_minutes": 0,
            "sessions_mean": 6.0,
            "sessions_shape": 3.0,
            "sessions_most": 20,
            "interval_days": 7,
            "shift_worker_interval_days": 7,
            "steps_up_to": None,
            "step_up_share": 0.0,
        }
    },
    "pathway.modality_share": {need: {"cbt": 1.0} for need in NEEDS},
    "screening.review_minutes": 1,
    "staffing.working_day_minutes": 900,
    "staffing.absence.bank_holidays": False,
    "staffing.balance_cap_weeks": 1e-9,  # what is not used today is lost
    "staffing.roles": {
        role: {
            "client_facing_hours_per_week": 5.0,  # an hour a day: one slot
            "supervision_hours_per_week": 0.0,
            "caseload_cap_per_wte": 25.0,
            "out_of_hours_share": 0.0,
            "modalities": ["cbt"] if "therapy" in plan else [],
            "job_plan": {activity: {"share": share, "flexes": False} for activity, share in plan.items()},
            "lines": {"line": {"band": "7", "wte": 1.0, "kind": "substantive", "pay_point": "mid"}},
        }
        for role, plan in _ROLES.items()
    },
}


@lru_cache(maxsize=1)
def _defaults() -> dict:
    return compose()


def configure(settings: dict[str, object]) -> HubConfig:
    """Return the default configuration with these settings, given by their path."""
    container = copy.deepcopy(_defaults())
    for path, value in settings.items():
        *parents, key = path.split(".")
        part = container
        for parent in parents:
            part = part[parent]
        part[key] = copy.deepcopy(value)
    return validate(container)


def small_hub(horizon_days: int, slots_kept: int = 0, **settings: object) -> HubConfig:
    """Return a Hub in which everybody attends, is assessed in one slot and then closed.

    `slots_kept` unused slots stay available for later days. Dots in the names of settings are written as two
    underscores.
    """
    chosen = {name.replace("__", "."): value for name, value in settings.items()}
    kept = {"staffing.balance_cap_weeks": slots_kept / 5} if slots_kept else {}
    return configure(_SETTINGS | kept | {"run.horizon_days": horizon_days} | chosen)


def people(referred: Sequence[int] | np.ndarray, starts: str | None = None, **columns: object) -> Cohort:
    """Return people who refer at these minutes, with first-episode columns of `Cohort` or `Decisions` as given.

    Parameters
    ----------
    starts
        None to come in through referral, screen and review; or a list of the opening position, joined at the minute
        of referral (patience must then count from minute 0).
    """
    referred = np.asarray(referred, dtype=np.int64)
    n = len(referred)

    def every(value: object, dtype: type = np.int64) -> np.ndarray:
        return np.full(n, value, dtype=dtype)

    never, no = every(NEVER), every(False, bool)
    decisions = {
        "screens": every(True, bool),
        "offered": every(True, bool),
        "reachable": every(True, bool),
        "assessment_minutes": every(SLOT),
        "assessment_write_up": every(0),
        "course_sessions": every(1),
        "drop_out_session": never,
        "patience_assessment": never,
        "patience_therapy": never,
        "patience_group": never,
        "navigation_contacts": every(1),
        "navigation_minutes": every(1),
        "tie": np.arange(n) / max(n, 1),
    }
    flags = ("steps_up", "accepted", "opted_in", "bounced_back", "re_referred")
    names = [field.name for field in fields(Decisions)]
    decisions = {name: no if name in flags else every(0) for name in names} | decisions
    decisions |= {name: np.asarray(columns.pop(name)) for name in names if name in columns}
    table: dict[str, object] = {
        "hub": 0,
        "sources": [Source((0, "hand_made"), "background", 0, 0, 0, n, np.zeros(1), 0)],
        "source": every(0),
        "number": np.arange(n),
        "staff_group": every(0),
        "gender": every(0),
        "ethnicity": every(0),
        "referred_minute": referred,
        "points": np.zeros((n, 5), dtype=np.int64),
        "measures_positive": every(0),
        "tier": every(0),
        "risk": no,
        "shift_worker": no,
        "newly_reached": no,
        "covariates": np.zeros((n, len(COVARIATES)), dtype=bool),
        "opening": every(-1 if starts is None else OPENING_LISTS.index(starts)),
        "sessions_left": every(0),
        "survey_if_contact": no,
        "survey_if_no_contact": no,
        "survey_delay": every(0),
        "supported_elsewhere": no,
        "decisions": Decisions(**{name: np.repeat(v[:, None], MOST_EPISODES, 1) for name, v in decisions.items()}),
        "offers": np.broadcast_to(0.0, (n, 64)),
        "attendance": np.broadcast_to(CERTAIN_LUCK, (MOST_EPISODES, n, 2, 64)),
        "team_request_minute": np.zeros(0, dtype=np.int64),
        "team_request_length": np.zeros(0, dtype=np.int64),
    }
    return Cohort(**(table | columns))


def roster(config: HubConfig, **posts: tuple | list[tuple]) -> Roster:
    """Return one post a role, or several: days at work, client-facing minutes on each (or on all), caseload places."""
    of_role = {role: time if isinstance(time, list) else [time] for role, time in posts.items()}
    return Roster(0, [_post(config, role, n, *time) for role, times in of_role.items() for n, time in enumerate(times)])


def _post(
    config: HubConfig, role: str, number: int, days: np.ndarray, minutes: int | np.ndarray, places: int = 0
) -> Post:
    plan = tuple(config.staffing.roles[role].job_plan)
    first, last = int(days[0]), int(days[-1]) + 1
    spells = (Spell(first, last, False),)
    return Post(
        frame=PostFrame((0, role, "line", number), role, "line", number, 1.0, first, last, spells, 0.5),
        out_of_hours=False,
        plan=plan,
        days=days,
        minutes=np.full((len(plan), len(days)), minutes, dtype=np.int64).T,
        places=np.full(len(days), places, dtype=np.int64),
        planned_days=days,
        handover_days=np.zeros(0, dtype=np.int64),
    )


def serve(config: HubConfig, cohort: Cohort, posts: Roster) -> Record:
    """Run the service, with the garbage collector off as in a replication: it takes a third of the time."""
    gc.disable()
    try:
        return run_service(config, cohort, posts)
    finally:
        gc.enable()


def weekdays(last: int) -> np.ndarray:
    """Return the Mondays to Fridays before a day, day 0 being a Monday."""
    days = np.arange(last)
    return days[days % 7 < 5]


def opening_of(days: np.ndarray) -> np.ndarray:
    """Return the minute at which these days open."""
    return days * MINUTES_PER_DAY + OPENING_MINUTE


def stays_on(record: Record, name: str) -> dict[str, np.ndarray]:
    """Return everybody's time on a list as columns: case, joined, left, gave_up."""
    kind = name.partition(":")[0]  # there is one modality
    stays, mine = record.stays, record.stays.listed == Listed[kind.upper()]
    gave_up = (stays.why[mine] == Why.LEFT).astype(np.int64)
    return {"case": stays.case[mine], "joined": stays.joined[mine], "left": stays.left[mine], "gave_up": gave_up}


def list_before(record: Record, name: str, minutes: np.ndarray) -> np.ndarray:
    """Return the length of a list at these minutes, before anybody is taken off it at that minute."""
    stays = stays_on(record, name)
    gone = np.sort(stays["left"] - stays["gave_up"])  # who gave up at a minute is gone by then
    joined = np.searchsorted(np.sort(stays["joined"]), minutes, side="right")
    return joined - np.searchsorted(gone, minutes, side="left")


def differing(one: Record, other: Record) -> list[str]:
    """Return the names of the columns in which two records differ."""
    different = [] if one.horizon == other.horizon else ["horizon"]
    for part in fields(Record)[1:]:
        mine, theirs = getattr(one, part.name), getattr(other, part.name)
        if isinstance(mine, np.ndarray):
            different += [] if np.array_equal(mine, theirs) else [part.name]
            continue
        for column in fields(mine):
            if not np.array_equal(getattr(mine, column.name), getattr(theirs, column.name)):
                different.append(f"{part.name}.{column.name}")
    return different
