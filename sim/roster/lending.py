"""Hours that a Hub lends to a partner: on each day shared out among those of a role who are at work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sim.config import HubConfig
from sim.roster.posts import PostFrame
from sim.streams import Bools, Floats


class Lent(NamedTuple):
    """What each post of a role lends of its client-facing time, by day of the roster; arrays of shape (days,)."""

    role: str
    of_minutes: Floats
    """The share, shared out among those at work: who is away has a colleague lend more."""
    of_places: Floats
    """The share of caseload places, shared out among those in post, so that nobody's places change from day to day."""


def lent_hours(
    config: HubConfig, frames: Sequence[PostFrame], away: Sequence[Bools], first: int, days: int
) -> Lent | None:
    """Return what is lent between the dates of an agreement; None where nothing is. `away` is by post, as `frames`."""
    policy = config.policies.mutual_aid
    role = policy.lender_in(config.staffing)
    if role is None:
        return None
    in_post, at_work = np.zeros(days), np.zeros(days)
    for frame, gone in zip(frames, away, strict=True):
        if frame.role == role:
            there = np.zeros(days)
            for spell in frame.spells:
                there[spell.start_day - first : spell.end_day - first] = frame.wte
            there *= frame.funded_share(first, days)
            in_post += there
            at_work += there * ~gone
    hours = config.staffing.roles[role].client_facing_hours_per_week
    wanted = policy.lends_hours_per_week * policy.lending.holds_on(np.arange(first, first + days))

    def share_of(wte: Floats) -> Floats:
        return np.minimum(1.0, wanted / np.where(wte > 0, hours * wte, np.inf))

    return Lent(role, share_of(at_work), share_of(in_post))
