"""Rosters whose every day can be worked out by hand: nobody is away, ill or leaving unless a test says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sim.roster import Post, draw_roster

LINE = {"band": "7", "wte": 1.0, "kind": "substantive", "pay_point": "mid", "from_day": None, "to_day": None}
NOBODY_AWAY = {
    "staffing.absence": {
        "annual_leave_days": 0,
        "study_days": 0,
        "bank_holidays": False,
        "sickness": {"absence_share": 0.0, "long_spell_share": 0.1, "short_mean_days": 4, "long_mean_days": 60},
        "handover_after_days": 21,
    },
    "staffing.recruitment": {
        "lead_median_weeks": 10,
        "lead_sigma": 0.0,
        "agency_lead_median_weeks": 3,
        "notice_weeks": 12,
        "turnover_per_year": 0.0,
        "ramp_weeks": 8,
        "ramp_start_share": 0.25,
        "agency_ramp_weeks": 2,
    },
    "staffing.roles.therapist.client_facing_hours_per_week": 22,
    "staffing.roles.therapist.supervision_hours_per_week": 0.0,
    "staffing.roles.senior_clinician.client_facing_hours_per_week": 16,
    "staffing.roles.senior_clinician.supervision_hours_per_week": 0.0,
    "staffing.roles.senior_clinician.most_supervision_given_hours_per_week": 0.0,
    "staffing.roles.therapist.caseload_cap_per_wte": 25,
    "staffing.roles.therapist.job_plan": {
        "therapy": {"share": 0.8, "flexes": True},
        "group": {"share": 0.2, "flexes": True},
    },
    "run.opening.mode": "empty",
    "run.start_date": "2022-01-03",  # a Monday
    "run.horizon_days": 728,
}


@pytest.fixture(scope="session")
def nobody_away() -> dict[str, Any]:
    """Changes under which everybody works every weekday and nobody leaves."""
    return dict(NOBODY_AWAY)


@pytest.fixture(scope="session")
def therapists(hub_config: Any) -> Callable[..., list[Post]]:
    """Draw the therapist posts that given lines fund: `therapists({"a": {"wte": 2.5}}, **changes)`."""

    def drawn(lines: dict[str, dict[str, Any]], replication: int = 0, **changes: Any) -> list[Post]:
        whole = {name: LINE | line for name, line in lines.items()}
        config = hub_config(**NOBODY_AWAY | {"staffing.roles.therapist.lines": whole} | changes)
        return [post for post in draw_roster(config, replication, 0, 1.0).posts if post.frame.role == "therapist"]

    return drawn
