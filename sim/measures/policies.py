"""What policies do to whom: counted only where a policy is in force, so that figures without one stay as they were."""

from __future__ import annotations

import numpy as np

from sim.calendar import MINUTES_PER_DAY
from sim.measures.history import History
from sim.measures.rows import ADDED, NEITHER, NONE, POOLED, Measure, Rows, declare
from sim.service.enums import Ending
from sim.stages import STAGES

declare(
    Measure("below_threshold", "people not offered an assessment because of a threshold", "persons", NEITHER, ADDED),
    Measure("self_help_taken_up", "people taking up guided self-help while waiting", "persons", NEITHER, ADDED),
    Measure("self_help_enough", "people who need no therapy after guided self-help", "persons", NEITHER, ADDED),
    Measure("remote_share", "remote, of those seen for the first time", "share", NEITHER, POOLED),
    Measure("extra_sessions", "sessions of a waiting-list initiative", "sessions", NEITHER, ADDED),
    Measure("aid_sessions", "sessions by a partner Hub's clinicians", "sessions", NEITHER, ADDED),
    Measure("below_threshold_share", "not offered because of a threshold, of those reviewed", "share", NEITHER, POOLED),
)

EXTRA = {"waiting_list_initiative": "extra_sessions", "mutual_aid": "aid_sessions"}
"""What counts the sessions of a policy that are paid one by one."""


def count_policies(history: History, rows: Rows) -> None:
    """Add what each policy in force came to."""
    if history.config.policies.assessment_threshold.is_on:
        reviewed = history.in_window(history.at("reviewed"))
        below = history.ended == Ending.BELOW_THRESHOLD
        rows.counts("below_threshold", NONE, history.groupings, reviewed & below)
        rows.shares("below_threshold_share", NONE, history.groupings, reviewed, below)
    for policy, measure in EXTRA.items():
        if policy in history.config.policies.extra_sessions:
            is_extra = np.array([post.frame.policy == policy for post in history.roster.posts], dtype=bool)
            extra = is_extra[history.work_post] & history.in_window(history.work_minute)
            rows.counts(measure, NONE, history.groupings, history.work_case[extra])
    if (self_help := history.config.policies.guided_self_help).is_on:
        joined = history.at("therapy_joined")
        offered = self_help.holds_on(joined // MINUTES_PER_DAY) & (history.record.journeys.modality >= 0)
        taken_up = history.in_window(joined) & offered & history.drawn("takes_self_help")
        enough = history.in_window(history.at("closed")) & (history.ended == Ending.SELF_HELP_ENOUGH)
        rows.counts("self_help_taken_up", NONE, history.groupings, taken_up)
        rows.counts("self_help_enough", NONE, history.groupings, enough)
    if (remote := history.config.policies.remote).is_on:
        for stage in ("assessment", "therapy"):
            joined, seen = history.at(STAGES[stage].joins), history.in_window(history.at(STAGES[stage].closes))
            if stage == "therapy":
                seen &= history.record.journeys.modality >= 0
            is_remote = remote.holds_on(joined // MINUTES_PER_DAY) & history.drawn(f"remote_{stage}")
            rows.shares("remote_share", stage, history.groupings.everybody, seen, is_remote)
