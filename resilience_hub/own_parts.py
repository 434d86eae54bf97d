"""Makes sure that `sim` and `analysis` are this package's own parts, whatever lies beside a user's script.

A folder that Python searches before this one may hold a user's own `analysis.py` or `sim.py`. Once the two packages are
loaded from their own place, every module of theirs is found through them and no folder is searched again.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
"""Where the parts lie, beside this package: site-packages, or a checkout."""
PARTS = ("sim", "analysis")


def load() -> None:
    """Load both parts from their own place.

    Raises ImportError, in one line, where a module of the same name but not ours is loaded already.
    """
    for name in PARTS:
        if (module := sys.modules.get(name)) is None:
            continue
        found = Path(getattr(module, "__file__", None) or name)
        if found.resolve().parent != ROOT / name:
            raise ImportError(
                f"resilience_hub: {name} is loaded already, from {found}, and a part of resilience_hub has the same "
                "name; give that file another name"
            )
    sys.path.insert(0, str(ROOT))
    try:
        for name in PARTS:
            importlib.import_module(name)
    finally:
        sys.path.remove(str(ROOT))
