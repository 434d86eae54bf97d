"""The cohort: one row a person who comes to a Hub, with the uniforms and decisions that are drawn for that person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.cohort.sources import Source
from sim.config import HubConfig
from sim.config.pathway import DRAWS_PER_EPISODE, MOST_EPISODES
from sim.streams import (
    EPISODE_COLUMNS,
    FURTHER_COLUMNS,
    HAS_FURTHER,
    PERSON_COLUMNS,
    Bools,
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
    """The uniforms of a cohort's people."""

    person: Floats
    """Who they are, shape (people, 32), columns as `PersonDraw`."""
    first: Floats
    """Decisions of the first episode, shape (people, 1, 32), columns as `EpisodeDraw`; 64 where one has column 32."""
    returning: Ints
    """Who may be referred again, ascending."""
    later: Floats
    """Their decisions in further episodes, shape (returning, further episodes that can happen, 32 or 64)."""
    offers: Floats
    """Shape (people, 64)."""
    attendance: Floats
    """Shape (episodes that can happen, people, 2 kinds, 64); of a further episode only where somebody may return."""

    def of_first(self, people: int) -> Luck:
        """Return the uniforms of the first so many people."""
        if people == len(self.person):
            return self
        returning = self.returning[self.returning < people]
        return Luck(
            person=self.person[:people],
            first=self.first[:people],
            returning=returning,
            later=self.later[: len(returning)],
            offers=self.offers[:people],
            attendance=self.attendance[:, :people],
        )


def draw_luck(config: HubConfig, replication: int, sources: list[Source], places: list[Ints]) -> Luck:
    """Draw everybody's uniforms.

    `places` are, for each source, where its people are in the cohort, by number.
    """
    people = sum(len(mine) for mine in places)
    share, threshold = config.pathway.re_referral.share, config.policies.assessment_threshold
    if threshold.is_on:
        share = max(share, threshold.return_share)
    episodes = MOST_EPISODES if share > 0 else 1
    columns = np.empty((DECISIONS, people))
    offers = np.empty((people, OFFERS))
    attendance = np.zeros((episodes, people, VISITS))
    for source, mine in zip(sources, places, strict=False):
        key = (config.run.seed, replication, Stream.PERSON, source.owner)
        if source.numbers is not None:
            pieces: Iterable[tuple[int, Floats]] = [(0, uniforms_of_rows(*key, source.numbers, WIDTH))]
        else:
            pieces = uniforms_by_piece(*key, len(mine), WIDTH)
        for first, piece in pieces:
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
            of_block = numbers if source.numbers is None else source.numbers[numbers]
            rows = uniforms_of_rows(*key, of_block, (MOST_EPISODES - 1) * LATER)
            later[at[mine[numbers]]] = rows.reshape(len(numbers), MOST_EPISODES - 1, LATER)
    attendance[1:, returning] = later[:, :, EPISODE_COLUMNS:].transpose(1, 0, 2)
    first_decisions, later_decisions = columns[PERSON_COLUMNS:].T[:, None], later[:, :, :EPISODE_COLUMNS]
    if HAS_FURTHER:
        further = np.empty((people, MOST_EPISODES, FURTHER_COLUMNS))
        for source, mine in zip(sources, places, strict=False):
            numbers = np.arange(len(mine)) if source.numbers is None else source.numbers
            further[mine] = further_decisions(config, replication, source, numbers)
        first_decisions = np.concatenate([first_decisions, further[:, :1]], axis=2)
        later_decisions = np.concatenate([later_decisions, further[returning, 1:episodes]], axis=2)
    return Luck(
        person=columns[:PERSON_COLUMNS].T,
        first=first_decisions,
        returning=returning,
        later=later_decisions,
        offers=offers,
        attendance=attendance.reshape(episodes, people, 2, DRAWS_PER_EPISODE),
    )


def further_decisions(config: HubConfig, replication: int, source: Source, numbers: Ints) -> Floats:
    """Return uniforms for decisions that stand in column 32 or later, shape (people, episodes, 32); 0 if none does.

    `numbers` are those of some people of a source, ascending.
    """
    if not HAS_FURTHER:
        return np.empty((len(numbers), MOST_EPISODES, 0))
    key = (config.run.seed, replication, Stream.FURTHER_DECISION, source.owner)
    rows = uniforms_of_rows(*key, numbers, MOST_EPISODES * FURTHER_COLUMNS)
    return rows.reshape(len(numbers), MOST_EPISODES, FURTHER_COLUMNS)


@dataclass(frozen=True)
class Decisions:
    """Pre-drawn decisions, each of shape (people, episodes that can happen); times in minutes.

    Of `assessment_minutes` so many are `assessment_write_up`. `outcome` indexes `OUTCOMES` before any reroute;
    `modality` indexes the configured modalities;
    `course_sessions` and `step_up_sessions` are planned lengths; `drop_out_session` is the last session attended
    by somebody who drops out, beyond any course for somebody who does not. `course_luck` and `step_up_luck` are the
    uniforms behind length and step-up, for staffing models that begin with another step.
    """

    screens: Bools
    screen_delay: Ints
    offered: Bools
    reachable: Bools
    assessment_minutes: Ints
    assessment_write_up: Ints
    outcome: Ints
    modality: Ints
    course_sessions: Ints
    steps_up: Bools
    step_up_sessions: Ints
    course_luck: Floats
    step_up_luck: Floats
    drop_out_session: Ints
    patience_assessment: Ints
    patience_therapy: Ints
    patience_group: Ints
    navigation_contacts: Ints
    navigation_minutes: Ints
    accepted: Bools
    opted_in: Bools
    external_wait: Ints
    bounced_back: Bools
    re_referred: Bools
    re_referral_delay: Ints
    returns_unassessed: Bools
    """Whether somebody comes back who was not offered an assessment because of a threshold."""
    takes_self_help: Bools
    needs_no_therapy: Bools
    """Whether somebody takes up guided self-help while waiting for therapy, and needs no therapy after all of it."""
    remote_assessment: Bools
    remote_therapy: Bools
    """Whether an assessment or individual therapy is remote while that is offered."""
    matched: Bools
    """Whether somebody is seen by a clinician who is matched to them."""
    tie: Floats


@dataclass(frozen=True)
class Cohort:
    """People in order of referral; arrays of length n unless said otherwise."""

    hub: int
    sources: list[Source]
    source: Ints
    number: Ints
    """Where each person comes from: `sources[source[i]]`, and being the `number`-th (from 0) of it."""
    staff_group: Ints
    gender: Ints
    ethnicity: Ints
    """Positions in the configuration's lists."""
    referred_minute: Ints
    """Minute since day 0; negative before `run.start_date`."""
    points: Ints
    """Scores of the five measures, shape (n, 5)."""
    measures_positive: Ints
    tier: Ints
    risk: Bools
    shift_worker: Bools
    newly_reached: Bools
    covariates: Bools
    opening: Ints
    sessions_left: Ints
    """Where somebody is when the run begins (`sim.cohort.established.Place`) or -1, and sessions left of a course."""
    survey_if_contact: Bools
    survey_if_no_contact: Bools
    """Whether the person answers the follow-up survey, depending on contact with the Hub."""
    survey_delay: Ints
    supported_elsewhere: Bools
    decisions: Decisions
    offers: Floats
    """Uniforms for the n-th appointment offered, shape (n, 64)."""
    attendance: Floats
    """Uniforms for the n-th visit, shape (episodes, n, 2 kinds: assessment and therapy, 64): three episodes, or one
    where nobody is ever referred again. Of a further episode they are drawn for people who may have one."""
    team_request_minute: Ints
    """When teams ask for a workshop; not people, shape (requests,)."""
    team_request_length: Ints
    """Staff minutes each workshop takes, shape (requests,)."""

    def __len__(self) -> int:
        """Return the number of people."""
        return len(self.referred_minute)

    @cached_property
    def client_ids(self) -> list[str]:
        """Names that stay with a person whatever the scenario: hub/kind/stratum/number."""
        stems = ["/".join(str(part) for part in source.owner) for source in self.sources]
        return [f"{stems[s]}/{k}" for s, k in zip(self.source.tolist(), self.number.tolist(), strict=True)]
