"""What differs between two scenarios or staffing models, leaf by leaf, with units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from analysis.tell.wording import grouped
from sim.composed import is_number, leaves

if TYPE_CHECKING:
    from sim.composed import Cell
    from sim.evidence import EvidenceRow

LABELS = ("scenario", "staffing_model", "purpose")
"""Keys that name a cell rather than change it."""
ABSENT = "–"


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
