"""The study's follow-up survey, mirrored: what simulated respondents would say 5 to 8 months after screening."""

from __future__ import annotations

import numpy as np

from sim.measures.history import History
from sim.measures.registry import Better, Measure, OverHubs, declare
from sim.measures.rows import NONE, Rows
from sim.service.codes import NOT_YET
from sim.service.enums import Outcome, Result
from sim.stages import LISTED

declare(
    Measure("followup_contact_share", "respondents with clinical contact", "share", Better.MORE, OverHubs.POOLED),
    Measure("followup_supported_share", "respondents supported by anybody", "share", Better.MORE, OverHubs.POOLED),
    Measure("followup_waiting_share", "respondents waiting for care", "share", Better.LESS, OverHubs.POOLED),
    Measure("followup_not_helped_share", "respondents assessed and not helped", "share", Better.LESS, OverHubs.POOLED),
    Measure(
        "followup_via_hub_share", "supported via the Hub, of those supported", "share", Better.MORE, OverHubs.POOLED
    ),
)


def count_follow_up(history: History, rows: Rows) -> None:
    """Add the shares of respondents with contact, support, a place on a list, support via the Hub, and no help.

    Supported: had a Hub session or group, care elsewhere that the Hub arranged, an assessment that ended in advice,
    or support found without the Hub. Via the Hub: of those supported, all but the last. Not helped: assessed, but
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

    advised = _happened(history.at("assessed"), by_then) & (history.outcome == Outcome.ADVICE)
    via_hub = advised | _happened(_first_session(history), by_then) | _happened(history.external_started, by_then)
    elsewhere = cohort.supported_elsewhere[history.client] & ~via_hub
    supported = via_hub | elsewhere
    waiting = _on_a_list(history, by_then) & ~supported
    assessed = _happened(history.at("assessed"), by_then)
    sent = _happened(history.at("external_referred"), by_then)
    declined = sent & history.drawn("accepted") & ~history.drawn("opted_in")
    not_helped = assessed & ~supported & ~waiting & ~declined

    one = history.groupings[:1]
    for measure, share in (
        ("followup_contact_share", contact),
        ("followup_supported_share", supported),
        ("followup_waiting_share", waiting),
        ("followup_not_helped_share", not_helped),
    ):
        rows.shares(measure, NONE, one, respondents, share)
    rows.shares("followup_via_hub_share", NONE, one, respondents & supported, via_hub)


def _happened(when: np.ndarray, by_then: np.ndarray) -> np.ndarray:
    happened: np.ndarray = (when != NOT_YET) & (when <= by_then)
    return happened


def _first_session(history: History) -> np.ndarray:
    """Return when each case first attended a session or group."""
    mine = history.sessions & (history.work_result == Result.ATTENDED)
    first = np.full(len(history.client), np.iinfo(np.int64).max)
    np.minimum.at(first, history.work_case[mine], history.work_minute[mine])
    return np.where(first == np.iinfo(np.int64).max, NOT_YET, first)


def _on_a_list(history: History, by_then: np.ndarray) -> np.ndarray:
    """Return who is on a list for assessment, therapy, a group or accepted care elsewhere at the survey."""
    waits = np.zeros(len(history.client), dtype=bool)
    listed = np.isin(history.stay_stage, [number for number, stage in enumerate(LISTED) if stage.can_be_left])
    case, joined, left = history.stay_case[listed], history.stay_joined[listed], history.stay_left[listed]
    waits[case[(joined <= by_then[case]) & (by_then[case] < left)]] = True
    booked = _happened(history.at("booked"), by_then) & ~_happened(history.at("assessed"), by_then)
    open_then = ~_happened(history.at("closed"), by_then)
    sent = _happened(history.at("external_referred"), by_then)
    accepted = history.drawn("accepted") & history.drawn("opted_in")
    waiting: np.ndarray = waits | (booked & open_then) | (sent & accepted)
    return waiting
