"""Who and what waits: lists of people, lists of tasks and the agenda of what will come due, each a heap of numbers."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from sim.service import codes
from sim.service.arrays import Heap, StayLog
from sim.service.cases import Case, Cases, Party, TeamRequest
from sim.service.codes import FOREVER, MASK, MINUTE, NEVER, NOT_YET, TIE_BITS, ZERO, Column, Wholes, whole
from sim.service.enums import Activity, Ending, Listed, State
from sim.service.rules import Rules, Today, VisitOdds
from sim.stages import ONE_VISIT, STAGES

NOWHERE: Final[int] = -1
TICKET_BITS: Final[int] = 29
LAST_TICKET: Final[int] = (1 << TICKET_BITS) - 1
"""What stands on the agenda is numbered in the order of writing; this is the highest number."""


def minute_of(key: int) -> int:
    """Return the minute of a key in the order of minutes; beyond any horizon where there is none."""
    return (key >> TIE_BITS) - ZERO


class TaskList:
    """Short pieces of work of one kind, done in the order in which they came due; nobody on it gives up.

    A task can be done from the minute at which it came due; equal minutes go by the pre-drawn tie breaker, by which
    `by_tie` has whose they may be.
    """

    def __init__(self, listed: int, by_tie: list[Any], stays: StayLog) -> None:
        self.listed = listed
        self._by_tie = by_tie
        self._stays = stays
        self._order = Heap()
        self.next_due = NEVER
        """The minute from which the next task can be done."""

    def join(self, whose: Party, minute: int) -> None:
        """Add somebody's task, which comes due at a minute."""
        self._order.push((minute + ZERO) * MINUTE + whose.tie)
        self.next_due = min(self.next_due, minute)

    def first(self) -> Any:
        """Return whose task is next; there must be one."""
        return self._by_tie[self._order.smallest & MASK]

    def take(self, now: int) -> Any:
        """Take the next task, which must be due, off the list."""
        key = self._order.pop()
        whose: Party = self._by_tie[key & MASK]
        self._stays.add(self.listed, whose.number, minute_of(key), now, codes.Why.TAKEN)
        self.next_due = minute_of(self._order.smallest)
        return whose

    def end_run(self, horizon: int) -> None:
        """End the run: what came due and was not done still waits."""
        undone = []
        while minute_of(self._order.smallest) < horizon:
            key = self._order.pop()
            undone.append((self._by_tie[key & MASK].number, minute_of(key)))
        for number, joined in sorted(undone):
            self._stays.add(self.listed, number, joined, horizon, codes.Why.WAITING)


class WaitingList:
    """People who wait for one thing, in the order of their keys: class, minute and tie breaker in one number.

    Somebody can be taken from the minute of joining on. Those whose patience has run out stay until `Patience` lets
    them go, which it does whenever anybody looks at the list. What joining, leaving and taking leave behind in the
    heaps is cleared when it comes up.
    """

    def __init__(self, listed: int, by_tie: list[Any], stays: StayLog, horizon: int) -> None:
        self.listed = listed
        self.horizon = horizon
        self._by_tie = by_tie
        self._stays = stays
        self._order = Heap()
        self._arriving = Heap()
        """Who joins later than this morning, by minute of joining."""
        self._deadlines = Heap()
        """Who gives up before the horizon, by minute of giving up."""
        self._length = 0
        self.next_change = NEVER
        """The next minute at which somebody is let in or gives up, if nothing else happens before."""

    def join(self, case: Case, key: int, minute: int, patient_from: int, now: int) -> None:
        """Put a person on the list at a minute; the key may put them where they would be had they come earlier."""
        gives_up_at = patient_from + case.patience_left
        case.waits_on, case.key, case.joined, case.gives_up_at = self.listed, key, minute, gives_up_at
        if minute <= now:
            self._let_in(case)
        else:
            self._arriving.push(case.key_by_minute(minute))
            self.next_change = min(self.next_change, minute)
        if gives_up_at < self.horizon:
            self._deadlines.push(case.key_by_minute(gives_up_at))
            self.next_change = min(self.next_change, gives_up_at)

    def next_out_of_patience(self, now: int) -> Case | None:
        """Return the next person whose patience has run out by a minute, after letting in who has joined by then."""
        later = (now + 1 + ZERO) * MINUTE
        while self._arriving.smallest < later:
            self._let_in(self._by_tie[self._arriving.pop() & MASK])
        while self._deadlines.smallest < later:
            key = self._deadlines.pop()
            case: Case = self._by_tie[key & MASK]
            if case.waits_on == self.listed and case.key_by_minute(case.gives_up_at) == key:
                return case
        self.next_change = minute_of(min(self._arriving.smallest, self._deadlines.smallest))
        return None

    def first(self) -> Case | None:
        """Return whoever is first."""
        key = self._order.smallest
        while key < FOREVER:
            case: Case = self._by_tie[key & MASK]
            if case.waits_on == self.listed and case.key == key:
                return case
            self._order.pop()
            key = self._order.smallest
        return None

    def length(self) -> int:
        """Return how many wait."""
        return self._length

    def set_aside(self) -> None:
        """Take whoever is first out of the order, to be taken or put back."""
        self._order.pop()

    def put_back(self, case: Case) -> None:
        """Put somebody who stepped out of the order back where the person stood."""
        self._order.push(case.key)

    def end_stay(self, case: Case, minute: int, why: int) -> None:
        """End somebody's stay: taken, gone, or at the horizon still waiting."""
        self._stays.add(self.listed, case.number, case.joined, minute, why)
        case.patience_left = case.gives_up_at - minute
        case.waits_on = NOWHERE
        self._length -= 1

    def end_run(self, everybody: list[Case]) -> None:
        """End the run: of everybody, whoever has joined and is not taken still waits."""
        for case in everybody:
            if case.waits_on == self.listed and case.joined < self.horizon:
                self.end_stay(case, self.horizon, codes.Why.WAITING)

    def _let_in(self, case: Case) -> None:
        self._order.push(case.key)
        self._length += 1


class Agenda:
    """What will come due, in the order of minutes; equal minutes go in the order in which they were written down."""

    def __init__(self, horizon: int) -> None:
        self.horizon = horizon
        self._order = Heap()
        self._steps: list[int] = []
        self._cases: list[Any] = []
        """Which step of the pathway will happen to whom, by ticket."""

    def expect(self, minute: int, step: int, case: Case) -> None:
        """Have a step happen at a minute; nothing happens at or after the horizon.

        Reception comes to it at the first opening of a working day at or after that minute, and dates it at the minute.
        """
        if minute < self.horizon:
            ticket = len(self._steps)
            if ticket > LAST_TICKET:
                raise OverflowError(f"more than {LAST_TICKET:,} things on the agenda of one Hub")
            self._order.push(((minute + ZERO) << TICKET_BITS) + ticket)
            self._steps.append(step)
            self._cases.append(case)

    def is_due(self, until: int) -> bool:
        """Return whether anything is due by a minute."""
        return self._order.smallest < (until + 1 + ZERO) << TICKET_BITS

    def take(self) -> tuple[int, int, Case]:
        """Take what is next, of which there must be something, off the agenda: minute, step and case."""
        key = self._order.pop()
        ticket = key & LAST_TICKET
        case: Case = self._cases[ticket]
        self._cases[ticket] = None
        return (key >> TICKET_BITS) - ZERO, self._steps[ticket], case


class HubLists:
    """The lists of one Hub, with everything that waits between two steps of the pathway."""

    def __init__(
        self, cases: Cases, requests: list[TeamRequest], stays: StayLog, modalities: int, horizon: int
    ) -> None:
        by_tie = cases.by_tie
        self.screening_reviews = TaskList(codes.Listed.SCREENING_REVIEW, by_tie, stays)
        self.phone_screens = TaskList(codes.Listed.PHONE_SCREEN, by_tie, stays)
        self.contacts = TaskList(codes.Listed.CONTACT, by_tie, stays)
        self.risk_calls = TaskList(codes.Listed.RISK_CALL, by_tie, stays)
        self.navigation = TaskList(codes.Listed.NAVIGATION, by_tie, stays)
        self.check_ins = TaskList(codes.Listed.CHECK_IN, by_tie, stays)
        self.self_help = TaskList(codes.Listed.CHECK_IN, by_tie, stays)
        """Checks on guided self-help, which are check-ins too."""
        self.workshops = TaskList(codes.Listed.TEAM_SUPPORT, requests, stays)
        self.administration = TaskList(codes.Listed.ADMINISTRATION, by_tie, stays)
        self.has_letters: bool = cases.rules.administration_minutes > 0
        self.tasks = [
            self.screening_reviews, self.phone_screens, self.contacts, self.risk_calls, self.navigation,
            self.check_ins, self.self_help, self.workshops, self.administration,
        ]  # fmt: skip
        """Every list of tasks."""
        self.visits = [WaitingList(Listed[name.upper()], by_tie, stays, horizon) for name in ONE_VISIT]
        """Of each stage of one appointment."""
        self.groups = WaitingList(codes.Listed.GROUP, by_tie, stays, horizon)
        self.therapies = [WaitingList(codes.Listed.THERAPY + n, by_tie, stays, horizon) for n in range(modalities)]
        """By modality."""
        self.groups_without_lead: list[Any] = []
        """Groups whose lead has left, is long away or has no day left to book, until somebody takes them over."""

    def to_write_up(self, case: Case, minute: int) -> None:
        """Have somebody register a referral, book and invite, or write to a general practitioner of the outcome."""
        if self.has_letters:
            self.administration.join(case, minute)

    def for_therapy(self, listed: int) -> WaitingList:
        """Return the list for a group or for a modality by its code."""
        waiting: WaitingList = (
            self.groups if listed == codes.Listed.GROUP else self.therapies[listed - codes.Listed.THERAPY]
        )
        return waiting


class VisitStage:
    """A stage of one appointment; its name in `sim.stages` finds everything that belongs to it."""

    def __init__(self, name: str, rules: Rules, cases: Cases, waiting: WaitingList, today: Today) -> None:
        stage, of_journeys = STAGES[name], cases.journeys.columns
        self.waiting = waiting
        self.today = today
        self.listed: int = Listed[name.upper()]
        self.activity: int = Activity[name.upper()]
        self.odds: VisitOdds = rules.visit_odds[name]
        self.misses_to_close: int = rules.visit_misses_to_close[name]
        self.minutes: Wholes = whole(getattr(cases.decisions, f"{name}_minutes"))
        """Staff minutes of everybody's appointment, of these the write-up's, and how long each is patient, by row."""
        self.write_up: Wholes = whole(getattr(cases.decisions, f"{name}_write_up"))
        self.patience: Wholes = whole(getattr(cases.decisions, f"patience_{name}"))
        decisions = cases.decisions
        remote = name == "assessment" and rules.remote_from < NEVER
        self.remote_from: int = rules.remote_from if remote else NEVER
        self.remote_to: int = rules.remote_to
        self.remote: Wholes = whole(decisions.remote_assessment)
        """Whether everybody's appointment is remote between these minutes, and its staff minutes then, by row."""
        of_contact = getattr(decisions, f"{name}_minutes") - getattr(decisions, f"{name}_write_up")
        shorter = np.maximum(1, np.rint(rules.remote_times * of_contact)) if remote else of_contact
        self.remote_minutes: Wholes = whole(shorter + getattr(decisions, f"{name}_write_up"))
        self.joined: Column = of_journeys[stage.joins]
        """The journeys' columns of joining the list, of being given an appointment and of keeping it."""
        self.booked: Column = of_journeys[stage.books]
        self.seen: Column = of_journeys[stage.closes]
        self.while_waiting: int = State[f"{name}_list".upper()]
        """The state of who waits, and of who has an appointment."""
        self.while_booked: int = State[f"{name}_booked".upper()]
        self.after_missing: int = Ending[f"missed_{name}".upper()]
        """The ending of who misses too many appointments, and of who gives up waiting."""
        self.after_leaving: int = Ending[f"left_{name}_list".upper()]

    def join(self, case: Case, minute: int, patient_from: int) -> None:
        """Come to the stage; `patient_from` is `minute`, but for the opening position."""
        case.counts_from = minute
        case.patience_left = self.patience[case.row]
        self.wait(case, minute, patient_from)

    def wait(self, case: Case, minute: int, patient_from: int) -> None:
        """Wait by `case.counts_from`: at first, and again, with the patience left, after one that was not kept."""
        if self.joined[case.number] == NOT_YET:
            self.joined[case.number] = minute
        case.state = self.while_waiting
        case.visit_minutes = self.minutes[case.row]
        case.is_remote = 0
        if self.remote_from <= minute < self.remote_to and self.remote[case.row]:
            case.is_remote = 1
            case.visit_minutes = self.remote_minutes[case.row]
        self.waiting.join(case, case.key_by_policy(case.counts_from), minute, patient_from, self.today.opens)

    def booked_for(self, case: Case) -> None:
        """Leave the list with an appointment."""
        case.state = self.while_booked
        if self.booked[case.number] == NOT_YET:
            self.booked[case.number] = self.today.opens
