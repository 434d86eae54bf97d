"""`hub new` and `hub import`: a workbook to fill in, and the options that it becomes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.commands.arguments import VerbParser
from sim.disk import whole_folder, write_whole
from sim.errors import HubError

if TYPE_CHECKING:
    from analysis.own_hub.options import Option
    from sim.composed import Cell

WORKBOOK = "my-hub.xlsx"


def new(arguments: list[str]) -> int:
    """Run `hub new`."""
    parser = VerbParser(
        "new",
        f"Write a folder with {WORKBOOK}, to fill in: staff of your area, posts, job plans, prices, lists, months.",
        "Then: hub import FOLDER/my-hub.xlsx",
    )
    parser.add_argument("FOLDER", type=Path, help="a new folder, or one without a workbook")
    args = parser.read(arguments)
    from analysis.own_hub.write import workbook
    from sim.launch.compose import compose

    file = args.FOLDER / WORKBOOK
    if file.exists():
        raise HubError(
            f"FOLDER: got {args.FOLDER}, which holds {WORKBOOK} already; fill that in, or choose a new folder"
        )
    if args.FOLDER.exists() and not args.FOLDER.is_dir():
        raise HubError(f"FOLDER: got {args.FOLDER}, which is a file; choose a new folder")
    content = workbook(compose())
    args.FOLDER.mkdir(parents=True, exist_ok=True)
    write_whole(file, content)
    print(f"{file}: fill in the yellow cells, save it, and then\n\n  hub import {file}")
    return 0


def import_workbook(arguments: list[str]) -> int:
    """Run `hub import`."""
    parser = VerbParser(
        "import",
        "Check every cell of a workbook and write the options that it comes to beside it.",
        "Written are population, demand, staffing, costs and scenario, as my_hub.yaml, with the cell of every value.\n"
        "Run them with: hub --config-dir FOLDER scenario=my_hub",
    )
    parser.add_argument("WORKBOOK", type=Path, help="as hub new wrote it and you have filled it in")
    args = parser.read(arguments)
    from analysis.own_hub.imported import checked, refuse_others
    from analysis.own_hub.options import options_of
    from analysis.own_hub.read import read_workbook
    from sim.launch.compose import compose

    filled = read_workbook(args.WORKBOOK)
    options = options_of(filled, compose())
    folder = args.WORKBOOK.resolve().parent
    refuse_others(folder, options)
    cell = checked(options)
    with whole_folder(folder) as unfinished:
        for option in options:
            target = unfinished / option.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(option.text, encoding="utf-8")
    print(*filled.remarks, sep="\n", end="\n" * bool(filled.remarks))
    _tell(cell, args.WORKBOOK.parent, options)
    return 0


def _tell(cell: Cell, folder: Path, options: Sequence[Option]) -> None:
    """Say what the workbook came to, and what to do next."""
    from collections import Counter

    from analysis.calibration.expected import expected_referrals, strata
    from analysis.calibration.targets import DAYS_PER_MONTH
    from sim.config import validate

    config = validate(cell.config)
    groups, roles = config.population.staff_groups, config.staffing.roles
    people = sum(group.headcount for group in groups.values())
    wte = sum(role.wte for role in roles.values())
    first = expected_referrals(strata(config)).sum() / (config.run.horizon_days / DAYS_PER_MONTH)
    told = Counter(
        "yours" if ".xlsx" not in line and "sheet" in line else "ours"
        for option in options
        for line in option.text.splitlines()
        if " # " in line
    )
    print(f"{config.purpose}: {people:,} people in {len(groups)} staff groups, {wte:g} WTE in {len(roles)} roles")
    print(f"about {first:.0f} new referrals a month; {told['yours']} values are yours")
    print(f"\nWritten to {folder}. Simulate it with\n\n  hub --config-dir {folder} scenario=my_hub")
