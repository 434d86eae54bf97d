"""Plans across scenarios: the worst scenario, the regret, and in how many scenarios and futures the standards are met.

Everything is reckoned from one value a replication (`values.values_of`), the same replications in every plan and
scenario. Intervals are of a bootstrap that draws whole replications for all plans and scenarios at once; in each
resample the best plan of every scenario, and the worst scenario of every plan, are found anew.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.comparison.comparison import Comparison
from analysis.comparison.pairs import row_of
from analysis.estimates.headline import Headline
from analysis.estimates.intervals import NOTHING, Interval, assurance, ratio_interval, tail_of, times_drawn
from sim.errors import HubError, nearest
from sim.streams import Floats

ALL_STANDARDS = "all of these standards"
EVERYWHERE = ""
"""Stands for the scenarios in which every plan was run, taken together."""


class Regret(NamedTuple):
    """How a plan does in one figure across scenarios, in the unit of the figure as stored."""

    worst_scenario: str
    worst: Interval
    """The level in that scenario; the interval is of the worst level, whichever scenario it is in."""
    regret_scenario: str
    most: Interval
    """The largest regret; not a number for a plan that loses people on the way."""
    weighted_level: Interval
    weighted_regret: Interval
    """Only with weights."""


class Met(NamedTuple):
    """How often a plan meets a standard: in scenarios, by their estimates, and in simulated futures, one by one."""

    scenarios: Interval
    futures: Interval


@dataclass(frozen=True)
class Across:
    """A comparison taken across the scenarios in which every plan was run."""

    comparison: Comparison
    weights: Mapping[str, float]
    """By scenario, adding up to 1; empty unless the user gave them."""

    @property
    def plans(self) -> list[str]:
        """Names of the plans, each in every scenario."""
        return self.comparison.grid.plans

    @property
    def scenarios(self) -> list[str]:
        """Names of the scenarios that count."""
        return self.comparison.grid.common

    def regret(self, plan: str, headline: Headline) -> Regret:
        """Return worst scenario and regret of a plan; without a scenario in common there is none."""
        found = self._game(headline)
        if found is None:
            return Regret("", NOTHING, "", NOTHING, NOTHING, NOTHING)
        row = self.plans.index(plan)
        sign = 1.0 if headline.smaller_is_better else -1.0
        levels, regrets = found.levels[:, row], found.regrets[:, row]  # a resample a row, the estimate first
        bad = int(np.argmax(np.where(np.isnan(levels[0]), -math.inf, levels[0])))
        worst = self._interval(levels.max(axis=1)).times(sign)
        most = self._interval(regrets.max(axis=1))
        where = "" if math.isnan(most.estimate) else self.scenarios[int(np.argmax(regrets[0]))]
        weighted = NOTHING, NOTHING
        if self.weights:
            shares = np.array([self.weights[one] for one in self.scenarios])
            weighted = self._interval(levels @ shares).times(sign), self._interval(regrets @ shares)
        return Regret(self.scenarios[bad], _in_order(worst), where, most, _in_order(weighted[0]), weighted[1])

    def regret_in(self, plan: str, scenario: str, headline: Headline) -> Interval:
        """Return by how much a plan falls behind the best plan of one scenario, of those run in it."""
        found = self._in_scenario(scenario, headline)
        plans = list(self.comparison.grid.in_scenario(scenario))
        return NOTHING if plan not in plans else self._interval(found[1][:, plans.index(plan)])

    def best_in(self, scenario: str, headline: Headline) -> str:
        """Return the plan with the best estimate in a scenario, of those that lose nobody; empty without one."""
        levels, regrets = self._in_scenario(scenario, headline)
        free = np.isfinite(regrets[0])
        best = int(np.argmin(np.where(free, levels[0], math.inf)))
        return list(self.comparison.grid.in_scenario(scenario))[best] if free.any() else ""

    def met(self, plan: str, headline: Headline | None) -> Met:
        """Return how often a plan meets the standard of a deciding wait, or with None all of them at once."""
        if not self.scenarios:
            return Met(NOTHING, NOTHING)
        cells = [self.comparison.grid.cells[plan, scenario] for scenario in self.scenarios]
        waits = self.comparison.deciding if headline is None else [headline]
        meets = np.all([self._means_met(cells, wait) for wait in waits], axis=0)
        by_future = [self._futures_met(cell, waits) for cell in cells]
        per_draw = self.comparison.sweep.per_draw
        draws = np.array(self.comparison.sweep.numbers) // per_draw
        top, bottom = np.zeros(draws[-1] + 1), np.zeros(draws[-1] + 1)
        for each in by_future:
            known = ~np.isnan(each)
            np.add.at(top, draws[known], each[known])
            np.add.at(bottom, draws[known], 1.0)
        futures = ratio_interval(top, bottom, self.comparison.confidence)
        return Met(self._interval(meets.mean(axis=1)), futures)

    def met_in(self, plan: str, scenario: str, headline: Headline | None) -> Interval:
        """Return the share of simulated futures of one scenario in which a plan meets a standard, or all of them."""
        comparison = self.comparison
        cell = comparison.grid.cells[plan, scenario]
        by_future = self._futures_met(cell, comparison.deciding if headline is None else [headline])
        draws = np.array(comparison.sweep.numbers) // comparison.sweep.per_draw
        return assurance(by_future, 1.0, comparison.confidence, draws)

    def count_met(self, plan: str, scenario: str) -> tuple[int, int]:
        """Return in how many futures of a scenario a plan meets every standard, and how many were judged."""
        met = self._futures_met(self.comparison.grid.cells[plan, scenario], self.comparison.deciding)
        return int(np.nansum(met)), int((~np.isnan(met)).sum())

    def _means_met(self, cells: list[str], wait: Headline) -> NDArray[np.bool_]:
        """Return whether the estimate of each cell meets a standard, shape (1 + resamples, cells)."""
        standard = self.comparison.config.standards.stages[wait.measure.stage].share
        levels = self._resampled([row_of(self.comparison.by_replication[cell], wait.key) for cell in cells])
        return levels >= standard

    def _futures_met(self, cell: str, waits: list[Headline]) -> Floats:
        """Return for each replication 1 where every standard is met, else 0; not a number where nobody is judged."""
        met = np.ones(len(self.comparison.sweep.numbers))
        for wait in waits:
            standard = self.comparison.config.standards.stages[wait.measure.stage].share
            shares = self.comparison.shares_by_future(cell, wait).reindex(self.comparison.sweep.numbers)
            values = shares.to_numpy(float)
            met = np.where(np.isnan(values), np.nan, met * (values >= standard))
        return met

    def _game(self, headline: Headline) -> _Game | None:
        """Return levels and regrets of every plan in the scenarios that count."""
        if not self.scenarios:
            return None
        by_scenario = {one: self._in_scenario(one, headline) for one in self.scenarios}
        order = {one: list(self.comparison.grid.in_scenario(one)) for one in self.scenarios}
        places = {one: [order[one].index(plan) for plan in self.plans] for one in self.scenarios}
        levels, regrets = (
            np.stack([by_scenario[one][part][:, places[one]] for one in self.scenarios], axis=2) for part in (0, 1)
        )
        return _Game(levels, regrets)

    def _in_scenario(self, scenario: str, headline: Headline) -> tuple[Floats, Floats]:
        """Return levels, turned so that less is better, and regrets of the plans run in a scenario.

        Shapes (1 + resamples, plans), the estimates first. A plan that loses people is nobody's best, and has none.
        """
        key = scenario, headline
        if key not in self._known:
            sign = 1.0 if headline.smaller_is_better else -1.0
            cells = list(self.comparison.grid.in_scenario(scenario).values())
            levels = sign * self._resampled([row_of(self.comparison.by_replication[c], headline.key) for c in cells])
            kept = np.where([self.comparison.loses(cell) for cell in cells], np.nan, levels)
            best = np.min(np.where(np.isnan(kept), math.inf, kept), axis=1, keepdims=True)
            self._known[key] = levels, kept - best
        return self._known[key]

    @cached_property
    def _known(self) -> dict[tuple[str, Headline], tuple[Floats, Floats]]:
        return {}

    def _resampled(self, rows: list[Floats]) -> Floats:
        """Return the means of rows of replications, then those of every resample, shape (1 + resamples, rows)."""
        values = np.array(rows, dtype=float)
        number = values.shape[1]
        times = np.vstack([np.ones(number), times_drawn(number)])
        known = ~np.isnan(values)
        with np.errstate(invalid="ignore", divide="ignore"):
            means: Floats = (times @ np.where(known, values, 0.0).T) / (times @ known.T.astype(float))
        return means

    def _interval(self, found: Floats) -> Interval:
        """Return an estimate, which comes first, with the percentiles of the resamples after it."""
        estimate, resamples = float(found[0]), found[1:][~np.isnan(found[1:])]
        number = len(self.comparison.by_replication[self.comparison.plans[0]].columns)
        if math.isnan(estimate) or not len(resamples) or number < 2:  # noqa: PLR2004 - replications
            return Interval(estimate, math.nan, math.nan)
        tail = tail_of(number, self.comparison.confidence)
        low, high = np.quantile(resamples, (tail, 1 - tail)).tolist()
        return Interval(estimate, low, high)


class _Game(NamedTuple):
    """Levels and regrets, shapes (1 + resamples, plans, scenarios)."""

    levels: Floats
    regrets: Floats


def _in_order(found: Interval) -> Interval:
    return Interval(found.estimate, *sorted((found.low, found.high)))


def across(comparison: Comparison, weights: Mapping[str, float] | None = None) -> Across:
    """Take a comparison across its scenarios; HubError where weights are not those of the scenarios that count."""
    given = dict(weights or {})
    if not given:
        return Across(comparison, {})
    known = comparison.grid.common
    for name, weight in given.items():
        if name not in known:
            raise HubError(f"--weights: got {name}; {nearest(name, known) if known else 'no scenario has every plan'}")
        if not 0 <= weight < math.inf:
            raise HubError(f"--weights: got {name}={weight:g}; give 0 or more")
    if missing := [name for name in known if name not in given]:
        raise HubError(f"--weights: got none for {', '.join(missing)}; give every scenario one, 0 for none")
    if not (total := sum(given.values())):
        raise HubError("--weights: got 0 for every scenario; give at least one more")
    return Across(comparison, {name: weight / total for name, weight in given.items()})
