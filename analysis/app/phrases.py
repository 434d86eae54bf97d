"""What a result says, in plain words: what a board reads before any chart."""

from __future__ import annotations

import math
from typing import NamedTuple

from analysis.app.results import Result
from analysis.app.view import QUICK
from analysis.estimates.intervals import assurance
from analysis.tell.style import BUSY, SMALL_GROUP
from analysis.tell.wording import count, frequency, pounds, sentence, share, words
from sim.calendar import DAYS_PER_YEAR
from sim.stages import COMPARED, LEFT_LAST, SEEN_FIRST, STAGES


def plain(text: str) -> str:
    """Return text that Markdown shows as it is."""
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]<>#$~|:" else letter for letter in text)


class Figure(NamedTuple):
    """One figure that a board asks for first."""

    name: str
    value: str
    note: str
    """Its interval or range, and what it is held against."""


def headline(result: Result) -> list[str]:
    """Return the answer as sentences, the most important first."""
    told = [line for stage in COMPARED if (line := _in_futures(result, stage))]
    low, high = result.range_of("queue_end", LEFT_LAST.name)
    if not math.isnan(low):
        told.append(
            f"In 9 of 10 simulated futures the list for {LEFT_LAST.waits_for} ends between {count(low)} and "
            f"{count(high)} people."
        )
    total = result.of("cost_per_year_gbp")
    told.append(f"The Hub costs about {pounds.interval(total)} a year; nothing here says whether it is cost-effective.")
    return told


def _in_futures(result: Result, stage: str) -> str:
    standard = result.config.standards.stages.get(stage)
    if standard is None or math.isnan(result.of("within_standard_share", stage).estimate):
        return ""
    by_future = result.by_replication("within_standard_share", stage)
    told = frequency(assurance(by_future, standard.share).estimate)
    return (
        f"**{sentence(told)} simulated futures meet the standard for {STAGES[stage].waits_for}**: "
        f"{share(standard.share)} of those eligible {STAGES[stage].seen} within {standard.days} days of referral."
    )


def figures(result: Result) -> list[Figure]:
    """Return the figures beside the answer: who comes, who is seen in time, and what it costs."""
    years = result.config.run.horizon_days / DAYS_PER_YEAR
    low, high = (bound / years for bound in result.range_of("referrals"))
    spread = "" if math.isnan(low) else f"{count.range(low, high)} in 9 of 10 futures"
    found = [Figure("Refer themselves a year", f"{count(result.of('referrals').estimate / years)} people", spread)]
    for stage in COMPARED:
        standard = result.config.standards.stages.get(stage)
        in_time = result.of("within_standard_share", stage)
        if standard is not None and not math.isnan(in_time.estimate):
            value, interval = share.parts(in_time)
            aim = f"standard {share(standard.share)}"
            name = f"{sentence(STAGES[stage].seen)} within {standard.days} days"
            found.append(Figure(name, value, f"{_ends(interval)}; {aim}" if interval else aim))
    value, interval = pounds.parts(result.of("cost_per_year_gbp"))
    return [*found, Figure("Cost a year", value, _ends(interval))]


def _ends(interval: str) -> str:
    return f"95% interval {interval}" if interval else ""


def stamp(result: Result, asked: int) -> str:
    """Say how many replications stand behind a result, and what they are good for."""
    if result.replications < asked:
        return f"Quick look: {result.replications} replications, as many as there was time for. Not for decisions."
    if result.replications <= QUICK:
        return f"Quick look: {result.replications} replications. Good for exploring, not for decisions."
    return f"Decision-grade: {result.replications} replications."


def so_far(result: Result, asked: int) -> str:
    """Say that more replications are on their way."""
    return f"So far: {result.replications} of {asked} replications, not for decisions; the others follow."


def who_waits_longer(result: Result, stage: str = SEEN_FIRST) -> str:
    """Name the staff group that is seen in time least often, if the simulation can tell."""
    population = result.config.population
    shares = {}
    for group, given in population.staff_groups.items():
        people = result.of("referrals", "", "staff_group", group).estimate
        if given.headcount and people >= SMALL_GROUP:
            shares[group] = result.of("within_standard_share", stage, "staff_group", group)
    if len(shares) < 2:  # noqa: PLR2004 (one group has nobody to wait longer than)
        return "Too few people of different staff groups to tell who waits longer."
    ranked = sorted(shares, key=lambda group: shares[group].estimate)
    worst, best = ranked[0], ranked[-1]
    if not shares[worst].high < shares[best].low:
        return "Between staff groups of 30 people or more no clear difference shows in who is seen in time."
    return (
        f"Least often seen in time: **{words(worst)}** ({share.interval(shares[worst])}); "
        f"most often: **{words(best)}** ({share.interval(shares[best])})."
    )


def busiest(result: Result) -> str:
    """Name the roles whose load leaves no slack."""
    roles = [role for role, given in result.config.staffing.roles.items() if given.wte > 0]
    used = {role: result.of("utilisation", "", "role", role).estimate for role in roles}
    busy = [f"{words(role)} ({share(load)})" for role, load in used.items() if load > BUSY]
    if not busy:
        return "No role is overloaded."
    return f"Over {share(BUSY)} loaded, where waits grow steeply: {', '.join(busy)}."
