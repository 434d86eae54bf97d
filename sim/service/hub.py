"""A Hub in service: who and what there is, wired together, and run from opening to horizon on SimPy's clock.

SimPy gives the days, and the turns within a day: each clinician's whole day runs in one go at its opening minute, with
a minute of its own that goes on as work is done.
"""

from __future__ import annotations

import math

import numpy as np
import simpy

from sim.calendar import MINUTES_PER_DAY, working_days
from sim.cohort.established import Place
from sim.cohort.table import Cohort
from sim.config import HubConfig
from sim.config.staffing import ACTIVITIES
from sim.roster import Post as RosterPost
from sim.roster import Roster
from sim.service import codes
from sim.service.appointments import Session
from sim.service.arrays import Logs
from sim.service.cases import Case, Cases, TeamRequest
from sim.service.clinician import Clinician
from sim.service.codes import Fractions, Wholes, fractions, whole
from sim.service.extra_sessions import ExtraSessions
from sim.service.lists import HubLists
from sim.service.pathway import Pathway
from sim.service.patience import Patience
from sim.service.post import Account
from sim.service.reception import Reception
from sim.service.record import Balances, Caseload, Passed, Record, Stays, Work
from sim.service.rules import Rules, Today


class Opening:
    """Refers everybody before the run begins, however late they come, or enters who is of the opening position.

    These are people who already wait, or are already in therapy, on the first day that is simulated: of a given backlog
    day 0, of an established Hub that of the run-in.
    `rostered` says of the posts, in their order, who is in which and how many caseload places it has on its first day
    at work. Who first comes later than `handover_after_days` has handed their people over already.
    """

    def __init__(self, config: HubConfig, pathway: Pathway, posts: list[Clinician], rostered: list[RosterPost]) -> None:
        self.pathway = pathway
        self.rules = pathway.rules
        self.journeys = pathway.journeys
        self.first_day: int = -config.run.run_in_days
        self.first_minute: int = self.first_day * MINUTES_PER_DAY
        self.is_established: bool = config.run.opening.mode == "run_in"
        here_by = self.first_day + config.staffing.absence.handover_after_days
        self.in_post: list[tuple[Clinician, Account, int]] = []
        """Who can have people in therapy: post, account and caseload places."""
        for post, rostered_post in zip(posts, rostered, strict=True):
            account = post.accounts[codes.Activity.THERAPY]
            spells = rostered_post.frame.spells
            is_filled = any(spell.start_day <= self.first_day < spell.end_day for spell in spells)
            is_here = bool((rostered_post.days[:1] <= here_by).any())
            if account is not None and is_here and is_filled and not rostered_post.frame.is_extra:
                self.in_post.append((post, account, int(rostered_post.places[0])))

    def enter(self, cohort: Cohort) -> None:
        """Enter everybody of the cohort, in order of referral."""
        referred: Wholes = whole(cohort.referred_minute)
        opening: Wholes = whole(cohort.opening)
        sessions_left: Wholes = whole(cohort.sessions_left)
        # A number between 0 and 1 for each person, which breaks ties elsewhere, spreads the first sessions here.
        luck: Fractions = fractions(cohort.decisions.tie[:, 0])
        for client in range(len(cohort)):
            minute, where = referred[client], opening[client]
            case = self.pathway.cases.open(client, 0, minute)
            if where < 0:
                self.pathway.refer(case, minute)
            else:
                self.enter_waiting(case, minute, where, sessions_left[client], luck[client])

    def enter_waiting(self, case: Case, minute: int, where: int, sessions_left: int, luck: float) -> None:
        """Enter one person of the opening position, who has waited since `minute`.

        Of a given backlog everybody is patient from minute 0 on; at an established Hub some have given up by then.
        """
        patient_from = minute if self.is_established else 0
        pathway, journeys, number = self.pathway, self.journeys, case.number
        journeys.screened[number] = minute
        if where == Place.SCREENING_REVIEW:
            pathway.screen_completed(case, minute)
            return
        journeys.reviewed[number] = minute
        if where == Place.ASSESSMENT:
            pathway.assessment.join(case, minute, patient_from)
            return
        journeys.assessment_joined[number] = journeys.booked[number] = journeys.assessed[number] = minute
        if where == Place.GROUP:
            pathway.route(case, codes.Outcome.GROUP, minute, patient_from)
            return
        if where == Place.THERAPY or not self.rules.gives_therapy:
            pathway.route(case, self.rules.outcomes[codes.Outcome.HUB_THERAPY], minute, patient_from)
            return
        journeys.outcome[number] = codes.Outcome.HUB_THERAPY
        case.open_tasks = 1
        journeys.therapy_joined[number] = journeys.therapy_booked[number] = minute
        journeys.therapy_first[number] = journeys.therapy_last[number] = minute
        cases, drawn, row = pathway.cases, pathway.drawn, case.row
        suitable = drawn.modality[row]
        first = self.rules.first_step[suitable] if self.is_established else suitable
        journeys.modality[number] = first
        case.patience_left = drawn.patience_therapy[row]
        if where == Place.CASELOAD:
            then: int = self.rules.step_up[suitable] if drawn.steps_up[row] else codes.Modality.NONE
            cases.plan_course(case, suitable, sessions_left, then, drawn.step_up_sessions[row], 0)
        elif first == codes.Modality.GROUP:
            cases.plan_course(
                case, suitable, drawn.course_sessions[row], codes.Modality.NONE, 0, self.rules.group_sessions
            )
        else:
            cases.plan_first_course(case, first, 0)
            if where != Place.COURSE:
                course = case.course
                cases.plan_course(case, course.then, course.then_sessions, codes.Modality.NONE, 0, course.sessions_left)
        if where == Place.NEXT_LIST:
            pathway.wait_for_therapy(case, case.key_by_policy(minute), minute, minute)
            return
        case.course.sessions_left = sessions_left
        case.course.start()
        self.find_clinician(case, luck)

    def find_clinician(self, case: Case, luck: float) -> None:
        """Give somebody of the opening caseload to the post with most room, or to the head of the list."""
        modality = case.course.modality
        wanted = self.pathway.lists.therapies[modality]
        able = [one for one in self.in_post if wanted in one[0].therapy_lists]
        if not able:
            self.wait_first(case)
            return
        post, account, room = max(able, key=lambda one: one[2] - one[0].caseload)
        if post.caseload < room:
            spread = int(luck * self.rules.interval_days[modality])
            session = Session(post, account, case)
            session.is_set_aside = False
            if post.diary.book(self.first_day + spread, session):
                post.take_on(post.minute)
                self.pathway.therapy_booked(case)
                return
        self.wait_first(case)

    def wait_first(self, case: Case) -> None:
        """Put somebody in the middle of a course, for whom no clinician has room, at the head of the list."""
        now = self.first_minute
        self.pathway.wait_for_therapy(case, case.key_by_minute(now), now, now)


def run_service(
    config: HubConfig, cohort: Cohort, roster: Roster, environment: type[simpy.Environment] = simpy.Environment
) -> Record:
    """Run one Hub's service on a cohort and a roster. Deterministic: the same two tables give the same record."""
    rules, first_day = Rules(config), -config.run.run_in_days
    horizon = config.run.horizon_days * MINUTES_PER_DAY
    env = environment(initial_time=first_day * MINUTES_PER_DAY)
    logs = Logs(cohort.decisions.tie.size)
    cases = Cases(cohort, rules, logs.journeys)
    requests = [TeamRequest(number, minutes) for number, minutes in enumerate(cohort.team_request_length.tolist())]
    lists = HubLists(cases, requests, logs.stays, len(rules.modality_names), horizon)
    today = Today(first_day, rules.working_day_minutes, attended(roster, first_day, config.run.horizon_days))
    pathway = Pathway(rules, cases, lists, today, horizon)
    patience = Patience(pathway)
    reception = Reception(pathway, patience)
    turns = in_turn(config, roster)
    rostered = [roster.posts[number] for number in turns]
    posts = [
        (ExtraSessions if roster.posts[number].frame.is_extra else Clinician)(
            config, number, roster.posts[number], pathway, patience, logs
        )
        for number in turns
    ]
    Opening(config, pathway, posts, rostered).enter(cohort)
    for request, minute in zip(requests, cohort.team_request_minute.tolist(), strict=True):
        lists.workshops.join(request, minute)
    env.process(reception.working_life(env, mornings(config, rostered)))
    for post in posts:
        env.process(post.working_life())
    env.run(until=horizon)
    # What came due after the last morning belongs to the record, although nobody comes to work on it.
    reception.take_in(horizon - 1)
    patience.end(horizon)
    record = Record(
        horizon=horizon,
        journeys=logs.journeys.as_record(len(cases.all)),
        stays=Stays(*logs.stays.columns()),
        work=Work(*logs.work.columns()),
        passed=Passed(*logs.passed.columns()),
        caseload=Caseload(*logs.caseload.columns()),
        balances=balances_of(posts),
        states=np.array([case.state for case in cases.all], dtype=np.int64),
    )
    # What is booked or without a lead refers back to its post: let go of the memory now, not when the collector comes.
    for post in posts:
        post.diary.clear()
    lists.groups_without_lead.clear()
    return record


def in_turn(config: HubConfig, roster: Roster) -> list[int]:
    """Return the posts' numbers in the order in which they act on a day.

    By their role's turn; within it by name, lines that are there from the start before others, first posts first. The
    order in which a file lists roles and lines decides nothing.
    """
    roles = config.staffing.roles

    def turn_of(number: int) -> tuple[int, str, bool, float, str, int]:
        frame = roster.posts[number].frame
        role = roles[frame.role]
        from_day = config.line(frame.role, frame.line).from_day
        begins = -math.inf if from_day is None else from_day
        return role.turn, frame.role, frame.is_extra, begins, frame.line, frame.number

    return sorted(range(len(roster.posts)), key=turn_of)


def attended(roster: Roster, first_day: int, last_day: int) -> np.ndarray:
    """Return on which days somebody is at work who has an activity in the job plan, shape (days, activities)."""
    found = np.zeros((last_day - first_day, len(ACTIVITIES)), dtype=np.int64)
    for post in roster.posts:
        days = post.days[post.days < last_day] - first_day
        for name in post.plan:
            found[days, ACTIVITIES.index(name)] = 1
    return found


def mornings(config: HubConfig, rostered: list[RosterPost]) -> list[tuple[int, bool]]:
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


def balances_of(posts: list[Clinician]) -> Balances:
    """Return what is left over on every account, by number of the post and in the order of its job plan."""
    accounts = sorted(
        (post.number, position, account.activity, account.free + account.committed)
        for post in posts
        for position, account in enumerate(post.job_plan)
    )
    post, _, activity, minutes = np.array(accounts, dtype=np.int64).reshape(-1, 4).T
    return Balances(post, activity, minutes)
