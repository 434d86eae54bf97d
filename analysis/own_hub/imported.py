"""Checks what a workbook comes to before it is written; a refusal names the cell that it came from."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from analysis.calibration.expected import expected_referrals, strata
from analysis.calibration.targets import DAYS_PER_MONTH
from analysis.own_hub.cells import by_cell
from analysis.own_hub.option_files import MADE, OPTION, Option, write_options
from analysis.own_hub.sheets import CHANGES
from analysis.tell.dated_changes import in_one_line
from analysis.tell.wording import few, full_date
from sim.config import HubConfig, validate
from sim.config.changes import KnownPost, of_kind
from sim.errors import ConfigProblem, HubError
from sim.launch.compose import compose


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
        file = next((option.file for option in options if option.file), "")
        raise ConfigProblem(by_cell(line, options, file) for line in problem.lines) from None


def summary(config: HubConfig, options: Sequence[Option]) -> list[str]:
    """Say in a few lines what a workbook came to."""
    groups, roles = config.population.staff_groups, config.staffing.roles
    people = sum(group.headcount for group in groups.values())
    wte = sum(role.wte for role in roles.values())
    months = config.run.horizon_days / DAYS_PER_MONTH
    values = sum(len(option.cells) for option in options)
    known = [post for post in of_kind(config.changes, KnownPost).values() if post.to_day is None or post.to_day > 0]
    dated = [f"{post.wte:g} WTE from {full_date(config.run.start_date + timedelta(post.from_day))}" for post in known]
    more = f", and {few(dated, 'known posts')} (sheet {CHANGES.title})" if dated else ""
    return [
        f"{config.purpose}: {people:,} people in {len(groups)} staff groups, {wte:g} WTE in {len(roles)} roles{more}",
        f"about {expected_referrals(strata(config)).sum() / months:.0f} new referrals a month, people who come again "
        f"apart; {values} values from the workbook",
        *in_one_line(config),
    ]
