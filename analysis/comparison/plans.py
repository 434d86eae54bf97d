"""Plans: what they are called, which is compared with which, how they differ, and what they are in words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, NamedTuple

from analysis.tell.wording import full_date, grouped, listed, sentence, set_words, words
from sim.calendar import date_of
from sim.composed import differences, leaves
from sim.config import HubConfig, changed
from sim.config.staffing import Line
from sim.errors import HubError, nearest
from sim.run.manifest import NOT_SIMULATED

LONGEST = 60
"""Characters of a plan's name in tables and sentences; in full it stands in Appendix A of the report."""
CUT = " … "
NAMES = ("scenario", "staffing_model", "purpose")
"""What a plan is called is no lever."""
DULL = ("roles", "lines", "wte", "exposed", "changes")
"""Steps of a path that say nothing in the name of a lever."""
CLAUSE_ENDS = (". ", "; ", ", ", " (")
OUTCOMES = {
    "hub_therapy": "therapy",
    "group": "groups",
    "onward": "help into care elsewhere",
    "therapy_and_onward": "therapy with help into care elsewhere",
}


@dataclass(frozen=True)
class SweptPlan:
    """One cell of a sweep: a scenario under a staffing model, and how it was run."""

    name: str
    scenario: str
    staffing: str
    config: HubConfig
    config_hash: str
    replications: int
    levers: Mapping[str, Any]
    """What the sweep set in this cell, by dotted path."""
    manifest: Mapping[str, Any]
    """Of the cell itself."""
    called: str = ""
    """What its user calls it, if anything."""
    plan: str = ""
    """What is decided in it, by name; the same in every scenario."""
    world: str = ""
    """What happens in it, by name."""
    decisions: tuple[str, ...] = ()
    """Which of its levers are decisions; the others are the world's."""


def what_differs(cells: Sequence[str]) -> dict[str, str]:
    """Return for each cell the parts of its name that not every cell has; all of them where nothing is left."""
    parts = {cell: cell.split(",") for cell in cells}
    shared = set.intersection(*map(set, parts.values()))
    own = {cell: [part for part in mine if part not in shared] for cell, mine in parts.items()}
    return {cell: ",".join(own[cell] or mine) for cell, mine in parts.items()}


def cut_names(names: Mapping[str, str], longest: int = LONGEST) -> dict[str, str]:
    """Return names of at most so many characters; what is too long loses its middle, and twins are numbered."""
    cut = {key: cut_in_the_middle(name, longest) for key, name in names.items()}
    if len(set(cut.values())) == len(cut):
        return cut
    return {
        key: f"{number}. {cut_in_the_middle(name, longest - len(f'{number}. '))}"
        for number, (key, name) in enumerate(names.items(), start=1)
    }


def cut_in_the_middle(text: str, longest: int) -> str:
    """Return a text of at most so many characters: its beginning and its end, where it is longer."""
    if len(text) <= longest:
        return text
    left = (longest - len(CUT)) // 2
    right = longest - len(CUT) - left
    return f"{text[:left].rstrip()}{CUT}{text[-right:].lstrip()}"


def baselines(plans: Mapping[str, SweptPlan], name: str) -> dict[str, str]:
    """Return for every other cell the one that it is compared with: where there is one, of its own scenario.

    The name is a plan, a cell, SCENARIO/PLAN, a scenario or a staffing model. Where several cells have it, each is
    compared with the one of its own scenario (or, if a scenario was named, of its own plan); a cell that has none is
    left out. Raises HubError if no cell has that name, or it leaves a cell with two counterparts or all with none.
    """
    cells = list(plans.values())
    exact = [p for p in cells if name in (p.name, f"{p.scenario}/{p.staffing}", f"{p.world}/{p.plan}")]
    named = exact or [p for p in cells if name in (p.plan, p.world)]
    named = named or [p for p in cells if name in (p.scenario, p.staffing)]
    if not named:
        known = sorted({text for p in cells for text in (p.name, p.plan, p.world, p.scenario, p.staffing)})
        raise HubError(f"--baseline: got {name}; {nearest(name, known)}")
    if len(named) == 1:
        [base] = named
        own = {p.world: p.name for p in cells if p.plan == base.plan}
        found = {p.name: own.get(p.world, base.name) for p in cells}
        return {cell: base.name if other == cell else other for cell, other in found.items() if cell != base.name}
    kind = attrgetter("plan" if all(name in (p.world, p.scenario) for p in named) else "world")
    chosen: dict[str, str] = {}
    for plan in (p for p in cells if p not in named):
        kin = [p.name for p in named if kind(p) == kind(plan)]
        if len(kin) > 1:
            raise HubError(f"--baseline: got {name}, which {len(kin)} plans beside {plan.name} have; name one cell")
        chosen |= dict.fromkeys([plan.name] * len(kin), "".join(kin))
    if not chosen:
        raise HubError(f"--baseline: got {name}, which every plan has; name one cell of {', '.join(plans)}")
    return chosen


class Change(NamedTuple):
    """One place where two configurations differ."""

    path: tuple[str, ...]
    before: Any
    after: Any

    @property
    def key(self) -> str:
        """The path with dots."""
        return ".".join(self.path)


class PlanLever(NamedTuple):
    """Changes that belong together and are made together."""

    name: str
    changes: tuple[Change, ...]


def changes(baseline: HubConfig, plan: HubConfig) -> list[Change]:
    """Return every place in which a plan differs from its baseline in what is simulated."""
    return [Change(*found) for found in differences(_content(baseline), _content(plan))]


def _content(config: HubConfig) -> dict[str, Any]:
    content = config.model_dump(exclude={"run": set(NOT_SIMULATED), **dict.fromkeys(NAMES, True)})
    content["run"].pop("store", None)
    return content


def levers(found: Iterable[Change]) -> list[PlanLever]:
    """Put changes into levers: by part of the configuration, or one step deeper wherever that leaves a single one."""
    groups: dict[tuple[str, ...], list[Change]] = {}
    every = list(found)
    for depth in range(1, max((len(change.path) for change in every), default=0) + 1):
        groups = grouped((change.path[:depth], change) for change in every)
        if len(groups) > 1:
            break
    return [PlanLever(_name(path), tuple(members)) for path, members in groups.items()]


def _name(path: tuple[str, ...]) -> str:
    told = [words(step) for step in path if step not in DULL] or [words(path[-1])]
    return ": ".join(dict.fromkeys([told[0], told[-1]]))


def pulled(baseline: HubConfig, chosen: Iterable[PlanLever]) -> HubConfig:
    """Return the baseline with some levers pulled; ConfigProblem if they cannot be pulled without the others."""
    return changed(baseline, {change.path: change.after for lever in chosen for change in lever.changes})


def whole_clauses(text: str, longest: int) -> str:
    """Return a text up to the last clause that ends within so many characters; nothing where none does."""
    if len(text) <= longest:
        return text
    return text[: max(0, *(text.rfind(mark, 0, longest) for mark in CLAUSE_ENDS))]


def in_full(plan: SweptPlan) -> str:
    """Say everything that there is to say about an option, posts that a lever adds there and nowhere else."""
    added = {(role, key.rpartition(".")[2]) for key in plan.levers if (role := role_of_line(key.split(".")))}
    said = [plan.config.purpose.rstrip("."), staff_in_words(plan.config, added)]
    return ". ".join([*filter(None, said), *(_lever(plan.config, *lever) for lever in plan.levers.items())]) + "."


def _lever(config: HubConfig, key: str, value: Any) -> str:
    """Say what a sweep set: a line of posts as posts, and of other parts each value."""
    if isinstance(value, Mapping) and (role := role_of_line(key.split("."))):
        return posts_in_words(config, role, key.rpartition(".")[2], "more")
    return sentence(", ".join(set_words(path, each) for path, each in leaves(value, key, whole_lists=True)))


def role_of_line(path: Sequence[str]) -> str:
    """Return whose posts a path is, where it is that of a whole line of them; else nothing."""
    match list(path):
        case ["staffing", "roles", role, "lines", _]:
            return role
    return ""


def posts_in_words(config: HubConfig, role: str, name: str, more: str) -> str:
    """Say what a line of posts adds or takes: `8 WTE senior clinician more (band 8a, from 1 April 2021)`."""
    line = config.line(role, name)
    agency = "agency, " if line.kind == "agency" else ""
    when = _when(config, line).strip()
    return f"{line.wte:g} WTE {words(role)} {more} ({agency}band {line.band}{f', {when}' if when else ''})"


def staff_in_words(config: HubConfig, told: Collection[tuple[str, str]] = ()) -> str:
    """Say how people are treated where the staffing model changes it, and who works there.

    Lines of posts that do not last throughout are named one by one, but those already told, by role and name.
    """
    staffing, parts = config.staffing, []
    by_start = grouped((step.starts_with, words(modality)) for modality, step in staffing.first_step.items())
    parts += [
        f"{sentence(listed(those))} {'begin' if len(those) > 1 else 'begins'} with "
        f"{'a group' if start == 'group' else words(start)}"
        for start, those in by_start.items()
    ]
    ends = {name: OUTCOMES.get(name, words(name)) for pair in staffing.reroute.items() for name in pair}
    by_end = grouped((instead, ends[outcome]) for outcome, instead in staffing.reroute.items())
    parts += [f"{sentence(ends[end])} in place of {listed(those)}" for end, those in by_end.items()]
    passing = passing_posts(config)
    roles = {
        name: sum(
            line.wte for key, line in config.lines(name).items() if line.kind != "agency" and (name, key) not in passing
        )
        for name in staffing.roles
    }
    people = ", ".join(f"{words(name)} {wte:g}" for name, wte in roles.items() if wte)
    dated = grouped(
        (_when(config, line), f"{line.wte:g} {'agency' if line.kind == 'agency' else 'WTE'} {words(name)}")
        for name in staffing.roles
        for key, line in config.lines(name).items()
        if (name, key) not in told and line.wte and (line.kind == "agency" or (name, key) in passing)
    )
    parts += [f"{listed(those)}{when}" for when, those in dated.items()]
    return ". ".join([*parts, f"{sum(roles.values()):g} WTE: {people}"])


def passing_posts(config: HubConfig) -> dict[tuple[str, str], Line]:
    """Return the lines of posts, by role and name, that begin or end within the simulated time.

    One that is funded from the first day or before does not begin within it. `to_day` is the first day without it, so
    that one whose `to_day` is the length of the run is there to the end.
    """
    days = config.run.horizon_days
    return {
        (role, name): line
        for role in config.staffing.roles
        for name, line in config.lines(role).items()
        if (line.from_day or 0) > 0 or (line.to_day is not None and line.to_day < days)
    }


def _when(config: HubConfig, line: Line) -> str:
    """Say from when to when a line is funded: with the first day on, and the last."""
    start, first = config.run.start_date, line.from_day
    from_day = "" if first is None and line.to_day is None else f" from {full_date(date_of(start, first or 0))}"
    return from_day if line.to_day is None else f"{from_day} to {full_date(date_of(start, line.to_day - 1))}"
