"""The verbs that simulate nothing: `hub evidence`, `hub diff` and `hub store` show what is there."""

from __future__ import annotations

import re
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from analysis.commands.arguments import VerbParser
from analysis.evidence import differences, problems, registered_numbers
from analysis.tell.console import AS_WIDE_AS_IT_IS, BAD_INPUT, FAILED, console, plain_table
from sim.composed import Cell
from sim.errors import ConfigProblem, HubError
from sim.evidence import COLUMNS, GRADES, EvidenceRow, read_register

DEFAULT = Path("outputs/store")
CELL = re.compile(r"[^\W/]+(-[^\W/]+)*(/[^\W/]+(-[^\W/]+)*)?")
SECONDS_PER_DAY = 86_400
SHELF = re.compile("[0-9a-f]{64}")
"""What the folder of a configuration is called, over two levels; nothing else is ever removed."""
LONGEST_VALUE = 24


def evidence(arguments: list[str]) -> int:
    """Run `hub evidence`; 1 if `--check` finds problems."""
    parser = VerbParser("evidence", "Show the source and grade of every number.")
    parser.add_argument("--grade", choices=GRADES, help="only numbers of this grade; D are assumptions")
    parser.add_argument("--path", default="", metavar="TEXT", help="only numbers whose path holds TEXT, e.g. demand")
    parser.add_argument("--check", action="store_true", help="say where the register and conf/ disagree; exit 1 if so")
    args = parser.read(arguments)
    if args.check:
        found = problems()
        numbers = len(registered_numbers())
        print("\n".join(found) or f"Each of the {numbers} numbers in conf/ and shipped scenarios has its row.")
        return FAILED if found else 0
    rows = [row for row in read_register() if args.path in row.path and args.grade in (None, row.grade)]
    if args.path and not rows:
        raise HubError(f"--path: got {args.path}; no number's path holds it: leave it out to see them all")
    _show_rows(rows)
    return 0


def _show_rows(rows: list[EvidenceRow]) -> None:
    """Print counts by grade, then the rows by grade: a table on a terminal, tab-separated lines elsewhere."""
    from rich.table import Table

    counts = Counter(row.grade for row in rows)
    print(*(f"{grade:<8}{counts[grade]:>4}  {meaning}" for grade, meaning in GRADES.items()), sep="\n", end="\n\n")
    rows = sorted(rows, key=lambda row: row.grade)
    shown = console(120, AS_WIDE_AS_IT_IS)
    if not shown.is_terminal:
        print(*("\t".join(cells) for cells in [COLUMNS, *(row[1:] for row in rows)]), sep="\n")
        return
    table = Table("grade", "path", "value", "low", "high", "unit", "source and note", row_styles=("", "dim"))
    table.columns[1].overflow = "fold"  # a path is never cut
    for row in rows:
        table.add_row(row.grade, row.path, row.value, row.low, row.high, row.unit, f"{row.source}. {row.note}")
    shown.print(table)


def cell_named(name: str, config_dir: str | None = None) -> Cell:
    """Compose and check `SCENARIO` or `SCENARIO/STAFFING`; ConfigProblem where there is none, or it is written else."""
    from sim.config import validate
    from sim.launch.compose import compose_cells

    if not CELL.fullmatch(name):
        raise ConfigProblem([f"hub diff: got {name!r}; write SCENARIO or SCENARIO/STAFFING"])
    scenario, _, staffing = name.partition("/")
    overrides = [f"scenario={scenario}"] + [f"staffing={staffing}"] * bool(staffing)
    (cell,) = compose_cells(overrides, multirun=False, config_dir=config_dir)
    validate(cell.config)
    return cell


def diff(arguments: list[str]) -> int:
    """Run `hub diff`."""
    parser = VerbParser(
        "diff",
        "Print what differs between two scenarios, or staffing models, with units.",
        "examples: hub diff baseline improved_reach · hub diff baseline/senior_led baseline/mixed_skill",
    )
    parser.add_argument("A", help="a scenario, or SCENARIO/STAFFING")
    parser.add_argument("B", help="what to compare with it")
    parser.takes("--config-dir")
    args = parser.read(arguments)
    cells = [cell_named(name, args.config_dir) for name in (args.A, args.B)]
    found = differences(cells[0], cells[1], read_register())
    shown = console(118, (80, 500))
    for letter, cell in zip("AB", cells, strict=True):
        purpose = f": {cell.config['purpose']}" * (cells[0].scenario != cells[1].scenario)
        shown.print(f"{letter}  {cell.scenario}, {cell.staffing}{purpose}")
    if not found:
        shown.print("\nNothing differs.")
        return 0
    table = plain_table()
    table.add_column("key", overflow="fold", no_wrap=True)
    for letter in "AB":
        table.add_column(letter, justify="right", max_width=LONGEST_VALUE, overflow="fold")
    table.add_column("unit")
    table.add_column("grade", no_wrap=True)
    for part, mine in groupby(found, key=attrgetter("part")):
        table.add_row(part)
        for one in mine:
            table.add_row(f"  {one.key.removeprefix(f'{part}.')}", one.before, one.after, one.unit, one.grade)
    shown.print("", table)
    if any(one.grade == "D" for one in found):
        shown.print("\nGrade D: assumption. hub evidence --path KEY tells where a number comes from.")
    return 0


def excel(arguments: list[str]) -> int:
    """Run `hub excel`."""
    parser = VerbParser(
        "excel",
        "Write results.xlsx, a workbook of a finished run or sweep: headlines, waits, reach, lists by week with\n"
        "dates, cost, assumptions by grade, and words explained. The figures are those of the CSV files.",
        "A comparison holds one already. Nothing is simulated.",
    )
    parser.add_argument("FOLDER", type=Path, help="of a finished run or sweep")
    parser.add_argument("--to", type=Path, metavar="FILE", help="where it goes (default: results.xlsx in FOLDER)")
    args = parser.read(arguments)
    from analysis.workbook import FILE, workbook_of
    from sim.disk import write_whole

    place = args.to or args.FOLDER / FILE
    if place.suffix != ".xlsx" or place.is_dir():
        raise HubError(f"--to: got {place}; name a file that ends with .xlsx")
    content = workbook_of(args.FOLDER, "FOLDER")
    try:
        write_whole(place, content)
    except OSError as error:
        raise HubError(f"--to: got {place}, which cannot be written ({error.strerror}); choose another") from None
    print(f"Workbook: {place}")
    return 0


class Kept(NamedTuple):
    """What is kept of one configuration."""

    folder: Path
    scenario: str
    staffing: str
    seed: str
    current: bool
    replications: int
    size: int
    days_old: float


def store(arguments: list[str]) -> int:
    """Run `hub store`."""
    parser = VerbParser(
        "store",
        "Show the store of finished replications (run.store): how many, how large, of which configurations. Clearing\n"
        "it loses no results, only the time to simulate them again.",
    )
    parser.add_argument("store", nargs="?", type=Path, default=DEFAULT, help="its folder (default %(default)s)")
    parser.add_argument("--clear", action="store_true", help="remove it, or what the options below choose")
    older = "only configurations unchanged for so many days"
    parser.add_argument("--older-than", type=float, metavar="DAYS", help=older)
    parser.add_argument("--other-versions", action="store_true", help="only what another version of the model made")
    parser.takes("--yes", help="clear without asking")
    args = parser.read(arguments)
    if args.older_than is not None and args.older_than < 0:
        raise HubError(f"--older-than: got {args.older_than:g}; must be 0 days or more")
    if not args.store.is_dir():
        raise HubError(f"run.store: got {args.store}; there is no such folder here: give its path, as hub store PATH")
    kept = list(_kept(args.store))
    if not kept and any(args.store.iterdir()):
        raise HubError(f"run.store: got {args.store}; this is not a store of replications")
    if args.older_than is not None:
        kept = [one for one in kept if one.days_old > args.older_than]
    if args.other_versions:
        kept = [one for one in kept if not one.current]
    _show_kept(args.store, kept)
    if not args.clear or not kept:
        return 0
    if not args.yes and not _confirmed(len(kept)):
        print("Nothing was removed.", file=sys.stderr)
        return BAD_INPUT
    for one in kept:
        shutil.rmtree(one.folder)
        if not any(one.folder.parent.iterdir()):
            one.folder.parent.rmdir()
    print("Cleared.")
    return 0


def _confirmed(configurations: int) -> bool:
    if not sys.stdin.isatty():
        raise HubError("--clear: got no --yes; add it where nobody can be asked")
    return input(f"Remove what is kept of {configurations} configurations? [y/N] ").strip().lower() in ("y", "yes")


def _kept(store: Path) -> Iterator[Kept]:
    from sim.run.manifest import code_version
    from sim.run.store import about

    source = code_version()["source_sha256"]
    for shelf in sorted(path for path in store.glob("??/*") if SHELF.fullmatch(f"{path.parent.name}{path.name}")):
        note = about(shelf) or dict.fromkeys(("scenario", "staffing", "seed", "source_sha256"), "?")
        files = {path: path.stat() for path in shelf.rglob("*") if path.is_file()}
        scenario, staffing, seed = (str(note[name]) for name in ("scenario", "staffing", "seed"))
        yield Kept(
            shelf,
            scenario,
            staffing,
            seed,
            current=note["source_sha256"] == source,
            replications=sum(path.suffix == ".tables" for path in files),
            size=sum(state.st_size for state in files.values()),
            days_old=(time.time() - max((state.st_mtime for state in files.values()), default=shelf.stat().st_mtime))
            / SECONDS_PER_DAY,
        )


def _show_kept(store: Path, kept: list[Kept]) -> None:
    table = plain_table()
    for heading in ("scenario", "staffing", "seed", "configuration", "model"):
        table.add_column(heading, no_wrap=True)
    for heading in ("replications", "MB", "days old"):
        table.add_column(heading, justify="right")
    for one in sorted(kept, key=attrgetter("days_old")):
        table.add_row(
            one.scenario, one.staffing, one.seed, one.folder.name[:8], "this version" if one.current else "another",
            f"{one.replications:,}", f"{one.size / 1e6:,.1f}", f"{one.days_old:.0f}",
        )  # fmt: skip
    if kept:
        console(120, AS_WIDE_AS_IT_IS).print(table)
    total = sum(one.replications for one in kept)
    size = sum(one.size for one in kept) / 1e6
    print(f"{store}: {total:,} replications of {len(kept):,} configurations, {size:,.1f} MB")
