"""The numbers of conf/ and the scenarios: whether each stands in conf/evidence.csv, and in which two cells differ.

The register says where a number comes from, its unit and its grade; a difference is told with the last two.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

import yaml  # type: ignore[import-untyped]

from analysis.tell.wording import grouped
from sim.composed import Cell, is_number, leaves
from sim.disk import conf_dir, scenarios_dir
from sim.evidence import GRADES, REGISTER, SETTING, EvidenceRow, as_number, read_register
from sim.launch.options import SCENARIO

DISTRIBUTIONS = (
    "fixed", "beta", "dirichlet", "gamma", "lognormal", "normal", "normal copula", "triangular", "uniform",
    "exponential", "geometric", "Poisson", "1 + Poisson",
)  # fmt: skip
"""How a number is uncertain; the last four say how the quantity itself is drawn, round an uncertain mean."""
LABELS = ("scenario", "staffing_model", "purpose")
"""Keys that name a cell rather than change it."""
ABSENT = "–"


class Number(NamedTuple):
    """A number in conf/, as it is written there, and where: `conf/pathway/study.yaml:63`."""

    value: str
    where: str


def config_numbers(conf: Path | None = None) -> dict[str, Number]:
    """Return every number in conf/ and scenarios/ by its path: group/option, a colon, the keys; list entries by index.

    Texts, truth values and empty values are no numbers; Hydra's own settings and defaults lists are left out.
    """
    folder = conf or conf_dir()
    found = {}
    files = [(file, file.relative_to(folder)) for file in sorted(folder.rglob("*.yaml"))]
    files += [(file, Path(SCENARIO, file.name)) for file in sorted(scenarios_dir(folder).glob("*.yaml"))]
    for file, name in files:
        option = name.with_suffix("").as_posix()
        for key, node in leaves(_tree(yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.SafeLoader))):
            plain = isinstance(node, yaml.ScalarNode) and node.style is None and as_number(node.value) is not None
            if plain and not key.startswith(("hydra.", "defaults[")):
                line = node.start_mark.line + 1
                found[f"{option}:{key}"] = Number(node.value, f"{file.relative_to(folder.parent).as_posix()}:{line}")
    return found


def _tree(node: Any) -> Any:
    """Return YAML's nodes as dictionaries and lists of those that hold values."""
    if isinstance(node, yaml.MappingNode):
        return {name.value: _tree(child) for name, child in node.value}
    return [_tree(child) for child in node.value] if isinstance(node, yaml.SequenceNode) else node


def problems(conf: Path | None = None) -> list[str]:
    """Return where register and conf/ disagree, one line each, led by the file and line to mend; empty if nowhere.

    A scenario without any row is somebody's own what-if and needs none; one with a row needs a row for every number.
    """
    folder = conf or conf_dir()
    numbers = registered_numbers(folder)
    found: list[str] = []
    seen = set()
    for row in read_register(folder):
        faults = list(_faults(row)) + ["has a row already; delete one"] * (row.path in seen)
        if row.path not in numbers:
            close = get_close_matches(row.path, numbers, n=1)
            faults.append(f"no such number in conf/; {f'did you mean {close[0]}?' if close else 'delete the row'}")
        elif as_number(row.value) != as_number(numbers[row.path].value):
            there = numbers[row.path]
            faults.append(f"value {row.value}, but {there.where} has {there.value}; change value, grade and note")
        found += [f"{folder.name}/{REGISTER}:{row.line} {row.path}: {fault}" for fault in faults]
        seen.add(row.path)
    without = [(path, number) for path, number in numbers.items() if path not in seen]
    return found + [f"{number.where} {path}: {number.value} has no row; add one" for path, number in without]


def registered_numbers(conf: Path | None = None) -> dict[str, Number]:
    """Return the numbers that need a row: all of conf/, and those of scenarios that have one."""
    registered = {row.option for row in read_register(conf)}
    return {
        path: number
        for path, number in config_numbers(conf).items()
        if not path.startswith(f"{SCENARIO}/") or path.partition(":")[0] in registered
    }


def _faults(row: EvidenceRow) -> Iterator[str]:
    """Say what is wrong with a row taken by itself; a setting needs no range."""
    if row.grade not in GRADES:
        yield f"grade {row.grade or 'missing'}; must be one of {', '.join(GRADES)}"
    if row.distribution not in DISTRIBUTIONS:
        yield f"distribution {row.distribution or 'missing'}; must be one of {', '.join(DISTRIBUTIONS)}"
    for column, text in (("unit", row.unit), ("source", row.source)):
        if not text.strip():
            yield f"{column} missing; write it"
    low, value, high = (as_number(text) for text in (row.low, row.value, row.high))
    in_order = low is not None and value is not None and high is not None and low <= value <= high
    if not in_order and (row.grade != SETTING or row.low or row.high):
        yield f"low {row.low or 'missing'}, value {row.value}, high {row.high or 'missing'}; must be in this order"


@dataclass(frozen=True)
class Difference:
    """One leaf that differs: its path as steps, both values as text, and the register's unit and grade."""

    path: tuple[str, ...]
    before: str
    after: str
    unit: str
    grade: str

    @property
    def key(self) -> str:
        """The path as one writes it on the command line."""
        return ".".join(self.path)

    @property
    def part(self) -> str:
        """The part of the configuration under which it is shown, such as `staffing.roles`."""
        return ".".join(self.path[: min(2, len(self.path) - 1)])


def differences(before: Cell, after: Cell, register: Sequence[EvidenceRow]) -> list[Difference]:
    """Return every leaf in which two cells differ, in the order of the configuration; folded where alike."""
    old, new = (_values(cell.config) for cell in (before, after))
    rows = grouped((row.key, row) for row in register)
    found = []
    for path in [*old, *(path for path in new if path not in old)]:
        if old.get(path, ABSENT) != new.get(path, ABSENT):
            cell, value = (after, new[path]) if path in new else (before, old[path])
            mine = _row(rows, path, value, cell)
            grade = mine.grade if mine and mine.value and _same(mine.value, value) else ""
            one, other = (_shown(values[path]) if path in values else ABSENT for values in (old, new))
            found.append(Difference(path, one, other, mine.unit if mine else "", grade))
    return folded(found)


def folded(found: Sequence[Difference]) -> list[Difference]:
    """Write differences that are alike but for one step of their paths as one: `campaigns.{a,b}.cost_gbp`."""
    rest = list(found)
    while True:
        alike = grouped(
            ((place, replace(one, path=(*one.path[:place], "", *one.path[place + 1 :]))), one)
            for one in rest
            for place, step in enumerate(one.path)
            if not step.startswith("{")
        )
        members = max(alike.values(), key=len, default=[])
        if len(members) <= 1:
            return rest
        place, whole = next(key for key, those in alike.items() if those is members)
        names = "{" + ",".join(one.path[place] for one in members) + "}"
        whole = replace(whole, path=(*whole.path[:place], names, *whole.path[place + 1 :]))
        rest = [whole if one is members[0] else one for one in rest if one is members[0] or one not in members]


def _values(config: Mapping[str, Any]) -> dict[tuple[str, ...], Any]:
    """Return what a configuration holds by path; what is empty is nothing."""
    told = {name: part for name, part in config.items() if name not in LABELS}
    found = leaves(told, whole_lists=True)
    return {tuple(key.split(".")): value for key, value in found if value is not None and value != []}


def _row(rows: Mapping[str, list[EvidenceRow]], path: tuple[str, ...], value: Any, cell: Cell) -> EvidenceRow | None:
    """Return the register's row for a leaf of a cell: of its own scenario or staffing model, else of any option."""
    key = ".".join(path)
    mine = rows.get(key) or rows.get(f"{key}[0]") or []
    own = {f"scenario/{cell.scenario}", f"staffing/{cell.staffing}"}
    ranked = sorted(mine, key=lambda row: (not _same(row.value, value), row.option not in own))
    if ranked or not is_number(value):
        return ranked[0] if ranked else None
    # A number of somebody's own: the unit that all numbers of this name in this part of conf/ have.
    ends = (f"{path[0]}.", f".{path[-1]}")
    namesakes = [row for k, found in rows.items() for row in found if k.startswith(ends[0]) and k.endswith(ends[1])]
    return namesakes[0]._replace(value="", grade="") if len({row.unit for row in namesakes}) == 1 else None


def _same(text: str, value: Any) -> bool:
    first = value[0] if isinstance(value, list) and value else value
    return is_number(first) and float(text) == first


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ", ".join(_shown(item) for item in value)
    if isinstance(value, int | float):
        return f"{value:,}" if isinstance(value, int) else f"{value:,.10g}"
    return str(value)
