"""What happens without a clinician: on every working day the desk handles what has come due, and people lose patience.

First referrals are made before the run (`hub.Opening`); the desk sees what follows, and people who are referred again.
Nobody watches the lists. Whoever looks at one has those leave it first whose patience has run out by then, each at the
minute at which it did.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable

import simpy

from sim.service import codes
from sim.service.cases import Case
from sim.service.codes import NOT_YET
from sim.service.lists import WaitingList
from sim.service.pathway import Pathway
from sim.service.rules import opening_of


class Patience:
    """While people wait: some give up, some are called to see how they are, and at the horizon the rest still wait."""

    def __init__(self, pathway: Pathway) -> None:
        self.pathway = pathway
        self.lists = pathway.lists
        self.today = pathway.today

    def next_on(self, waiting: WaitingList) -> Case | None:
        """Return who would be taken next from a list, once those whose patience has run out have left it."""
        if waiting.next_change <= self.today.opens:
            self.let_go(waiting, self.today.opens)
        return waiting.first()

    def let_go(self, waiting: WaitingList, now: int) -> None:
        """Let everybody leave a list whose patience has run out by a minute."""
        while (case := waiting.next_out_of_patience(now)) is not None:
            waiting.end_stay(case, case.gives_up_at, codes.Why.LEFT)
            self.gave_up(case, waiting.listed)

    def gave_up(self, case: Case, listed: int) -> None:
        """Have somebody leave the pathway from the list that was waited on."""
        pathway, minute = self.pathway, case.gives_up_at
        for stage in pathway.visits:
            if stage.listed == listed:
                pathway.give_up(case, minute, stage.after_leaving)
                return
        if pathway.journeys.therapy_first[case.number] != NOT_YET:
            pathway.end_therapy(case, minute, codes.Ending.LEFT_BETWEEN_CLINICIANS)
        elif listed == codes.Listed.GROUP:
            pathway.end_therapy(case, minute, codes.Ending.LEFT_GROUP_LIST)
        else:
            pathway.end_therapy(case, minute, codes.Ending.LEFT_THERAPY_LIST)

    # --- Check-in calls ----------------------------------------------------------------------------------------------
    # Whoever joins a list for therapy has a call planned (`Pathway.plan_check_in`). The desk comes here when it is due,
    # and staff make it (`activities.check_in`). A later join plans its own: an older one is ignored.

    def still_waits(self, case: Case, minute: int, later: int) -> bool:
        """Return whether somebody waits for therapy or a group at a minute and has not given up by a later one."""
        if case.waits_for_therapy():
            waiting = self.lists.for_therapy(case.waits_on)
            if waiting.next_change <= minute:
                self.let_go(waiting, minute)
        return case.waits_for_therapy() and case.joined <= minute and case.gives_up_at > later

    def check_in_due(self, case: Case, minute: int) -> None:
        """Put a check-in call on the list if the person still waits, and plan the next."""
        if case.next_check_in == minute and self.still_waits(case, minute, minute):
            if not case.to_check_in:
                case.to_check_in = True
                self.lists.check_ins.join(case, minute)
            self.pathway.plan_check_in(case, minute)

    # --- The end of the run ------------------------------------------------------------------------------------------

    def end(self, horizon: int) -> None:
        """Come to the horizon: what was not done and whoever was not taken still waits."""
        waiting: WaitingList
        for tasks in self.lists.tasks:
            tasks.end_run(horizon)
        for waiting in (*self.lists.visits, self.lists.groups, *self.lists.therapies):
            self.let_go(waiting, horizon - 1)
            waiting.end_run(self.pathway.cases.all)


class Desk:
    """Takes in what comes due and has each thing happen to its client, dated at its own minute."""

    def __init__(self, pathway: Pathway, patience: Patience) -> None:
        self.pathway = pathway
        self.patience = patience
        self.agenda = pathway.agenda
        self.today = pathway.today

    def working_life(
        self, env: simpy.Environment, days: Iterable[tuple[int, bool]]
    ) -> Generator[simpy.Event, None, None]:
        """Begin each day, before anybody else is awake, and on working days take in what came due since the last.

        SimPy wakes those who wait for one event in the order in which they began to. As everybody waits for every
        morning, each day goes in the order in which the processes were started.
        """
        for day, is_open in days:
            self.today.morning = env.timeout(opening_of(day) - env.now)
            yield self.today.morning
            self.today.begin(day)
            if is_open:
                self.take_in(self.today.opens)
        self.today.morning = None

    def take_in(self, until: int) -> None:
        """Let everything happen that is due by a minute; what that leads to may be due as well."""
        minute: int
        step: int
        case: Case
        while self.agenda.is_due(until):
            minute, step, case = self.agenda.take()
            self.come_due(minute, step, case)

    def come_due(self, minute: int, step: int, case: Case) -> None:
        """Have a step of the pathway happen to its client."""
        pathway = self.pathway
        if step == codes.Step.SCREEN_COMPLETED:
            pathway.screen_completed(case, minute)
        elif step == codes.Step.SCREEN_OVERDUE:
            pathway.screen_overdue(case, minute)
        elif step == codes.Step.CONTACT_DUE:
            pathway.to_contact(case, minute)
        elif step == codes.Step.CHECK_IN_DUE:
            self.patience.check_in_due(case, minute)
        elif step == codes.Step.NAVIGATION_DUE:
            pathway.lists.navigation.join(case, minute)
        elif step == codes.Step.REFUSED_ELSEWHERE:
            pathway.refused_elsewhere(case, minute)
        elif step == codes.Step.SELF_HELP_DUE:
            if self.patience.still_waits(case, minute, minute):
                pathway.lists.self_help.join(case, minute)
        elif step == codes.Step.REFERRED_AGAIN:
            pathway.refer(pathway.cases.open(case.client, case.episode + 1, minute), minute)
        else:
            raise ValueError(f"the agenda holds step {step}, which the pathway does not know")
