"""What would have to be true for the other plan to be better: where a difference changes its sign.

From draws (`uncertainty=futures` or `psa`): the paired difference, future by future, is regressed on what was drawn.
From paired runs: between two values of a number of the world that the sweep set, by a straight line.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import pairwise

import numpy as np
import pandas as pd

from analysis.comparison.comparison import Comparison
from analysis.comparison.pairs import row_of, simultaneous_confidence
from analysis.comparison.sign_change import BENT, NEVER, OPEN, TURNS, Driver, Switch, side, switch
from analysis.estimates.headline import Headline
from analysis.estimates.intervals import NOTHING, Interval, tail_of, times_drawn
from analysis.sensitivity import in_words
from analysis.tell.wording import MOST_NAMED, listed, words
from sim.composed import is_number
from sim.config import HubConfig
from sim.evidence.futures import future_of
from sim.evidence.uncertainty import numbers_drawn
from sim.streams import Floats

NOT_DRAWN = (
    "Which numbers would make another plan the better one is shown where futures differ (uncertainty=futures or psa), "
    "or where the sweep ran several values of a number such as demand.multiplier."
)
SWITCHING = "switching.csv"
DRAWN, RUNS = "draws", "paired runs"


def drivers_drawn(config: HubConfig, replications: list[int]) -> list[Driver]:
    """Return what was drawn for each of a sweep's pairs; nothing where futures differ by chance alone."""
    uncertainty = config.uncertainty
    draws = sorted({uncertainty.draw_of(number) for number in replications})
    if uncertainty.mode == "futures" and uncertainty.futures is not None:
        ranges = uncertainty.futures
        rows = [future_of(config, draw) for draw in draws]
        ends = {name: (getattr(ranges, name).low, getattr(ranges, name).high) for name in rows[0]}
        named = {name: f"{words(name)}, times as configured" for name in ends}
    elif uncertainty.mode == "psa":
        rows = [numbers_drawn(config, draw) for draw in draws]
        ends = {key: (number.low, number.high) for key, number in uncertainty.parameters.items()}
        named = {key: in_words(key) for key in ends}
    else:
        return []
    return [
        Driver(key, named[key], np.array([row[key] for row in rows]), *ends[key])
        for key in ends
        if ends[key][0] < ends[key][1]
    ]


def switching_rows(comparison: Comparison) -> list[dict[str, object]]:
    """Return one row a plan, scenario, deciding wait and driver: draws first, then paired runs."""
    rows = []
    for plan, base in comparison.baseline_of.items():
        if not comparison.is_option(plan):
            continue
        mine = {driver.key: driver for cell in (base, plan) for driver in _drawn(comparison, cell)}
        sure = simultaneous_confidence(comparison.confidence, len(mine))
        for wait in comparison.deciding:
            less = _less(comparison, plan, base, wait)
            for driver in mine.values():
                found = switch(less, driver, sure)
                rows.append(
                    _row(comparison, plan, wait, DRAWN, (driver.key, driver.words, driver.low, driver.high), found)
                )
    for plan, base in _pairs_of_plans(comparison):
        for wait in comparison.deciding:
            rows += _from_runs(comparison, plan, base, wait)
    return rows


def _drawn(comparison: Comparison, cell: str) -> list[Driver]:
    return drivers_drawn(comparison.sweep.plans[cell].config, comparison.sweep.numbers)


def _less(comparison: Comparison, plan: str, base: str, wait: Headline) -> Floats:
    one, other = (row_of(comparison.by_replication[cell], wait.key) for cell in (plan, base))
    return one - other


def _row(
    comparison: Comparison, cell: str, wait: Headline, source: str, driver: tuple[str, str, float, float], found: Switch
) -> dict[str, object]:
    swept = comparison.sweep.plans[cell]
    row: dict[str, object] = {"plan": swept.plan, "baseline": comparison.sweep.plans[comparison.baseline_of[cell]].plan}
    row |= {
        "scenario": swept.world if source == DRAWN else "",
        "figure": wait.words,
        "unit": wait.unit,
        "source": source,
    }
    row |= dict(zip(("key", "driver", "range_low", "range_high"), driver, strict=True))
    for name in ("slope", "at_low", "at_high"):
        row |= _ends(name, getattr(found, name).times(wait.scale))
    return row | _ends("switches_at", found.value) | {"verdict": found.verdict}


def _ends(name: str, found: Interval) -> dict[str, float]:
    return {name: found.estimate, f"{name}_low": found.low, f"{name}_high": found.high}


def _pairs_of_plans(comparison: Comparison) -> list[tuple[str, str]]:
    """Return each plan with its baseline, by name."""
    plans = comparison.sweep.plans
    pairs = [
        (plans[cell].plan, plans[base].plan)
        for cell, base in comparison.baseline_of.items()
        if comparison.is_option(cell)
    ]
    return list(dict.fromkeys(pair for pair in pairs if pair[0] != pair[1]))


def _from_runs(comparison: Comparison, plan: str, base: str, wait: Headline) -> Iterator[dict[str, object]]:
    """Yield where the difference between two plans changes its sign between two values of a number of the world."""
    for key, cells in _steps_of_the_world(comparison, plan, base):
        values = list(cells)
        rows = np.array([_less(comparison, *cells[value], wait) for value in values])
        means = _resampled(rows)
        tail = tail_of(rows.shape[1], simultaneous_confidence(comparison.confidence, len(values)))
        found = [_percentiles(column, tail) for column in means.T]
        sides = [side(each) for each in found]
        value, verdict = NOTHING, NEVER if abs(sum(sides)) == len(sides) else OPEN
        clear = [place for place, side in enumerate(sides) if side]
        for left, right in pairwise(clear):
            if sides[left] * sides[right] < 0:
                crossings = _crossings(np.array(values[left : right + 1]), means[:, left : right + 1])
                value, verdict = _percentiles(crossings, tail_of(rows.shape[1], comparison.confidence)), TURNS
                break
        ends = Switch(NOTHING, found[0], found[-1], value, verdict)
        cell = cells[values[0]][0]
        yield _row(comparison, cell, wait, RUNS, (key, in_words(key), values[0], values[-1]), ends)


def _crossings(values: Floats, means: Floats) -> Floats:
    """Return for each row of means where the straight lines between them first cross nothing; else not a number."""
    found = np.full(len(means), np.nan)
    for place in reversed(range(len(values) - 1)):
        before, after = means[:, place], means[:, place + 1]
        cross = before * after < 0
        step = values[place + 1] - values[place]
        found[cross] = values[place] + step * (before / np.where(cross, before - after, 1.0))[cross]
    return found


def _steps_of_the_world(
    comparison: Comparison, plan: str, base: str
) -> Iterator[tuple[str, Mapping[float, tuple[str, str]]]]:
    """Yield each number of the world of which the sweep ran several values, with the pair of cells at each value."""
    swept, grid = comparison.sweep.plans, comparison.grid
    pairs = [
        (grid.cells[plan, one], grid.cells[base, one])
        for one in grid.scenarios
        if (plan, one) in grid.cells and (base, one) in grid.cells
    ]
    levers = dict.fromkeys(key for cell, _ in pairs for key in swept[cell].levers if key not in swept[cell].decisions)
    for key in levers:
        families: dict[str, dict[float, tuple[str, str]]] = {}
        for pair in pairs:
            cell = swept[pair[0]]
            value = _value_of(cell.config, key)
            others = {k: v for k, v in cell.levers.items() if k != key and k not in cell.decisions}
            if value is not None:
                families.setdefault(repr((cell.scenario, sorted(others.items(), key=str))), {})[value] = pair
        yield from ((key, dict(sorted(family.items()))) for family in families.values() if len(family) > 1)


def _value_of(config: HubConfig, key: str) -> float | None:
    """Return a number of a configuration by its path; nothing where it is none."""
    part: object = config
    for step in key.split("."):
        part = part.get(step) if isinstance(part, Mapping) else getattr(part, step, None)
    return float(part) if is_number(part) else None  # type: ignore[arg-type] # it is a number


def _resampled(rows: Floats) -> Floats:
    """Return the means of rows, then those of every resample of whole replications; shape (1 + resamples, rows)."""
    number = rows.shape[1]
    known = ~np.isnan(rows)
    times = np.vstack([np.ones(number), times_drawn(number)])
    with np.errstate(divide="ignore", invalid="ignore"):
        means: Floats = (times @ np.where(known, rows, 0.0).T) / (times @ known.T.astype(float))
    return means


def _percentiles(found: Floats, tail: float) -> Interval:
    resamples = found[1:][np.isfinite(found[1:])]
    if math.isnan(float(found[0])) or not len(resamples):
        return NOTHING
    return Interval(float(found[0]), *np.quantile(resamples, (tail, 1 - tail)).tolist())


def switching_table(comparison: Comparison) -> pd.DataFrame:
    """Return every switching value as a table."""
    return pd.DataFrame(switching_rows(comparison))


def switching_lines(comparison: Comparison, found: pd.DataFrame) -> list[str]:
    """Say for each plan what would have to be true for it, or the baseline, to be the better one after all."""
    lines = []
    if found.empty:
        return [NOT_DRAWN] if any(map(comparison.is_option, comparison.baseline_of)) else []
    grid = comparison.grid
    for key, mine in found.groupby(["plan", "baseline", "scenario", "figure"], sort=False):
        plan, base, scenario, figure = (str(part) for part in key)
        where = f", in {grid.said_scenario(scenario)}" if scenario else ""
        pair = f"{grid.said_plan(plan)} against {grid.said_plan(base)}, {figure}{where}"
        turning = mine[mine["verdict"] == TURNS]
        told = [
            f"{row['driver']} {row['switches_at']:.3g} ({row['switches_at_low']:.3g} to {row['switches_at_high']:.3g}; "
            f"range {row['range_low']:g} to {row['range_high']:g})"
            for row in turning.head(MOST_NAMED).to_dict("records")
        ]
        never, unknown, bent = (int((mine["verdict"] == said).sum()) for said in (NEVER, OPEN, BENT))
        parts = [f"the sign changes at {listed(told)}"] if told else []
        ends = "within its range" if len(mine) > 1 else "from {range_low:g} to {range_high:g}".format(**mine.iloc[0])
        parts += [f"no value of {_few_of(never, mine)} {ends} changes it"] if never else []
        parts += [f"for {_few_of(unknown, mine)} this is not known with so few futures"] if unknown else []
        parts += [f"for {_few_of(bent, mine)} this is {BENT}"] if bent else []
        lines.append(f"{pair}: {'; '.join(parts)}.")
    return lines


def _few_of(number: int, mine: pd.DataFrame) -> str:
    """Return how many of the drivers are meant, and which where there is but one."""
    each = f"{number} of {len(mine)} drivers" if number < len(mine) else f"the {number} drivers"
    return each if len(mine) > 1 else str(mine["driver"].iloc[0])
