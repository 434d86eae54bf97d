"""Hand-made configurations, people and posts, small enough to follow a service with pencil and paper.

Day 0 is a Monday, there are no bank holidays, and clinicians begin at 09:00. Unless a test says otherwise people
complete the screen at once, are offered an assessment of 60 minutes, come to everything and never lose patience, and
posts are at work on every weekday.
"""

from __future__ import annotations

import copy
from dataclasses import fields, replace
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, TypeVar

import numpy as np

from sim.cohort.decisions import NEVER
from sim.cohort.sources import Source
from sim.cohort.table import Cohort, Decisions
from sim.config import HubConfig, validate
from sim.config.pathway import OUTCOMES
from sim.config.screening import COVARIATES, NEEDS
from sim.config.staffing import ACTIVITIES
from sim.launch.compose import compose
from sim.measures.history import History
from sim.measures.tables import (
    ACTIVITY_TEXTS,
    ENDING_TEXTS,
    OUTCOME_TEXTS,
    RESULT_TEXTS,
    STATE_TEXTS,
    list_texts,
    modality_texts,
)
from sim.roster import PLANNING_DAYS, Post, PostFrame, Roster, Spell
from sim.service.codes import NOT_YET
from sim.service.enums import Why, text_of
from sim.service.hub import run_service
from sim.service.record import BEFORE, Balances, Caseload, Journeys, Passed, Record, Stays, Work

T = TypeVar("T")
DAY = 1440
NINE = 540
MISS, LATE, IN_TIME, COME = 0.05, 0.15, 0.25, 0.9
"""Attendance luck under `VISIT`: not attended, cancelled too late, cancelled in time, attended."""
VISIT = {"missed_share": 0.1, "cancelled_share": 0.2}
MODALITIES = ("cbt", "self_help")
TIERS = {"none": 0, "some": 1, "high": 2, "very_high": 3}
LENGTH = {"mean_minutes": 60, "sigma": 0.0, "low_minutes": 1, "high_minutes": 120}


def at(day: int, minute: int = NINE) -> int:
    """Return a minute of a day as a minute of the run."""
    return day * DAY + minute


@lru_cache(maxsize=1)
def _defaults() -> dict[str, Any]:
    return compose("run.start_date='2024-01-01'", "run.opening.mode=empty")


def plain_settings(horizon_days: int = 70) -> dict[str, Any]:
    """Return a plain configuration as dictionaries, for a test to change."""
    settings = copy.deepcopy(_defaults())
    settings["run"]["horizon_days"] = horizon_days
    settings["screening"] |= {"review_minutes": 20, "phone_screen_minutes": 45, "window_days": 28.0}
    pathway = settings["pathway"]
    pathway["lists"] |= {
        "policy": "first_come", "ageing_days_per_tier": 10.0, "notice_days": 2, "contact_attempts": 3,
        "contact_attempt_minutes": 10, "contact_attempt_interval_days": 4, "risk_call_minutes": 30,
    }  # fmt: skip
    pathway["assessment"] |= {"contact": LENGTH, "write_up": LENGTH}
    therapy = {
        "first_minutes": 60, "next_minutes": 45, "admin_minutes": 0, "sessions_mean": 3.0,
        "sessions_shape": 3.0, "sessions_most": 64, "interval_days": 7, "shift_worker_interval_days": 14,
        "steps_up_to": None, "step_up_share": 0.0,
    }  # fmt: skip
    low = therapy | {"first_minutes": 30, "next_minutes": 20, "steps_up_to": "cbt"}
    pathway["modalities"] = dict(zip(MODALITIES, (therapy, low), strict=True))
    pathway["modality_share"] = {need: dict.fromkeys(MODALITIES, 0.5) for need in NEEDS}
    pathway["groups"] |= {
        "min_size": 3, "max_size": 4, "max_wait_days": 21.0, "sessions": 2, "session_minutes": 90, "interval_days": 7,
    }  # fmt: skip
    pathway["navigation"] |= {"contact_interval_days": 7, "decision_days": 10.0}
    pathway["attendance"] |= dict.fromkeys(("assessment", "therapy_first", "therapy_next", "group"), VISIT)
    pathway["attendance"] |= {
        "reusable_share": 0.5, "assessment_misses_allowed": 2, "therapy_misses_in_a_row_allowed": 2,
        "in_hours_accepted_share": 0.5,
    }  # fmt: skip
    pathway["check_in"] |= {"every_days": 0, "minutes": 15}
    pathway["administration"] = {"minutes": 0}
    staffing = settings["staffing"]
    staffing |= {"working_day_minutes": 450, "balance_cap_weeks": 2.0}
    staffing["absence"] |= {"bank_holidays": False}
    staffing["roles"] = {
        "senior_clinician": role({name: 1 / len(ACTIVITIES) for name in ACTIVITIES}, band="8a"),
    }
    return settings


def role(job_plan: dict[str, float], flexes: tuple[str, ...] = (), band: str = "7", **changes: Any) -> dict[str, Any]:
    """Return a role of one line; 35 client-facing hours a week are 420 minutes a day of a whole post."""
    return {
        "client_facing_hours_per_week": 35.0, "supervision_hours_per_week": 0.0, "caseload_cap_per_wte": 25.0,
        "out_of_hours_share": 0.0, "modalities": list(MODALITIES),
        "job_plan": {name: {"share": share, "flexes": name in flexes} for name, share in job_plan.items()},
        "lines": {"line": {"band": band, "wte": 1.0, "kind": "substantive", "pay_point": "mid"}},
    } | changes  # fmt: skip


def plain(horizon_days: int = 70, **changes: Any) -> HubConfig:
    """Return the plain configuration; a change is named by its path with double underscores, as `lists__policy`.

    Paths begin inside `pathway`, or at `screening`, `staffing`, `costs`, `standards`, `run` or `demand`.
    """
    settings = plain_settings(horizon_days)
    for path, value in changes.items():
        *parents, key = path.split("__")
        part = settings if parents and parents[0] in settings else settings["pathway"]
        for parent in parents:
            part = part[parent]
        part[key] = value
    return validate(settings)


def with_roles(config: HubConfig, **roles: dict[str, Any]) -> HubConfig:
    """Return a configuration with these roles; the pathway's other work is somebody's who is never there."""
    settings = config.model_dump()
    absent = role({name: 1 / len(ACTIVITIES) for name in ACTIVITIES})
    settings["staffing"]["roles"] = roles | {"absent": absent}
    return validate(settings)


def people(referred: list[int], **columns: Any) -> Cohort:
    """Return a cohort that refers at these minutes, with defaults for everything that a test does not name.

    A decision is given as one value for all, one a person, or one a person and episode.
    """
    n = len(referred)
    order = [int(i) for i in np.argsort(np.array(referred), kind="stable")]
    assert order == list(range(n)), "people stand in order of referral"

    def column(name: str, default: Any, dtype: type = np.int64) -> np.ndarray:
        return np.broadcast_to(np.asarray(columns.pop(name, default), dtype=dtype), (n,)).copy()

    attendance = np.full((3, n, 2, 64), COME)
    for kind, name in enumerate(("assessments", "sessions")):
        for person, lucks in columns.pop(name, {}).items():
            attendance[0, person, kind, : len(lucks)] = lucks
    if "luck" in columns:
        attendance[:] = columns.pop("luck")
    offers = np.zeros((n, 64))
    for person, lucks in columns.pop("offers", {}).items():
        offers[person, : len(lucks)] = lucks
    source = Source((0, "paper"), "background", 0, 0, 0, max(n, 1), np.zeros(1), 0)
    cohort = {
        "staff_group": column("staff_group", 0), "gender": column("gender", 0), "ethnicity": column("ethnicity", 0),
        "tier": column("tier", 2), "risk": column("risk", False, bool),
        "shift_worker": column("shift_worker", False, bool), "opening": column("opening", -1),
        "sessions_left": column("sessions_left", 0), "survey_delay": column("survey_delay", 200 * DAY),
        "survey_if_contact": column("survey_if_contact", True, bool),
        "survey_if_no_contact": column("survey_if_no_contact", True, bool),
        "supported_elsewhere": column("supported_elsewhere", False, bool),
    }  # fmt: skip
    requests = columns.pop("team_requests", [])
    lengths = columns.pop("team_lengths", [120] * len(requests))
    return Cohort(
        hub=0, sources=[source], source=np.zeros(n, dtype=np.int64), number=np.arange(n),
        referred_minute=np.array(referred, dtype=np.int64), points=np.zeros((n, 5), dtype=np.int64),
        measures_positive=np.zeros(n, dtype=np.int64), newly_reached=np.zeros(n, dtype=bool),
        covariates=np.zeros((n, len(COVARIATES)), dtype=bool), decisions=_decisions(n, columns), offers=offers,
        attendance=attendance, team_request_minute=np.array(requests, dtype=np.int64),
        team_request_length=np.array(lengths, dtype=np.int64), **cohort,
    )  # fmt: skip


def _decisions(n: int, given: dict[str, Any]) -> Decisions:
    defaults = {
        "screens": True, "screen_delay": 0, "offered": True, "reachable": True, "assessment_minutes": 60,
        "assessment_write_up": 0,
        "outcome": "hub_therapy", "modality": 0, "course_sessions": 3, "steps_up": False, "step_up_sessions": 0,
        "course_luck": 0.5, "step_up_luck": 0.5,
        "drop_out_session": 65, "patience_assessment": NEVER, "patience_therapy": NEVER, "patience_group": NEVER,
        "navigation_contacts": 1, "navigation_minutes": 20, "accepted": True, "opted_in": True, "external_wait": 0,
        "bounced_back": False, "re_referred": False, "re_referral_delay": 0, "matched": False,
        "returns_unassessed": False, "takes_self_help": False, "needs_no_therapy": False, "remote_assessment": False,
        "remote_therapy": False,
        "tie": np.arange(n) / max(n, 1),
    }  # fmt: skip
    unknown = set(given) - set(defaults)
    assert not unknown, f"no such column: {unknown}"
    columns = {}
    for name, default in defaults.items():
        values = np.asarray(given.get(name, default))
        if name == "outcome":
            values = np.vectorize(OUTCOMES.index)(values)
        if values.ndim == 1:
            values = values[:, None]
        columns[name] = np.broadcast_to(values, (n, 3)).copy()
    return Decisions(**columns)


def post(
    config: HubConfig, role_name: str, minutes: dict[str, int], horizon_days: int | None = None, **changes: Any
) -> Post:
    """Return a post that earns these minutes on every day at work.

    Parameters
    ----------
    changes
        `places`, `out_of_hours`, `sick` and `leave` (days), `first` and `end` (days in post), `back` (first day of a
        successor), `handovers` and `wte`.
    """
    plan = tuple(config.staffing.roles[role_name].job_plan)
    last = config.run.horizon_days + PLANNING_DAYS
    first, end = changes.pop("first", 0), changes.pop("end", last)
    number, wte, line = changes.pop("number", 0), changes.pop("wte", 1.0), changes.pop("line", "line")
    sick, leave = set(changes.pop("sick", ())), set(changes.pop("leave", ()))
    back = changes.pop("back", last)
    weekday = [day for day in (*range(first, end), *range(back, last)) if day % 7 < 5]
    planned = [day for day in weekday if day not in leave]
    days = np.array([day for day in planned if day not in sick], dtype=np.int64)
    spells = [Spell(first, end, recruited=first > 0)] + [Spell(back, last, recruited=True)] * (back < last)
    frame = PostFrame((0, role_name, line, number), role_name, line, number, wte, 0, last, tuple(spells), 0.5)
    places, handovers = changes.pop("places", 0), changes.pop("handovers", ())
    made = Post(
        frame=frame, out_of_hours=changes.pop("out_of_hours", False), plan=plan, days=days,
        minutes=np.tile(np.array([minutes.get(name, 0) for name in plan], dtype=np.int64), (len(days), 1)),
        places=np.full(len(days), places, dtype=np.int64),
        planned_days=np.array(planned, dtype=np.int64),
        handover_days=np.array(handovers, dtype=np.int64),
    )  # fmt: skip
    assert not changes, f"no such change: {set(changes)}"
    return made


def roster(*posts: Post) -> Roster:
    """Return a roster; posts of one role and line are numbered in order."""
    seen: dict[tuple[str, str], int] = {}
    numbered = []
    for made in posts:
        key = made.frame.role, made.frame.line
        number = seen[key] = seen.get(key, -1) + 1
        frame = replace(made.frame, owner=(0, *key, number), number=number)
        numbered.append(replace(made, frame=frame))
    return Roster(0, numbered)


def milestones(record: Words, *names: str) -> list[tuple[int | None, ...]]:
    """Return these milestones of every case, None where one has not happened."""
    rows = zip(*(getattr(record.journeys, name) for name in names), strict=True)
    return [tuple(None if value == NOT_YET else value for value in row) for row in rows]


def work_of(record: Words, activity: str) -> list[tuple[int, int, int, int, str]]:
    """Return the pieces of work of an activity as (post, minute, minutes, case, result)."""
    return [
        (post, minute, minutes, case, result)
        for post, name, minute, minutes, case, result in record.work
        if name == activity
    ]


class Words(SimpleNamespace):
    """A record as a person would write it: names in place of codes, a tuple a row, `balances` by post and activity."""

    def __init__(self, horizon: int, journeys: SimpleNamespace, states: list[str], **tables: Any) -> None:
        empty = {"stays": [], "work": [], "passed": [], "caseload": [], "balances": {}}
        super().__init__(horizon=horizon, journeys=journeys, states=states, **(empty | tables))


def serve(config: HubConfig, cohort: Cohort, roster: Roster) -> Words:
    """Run the service and return what happened in words."""
    return in_words(config, run_service(config, cohort, roster))


def _names(config: HubConfig) -> dict[str, dict[int, str]]:
    return {
        "listed": list_texts(config), "why": {int(why): text_of(why) for why in Why}, "result": RESULT_TEXTS,
        "activity": ACTIVITY_TEXTS, "source": ACTIVITY_TEXTS, "target": ACTIVITY_TEXTS,
        "outcome": OUTCOME_TEXTS, "modality": modality_texts(config), "ended": ENDING_TEXTS,
    }  # fmt: skip


def in_words(config: HubConfig, record: Record) -> Words:
    """Return a record in words."""
    names = _names(config)

    def columns(part: Any) -> dict[str, list[Any]]:
        told = {column.name: getattr(part, column.name).tolist() for column in fields(part)}
        return {name: [names[name][code] for code in told[name]] if name in names else told[name] for name in told}

    def rows(part: Any) -> list[tuple[Any, ...]]:
        return list(zip(*columns(part).values(), strict=True))

    return Words(
        record.horizon, SimpleNamespace(**columns(record.journeys)), [STATE_TEXTS[code] for code in record.states],
        stays=rows(record.stays), work=rows(record.work), passed=rows(record.passed), caseload=rows(record.caseload),
        balances={(post, activity): minutes for post, activity, minutes in rows(record.balances)},
    )  # fmt: skip


def in_numbers(config: HubConfig, words: Words) -> Record:
    """Return the record that somebody has written in words; an unknown state has a number that nobody knows."""
    codes = {column: {text: code for code, text in texts_of.items()} for column, texts_of in _names(config).items()}

    def whole(name: str, values: list[Any]) -> np.ndarray:
        return np.array([codes[name][value] if name in codes else value for value in values], dtype=np.int64)

    def table(part: type[T], rows: list[tuple[Any, ...]]) -> T:
        names = [column.name for column in fields(part)]
        return part(*(whole(name, [row[n] for row in rows]) for n, name in enumerate(names)))

    states = {text: code for code, text in STATE_TEXTS.items()}
    return Record(
        horizon=words.horizon,
        journeys=Journeys(**{name: whole(name, values) for name, values in vars(words.journeys).items()}),
        stays=table(Stays, words.stays), work=table(Work, words.work), passed=table(Passed, words.passed),
        caseload=table(Caseload, words.caseload),
        balances=table(Balances, [(*account, minutes) for account, minutes in words.balances.items()]),
        states=np.array([states.get(state, 99) for state in words.states], dtype=np.int64),
    )  # fmt: skip


def told(horizon_days: int, cases: list[dict[str, Any]], **parts: Any) -> Words:
    """Return a record written by hand: a dictionary of journey columns for each case, and stays, work and so on."""
    columns = {name: [nothing] * len(cases) for name, nothing in BEFORE.items()}
    for name in ("outcome", "modality", "ended"):
        columns[name] = [""] * len(cases)
    for number, case in enumerate(cases):
        for name, value in ({"client": number} | case).items():
            columns[name][number] = value
    closed = ["closed" if case.get("closed", NOT_YET) != NOT_YET else "referred" for case in cases]
    return Words(horizon_days * DAY, SimpleNamespace(**columns), parts.pop("states", closed), **parts)


def history(config: HubConfig, cohort: Cohort, record: Record | Words, *posts: Post) -> History:
    """Return a record as the measures see it."""
    numbers = in_numbers(config, record) if isinstance(record, Words) else record
    return History(config, cohort, roster(*posts), numbers)
