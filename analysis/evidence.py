"""The evidence register, conf/evidence.csv: where every number in conf/ and the shipped scenarios comes from."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

import yaml  # type: ignore[import-untyped]

from sim.composed import leaves
from sim.disk import conf_dir, scenarios_dir
from sim.evidence import GRADES, REGISTER, SETTING, EvidenceRow, as_number, read_register
from sim.launch.options import SCENARIO

DISTRIBUTIONS = (
    "fixed", "beta", "dirichlet", "gamma", "lognormal", "normal", "normal copula", "triangular", "uniform",
    "exponential", "geometric", "Poisson", "1 + Poisson",
)  # fmt: skip
"""How a number is uncertain; the last four say how the quantity itself is drawn, round an uncertain mean."""


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
