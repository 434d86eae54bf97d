"""Three sweeps whose answer is known: a clear winner, a tie, and a plan that wins only in calm weather."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from raw_sweep import ASSESSMENT, COST, SHARE, THERAPY, write_raw

from analysis.comparison.across import Across, across
from analysis.comparison.compare import compare
from analysis.comparison.read_sweep import read_sweep
from sim.config import HubConfig

FUTURES = 35
"""So many that luck, which comes round every five and every seven of them, evens out to nothing."""
AS_NOW, SECOND = "As now", "A second therapist"
CALM, STORM = "Steady demand", "Major incident"
TRUTHS: dict[str, tuple[str, Mapping[tuple[str, str], tuple[int, int, int]]]] = {
    "winner": (AS_NOW, {(AS_NOW, CALM): (70, 60, 500), (SECOND, CALM): (88, 96, 560)}),
    "tie": (AS_NOW, {(AS_NOW, CALM): (85, 80, 500), ("Teams swapped", CALM): (85, 80, 530)}),
    "calm": (
        "Cautious",
        {
            ("Cautious", CALM): (80, 80, 500), ("Bold", CALM): (95, 96, 500),
            ("Cautious", STORM): (60, 62, 500), ("Bold", STORM): (30, 35, 500),
        },
    ),
}  # fmt: skip
"""By name: the baseline, and of each plan in each scenario how many of 100 are seen in time for assessment and therapy,
and the cost in £ thousand a year."""


def truth(name: str, config: HubConfig, folder: Path) -> Across:
    """Write one of the sweeps and compare it: 35 futures, some better and some worse for all plans alike."""
    baseline, levels = TRUTHS[name]
    cells: dict[tuple[str, str], Any] = {}
    for number, (place, (assessed, treated, cost)) in enumerate(levels.items()):
        luck = [(future * 7) % 5 - 2 for future in range(FUTURES)]
        own = [((future * (number + 2) + number) % 7 - 3) / 2 for future in range(FUTURES)]
        cells[place] = {
            (SHARE, ASSESSMENT): [(assessed + one + other, 100) for one, other in zip(luck, own, strict=True)],
            (SHARE, THERAPY): [(treated + one + other, 100) for one, other in zip(luck, own, strict=True)],
            (COST, ""): [(1000.0 * (cost + other), 0) for other in own],
        }
    write_raw(folder, config, cells)
    return across(compare(read_sweep(folder), baseline, delta=0.02))
