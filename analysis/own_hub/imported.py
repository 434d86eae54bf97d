"""Checks what a workbook comes to before it is written; a refusal names the cell that it came from."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

from analysis.calibration.expected import expected_referrals, strata
from analysis.calibration.targets import DAYS_PER_MONTH
from analysis.own_hub.option_files import MADE, OPTION, Option, write_options
from analysis.own_hub.sheets import JOB_PLANS
from sim.config import HubConfig, validate
from sim.errors import ConfigProblem, HubError
from sim.launch.compose import compose

PLACE = re.compile(r"\(?(?P<file>\S*?(?P<part>[a-z]+)[/\\]my_hub\.yaml):(?P<line>\d+)\)?")


def imported_from(folder: Path) -> str | None:
    """Return the name of the workbook that the options of a folder were made of; None if there are none."""
    file = folder / "scenario" / f"{OPTION}.yaml"
    if not file.is_file():
        return None
    with file.open(encoding="utf-8", errors="replace") as text:
        heading = re.match(rf"{MADE} from (.+); a cell behind", text.readline())
    return heading[1] if heading else None


def refuse_others(folder: Path, options: Sequence[Option]) -> None:
    """Refuse to write over options of the user's own that are called the same."""
    for option in options:
        path = folder / option.path
        if path.exists() and not path.read_text(encoding="utf-8", errors="replace").startswith(MADE):
            raise HubError(f"{path}: was not made by hub import; rename it, or import in another folder")


def checked(options: Sequence[Option]) -> HubConfig:
    """Compose and check what is about to be written; a refusal names the cell of the workbook."""
    with tempfile.TemporaryDirectory() as place:
        write_options(Path(place), options)
        return composed(options, place)


def composed(options: Sequence[Option], folder: str) -> HubConfig:
    """Compose and check options that a folder holds; a refusal names the cell of the workbook."""
    try:
        return validate(compose(f"scenario={OPTION}", config_dir=folder))
    except ConfigProblem as problem:
        raise ConfigProblem(_by_cell(line, options) for line in problem.lines) from None


def summary(config: HubConfig, options: Sequence[Option]) -> list[str]:
    """Say in two lines what a workbook came to."""
    groups, roles = config.population.staff_groups, config.staffing.roles
    people = sum(group.headcount for group in groups.values())
    wte = sum(role.wte for role in roles.values())
    months = config.run.horizon_days / DAYS_PER_MONTH
    values = sum(len(option.cells) for option in options)
    return [
        f"{config.purpose}: {people:,} people in {len(groups)} staff groups, {wte:g} WTE in {len(roles)} roles",
        f"about {expected_referrals(strata(config)).sum() / months:.0f} new referrals a month; "
        f"{values} values from the workbook",
    ]


def _by_cell(line: str, options: Sequence[Option]) -> str:
    """Name the cell that a refused line of a file came from."""
    if (match := PLACE.search(line)) is None:
        key = line.partition(":")[0]
        for option in options:
            part = option.path.partition("/")[0]
            under = "" if part == "scenario" else f"{part}."
            source = next((each.source for each in option.taken if f"{under}{each.key}" == key), "")
            if source.startswith("sheet "):
                return f"{source}: {line}"
        return line.replace("staffing.roles:", f"sheet {JOB_PLANS.title}:", 1)
    cells = {option.path.partition("/")[0]: option.cells for option in options}.get(match["part"], {})
    before = [number for number in cells if number <= int(match["line"])]
    rest = line.replace(match[0], "").strip(" :")
    return f"{cells[max(before)]}: {rest}" if before else rest
