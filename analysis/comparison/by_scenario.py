"""The small table of plans and scenarios on the page for a board: seen in time, standards met, and regret."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from analysis.comparison.across import Across
from analysis.comparison.across_tables import has_several
from analysis.comparison.answer import points_behind
from analysis.comparison.comparison import Comparison
from analysis.comparison.figures import looks_of
from analysis.tell.wording import MISSING, share

MOST_SCENARIOS = 4
"""More columns than this do not fit a page; the map in the appendix has them all."""
NOT_RUN, LOSES = "not run", "loses people"
MEETS, BETWEEN = " ✓", " / "
"""After a figure that meets its standard, and between the figures of one wait and the next."""


def by_scenario(found: Across, options: list[str]) -> dict[str, Any]:
    """Return the table of some options in each scenario; empty where there is one scenario."""
    comparison = found.comparison
    grid = comparison.grid
    if len(grid.scenarios) == 1:
        return {}
    scenarios = [comparison.home, *(one for one in grid.scenarios if one != comparison.home)]
    shown = scenarios[:MOST_SCENARIOS]
    rows = []
    for option in options:
        plan = comparison.sweep.plans[option].plan
        row: dict[str, Any] = {"name": comparison.names_at_home[option], "look": looks_of(comparison)[option]}
        row["cells"] = [_in_scenario(comparison, grid.cells.get((plan, one))) for one in shown]
        rows.append(row | {"behind": _behind(found, plan)})
    return {
        "between": BETWEEN,
        "waits": BETWEEN.join(wait.words for wait in comparison.deciding),
        "names": [grid.scenario_names[one] for one in shown],
        "left_out": len(scenarios) - len(shown),
        "rows": rows,
        "several": has_several(found),
    }


class Seen(NamedTuple):
    """How many are seen in time under a plan in a scenario, for one wait, with its interval."""

    level: str
    interval: str = ""


def _in_scenario(comparison: Comparison, cell: str | None) -> list[Seen]:
    """Return how many are seen in time for each wait that decides, marked where that meets the standard."""
    if cell is None:
        return [Seen(NOT_RUN)]
    standards, told = comparison.config.standards.stages, []
    for wait in comparison.deciding:
        found = comparison.level(cell, wait.key)
        level, interval = share.parts(found)
        meets = MEETS if found.estimate >= standards[wait.measure.stage].share else ""
        told.append(Seen(f"{level}{meets}", interval))
    return told


def _behind(found: Across, plan: str) -> str:
    """Return by how many points at most a plan is behind the best one of the same scenario, for each wait."""
    if plan not in found.plans or not found.scenarios:
        return MISSING
    most = {wait: found.regret(plan, wait).most.estimate for wait in found.comparison.deciding}
    if any(math.isnan(one) for one in most.values()):
        return LOSES
    return BETWEEN.join(points_behind(one, wait) for wait, one in most.items())
