"""Plans and scenarios of a sweep as a grid: a board chooses plans, and scenarios happen to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from analysis.comparison.plans import SweptPlan, cut_names, what_differs
from analysis.tell.wording import cell_words, counted, in_quotes, listed, sentence


@dataclass(frozen=True)
class Grid:
    """Which cell of a sweep is which plan in which scenario; it may have holes."""

    plans: list[str]
    scenarios: list[str]
    cells: Mapping[tuple[str, str], str]
    """By plan and scenario."""

    @property
    def missing(self) -> list[tuple[str, str]]:
        """Plans and scenarios that were not run together."""
        pairs = [(plan, scenario) for scenario in self.scenarios for plan in self.plans]
        return [pair for pair in pairs if pair not in self.cells]

    @property
    def common(self) -> list[str]:
        """Scenarios in which every plan was run: across these plans can be set side by side."""
        return [one for one in self.scenarios if all((plan, one) in self.cells for plan in self.plans)]

    @property
    def counted(self) -> str:
        """Say how many plans were run in how many scenarios, and where some were not, how many pairs of both were."""
        plans = counted(len(self.plans), "plan")
        if len(self.scenarios) == 1:
            return plans
        holes = (
            f" ({len(self.cells)} of the {len(self.plans) * len(self.scenarios)} combinations)" if self.missing else ""
        )
        return f"{plans} in {len(self.scenarios)} scenarios{holes}"

    def in_scenario(self, scenario: str) -> dict[str, str]:
        """Return the cells of a scenario by plan."""
        return {plan: cell for (plan, its), cell in self.cells.items() if its == scenario}

    @cached_property
    def plan_names(self) -> dict[str, str]:
        """What each plan is called in words: no more than tells it from the others."""
        return _in_words(self.plans)

    def said_plan(self, plan: str) -> str:
        """Return what a plan is called in a sentence."""
        return in_quotes(self.plan_names[plan])

    def said_scenario(self, scenario: str) -> str:
        """Return what a scenario is called in a sentence."""
        return in_quotes(self.scenario_names[scenario])

    @cached_property
    def scenario_names(self) -> dict[str, str]:
        """What each scenario is called in words."""
        return _in_words(self.scenarios)

    @cached_property
    def cell_names(self) -> dict[str, str]:
        """What each cell is called: by its plan, by its scenario, or by both where both differ."""
        plans, scenarios = self.plan_names, self.scenario_names
        names: dict[str, str] = {}
        for (plan, scenario), cell in self.cells.items():
            both = f"{scenarios[scenario]} / {plans[plan]}"
            one = plans[plan] if len(scenarios) == 1 else scenarios[scenario] if len(plans) == 1 else both
            names[cell] = one
        return names

    @property
    def missing_line(self) -> str:
        """Say which plans were not run in which scenarios, and what that means; empty where nothing is missing."""
        if not self.missing:
            return ""
        plans, scenarios = self.plan_names, self.scenario_names
        holes = [f"{in_quotes(plans[plan])} in {in_quotes(scenarios[one])}" for plan, one in self.missing]
        shown = listed([*holes[:3], *[f"{len(holes) - 3} more"] * (len(holes) > 3)])  # noqa: PLR2004
        counted = listed([in_quotes(scenarios[one]) for one in self.common]) or "none"
        return f"Not run: {shown}. Across scenarios only those count in which every plan was run: {counted}."


def _in_words(names: list[str]) -> dict[str, str]:
    """Return what is said of each name: a user's own as it is, and of one made by rule what not every name has."""
    made = [name for name in names if not _is_own(name)]
    own = what_differs(made) if len(made) > 1 else {}
    told = {name: name if _is_own(name) else sentence(cell_words(own.get(name, name))) for name in names}
    return cut_names(told if len(set(told.values())) == len(told) else {name: name for name in names})


def _is_own(name: str) -> bool:
    """Return whether a name is a user's own: keys and options have no spaces and no capitals."""
    return " " in name or name != name.lower()


def grid_of(cells: Mapping[str, SweptPlan]) -> Grid:
    """Return the grid of a sweep's cells; two that are the same plan in one scenario keep their own names as plans."""
    places: dict[tuple[str, str], str] = {}
    for name, cell in cells.items():
        place = cell.plan or cell.staffing, cell.world or cell.scenario
        places[(name, place[1]) if place in places else place] = name
    plans, scenarios = (list(dict.fromkeys(place[side] for place in places)) for side in (0, 1))
    return Grid(plans, scenarios, places)
