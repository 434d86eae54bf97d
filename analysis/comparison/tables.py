"""The comparison as files: differences, headline answers, levels, equity and the choice between plans."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.comparison.attribution import Attribution
from analysis.comparison.compare import Comparison, all_differences
from analysis.comparison.three_kinds import split_rows
from analysis.estimates.uncertainty import SPLIT_FILE
from analysis.tell.csv_text import csv_of
from sim.disk.whole import write_whole

if TYPE_CHECKING:
    import pandas as pd

WHY = "why.csv"
TABLES = ("headlines.csv", "differences.csv", "levels.csv", "equity.csv", "choice.csv")


def write_tables(
    comparison: Comparison, equity: pd.DataFrame, folder: Path, reasons: Sequence[Attribution] = ()
) -> None:
    """Write every table of a comparison into a folder; those of levers and of drawn parameters where there are any."""
    import pandas as pd

    levels = pd.concat([table.assign(plan=plan) for plan, table in comparison.estimates.items()], ignore_index=True)
    tables = {
        "headlines.csv": pd.DataFrame(headline_rows(comparison)),
        "differences.csv": all_differences(comparison),
        "levels.csv": levels[["plan", *levels.columns[:-1]]],
        "equity.csv": equity,
        "choice.csv": pd.DataFrame(choice_rows(comparison)),
    }
    if len(kinds := split_rows(comparison)):
        tables[SPLIT_FILE] = kinds
    if reasons:
        tables[WHY] = pd.DataFrame(why_rows(reasons))
    for name, table in tables.items():
        write_whole(folder / name, csv_of(table))


def headline_rows(comparison: Comparison) -> list[dict[str, Any]]:
    """Return one row a plan and headline figure, in the unit of the figure."""
    rows = []
    for answer in comparison.answers:
        headline, scale = answer.headline, answer.headline.scale
        level, base = (comparison.level(plan, headline.key).times(scale) for plan in (answer.plan, answer.baseline))
        rows.append(
            {
                "plan": answer.plan,
                "baseline": answer.baseline,
                "figure": headline.words,
                "unit": headline.unit,
                "primary": headline.primary,
                "baseline_level": base.estimate,
                "plan_level": level.estimate,
                "difference": answer.found.difference * scale,
                "low": answer.found.low * scale,
                "high": answer.found.high * scale,
                "simultaneous_low": answer.low * scale,
                "simultaneous_high": answer.high * scale,
                "p": answer.found.p,
                "p_holm": answer.p_adjusted,
                "verdict": answer.verdict,
                "more_replications": answer.more,
                "correlation": answer.found.correlation,
                "variance_reduction": answer.found.variance_reduction,
                "pairs": answer.found.pairs,
            }
        )
    return rows


def choice_rows(comparison: Comparison) -> list[dict[str, Any]]:
    """Return one row a plan: whether it may be the best, whether it was selected, how often nothing beats it."""
    choice, selection = comparison.choice, comparison.choice.selection
    rows = []
    for plan in comparison.plans:
        met = comparison.assurance(plan)
        rows.append(
            {
                "plan": plan,
                "may_be_best": plan in choice.may_be_best,
                "selected": None if selection is None else selection.left == [plan],
                "dropped_after_replications": None if selection is None else selection.dropped_after.get(plan),
                "probability_not_beaten": choice.not_beaten[plan],
                "meets_standard": met.estimate,
                "meets_standard_low": met.low,
                "meets_standard_high": met.high,
            }
        )
    return rows


def why_rows(reasons: Sequence[Attribution]) -> list[dict[str, Any]]:
    """Return one row a plan, figure and lever: what the lever is worth, in the unit of the figure."""
    return [
        {
            "plan": reason.plan,
            "baseline": reason.baseline,
            "figure": headline.words,
            "unit": headline.unit,
            "lever": lever.name,
            "worth": worth.estimate * headline.scale,
            "low": worth.low * headline.scale,
            "high": worth.high * headline.scale,
        }
        for reason in reasons
        for headline, of_levers in reason.worth.items()
        for lever, worth in zip(reason.levers, of_levers, strict=True)
    ]
