"""Who can be had for a question: how many of each role and contract by when, within support and supervision."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from analysis.sizing.plan import A_LITTLE, Joint, Menu, Option
from analysis.sizing.question import DAYS_PER_WEEK, HireKind, Question
from analysis.tell.wording import words
from sim.config import HubConfig
from sim.config.staffing import Line
from sim.stages import work_on_the_way


def menu_of(config: HubConfig, question: Question) -> Menu:
    """Return what can be hired for a question: roles of this staffing model with work on the way to a target."""
    first = question.first_day(config)
    work = {activity for goal in question.goals for activity in work_on_the_way(goal.stage)}
    options = []
    for name, role in config.staffing.roles.items():
        if name not in question.hire or not work & set(role.job_plan):
            continue
        hire = question.hire[name]
        for kind in hire.most_wte:
            most_by = supplied(config, question, name, kind)
            if most_by[-1]:
                weeks = question.contract_weeks.get(kind)
                line = Line(band=hire.band, wte=1.0, kind=kind, pay_point=hire.pay_point)
                days = None if weeks is None else weeks * DAYS_PER_WEEK
                options.append(Option(name, kind, line, hire.step_wte, most_by, days))
    longest = max(goal.days for goal in question.goals)
    return Menu(
        config=config,
        options=tuple(options),
        decision_days=tuple(first + DAYS_PER_WEEK * week for week in question.decision_weeks),
        weeks=question.counted.to_week + -(-longest // DAYS_PER_WEEK),
        joint=(*_supported(question, options), *_supervised(config, options)),
    )


def supplied(config: HubConfig, question: Question, role: str, kind: HireKind) -> tuple[int, ...]:
    """Return how many units of a role and kind can have been asked for by each decision week.

    It is the lower of what the market has (`hire`) and what a team of this size can take in by then (`supply`), which
    is one unit at least: a team too small for half a post still asks for one.
    """
    hire, supply = question.hire[role], question.supply.get(kind)
    market = int(hire.most_wte[kind] / hire.step_wte + A_LITTLE)
    if supply is None:
        return (market,) * len(question.decision_weeks)
    team = established_wte(config)
    times = (supply.at_first + supply.more_each_4_weeks * week / 4 for week in question.decision_weeks)
    return tuple(min(market, max(1, math.floor(of * team / hire.step_wte + A_LITTLE))) for of in times)


def established_wte(config: HubConfig) -> float:
    """Return the WTE of the team there is: lines that begin with the run and do not end."""
    lines = (line for role in config.staffing.roles.values() for line in role.lines.values())
    return sum(line.wte for line in lines if line.is_for_good)


def _supported(question: Question, options: Sequence[Option]) -> Iterator[Joint]:
    """Yield the limit of each role that comes with others: so many WTE for each WTE of everybody else asked for."""
    for name, hire in question.hire.items():
        share = hire.most_per_other_wte
        if share is not None and any(option.role == name for option in options):
            each = (option.step_wte * (1 if option.role == name else -share) for option in options)
            yield Joint(f"{share:g} WTE of {words(name)}s for each WTE of others", tuple(each), 0.0)


def _supervised(config: HubConfig, options: Sequence[Option]) -> Iterator[Joint]:
    """Yield the hours of supervision that each supervising role can still give, its new posts included."""
    roles = config.staffing.roles
    for name, supervisor in roles.items():
        takes = {other: role.supervision_hours_per_week for other, role in roles.items() if role.supervised_by == name}
        takes[name] = takes.get(name, 0.0) - supervisor.most_supervision_given_hours_per_week
        spare = -sum(hours * roles[role].wte for role, hours in takes.items())
        each = tuple(takes.get(option.role, 0.0) * option.step_wte for option in options)
        if any(hours > 0 for hours in each):
            yield Joint(
                f"the {spare:g} hours of supervision a week that {words(name)}s and new ones of them have left",
                each,
                max(0.0, spare),
            )
