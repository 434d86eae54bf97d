"""Everybody's uniforms: who they are, what they decide in each episode, and how each offer and visit goes.

A person's row of the PERSON block says who they are, then everything of the first episode. Further episodes have rows
of their own, which are drawn only for people whose first episode may be followed by another: a person's row is the same
whether anybody else's is drawn or not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.cohort.sources import Source
from sim.config import HubConfig
from sim.config.pathway import DRAWS_PER_EPISODE, MOST_EPISODES
from sim.streams import (
    EPISODE_COLUMNS,
    PERSON_COLUMNS,
    EpisodeDraw,
    Floats,
    Ints,
    Stream,
    uniforms_by_piece,
    uniforms_of_rows,
)

DECISIONS = PERSON_COLUMNS + EPISODE_COLUMNS
OFFERS = 64
"""Acceptance of the n-th appointment offered to a person."""
VISITS = 2 * DRAWS_PER_EPISODE
"""Of an episode: assessment visits first, then therapy visits."""
WIDTH = DECISIONS + OFFERS + VISITS
LATER = EPISODE_COLUMNS + VISITS
"""Columns of one further episode."""


@dataclass(frozen=True)
class Luck:
    """The uniforms of a cohort's people.

    Attributes
    ----------
    person
        Who they are, shape (people, 32), columns as `PersonDraw`.
    first
        Decisions of the first episode, shape (people, 1, 32), columns as `EpisodeDraw`.
    returning
        Who may be referred again, ascending.
    later
        Their decisions in further episodes, shape (returning, further episodes that can happen, 32).
    offers
        Shape (people, 64).
    attendance
        Shape (episodes that can happen, people, 2 kinds, 64); of a further episode only where somebody may return.
    """

    person: Floats
    first: Floats
    returning: Ints
    later: Floats
    offers: Floats
    attendance: Floats


def draw_luck(config: HubConfig, replication: int, sources: list[Source], places: list[Ints]) -> Luck:
    """Draw everybody's uniforms.

    Parameters
    ----------
    places
        For each source where its people are in the cohort, by number.
    """
    people = sum(len(mine) for mine in places)
    share = config.pathway.re_referral.share
    episodes = MOST_EPISODES if share > 0 else 1
    columns = np.empty((DECISIONS, people))
    offers = np.empty((people, OFFERS))
    attendance = np.zeros((episodes, people, VISITS))
    for source, mine in zip(sources, places, strict=False):
        key = (config.run.seed, replication, Stream.PERSON, source.owner)
        for first, piece in uniforms_by_piece(*key, len(mine), WIDTH):
            some = mine[first : first + len(piece)]
            columns[:, some] = piece[:, :DECISIONS].T
            offers[some] = piece[:, DECISIONS : DECISIONS + OFFERS]
            attendance[0, some] = piece[:, -VISITS:]
    returns = columns[PERSON_COLUMNS + EpisodeDraw.RE_REFERRED] < share
    returning = np.flatnonzero(returns)
    later = np.empty((len(returning), episodes - 1, LATER))
    at = np.cumsum(returns) - 1
    for source, mine in zip(sources, places, strict=False):
        numbers = np.flatnonzero(returns[mine])
        if len(numbers):
            key = (config.run.seed, replication, Stream.LATER_EPISODE, source.owner)
            rows = uniforms_of_rows(*key, numbers, (MOST_EPISODES - 1) * LATER)
            later[at[mine[numbers]]] = rows.reshape(len(numbers), MOST_EPISODES - 1, LATER)
    attendance[1:, returning] = later[:, :, EPISODE_COLUMNS:].transpose(1, 0, 2)
    return Luck(
        person=columns[:PERSON_COLUMNS].T,
        first=columns[PERSON_COLUMNS:].T[:, None],
        returning=returning,
        later=later[:, :, :EPISODE_COLUMNS],
        offers=offers,
        attendance=attendance.reshape(episodes, people, 2, DRAWS_PER_EPISODE),
    )
