"""Work counted, not timed: the bytecodes that Python runs for one replication of the small Hub.

They are the same on every machine with the same Python, and whatever else it does at the time.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import Any

from benchmarks.rules import REFERENCE, WEEK, Rules
from benchmarks.timing import EXACT, IDIOMATIC, OURS, run_of

ROOT = Path(__file__).parents[1]
COUNTED = (IDIOMATIC, OURS, EXACT)
PARTS = {
    "the draws": ("sim/cohort", "sim/roster", "sim/streams.py", "sim/uncertainty.py"),
    "the service: a post's working day": (
        "sim/service/clinician.py", "sim/service/post.py", "sim/service/accounts.py", "sim/service/day.py",
        "sim/service/hub.py", "sim/service/clock.py",
    ),
    "the service: appointments": ("sim/service/appointments.py", "sim/service/diary.py"),
    "the service: lists, and offers to who waits on them": (
        "sim/service/lists.py", "sim/service/hub_lists.py", "sim/service/activities.py", "sim/service/patience.py",
    ),
    "the service: people's steps": (
        "sim/service/pathway.py", "sim/service/desk.py", "sim/service/cases.py", "sim/service/opening.py",
        "sim/service/course.py", "sim/service/rules.py",
    ),
    "counting and the audit": (
        "sim/measures", "sim/results.py", "sim/replicate.py", "sim/service/record.py", "sim/service/logs.py",
    ),
}  # fmt: skip
OTHERS = "libraries and the rest"


def bytecodes(engine: str, rules: Rules = REFERENCE, seed: int = 1) -> Counter[str]:
    """Return how many bytecodes one replication runs, by file."""
    run = run_of(engine)
    run(Rules(horizon=8 * WEEK), 0)  # imports and what is kept from one replication to the next are no part of it
    counted: Counter[str] = Counter()

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        if event == "call":
            frame.f_trace_opcodes, frame.f_trace_lines = True, False
        elif event == "opcode":
            counted[frame.f_code.co_filename] += 1
        return trace

    sys.settrace(trace)
    try:
        run(rules, seed)
    finally:
        sys.settrace(None)
    return counted


def by_part(counted: Counter[str]) -> dict[str, int]:
    """Return the bytecodes of a replication of this project by what they are for."""
    parts = dict.fromkeys([*PARTS, OTHERS], 0)
    for file, number in counted.items():
        path = Path(file)
        inside = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else ""
        parts[next((part for part, files in PARTS.items() if inside.startswith(files)), OTHERS)] += number
    return parts
