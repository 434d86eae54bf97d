"""Everything counted from the record: one function a measure, never inside the service."""

from __future__ import annotations

from sim.measures.capacity import count_capacity
from sim.measures.cost import count_cost
from sim.measures.history import History
from sim.measures.people import (
    count_access,
    count_follow_up,
    count_gaps,
    count_people,
    count_risk_calls,
    count_sessions,
)
from sim.measures.policies import count_policies
from sim.measures.queues import count_caseload, count_queues
from sim.measures.rows import MEASURES, Measure, Rows
from sim.measures.waits import count_funnel, count_waiting_at_end, count_waits


def count_measures(history: History) -> Rows:
    """Return every measure of one Hub in one replication."""
    rows = Rows()
    for count in (
        count_waits,
        count_funnel,
        count_waiting_at_end,
        count_queues,
        count_caseload,
        count_people,
        count_sessions,
        count_risk_calls,
        count_capacity,
        count_cost,
        count_access,
        count_follow_up,
        count_policies,
    ):
        count(history, rows)
    reference = history.config.population.reference
    count_gaps(rows, {name: getattr(reference, name) for name in ("staff_group", "gender", "ethnicity")})
    return rows


__all__ = ["MEASURES", "History", "Measure", "Rows", "count_measures"]
