"""A finished sweep made from `simulate`, with plans that need no scenario file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from sim.config import HubConfig
from sim.experiment import simulate
from sim.manifest import Manifest, config_hash
from sim.results import ALWAYS, SCHEMAS, TableFile, labelled


def write_sweep(folder: Path, configs: Mapping[str, HubConfig]) -> None:
    """Run each configuration and leave a sweep's folder: merged tables, a manifest with its cells, and theirs."""
    cells = []
    with ExitStack() as files:
        folder.mkdir(parents=True, exist_ok=True)
        writers = {name: files.enter_context(TableFile(folder / f"{name}.parquet", SCHEMAS[name])) for name in ALWAYS}
        for number, (cell, config) in enumerate(configs.items()):
            own = folder / f"{number}_{cell}"
            own.mkdir(exist_ok=True)
            manifest = Manifest.begin(config)
            labels = {"cell": cell, "scenario": config.scenario, "staffing": config.staffing_model}
            for result in simulate(config):
                manifest.add(result)
                for name, table in result.tables.items():
                    writers[name].write(labelled(name, table, labels))
            manifest.write(own)
            cells.append(
                {
                    "cell": cell,
                    "folder": own.name,
                    "scenario": config.scenario,
                    "staffing": config.staffing_model,
                    "levers": {},
                    "config_hash": config_hash(config),
                    "replications": manifest.replications,
                    "status": "finished",
                }
            )
    (folder / "manifest.json").write_text(json.dumps({"cells": cells}), encoding="utf-8")
