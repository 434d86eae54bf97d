"""A sizing small enough to enumerate: reviewers and assessors, a steady demand that they cannot meet, a short run."""

from __future__ import annotations

from itertools import product
from typing import Any

from small_hub import small_hub

from analysis.sizing.futures import Futures, searching
from analysis.sizing.next_plan import Ruled
from analysis.sizing.plan import Menu, Plan, everything
from analysis.sizing.question import Question
from analysis.sizing.search import Search
from analysis.sizing.sizing import search_until_certified
from analysis.sizing.supply import menu_of
from analysis.sizing.verdict import certify
from sim.config import HubConfig

_ONLY = {
    "headcount": 1800,
    "sector": "nhs",
    "gender": {"women": 1.0},
    "ethnicity": {"white_british": 1.0},
    "shift_worker_share": 0.0,
    "icu_or_emergency_share": 0.0,
}
_EVERYBODY = dict.fromkeys(("none", "some", "high", "very_high"), 1.0)


def _minutes(length: int) -> dict[str, float]:
    return {"mean_minutes": length, "sigma": 0.0, "low_minutes": length, "high_minutes": length}


def two_role_hub(**settings: Any) -> HubConfig:
    """Return a Hub with one reviewer and one assessor, an hour a day each, and about six referrals a week."""
    plain = {
        "population__staff_groups": {"only": _ONLY},
        "population__reference": {"staff_group": "only", "gender": "women", "ethnicity": "white_british"},
        "demand__uptake_per_person_year": {"only": 0.18},
        "demand__relative_uptake": {"gender": {"women": 1.0}, "ethnicity": {"white_british": 1.0}},
        "demand__dispersion_ratio": 1.0,
        "screening__review_minutes": 25,
        "pathway__assessment__contact": _minutes(30),
        "pathway__assessment__write_up": _minutes(15),
        "pathway__assessment__offered_share": _EVERYBODY,
        "pathway__attendance__matched_clinician__ethnicities": [],
        "pathway__lists__unreachable_share": 0.0,
        "staffing__balance_cap_weeks": 1.0,
        "run__jobs": 1,
        "run__store": None,
    }
    return small_hub(100, **(plain | settings))


FUTURES_DIFFER: dict[str, Any] = {
    "uncertainty__mode": "futures",
    "uncertainty__futures": {
        "demand_level": {"low": 0.8, "high": 1.25},
        "demand_trend": {"low": 0.67, "high": 1.5},
        "incident_size": {"low": 0.67, "high": 1.5},
        "incident_take_up": {"low": 0.5, "high": 2.0},
        "recruitment_time": {"low": 0.67, "high": 1.5},
    },
}
"""Settings of a Hub whose futures differ."""


def two_role_question(**changes: Any) -> Question:
    """Return a question with 36 possible plans: up to two of each role, now or in four weeks."""
    content: dict[str, Any] = {
        "target": {"stage": "referral_to_assessment", "days": 21, "share": 0.7, "assurance": 0.7},
        "more_targets": {},
        "start_day": 0,
        "counted": {"from_week": 4, "to_week": 10},
        "decision_weeks": [0, 4],
        "contract_weeks": {"agency": 52},
        "hire": {
            "intake": {"band": "5", "pay_point": "mid", "step_wte": 1.0, "most_wte": {"agency": 2.0}},
            "assessor": {"band": "7", "pay_point": "mid", "step_wte": 1.0, "most_wte": {"agency": 2.0}},
        },
        "search": {
            "looks": [10, 20],
            "reject_risk": 0.01,
            "accept_risk": 0.05,
            "most_replications": 100_000,
            "most_explored": 1_000,
            "least_effect_share": 0.0,
            "excluded_share": 0.05,
        },
        "certify": {"replications": 60, "attempts": 2, "risk": 0.05},
        "card": {"replications": 4, "slip_weeks": 4, "demand_increase_share": 0.25, "later_weeks": [2]},
    }
    for path, value in changes.items():
        *parents, key = path.split("__")
        part = content
        for parent in parents:
            part = part[parent]
        part[key] = value
    return Question.model_validate(content)


def every_plan(menu: Menu) -> list[Plan]:
    """Enumerate the whole grid."""
    weeks = menu.shape[1]
    rows = [
        [row for row in product(range(option.most + 1), repeat=weeks) if sum(row) <= option.most]
        for option in menu.options
    ]
    return list(product(*rows))


def futures_from(config: HubConfig, question: Question, first: int) -> Futures:
    """Return the futures of the instance whose first is replication `first`."""
    return Futures(searching(config, question), menu_of(config, question), question.goals, first=first)


def search_and_certify(config: HubConfig, question: Question, first: int) -> tuple[bool, int]:
    """Search from nobody upwards and certify what passes; return whether a plan was certified, and looks taken."""
    futures = futures_from(config, question, first)
    search = Search(futures, question, [], Ruled(futures.menu))
    _, certificates = search_until_certified(search)
    return any(certificate.passed for certificate in certificates), len(certificates)


def certify_everything(config: HubConfig, question: Question, first: int) -> bool:
    """Return whether the most staff that can be had are certified at the first look."""
    futures = futures_from(config, question, first)
    return certify(futures, everything(futures.menu), question.certify, question.target.assurance, 1).passed
