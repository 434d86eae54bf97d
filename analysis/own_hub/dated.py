"""The sheet of dated changes: a row a change, each cell of it what the kind of the row asks for or takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from analysis.own_hub.option_files import Told
from analysis.own_hub.read import Filled, Row
from analysis.own_hub.sheets import CHANGES, JOB_PLANS
from analysis.own_hub.typed import NAMELESS, key_of
from sim.errors import nearest


class Asked(NamedTuple):
    """What a row of one kind must hold beside its first date, and what it may hold."""

    needs: tuple[str, ...]
    takes: tuple[str, ...] = ()


ASKED = {
    "funding": Asked(("share",), ("role", "to_day")),
    "post": Asked(("role", "wte", "band", "contract"), ("to_day",)),
    "sickness": Asked(("times", "to_day"), ("role",)),
    "maternity": Asked(("role", "wte", "to_day")),
    "freeze": Asked(("to_day",), ("role",)),
    "wave": Asked(("times", "to_day")),
}
ALWAYS = ("kind", "from_day", "note", "name")
OF_ONE_ROLE = ("post", "maternity")
HEADINGS = {column.key: column.heading for column in CHANGES.columns}


def changes_of(filled: Filled, roles: Mapping[str, str], problems: list[str]) -> dict[str, Any]:
    """Return the dated changes of a workbook by name, each value with its cell; `roles` are keys by how they are typed.

    What a row lacks, or holds though its kind has no use for it, goes to the problems, naming the cell.
    """
    found: dict[str, Any] = {}
    for name, row in _named(filled.tables[CHANGES.title], problems):
        before = len(problems)
        kind = row["kind"].value
        asked = ASKED[kind]
        problems += [
            f"{row['kind'].where}: a row of {kind} needs {HEADINGS[key]}; type it in its row"
            for key in asked.needs
            if key not in row
        ]
        problems += [
            f"{row[key].where}: a row of {kind} has no use for {HEADINGS[key]}; empty the cell"
            for key in row
            if key not in (*ALWAYS, *asked.needs, *asked.takes)
        ]
        if "to_day" in row and row["to_day"].value <= row["from_day"].value:
            end, start = row["to_day"].value, row["from_day"].value
            problems.append(f"{row['to_day'].where}: until {end}, but it begins on {start}; correct one")
        if "role" in row and str(row["role"].value).casefold() not in roles:
            given = row["role"].value
            near = nearest(str(given), list(roles))
            problems.append(f"{row['role'].where}: the sheet {JOB_PLANS.title} has no role {given}; {near}")
        if len(problems) == before:
            found[name] = _change(kind, row, roles)
    return found


def _named(rows: Sequence[Row], problems: list[str]) -> Iterator[tuple[str, Row]]:
    """Give each row with its own name as a key, else its kind and place; what two rows are called goes to problems."""
    taken: dict[str, str] = {}
    for number, row in enumerate(rows, 1):
        called = row.get("name", row["kind"])
        key = key_of(str(called.value)) if "name" in row else f"{called.value}_{number}"
        if key == NAMELESS:
            problems.append(f"{called.where}: got '{called.value}'; a name needs a letter or a digit")
        elif key in taken:
            problems.append(f"{called.where}: {key} is what {taken[key]} is called too; give one another name")
        taken.setdefault(key, called.where.rpartition(", ")[2])
        yield key, row


def _change(kind: str, row: Row, roles: Mapping[str, str]) -> dict[str, Any]:
    def told(key: str, value: Any = None) -> Told:
        return Told(row[key].value if value is None else value, row[key].where)

    change: dict[str, Any] = {"kind": told("kind")}
    change |= {day: told(day, row[day].value.isoformat()) for day in ("from_day", "to_day") if day in row}
    if "role" in row:
        role = told("role", roles[str(row["role"].value).casefold()])
        change |= {"role": role} if kind in OF_ONE_ROLE else {"roles": [role]}
    if kind == "funding":
        change["funded_share"] = told("share", float(row["share"].value))
    elif kind == "post":
        change |= {"band": told("band", str(row["band"].value).lower()), "contract": told("contract")}
    elif kind in ("sickness", "wave"):
        change["times" if kind == "sickness" else "uptake_multiplier"] = told("times", float(row["times"].value))
    if "wte" in row:
        change["wte"] = told("wte", float(row["wte"].value))
    return change | ({"note": told("note", str(row["note"].value))} if "note" in row else {})
