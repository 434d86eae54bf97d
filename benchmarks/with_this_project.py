"""The small Hub in this simulator: configuration, and the public way to run a replication."""

from __future__ import annotations

import copy
from functools import lru_cache

from benchmarks.rules import DAY, GROUPS, Means, Rules
from sim.config import HubConfig, validate
from sim.config.pathway import OUTCOMES
from sim.config.screening import COVARIATES, MEASURES, NEEDS, TIERS
from sim.launch.compose import compose
from sim.run.replicate import Replication, replicate

PEOPLE = 10_000_000
"""Head-count of a staff group: so many that referrals are as good as Poisson."""
FULL_WEEK = 60.0


def length(minutes: int) -> dict:
    return {"mean_minutes": minutes, "sigma": 0.0, "low_minutes": minutes, "high_minutes": minutes}


def role(activity: str, posts: int, hours_per_week: float, places: int = 0) -> dict:
    plan = {activity: {"share": 1.0, "flexes": False}}
    if activity == "screening_review":
        plan = {name: {"share": 0.5, "flexes": False} for name in (activity, "risk_call")}
    return {
        "client_facing_hours_per_week": hours_per_week,
        "supervision_hours_per_week": 0.0,
        "caseload_cap_per_wte": float(places),
        "out_of_hours_share": 0.0,
        "modalities": ["weekly"] if activity == "therapy" else [],
        "job_plan": plan,
        "lines": {"posts": {"band": "7", "wte": float(posts), "kind": "substantive", "pay_point": "mid"}},
    }


def settings(rules: Rules) -> dict[str, object]:
    """Return what the small Hub changes in the defaults, by path."""
    everybody = {"everybody": 1.0}
    group = {
        "headcount": PEOPLE,
        "sector": "nhs",
        "gender": everybody,
        "ethnicity": everybody,
        "shift_worker_share": 0.0,
        "icu_or_emergency_share": 0.0,
    }
    outcome = dict.fromkeys(OUTCOMES, 0.0) | {
        "hub_therapy": rules.goes_to_therapy,
        "advice": 1 - rules.goes_to_therapy,
    }
    measure = {"max_score": 20, "cut_off": 10, "positive_share": 0.5, "points_per_sd": 5.0}
    return {
        "population.staff_groups": dict.fromkeys(GROUPS, group),
        "population.reference": {"staff_group": next(iter(GROUPS)), "gender": "everybody", "ethnicity": "everybody"},
        "demand.uptake_per_person_year": {
            name: share * rules.referrals_per_year / PEOPLE for name, share in GROUPS.items()
        },
        "demand.relative_uptake": {"gender": everybody, "ethnicity": everybody},
        "demand.season_index": [1.0] * 13,
        "demand.weekday_share": dict.fromkeys(
            ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), 1 / 7
        ),
        "demand.dispersion_ratio": 1.0,
        "screening.measures": {name: {"instrument": name} | measure for name in MEASURES},
        "screening.correlations": [[float(i == j) for j in range(5)] for i in range(5)],
        "screening.covariates": {name: {"share": 0.0, "odds_ratio": 1.0, "measures": ["gad7"]} for name in COVARIATES},
        "screening.risk_flag_share": 0.0,
        "screening.completed_share": 1.0,
        "screening.completed_after_reminder_share": 0.0,
        "screening.completion_median_days": 1e-6,
        "screening.completion_sigma": 0.0,
        "screening.review_minutes": 1,
        "pathway.lists": {
            "policy": "by_need",
            "ageing_days_per_tier": 0.0,
            "notice_days": 1,
            "unreachable_share": 0.0,
            "contact_attempts": 1,
            "contact_attempt_minutes": 1,
            "contact_attempt_interval_days": 1,
            "risk_call_minutes": 1,
        },
        "pathway.assessment": {
            "offered_share": dict.fromkeys(TIERS, rules.wants_assessment),
            "contact": length(rules.assessment_minutes - 30),
            "write_up": length(30),
            "outcome_share": dict.fromkeys(TIERS, outcome),
        },
        "pathway.modalities": {
            "weekly": {
                "first_minutes": rules.session_minutes,
                "next_minutes": rules.session_minutes,
                "admin_minutes": 0,
                "sessions_mean": rules.sessions_mean,
                "sessions_shape": rules.sessions_shape,
                "sessions_most": rules.sessions_most,
                "interval_days": 7,
                "shift_worker_interval_days": 7,
                "steps_up_to": None,
                "step_up_share": 0.0,
            }
        },
        "pathway.modality_share": {need: {"weekly": 1.0} for need in NEEDS},
        "pathway.attendance": {
            "assessment": {"missed_share": rules.assessment_missed, "cancelled_share": 0.0},
            "therapy_first": {"missed_share": rules.session_missed, "cancelled_share": 0.0},
            "therapy_next": {"missed_share": rules.session_missed, "cancelled_share": 0.0},
            "group": {"missed_share": 0.0, "cancelled_share": 0.0},
            "reusable_share": 0.0,
            "assessment_misses_allowed": rules.assessment_misses_allowed,
            "therapy_misses_in_a_row_allowed": rules.misses_in_a_row_allowed,
            "drop_out_share": rules.drop_out_share,
            "drop_out_reference_sessions": rules.drop_out_reference,
            "missed_share_per_week_waited": 0.0,
            "in_hours_accepted_share": 1.0,
            "in_hours_missed_times": 1.0,
            "matched_clinician": {"ethnicities": [], "share": 0.0, "missed_times": 1.0, "drop_out_times": 1.0},
        },
        "pathway.patience": {
            "assessment_leave_per_week": rules.assessment_leave_per_week,
            "therapy_leave_per_week": rules.therapy_leave_per_week,
            "group_leave_per_week": 0.0,
        },
        "pathway.check_in.every_days": 0,
        "pathway.administration.minutes": 0,
        "pathway.re_referral.share": 0.0,
        "pathway.team_support.requests_per_month": 0.0,
        "staffing.hours_per_week": FULL_WEEK,
        "staffing.working_day_minutes": 900,
        "staffing.balance_cap_weeks": 1e-9,
        "staffing.roles": {
            "intake": role("screening_review", 1, FULL_WEEK),
            "assessor": role("assessment", rules.assessors, rules.assessment_minutes * 5 / 60),
            "therapist": role("therapy", rules.therapists, FULL_WEEK, rules.places),
        },
        "staffing.absence.annual_leave_days": 0,
        "staffing.absence.study_days": 0,
        "staffing.absence.bank_holidays": False,
        "staffing.absence.sickness.absence_share": 0.0,
        "staffing.recruitment.turnover_per_year": 0.0,
        "run.start_date": "2024-01-01",  # a Monday
        "run.horizon_days": rules.horizon // DAY,
        "run.opening.mode": "empty",
        "run.jobs": 1,
        "run.store": None,
    }


@lru_cache(maxsize=1)
def defaults() -> dict:
    return compose()


def configured(changes: dict[str, object]) -> HubConfig:
    """Return the defaults with these changes, by path."""
    container = copy.deepcopy(defaults())
    for path, value in changes.items():
        *parents, last = path.split(".")
        part = container
        for parent in parents:
            part = part[parent]
        part[last] = copy.deepcopy(value)
    return validate(container)


@lru_cache(maxsize=8)
def configuration(rules: Rules) -> HubConfig:
    return configured(settings(rules))


def run(rules: Rules, seed: int) -> Means:
    return means_of(replicate(configuration(rules), seed))


def audit_seconds(rules: Rules, seed: int) -> float:
    """Return how long the audit of a replication takes, which the other engines have none of."""
    return replicate(configuration(rules), seed).seconds["audit"]


def means_of(replication: Replication) -> Means:
    """Read off the measures of a replication."""
    measures = replication.tables["measures"]
    texts = (measures[name].cast("string").to_pylist() for name in ("measure", "stage", "dimension"))
    of_all = {
        (measure, stage): value
        for measure, stage, dimension, value in zip(*texts, measures["value"].to_pylist(), strict=True)
        if dimension == "all"
    }
    return Means(
        of_all["wait_days_mean", "assessment"],
        of_all["left_waiting_share", "assessment"],
        of_all["sessions_attended", ""],
        of_all["queue_mean", "assessment"],
    )
