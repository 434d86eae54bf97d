"""What the model can say of barriers: whether anybody answers to evenings, and which gaps between groups can arise."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from sim.config import HubConfig

EVENING_KEYS = "staffing.roles.*.out_of_hours_share"


def moves_evenings_unanswered(config: HubConfig, keys: Iterable[str]) -> list[str]:
    """Return which of the keys change evenings in vain: neither uptake nor attendance answers to them."""
    evenings, attendance = config.demand.barriers.evenings, config.pathway.attendance
    answers = evenings.relative_uptake != 1 or attendance.in_hours_missed_times != 1
    making = {
        f"staffing.roles.{name}.out_of_hours_share"
        for name, role in config.staffing.roles.items()
        if not {"assessment", "therapy"}.isdisjoint(role.job_plan)
    }
    return [] if answers else [key for key in keys if fnmatchcase(key, EVENING_KEYS) and key in making]
