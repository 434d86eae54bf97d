"""Counts of people and sessions: referred, screened, assessed, treated, navigated, supported."""

from __future__ import annotations

import numpy as np

from sim.calendar import MINUTES_PER_DAY
from sim.measures.history import History
from sim.measures.registry import Better, Measure, OverHubs, declare
from sim.measures.rows import NONE, Rows
from sim.service.codes import NOT_YET
from sim.service.enums import Ending, Result

declare(
    Measure("referrals", "referrals, first or again", "referrals", Better.NEITHER, OverHubs.ADDED),
    Measure("rereferred", "referrals of people who came before", "referrals", Better.NEITHER, OverHubs.ADDED),
    Measure("screened", "people screened", "persons", Better.NEITHER, OverHubs.ADDED),
    Measure("assessed", "people assessed", "persons", Better.NEITHER, OverHubs.ADDED),
    Measure("therapy_started", "people starting therapy or a group", "persons", Better.NEITHER, OverHubs.ADDED),
    Measure("therapy_completed", "people completing therapy or a group", "persons", Better.NEITHER, OverHubs.ADDED),
    Measure("navigated", "people helped into care elsewhere", "persons", Better.NEITHER, OverHubs.ADDED),
    Measure("supported", "people supported: a first clinical contact", "persons", Better.MORE, OverHubs.ADDED),
    Measure("sessions_attended", "visits to therapy and groups attended", "sessions", Better.NEITHER, OverHubs.ADDED),
    Measure("sessions_missed", "visits to therapy and groups missed", "sessions", Better.LESS, OverHubs.ADDED),
    Measure("risk_call_on_time_share", "risk calls made in time, of those due", "share", Better.MORE, OverHubs.POOLED),
)


def count_people(history: History, rows: Rows) -> None:
    """Add how many cases reached each milestone between `run.start_date` and the horizon."""
    groupings = history.groupings
    referred = history.in_window(history.at("referred"))
    rows.counts("referrals", NONE, groupings, referred)
    rows.counts("rereferred", NONE, groupings, referred & (history.episode > 0))
    completed = history.in_window(history.at("closed")) & (history.ended == Ending.COMPLETED)
    for measure, reached in (
        ("screened", history.in_window(history.at("screened"))),
        ("assessed", history.in_window(history.at("assessed"))),
        ("therapy_started", history.in_window(history.at("therapy_first"))),
        ("therapy_completed", completed),
        ("navigated", history.in_window(history.at("external_referred"))),
        ("supported", supported(history)),
    ):
        rows.counts(measure, NONE, groupings, reached)


def supported(history: History) -> np.ndarray:
    """Return which cases had their first clinical contact in the window."""
    return history.once("supported", lambda: history.in_window(history.first_contact))


def count_sessions(history: History, rows: Rows) -> None:
    """Add therapy and group sessions attended and missed, a person's visit to a group being one."""
    visits = history.sessions & history.in_window(history.work_minute)
    for measure, result in (("sessions_attended", Result.ATTENDED), ("sessions_missed", Result.MISSED)):
        mine = visits & (history.work_result == result)
        rows.counts(measure, NONE, history.groupings, history.work_case[mine])


def count_risk_calls(history: History, rows: Rows) -> None:
    """Add the share of risk calls made on the same or next working day, among those due before the horizon."""
    reviewed, called = history.at("reviewed"), history.at("risk_called")
    allowed = history.config.standards.risk_call_working_days
    number = history.working_day_number
    first_minute = -history.config.run.run_in_days * MINUTES_PER_DAY

    def working_day(minute: np.ndarray) -> np.ndarray:
        reached: np.ndarray = number[np.clip((minute - first_minute) // MINUTES_PER_DAY, 0, len(number) - 1)]
        return reached

    flagged = history.cohort.risk[history.client] & history.in_window(reviewed)
    due = flagged & (working_day(reviewed) + allowed < number[-1])
    on_time = (called != NOT_YET) & (working_day(called) - working_day(reviewed) <= allowed)
    rows.shares("risk_call_on_time_share", NONE, history.groupings[:1], due, on_time)
