"""Plans across scenarios as tables and in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from rich.console import RenderableType

from analysis.comparison.across import ALL_STANDARDS, EVERYWHERE, Across, Regret
from analysis.comparison.switching import switching_lines
from analysis.estimates.headline import Headline
from analysis.estimates.intervals import Interval
from analysis.tell.console import plain_table
from analysis.tell.wording import Form, level_in, listed, share

MAP, REGRET, SATISFICING = "map.csv", "regret.csv", "satisficing.csv"
FILES = (MAP, REGRET, SATISFICING)
ENDS = ("", "_low", "_high")
DIFFER_BY = {"none": "chance", "futures": "drawn futures", "psa": "drawn numbers"}
"""What makes one simulated future differ from another, by the mode of uncertainty."""


def across_tables(found: Across) -> dict[str, pd.DataFrame]:
    """Return every table of plans across scenarios by file."""
    return {
        MAP: pd.DataFrame(map_rows(found)),
        REGRET: pd.DataFrame(regret_rows(found)),
        SATISFICING: pd.DataFrame(satisficing_rows(found)),
    }


def _cells(name: str, found: Interval) -> dict[str, float]:
    return dict(zip((f"{name}{end}" for end in ENDS), found, strict=True))


def map_rows(found: Across) -> list[dict[str, Any]]:
    """Return one row a plan, scenario and figure: its level, its regret there, and what its pair comes to.

    A plan that was not run in a scenario has a row without a cell and without figures.
    """
    comparison, rows = found.comparison, []
    for scenario in comparison.grid.scenarios:
        for headline in comparison.headlines:
            best = found.best_in(scenario, headline)
            for plan in comparison.grid.plans:
                cell = comparison.grid.cells.get((plan, scenario))
                row: dict[str, Any] = {"plan": plan, "scenario": scenario, "cell": cell or ""}
                row |= {"figure": headline.words, "unit": headline.unit, "best_plan": best}
                if cell is not None:
                    row |= _cells("level", comparison.level(cell, headline.key).times(headline.scale))
                    row |= _cells("regret", found.regret_in(plan, scenario, headline).times(headline.scale))
                    row["loses_people"] = comparison.loses(cell)
                answer = comparison.of(cell, headline) if cell else None
                if answer is not None and cell is not None and comparison.is_option(cell):
                    row |= {"baseline": answer.baseline, "verdict": answer.verdict}
                    row |= _cells("difference", Interval(*answer.found[:3]).times(headline.scale))
                rows.append(row)
    return rows


def regret_rows(found: Across) -> list[dict[str, Any]]:
    """Return one row a plan and figure: the worst scenario, the largest regret, and with weights their means."""
    rows = []
    for headline in found.comparison.headlines:
        for plan in found.plans:
            mine = found.regret(plan, headline)
            row: dict[str, Any] = {"plan": plan, "figure": headline.words, "unit": headline.unit}
            row |= {"scenarios": len(found.scenarios), "worst_scenario": mine.worst_scenario}
            row |= _cells("worst_level", mine.worst.times(headline.scale))
            row |= {"regret_scenario": mine.regret_scenario}
            row |= _cells("most_regret", mine.most.times(headline.scale))
            if found.weights:
                row |= _cells("weighted_level", mine.weighted_level.times(headline.scale))
                row |= _cells("weighted_regret", mine.weighted_regret.times(headline.scale))
            rows.append(row)
    return rows


def standards_of(found: Across) -> list[tuple[str, Headline | None]]:
    """Return the standards that decide, each in turn and then all at once where there are several."""
    waits: list[tuple[str, Headline | None]] = [(wait.words, wait) for wait in found.comparison.deciding]
    return [*waits, *[(ALL_STANDARDS, None)] * (len(waits) > 1)]


def satisficing_rows(found: Across) -> list[dict[str, Any]]:
    """Return one row a plan, standard and scenario, and one across: how often the standard is met.

    `futures_met` is the share of simulated futures; `scenarios_met` that of the scenarios in which every plan was run,
    by their estimates. Across scenarios the name of the scenario is empty.
    """
    comparison, rows = found.comparison, []
    futures = len(comparison.sweep.numbers)
    by = DIFFER_BY[comparison.config.uncertainty.mode]
    for words, wait in standards_of(found):
        asked = comparison.config.standards.stages[wait.measure.stage].share * 100 if wait else None
        for plan in comparison.grid.plans:
            about: dict[str, Any] = {"plan": plan, "standard": words, "asked_percent": asked, "futures_differ_by": by}
            for scenario in comparison.grid.scenarios:
                if (plan, scenario) in comparison.grid.cells:
                    met = _cells("futures_met", found.met_in(plan, scenario, wait))
                    rows.append(about | {"scenario": scenario, "futures": futures} | met)
            if found.scenarios:
                whole = found.met(plan, wait)
                row = about | {"scenario": EVERYWHERE, "futures": futures * len(found.scenarios)}
                row |= _cells("futures_met", whole.futures) | {"scenarios": len(found.scenarios)}
                rows.append(row | _cells("scenarios_met", whole.scenarios))
    return rows


Row = tuple[str, str, str, str]


def robust_rows(found: Across) -> list[Row]:
    """Return figure, plan, worst scenario and how far behind the best plan at most, each in words."""
    scenarios, plans, rows = found.comparison.grid.scenario_names, found.comparison.grid.plan_names, []
    for headline in [*found.comparison.deciding, found.comparison.cost]:
        level = level_in(headline.unit, headline.scale)
        for plan in found.plans:
            mine = found.regret(plan, headline)
            worst = f"{scenarios[mine.worst_scenario]}: {level.interval(mine.worst)}"
            figure = f"{headline.words}, {headline.unit}"
            rows.append((figure, plans[plan], worst, behind(found, mine, level)))
    return rows


def met_rows(found: Across) -> list[Row]:
    """Return standard, plan, in how many scenarios it is met and in what share of simulated futures, in words."""
    plans, rows = found.comparison.grid.plan_names, []
    for words, wait in standards_of(found):
        for plan in found.plans:
            met = found.met(plan, wait)
            of = f"{round(met.scenarios.estimate * len(found.scenarios))} of {len(found.scenarios)}"
            rows.append((words, plans[plan], of, share.interval(met.futures)))
    return rows


def has_several(found: Across) -> bool:
    """Return whether there are several plans in several scenarios: else nothing is across."""
    return min(len(found.plans), len(found.scenarios)) > 1


def across_content(found: Across, switching: pd.DataFrame) -> dict[str, Any]:
    """Return what the report says of plans across scenarios, and of what would have to be true for another plan."""
    comparison = found.comparison
    several = has_several(found)
    return {
        "missing": comparison.grid.missing_line,
        "scenarios": listed([*map(comparison.grid.said_scenario, found.scenarios)]),
        "robust": robust_rows(found) if several else [],
        "met": met_rows(found) if several else [],
        "switching": switching_lines(comparison, switching),
    }


def across_parts(found: Across) -> list[RenderableType]:
    """Return how the plans do across scenarios, for the console; nothing where there is one scenario or one plan."""
    grid = found.comparison.grid
    parts: list[RenderableType] = ["", grid.missing_line] if grid.missing else []
    if not has_several(found):
        return parts
    told = f"Across {listed([*map(grid.said_scenario, found.scenarios)])}, in pairs of replications"
    headings = ("", "plan", "worst scenario", "at most behind the best plan")
    whose = ("meets the standard", "plan", "scenarios", "simulated futures")
    return [*parts, "", _as_table(robust_rows(found), headings, told), _as_table(met_rows(found), whose)]


def _as_table(rows: Sequence[Row], headings: Sequence[str], title: str | None = None) -> RenderableType:
    """Return rows as a table in which what several rows share stands once."""
    table, last = plain_table(title=title, title_justify="left", title_style="bold"), ""
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for first, *others in rows:
        table.add_row("" if first == last else first, *others)
        last = first
    return table


def behind(found: Across, regret: Regret, level: Form) -> str:
    """Say by how much a plan is behind the best one at most, and in which scenario."""
    if not regret.regret_scenario:
        return "not judged: it loses people"
    if regret.most.estimate == 0 and regret.most.high == 0:
        return "never behind"
    return f"{level.interval(regret.most)}, in {found.comparison.grid.said_scenario(regret.regret_scenario)}"
