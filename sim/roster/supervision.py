"""Supervision: how much everybody is due on each day, what those who supervise can give, and the time that it takes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.calendar import DAYS_PER_WEEK
from sim.config import HubConfig
from sim.roster.posts import PostFrame, weeks_to_full
from sim.roster.spells import Spell
from sim.streams import Floats


class Supervision(NamedTuple):
    """What comes of supervision on each day of the roster, by role; arrays of shape (days,)."""

    met: dict[str, Floats]
    """Of what its people are due, the share that somebody can give."""
    given: dict[str, Floats]
    """Hours a week that each WTE in post gives to others."""


def supervise(config: HubConfig, frames: list[PostFrame], first: int, days: int) -> Supervision:
    """Return how supervision is shared out among those in post.

    A supervisor gives no more than `most_supervision_given_hours_per_week`; what is left of what is due is not given.
    """
    roles = config.staffing.roles
    there, due = ({name: np.zeros(days) for name in roles} for _ in range(2))
    for frame in frames:
        for spell in frame.spells:
            inside = slice(spell.start_day - first, spell.end_day - first)
            wte = frame.wte * hours_share(config, frame, spell)
            there[frame.role][inside] += wte
            due[frame.role][inside] += wte * due_hours(config, frame, spell)
    met, given = ({name: np.zeros(days) for name in roles} for _ in range(2))
    for name, role in roles.items():
        supervised = [other for other, its in roles.items() if its.supervised_by == name]
        asked = sum((due[other] for other in supervised), np.zeros(days))
        gives = np.minimum(asked, role.most_supervision_given_hours_per_week * there[name])
        given[name] = gives / np.where(there[name] > 0, there[name], 1.0)
        met |= {other: np.where(asked > 0, gives / np.where(asked > 0, asked, 1.0), 1.0) for other in supervised}
        if role.supervised_by is None:
            met[name] = np.ones(days)
    return Supervision(met, given)


def hours_share(config: HubConfig, frame: PostFrame, spell: Spell) -> Floats:
    """Return the share of a post's hours that are worked on each day of a spell: a cut or a stand-in leaves less."""
    share = frame.funded_share(spell.start_day, spell.end_day - spell.start_day)
    return share * config.stand_in[frame.role].share if spell.stands_in else share


def due_hours(config: HubConfig, frame: PostFrame, spell: Spell) -> Floats:
    """Return the hours of supervision a week that a WTE is due on each day of a spell: newcomers' are so many times."""
    staffing = config.staffing
    hours = np.full(spell.end_day - spell.start_day, staffing.roles[frame.role].supervision_hours_per_week)
    if spell.recruited:
        hours[: round(weeks_to_full(config, frame) * DAYS_PER_WEEK)] *= staffing.supervision.newcomers_times
    return hours
