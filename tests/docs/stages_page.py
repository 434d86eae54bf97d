"""Write docs/stages.md and its picture from the tables that the code reads: `make docs`."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from pathway_picture import PICTURE, picture

from sim.measures import MEASURES
from sim.stages import ALL_STAGES

PAGE = Path(__file__).parents[2] / "docs" / "stages.md"


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table."""
    heads = list(heads)
    return "\n".join("| " + " | ".join(row) + " |" for row in [heads, ["---"] * len(heads), *rows])


def page() -> str:
    """Return the whole page."""
    stages = [
        (
            f"`{stage.name}`", stage.opens.replace("_", " ") or f"*{stage.since}*",
            stage.closes.replace("_", " ") or f"*{stage.seen}*",
            ", ".join(name.replace(":", ": one a modality").replace("_", " ") for name in stage.lists) or "–",
            ", ".join(stage.activities).replace("_", " ") or "–",
            ", ".join(moment.replace("_", " ") for moment in stage.given_up) or "–",
            "yes" if stage.has_standard else "no",
        )
        for stage in ALL_STAGES
    ]  # fmt: skip
    measures = [
        (f"`{m.name}`", m.words, m.unit, m.better.value, m.over_hubs.value) for m in sorted(MEASURES.values(), key=str)
    ]
    return f"""# Stages and measures

`make docs` writes this page from the tables that the model itself reads (`sim/stages.py`, `sim/measures`); a test
fails when it no longer says what they say.

![The pathway: milestones in boxes, what must come before each, and the waits between them](pictures/pathway.svg)

## Stages

A stage is a wait from one milestone to another, for everybody who is eligible for what it ends with. In italics:
work that comes due again and again, or for no client; each time is a wait of its own.

{table(("stage", "opens", "closes", "lists", "work of staff", "ends otherwise", "a standard may be set"), stages)}

## Measures

What each measure says, which way is better, and how several Hubs make one figure.

{table(("measure", "what it says", "unit", "better", "over Hubs"), measures)}
"""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    PICTURE.write_text(picture(), encoding="utf-8")
    sys.exit(0)
