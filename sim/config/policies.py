"""What a commissioner may decide beside staffing: policies, each from one day to another, none unless it is chosen."""

from __future__ import annotations

from sim.config.absence import StandIn
from sim.config.kinds import Part


class Policies(Part):
    """Every policy; with the values of conf/policies/none.yaml none of them changes anything."""

    cover: dict[str, StandIn] = {}
    """By role: who stands in while a post is empty, as `staffing.stand_in` says it for good."""

    @property
    def in_force(self) -> tuple[str, ...]:
        """The names of the policies that change anything."""
        return ("cover",) * bool(self.cover)
