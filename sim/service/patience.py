"""While people wait: some give up, some are called to see how they are, and at the horizon the rest still wait.

Nobody watches the lists. Whoever looks at one has those leave it first whose patience has run out by then, each at the
minute at which it did.
"""

from __future__ import annotations

from sim.service import codes
from sim.service.cases import Case
from sim.service.codes import NOT_YET
from sim.service.lists import WaitingList
from sim.service.pathway import Pathway


class Patience:
    """Looks at the lists of one Hub for whoever has waited long enough."""

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
    # Whoever joins a list for therapy has a call planned (`Pathway.plan_check_in`). Reception comes here when it is
    # due, and staff make it (`activities.check_in`). A later join plans its own: an older one is ignored.

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
