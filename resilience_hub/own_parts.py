"""Makes sure that `sim` and `analysis` are this package's own parts, whatever lies beside a user's script.

A folder that Python searches before this one may hold a user's own `analysis.py` or `sim.py`. Once the two packages are
loaded from their own place, every module of theirs is found through them and no folder is searched again. Whoever then
asks one of them for something of their own module is told why it is not there.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[1]
"""Where the parts lie, beside this package: site-packages, or a checkout."""
PARTS = ("sim", "analysis")


def load() -> None:
    """Load both parts from their own place.

    Raises ImportError, in one line, where a module of the same name but not ours is loaded already: whole, or what was
    left of it when it could not be loaded to its end.
    """
    for name, module in list(sys.modules.items()):
        part = name.partition(".")[0]
        if part not in PARTS or module is None:
            continue
        found = Path(getattr(module, "__file__", None) or name)
        if ROOT / part not in found.resolve().parents:
            raise ImportError(
                f"resilience_hub: {name} is loaded already, from {found}, and a part of resilience_hub is called "
                f"{part} too; give your {part} another name and start Python again"
            )
    sys.path.insert(0, str(ROOT))
    try:
        for name in PARTS:
            loaded = importlib.import_module(name)
            vars(loaded)["__getattr__"] = _Missing(name)  # what Python asks for whatever is not there
    finally:
        sys.path.remove(str(ROOT))


class _Missing:
    """Says of a name that a part has not whose part it is: a user may have meant a module of their own."""

    def __init__(self, part: str) -> None:
        self.part = part

    def __call__(self, name: str) -> NoReturn:
        """Raise ImportError; AttributeError, as Python does, for `_NAME` and for a module of ours not yet loaded."""
        if name.startswith("_") or importlib.util.find_spec(f"{self.part}.{name}"):
            raise AttributeError(f"module {self.part!r} has no attribute {name!r}")
        raise ImportError(
            f"{self.part}: got {name}, which is not in it: {self.part} is a part of resilience_hub; if you meant your "
            f"own {self.part}.py, give it another name, such as my_{self.part}.py, and start Python again"
        )
