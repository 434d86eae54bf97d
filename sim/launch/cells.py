"""What tells the cells of a sweep apart: their names, their levers, and whose fault a refusal is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override

NAMED_ALREADY = ("scenario", "staffing")
"""Groups that every cell is named by; they are no levers."""
LONGEST_VALUE = 40


def levers_of(sweep: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
    """Return what differs between cells, by configuration path: for each cell the values that it sets itself.

    Parameters
    ----------
    sweep
        The overrides of each cell.
    """
    parser = OverridesParser.create()
    cells = [{o.key_or_group: _value(o) for o in parser.parse_overrides(list(cell))} for cell in sweep]
    keys = dict.fromkeys(key for cell in cells for key in cell if not key.startswith("hydra"))
    differ = [key for key in keys if any(cell.get(key, cell) != cells[0].get(key, cells[0]) for cell in cells)]
    return [{key: cell[key] for key in differ if key in cell and key not in NAMED_ALREADY} for cell in cells]


def _value(override: Override) -> Any:
    if override.is_delete():
        return "removed"
    value = override.value()
    return value if isinstance(value, int | float | list | dict) or value is None else str(value)


def names_of(cells: Sequence[tuple[str, str]], levers: Sequence[dict[str, Any]]) -> list[str]:
    """Return a name for each cell, unique and readable: `baseline,senior_led,senior.wte=3`.

    Parameters
    ----------
    cells
        Scenario and staffing model of each.
    levers
        As `levers_of` returns them.
    """
    short = _shortened(dict.fromkeys(key for each in levers for key in each))
    names: list[str] = []
    times: Counter[str] = Counter()
    for chosen, values in zip(cells, levers, strict=True):
        parts = [*chosen, *(f"{short[key]}={str(value)[:LONGEST_VALUE]}" for key, value in values.items())]
        name = ",".join(parts)
        times[name] += 1
        names.append(f"{name} ({times[name]})" if times[name] > 1 else name)
    return names


def _shortened(keys: Iterable[str]) -> dict[str, str]:
    """Return the last two steps of each key, or all of it where that is not enough to tell it from another."""
    ends = {key: ".".join(key.split(".")[-2:]).removeprefix("run.") for key in keys}
    return {key: end if list(ends.values()).count(end) == 1 else key for key, end in ends.items()}


def places_of(sweep: Sequence[Sequence[str]]) -> list[str]:
    """Return for each cell what only some cells set, in the user's own words: `scenario=baseline, run.seed=-1`."""
    everywhere = set(sweep[0]).intersection(*sweep)
    return [", ".join(o for o in cell if o not in everywhere) for cell in sweep]


def blamed(problems: dict[str, list[str]], cells: int) -> list[str]:
    """Return the lines of a refusal, with the cells at fault where they are not all.

    Parameters
    ----------
    problems
        Each line with the places of the cells that it is about.
    cells
        How many there are.
    """
    return [
        line if len(places) == cells or not places[0] else f"{line} (in {_counted(places)})"
        for line, places in problems.items()
    ]


def _counted(places: Sequence[str]) -> str:
    more = len(places) - 1
    return places[0] + (f" and {more} other cell{'s' * (more > 1)}" if more else "")
