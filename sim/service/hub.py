"""A Hub in service: who and what there is, wired together, and run from opening to horizon on SimPy's clock.

SimPy gives the days, and the turns within a day: each clinician's whole day runs in one go at its opening minute, with
a minute of its own that goes on as work is done.
"""

from __future__ import annotations

import math

import numpy as np
import simpy

from sim.calendar import MINUTES_PER_DAY, working_days
from sim.cohort.table import Cohort
from sim.config import HubConfig
from sim.roster import Post, Roster
from sim.service.cases import Cases, TeamRequest
from sim.service.clinician import Clinician
from sim.service.day import Today
from sim.service.desk import Desk
from sim.service.lists import HubLists
from sim.service.logs import Logs
from sim.service.opening import Opening
from sim.service.pathway import Pathway
from sim.service.patience import Patience
from sim.service.record import Balances, Record
from sim.service.rules import Rules


class Hub:
    """A Hub's desk and clinicians as processes of one environment, and the pathway that they serve."""

    def __init__(self, config: HubConfig, cohort: Cohort, roster: Roster, env: simpy.Environment) -> None:
        rules = Rules(config)
        first_day = -config.run.run_in_days
        self.env = env
        self.horizon = config.run.horizon_days * MINUTES_PER_DAY
        self.logs = Logs(cohort.decisions.tie.size)
        self.cases = Cases(cohort, rules, self.logs.journeys)
        requests = [TeamRequest(number, minutes) for number, minutes in enumerate(cohort.team_request_length.tolist())]
        today = Today(first_day, rules.working_day_minutes)
        modalities = len(rules.modality_names)
        self.lists = HubLists(self.cases, requests, self.logs.stays, modalities, self.horizon)
        self.pathway = Pathway(rules, self.cases, self.lists, today, self.horizon)
        self.patience = Patience(self.pathway)
        self.desk = Desk(self.pathway, self.patience)
        self.posts = [
            Clinician(config, number, roster.posts[number], self.pathway, self.patience, self.logs)
            for number in in_turn(config, roster)
        ]
        rostered = [roster.posts[post.number] for post in self.posts]
        away = config.staffing.absence.handover_after_days
        Opening(self.pathway, self.posts, rostered, first_day, away).enter(cohort)
        for request, minute in zip(requests, cohort.team_request_minute.tolist(), strict=True):
            self.lists.workshops.join(request, minute)
        env.process(self.desk.working_life(env, mornings(config, rostered)))
        for post in self.posts:
            env.process(post.working_life())

    def run(self) -> Record:
        """Serve until the horizon and return what happened."""
        self.env.run(until=self.horizon)
        # What came due after the last morning belongs to the record, although nobody comes to work on it.
        self.desk.take_in(self.horizon - 1)
        self.patience.end(self.horizon)
        accounts = sorted(
            (post.number, position, account.activity, account.free + account.committed)
            for post in self.posts
            for position, account in enumerate(post.job_plan)
        )
        post, _, activity, minutes = np.array(accounts, dtype=np.int64).reshape(-1, 4).T
        return Record(
            horizon=self.horizon,
            journeys=self.logs.journeys.as_record(len(self.cases.all)),
            stays=self.logs.stays.as_record(),
            work=self.logs.work.as_record(),
            passed=self.logs.passed.as_record(),
            caseload=self.logs.caseload.as_record(),
            balances=Balances(post, activity, minutes),
            states=np.array([case.state for case in self.cases.all], dtype=np.int64),
        )


def in_turn(config: HubConfig, roster: Roster) -> list[int]:
    """Return the posts' numbers in the order in which they act on a day.

    By their role's turn; within it by name, lines that are there from the start before others, first posts first. The
    order in which a file lists roles and lines decides nothing.
    """
    roles = config.staffing.roles

    def turn_of(number: int) -> tuple[int, str, float, str, int]:
        frame = roster.posts[number].frame
        role = roles[frame.role]
        from_day = role.lines[frame.line].from_day
        return role.turn, frame.role, -math.inf if from_day is None else from_day, frame.line, frame.number

    return sorted(range(len(roster.posts)), key=turn_of)


def mornings(config: HubConfig, rostered: list[Post]) -> list[tuple[int, bool]]:
    """Return the days on which somebody has something to do, ascending, each with whether it is a working day."""
    first_day, last_day = -config.run.run_in_days, config.run.horizon_days
    is_open = working_days(
        config.run.start_date, first_day, last_day - first_day, config.staffing.absence.bank_holidays
    )
    has_morning = is_open.copy()
    for post in rostered:
        for days in (post.days, post.handover_days):
            has_morning[days[days < last_day] - first_day] = True
    days = np.flatnonzero(has_morning)
    return list(zip((days + first_day).tolist(), is_open[days].tolist(), strict=True))


def run_service(
    config: HubConfig, cohort: Cohort, roster: Roster, environment: type[simpy.Environment] = simpy.Environment
) -> Record:
    """Run one Hub's service on a cohort and a roster. Deterministic: the same two tables give the same record."""
    env = environment(initial_time=-config.run.run_in_days * MINUTES_PER_DAY)
    hub = Hub(config, cohort, roster, env)
    record = hub.run()
    # What is booked or without a lead refers back to its post: let go of the memory now, not when the collector comes.
    for post in hub.posts:
        post.diary.clear()
    hub.pathway.lists.groups_without_lead.clear()
    return record
