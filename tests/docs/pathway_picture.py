"""Draws docs/pictures/pathway.svg from the tables of milestones and stages; a new milestone is given a place here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

from sim.stages import LISTED, MILESTONES, STAGES, Milestone, Stage

PICTURE = Path(__file__).parents[2] / "docs" / "pictures" / "pathway.svg"
PLACES = {
    "referred": (1, 0), "screened": (1, 1), "risk_called": (2, 1), "reviewed": (1, 2), "assessment_joined": (1, 3),
    "booked": (1, 4), "assessed": (1, 5), "therapy_joined": (0, 6), "therapy_booked": (0, 7), "therapy_first": (0, 8),
    "therapy_last": (0, 9), "navigation_joined": (2, 6), "external_referred": (2, 7), "navigated": (1, 8),
    "external_accepted": (2, 8), "external_started": (2, 9), "closed": (1, 9),
}  # fmt: skip
"""Column and row of each milestone."""
WORDS = {
    "assessment_joined": "on the assessment list", "booked": "given an appointment",
    "therapy_joined": "on a therapy list", "therapy_booked": "given a first session",
    "therapy_first": "first session", "therapy_last": "last session",
    "navigation_joined": "on a navigator's list", "external_referred": "referred on", "navigated": "navigation done",
    "external_accepted": "accepted elsewhere", "external_started": "in care elsewhere",
    "risk_called": "called about risk",
}  # fmt: skip
"""Of milestones whose names say too little by themselves."""
LEFT, TOP, ACROSS, DOWN, WIDE, HIGH = 265, 30, 300, 68, 176, 34
MARGIN = 14
"""Between a box and the line of a wait beside it."""
INK, WAIT, GREY = "#222222", "#0072B2", "#767676"


def place(name: str) -> tuple[float, float]:
    """Return the middle of a milestone's box."""
    if name not in PLACES:
        raise KeyError(f"{name} has no place in the picture: give it a column and a row in {Path(__file__).name}")
    column, row = PLACES[name]
    return LEFT + column * ACROSS, TOP + row * DOWN


def picture() -> str:
    """Return the picture as SVG: milestones in boxes, what must come before, and each wait on a list beside them."""
    width, height = LEFT + 2 * ACROSS + LEFT, TOP + 9 * DOWN + 60
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" font-family="sans-serif" '
        f'font-size="14" aria-label="The pathway of a client through a Hub">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
        "<defs>",
        *(
            f'<marker id="{name}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="{size}" markerHeight="{size}" '
            f'orient="auto"><path d="M0 0L8 4L0 8z" fill="{colour}"/></marker>'
            for name, size, colour in (("then", 7, GREY), ("seen", 4.5, WAIT))
        ),
        "</defs>",
        *(_then(milestone) for milestone in MILESTONES if milestone.after and milestone.name != "closed"),
        *(line for stage in (*LISTED, STAGES["external"]) if stage.joins or stage.opens for line in _wait(stage)),
        *(line for milestone in MILESTONES for line in _box(milestone)),
        f'<text x="20" y="{height - 14}" fill="{INK}">Blue: a wait, and where it ends. Dashed: at another service, '
        "which the Hub does not see. A case may be closed from every box.</text>",
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _box(milestone: Milestone) -> Iterator[str]:
    x, y = place(milestone.name)
    words = WORDS.get(milestone.name, milestone.name.replace("_", " "))
    dashed = "" if milestone.at_the_hub else ' stroke-dasharray="5 3"'
    fill = "#F3F2F1" if milestone.name == "closed" else "white"
    yield (
        f'<rect x="{x - WIDE / 2:g}" y="{y - HIGH / 2:g}" width="{WIDE}" height="{HIGH}" rx="8" fill="{fill}" '
        f'stroke="{INK}"{dashed}/>'
    )
    yield f'<text x="{x:g}" y="{y + 5:g}" text-anchor="middle" fill="{INK}">{escape(words)}</text>'


def _then(milestone: Milestone) -> str:
    """Draw what must have happened before a milestone, from box to box."""
    (x, y), (to_x, to_y) = place(milestone.after), place(milestone.name)
    if y == to_y:
        side = WIDE / 2 if to_x > x else -WIDE / 2
        path = f"M{x + side:g} {y:g}H{to_x - side:g}"
    elif x == to_x:
        path = f"M{x:g} {y + HIGH / 2:g}V{to_y - HIGH / 2:g}"
    elif to_y - y == DOWN:
        middle = (y + to_y) / 2
        path = f"M{x:g} {y + HIGH / 2:g}V{middle:g}H{to_x:g}V{to_y - HIGH / 2:g}"
    else:
        raise ValueError(f"{milestone.name} cannot be reached by a line: put it below or beside {milestone.after}")
    dashed = "" if milestone.at_the_hub else ' stroke-dasharray="5 3"'
    return f'<path d="{path}" fill="none" stroke="{GREY}" stroke-width="1.5"{dashed} marker-end="url(#then)"/>'


def _wait(stage: Stage) -> Iterator[str]:
    """Draw a wait beside the boxes that it lies between, with what is waited for."""
    if stage.by_stay:
        return
    begins, ends = stage.joins or stage.opens, stage.closes
    (x, y), (to_x, to_y) = place(begins), place(ends)
    dashed = ' stroke-dasharray="6 4"' if stage.name == "external" else ""
    line = f'fill="none" stroke="{WAIT}" stroke-width="3.5"{dashed} marker-end="url(#seen)"/>'
    words = [f"waits for {stage.waits_for}", *(["or gives up"] if stage.can_be_left else [])]
    if y == to_y:
        yield f'<path d="M{x + WIDE / 2:g} {y + 9:g}H{to_x - WIDE / 2:g}" {line}'
        yield from _told(words, (x + to_x) / 2, y + 27, "middle")
        return
    side = 1 if PLACES[begins][0] == 2 else -1
    edge, out = x + side * WIDE / 2, x + side * (WIDE / 2 + MARGIN)
    yield f'<path d="M{edge:g} {y:g}H{out:g}V{to_y:g}H{edge:g}" {line}'
    yield from _told(words, out + side * 8, (y + to_y) / 2 + 5, "start" if side > 0 else "end")


def _told(words: list[str], x: float, y: float, anchor: str) -> Iterator[str]:
    for number, text in enumerate(words):
        at = y + 17 * (number - (len(words) - 1) / 2)
        yield f'<text x="{x:g}" y="{at:g}" text-anchor="{anchor}" fill="{WAIT}">{escape(text)}</text>'
