"""The sheets of a comparison: the tables that it has written, their headings in words."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.comparison.comparison import Comparison
from analysis.comparison.taken_apart import concerns
from analysis.tell.book import ONE_DECIMAL, SHARE, TEXT, WHOLE, Column, Dresser, Shown, table
from analysis.tell.wording import NOT_BEATEN, read_csv, sentence, words
from analysis.workbook.parts import Part, as_written
from sim.run.results import BY_LIST

if TYPE_CHECKING:
    from openpyxl import Workbook

TABLES = {
    "Differences": "headlines.csv",
    "Steps": "steps.csv",
    "Equity": "equity.csv",
    "Choice": "choice.csv",
    "Why": "why.csv",
}
"""Sheets and the files that they are made of."""
PLANS = ("plan", "baseline")
PRINTED = {
    "Differences": ("plan", "baseline", "figure", "unit", "baseline_level", "plan_level", "difference",
                    "simultaneous_low", "simultaneous_high", "verdict", "because"),
    "Equity": ("plan", "measure", "group", "unit", "estimate", "low", "high", "gap", "gap_low", "gap_high",
               "people"),
}  # fmt: skip
"""Columns that come first and are printed, of tables too wide for paper; the others stand to their right, their text on
one line, so that no row is taller than what is printed of it."""
OF_A_DIFFERENCE = {
    "Differences": {
        "simultaneous_low": "Difference, from (as in the report)",
        "simultaneous_high": "Difference, to (as in the report)",
        "low": "Difference, from (this figure alone)",
        "high": "Difference, to (this figure alone)",
    },
    "Steps": {"low": "Difference, from", "high": "Difference, to"},
}
"""The interval that the report shows, and judges by, holds for all plans and both primary figures at once."""
HEADINGS = {
    "low": "From (95%)",
    "high": "To (95%)",
    "gap_low": "Gap, from",
    "gap_high": "Gap, to",
    "gap": "Gap to the reference group",
    "p": "p",
    "p_holm": "p, Holm's",
    "primary": "Primary figure",
    "because": "Why not judged",
    "more_replications": "More replications needed",
    "baseline_people": "People behind it, baseline",
    "plan_people": "People behind it, plan",
    "variance_reduction": "Pairing cut the variance by a factor of",
    "pairs": "Pairs of replications",
    "lost": "Loses people here",
    "gained": "Gains people here",
    "small": "Fewer than 30 people",
    "reference": "Reference group",
    "probability_not_beaten": f"Share {NOT_BEATEN}",
    "meets_standard": "Share of futures that meet the standard",
    "meets_standard_low": "Meets the standard, from",
    "meets_standard_high": "Meets the standard, to",
    "selected": "Selected (--delta)",
}
"""What a column is called in words, where its name with spaces does not do."""
FORMS = {
    "p": "0.0000", "p_holm": "0.0000", "correlation": "0.00", "variance_reduction": ONE_DECIMAL, "pairs": WHOLE,
    "more_replications": WHOLE, "baseline_share": SHARE, "plan_share": SHARE, "meets_standard": SHARE,
    "meets_standard_low": SHARE, "meets_standard_high": SHARE, "probability_not_beaten": SHARE,
}  # fmt: skip
SHARES = {"Steps": ("low", "high")}
"""Columns that are shares, where the same name is in the unit of the row elsewhere."""
NAMES = ("stage", "dimension", "group", "reference", "measure", "step", "figure")
IN_TEXT = ("figure", "because", "gap_arises_by", "lever", "step", "measure")


def parts_of_comparison(comparison: Comparison, folder: Path) -> list[Part]:
    """Return the plans of a comparison, their figures as its `levels.csv` has them."""
    levels, parts = read_csv(folder / "levels.csv"), []
    weekly = comparison.sweep.weekly
    for plan in comparison.plans:
        swept = comparison.sweep.plans[plan]
        mine = weekly[(weekly["cell"] == plan) & weekly["replication"].isin(comparison.sweep.numbers)]
        lists = mine[mine["dimension"].isin(BY_LIST[0][2])]
        found = as_written(levels[levels["plan"] == plan])
        name, manifest, levers = comparison.names[plan], dict(swept.manifest), dict(swept.levers)
        parts.append(Part(name, swept.config, found, lists, manifest, plan, levers))
    return parts


def sheets_of(folder: Path) -> list[str]:
    """Return the sheets that there are tables for."""
    return [title for title, file in TABLES.items() if (folder / file).is_file()]


def add_tables(book: Workbook, folder: Path, comparison: Comparison, dresser: Dresser) -> None:
    """Add every table of a comparison as a sheet."""
    names = comparison.names
    watched = {tuple(one.measure): sentence(one.words) for one in concerns(comparison.config, *comparison.stages)}
    for title in sheets_of(folder):
        content = read_csv(folder / TABLES[title])
        first = [name for name in PRINTED.get(title, content.columns) if name in content]
        content = content[[*first, *(name for name in content.columns if name not in first)]]
        content = _in_words(content, watched)
        if "scenario" in content:
            content = content.assign(scenario=content["scenario"].map(comparison.grid.scenario_names))
        columns = [_column(title, str(name), content[name], name in first) for name in content.columns]
        rows = (_row(title, row, names) for row in content.to_dict("records"))
        table(book, title, columns, rows, dresser, frozen=1)


def _in_words(content: pd.DataFrame, watched: Mapping[tuple[str, ...], str]) -> pd.DataFrame:
    """Return a table whose measures are told as the report tells them, where it watches them."""
    if not {"measure", "stage"} <= set(content):
        return content
    keys = zip(content["measure"], content["stage"].fillna(""), strict=True)
    return content.assign(measure=[watched.get((measure, stage), measure) for measure, stage in keys])


def _column(title: str, name: str, values: pd.Series[Any], printed: bool) -> Column:
    of_difference = OF_A_DIFFERENCE.get(title, {}).get(name)
    heading = of_difference or HEADINGS.get(name) or sentence(words(name))
    if name in PLANS:
        return Column(heading, TEXT, 26, wrap=True, printed=printed)
    texts = values.dtype == object or pd.api.types.is_string_dtype(values) or pd.api.types.is_bool_dtype(values)
    if texts:
        width = 36 if name in IN_TEXT else 24 if name == "group" else 18
        return Column(heading, TEXT, width, wrap=printed, printed=printed)
    return Column(heading, _form(title, name), 13, printed=printed)


def _form(title: str, name: str) -> str:
    return SHARE if name in SHARES.get(title, ()) else FORMS.get(name, ONE_DECIMAL)


def _row(title: str, row: Mapping[Any, Any], names: Mapping[str, str]) -> list[Any]:
    return [_cell(title, str(name), value, row, names) for name, value in row.items()]


def _cell(title: str, name: str, value: Any, row: Mapping[Any, Any], names: Mapping[str, str]) -> Any:
    """Return a value as a workbook shows it: yes and no, plans by their names in words, shares as such."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name in PLANS:
        return names.get(str(value), value)
    if isinstance(value, str):
        return sentence(words(value)) if name in NAMES else value
    if row.get("unit") == "ratio":
        return Shown(value, "0.00")
    return value
