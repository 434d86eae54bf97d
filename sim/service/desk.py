"""The referral desk: on every working day it takes in everything that came due since the last one."""

from __future__ import annotations

from collections.abc import Collection, Generator, Sequence

import simpy

from sim.service.pathway import Pathway


class Desk:
    """Takes in what comes due and has each thing happen to its client, dated at its own minute."""

    def __init__(self, pathway: Pathway) -> None:
        self.pathway = pathway
        self.agenda = pathway.agenda
        self.today = pathway.today

    def working_life(
        self, days: Sequence[int], mornings: Sequence[simpy.Event], working_days: Collection[int]
    ) -> Generator[simpy.Event, None, None]:
        """Begin every day before anybody else is awake, and on working days take in what came due since the last."""
        for day, morning in zip(days, mornings, strict=True):
            yield morning
            self.today.begin(day)
            if day in working_days:
                self.take_in(self.today.opens)

    def take_in(self, until: int) -> None:
        """Let everything happen that is due by a minute; what that leads to may be due as well."""
        while self.agenda.is_due(until):
            self.pathway.comes_due(self.agenda.take())
