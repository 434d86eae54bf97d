"""Random valid configurations: small Hubs whose every lever may stand anywhere inside its range."""

from __future__ import annotations

import copy
import datetime
from functools import lru_cache
from typing import Any

from hypothesis import strategies as st

from sim.config.pathway import OUTCOMES
from sim.config.screening import NEEDS, TIERS
from sim.launch.compose import compose

Container = dict[str, Any]

SHORTEST, LONGEST = 60, 200
"""Horizon, days."""
SIZES = (0.0, 0.02, 0.1, 0.3)
"""Head-counts as a share of the default catchment's; about 55 people a month refer in all of it."""
MOST_WTE = 3.0
_FIRST, _LAST = datetime.date(1999, 1, 1), datetime.date(2030, 12, 31)
KEPT = ("cohort", "journeys", "events", "staff_days")
CLINICAL = ("senior_clinician", "therapist", "assistant_psychologist")
"""Roles of the default staffing whose job plan has therapy."""


def steps(low: float, high: float) -> st.SearchStrategy[float]:
    """Return numbers from low to high in a thousand steps: no denormals, which no planner writes."""
    return st.integers(0, 1000).map(lambda step: low + (high - low) * step / 1000)


share = st.sampled_from([0.5, 0.0, 0.05, 0.3, 0.8, 0.95, 1.0])
rare = st.sampled_from([0.1, 0.0, 0.02, 0.05, 0.2, 0.3, 0.5, 1.0])
usual = rare.map(lambda part: 1 - part)
leave_rate = st.sampled_from([0.01, 0.0, 0.0, 0.05, 0.2, 5.0])
wte = st.one_of(st.sampled_from([1.0, 0.0, 0.2, 0.5, 2.0]), steps(0, MOST_WTE), steps(0.5, MOST_WTE))


@lru_cache(maxsize=1)
def _defaults() -> Container:
    return compose()


def default_hub() -> Container:
    """Return the default configuration, not yet validated, with one replication and every table kept."""
    container = copy.deepcopy(_defaults())
    container["run"] |= {"replications": 1, "jobs": 1, "keep": list(KEPT)}
    return container


@st.composite
def shares_of(draw: st.DrawFn, names: tuple[str, ...]) -> dict[str, float]:
    """Return shares of these names that add up to 1; some may be 0."""
    weights = draw(st.lists(st.integers(0, 9), min_size=len(names), max_size=len(names)))
    if not any(weights):
        weights[draw(st.integers(0, len(names) - 1))] = 1
    return {name: weight / sum(weights) for name, weight in zip(names, weights, strict=True)}


@st.composite
def lengths(draw: st.DrawFn, longest: int) -> dict[str, Any]:
    """Return a length of work in minutes, at most `longest`."""
    low, mean, high = sorted(draw(st.lists(st.integers(1, longest), min_size=3, max_size=3)))
    sigma = draw(steps(0, 1))
    return {"mean_minutes": mean, "sigma": sigma, "low_minutes": low, "high_minutes": high}


@st.composite
def lines(draw: st.DrawFn) -> Container:
    """Return one line of funding: substantive or not, dated or not."""
    line: Container = {
        "band": draw(st.sampled_from(["4", "7", "8c"])),
        "wte": draw(wte),
        "kind": draw(st.sampled_from(["substantive", "fixed_term", "secondment", "agency", "bank"])),
        "pay_point": draw(st.sampled_from(["entry", "mid", "top"])),
    }
    if draw(st.booleans()):
        line["from_day"] = draw(st.integers(-60, LONGEST))
    if draw(st.booleans()):
        line["to_day"] = line.get("from_day", 0) + draw(st.integers(1, LONGEST))
    return line


@st.composite
def staffing(draw: st.DrawFn) -> Container:
    """Return a staffing model: the default roles with other posts, job plans, absence and recruitment."""
    model = copy.deepcopy(_defaults()["staffing"])
    modalities = list(_defaults()["pathway"]["modalities"])
    for name, role in model["roles"].items():
        for line in role["lines"].values():
            line["wte"] = draw(wte)
        if draw(st.booleans()):
            role["lines"]["added"] = draw(lines())
        plan = draw(st.permutations(list(role["job_plan"])))
        role["job_plan"] = {
            activity: {"share": reserved, "flexes": draw(st.booleans())}
            for activity, reserved in draw(shares_of(tuple(plan))).items()
        }
        role["client_facing_hours_per_week"] = draw(steps(5, 37.5))
        role["caseload_cap_per_wte"] = draw(st.sampled_from([25, 0, 0.5, 5]))
        role["out_of_hours_share"] = draw(share)
        if name in CLINICAL:
            role["modalities"] = draw(st.lists(st.sampled_from(modalities), min_size=1, unique=True))
    model["roles"]["therapist"]["modalities"] = draw(st.permutations(modalities))
    model["balance_cap_weeks"] = draw(st.sampled_from([0.01, 1, 2, 8]))
    model["working_day_minutes"] = draw(st.sampled_from([240, 450, 600]))
    model["absence"] |= {
        "annual_leave_days": draw(st.integers(0, 60)),
        "study_days": draw(st.integers(0, 20)),
        "bank_holidays": draw(st.booleans()),
        "handover_after_days": draw(st.integers(1, 40)),
    }
    model["absence"]["sickness"] |= {
        "absence_share": draw(rare.map(lambda part: min(part, 0.9))),
        "long_spell_share": draw(share),
        "short_mean_days": draw(steps(0.5, 10)),
        "long_mean_days": draw(steps(10, 90)),
    }
    model["recruitment"] |= {
        "lead_median_weeks": draw(steps(0.1, 20)),
        "lead_sigma": draw(steps(0, 1)),
        "agency_lead_median_weeks": draw(steps(0.1, 6)),
        "notice_weeks": draw(steps(0, 12)),
        "turnover_per_year": draw(steps(0, 5)),
        "ramp_weeks": draw(steps(0, 12)),
        "ramp_start_share": draw(steps(0.05, 0.95)),
        "agency_ramp_weeks": draw(steps(0, 4)),
    }
    model["reroute"] = draw(reroutes)
    return model


reroutes = st.dictionaries(st.sampled_from(OUTCOMES), st.sampled_from(OUTCOMES), max_size=2)


@st.composite
def pathways(draw: st.DrawFn) -> Container:
    """Return a pathway with other lists, outcomes, courses, groups, attendance, patience and so on."""
    pathway = copy.deepcopy(_defaults()["pathway"])
    pathway["lists"] |= {
        "policy": draw(st.sampled_from(["first_come", "by_need", "by_need_with_ageing"])),
        "ageing_days_per_tier": draw(steps(0, 60)),
        "notice_days": draw(st.integers(0, 14)),
        "unreachable_share": draw(rare),
        "contact_attempts": draw(st.integers(1, 5)),
        "contact_attempt_interval_days": draw(st.integers(1, 10)),
    }
    pathway["assessment"] |= {
        "offered_share": {tier: draw(usual) for tier in TIERS},
        "contact": draw(lengths(longest=120)),
        "write_up": draw(lengths(longest=90)),
        "outcome_share": {tier: draw(shares_of(OUTCOMES)) for tier in TIERS},
    }
    names = tuple(pathway["modalities"])
    pathway["modality_share"] = {need: draw(shares_of(names)) for need in NEEDS}
    for name, modality in pathway["modalities"].items():
        most = draw(st.integers(1, 64))
        modality |= {
            "sessions_mean": draw(steps(0.5, most)),
            "sessions_shape": draw(steps(0.2, 20)),
            "sessions_most": most,
            "interval_days": draw(st.integers(1, 21)),
            "shift_worker_interval_days": draw(st.integers(1, 28)),
            "steps_up_to": draw(st.sampled_from([None, *(other for other in names if other != name)])),
            "step_up_share": draw(share),
        }
    size = draw(st.integers(1, 6))
    pathway["groups"] |= {
        "min_size": size,
        "max_size": size + draw(st.integers(0, 6)),
        "max_wait_days": draw(steps(1, 100)),
        "sessions": draw(st.integers(1, 20)),
        "session_minutes": draw(st.integers(10, 240)),
        "interval_days": draw(st.integers(1, 14)),
    }
    pathway["navigation"] |= {
        "contacts_mean": draw(steps(1, 8)),
        "contact_interval_days": draw(st.integers(1, 20)),
        "accepted_share": draw(share),
        "opted_in_share": draw(share),
        "decision_days": draw(steps(0.01, 40)),
        "wait_median_days": draw(steps(0.1, 200)),
        "wait_sigma": draw(steps(0, 2)),
        "bounced_back_share": draw(share),
    }
    for kind in ("assessment", "therapy_first", "therapy_next", "group"):
        missed = draw(rare)
        pathway["attendance"][kind] = {"missed_share": missed, "cancelled_share": (1 - missed) * draw(rare)}
    pathway["attendance"] |= {
        "missed_share_per_week_waited": draw(st.sampled_from([0.0, 0.02, 0.2])),
        "reusable_share": draw(share),
        "assessment_misses_allowed": draw(st.integers(1, 4)),
        "therapy_misses_in_a_row_allowed": draw(st.integers(1, 4)),
        "drop_out_share": draw(rare),
        "in_hours_accepted_share": draw(usual),
    }
    pathway["patience"] = {f"{name}_leave_per_week": draw(leave_rate) for name in ("assessment", "therapy", "group")}
    pathway["check_in"]["every_days"] = draw(st.sampled_from([0, 1, 7, 28]))
    pathway["administration"] = {"minutes": draw(st.sampled_from([0, 20]))}
    pathway["re_referral"] = {"share": draw(share), "mean_delay_days": draw(steps(0.1, 200))}
    pathway["team_support"] = {
        "requests_per_month": draw(st.sampled_from([3, 0, 1, 12])),
        "staff_minutes": draw(lengths(longest=240)),
    }
    pathway["reroute"] = draw(reroutes)
    return pathway


@st.composite
def campaigns(draw: st.DrawFn) -> Container:
    """Return an outreach campaign to anybody or to some."""
    start = draw(st.integers(-20, LONGEST))
    return {
        "kind": "campaign",
        "from_day": start,
        "to_day": start + draw(st.integers(1, 60)),
        "target": {
            "staff_groups": draw(st.sampled_from([[], ["care_homes"], ["ambulance", "police_fire"]])),
            "genders": draw(st.sampled_from([[], ["men"]])),
            "ethnicities": draw(st.sampled_from([[], ["minority_ethnic", "white_other"]])),
        },
        "uptake_multiplier": draw(steps(1, 5)),
        "decay_days": draw(steps(0.5, 60)),
        "need_odds_ratio": draw(steps(0.2, 5)),
        "cost_gbp": draw(steps(0, 1e5)),
        "staff_hours_per_week": draw(steps(0, 7)),
    }


@st.composite
def demands(draw: st.DrawFn) -> Container:
    """Return demand with growth, launch and over-dispersion."""
    demand = copy.deepcopy(_defaults()["demand"])
    demand |= {
        "multiplier": draw(st.sampled_from([0.0, 0.5, 1.0, 3.0])),
        "growth_per_year": draw(steps(-0.5, 1)),
        "launch_ramp_days": draw(st.sampled_from([0, 30, 270])),
        "dispersion_ratio": draw(st.sampled_from([1.0, 1.5, 8.0])),
    }
    return demand


@st.composite
def dated_changes(draw: st.DrawFn) -> Container:
    """Return dated changes by name: campaigns, waves, steps of funding, freezes and known posts."""
    found = draw(st.dictionaries(st.sampled_from(["posters", "visits"]), campaigns(), max_size=2))
    for name in draw(st.sets(st.sampled_from(list(OTHER_CHANGES)))):
        start = draw(st.integers(-60, LONGEST))
        dated = {"from_day": start, "to_day": start + draw(st.integers(1, 90))}
        found[name] = dated | draw(OTHER_CHANGES[name])
    return found


SOME_ROLES = st.sampled_from([[], ["therapist"], ["navigator", "senior_clinician"]])
OTHER_CHANGES: dict[str, st.SearchStrategy[Container]] = {
    "first": st.fixed_dictionaries({"kind": st.just("wave"), "uptake_multiplier": steps(0, 4)}),
    "second": st.fixed_dictionaries({"kind": st.just("wave"), "uptake_multiplier": steps(0, 4)}),
    "cut": st.fixed_dictionaries({"kind": st.just("funding"), "funded_share": share, "roles": SOME_ROLES}),
    "halt": st.fixed_dictionaries({"kind": st.just("freeze"), "roles": SOME_ROLES}),
    "flu": st.fixed_dictionaries({"kind": st.just("sickness"), "times": steps(0, 1), "roles": SOME_ROLES}),
    "named": st.fixed_dictionaries(
        {
            "kind": st.just("post"),
            "role": st.sampled_from(["therapist", "navigator"]),
            "band": st.just("7"),
            "wte": steps(0.1, 2),
            "contract": st.sampled_from(["substantive", "agency"]),
        }
    ),
}


@st.composite
def incidents(draw: st.DrawFn, horizon: int) -> Container:
    """Return a small incident before the horizon."""
    parts = draw(shares_of(("early", "tail", "pulse")))
    people = st.dictionaries(st.sampled_from(list(_defaults()["population"]["staff_groups"])), st.integers(0, 400))
    return {
        "day": draw(st.integers(0, horizon - 1)),
        "exposed": {
            tier: {
                "persons": draw(people),
                "take_up_share": draw(share) / 4,
                "severity_shift_sd": draw(steps(-1, 1)),
            }
            for tier in ("present", "responder")
        },
        "delay": {
            "early_share": parts["early"],
            "early_mean_days": draw(steps(1, 40)),
            "pulses": [{"after_days": draw(steps(0, 90)), "share": parts["pulse"], "mean_delay_days": 10.0}],
            "tail_share": parts["tail"],
            "tail_mean_days": draw(steps(10, 200)),
        },
    }


@st.composite
def openings(draw: st.DrawFn) -> Container:
    """Return an opening position of any mode."""
    waiting = {"people": draw(st.integers(0, 12)), "mean_wait_days": draw(steps(0, 60))}
    return {
        "mode": draw(st.sampled_from(["empty", "backlog", "run_in"])),
        "run_in_days": draw(st.integers(0, 60)),
        "backlog": {
            "screening_review": waiting,
            "assessment": dict(waiting),
            "therapy": dict(waiting),
            "caseload": {"people": draw(st.integers(0, 20)), "mean_sessions_left": draw(steps(0.5, 8))},
        },
    }


@st.composite
def hubs(draw: st.DrawFn) -> Container:
    """Return the container of a valid configuration that takes some hundredths of a second to replicate."""
    hub = default_hub()
    horizon = draw(st.integers(SHORTEST, LONGEST))
    hub["run"] |= {
        "seed": draw(st.integers(0, 2**32)),
        "horizon_days": horizon,
        "start_date": str(draw(st.dates(min_value=_FIRST, max_value=_LAST))),
        "opening": draw(openings()),
    }
    for group in hub["population"]["staff_groups"].values():
        group["headcount"] = int(group["headcount"] * draw(st.sampled_from(SIZES)))
        group["shift_worker_share"] = draw(share)
    hub["hubs"] |= {"count": draw(st.sampled_from([1, 1, 1, 2])), "staffing_follows_size": draw(st.booleans())}
    hub["demand"] = draw(demands())
    hub["incident"] = draw(st.dictionaries(st.just("explosion"), incidents(horizon), max_size=1))
    completed = draw(usual)
    hub["screening"] |= {
        "risk_flag_share": draw(rare),
        "risk_flag_odds_ratio_per_phq9_point": draw(st.sampled_from([1.0, 1.2, 10.0])),
        "completed_share": completed,
        "completed_after_reminder_share": (1 - completed) * draw(share),
        "window_days": draw(steps(1, 60)),
        "not_completed": draw(st.sampled_from(["close", "phone"])),
    }
    hub["pathway"] = draw(pathways())
    hub["staffing"] = draw(staffing())
    hub["changes"] = draw(dated_changes())
    hub["costs"]["set_up_counted"] = draw(st.booleans())
    return hub
