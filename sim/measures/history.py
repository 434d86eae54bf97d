"""The record of one Hub as arrays, joined with who the people are: what every measure counts from."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from sim.calendar import MINUTES_PER_DAY, working_days
from sim.cohort.table import Cohort
from sim.config import HubConfig
from sim.config.hub import reroute
from sim.config.pathway import OUTCOMES
from sim.config.screening import TIERS
from sim.config.staffing import ACTIVITIES
from sim.measures.groups import Grouping, Groupings, crossed
from sim.roster import Roster
from sim.service.codes import NOT_YET
from sim.service.enums import Activity, Listed, Modality, Result, Why
from sim.service.record import Record, Stays
from sim.stages import LISTED, STAGES, Stage
from sim.streams import Bools, Ints

T = TypeVar("T")

THERAPY_OUTCOMES = ("hub_therapy", "group", "therapy_and_onward")


class History:
    """One Hub's replication, as arrays.

    Case arrays (journeys columns, `client`, `eligible_*`) have one entry a referral; times are minutes since day 0,
    `NOT_YET` where something has not happened. `stays` has, by stage, the stays on its lists, and `work_*` one entry a
    piece of work.
    """

    def __init__(self, config: HubConfig, cohort: Cohort, roster: Roster, record: Record) -> None:
        self.config, self.cohort, self.roster, self.record = config, cohort, roster, record
        self.horizon_days = config.run.horizon_days
        self.horizon = record.horizon
        journeys, stays, work = record.journeys, record.stays, record.work
        self.client = journeys.client
        self.episode = journeys.episode
        self.ended = journeys.ended
        self.outcome = journeys.outcome
        self._known: dict[str, Any] = {}
        columns = (stays.listed, stays.case, stays.joined, stays.left, stays.why)
        stage = _stage_of_list(len(config.pathway.modalities))[stays.listed]
        order, ends = np.argsort(stage, kind="stable"), np.cumsum(np.bincount(stage, minlength=len(LISTED)))[:-1]
        by_stage = zip(*(np.split(column[order], ends) for column in columns), strict=True)
        self.stays = {listed.name: Stays(*mine) for listed, mine in zip(LISTED, by_stage, strict=True)}
        self.work_post = work.post
        self.work_activity = work.activity
        self.work_minute = work.minute
        self.work_minutes = work.minutes
        self.work_case = work.case
        self.work_result = work.result

    def at(self, moment: str) -> Ints:
        """Return when each case reached a milestone or gave a wait up, `NOT_YET` where it has not.

        `moment` is a milestone of `sim.stages`, or what ends one of its stages otherwise.
        """
        _, gave_up, stage = moment.rpartition("left_")
        if gave_up:
            return self.left_list(stage)
        reached: Ints = getattr(self if moment in ELSEWHERE else self.record.journeys, moment)
        return reached

    def once(self, name: str, work_out: Callable[[], T]) -> T:
        """Return what several measures need under a name, worked out by the first of them."""
        if name not in self._known:
            self._known[name] = work_out()
        known: T = self._known[name]
        return known

    def in_window(self, minute: Ints) -> Bools:
        """Return which times lie between `run.start_date` and the horizon."""
        return (minute >= 0) & (minute < self.horizon)

    def drawn(self, name: str) -> np.ndarray:
        """Return a pre-drawn decision of each case."""
        values: np.ndarray = self.once(
            f"drawn {name}", lambda: getattr(self.cohort.decisions, name)[self.client, self.episode]
        )
        return values

    def left_list(self, stage: str) -> Ints:
        """Return when each case gave up waiting on a list of a stage, `NOT_YET` where it has not.

        Who leaves after being seen, between two clinicians, has not left this wait.
        """

        def left() -> Ints:
            when, stays = np.full(len(self.client), NOT_YET), self.stays[stage]
            mine = stays.why == Why.LEFT
            when[stays.case[mine]] = stays.left[mine]
            return np.where(self.at(STAGES[stage].closes) == NOT_YET, when, NOT_YET)

        return self.once(f"left {stage}", left)

    def eligible(self, stage: Stage) -> Bools:
        """Return which cases' decisions, all drawn beforehand, lead to the end of a stage."""
        everybody: Bools = getattr(self, stage.eligible)
        return everybody & self.drawn(stage.needs) if stage.needs else everybody

    @cached_property
    def groupings(self) -> Groupings:
        """All people, and by staff group, gender and ethnicity."""
        return crossed(*self._by_person)

    @cached_property
    def _by_person(self) -> tuple[dict[str, list[str]], list[Ints]]:
        """The names of the groups that a person belongs to for good, by dimension, and the groups of each case."""
        population, cohort = self.config.population, self.cohort
        names = {
            "staff_group": list(population.staff_groups),
            "gender": population.genders,
            "ethnicity": population.ethnicities,
        }
        return names, [of_person[self.client] for of_person in (cohort.staff_group, cohort.gender, cohort.ethnicity)]

    def groupings_of(self, stage: Stage) -> Groupings:
        """All people, and by staff group, gender, ethnicity and need; of a list for therapy also by modality."""
        return self._finer if stage.by_modality else self._by_need

    @cached_property
    def _by_need(self) -> Groupings:
        return Groupings(self._finer[:-1])

    @cached_property
    def _finer(self) -> Groupings:
        names, of_case = self._by_person
        modality = self.record.journeys.modality
        modalities = [*self.config.pathway.modalities, "group"]
        # Who has no modality is on no such list, and stands here with the first only for want of another place.
        place = np.where(modality == Modality.GROUP, len(modalities) - 1, np.maximum(modality, 0))
        finer = names | {"tier": list(TIERS), "modality": modalities}
        return crossed(finer, [*of_case, self.cohort.tier[self.client], place])

    @property
    def by_modality(self) -> Grouping:
        """People on a list for therapy by the modality of their first course there, or a group."""
        return self._finer[-1]

    @cached_property
    def screens(self) -> Bools:
        """Cases that complete the screen, by themselves or by phone."""
        phoned = self.config.screening.not_completed == "phone"
        screens: Bools = self.drawn("screens") | phoned
        return screens

    @cached_property
    def eligible_for_assessment(self) -> Bools:
        """Cases whose pre-drawn decisions lead to assessment: screened, offered and reachable."""
        opened_later = self.cohort.opening[self.client] >= 1
        eligible: Bools = opened_later | (self.screens & self.drawn("offered") & self.reachable)
        return eligible

    @cached_property
    def reachable(self) -> Bools:
        """Cases that the Hub can reach: those that answer, and those that it phoned for the screen."""
        reached: Bools = self.drawn("reachable") | ~self.drawn("screens")
        return reached

    @cached_property
    def eligible_for_therapy(self) -> Bools:
        """Cases eligible for assessment whose pre-drawn outcome, after reroutes, is Hub therapy or a group."""
        after = np.array([reroute(self.config, outcome) in THERAPY_OUTCOMES for outcome in OUTCOMES])
        eligible: Bools = self.eligible_for_assessment & after[self.drawn("outcome")]
        return eligible

    @cached_property
    def everybody(self) -> Bools:
        """All cases."""
        return np.ones(len(self.client), dtype=bool)

    @cached_property
    def at_risk(self) -> Bools:
        """Cases that carry a risk flag and screened while the Hub was open."""
        flagged: Bools = self.cohort.risk[self.client] & (self.cohort.opening[self.client] < 1)
        return flagged

    @cached_property
    def takes_up_care_elsewhere(self) -> Bools:
        """Cases that are accepted elsewhere and go there, if they are sent."""
        takes_up: Bools = self.drawn("accepted") & self.drawn("opted_in")
        return takes_up

    @cached_property
    def external_accepted(self) -> Ints:
        """When care elsewhere said yes."""
        decided = self._decided_elsewhere
        accepted = (self.at("external_referred") != NOT_YET) & self.drawn("accepted") & (decided < self.horizon)
        return np.where(accepted, decided, NOT_YET)

    @cached_property
    def external_started(self) -> Ints:
        """When care elsewhere began: the Hub neither sees nor influences this wait."""
        started = self._decided_elsewhere + self.drawn("external_wait")
        begins = (self.at("external_referred") != NOT_YET) & self.takes_up_care_elsewhere
        return np.where(begins & (started < self.horizon), started, NOT_YET)

    @cached_property
    def refused_elsewhere(self) -> Ints:
        """When those were sent elsewhere who never begin there."""
        sent = self.at("external_referred")
        return np.where(self.takes_up_care_elsewhere, NOT_YET, sent)

    @property
    def _decided_elsewhere(self) -> Ints:
        return self.at("external_referred") + round(self.config.pathway.navigation.decision_days * MINUTES_PER_DAY)

    @cached_property
    def first_contact(self) -> Ints:
        """When each case first had clinical contact."""
        return self.first(self.clinical_contacts)

    @cached_property
    def clinical_contacts(self) -> Bools:
        """Pieces of work that are clinical contact: call, assessment, session, group, navigation or check-in."""
        happened = (self.work_result == Result.DONE) | (self.work_result == Result.ATTENDED)
        unseen = np.isin(self.work_activity, (Activity.SCREENING_REVIEW, Activity.ADMINISTRATION))
        contacts: Bools = (self.work_case >= 0) & ~unseen & happened
        return contacts

    def first(self, pieces: Bools) -> Ints:
        """Return when each case had the first of some pieces of work, `NOT_YET` where it had none."""
        first = np.full(len(self.client), np.iinfo(np.int64).max)
        np.minimum.at(first, self.work_case[pieces], self.work_minute[pieces])
        return np.where(first == np.iinfo(np.int64).max, NOT_YET, first)

    @cached_property
    def sessions(self) -> Bools:
        """Pieces of work that are a client's therapy or group session, a visit to a group being one."""
        held: Bools = (self.work_activity == Activity.THERAPY) | (self.work_activity == Activity.GROUP)
        return held & (self.work_case >= 0)

    @cached_property
    def caseload_changes(self) -> tuple[Ints, Ints, Ints]:
        """When each post took somebody on or let somebody go: minutes, posts, and +1 or -1."""
        changes = self.record.caseload
        return changes.minute, changes.post, changes.change

    @cached_property
    def roles(self) -> list[str]:
        """Roles of the staffing model."""
        return list(self.config.staffing.roles)

    @cached_property
    def role_of_post(self) -> Ints:
        """Each post's position in `roles`."""
        return np.array([self.roles.index(post.frame.role) for post in self.roster.posts], dtype=np.int64)

    @cached_property
    def working_day_number(self) -> Ints:
        """How many working days have begun up to and with each day from the first simulated one on."""
        first = -self.config.run.run_in_days
        holidays = self.config.staffing.absence.bank_holidays
        days = working_days(self.config.run.start_date, first, self.horizon_days - first, holidays)
        return np.cumsum(days)


ELSEWHERE = ("external_accepted", "external_started", "refused_elsewhere")
"""Moments that the Hub does not see: worked out from when it referred somebody on and what was drawn."""


def _stage_of_list(modalities: int) -> Ints:
    """Return the position in `LISTED` of the stage that each list is part of."""
    stage_of = np.zeros(Listed.THERAPY + modalities, dtype=np.int64)
    for number, stage in enumerate(LISTED):
        for name in stage.lists:
            of_modalities = name.endswith(":")
            stage_of[slice(Listed.THERAPY, None) if of_modalities else Listed[name.upper()]] = number
    return stage_of


ACTIVITY_NUMBER: dict[str, int] = {name: number for number, name in enumerate(ACTIVITIES)}
