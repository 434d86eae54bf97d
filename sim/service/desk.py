"""The referral desk: on every working day it takes in everything that came due since the last one."""

from __future__ import annotations

from collections.abc import Generator, Iterable

import simpy

from sim.service.clock import DESK_TURN, Alarm
from sim.service.day import opening_of
from sim.service.pathway import Pathway


class Desk:
    """Takes in what comes due and has each thing happen to its client, dated at its own minute."""

    def __init__(self, pathway: Pathway) -> None:
        self.pathway = pathway
        self.agenda = pathway.agenda
        self.today = pathway.today

    def working_life(self, env: simpy.Environment, days: Iterable[int]) -> Generator[simpy.Event, None, None]:
        """Open on each working day, before anybody is at work, and take in what came due since the last one."""
        alarm = Alarm(env, DESK_TURN)
        for day in days:
            yield alarm.at(opening_of(day))
            self.today.begin(day)
            self.take_in(self.today.opens)

    def take_in(self, until: int) -> None:
        """Let everything happen that is due by a minute; what that leads to may be due as well."""
        while self.agenda.is_due(until):
            self.pathway.comes_due(self.agenda.take())
