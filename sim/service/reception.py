"""What happens without a clinician: on every working day reception takes in what has come due since the last.

First referrals are made before the run (`hub.Opening`); reception sees what follows, and people who are referred again.
It takes nobody's time: a due screen or call is put on a list, and staff work from the lists.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable

import simpy

from sim.service import codes
from sim.service.cases import Case
from sim.service.pathway import Pathway
from sim.service.patience import Patience
from sim.service.rules import opening_of


class Reception:
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
