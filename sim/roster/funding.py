"""Which hours of a post are funded and when: cuts end the last hours first, what is restored is recruited anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.config.changes import Funding, funded_share, funding_days
from sim.config.staffing import SMALLEST_POST, whole_posts


@dataclass
class Span:
    """Hours of a post that are funded without a break; one person at a time works them."""

    number: int
    """Of the post within its line."""
    wte: float
    from_day: int
    to_day: int
    steps: tuple[tuple[int, float], ...] = ()
    """Days from which only a share of these hours is funded, and the share; ascending days, falling shares."""
    restored: int = 0
    """How many times funding had been restored before these hours were; 0 for those of the establishment."""

    @property
    def wte_left(self) -> float:
        """What the last step leaves."""
        return self.wte * self.steps[-1][1] if self.steps else self.wte


def spans_of(wte: float, fundings: Sequence[Funding], start: int, end: int) -> list[Span]:
    """Return the funded hours of a line of so many WTE from a day to another (exclusive), by post.

    At each step so much of the line's WTE is funded as the step says, the first posts first: one post may be funded in
    part. What was restored last goes first when there is another cut.
    """
    posts = whole_posts(wte)
    days = [day for day in funding_days(fundings) if start <= day < end]
    before = whole_posts(wte * funded_share(fundings, start - 0.5))
    later = [(day, whole_posts(wte * funded_share(fundings, day))) for day in days]
    return [span for number in range(len(posts)) for span in _of_post(number, before, later, start, end)]


def _of_post(
    number: int, before: list[float], later: list[tuple[int, list[float]]], start: int, end: int
) -> list[Span]:
    def of(posts: list[float]) -> float:
        return posts[number] if number < len(posts) else 0.0

    spans = [Span(number, of(before), start, end)] if of(before) else []
    going, times = list(spans), 0
    for day, posts in later:
        wte = of(posts)
        while going and wte < (now := sum(span.wte_left for span in going)) - SMALLEST_POST:
            last = going[-1]
            left = wte - (now - last.wte_left) if len(going) > 1 else wte
            if left > SMALLEST_POST:
                last.steps += ((day, left / last.wte),)
                break
            last.to_day = day
            going.pop()
        if wte > (now := sum(span.wte_left for span in going)) + SMALLEST_POST:
            times += 1
            going.append(Span(number, wte - now, day, end, restored=times))
            spans.append(going[-1])
    return spans
