"""A finished sweep written from numbers that are made up: nothing is simulated, and what should come of it is known."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.config import HubConfig
from sim.run.manifest import Manifest, config_hash

SHARE, COST = "within_standard_share", "cost_per_year_gbp"
ASSESSMENT, THERAPY = "referral_to_assessment", "referral_to_therapy"
Cells = Mapping[tuple[str, str], Mapping[tuple[str, str], Sequence[tuple[float, float]]]]
"""By plan and scenario: by measure and stage, numerator and denominator of each replication; an amount has over 0."""


def write_raw(folder: Path, config: HubConfig, cells: Cells) -> None:
    """Write manifests and tables of a sweep with such figures of everyone."""
    entries, measures, waits, weekly = [], [], [], []
    for number, ((plan, scenario), figures) in enumerate(cells.items()):
        cell, replications = f"{scenario}/{plan}", len(next(iter(figures.values())))
        labels = {"cell": cell, "scenario": scenario, "staffing": plan}
        own = config.model_copy(
            update={
                "scenario": scenario, "staffing_model": plan,
                "run": config.run.model_copy(update={"replications": replications}),
                # The same people, and something that differs: no two cells are one.
                "costs": config.costs.model_copy(update={"overhead_share": 0.2 + number / 1000}),
            }
        )  # fmt: skip
        for (measure, stage), values in figures.items():
            for replication, (top, bottom) in enumerate(values):
                row = {"replication": replication, "hub": 0, "measure": measure, "stage": stage, "dimension": "all"}
                row |= {"group": "all", "value": top / bottom if bottom else top, "unit": "share" if bottom else "GBP"}
                row |= {"numerator": top if bottom else np.nan, "denominator": bottom or np.nan}
                measures.append(labels | row)
                waits.append(labels | {"replication": replication, "hub": 0, "stage": "assessment", "dimension": "all",
                                       "group": "all", "outcome": "left", "wait_days": 1, "count": 1})  # fmt: skip
                weekly.append(labels | {"replication": replication, "hub": 0, "week": 1, "stage": "assessment",
                                        "dimension": "all", "group": "all", "list": 1})  # fmt: skip
        entry: dict[str, Any] = {
            "cell": cell, "folder": f"{number}", "scenario": scenario, "staffing": plan, "levers": {}, "plan": plan,
            "world": scenario, "decisions": [], "config_hash": config_hash(own), "replications": replications,
            "status": "finished",
        }  # fmt: skip
        entries.append(entry)
        (folder / f"{number}").mkdir(parents=True)
        Manifest(own, cell, replications=replications).write(folder / f"{number}")
    (folder / "manifest.json").write_text(json.dumps({"cells": entries}))
    for name, rows in (("measures", measures), ("waits", waits), ("weekly", weekly)):
        pd.DataFrame(rows).to_parquet(folder / f"{name}.parquet", index=False)


def made_up(
    plans: Sequence[str], scenarios: Sequence[str], replications: int, seed: int
) -> dict[tuple[str, str], dict[tuple[str, str], list[tuple[float, float]]]]:
    """Make figures up that share their luck over plans and scenarios."""
    random = np.random.default_rng(seed)
    people = random.integers(80, 120, replications)
    luck, cells = random.normal(0, 0.08, replications), {}
    for place, scenario in enumerate(scenarios):
        for number, plan in enumerate(plans):
            middle = 0.9 - 0.12 * place + 0.05 * number * (place - 1)
            shares = np.clip(middle + luck + random.normal(0, 0.03, replications), 0, 1)
            cost = 5e5 + 4e4 * number + 1e5 * luck + random.normal(0, 3e3, replications)
            in_time = np.round(shares * people)
            cells[plan, scenario] = {
                (SHARE, ASSESSMENT): list(zip(in_time.tolist(), people.tolist(), strict=True)),
                (SHARE, THERAPY): list(zip(np.round(in_time * 0.6).tolist(), (people * 0.6).tolist(), strict=True)),
                (COST, ""): [(value, 0) for value in cost.tolist()],
            }
    return cells
