"""Numbers in plain words: natural frequencies, estimates with their interval, and the grades of the evidence."""

from __future__ import annotations

import math

from analysis.estimates.intervals import Interval

NEVER, ALWAYS = 0.005, 0.995
LEAST_TENTH, MOST_TENTH = 0.05, 0.95
MOST_NAMED = 3
MEANING = {
    "A": "stated in the study of the Resilience Hubs",
    "B": "read in another source",
    "C": "known from the literature, not checked",
    "D": "assumptions",
    "changed": "set by a plan or on the command line",
}


def futures(share: float) -> str:
    """Say a share of simulated futures as a natural frequency: `about 9 in 10 simulated futures`."""
    if math.isnan(share):
        return "an unknown share of simulated futures"
    if share < NEVER:
        return "hardly any simulated future"
    if share > ALWAYS:
        return "nearly every simulated future"
    if LEAST_TENTH <= share < MOST_TENTH:
        return f"about {round(share * 10)} in 10 simulated futures"
    return f"about {max(round(share * 100), 1)} in 100 simulated futures"


def bracketed(found: Interval, decimals: int = 0) -> str:
    """Return an estimate with its interval: `49 (41 to 57)`."""
    if math.isnan(found.estimate):
        return "–"
    form = f"{{:,.{decimals}f}}"
    middle = form.format(found.estimate)
    return middle if math.isnan(found.low) else f"{middle} ({form.format(found.low)} to {form.format(found.high)})"


def listed(names: list[str]) -> str:
    """Return names as a list in a sentence: `A, B and C`."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def few(names: list[str], what: str, last: str = "and") -> str:
    """Return names as a list in a sentence, or where they are many how many there are: `5 options`."""
    if len(names) > MOST_NAMED:
        return f"{'one of ' if last == 'or' else ''}{len(names)} {what}"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}"
