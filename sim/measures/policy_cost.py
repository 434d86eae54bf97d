"""What policies cost or bring in, post by post: sessions that are paid one by one, and hours lent to a partner Hub."""

from __future__ import annotations

import numpy as np

from sim.calendar import DAYS_PER_WEEK, DAYS_PER_YEAR
from sim.config import HubConfig
from sim.config.policies import WaitingListInitiative
from sim.measures.capacity import minutes_lent
from sim.measures.history import History


def price_of_extra_hour(config: HubConfig, policy: WaitingListInitiative) -> float:
    """Return what an hour of a waiting-list initiative costs: overtime with national insurance and levy, or agency.

    Pension is not due on overtime. Source: COST-01, 08, POL-01.
    """
    costs, staffing = config.costs, config.staffing
    role = policy.role_in(staffing)
    if role is None:
        return 0.0
    line = next(iter(staffing.roles[role].lines.values()))
    pay: float = getattr(costs.pay_gbp_per_year[line.band], line.pay_point)
    an_hour = costs.uplift * pay / (DAYS_PER_YEAR / DAYS_PER_WEEK * staffing.hours_per_week)
    if policy.by == "agency":
        return an_hour * (1 + costs.agency_premium_share)
    on = costs.on_costs
    return an_hour * policy.overtime_times * (1 + on.national_insurance_share + on.apprenticeship_levy_share)


def paid_for_sessions(history: History) -> np.ndarray:
    """Return what the sessions of each post that is paid by the session cost in the window, kept or not."""
    posts, policies = history.roster.posts, history.config.policies
    cost = np.zeros(len(posts))
    for number in (n for n, post in enumerate(posts) if post.frame.is_extra):
        policy = policies.extra_sessions[posts[number].frame.policy]
        mine = (history.work_post == number) & history.in_window(history.work_minute)
        if policy.gbp_per_session is not None:
            cost[number] = policy.gbp_per_session * int(mine.sum())
        elif isinstance(policy, WaitingListInitiative):
            cost[number] = history.work_minutes[mine].sum() / 60 * price_of_extra_hour(history.config, policy)
    return cost


def income_from_lending(history: History) -> np.ndarray:
    """Return what a partner Hub pays for the hours of each post that it was lent: what it charges for as many."""
    config, policy = history.config, history.config.policies.mutual_aid
    a_session = policy.session_minutes(config.pathway, config.staffing)
    per_minute = policy.gbp_per_session / a_session if policy.lends_recharged else 0.0
    return per_minute * minutes_lent(history)
