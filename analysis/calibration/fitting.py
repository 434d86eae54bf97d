"""What the fits share: fitted values and the scenario file that holds them, ranges of the evidence, and a search."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from analysis.calibration.targets import Target
from sim.config import HubConfig
from sim.config.edit import changed, put
from sim.disk.whole import write_whole
from sim.streams import Floats

LIGHT = 0.25
"""Weight of evidence that was itself derived from the study's figures (SEV-05..08, RCH-01..06): it chooses among values
that fit alike, and may not stand against the figures a second time."""
STEP = 0.25
"""Of the differences that give the slopes, in halves of a value's range: far above the grain of counted people."""
REACH = 0.5
"""No step of the search goes further than this in halves of a range."""
SETTLED = 0.02
"""The search ends when no value moves further than this."""
NAME = "calibrated"
PURPOSE = "The default Hub with every value that has no source fitted to the study's figures."


class Fitted(NamedTuple):
    """A fitted value of the configuration and what it was fitted to."""

    value: float
    why: str


Changes = dict[str, Fitted]
"""Fitted values by their path: `pathway.lists.unreachable_share`."""


def fitted_to(config: HubConfig, changes: Changes) -> HubConfig:
    """Return a configuration with fitted values in place."""
    return changed(config, {path: fitted.value for path, fitted in changes.items()})


def placed(pull: Target, position: float) -> float:
    """Return the value at a position in the range of the evidence: -1 its low end, 0 its value, 1 its high end."""
    return pull.target + position * (pull.high - pull.target if position > 0 else pull.target - pull.low)


def position(pull: Target, value: float) -> float:
    """Return where a value lies in the range of the evidence; see `placed`."""
    return (value - pull.target) / (pull.high - pull.target if value > pull.target else pull.target - pull.low)


def search(
    residuals: Callable[[Floats], Floats], start: Floats, steps: int, told: Callable[[str], None] | None = None
) -> Floats:
    """Find the positions, each within -1 and 1, with the least sum of squares by damped Gauss-Newton.

    For functions that are dear (a simulation) and the same each time they are asked. Slopes come from one-sided
    differences at the start and are corrected after every evaluation (Broyden); a step that does not help is halved.

    Parameters
    ----------
    residuals
        Of positions, shape (n,), to residuals, shape (m,).
    steps
        Most evaluations after the slopes.
    told
        Called with a line on each evaluation.
    """
    from scipy.optimize import lsq_linear

    def ask(where: Floats, what: str) -> Floats:
        found = residuals(where)
        if told is not None:
            told(f"{what}: sum of squares {found @ found:.4f}")
        return found

    best = np.clip(start, -1, 1)
    at_best = ask(best, "start")
    slopes = np.empty((len(at_best), len(best)))
    for n in range(len(best)):
        difference = STEP if best[n] + STEP <= 1 else -STEP
        aside = best.copy()
        aside[n] += difference
        slopes[:, n] = (ask(aside, f"slope {n + 1}") - at_best) / difference
    reach = REACH
    for n in range(steps):
        low, high = np.maximum(-1 - best, -reach), np.minimum(1 - best, reach)
        # A value at the end of its range may still not move outwards; lsq_linear wants room between bounds.
        low, high = np.minimum(low, -1e-9), np.maximum(high, 1e-9)
        step = lsq_linear(slopes, -at_best, bounds=(low, high)).x
        if np.abs(step).max() < SETTLED:
            break
        there = np.clip(best + step, -1, 1)
        found = ask(there, f"step {n + 1}")
        slopes += np.outer(found - at_best - slopes @ step, step) / (step @ step)
        if found @ found < at_best @ at_best:
            best, at_best = there, found
        else:
            reach = float(np.abs(step).max()) / 2
    return best


def scenario_text(changes: Changes) -> str:
    """Return the scenario as YAML, with what each value was fitted to beside it."""
    tree: dict[str, Any] = {}
    for path, fitted in changes.items():
        put(tree, path, fitted)
    return "\n".join(["# @package _global_", f"purpose: {json.dumps(PURPOSE)}", *_lines(tree, "")]) + "\n"


def _lines(tree: dict[str, Any], indent: str) -> Iterator[str]:
    for key, node in tree.items():
        if isinstance(node, Fitted):
            yield f"{indent}{key}: {node.value!r} # {node.why}"
        else:
            yield f"{indent}{key}:"
            yield from _lines(node, indent + "  ")


def write_scenario(changes: Changes, folder: Path) -> Path:
    """Write `folder`/scenario/calibrated.yaml whole or not at all, and return its path."""
    path = folder / "scenario" / f"{NAME}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, scenario_text(changes))
    return path
