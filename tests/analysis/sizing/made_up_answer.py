"""An answer to the default question with figures made up: its card shows everything and takes no simulation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analysis.runs.surge import SHOWN
from analysis.sizing.aftermath import ListAfter
from analysis.sizing.binding import AMPLE, LIMITS, Lifted, Reasons
from analysis.sizing.bounds import Bounds
from analysis.sizing.futures import Futures, Tally, searching
from analysis.sizing.kinds import OtherKind
from analysis.sizing.nearest import Nearest
from analysis.sizing.plan import Menu, Plan, cheaper_neighbours, everything, plan_of
from analysis.sizing.question import Question
from analysis.sizing.search import Check
from analysis.sizing.sizing import Answer
from analysis.sizing.stress import Course, Stress, TestedPlan, Trial
from analysis.sizing.supply import menu_of
from analysis.sizing.verdict import Attainability, Certificate, Verdict
from sim.config import HubConfig

FUTURES, WEEKS = 40, 157
MANY = {
    ("senior_clinician", "substantive"): [0, 0, 1, 0],
    ("senior_clinician", "fixed_term"): [2, 3, 0, 0],
    ("senior_clinician", "agency"): [3, 0, 2, 0],
    ("therapist", "fixed_term"): [4, 0, 4, 0],
    ("therapist", "agency"): [3, 0, 0, 0],
    ("assistant_psychologist", "agency"): [2, 0, 0, 0],
    ("coordinator", "agency"): [1, 0, 0, 0],
}
"""Units by role, contract and decision week: as long a plan as a card has to hold."""


def made_up(config: HubConfig, question: Question, passed: bool = True) -> tuple[Answer, Stress]:
    """Return a long plan, certified or not, and everything that its card shows."""
    menu = menu_of(config, question)
    plan = plan_of(np.array([MANY.get((option.role, option.kind), [0] * 4) for option in menu.options]))
    everybody = Verdict(everything(menu), "candidate", 40, 40)
    certificate = Certificate(plan, passed, 381 if passed else 150, 400 if passed else 178, 373, 400, 1)
    answer = Answer(
        config=config,
        question=question,
        menu=menu,
        futures=Futures(searching(config, question), menu, question.goals),
        attainability=Attainability(everybody, (0.85,) * len(question.goals)),
        bounds=Bounds({"senior_clinician": 3.0}, ()),
        plan=plan,
        certificates=(certificate,),
        neighbours=tuple(_neighbours(menu, plan)),
        close=(),
        others=(OtherKind("a quarter fewer senior clinicians", None, (12, 20), plan),),
        check=Check(5, []),
        plans_tried=37,
        exhausted=False,
        tally=Tally(2311, 214),
    )
    return answer, _stress(question, plan)


def out_of_reach(config: HubConfig, question: Question) -> tuple[Answer, Stress]:
    """Return a target that no plan meets, with what stands in the way, what would meet it, and the nearest plan."""
    answer, shown = made_up(config, question)
    assert answer.plan is not None
    reached = (0.63,) * len(question.goals)
    each = tuple(Lifted(limit, without, reached, 0.1, 8, 40) for limit, without, _ in LIMITS)
    attained = Attainability(
        Verdict(everything(answer.menu), "rejected", 8, 20),
        reached,
        ("a standard of 56 days", "agency staff without the limit, up to 20 WTE a role"),
        Reasons(Lifted("limits to staff", AMPLE, reached, 0.2, 36, 40), True, each),
    )
    nearest = Nearest(answer.plan, reached, 12, 20)
    without = {"plan": None, "certificates": (), "others": (), "neighbours": ()}
    return replace(answer, attainability=attained, nearest=nearest, **without), replace(shown, others=())


def _neighbours(menu: Menu, plan: Plan) -> list[Verdict]:
    rejected, close = ("rejected", 9, 20, False), ("close", 270, 320, True)
    return [Verdict(other, *(close if n % 2 else rejected)) for n, other in enumerate(cheaper_neighbours(menu, plan))]


def _stress(question: Question, plan: Plan) -> Stress:
    random, goals = np.random.default_rng(1), question.goals

    def trial(name: str, mean: float) -> Trial:
        shares = np.clip(random.normal(mean, 0.06, (FUTURES, len(goals))), 0.0, 1.0)
        least = np.array([goal.share for goal in goals])
        return Trial(name, shares, int((shares >= least).all(axis=1).sum()))

    def course(surge: float) -> Course:
        weeks = np.arange(WEEKS)
        middle = 25 + np.where(weeks > 26, surge * (weeks - 26) * np.exp((26 - weeks) / 18), 0.0)
        weekly = middle * random.lognormal(0.0, 0.2, (FUTURES, 1))
        return Course(weekly, np.full(FUTURES, 2e6))

    planned = trial("as planned", 0.92)
    wrong = {"hiring takes 4 weeks longer": 0.72, "demand 25% higher": 0.66, "sickness 2 times as high": 0.85}
    breaks = tuple(trial(name, mean) for name, mean in wrong.items())
    late = [(weeks, trial(f"every decision {weeks} weeks later", 0.9 - 0.05 * weeks)) for weeks in (2, 4, 8, 12)]
    return Stress(
        idle=trial("nobody hired", 0.1),
        breaks=breaks,
        late=((0, planned), *late),
        with_plan={goal.stage: course(3.0) for goal in goals},
        without={goal.stage: course(18.0) for goal in goals},
        lists=_lists(90.0, 41, 120.0, 70, 33),
        idle_lists=_lists(410.0, 99, 600.0, None, 2),
        others=tuple(
            TestedPlan(kind, (tuple(units + n for units in plan[0]), *plan[1:]), planned, breaks)
            for n, kind in enumerate(("agency alone", "no agency", "all at once"), start=1)
        ),
    )


def _lists(peak: float, week: int, rises_to: float, back_week: int | None, back: int) -> tuple[ListAfter, ...]:
    return tuple(
        ListAfter(name, f"for {name}", 20.0, peak, week, rises_to, back_week, back, FUTURES, 900.0) for name in SHOWN
    )
