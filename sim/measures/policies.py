"""What policies do to whom: counted only where a policy is in force, so that figures without one stay as they were."""

from __future__ import annotations

import numpy as np

from sim.measures.history import History
from sim.measures.rows import ADDED, NEITHER, NONE, POOLED, Measure, Rows, declare
from sim.service.enums import Ending

declare(
    Measure("below_threshold", "people not offered an assessment because of a threshold", "persons", NEITHER, ADDED),
    Measure("extra_sessions", "sessions of a waiting-list initiative", "sessions", NEITHER, ADDED),
    Measure("below_threshold_share", "not offered because of a threshold, of those reviewed", "share", NEITHER, POOLED),
)


def count_policies(history: History, rows: Rows) -> None:
    """Add what each policy in force came to."""
    if history.config.policies.assessment_threshold.is_on:
        reviewed = history.in_window(history.at("reviewed"))
        below = history.ended == Ending.BELOW_THRESHOLD
        rows.counts("below_threshold", NONE, history.groupings, reviewed & below)
        rows.shares("below_threshold_share", NONE, history.groupings, reviewed, below)
    if history.config.policies.waiting_list_initiative.is_on:
        is_extra = np.array([post.frame.is_extra for post in history.roster.posts], dtype=bool)
        extra = is_extra[history.work_post] & history.in_window(history.work_minute)
        rows.counts("extra_sessions", NONE, history.groupings, history.work_case[extra])
