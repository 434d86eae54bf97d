"""Extra sessions, of an initiative or a partner Hub, as a post: so many a week may be asked for, and nobody's hours."""

from __future__ import annotations

import numpy as np

from sim.calendar import DAYS_PER_WEEK
from sim.config import HubConfig
from sim.config.policies import ExtraSessions
from sim.config.staffing import Role
from sim.roster.posts import PostFrame
from sim.roster.spells import Spell
from sim.streams import Bools, Ints


def extra_frame(config: HubConfig, hub: int, name: str, first: int, last: int) -> PostFrame | None:
    """Return the post of a policy's sessions between two days; None where it has none.

    It goes on after the policy's last day, for the courses that are under way.
    """
    policy = config.policies.extra_sessions[name]
    role_name = policy.role_in(config.staffing)
    begins = first if policy.from_day is None else max(first, policy.from_day)
    if role_name is None or begins >= config.run.horizon_days:
        return None
    line = next(iter(config.staffing.roles[role_name].lines))
    owner = (hub, name, policy.stage, 0)
    here = (Spell(begins, last, recruited=False),)
    return PostFrame(owner, role_name, line, 0, 0.0, begins, last, here, luck_out_of_hours=0.0, policy=name)


def extra_minutes(config: HubConfig, policy: ExtraSessions, role: Role, days: Ints) -> Ints:
    """Return the minutes that may be asked for on each of these days at work, shape (days, 1): a week's on its first.

    They are enough for the longest sessions; what is not asked for is nobody's time.
    """
    pathway = config.pathway
    if policy.stage == "assessment":
        longest = pathway.assessment.contact.high_minutes + pathway.assessment.write_up.high_minutes
    else:
        given = [pathway.modalities[name] for name in role.modalities]
        longest = max(max(one.first_minutes, one.next_minutes) + one.admin_minutes for one in given)
    begins: Bools = np.diff(days // DAYS_PER_WEEK, prepend=-(10**6)) > 0
    return np.where(begins, policy.sessions_a_week * longest, 0)[:, None].astype(np.int64)
