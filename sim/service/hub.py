"""A Hub in service: people, lists, posts and the desk, run from opening to horizon on one clock."""

from __future__ import annotations

from collections.abc import Generator

import simpy

from sim.calendar import MINUTES_PER_DAY, OPENING_MINUTE, working_days
from sim.cohort.table import OPENING_LISTS, Cohort
from sim.config import HubConfig
from sim.config.pathway import OUTCOMES
from sim.roster.table import Roster
from sim.service import appointments, pathway
from sim.service.cases import Cases, Course
from sim.service.clinician import Clinician
from sim.service.clock import STAFF_ORDER, Wake
from sim.service.desk import Desk
from sim.service.record import Record
from sim.service.rules import rules_of
from sim.service.task_list import TaskList
from sim.service.waiting_list import WaitingList

HUB_THERAPY = OUTCOMES.index("hub_therapy")
TASKS = ("screening_review", "phone_screen", "contact", "risk_call", "navigation", "check_in", "team_support")


class Hub:
    """Everything that a step of the service may need."""

    def __init__(self, config: HubConfig, cohort: Cohort, roster: Roster) -> None:
        self.rules = rules_of(config)
        self.opens_on = -config.run.run_in_days
        self.horizon = config.run.horizon_days * MINUTES_PER_DAY
        self.env = simpy.Environment(initial_time=self.opens_on * MINUTES_PER_DAY)
        self.now = self.opens_on * MINUTES_PER_DAY
        """The minute at which the present process woke: what everybody on duty knows is what was so then."""
        self.today = self.opens_on
        """The day of work."""
        self.closes = self.now
        """The minute at which it ends."""
        self.record = Record(self.horizon)
        self.journeys = self.record.journeys
        self.cases = Cases(cohort, self.rules)
        self.draws = self.cases.draws
        self.desk = Desk(self.opens_on)
        self.team_request_length = cohort.team_request_length.tolist()
        self.tasks = {name: TaskList(name, self.record.stays) for name in TASKS}
        self.risk_calls = self.tasks["risk_call"]
        therapies = [f"therapy:{name}" for name in self.rules.modality_names]
        self.lists = {name: self._list(name) for name in ("assessment", "group", *therapies)}
        self.therapy_lists = [self.lists[name] for name in therapies]
        """The same lists, by modality."""
        self.posts = [
            Clinician(self, number, post, config.staffing.roles[post.frame.role])
            for number, post in enumerate(roster.posts)
        ]
        self.groups_without_lead: list[appointments.Group] = []
        self._open(config, cohort)

    def run(self) -> Record:
        """Serve until the horizon and return what happened."""
        self.env.run(until=self.horizon)
        self.desk.take_in(self, self.horizon - 1)
        for tasks in self.tasks.values():
            tasks.close(self.horizon)
        for waiting in self.lists.values():
            waiting.close(self.horizon)
        self.record.states = self.cases.state
        self.record.balances = {
            (post.number, account.activity): account.free + account.committed
            for post in self.posts
            for account in post.plan
        }
        return self.record

    def _staff_at_work(self) -> Generator[Wake, None, None]:
        """Let the posts do what each day has for them, one post after the other."""
        posts = self.posts
        for day in sorted(set().union(*(post.days() for post in posts))):
            opens = day * MINUTES_PER_DAY + OPENING_MINUTE
            yield Wake(self.env, opens, STAFF_ORDER)
            self.now, self.today = opens, day
            self.closes = opens + self.rules.working_day_minutes
            for post in posts:
                if post.next_day == day:
                    post.work(self, day)
                if post.next_handover == day:
                    post.hand_over(self)

    def waits_for_therapy(self, case: int, minute: int, later: int | None = None) -> bool:
        """Return whether a person is on a list for therapy or a group, and has not given up by a later minute."""
        if self.cases.state[case] == "group_list":
            return self.lists["group"].holds(case, minute, later)
        if self.cases.state[case] == "therapy_list":
            return self.therapy_lists[self.cases.courses[case].modality].holds(case, minute, later)
        return False

    def record_visit(self, me: Clinician, activity: str, minute: int, case: int, result: str) -> None:
        """Record one person's visit to a group, whose staff time is recorded once for the whole group."""
        self.record.work.append((me.number, activity, minute, 0, case, result))

    def _list(self, name: str) -> WaitingList:
        waits_for = name.partition(":")[0]
        return WaitingList(name, self.record.stays, lambda case, minute: pathway.gave_up(self, case, minute, waits_for))

    def _open(self, config: HubConfig, cohort: Cohort) -> None:
        """Enter everybody, place the opening backlog, and set everyone who acts to work."""
        referred = cohort.referred_minute.tolist()
        self.journeys.open(list(range(len(cohort))), 0, referred)
        for case, (minute, opening) in enumerate(zip(referred, cohort.opening.tolist(), strict=True)):
            if opening < 0:
                pathway.refer(self, case, minute)
            else:
                self._place(case, minute, OPENING_LISTS[opening], int(cohort.sessions_left[case]))
        for request, minute in enumerate(cohort.team_request_minute.tolist()):
            self.desk.expect(minute, pathway.team_asks, request)
        first, last = self.opens_on, config.run.horizon_days
        open_days = working_days(config.run.start_date, first, last - first, config.staffing.absence.bank_holidays)
        desk_days = (open_days.nonzero()[0] + first).tolist()
        self.env.process(self.desk.working_life(self, desk_days))
        self.env.process(self._staff_at_work())

    def _place(self, case: int, minute: int, where: str, sessions_left: int) -> None:
        """Place one person of the opening backlog, who has waited since `minute` and is patient from now on."""
        journeys = self.journeys
        journeys.screened[case] = minute
        if where == "screening_review":
            pathway.screened(self, case, minute)
            return
        journeys.reviewed[case] = minute
        if where == "assessment":
            self.cases.place[case] = minute
            pathway.join_assessment(self, case, minute, patient_from=0)
            return
        journeys.assessment_joined[case] = journeys.booked[case] = journeys.assessed[case] = minute
        if where == "therapy" or not self.rules.gives_therapy:
            pathway.route(self, case, self.rules.outcomes[HUB_THERAPY], minute, patient_from=0)
            return
        journeys.outcome[case] = "hub_therapy"
        self.cases.strands[case] = 1
        journeys.therapy_joined[case] = journeys.therapy_booked[case] = minute
        journeys.therapy_first[case] = journeys.therapy_last[case] = minute
        modality = self.draws.modality[case]
        journeys.modality[case] = self.rules.modality_names[modality]
        draws = self.draws
        then = self.rules.step_up[modality] if draws.steps_up[case] else -1
        course = Course(self, case, modality, sessions_left, then, draws.step_up_sessions[case])
        course.start()
        self.cases.courses[case] = course
        self._take_on(case, modality)

    def _take_on(self, case: int, modality: int) -> None:
        """Give somebody of the opening caseload to the post with most room, or to the head of the list."""
        name = self.rules.modality_names[modality]
        in_post = [
            me
            for me in self.posts
            if name in me.modalities
            and "therapy" in me.accounts
            and me.is_filled_on(self.opens_on)
            and me.opening_places
        ]
        me = max(in_post, key=lambda post: post.opening_places - len(post.caseload), default=None)
        if me is not None and len(me.caseload) < me.opening_places:
            course = self.cases.courses[case]
            spread = int(self.draws.tie[case] * self.rules.interval_days[modality])
            session = (appointments.keep_session, me.accounts["therapy"], course, course.minutes, False)
            if me.diary.book(self.opens_on + spread, session):
                appointments.join_caseload(self, me, case)
                return
        pathway.head_of_list(self, case, 0)


def run_service(config: HubConfig, cohort: Cohort, roster: Roster) -> Record:
    """Run one Hub's service on a cohort and a roster. Deterministic: the same two tables give the same record."""
    hub = Hub(config, cohort, roster)
    record = hub.run()
    # Its lists and processes refer back to it: let go of its memory now, not when the collector comes.
    vars(hub).clear()
    return record
