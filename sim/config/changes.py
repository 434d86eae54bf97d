"""Dated changes: what a Hub decides, or what happens to it, from one date to another, in one list by name.

`to_day` is the first day on which a change no longer holds, as everywhere; without one it holds for good.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, ClassVar, Literal, TypeVar

from pydantic import Field

from sim.config.kinds import Amount, Day, Part, Positive, Share, holds_on, in_order
from sim.config.staffing import SMALLEST_POST, TEMPORARY, Band, Kind, Line, PayPoint, Staffing, whole_posts


class Change(Part):
    """What every dated change has."""

    part_of: Literal["plan", "scenario"] = "scenario"
    """Whether the Hub or its commissioner decides it (`plan`), or it happens to them (`scenario`)."""
    note: str = ""
    """Why, in somebody's own words; it changes nothing."""

    _in_order = in_order("from_day", "to_day")


class Funding(Change):
    """From a day on a share of the establishment is funded; steps need no arithmetic, the one begun last holds.

    A lower share ends the last posts of a line first; a higher one has posts recruited again, with lead times.
    """

    kind: Literal["funding"]
    from_day: Day
    to_day: Day | None = None
    funded_share: Share
    """Of the WTE of every line, as `staffing` has it, whatever was funded the day before."""
    roles: list[str] = []
    """Empty: all."""


class TakenLine(Line):
    """A line for whose posts somebody is known to start."""

    starts_on_the_day: ClassVar[bool] = True


class KnownPost(Change):
    """Somebody who is known to start, or a contract that is signed: there on the day, without a lead time."""

    kind: Literal["post"]
    part_of: Literal["plan", "scenario"] = "plan"
    from_day: Day
    to_day: Day | None = None
    role: str
    band: Band
    wte: Annotated[float, Field(strict=True, gt=0, le=500, allow_inf_nan=False)]
    contract: Kind
    pay_point: PayPoint = "mid"

    @property
    def line(self) -> Line:
        """The post as a line of its role."""
        return TakenLine(
            band=self.band, wte=self.wte, kind=self.contract, pay_point=self.pay_point,
            from_day=self.from_day, to_day=self.to_day,
        )  # fmt: skip


class SicknessWave(Change):
    """A time with so many times as much sickness absence; what is more comes in short spells."""

    kind: Literal["sickness"]
    from_day: Day
    to_day: Day
    times: Annotated[float, Field(strict=True, ge=0, le=100, allow_inf_nan=False)]
    """As much as `staffing.absence.sickness.absence_share`."""
    roles: list[str] = []
    """Empty: all."""


class KnownLeave(Change):
    """Maternity, adoption or shared parental leave that is known: of posts of a role that make up so many WTE."""

    kind: Literal["maternity"]
    from_day: Day
    to_day: Day
    """First day back; hours rise as `staffing.absence.phased_return` says."""
    role: str
    wte: Positive
    """Of whole posts of the role."""


class Freeze(Change):
    """A time in which no recruitment begins; what began before goes on, and agency and bank posts are exempt."""

    kind: Literal["freeze"]
    from_day: Day
    to_day: Day
    roles: list[str] = []
    """Empty: all."""


class Target(Part):
    """Whom a campaign reaches: an empty list means everybody."""

    staff_groups: list[str] = []
    genders: list[str] = []
    ethnicities: list[str] = []


class Campaign(Change):
    """Outreach that multiplies uptake of its target group while it runs and decays afterwards."""

    kind: Literal["campaign"]
    part_of: Literal["plan", "scenario"] = "plan"
    from_day: Day
    to_day: Day
    target: Target
    uptake_multiplier: Annotated[float, Field(strict=True, ge=1, le=100, allow_inf_nan=False)] | None = None
    """Empty: what closes `demand.gap_closed_share` of the target's gap, within `demand.campaign_multiplier_most`."""
    decay_days: Positive
    need_odds_ratio: Positive
    """Odds of high need among the newly reached against everyone else."""
    cost_gbp: Amount
    staff_hours_per_week: Amount
    """Time of the first role taken by the campaign while it runs, met through `team_support`."""


class Wave(Change):
    """A time (a pandemic wave) in which everybody's uptake is multiplied."""

    kind: Literal["wave"]
    from_day: Day
    to_day: Day
    uptake_multiplier: Amount


AnyChange = Annotated[
    Funding | KnownPost | SicknessWave | KnownLeave | Freeze | Campaign | Wave, Field(discriminator="kind")
]
Changes = dict[str, AnyChange]
"""By a name of the user's own."""
KINDS: dict[str, type[Change]] = {
    "funding": Funding, "post": KnownPost, "sickness": SicknessWave, "maternity": KnownLeave,
    "freeze": Freeze, "campaign": Campaign, "wave": Wave,
}  # fmt: skip
PART_OF = {kind: str(change.model_fields["part_of"].default) for kind, change in KINDS.items()}
"""Whether a change of each kind is decided (`plan`) or happens (`scenario`), unless it says otherwise itself."""
MOST_SICK = 0.9

C = TypeVar("C", bound=Change)


def of_kind(changes: Mapping[str, Change], kind: type[C]) -> dict[str, C]:
    """Return the changes of one kind, by name, in their order."""
    return {name: change for name, change in changes.items() if isinstance(change, kind)}


def concerns(change: Funding | SicknessWave | Freeze, role: str) -> bool:
    """Return whether a change is for a role: one that names none is for all."""
    return not change.roles or role in change.roles


def lines_of(changes: Mapping[str, Change], staffing: Staffing, role: str) -> dict[str, Line]:
    """Return the lines of a role by name: those of its establishment, then posts that are known to start."""
    known = {name: post.line for name, post in of_kind(changes, KnownPost).items() if post.role == role}
    return staffing.roles[role].lines | known


def funded_share(fundings: Sequence[Funding], day: float) -> float:
    """Return the share of the establishment that is funded on a day: of the steps that hold, that begun last."""
    holding = [step for step in fundings if holds_on(step, day)]
    return max(holding, key=lambda step: step.from_day).funded_share if holding else 1.0


def funding_days(fundings: Sequence[Funding]) -> list[int]:
    """Return the days on which another share may be funded, ascending."""
    return sorted({day for step in fundings for day in (step.from_day, step.to_day) if day is not None})


def times_sick(changes: Mapping[str, Change], role: str, day: int) -> float:
    """Return how many times as much sickness absence a role has on a day: waves at the same time multiply."""
    times = 1.0
    for wave in of_kind(changes, SicknessWave).values():
        if concerns(wave, role) and holds_on(wave, day):
            times *= wave.times
    return times


def contradictions(changes: Mapping[str, Change], staffing: Staffing) -> Iterator[str]:
    """Yield a refusal of each change that cannot be made of this staff, one line each."""
    names = list(staffing.roles)
    for name, change in changes.items():
        given = getattr(change, "roles", None) or [getattr(change, "role", names[0])]
        key = "roles" if hasattr(change, "roles") else "role"
        if strangers := [role for role in given if role not in names]:
            yield f"changes.{name}.{key}: got {strangers[0]!r}; must be one of {', '.join(names)}"
        elif isinstance(change, KnownPost) and name in staffing.roles[change.role].lines:
            yield f"changes.{name}: got the name of a line of {change.role}; give the change another name"
        elif isinstance(change, KnownLeave):
            yield from _too_much_leave(name, change, changes, staffing)
        elif isinstance(change, SicknessWave):
            yield from _too_much_sickness(name, change, changes, staffing)
        elif isinstance(change, Funding):
            yield from _two_at_once(name, change, changes)


def _two_at_once(name: str, step: Funding, changes: Mapping[str, Change]) -> Iterator[str]:
    """Refuse two steps of funding that begin on one day and are for the same role: neither is the later one."""
    for other, its in of_kind(changes, Funding).items():
        if other == name:
            return
        shared = not step.roles or not its.roles or set(step.roles) & set(its.roles)
        if its.from_day == step.from_day and shared:
            yield f"changes.{name}.from_day: got {step.from_day}; changes.{other} begins on that day too: leave one out"


def _too_much_leave(name: str, leave: KnownLeave, changes: Mapping[str, Change], staffing: Staffing) -> Iterator[str]:
    """Refuse leave of more WTE than a role has, those on leave at the same time included, or of part of a post."""
    lines = [line for line in lines_of(changes, staffing, leave.role).values() if _may_be_there(line, leave.from_day)]
    posts = [wte for line in lines if line.kind not in TEMPORARY for wte in whole_posts(line.wte)]
    others = []
    for its, other in of_kind(changes, KnownLeave).items():
        if its == name:  # of two, the later one is too much
            break
        if other.role == leave.role and other.from_day < leave.to_day and leave.from_day < other.to_day:
            others.append(other.wte)
    if leave.wte + sum(others) > sum(posts) + SMALLEST_POST:
        also = f", and {sum(others):g} more are on leave then" if others else ""
        yield f"changes.{name}.wte: got {leave.wte:g}; {leave.role} has {sum(posts):g} WTE in post{also}: give fewer"
    elif sum(posts[place] for place in posts_that_make_up(leave.wte, posts)) < leave.wte - SMALLEST_POST:
        made = ", ".join(f"{wte:g}" for wte in posts)
        yield (
            f"changes.{name}.wte: got {leave.wte:g}; whole posts go on leave, and those of {leave.role} are of {made} "
            "WTE: give whose leave it is a line of their own"
        )


def _may_be_there(line: Line, day: int) -> bool:
    """Return whether somebody may hold a line on a day; of a post that is known to start, whether somebody does."""
    return not line.starts_on_the_day or holds_on(line, day)


def posts_that_make_up(wte: float, posts: Sequence[float]) -> list[int]:
    """Return which posts, given by their WTE, go on leave so that so many WTE do: the larger first, never more."""
    chosen = []
    for place in sorted(range(len(posts)), key=lambda place: -posts[place]):
        if posts[place] <= wte + SMALLEST_POST:
            chosen.append(place)
            wte -= posts[place]
    return sorted(chosen)


def _too_much_sickness(
    name: str, wave: SicknessWave, changes: Mapping[str, Change], staffing: Staffing
) -> Iterator[str]:
    """Refuse a wave in which nearly nobody would be at work."""
    usual = staffing.absence.sickness.absence_share
    waves = of_kind(changes, SicknessWave).values()
    starts = {one.from_day for one in waves if wave.from_day <= one.from_day < wave.to_day}
    times = max(times_sick(changes, role, day) for role in (wave.roles or staffing.roles) for day in starts)
    if times * usual > MOST_SICK:
        most = MOST_SICK / usual
        yield (
            f"changes.{name}.times: got {wave.times:g}; with all waves of that time {times * usual:.0%} would be sick: "
            f"all together at most {most:.3g} times"
        )
