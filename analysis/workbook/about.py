"""The first sheet: what was simulated, over which dates, what must be known to read the figures, and the warnings."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from analysis.tell.book import BAND, Block, Dresser, Look, page, tall
from analysis.tell.dated_changes import change_sentences
from analysis.tell.wording import counted, full_date, key_words, listed, sentence, set_words, words
from analysis.workbook.parts import Part
from sim.disk import scenarios_dir
from sim.evidence import GRADES, grades_in_use, most_guesses, numbers_in_use

if TYPE_CHECKING:
    from openpyxl import Workbook

WIDTHS = (26, 84)
LONGEST_TITLE = 60
PAGE, SMALLER = 440.0, 1.4
"""Points of rows that a page holds, and how many times as much if it is printed smaller."""
MOST_CHANGED = 6
"""Numbers that somebody changed, named; of more the sheet of assumptions has the list."""
LIMITS = (
    "Waits and cost rest on assumptions of grade D, which are guesses: the sheet Assumptions names each. Differences "
    "between plans are firmer than levels.",
    "No claim about cost-effectiveness can be made from these figures.",
    "It does not follow symptoms, predict individuals or replace local data.",
)
READING = (
    "From, to: the 95% interval of the average over simulated futures. It says how much the average would move if "
    "run again, not how sure the assumptions are.",
    "9 in 10 futures: the range that holds the figure in 9 of 10 simulated futures.",
    "Seen in time counts everyone eligible: people who gave up or still wait count as not seen.",
    "Every figure is the one of the CSV file beside this workbook, to the last digit; cells only show fewer.",
)
CONTENTS = {
    "Side by side": "the headline figures of every plan, a row each",
    "What differs": "what sets the plans apart",
    "Differences": "each plan less its baseline, in pairs of the same people",
    "Steps": "who gets how far, so that no plan looks better by losing people",
    "Equity": "seen in time by staff group, gender and ethnicity, and the gap to the reference group",
    "Choice": "which plans may be the best",
    "Why": "what each change of a plan is worth",
    "Headlines": "standards, waits, lists, reach and cost",
    "Waits": "by stage and staff group",
    "Reach": "who comes and who is seen in time, group by group",
    "Lists by week": "people waiting at the end of each week, with dates",
    "Cost": "what the staff and all else cost",
    "Assumptions": "every number that was used, with grade and source; of several plans, that with most guesses",
    "Words": "what each word means",
}


def add_about(book: Workbook, parts: Sequence[Part], dresser: Dresser, sheets: Sequence[str], title: str = "") -> None:
    """Add the sheet; `sheets` are those that follow."""
    first, sheet = parts[0], page(book, "About")
    run = first.config.run
    end = run.start_date + datetime.timedelta(days=run.horizon_days - 1)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = WIDTHS
    heading = title or (_title_of(first) if len(parts) == 1 else f"{len(parts)} plans side by side")
    dresser.write(sheet.cell(1, 1), heading, Look(bold=True, size=16))
    sheet.row_dimensions[1].height = 24
    rows: list[tuple[str, Any]] = [("What was simulated", None)]
    if len(parts) == 1:
        rows += [("Scenario", f"{words(first.config.scenario)}. {first.config.purpose}".strip())]
        rows += [("Staffing", words(first.config.staffing_model))]
        rows += [("Changed", set_words(key, value)) for key, value in first.levers.items()]
    else:
        rows += [(part.name, part.config.purpose) for part in parts]
    replications = sorted({part.manifest["replications"] for part in parts})
    many = counted(replications[0], "simulated future") if len(replications) == 1 else f"{replications} futures"
    rows += [
        ("Dates", f"{full_date(run.start_date)} to {full_date(end)}, {run.horizon_days:,} days"),
        ("Simulated", f"{many}, seed {run.seed}"),
        ("Prices", f"of {first.config.costs.price_year}"),
        ("Version", f"hub {first.manifest['code']['version']}, run {first.manifest['started_at'][:10]}"),
        *_dated(parts),
        ("The sheets", None),
        *((name, CONTENTS[name]) for name in sheets),
        ("How to read the figures", None),
        *(("", text) for text in READING),
        ("How well the numbers are known", None),
        *_grades(parts),
        ("Limits", None),
        *(("", text) for text in LIMITS),
    ]
    warnings = list(dict.fromkeys(_warned(part, len(parts)) for part in parts if part.manifest["warnings"]))
    if warnings:
        rows += [("Warnings", None), *(("", line) for lines in warnings for line in lines)]
    _write(sheet, rows, dresser)


def _dated(parts: Sequence[Part]) -> list[tuple[str, Any]]:
    """Return the dated changes of all plans with their dates, and which plans have one that not all have."""
    of_plans: dict[tuple[str, str], list[str]] = {}
    for part in parts:
        for named in change_sentences(part.config).items():
            of_plans.setdefault(named, []).append(part.name)
    rows = [
        ("", f"{sentence(words(name))}: {told}{'' if len(plans) == len(parts) else f' ({listed(plans)} only)'}")
        for (name, told), plans in of_plans.items()
    ]
    return [("Dated changes", None), *rows] if rows else []


def _title_of(part: Part) -> str:
    """Return what a scenario of one's own says it is, if short, such as the name of a Hub; else its name."""
    shipped = (scenarios_dir() / f"{part.config.scenario}.yaml").is_file()
    said = part.config.purpose
    return sentence(words(part.name)) if shipped or not said or len(said) > LONGEST_TITLE else said


def _grades(parts: Sequence[Part]) -> list[tuple[str, str]]:
    """Return how many numbers are of each grade, of the plan with most guesses, as the page for a board has them."""
    part = parts[most_guesses([each.config for each in parts])]
    found = grades_in_use(part.config)
    own = [sentence(key_words(used.key)) for used in numbers_in_use(part.config) if used.row is None]
    told = {grade: f"{counted(found[grade], 'number')}: {meaning}" for grade, meaning in GRADES.items() if found[grade]}
    told |= {"D": f"{told['D']}, that is a guess"} if "D" in told else {}
    if own:
        more = [f"{len(own) - MOST_CHANGED} more"] if len(own) > MOST_CHANGED else []
        which = f"{listed([*own[:MOST_CHANGED], *more])} (sheet Assumptions, changed)"
        told["changed"] = f"{counted(len(own), 'number')} set by the scenario or by you: {which}"
    whose = [("Counted for", f"{part.name}, which rests on most guesses")] if len(parts) > 1 else []
    return [*whose, *((grade_words(grade), text) for grade, text in told.items())]


def grade_words(grade: str) -> str:
    """Return a grade as a reader should take it."""
    return {"D": "D: a guess", "setting": "a choice", "changed": "changed"}.get(grade, grade)


def _warned(part: Part, of: int) -> tuple[str, ...]:
    before = f"{part.name}: " if of > 1 else ""
    return tuple(f"{before}{line}" for line in part.manifest["warnings"])


def _write(sheet: Any, rows: Sequence[tuple[str, Any]], dresser: Dresser) -> None:
    heights: dict[int, float] = {}
    """Of each chapter, by the row of its heading."""
    for at, (left, right) in enumerate(rows, 3):
        heading = right is None
        look = Look(bold=heading, wrap=True, fill=BAND if heading else "")
        dresser.write(sheet.cell(at, 1), sentence(left), look)
        dresser.write(sheet.cell(at, 2), _begun(right or ""), look)
        height = tall(sheet, at, [Block(text or "", width) for text, width in zip((left, right), WIDTHS, strict=True)])
        chapter = at if heading else max(heights)
        heights[chapter] = heights.get(chapter, 0.0) + height
    sheet.freeze_panes = "A2"
    _paged(sheet, heights)


def _paged(sheet: Any, heights: Mapping[int, float]) -> None:
    """Print the sheet on one page if it can be read there, else with no chapter parted that fits on a page."""
    from openpyxl.worksheet.pagebreak import Break

    if sum(heights.values()) < SMALLER * PAGE:
        sheet.page_setup.fitToHeight = 1
        return
    sheet.sheet_properties.pageSetUpPr.fitToPage = False  # which would overrule breaks; it is no wider than a page
    used = 0.0
    for row, height in heights.items():
        if used + height > PAGE and used:
            sheet.row_breaks.append(Break(row - 1))
            used = 0.0
        used = (used + height) % PAGE


def _begun(text: str) -> str:
    """Return a text with a capital first letter, unless it begins with a key, which is written as it is."""
    first = text.partition(" ")[0]
    return text if set(first.rstrip(".:,")) & set("._=") else sentence(text)
