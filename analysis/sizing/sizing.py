"""A sizing from question to answer: attainability, bounds, search, certificate, and why cheaper neighbours fail."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from analysis.sizing.attainability import Attainability, Bounds, attainability, bounds_of, remedies
from analysis.sizing.fluid import loads_of
from analysis.sizing.futures import Futures, Tally, searching
from analysis.sizing.master import Ruled
from analysis.sizing.menu import Menu, menu_of
from analysis.sizing.plan import Plan, cheaper_neighbours, cost_gbp, everything, nothing
from analysis.sizing.question import Question
from analysis.sizing.search import Check, Search
from analysis.sizing.verdict import Certificate, Verdict, certify
from sim.config import HubConfig
from sim.errors import ConfigProblem

AGAIN = 0.25
"""After a failed certificate the search may use this part of its replications once more."""


@dataclass(frozen=True)
class Answer:
    """What a sizing found.

    Attributes
    ----------
    plan
        The cheapest candidate found, certified or not; None where the target is unattainable or nothing passed.
    certificates
        Every look at a plan in fresh futures, in order; the last is of `plan`.
    neighbours
        Verdicts on plans that one step makes cheaper.
    close
        Plans cheaper than `plan` on which no clear word was possible.
    plans_tried
        Plans that were simulated, bounds and attainability included.
    exhausted
        Whether every cheaper plan on the grid was simulated or ruled out.
    """

    config: HubConfig
    question: Question
    menu: Menu
    futures: Futures
    attainability: Attainability
    bounds: Bounds
    plan: Plan | None
    certificates: tuple[Certificate, ...]
    neighbours: tuple[Verdict, ...]
    close: tuple[Verdict, ...]
    check: Check
    plans_tried: int
    exhausted: bool
    tally: Tally

    @property
    def certified(self) -> bool:
        """Whether the plan held in enough fresh futures."""
        return bool(self.certificates) and self.certificates[-1].passed


def size(config: HubConfig, question: Question, tell: Callable[[str], None] = lambda _: None) -> Answer:
    """Find the cheapest plan that meets the targets.

    Raises
    ------
    ConfigProblem
        When the question does not fit the configuration; before anything is simulated.
    """
    menu = menu_of(config, question)
    search_config = searching(config, question)
    check_fit(config, question, menu, search_config)
    tally = Tally()

    def say(text: str) -> None:
        tell(f"{tally.used:>6,} replications  {text}")

    futures = Futures(search_config, menu, question.goals, tally)
    say("Can the target be reached at all? Everybody who can be hired, asked for on the first day")
    look = range(question.search.looks[0])
    free = futures.run(everything(menu), look)
    attained = attainability(futures, question)
    if not attained.verdict.passed:
        found = remedies(config, question, tally, say)
        attained = Attainability(attained.verdict, attained.most_share, found)
        none = Bounds({}, ())
        return Answer(
            config, question, menu, futures, attained, none, None, (), (), (), Check(), futures.plans, False, tally
        )
    idle = futures.run(nothing(menu), look)
    bounds = bounds_of(futures, question, say)
    menu = menu.without(bounds.no_effect)
    futures = Futures(search_config, menu, question.goals, tally)
    loads = loads_of(config, menu, question, free, idle)
    least = {role: wte for role, wte in bounds.least_wte.items() if wte}
    search = Search(futures, question, loads, Ruled(menu, least), say)
    certificates: list[Certificate] = []
    search.budget = question.search.most_replications
    plan = search.run()
    while plan is not None and len(certificates) < question.certify.attempts:
        say(f"Certifying GBP {cost_gbp(menu, plan):,.0f} in {question.certify.replications} futures never used before")
        look_at = certify(futures, plan, question.certify, question.target.assurance, len(certificates) + 1)
        say(f"   holds in {look_at.met} of {look_at.of}; {look_at.needed} needed")
        certificates.append(look_at)
        if look_at.passed or len(certificates) == question.certify.attempts:
            break
        search.rule_out(plan)
        search.budget = tally.used + AGAIN * question.search.most_replications
        plan = search.run()
    neighbours, close = [], []
    if plan is not None:
        cost = cost_gbp(menu, plan)
        search.budget = math.inf
        for neighbour in cheaper_neighbours(menu, plan):
            verdict = search.judged(neighbour)
            neighbours.append(verdict)
            if verdict.passed and neighbour not in search.ruled.cuts:  # one that was excluded unseen
                search.check.checked += 1
                search.check.violations.append(neighbour)
        close = [v for v in search.verdicts.values() if v.status == "close" and cost_gbp(menu, v.plan) < cost]
    return Answer(
        config=config, question=question, menu=menu, futures=futures, attainability=attained, bounds=bounds,
        plan=plan, certificates=tuple(certificates), neighbours=tuple(neighbours), close=tuple(close),
        check=search.check, plans_tried=futures.plans, exhausted=not (search.limit_reached or search.unfinished),
        tally=tally,
    )  # fmt: skip


def check_fit(config: HubConfig, question: Question, menu: Menu, search_config: HubConfig) -> None:
    """Refuse a question that this configuration cannot answer.

    Raises
    ------
    ConfigProblem
        With one line a problem.
    """
    needed, horizon = search_config.run.horizon_days, config.run.horizon_days
    lines = []
    if config.hubs.count > 1:
        lines.append(f"hubs.count: got {config.hubs.count}; a sizing is of one Hub: set it to 1")
    if needed > horizon:
        lines.append(f"run.horizon_days: got {horizon}; the last deadline is on day {needed}: give it {needed} or more")
    if menu.decision_days[0] < 0:
        lines.append(f"sizing.start_day: got {menu.decision_days[0]}; decisions cannot lie before run.start_date")
    if not menu.options:
        lines.append("sizing.hire: nobody on offer works towards the target in this staffing model; name its roles")
    if lines:
        raise ConfigProblem(lines)
