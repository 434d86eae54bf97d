"""The extra sessions of a waiting-list initiative as a post: so many a week may be asked for, and nobody's hours."""

from __future__ import annotations

import numpy as np

from sim.calendar import DAYS_PER_WEEK
from sim.config import HubConfig
from sim.config.staffing import Role
from sim.roster.posts import PostFrame
from sim.roster.spells import Spell
from sim.streams import Bools, Ints


def extra_frame(config: HubConfig, hub: int, first: int, last: int) -> PostFrame | None:
    """Return the post of the initiative between two days; None without one.

    It goes on after the initiative's last day, for the courses that are under way.
    """
    policy = config.policies.waiting_list_initiative
    role_name = policy.role_in(config.staffing)
    begins = first if policy.from_day is None else max(first, policy.from_day)
    if not policy.is_on or role_name is None or begins >= config.run.horizon_days:
        return None
    line = next(iter(config.staffing.roles[role_name].lines))
    owner = (hub, "waiting_list_initiative", policy.stage, 0)
    here = (Spell(begins, last, recruited=False),)
    return PostFrame(owner, role_name, line, 0, 0.0, begins, last, here, luck_out_of_hours=0.0, is_extra=True)


def extra_minutes(config: HubConfig, role: Role, days: Ints) -> Ints:
    """Return the minutes that may be asked for on each of these days at work, shape (days, 1): a week's on its first.

    They are enough for the longest sessions; what is not asked for is nobody's time.
    """
    policy, pathway = config.policies.waiting_list_initiative, config.pathway
    if policy.stage == "assessment":
        longest = pathway.assessment.contact.high_minutes + pathway.assessment.write_up.high_minutes
    else:
        given = [pathway.modalities[name] for name in role.modalities]
        longest = max(max(one.first_minutes, one.next_minutes) + one.admin_minutes for one in given)
    begins: Bools = np.diff(days // DAYS_PER_WEEK, prepend=-(10**6)) > 0
    return np.where(begins, policy.sessions_a_week * longest, 0)[:, None].astype(np.int64)
