"""Who waits at a stage: cases, or pieces of work, each of which is a wait of its own. Nobody else asks which it is."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.measures.groups import Groupings, undivided
from sim.measures.history import History
from sim.service.codes import NOT_YET
from sim.service.enums import Listed, Why
from sim.stages import STAGES, Stage
from sim.streams import Bools, Ints


class Waiters(NamedTuple):
    """All who may wait at a stage, one entry each; minutes are `NOT_YET` where something has not happened."""

    entered: Ints
    seen: Ints
    left: Ints
    """When each entered the stage, was seen or gave up waiting."""
    eligible: Bools
    joined: Ints
    """When each of the eligible joined the stage's lists."""
    open: Bools
    """Who goes on waiting if neither seen nor gone."""
    until: Ints
    """How long these have waited: to the horizon, or until the work was no longer due."""
    people: Groupings
    """All of them, and by who they are."""
    groupings: Groupings
    """The same, by need too, and by modality at a stage for therapy."""
    of_stay: Ints
    """Whose each stay on the stage's lists is."""


def waiters_at(history: History, name: str) -> Waiters:
    """Return who may wait at a stage."""
    stage = STAGES[name]
    return history.once(f"stage {name}", lambda: (_work if stage.by_stay else _cases)(history, stage))


def _cases(history: History, stage: Stage) -> Waiters:
    left = np.full(len(history.client), NOT_YET)
    for moment in stage.given_up:
        left = np.maximum(left, history.at(moment))
    eligible = history.eligible(stage)
    return Waiters(
        history.at(stage.opens),
        history.at(stage.closes),
        left,
        eligible,
        joined=np.where(eligible, history.at(stage.joins), NOT_YET) if stage.joins else left,
        open=eligible & (history.at("closed") == NOT_YET) if stage.closes_with_case else eligible,
        until=np.full(len(left), history.horizon),
        people=history.groupings,
        groupings=history.groupings_of(stage),
        of_stay=history.stays[stage.name].case if stage.lists else left[:0],
    )


def _work(history: History, stage: Stage) -> Waiters:
    stays = history.stays[stage.name]
    done, all_of_it = stays.why == Why.TAKEN, np.ones(len(stays.why), dtype=bool)
    one = undivided(len(stays.why))
    return Waiters(
        stays.joined,
        np.where(done, stays.left, NOT_YET),
        np.full(len(stays.why), NOT_YET),
        all_of_it,
        joined=stays.joined,
        open=all_of_it,
        until=stays.left,
        people=one,
        groupings=one,
        of_stay=np.arange(len(stays.why)),
    )


def lists_of(history: History, stage: Stage) -> tuple[Groupings, Ints]:
    """Return the ways in which a stage's lists are divided, and the groups of every stay on them, numbered through.

    By modality it is the list that counts, and not what somebody waited for first.
    """
    return history.once(f"lists {stage.name}", lambda: _lists_of(history, stage))


def _lists_of(history: History, stage: Stage) -> tuple[Groupings, Ints]:
    waiters, listed = waiters_at(history, stage.name), history.stays[stage.name].listed
    groupings = Groupings(waiters.people[:2]) if stage.states else waiters.people.everybody
    places = [grouping.of_case[waiters.of_stay] for grouping in groupings.counted]
    if stage.by_modality:
        groupings = Groupings([*groupings, history.by_modality])
        group = len(history.by_modality.names) - 1
        places.append(np.where(listed == Listed.GROUP, group, listed - Listed.THERAPY))
    return groupings, groupings.numbered(places)
