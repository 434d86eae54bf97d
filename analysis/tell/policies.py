"""Which policies a run has, each in a sentence with its dates: what a commissioner reads before any figure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from analysis.tell.wording import counted, full_date, share, words
from sim.calendar import date_of
from sim.config import HubConfig


class Dated(Protocol):
    """Something that holds from one day to another."""

    @property
    def from_day(self) -> int | None:
        """The first day; None: since before the run."""

    @property
    def to_day(self) -> int | None:
        """The first day after it; None: no end."""


def policy_sentences(config: HubConfig) -> list[str]:
    """Return a sentence on each policy in force; none where there is none."""
    return [said for name in config.policies.in_force for said in SENTENCES[name](config)]


def when(config: HubConfig, dated: Dated) -> str:
    """Return between which days something holds: `from 1 April 2021 to 30 June 2021`, `throughout`."""
    start = config.run.start_date
    begins = "" if dated.from_day is None else f"from {full_date(date_of(start, dated.from_day))}"
    if dated.to_day is None:
        return begins or "throughout"
    ends = full_date(date_of(start, dated.to_day - 1))
    return f"{begins} to {ends}" if begins else f"until {ends}"


def _cover(config: HubConfig) -> Iterator[str]:
    for role, one in config.policies.cover.items():
        who = f"{one.by} staff" if one.from_role is None else f"a {words(one.from_role)}, acting up,"
        verb = "stand in" if one.from_role is None else "stands in"
        after = f" {counted(round(one.after_weeks), 'week')} after it falls empty" if one.after_weeks else ""
        yield (
            f"cover, {when(config, one)}: {who} {verb} for a {words(role)}'s empty post{after}, "
            f"for {share(one.share)} of its hours"
        )


SENTENCES: dict[str, Callable[[HubConfig], Iterator[str]]] = {"cover": _cover}
