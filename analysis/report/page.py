"""What the first page says, in plain words: question, options, answer, drivers, what would change it, limits."""

from __future__ import annotations

import math
from textwrap import shorten
from typing import Any, NamedTuple

import pandas as pd

from analysis.comparison.compare import Answer, Comparison
from analysis.comparison.equity import Widened
from analysis.comparison.pairs import BETTER, MOST_REPLICATIONS, NO_MATTER, SAME, UNDECIDED, WORSE
from analysis.comparison.printed import round_up
from analysis.evidence import grades_in_use
from analysis.report.drivers import Drivers
from analysis.report.phrases import MEANING, bracketed, futures, listed
from analysis.style import words

MOST_OPTIONS = 6
"""More plans than this do not fit the first page; the others are in the appendix."""
MOST_DRIVERS = 3
LONGEST_WORDS = 85
"""Characters of an option in words on the first page; the appendix has it in full."""
MOST_GAPS = 2
SURE = 0.95
NO_COST_EFFECTIVENESS = (
    "No claim about cost-effectiveness can be made: the study of the Hubs found that none is possible, and cost and "
    "waits are shown side by side, never weighed."
)
LIMITS = (
    "No waits in days, staffing or Hub costs are published for the Hubs, so levels rest on assumptions. Differences "
    "between plans are firmer: every plan serves the same simulated people.",
    "Intervals tell how well the simulation knows its own averages, not how well it knows the real service. It does "
    "not follow symptoms, predict individuals or replace local data.",
)


class Option(NamedTuple):
    """A row of the table of options."""

    name: str
    words: str
    is_baseline: bool
    cost: str
    in_time: str
    one_in_ten: str
    supported: str
    standard_met: str
    change: str


def first_page(
    comparison: Comparison, equity: pd.DataFrame, widened: list[Widened], drivers: Drivers | None, question: str
) -> dict[str, Any]:
    """Return everything the first page says."""
    options = [_option(comparison, plan) for plan in comparison.plans]
    wait = comparison.headlines[0]
    standard = comparison.config.standards.stages[comparison.stage]  # type: ignore[index]
    return {
        "question": question or _question(comparison),
        "answer": answer_sentences(comparison),
        "options": options[:MOST_OPTIONS],
        "left_out": [option.name for option in options[MOST_OPTIONS:]],
        "in_time": wait.words,
        "standard": f"{standard.share:.0%} {wait.words}",
        "pairs": len(comparison.sweep.numbers),
        "gaps": gap_sentences(comparison, widened),
        "drivers": driver_sentences(comparison, drivers),
        "drivers_of": drivers,
        "would_change": change_sentences(comparison, widened, drivers),
        "grades": grade_sentences(comparison),
        "limits": LIMITS,
        "no_cost_effectiveness": NO_COST_EFFECTIVENESS,
    }


def _question(comparison: Comparison) -> str:
    others = [comparison.names[plan] for plan in comparison.plans if plan in comparison.baseline_of]
    base = listed([comparison.names[plan] for plan in dict.fromkeys(comparison.baseline_of.values())])
    if len(others) > MOST_DRIVERS:
        return f"Which of {len(others)} options should take the place of {base}, at what cost and for whom?"
    return f"What would {listed(others)} change against {base}, at what cost and for whom?"


def _option(comparison: Comparison, plan: str) -> Option:
    wait, cost = comparison.headlines[:2]
    place = 3 if comparison.stage == "referral_to_assessment" else 5
    long, supported = comparison.headlines[place], next(h for h in comparison.headlines if h.key[0] == "supported")
    answer = comparison.of(plan, wait)
    told = comparison.sweep.plans[plan]

    def level(headline: Any, decimals: int = 0) -> str:
        return bracketed(comparison.level(plan, headline.key).times(headline.scale), decimals)

    return Option(
        name=comparison.names[plan],
        words=shorten(
            told.config.purpose or f"{words(told.scenario)}, {words(told.staffing)}", LONGEST_WORDS, placeholder=" …"
        ),
        is_baseline=answer is None,
        cost=level(cost),
        in_time=level(wait),
        one_in_ten=level(long),
        supported=level(supported),
        standard_met=futures(comparison.assurance(plan).estimate)
        .removesuffix(" simulated futures")
        .removesuffix(" simulated future"),
        change=change_in_words(answer) if answer else "baseline",
    )


def change_in_words(answer: Answer) -> str:
    """Say a difference in the primary wait in a few words, an open one with what is missing."""
    shown = answer.headline.shown
    if answer.verdict == SAME:
        return "the same"
    interval = (
        f"{shown(answer.low, True)} to {shown(answer.high, True)}" if not math.isnan(answer.low) else "no interval"
    )
    change = f"{shown(answer.found.difference, True)} ({interval})"
    if answer.verdict == UNDECIDED:
        return f"{change}; not yet conclusive: {_missing(answer)}"
    return f"{change}; {answer.verdict}" if answer.verdict == NO_MATTER else change


def _missing(answer: Answer) -> str:
    if answer.more is None:
        return f"more than {MOST_REPLICATIONS:,} more replications"
    return f"about {round_up(answer.more):,} more replications"


def answer_sentences(comparison: Comparison) -> list[str]:
    """Return the answer in at most three sentences: the best option, what it brings and costs, how sure."""
    wait, cost = comparison.headlines[:2]
    choice, names = comparison.choice, comparison.names
    selected = choice.selection.left if choice.selection else []
    best = selected if len(selected) == 1 else choice.may_be_best
    if len(best) > 1:
        return [
            f"For the share {wait.words}, {listed([names[plan] for plan in best])} cannot be told apart yet.",
            *_open_sentences(comparison, best),
        ]
    [plan] = best
    answer, price = comparison.of(plan, wait), comparison.of(plan, cost)
    meets = comparison.assurance(plan)
    level = comparison.level(plan, wait.key).times(100)
    sure = f"It meets the standard in {futures(meets.estimate)}."
    if answer is None or price is None:
        return [
            f"No option does better than {names[plan]}, under which an estimated {level.estimate:.0f}% of people are "
            f"{wait.words}.",
            sure,
        ]
    base = comparison.level(answer.baseline, wait.key).estimate
    return [
        f"{names[plan]} serves most people in time: an estimated {level.estimate:.0f}% are {wait.words}, against "
        f"{base:.0%} under {names[answer.baseline]} (difference {wait.shown(answer.found.difference, True)} points, "
        f"95% interval {wait.shown(answer.low, True)} to {wait.shown(answer.high, True)}).",
        _price(price),
        sure,
    ]


def _price(price: Answer) -> str:
    """Say what an option costs against the baseline."""
    shown = price.headline.shown
    if price.verdict == SAME:
        return "It costs the same."
    interval = f"({shown(price.low, True)} to {shown(price.high, True)})"
    if price.verdict == UNDECIDED:
        change = f"{shown(price.found.difference, True)} {interval} £ thousand a year"
        return f"Whether it costs more or less is not yet conclusive: {change}."
    more = "more" if price.found.difference > 0 else "less"
    return f"It costs about £{abs(price.found.difference) / 1000:,.0f} thousand a year {more} {interval}."


def _open_sentences(comparison: Comparison, plans: list[str]) -> list[str]:
    wait = comparison.headlines[0]
    answers = [answer for plan in plans if (answer := comparison.of(plan, wait))]
    undecided = [answer for answer in answers if answer.verdict == UNDECIDED]
    missing = [f"{comparison.names[answer.plan]}: {_missing(answer)}" for answer in undecided]
    return [f"Not yet conclusive against the baseline: {'; '.join(missing)}."] if missing else []


def gap_sentences(comparison: Comparison, widened: list[Widened]) -> list[str]:
    """Say where a plan improves the mean and widens a gap; the largest groups first."""
    told = sorted(widened, key=lambda gap: gap.small)
    lines = []
    for gap in told[:MOST_GAPS]:
        unit = "points" if gap.concern.unit == "%" else gap.concern.unit
        lines.append(
            f"{comparison.names[gap.plan]} improves “{gap.concern.words}” for everyone but widens a gap: "
            f"{words(gap.group)} against {words(gap.reference)}, from {gap.gap_before:+.1f} to {gap.gap_after:+.1f} "
            f"{unit}"
            f"{' (under 30 people, read with care)' if gap.small else ''}.".replace("-", "−")
        )
    if len(told) > MOST_GAPS:
        lines.append(f"{len(told) - MOST_GAPS} more such gaps are in the appendix.")
    return lines or ["No plan surely improves a figure for everyone while it surely widens a group's gap in it."]


def driver_sentences(comparison: Comparison, drivers: Drivers | None) -> list[str]:
    """Name the parameters that move the answer most, or say that this is not known."""
    if drivers is None:
        return ["Not known: hub-sensitivity has not been run for these plans."]
    lines = []
    for driver in drivers.found[:MOST_DRIVERS]:
        lines.append(
            f"{driver.words} ({driver.low:g} to {driver.high:g} {driver.unit}; grade {driver.grade}): moves "
            f"“{drivers.figure}” from {driver.result_low:,.0f} to {driver.result_high:,.0f} {drivers.unit}."
        )
    return lines


def change_sentences(comparison: Comparison, widened: list[Widened], drivers: Drivers | None) -> list[str]:
    """Say what would change the answer: assumptions stronger than the difference, open results, close calls."""
    wait = comparison.headlines[0]
    lines = []
    answers = [answer for plan in comparison.plans if (answer := comparison.of(plan, wait))]
    decided = [abs(a.found.difference) * wait.scale for a in answers if a.verdict in (BETTER, WORSE)]
    if drivers and decided and drivers.figure == wait.words:
        strong = [d.words for d in drivers.found if d.grade == "D" and d.swing > min(decided)]
        if strong:
            lines.append(
                f"Assumptions (grade D) whose range moves the figure by more than the smallest decided difference: "
                f"{listed(strong[:MOST_DRIVERS])}. Measure these locally first."
            )
    if undecided := [a for a in answers if a.verdict == UNDECIDED]:
        lines.append(f"More replications: {listed([comparison.names[a.plan] for a in undecided])} not yet conclusive.")
    close = [p for p, often in comparison.choice.not_beaten.items() if 1 - SURE < often < SURE]
    if close:
        lines.append(
            f"{listed([comparison.names[plan] for plan in close])}: whether another plan beats it on both cost and "
            "waits is not sure."
        )
    if drivers is None:
        lines.append("Local numbers for uptake, staffing and session counts: they are assumptions here.")
    lines.append("A standard of other days or share: the figures are for the one named in the table.")
    return lines


def grade_sentences(comparison: Comparison) -> list[tuple[str, int, str]]:
    """Return the grades of the numbers in use: grade, how many, what it means. Of the plan with most of grade D."""
    counted = [grades_in_use(comparison.sweep.plans[plan].config.model_dump(mode="json")) for plan in comparison.plans]
    worst = max(counted, key=lambda counts: counts["D"])
    return [(grade, worst[grade], meaning) for grade, meaning in MEANING.items() if worst[grade]]
