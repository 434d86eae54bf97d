"""Which modules of the service are compiled ahead of time, and where the compiled files of this very source lie.

A folder of compiled files is named by a digest of the source that it was made from and put in place whole, in one step.
What was compiled from any other source has another name and is not found: the source itself runs then.
`hatch_build.py` compiles, for `make` and for the wheel. It reads this file without the rest of the package.
"""

from __future__ import annotations

import hashlib
import os
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from typing import Final

MODULES: Final = (
    "activities", "appointments", "arrays", "cases", "clinician", "extra_sessions", "hub", "lists", "pathway",
    "patience", "post", "reception", "rules",
)  # fmt: skip
"""The compiled modules of `sim/service`, each from its own `.py`."""
FROM_PYTHON: Final = frozenset(
    {
        "as_record", "book", "clear", "columns", "end", "end_stay", "enter", "join", "key_by_policy", "length",
        "next_on", "open", "pop", "push", "put_back", "set_aside", "take_in", "take_on",
    }
)  # fmt: skip
"""Methods that Python calls too: functions that stay Python, and tests. Each costs a little for that."""
SHARED: Final = "_shared"
"""One more, of what Cython gives every module, so that it is compiled once and not again for each."""
DIRECTIVES: Final = {
    "language_level": 3, "annotation_typing": False, "infer_types": True, "binding": False, "auto_pickle": False,
}  # fmt: skip
"""How Cython reads them. It takes no type from a hint itself: `hints.py`, which says what each means, tells it."""
UNCOMPILED: Final = "HUB_UNCOMPILED"
"""The environment variable that lets the source run as it stands: to step through it, and for tests."""
SERVICE: Final = Path(__file__).resolve().parent / "service"
HINTS: Final = Path(__file__).resolve().with_name("hints.py")


def sources(service: Path = SERVICE) -> list[Path]:
    """Return the files that decide what is compiled: this one, what reads the hints, and the source of the service."""
    return [Path(__file__).resolve(), HINTS, *sorted(p for p in service.glob("*.py") if not p.name.startswith("."))]


def compiled_folder(service: Path = SERVICE) -> Path:
    """Return the folder of the files compiled from this source for this Python, whether or not it is there."""
    digest = hashlib.sha256()
    for path in sources(service):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(service.parent).as_posix()}\0{len(content)}\0".encode() + content)
    return service / "_compiled" / (digest.hexdigest()[:16] + EXTENSION_SUFFIXES[0].rpartition(".")[0])


def compiled_path(service: Path = SERVICE) -> list[str]:
    """Return what goes before the source on the search path of the service: nothing where it runs uncompiled."""
    if os.environ.get(UNCOMPILED, "0") not in {"", "0"}:
        return []
    folder = compiled_folder(service)
    return [str(folder)] if folder.is_dir() else []
