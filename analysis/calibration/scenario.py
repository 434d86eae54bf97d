"""The fitted values as a scenario file that `hub --config-dir DIR scenario=calibrated` takes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from analysis.calibration.fitting import Changes, Fitted
from sim.config.edit import put
from sim.disk.whole import write_whole

NAME = "calibrated"
PURPOSE = "The default Hub with every value that has no source fitted to the study's figures."


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
