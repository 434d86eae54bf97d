"""Posts: lines of funding as posts, who fills them, who is on leave, and who stands in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.calendar import DAYS_PER_WEEK
from sim.config import HubConfig
from sim.config.absence import StandIn
from sim.config.changes import Freeze, Funding, KnownLeave, concerns
from sim.config.staffing import TEMPORARY
from sim.roster.funding import spans_of
from sim.roster.leave import Leave, drawn_leaves, known_leaves, on_leave
from sim.roster.spells import SPELLS, Spell, holders
from sim.streams import Floats, SpellDraw, Stream, uniforms

PLANNING_DAYS = 120
"""The roster runs on beyond the horizon, so that appointments can be booked up to the last day as on any other."""
SMALLEST_STEP = 0.5
"""The smallest step, in WTE, in which a Hub's size changes its staffing."""


@dataclass(frozen=True)
class PostFrame:
    """A funded post and its spells."""

    owner: tuple[str | int, ...]
    """Names the post's random numbers: hub, role and line by stream key, post number; more for restored hours."""
    role: str
    line: str
    number: int
    wte: float
    funded_from: int
    funded_to: int
    """Days between which the post is funded (the second exclusive)."""
    spells: tuple[Spell, ...]
    luck_out_of_hours: float
    """Uniform that decides whether the post is one of those offering out-of-hours appointments."""
    steps: tuple[tuple[int, float], ...] = ()
    """Days from which only a share of the post's hours is funded, ascending, each with the share."""
    on_leave: tuple[tuple[int, int], ...] = ()
    """Days between which its holder is on maternity leave (the second of each exclusive)."""
    policy: str = ""
    """The policy of which it is the sessions, paid one by one, by people whose hours are no part of it; or none."""

    @property
    def is_extra(self) -> bool:
        """Whether it stands for sessions that are paid one by one."""
        return self.policy != ""

    @property
    def post_id(self) -> str:
        """Name that stays with the post whatever the scenario."""
        return "/".join(str(part) for part in self.owner)

    def funded_share(self, first_day: int, days: int) -> Floats:
        """Return the share of its hours that is funded on each of `days` days from `first_day` on: cuts leave less."""
        share = np.ones(days)
        for day, left in self.steps:
            share[max(0, day - first_day) :] = left
        return share


def draw_posts(config: HubConfig, replication: int, hub: int, size: float) -> list[PostFrame]:
    """Return every post of a Hub with the spells that fill it, in the order of roles, lines and numbers."""
    first = -config.run.run_in_days
    frames = list(_held(config, replication, hub, size))
    known = known_leaves(config.changes_of(KnownLeave), _who_may_go(config, frames))
    drawn, seed, start = config.staffing.absence.maternity_leave, config.run.seed, config.run.start_date
    found = []
    for number, frame in enumerate(frames):
        spells = list(frame.spells)
        away: list[Leave] = []
        leaves = known.get(number, [])
        if drawn is not None and not _is_temporary(config, frame):
            begins = drawn_leaves(drawn, seed, replication, frame.owner, start, frame.funded_from, frame.funded_to)
            leaves = sorted([*begins, *leaves])
        if leaves:
            spells, away = on_leave(spells, leaves)
        spells = _with_stand_ins(spells, config.stand_in.get(frame.role), frame.funded_to)
        spells = [replace(s, start_day=max(s.start_day, first)) for s in spells if s.end_day > first]
        gone = tuple((max(begin, first), back) for begin, back in away if back > first)
        found.append(replace(frame, spells=tuple(spells), on_leave=gone))
    return found


def _held(config: HubConfig, replication: int, hub: int, size: float) -> Iterator[PostFrame]:
    """Yield every post with those who hold it one after the other, nobody yet on leave."""
    first, last = -config.run.run_in_days, config.run.horizon_days + PLANNING_DAYS
    scale = size if config.hubs.staffing_follows_size else 1.0
    for role_name, role in config.staffing.roles.items():
        fundings = [step for step in config.changes_of(Funding).values() if concerns(step, role_name)]
        freezes = [freeze for freeze in config.changes_of(Freeze).values() if concerns(freeze, role_name)]
        for line_name, line in config.lines(role_name).items():
            start = first if line.from_day is None else line.from_day
            end = last if line.to_day is None else min(line.to_day, last)
            # A post that is promised stands beside the establishment, and is no part of its cuts.
            steps = [] if line.starts_on_the_day else fundings
            for span in spans_of(_scaled(line.wte, scale), steps, start, end):
                again = ("restored", span.restored) if span.restored else ()
                owner = (hub, role.stream_key or role_name, line_name, span.number, *again)
                opens = max(span.from_day, first)
                if opens >= min(span.to_day, config.run.horizon_days):
                    continue
                draws = uniforms(config.run.seed, replication, Stream.POST_SPELL, owner, SPELLS, len(SpellDraw))
                temporary = line.kind in TEMPORARY
                there = line.starts_on_the_day or (line.from_day is None and not span.restored)
                new = line.from_day is not None or span.restored > 0
                yield PostFrame(
                    owner, role_name, line_name, span.number, span.wte, opens, span.to_day,
                    spells=tuple(
                        holders(
                            config.staffing.recruitment, draws, span.from_day, span.to_day,
                            there=there, new=new, temporary=temporary, freezes=[] if temporary else freezes,
                        )
                    ),
                    luck_out_of_hours=float(draws[0, SpellDraw.OUT_OF_HOURS]),
                    steps=span.steps,
                )  # fmt: skip


def _is_temporary(config: HubConfig, frame: PostFrame) -> bool:
    return config.line(frame.role, frame.line).kind in TEMPORARY


def _who_may_go(config: HubConfig, frames: Sequence[PostFrame]) -> dict[str, dict[int, PostFrame]]:
    """Return the posts by role and number whose holders may go on leave."""
    found: dict[str, dict[int, PostFrame]] = {name: {} for name in config.staffing.roles}
    for number, frame in enumerate(frames):
        if not _is_temporary(config, frame):
            found[frame.role][number] = frame
    return found


def _scaled(wte: float, scale: float) -> float:
    """Return a line's WTE at a Hub of another size, in steps of half a WTE; no line is rounded away."""
    return wte if scale == 1.0 else max(round(2 * wte * scale) / 2, min(wte, SMALLEST_STEP))


def _with_stand_ins(holders: Sequence[Spell], stand_in: StandIn | None, end: int) -> list[Spell]:
    """Add who stands in from some weeks after somebody has gone until the post has a holder again, or ends."""
    if stand_in is None:
        return list(holders)
    after = round(stand_in.after_weeks * DAYS_PER_WEEK)
    spells = []
    for here, following in zip(holders, [*holders[1:], None], strict=True):
        spells.append(here)
        until = end if following is None else following.start_day
        begins = here.end_day + after
        if stand_in.from_day is not None:
            begins = max(begins, stand_in.from_day)
        if stand_in.to_day is not None:
            until = min(until, stand_in.to_day)
        if begins < until:
            spells.append(Spell(begins, until, recruited=False, stands_in=True))
    return spells


def weeks_to_full(config: HubConfig, frame: PostFrame) -> float:
    """Return how many weeks somebody who is recruited takes to a full caseload. Source: STF-23."""
    recruitment = config.staffing.recruitment
    return recruitment.agency_ramp_weeks if _is_temporary(config, frame) else recruitment.ramp_weeks


def acting_up(
    config: HubConfig, frames: list[PostFrame], first: int, days: int
) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Return what acting up leaves of people's time: of the role that lends, and of what a role is lent.

    By role, shape (days,). Who acts up gives a post so many hours more, and their own so many less; a role that has not
    so many hours lends what it has.
    """
    lenders = {role: stand_in.from_role for role, stand_in in config.stand_in.items() if stand_in.from_role is not None}
    there = {role: np.zeros(days) for role in lenders.values()}
    wanted = {role: np.zeros(days) for role in there}
    for frame in frames:
        for spell in frame.spells:
            inside = slice(spell.start_day - first, spell.end_day - first)
            if spell.stands_in and frame.role in lenders:
                wanted[lenders[frame.role]][inside] += frame.wte * config.stand_in[frame.role].share
            elif frame.role in there and not spell.stands_in:
                there[frame.role][inside] += frame.wte
    lent = {role: np.minimum(wanted[role], there[role]) for role in there}
    lends = {role: 1 - lent[role] / np.where(there[role] > 0, there[role], 1.0) for role in there}
    arrives = {role: lent[role] / np.where(wanted[role] > 0, wanted[role], 1.0) for role in there}
    return lends, {role: arrives[lender] for role, lender in lenders.items()}
