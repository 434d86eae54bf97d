"""Write docs/stages.md from the tables that the code reads: `make docs`."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from sim.measures import MEASURES
from sim.stages import ALL_STAGES, LISTED, MILESTONES, STAGES

PAGE = Path(__file__).parents[2] / "docs" / "stages.md"


def diagram() -> str:
    """Return the pathway as a Mermaid flowchart: milestones in boxes, each stage with a list as an arrow."""
    lines = ["flowchart TD"]
    lines += [f"    {m.name}{_box(m.name.replace('_', ' '), m.at_the_hub)}" for m in MILESTONES]
    lines += [f"    {m.after} {'-->' if m.at_the_hub else '-.->'} {m.name}" for m in MILESTONES if m.after]
    for stage in (stage for stage in LISTED if not stage.by_stay):
        lines.append(f'    {stage.joins} == "waits for {stage.waits_for}" ==> {stage.closes}')
        if stage.can_be_left:
            lines.append(f"    {stage.joins} -. gives up waiting .-> closed")
    outside = STAGES["external"]
    lines.append(f'    {outside.opens} == "waits for {outside.waits_for}" ==> {outside.closes}')
    return "\n".join(lines)


def _box(words: str, at_the_hub: bool) -> str:
    return f'["{words}"]' if at_the_hub else f'(["{words}"])'


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

A thin arrow says what must have happened before; a thick one is a wait on a list, and a dotted one ends in care
elsewhere, which the Hub does not see, or in giving up. A case may be closed from every box.

```mermaid
{diagram()}
```

## Stages

A stage is a wait from one milestone to another, told of everybody who is eligible for what it ends with. In italics:
work that comes due again and again, or for no client; each time is a wait of its own.

{table(("stage", "opens", "closes", "lists", "work of staff", "ends otherwise", "a standard may be set"), stages)}

## Measures

What each measure says, which way is better, and how several Hubs make one figure.

{table(("measure", "what it says", "unit", "better", "over Hubs"), measures)}
"""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.exit(0)
