"""The dozen things that a planner changes most: in the field's words, with unit, bounds and grade of evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from analysis.tell.wording import sentence, short_date, words
from sim.calendar import date_of
from sim.config import HubConfig
from sim.errors import ConfigProblem
from sim.evidence import GRADES, SETTING, EvidenceRow, read_register
from sim.stages import CAN_BE_LEFT

Value = float | int | str
SECTIONS = (
    "Who comes", "A major incident", "Who works", "How they work", "How it opens, and for how long", "Policies"
)  # fmt: skip
GROUPS = ("incident", "policies")
"""Levers that choose an option of a group, on which other levers depend."""
PLANNERS, CRISIS_TEAMS = "For planners", "For crisis teams"
WHO_ASKS = {
    PLANNERS: (SECTIONS[0], SECTIONS[4]),
    "For commissioners": (SECTIONS[2], SECTIONS[5], SECTIONS[3]),
    CRISIS_TEAMS: (SECTIONS[1],),
}
"""Sections by who asks for what is in them."""
PER_THOUSAND = 1000
LENGTHS: dict[Value, str] = {
    183: "half a year", 365: "1 year", 548: "1½ years", 731: "2 years", 1096: "3 years", 1461: "4 years",
}  # fmt: skip
OPENINGS: dict[Value, str] = {
    "run_in": "an established Hub, run in first",
    "empty": "a new Hub with empty lists",
    "backlog": "today's lists, as below",
}
ORDERS: dict[Value, str] = {
    "first_come": "first come, first served",
    "by_need": "by need",
    "by_need_with_ageing": "by need, and longer waits move up",
}
PAIRS = tuple(pairwise(activity for stage in CAN_BE_LEFT for activity in stage.activities))
"""Activities between which a role's client-facing time is shifted, the first pair that its job plan has."""


@dataclass(frozen=True)
class Lever:
    """One thing that can be changed.

    `name` is how a link calls it, `path` the configuration key that it sets or that stands for those it sets, `preset`
    the value in the chosen scenario and staffing model, as shown. The bounds of a number are kept behind the page; what
    is shown, times `scale`, is that of the configuration. A choice has `options`, a value and its words each. `write`
    turns a value into overrides where it sets more than the path.
    """

    name: str
    section: str
    label: str
    unit: str
    path: str
    preset: Value
    low: float = 0.0
    high: float = 1.0
    step: float = 1.0
    whole: bool = False
    scale: float = 1.0
    options: Mapping[Value, str] | None = None
    write: Callable[[Any], list[str]] | None = None

    def overrides(self, value: Any) -> list[str]:
        """Return exactly what the command line would be given for a value."""
        if self.write is not None:
            return self.write(value)
        if self.options is not None:
            return [f"{self.path}={value}"]
        number = round(value * self.scale, 10)
        return [f"{self.path}={int(number) if self.whole else float(number)!r}"]

    @property
    def evidence(self) -> EvidenceRow | None:
        """The weakest row of the register on the number that this sets; none for a choice."""
        return max(_register().get(self.path, []), key=lambda row: (row.grade != SETTING, row.grade), default=None)

    @property
    def grade(self) -> str:
        """Grade of the evidence for the preset value: A to D, or `setting` for a planner's choice."""
        row = self.evidence
        return row.grade if row else SETTING

    @property
    def meaning(self) -> str:
        """What the grade means, where the number comes from and what is plausible."""
        row = self.evidence
        if row is None or row.grade == SETTING:
            return "A choice of what to simulate."
        told = f"Evidence {row.grade}: {GRADES[row.grade]}. {row.source}."
        if row.low and row.high and row.low != row.high:
            told += f" Plausible from {row.low} to {row.high} {row.unit}."
        return f"{told} {row.note}".strip()

    def shown(self, value: Value) -> str:
        """Return a value in words with its unit."""
        if self.options is not None:
            return self.options.get(value, str(value))
        number = f"{value:g}" if isinstance(value, int | float) else str(value)
        return f"{number} {self.unit}".strip()

    def checked(self, value: Any) -> Value:
        """Return a value from anywhere as one that this lever can have; else ConfigProblem says what it can."""
        if self.options is not None:
            known = {str(option): option for option in self.options}
            if str(value) in known:
                return known[str(value)]
            raise ConfigProblem([f"{self.label}: got {str(value)[:40]!r}; choose from {', '.join(known)}"])
        try:
            number = int(value) if self.whole and not isinstance(value, float) else float(value)
        except (TypeError, ValueError, OverflowError):
            raise ConfigProblem([f"{self.label}: got {str(value)[:40]!r}; must be a number"]) from None
        if not self.low <= number <= self.high or (self.whole and number != int(number)):
            kind = "a whole number " if self.whole else ""
            bounds = f"must be {kind}from {self.low:g} to {self.high:g} {self.unit}".strip()
            raise ConfigProblem([f"{self.label}: got {str(value)[:40]}; {bounds}"])
        return int(number) if self.whole else number


def levers_of(preset: HubConfig) -> list[Lever]:
    """Return every lever of a preset, by section."""
    makers = (_who_comes, _incident, _who_works, _policies, _how_they_work, _opening)
    return [lever for maker in makers for lever in maker(preset)]


def group_levers(options: Callable[[str], Sequence[str]], plain: HubConfig) -> list[Lever]:
    """Return the choice of incident and that of policy; they come before the others, which depend on them.

    `options` gives those of a group, and `plain` is what they start from.
    """
    incident, policies = next(iter(plain.incident), "none"), plain.policies.in_force
    told = (
        ("incident", SECTIONS[1], "Incident", incident),
        ("policies", SECTIONS[5], "Policy", policies[0] if len(policies) == 1 else "none"),
    )
    levers = []
    for group, section, label, preset in told:
        named: dict[Value, str] = {option: sentence(words(option)) for option in options(group)}
        levers.append(Lever(group, section, label, "", group, preset if preset in named else "none", options=named))
    return levers


@lru_cache(maxsize=1)
def _register() -> dict[str, list[EvidenceRow]]:
    rows: dict[str, list[EvidenceRow]] = {}
    for row in read_register():
        rows.setdefault(row.key, []).append(row)
    return rows


def _who_comes(preset: HubConfig) -> Iterator[Lever]:
    demand, section = preset.demand, SECTIONS[0]
    yield Lever(
        "referrals", section, "Referrals overall", "times the preset's", "demand.multiplier", demand.multiplier,
        low=0.2, high=4.0, step=0.05,
    )  # fmt: skip
    for group, uptake in demand.uptake_per_person_year.items():
        if preset.population.staff_groups[group].headcount == 0:
            continue
        shown = round(uptake * PER_THOUSAND, 4)
        yield Lever(
            f"uptake.{group}", section, f"Uptake: {words(group)}", "per 1,000 staff a year",
            f"demand.uptake_per_person_year.{group}", shown, high=max(50.0, shown), step=0.05, scale=1 / PER_THOUSAND,
        )  # fmt: skip


def _incident(preset: HubConfig) -> Iterator[Lever]:
    section, last = SECTIONS[1], preset.run.horizon_days - 1
    for name, incident in preset.incident.items():
        root = f"incident.{name}"
        exposed = {
            f"{root}.exposed.{tier}.persons.{group}": people
            for tier, exposure in incident.exposed.items()
            for group, people in exposure.persons.items()
        }

        def resize(times: float, exposed: Mapping[str, int] = exposed) -> list[str]:
            return [f"{path}={round(people * times)}" for path, people in exposed.items()]

        yield Lever(
            f"size.{name}", section, f"Size: {words(name)}", f"times {sum(exposed.values()):,} people exposed",
            f"{root}.exposed", 1.0, low=0.1, high=5.0, step=0.1, write=resize,
        )  # fmt: skip
        yield Lever(
            f"day.{name}", section, f"Day: {words(name)}", "days after the start", f"{root}.day", incident.day,
            low=min(0, incident.day), high=last, whole=True,
        )  # fmt: skip


def _who_works(preset: HubConfig) -> Iterator[Lever]:
    staffing, section = preset.staffing, SECTIONS[2]
    for role_name, role in staffing.roles.items():
        for line_name, line in role.lines.items():
            called = words(role_name)
            called += "" if words(line_name) in called else f", {words(line_name)}"
            when = (
                f", from {short_date(date_of(preset.run.start_date, line.from_day))}"
                if line.from_day is not None
                else ""
            )
            yield Lever(
                f"wte.{role_name}.{line_name}", section, f"{sentence(called)} (band {line.band}{when})", "WTE",
                f"staffing.roles.{role_name}.lines.{line_name}.wte", line.wte, high=max(20.0, line.wte), step=0.1,
            )  # fmt: skip
    yield Lever(
        "lead", section, "Time to fill a post", "weeks from decision to first day (median)",
        "staffing.recruitment.lead_median_weeks", staffing.recruitment.lead_median_weeks, low=1.0, high=52.0,
    )  # fmt: skip


def _policies(preset: HubConfig) -> Iterator[Lever]:
    """Yield first and last day of each policy in force."""
    last = preset.run.horizon_days - 1
    for name in preset.policies.in_force:
        one = getattr(preset.policies, name)
        dated = {f"policies.{name}.{role}": each for role, each in one.items()} if name == "cover" else {
            f"policies.{name}": one
        }  # fmt: skip
        begins = next(iter(dated.values())).from_day or 0
        over = next(iter(dated.values())).to_day
        ends = last if over is None else over - 1

        def first_day(day: int, paths: Sequence[str] = tuple(dated)) -> list[str]:
            return [f"{path}.from_day={day}" for path in paths]

        def last_day(day: int, paths: Sequence[str] = tuple(dated)) -> list[str]:
            return [f"{path}.to_day={day + 1}" for path in paths]

        called, path = sentence(words(name)), next(iter(dated))
        for end, day, write in (("from_day", begins, first_day), ("to_day", ends, last_day)):
            yield Lever(
                f"day.{name}.{end}", SECTIONS[5], f"{called}: {'first' if end == 'from_day' else 'last'} day",
                "days after the start", f"{path}.{end}", day, low=min(0, day), high=max(last, day), whole=True,
                write=write,
            )  # fmt: skip


def _how_they_work(preset: HubConfig) -> Iterator[Lever]:
    section = SECTIONS[3]
    for role_name, role in preset.staffing.roles.items():
        plan = {str(activity): reserve.share for activity, reserve in role.job_plan.items()}
        pair = next((pair for pair in PAIRS if plan.keys() >= set(pair)), None)
        if pair is None or not role.lines:
            continue
        total = round(plan[pair[0]] + plan[pair[1]], 10)
        first_key, second_key = (f"staffing.roles.{role_name}.job_plan.{activity}.share" for activity in pair)

        def shift(value: float, keys: tuple[str, str] = (first_key, second_key), total: float = total) -> list[str]:
            first = round(value / 100, 10)
            return [f"{keys[0]}={first!r}", f"{keys[1]}={round(total - first, 10)!r}"]

        yield Lever(
            f"plan.{role_name}", section, f"{sentence(words(role_name))}: time for {words(pair[0])}",
            f"% of client-facing time, of {total * 100:g} % for {words(pair[0])} and {words(pair[1])}",
            first_key, round(plan[pair[0]] * 100, 8), high=total * 100, write=shift,
        )  # fmt: skip
    for name, modality in preset.pathway.modalities.items():
        course = "trauma-focused therapy" if name == "trauma_focused" else words(name)
        yield Lever(
            f"sessions.{name}", section, f"Course of {course}", "sessions planned, on average",
            f"pathway.modalities.{name}.sessions_mean", modality.sessions_mean, low=1.0,
            high=float(modality.sessions_most), step=0.5,
        )  # fmt: skip
    policy = preset.pathway.lists.policy
    yield Lever("policy", section, "Who is seen first", "", "pathway.lists.policy", policy, options=ORDERS)


def _opening(preset: HubConfig) -> Iterator[Lever]:
    run, section = preset.run, SECTIONS[4]
    yield Lever("opening", section, "The Hub opens with", "", "run.opening.mode", run.opening.mode, options=OPENINGS)
    for stage in CAN_BE_LEFT:
        yield Lever(
            f"backlog.{stage.name}", section, f"Already waiting for {stage.name}", "people, under today's lists",
            f"run.opening.backlog.{stage.name}.people", getattr(run.opening.backlog, stage.name).people,
            high=1000, step=5, whole=True,
        )  # fmt: skip
    lengths = {**LENGTHS, run.horizon_days: LENGTHS.get(run.horizon_days, f"{run.horizon_days} days")}
    yield Lever("days", section, "Time simulated", "", "run.horizon_days", run.horizon_days, options=lengths)
