"""How futures differ, and what their range comes from, in words."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.estimates.drivers import Share
from analysis.tell.wording import listed, share
from sim.config import HubConfig
from sim.evidence.futures import drivers_of


def told(shares: Sequence[Share]) -> str:
    """Return shares in words: `demand 92% (88% to 96%), recruitment 0% (0% to 2%), chance 8% (4% to 12%)`."""
    return ", ".join(f"{of.driver} {share(of.share)} ({share(of.low)} to {share(of.high)})" for of in shares)


WORDS = {
    "demand": "the level and trend of demand",
    "incident": "the size and take-up of incidents",
    "recruitment": "how hard it is to recruit",
}


def sentence_of(config: HubConfig) -> str:
    """Return how futures differ, as a sentence that goes under tables of ranges; empty where they differ by chance."""
    names = [WORDS[driver] for driver in drivers_of(config)]
    if not names:
        return ""
    verb = "are" if len(names) > 1 else "is"
    return f"Futures differ: {listed(names)} {verb} drawn for each, the same for every plan; ranges take this in."
