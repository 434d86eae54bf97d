"""A sizing from question to answer: attainability, bounds, search, certificate, and why cheaper neighbours fail."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from analysis.sizing.binding import reasons
from analysis.sizing.bounds import Bounds, bounds_of
from analysis.sizing.fluid import loads_of
from analysis.sizing.futures import Futures, OutOfBudget, Say, Tally, searching
from analysis.sizing.kinds import OtherKind, other_kinds
from analysis.sizing.nearest import Nearest, nearest
from analysis.sizing.next_plan import Ruled
from analysis.sizing.plan import Menu, Plan, cheaper_neighbours, cost_gbp, everything, nothing
from analysis.sizing.question import Question
from analysis.sizing.search import Check, Search
from analysis.sizing.supply import menu_of
from analysis.sizing.verdict import (
    Attainability,
    Certificate,
    Verdict,
    attainability,
    certify,
    fewest_futures,
    most_missed,
    remedies,
)
from sim.config import HubConfig
from sim.errors import ConfigProblem

FOR_CHEAPER_PLANS = 0.75
"""Part of the replications that looks for cheaper plans; the rest is for the neighbours of the plan that is found, and
for plans excluded unseen."""
AGAIN = 0.25
"""After a failed certificate the search for cheaper plans may use this part of its replications once more."""


@dataclass(frozen=True)
class Answer:
    """What a sizing found."""

    config: HubConfig
    question: Question
    menu: Menu
    futures: Futures
    attainability: Attainability
    plans_tried: int
    """Plans that were simulated, bounds and attainability included."""
    tally: Tally
    bounds: Bounds = field(default_factory=Bounds)
    plan: Plan | None = None
    """The cheapest candidate found, certified or not; None where the target is unattainable or nothing passed."""
    nearest: Nearest | None = None
    """Without a plan, the one that comes nearest."""
    certificates: tuple[Certificate, ...] = ()
    """Every look at a plan in fresh futures, in order; the last is of `plan`."""
    neighbours: tuple[Verdict, ...] = ()
    """On plans that one step makes cheaper."""
    close: tuple[Verdict, ...] = ()
    """On plans cheaper than `plan` on which no clear word was possible."""
    check: Check = field(default_factory=Check)
    others: tuple[OtherKind, ...] = ()
    """Plans of other kinds than `plan`."""
    exhausted: bool = False
    """Whether every cheaper plan on the grid was simulated or ruled out."""
    changed: tuple[str, ...] = ()
    """What was asked for on the command line besides the scenario, `KEY=VALUE`."""

    @property
    def shown(self) -> Plan | None:
        """The plan that a card shows: the one found, or the nearest."""
        return self.plan if self.nearest is None else self.nearest.plan

    @property
    def certified(self) -> bool:
        """Whether the plan held in enough fresh futures."""
        return bool(self.certificates) and self.certificates[-1].passed


def size(config: HubConfig, question: Question, tell: Say = lambda _: None) -> Answer:
    """Find the cheapest plan that meets the targets; ConfigProblem when the question does not fit the configuration."""
    check(config, question)
    menu, search_config = menu_of(config, question), searching(config, question)
    tally = Tally(most=question.search.most_replications, tell=tell)
    futures = Futures(search_config, menu, question.goals, tally)
    asked = "With everybody available, as early as possible"
    tally.say(f"Step 1 of 6: can the target be reached at all? {asked}")
    look = range(question.search.looks[0])
    try:
        free = futures.look(everything(menu), look, goals_only=False)
        attained = attainability(futures, question)
    except OutOfBudget:
        told = "too few to tell whether the target can be reached; give it"
        line = f"sizing.search.most_replications: got {tally.most:g}, {told} {question.search.looks[-1]} or more"
        raise ConfigProblem([line]) from None
    answer = Answer(config, question, menu, futures, attained, futures.plans, tally)
    if not attained.verdict.passed:
        why = reasons(config, question, attained.most_share, tally)
        attained = replace(attained, reasons=why, remedies=remedies(config, question, tally))
        near = nearest(futures, question)
        return replace(answer, attainability=attained, nearest=near, plans_tried=futures.plans)
    tally.say("Step 2 of 6: how few of each role could ever do?")
    try:
        idle = futures.look(nothing(menu), look, goals_only=False)
        bounds = bounds_of(futures, question)
    except OutOfBudget:
        return replace(answer, plans_tried=futures.plans, nearest=nearest(futures, question))
    menu = menu.without(bounds.no_effect)
    futures = Futures(search_config, menu, question.goals, tally)
    loads = loads_of(config, menu, question, free, idle)
    least = {role: wte for role, wte in bounds.least_wte.items() if wte}
    search = Search(futures, question, loads, Ruled(menu, least))
    plan, certificates = search_until_certified(search)
    answer = replace(answer, menu=menu, futures=futures, bounds=bounds, plan=plan, certificates=tuple(certificates))
    if plan is not None:
        neighbours = why_not_less(search, plan)
        answer = replace(answer, neighbours=tuple(neighbours), close=tuple(close_below(search, plan)))
        if answer.certified and plan != nothing(menu) and question.search.kind_replications:
            answer = replace(answer, others=other_kinds(search, loads, plan))
    if plan is None:
        answer = replace(answer, nearest=nearest(futures, question))
    tally.limited = False  # the card has replications of its own
    exhausted = not (search.limit_reached or search.unfinished)
    return replace(answer, plans_tried=futures.plans, check=search.check, exhausted=exhausted)


def search_until_certified(search: Search) -> tuple[Plan | None, list[Certificate]]:
    """Search, and certify what is found; what is not certified is ruled out, and the search goes on.

    Returns the last plan that was looked at, certified or not, or None where the search found nothing; and every look
    at a plan in fresh futures.
    """
    question, tally, menu = search.question, search.futures.tally, search.futures.menu
    certificates: list[Certificate] = []
    search.budget = FOR_CHEAPER_PLANS * question.search.most_replications
    while (plan := search.run()) is not None:
        cost, number = cost_gbp(menu, plan), question.certify.replications
        tally.say(f"Step 4 of 6: certifying the plan for £{cost:,.0f} in {number} futures never used before")
        attempt = len(certificates) + 1
        tally.limited = False
        found = certify(search.futures, plan, question.certify, question.target.assurance, attempt)
        tally.limited = True
        tally.say(f"   holds in {found.met} of {found.of}; {found.needed} of {found.planned} needed")
        certificates.append(found)
        if found.passed or attempt == question.certify.attempts:
            break
        search.rule_out(plan)
        search.budget = tally.searched + AGAIN * FOR_CHEAPER_PLANS * question.search.most_replications
    if plan is None and certificates:  # nothing dearer was found: the best there is, with how often it held
        plan = certificates[-1].plan
    return plan, certificates


def why_not_less(search: Search, plan: Plan) -> list[Verdict]:
    """Return verdicts on the plans that one step makes cheaper, as far as the replications go."""
    search.say("Step 5 of 6: why not less? Every plan that one step makes cheaper")
    search.budget = math.inf
    found: list[Verdict] = []
    try:
        for neighbour in cheaper_neighbours(search.futures.menu, plan):
            verdict = search.judged(neighbour)
            found.append(verdict)
            if verdict.passed and neighbour not in search.ruled.cuts:  # one that was excluded unseen
                search.check.checked += 1
                search.check.violations.append(neighbour)
    except OutOfBudget:
        search.limit_reached = True
    return found


def close_below(search: Search, plan: Plan) -> list[Verdict]:
    """Return verdicts on plans cheaper than this one that held as often as was asked, but too seldom to be sure."""
    cost, assurance = search.cost(plan), search.question.target.assurance
    tried = [v for v in search.verdicts.values() if v.status == "close" and v.met >= assurance * v.of]
    return [verdict for verdict in tried if search.cost(verdict.plan) < cost]


def check(config: HubConfig, question: Question) -> None:
    """Raise ConfigProblem, a line a problem, where this configuration cannot answer; before anything is simulated."""
    menu = menu_of(config, question)
    needed, horizon = searching(config, question).run.horizon_days, config.run.horizon_days
    lines = []
    if config.hubs.count > 1:
        lines.append(f"hubs.count: got {config.hubs.count}; a sizing is of one Hub: set it to 1")
    if needed > horizon:
        lines.append(f"run.horizon_days: got {horizon}; the last deadline is on day {needed}: give it {needed} or more")
    if menu.decision_days[0] < 0:
        lines.append(f"sizing.start_day: got {menu.decision_days[0]}; decisions cannot lie before run.start_date")
    if question.decision_weeks[-1] >= menu.weeks:
        weeks = question.decision_weeks
        lines.append(f"sizing.decision_weeks: got {weeks}; the last deadline is in week {menu.weeks}: decide earlier")
    lines += provable(question)
    if not menu.options:
        lines.append("sizing.hire: nobody on offer works towards the target in this staffing model; name its roles")
    if lines:
        raise ConfigProblem(lines)


def provable(question: Question) -> list[str]:
    """Return what is wrong with numbers of futures so small that no plan whatever could pass, one line a problem."""
    assurance, search, settings = question.target.assurance, question.search, question.certify
    lines = []
    if most_missed(search, assurance) < 0:
        least = fewest_futures(assurance, search.accept_risk)
        told = f"{search.looks[-1]} futures without a failure prove no assurance of {assurance:g}"
        lines.append(f"sizing.search.looks: got {search.looks}; {told}: end with {least} or more")
    least = fewest_futures(assurance, settings.risk / settings.attempts)
    if settings.replications < least:
        told = f"without a failure they prove no assurance of {assurance:g}"
        lines.append(f"sizing.certify.replications: got {settings.replications}; {told}: give it {least} or more")
    return lines
