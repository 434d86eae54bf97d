"""Who is referred, seen and supported, who comes and who waits longer, and what respondents of the survey say."""

from __future__ import annotations

import math

import numpy as np

from sim.calendar import DAYS_PER_YEAR, MINUTES_PER_DAY
from sim.cohort import hub_size
from sim.cohort.sources import catchment
from sim.measures.history import History
from sim.measures.rows import ADDED, AVERAGED, LESS, MORE, NEITHER, NONE, POOLED, Measure, Rows, declare
from sim.service.codes import NOT_YET
from sim.service.enums import Ending, Outcome, Result
from sim.stages import CAN_BE_LEFT

declare(
    Measure("referrals", "referrals, first or again", "referrals", NEITHER, ADDED),
    Measure("rereferred", "referrals of people who came before", "referrals", NEITHER, ADDED),
    Measure("screened", "people screened", "persons", NEITHER, ADDED),
    Measure("reviewed", "people whose screen was reviewed", "persons", NEITHER, ADDED),
    Measure("assessed", "people assessed", "persons", NEITHER, ADDED),
    Measure("therapy_started", "people starting therapy or a group", "persons", NEITHER, ADDED),
    Measure("therapy_completed", "people completing therapy or a group", "persons", NEITHER, ADDED),
    Measure("navigated", "people helped into care elsewhere", "persons", NEITHER, ADDED),
    Measure("supported", "people supported: a first clinical contact", "persons", MORE, ADDED),
    Measure("sessions_attended", "visits to therapy and groups attended", "sessions", NEITHER, ADDED),
    Measure("sessions_missed", "visits to therapy and groups missed", "sessions", LESS, ADDED),
    Measure("risk_call_on_time_share", "risk calls made in time, of those due", "share", MORE, POOLED),
)


def count_people(history: History, rows: Rows) -> None:
    """Add how many cases reached each milestone between `run.start_date` and the horizon."""
    groupings = history.groupings
    referred = history.in_window(history.at("referred"))
    rows.counts("referrals", NONE, groupings, referred)
    rows.counts("rereferred", NONE, groupings, referred & (history.episode > 0))
    for measure, reached in (
        ("screened", history.in_window(history.at("screened"))),
        ("reviewed", history.in_window(history.at("reviewed"))),
        ("assessed", history.in_window(history.at("assessed"))),
        ("therapy_started", history.in_window(history.at("therapy_first"))),
        ("therapy_completed", completed(history)),
        ("navigated", history.in_window(history.at("external_referred"))),
        ("supported", supported(history)),
    ):
        rows.counts(measure, NONE, groupings, reached)


def supported(history: History) -> np.ndarray:
    """Return which cases had their first clinical contact in the window."""
    return history.once("supported", lambda: history.in_window(history.first_contact))


def completed(history: History) -> np.ndarray:
    """Return which cases completed their course of therapy in the window."""
    return history.once(
        "completed", lambda: history.in_window(history.at("closed")) & (history.ended == Ending.COMPLETED)
    )


def count_sessions(history: History, rows: Rows) -> None:
    """Add therapy and group sessions attended and missed, a person's visit to a group being one."""
    visits = history.sessions & history.in_window(history.work_minute)
    for measure, result in (("sessions_attended", Result.ATTENDED), ("sessions_missed", Result.MISSED)):
        mine = visits & (history.work_result == result)
        rows.counts(measure, NONE, history.groupings, history.work_case[mine])


def count_risk_calls(history: History, rows: Rows) -> None:
    """Add the share of risk calls made on the same or next working day, among those due before the horizon.

    Counted from the completed screen, from when somebody could know: a call is late too where the review was.
    """
    screened, called = history.at("screened"), history.at("risk_called")
    allowed = history.config.standards.risk_call_working_days
    number = history.working_day_number
    first_minute = -history.config.run.run_in_days * MINUTES_PER_DAY

    def working_day(minute: np.ndarray) -> np.ndarray:
        reached: np.ndarray = number[np.clip((minute - first_minute) // MINUTES_PER_DAY, 0, len(number) - 1)]
        return reached

    flagged = history.cohort.risk[history.client] & history.in_window(screened)
    due = flagged & (working_day(screened) + allowed < number[-1])
    on_time = (called != NOT_YET) & (working_day(called) - working_day(screened) <= allowed)
    rows.shares("risk_call_on_time_share", NONE, history.groupings.everybody, due, on_time)


ORDINARY = ("background", "referrals_csv")
"""Kinds of source whose people come from the whole catchment, and not after an incident or from before the run."""


declare(
    Measure("access_rate", "first referrals a person and year", "referrals a person-year", MORE, POOLED),
    Measure("access_ratio", "access rate over that of the reference group", "ratio", NEITHER, POOLED),
    Measure("within_standard_gap", "seen in time, less the reference group", "share", NEITHER, AVERAGED),
    Measure("left_waiting_gap", "gave up waiting, less the reference group", "share", NEITHER, AVERAGED),
)


def headcounts(history: History) -> dict[str, dict[str, int]]:
    """Return people in the catchment by dimension and group."""
    people = catchment(history.config.population, hub_size(history.config, history.cohort.hub)).ravel()
    return {each.dimension: dict(zip(each.names, each.tally(people), strict=True)) for each in history.groupings}


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
        dimension = grouping.dimension
        referrals = dict(zip(grouping.names, grouping.tally(by_stratum), strict=True))
        person_years = {group: people * years for group, people in heads[dimension].items()}
        for group, number in referrals.items():
            rows.ratio("access_rate", NONE, dimension, group, number, person_years[group])
        if dimension != "all":
            rates = {group: _rate(number, person_years[group]) for group, number in referrals.items()}
            reference = getattr(history.config.population.reference, dimension)
            for group, rate in rates.items():
                rows.ratio("access_ratio", NONE, dimension, group, rate, rates[reference])


def _rate(number: float, person_years: float) -> float:
    return number / person_years if person_years else math.nan


def count_gaps(rows: Rows, reference: dict[str, str]) -> None:
    """Add, from the shares already counted, each group's difference to the reference group of its dimension."""
    for measure, source in (
        ("within_standard_gap", "within_standard_share"),
        ("left_waiting_gap", "left_waiting_share"),
    ):
        shares = {(row.stage, row.dimension, row.group): row for row in rows if row.measure == source}
        for (stage, dimension, group), row in shares.items():
            if dimension in reference:
                gap = row.value - shares[stage, dimension, reference[dimension]].value
                rows.gap(measure, stage, dimension, group, gap)


declare(
    Measure("followup_contact_share", "respondents with clinical contact", "share", MORE, POOLED),
    Measure("followup_supported_share", "respondents supported by anybody", "share", MORE, POOLED),
    Measure("followup_waiting_share", "respondents waiting for care", "share", LESS, POOLED),
    Measure("followup_helped_elsewhere_share", "respondents helped into a service elsewhere", "share", NEITHER, POOLED),
    Measure("followup_not_helped_share", "respondents assessed and not helped", "share", LESS, POOLED),
    Measure("followup_via_hub_share", "supported via the Hub, of those supported", "share", MORE, POOLED),
)


def count_follow_up(history: History, rows: Rows) -> None:
    """Add the shares of respondents with contact, support, a place on a list, support via the Hub, help, and no help.

    Supported: had a Hub session or group, care elsewhere that the Hub arranged, an assessment that ended in advice,
    or support found without the Hub. Via the Hub: of those supported, all but the last. Helped elsewhere: sent
    on by the Hub to a service that takes them. Not helped: assessed, but
    neither supported nor waiting, unless they declined care elsewhere that was open to them.
    """
    cohort = history.cohort
    screened = history.at("screened")
    asked = screened + cohort.survey_delay[history.client]
    by_then = np.where(screened == NOT_YET, NOT_YET, asked)
    contact = _happened(history.first_contact, by_then)
    answers = np.where(contact, cohort.survey_if_contact[history.client], cohort.survey_if_no_contact[history.client])
    asked_in_time = (screened != NOT_YET) & history.in_window(screened) & (asked < history.horizon)
    respondents = answers & asked_in_time & (history.episode == 0)

    first_session = history.first(history.sessions & (history.work_result == Result.ATTENDED))
    advised = _happened(history.at("assessed"), by_then) & (history.outcome == Outcome.ADVICE)
    via_hub = advised | _happened(first_session, by_then) | _happened(history.external_started, by_then)
    elsewhere = cohort.supported_elsewhere[history.client] & ~via_hub
    supported = via_hub | elsewhere
    waiting = _on_a_list(history, by_then) & ~supported
    assessed = _happened(history.at("assessed"), by_then)
    sent = _happened(history.at("external_referred"), by_then)
    helped_elsewhere = sent & history.drawn("accepted")
    declined = helped_elsewhere & ~history.drawn("opted_in")
    not_helped = assessed & ~supported & ~waiting & ~declined

    one = history.groupings.everybody
    for measure, share in (
        ("followup_contact_share", contact),
        ("followup_supported_share", supported),
        ("followup_waiting_share", waiting),
        ("followup_helped_elsewhere_share", helped_elsewhere),
        ("followup_not_helped_share", not_helped),
    ):
        rows.shares(measure, NONE, one, respondents, share)
    rows.shares("followup_via_hub_share", NONE, one, respondents & supported, via_hub)


def _happened(when: np.ndarray, by_then: np.ndarray) -> np.ndarray:
    happened: np.ndarray = (when != NOT_YET) & (when <= by_then)
    return happened


def _on_a_list(history: History, by_then: np.ndarray) -> np.ndarray:
    """Return who is on a list for assessment, therapy, a group or accepted care elsewhere at the survey."""
    waits = np.zeros(len(history.client), dtype=bool)
    for stays in (history.stays[stage.name] for stage in CAN_BE_LEFT):
        asked = by_then[stays.case]
        waits[stays.case[(stays.joined <= asked) & (asked < stays.left)]] = True
    booked = _happened(history.at("booked"), by_then) & ~_happened(history.at("assessed"), by_then)
    open_then = ~_happened(history.at("closed"), by_then)
    sent = _happened(history.at("external_referred"), by_then)
    accepted = history.drawn("accepted") & history.drawn("opted_in")
    waiting: np.ndarray = waits | (booked & open_then) | (sent & accepted)
    return waiting
