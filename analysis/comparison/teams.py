"""Teams that ask for support: under which plans they clearly wait longer, or less long, than under the baseline."""

from __future__ import annotations

import math
from collections.abc import Sequence

from analysis.comparison.comparison import Comparison, FigureAnswer
from analysis.comparison.pairs import BETTER, WORSE
from analysis.estimates.headline import TEAMS_AT_END, TEAMS_WAIT, TEAMS_WAITING, Measure
from analysis.tell.wording import count, counted, few, listed

LEAST_REQUESTS = 1.0
"""A list that is on average longer or shorter by less than a request is not told of on the page."""
MOST_TOLD = 3
"""Plans told of by name."""
MOST_LINES = 2
LONGER = {WORSE: "longer", BETTER: "less long"}


def team_answer(comparison: Comparison, plan: str) -> FigureAnswer | None:
    """Return the answer on the list of requests where it is clearly longer (worse) or shorter than under the baseline.

    By the mean list, as every request that is not met is in it: the wait of those met leaves them out.
    """
    for answer in comparison.about(plan):
        if answer.headline.measure == TEAMS_WAITING and answer.verdict in LONGER:
            return answer if abs(answer.found.difference) >= LEAST_REQUESTS else None
    return None


def longer_sentence(comparison: Comparison, best: Sequence[str]) -> str:
    """Say, of plans named best, under which teams wait longer: who sees clients sooner may keep teams waiting."""
    those = few([comparison.said(plan) for plan in _with(comparison, best, WORSE)], "of these plans")
    return f"{_teams(comparison, comparison.home)} wait longer under {those}." if those else ""


def team_sentences(comparison: Comparison) -> list[str]:
    """Say under which options teams wait longer or else less long, and that other plans make them wait elsewhere."""
    told = (_told(comparison, _with(comparison, comparison.options, said), said) for said in LONGER)
    at_home = [*filter(None, told)][:1]
    longer = {comparison.sweep.plans[cell].plan for cell in _with(comparison, comparison.options, WORSE)}
    away = {}
    for scenario in (one for one in comparison.grid.scenarios if one != comparison.home):
        cells = [cell for plan, cell in comparison.grid.in_scenario(scenario).items() if plan not in longer]
        if cells := _with(comparison, cells, WORSE):
            away[scenario] = _told(comparison, cells, WORSE, scenario)
    if at_home and away:
        where = listed([comparison.grid.said_scenario(scenario) for scenario in away])
        return [*at_home, f"In {where} teams wait longer under other plans too: see headlines.csv."]
    return [*at_home, *away.values()][:MOST_LINES]


def _with(comparison: Comparison, cells: Sequence[str], said: str) -> list[str]:
    """Return the cells of which something is clear and that have their baseline in the same scenario, most first."""
    answers = [team_answer(comparison, cell) for cell in cells if comparison.is_option(cell)]
    mine = [answer for answer in answers if answer is not None and answer.verdict == said]
    return [answer.plan for answer in sorted(mine, key=lambda answer: -abs(answer.found.difference))]


def _told(comparison: Comparison, cells: Sequence[str], said: str, scenario: str = "") -> str:
    """Say that teams wait longer, or less long, under some plans of one scenario than under their baseline."""
    if not cells:
        return ""
    first, *others = cells[:MOST_TOLD]
    named = [f"{_called(comparison, first)} ({_at_length(comparison, first)})"]
    named += [f"{_called(comparison, cell)} ({_in_short(comparison, cell)})" for cell in others]
    more = [counted(len(cells) - MOST_TOLD, "other plan")] if len(cells) > MOST_TOLD else []
    base = comparison.baseline_of[cells[0]]
    than = f"{_called(comparison, base)} ({_in_short(comparison, base)})"
    where = _teams(comparison, scenario or comparison.home)
    return f"{where} wait {LONGER[said]} under {listed([*named, *more])} than under {than}."


def _teams(comparison: Comparison, scenario: str) -> str:
    """Name the teams and, where there are several scenarios, the one that is told of."""
    several = len(comparison.grid.scenarios) > 1
    return f"{f'In {comparison.grid.said_scenario(scenario)} teams' if several else 'Teams'} that ask for support"


def _called(comparison: Comparison, cell: str) -> str:
    at_home = comparison.scenario_of(cell) == comparison.home
    return comparison.said(cell) if at_home else comparison.grid.said_plan(comparison.sweep.plans[cell].plan)


def _at_length(comparison: Comparison, cell: str) -> str:
    """Return how long requests that were met waited, and how many wait at the end: neither says it all alone."""
    wait, waiting = (_level(comparison, cell, figure) for figure in (TEAMS_WAIT, TEAMS_AT_END))
    met = "no request met" if math.isnan(wait) else f"requests met after a mean of {count(wait)} days"
    return f"{met}, {count(waiting)} waiting at the end"


def _in_short(comparison: Comparison, cell: str) -> str:
    """Return the same two numbers, after a plan of which they are told at length."""
    wait, waiting = (_level(comparison, cell, figure) for figure in (TEAMS_WAIT, TEAMS_AT_END))
    return f"{'none met' if math.isnan(wait) else f'{count(wait)} days'}, {count(waiting)}"


def _level(comparison: Comparison, cell: str, figure: Measure) -> float:
    return comparison.level(cell, (figure.measure, figure.stage, "all", "all")).estimate
