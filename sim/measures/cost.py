"""What the Hub costs: staff by role and activity, and everything else; never cost-effectiveness."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sim.calendar import DAYS_PER_YEAR
from sim.config import HubConfig
from sim.config.changes import Campaign
from sim.config.costs import Costs
from sim.config.screening import COVARIATES
from sim.config.staffing import ACTIVITIES, TEMPORARY, Line
from sim.measures.capacity import minutes_available, minutes_lent, minutes_used, tenure
from sim.measures.history import History
from sim.measures.people import completed, supported
from sim.measures.policy_cost import income_from_lending, paid_for_sessions
from sim.measures.rows import ADDED, AT_ONCE, LESS, NEITHER, NONE, POOLED, Measure, Rows, declare
from sim.roster import PostFrame
from sim.service.codes import NOT_YET

declare(
    Measure("cost_total_gbp", "cost of the Hub", "GBP", LESS, ADDED),
    Measure("cost_pay_gbp", "pay with on-costs, agency apart", "GBP", LESS, ADDED),
    Measure("cost_agency_gbp", "agency and bank staff", "GBP", LESS, ADDED),
    Measure("cost_recruitment_gbp", "recruitment and induction", "GBP", LESS, ADDED),
    Measure("cost_overhead_gbp", "overheads", "GBP", LESS, ADDED),
    Measure("cost_non_staff_gbp", "running costs other than staff", "GBP", LESS, ADDED),
    Measure("cost_outreach_gbp", "outreach", "GBP", LESS, ADDED),
    Measure("cost_setup_gbp", "set-up", "GBP", LESS, ADDED),
    Measure("cost_per_year_gbp", "cost a year, apart from set-up", "GBP a year", LESS, AT_ONCE),
    Measure("staff_cost_share", "staff, of all cost apart from set-up", "share", NEITHER, POOLED),
    Measure("cost_per_referral_gbp", "cost a referral", "GBP a person", LESS, POOLED),
    Measure("cost_per_screened_gbp", "cost a person screened", "GBP a person", LESS, POOLED),
    Measure("cost_per_supported_gbp", "cost a person supported", "GBP a person", LESS, POOLED),
    Measure("cost_per_completed_gbp", "cost a course completed", "GBP a person", LESS, POOLED),
    Measure("cost_policy_gbp", "what a policy costs, by policy", "GBP", LESS, ADDED),
    Measure("cost_staff_gbp", "staff, by role", "GBP", LESS, ADDED),
    Measure("cost_activity_gbp", "staff, by what their time was used for", "GBP", NEITHER, ADDED),
    Measure(
        "cost_direct_per_referral_gbp", "staff time spent on a group, each referral", "GBP a person", NEITHER, POOLED
    ),
    Measure("care_elsewhere_gbp", "care that clients use outside the Hub, no part of its cost", "GBP", NEITHER, ADDED),
)


def yearly_cost(costs: Costs, line: Line) -> float:
    """Return what one WTE of a line costs in a year, GBP: pay with on-costs, or pay with the agency premium; uprated.

    Employer national insurance is due above its threshold; pension and levy on all pay. Source: COST-01, 05, 08.
    """
    pay: float = getattr(costs.pay_gbp_per_year[line.band], line.pay_point)
    if line.kind in TEMPORARY:
        premium = costs.bank_premium_share if line.kind == "bank" else costs.agency_premium_share
        return costs.uplift * (pay * (1 + premium))
    on = costs.on_costs
    insurance = on.national_insurance_share * max(0.0, pay - on.national_insurance_threshold_gbp_per_year)
    return costs.uplift * (pay * (1 + on.pension_share + on.apprenticeship_levy_share) + insurance)


def stand_in_price(config: HubConfig, frame: PostFrame) -> float:
    """Return what standing in for one WTE of a post costs in a year, GBP.

    Who acts up has what the post's pay is more than their own.
    """
    costs, roles = config.costs, config.staffing.roles
    line, stand_in = config.line(frame.role, frame.line), config.stand_in.get(frame.role)
    if stand_in is None:
        return 0.0
    if stand_in.from_role is None:
        return stand_in.share * yearly_cost(costs, line.model_copy(update={"kind": stand_in.by}))
    theirs = max((yearly_cost(costs, own) for own in roles[stand_in.from_role].lines.values()), default=0.0)
    return stand_in.share * max(0.0, yearly_cost(costs, line) - theirs)


@dataclass(frozen=True)
class Ledger:
    """GBP of the window, by post and by kind."""

    pay: np.ndarray
    """Pay with on-costs of substantive, fixed-term and seconded posts, and for acting up, shape (posts,)."""
    agency: np.ndarray
    """Agency and bank posts, and stand-ins by either, shape (posts,)."""
    recruitment: np.ndarray
    """Recruitment and induction, shape (posts,)."""
    overhead: float
    non_staff: float
    outreach: float
    set_up: float
    extra: np.ndarray
    """Sessions of an initiative or a partner Hub, shape (posts,); their price has everything in it."""
    enhancement: np.ndarray
    """For evening clinics, shape (posts,), likewise."""
    income: np.ndarray
    """From a partner Hub for hours lent, shape (posts,)."""

    @property
    def staff(self) -> float:
        """Everything paid for staff."""
        return float(self.pay.sum() + self.agency.sum() + self.recruitment.sum() + self.by_policy)

    @property
    def by_policy(self) -> float:
        """What is paid for policies beside pay, less what they bring in."""
        return float(self.extra.sum() + self.enhancement.sum() - self.income.sum())

    @property
    def total(self) -> float:
        """The Hub's whole cost; care used elsewhere is never in it."""
        return self.staff + self.overhead + self.non_staff + self.outreach + self.set_up


def ledger(history: History) -> Ledger:
    """Return what was paid between `run.start_date` and the horizon. Vacant time costs nothing."""
    config, costs = history.config, history.config.costs
    frames = [post.frame for post in history.roster.posts]
    tenures = [tenure(frame, history.horizon_days) for frame in frames]
    lines = [config.line(frame.role, frame.line) for frame in frames]
    temporary = np.array([line.kind in TEMPORARY for line in lines], dtype=bool)
    by_whom = [getattr(config.stand_in.get(frame.role), "by", "") for frame in frames]
    hired_in = np.array([by in TEMPORARY for by in by_whom], dtype=bool)
    wte = np.array([frame.wte for frame in frames])
    held = np.array([t.filled_days + costs.maternity_pay_share * t.leave_days for t in tenures])
    stood_in = np.array([t.stand_in_days for t in tenures])
    holders = wte * held / DAYS_PER_YEAR * np.array([yearly_cost(costs, line) for line in lines])
    stand_ins = wte * stood_in / DAYS_PER_YEAR * np.array([stand_in_price(config, frame) for frame in frames])
    hires = np.array([t.hires for t in tenures]) * (costs.recruitment_gbp_per_hire * costs.uplift)
    staff = float(holders.sum() + stand_ins.sum() + hires.sum())
    return Ledger(
        pay=np.where(temporary, 0.0, holders) + np.where(hired_in, 0.0, stand_ins),
        agency=np.where(temporary, holders, 0.0) + np.where(hired_in, stand_ins, 0.0),
        recruitment=hires,
        overhead=staff * costs.overhead_share,
        non_staff=staff * costs.non_staff_share,
        outreach=_outreach(config),
        set_up=costs.set_up_gbp * costs.uplift if costs.set_up_counted else 0.0,
        extra=paid_for_sessions(history),
        enhancement=_enhancement(history),
        income=income_from_lending(history),
    )


def _enhancement(history: History) -> np.ndarray:
    """Return what is paid on top for the hours of evening clinics, of each post that has them by policy."""
    config, policy, posts = history.config, history.config.policies.evening_clinics, history.roster.posts
    cost = np.zeros(len(posts))
    first = max(0, policy.from_day or 0)
    last = history.horizon_days if policy.to_day is None else min(policy.to_day, history.horizon_days)
    for number in (n for n, post in enumerate(posts) if post.evening_clinics):
        frame = posts[number].frame
        days = sum(max(0, min(spell.end_day, last) - max(spell.start_day, first)) for spell in frame.spells)
        a_year = frame.wte * yearly_cost(config.costs, config.line(frame.role, frame.line))
        cost[number] = a_year * days / DAYS_PER_YEAR * policy.hours_share * policy.enhancement_share
    return cost


def _outreach(config: HubConfig) -> float:
    """Return what campaigns cost in the window, spread evenly over the days they run."""
    total = 0.0
    for campaign in config.changes_of(Campaign).values():
        inside = max(0, min(campaign.to_day, config.run.horizon_days) - max(campaign.from_day, 0))
        total += campaign.cost_gbp * inside / (campaign.to_day - campaign.from_day)
    return total


def count_cost(history: History, rows: Rows) -> None:
    """Add the Hub's cost by kind, role and activity, and per person; care elsewhere stands apart."""
    books = ledger(history)
    kinds = {
        "cost_total_gbp": books.total,
        "cost_pay_gbp": float(books.pay.sum()),
        "cost_agency_gbp": float(books.agency.sum()),
        "cost_recruitment_gbp": float(books.recruitment.sum()),
        "cost_overhead_gbp": books.overhead,
        "cost_non_staff_gbp": books.non_staff,
        "cost_outreach_gbp": books.outreach,
        "cost_setup_gbp": books.set_up,
    }
    for measure, pounds in kinds.items():
        rows.figure(measure, NONE, "all", "all", pounds)
    years = history.horizon_days / DAYS_PER_YEAR
    running = books.total - books.set_up
    rows.ratio("cost_per_year_gbp", NONE, "all", "all", running, years)
    rows.ratio("staff_cost_share", NONE, "all", "all", books.staff, running)
    for measure, people in (
        ("cost_per_referral_gbp", history.in_window(history.at("referred"))),
        ("cost_per_screened_gbp", history.in_window(history.at("screened"))),
        ("cost_per_supported_gbp", supported(history)),
        ("cost_per_completed_gbp", completed(history)),
    ):
        rows.ratio(measure, NONE, "all", "all", books.total, int(people.sum()))
    by_post = books.pay + books.agency + books.recruitment + books.extra + books.enhancement
    for policy, pounds in _by_policy(history, books):
        rows.figure("cost_policy_gbp", NONE, "policy", policy, pounds)
    for number, role in enumerate(history.roles):
        pounds = (by_post - books.income)[history.role_of_post == number].sum()
        rows.figure("cost_staff_gbp", NONE, "role", role, pounds)
    _by_activity(history, rows, by_post, books.income)
    _by_group(history, rows, by_post)
    _care_elsewhere(history, rows)


def _by_policy(history: History, books: Ledger) -> Iterator[tuple[str, float]]:
    """Yield what each policy with a price of its own costs; what hours lent bring in is below 0."""
    policies = history.config.policies
    of_policy = np.array([post.frame.policy for post in history.roster.posts])
    if policies.waiting_list_initiative.is_on:
        yield "waiting_list_initiative", float(books.extra[of_policy == "waiting_list_initiative"].sum())
    if policies.evening_clinics.is_on:
        yield "evening_clinics", float(books.enhancement.sum())
    if policies.mutual_aid.is_on:
        yield "mutual_aid", float(books.extra[of_policy == "mutual_aid"].sum())
        yield "mutual_aid_income", -float(books.income.sum())


def _by_activity(history: History, rows: Rows, by_post: np.ndarray, income: np.ndarray) -> None:
    """Add staff cost by activity: minutes used x the post's cost per client-facing minute; the rest is unused time.

    Hours lent are told apart, less what they bring in.
    """
    used, lent = minutes_used(history), minutes_lent(history)
    per_minute = by_post / np.maximum(minutes_available(history) + lent, 1)
    spent = (used * per_minute[:, None]).sum(axis=0)
    for activity, pounds in zip(ACTIVITIES, spent.tolist(), strict=True):
        rows.figure("cost_activity_gbp", NONE, "activity", activity, pounds)
    lent_pounds = float((lent * per_minute).sum())
    if history.config.policies.mutual_aid.lends_hours_per_week:
        rows.figure("cost_activity_gbp", NONE, "activity", "lent", lent_pounds - float(income.sum()))
    rows.figure("cost_activity_gbp", NONE, "activity", "unused", by_post.sum() - spent.sum() - lent_pounds)


def _by_group(history: History, rows: Rows, by_post: np.ndarray) -> None:
    """Add staff cost of the time spent with and for clients, for each referral of their group in the window."""
    per_minute = by_post / np.maximum(minutes_available(history) + minutes_lent(history), 1)
    mine = (history.work_case >= 0) & history.in_window(history.work_minute)
    case = history.work_case[mine]
    pounds = history.work_minutes[mine] * per_minute[history.work_post[mine]]
    referred = history.in_window(history.at("referred"))
    for grouping in history.groupings:
        size = len(grouping.names)
        spent = np.bincount(grouping.of_case[case], weights=pounds, minlength=size)
        people = np.bincount(grouping.of_case[referred], minlength=size)
        for name, top, bottom in zip(grouping.names, spent.tolist(), people.tolist(), strict=True):
            rows.ratio("cost_direct_per_referral_gbp", NONE, grouping.dimension, name, top, bottom)


def _care_elsewhere(history: History, rows: Rows) -> None:
    """Add the care that clients use outside the Hub, which is no part of its cost. Source: COST-22 to 25.

    What the Hub gives is taken out of the study's mental health care. Of the rest people with earlier concerns
    use more, so that it is the configured mean where they are as common as configured.
    """
    costs, concern = history.config.costs, COVARIATES.index("prior_wellbeing_concern")
    screened = history.in_window(history.at("screened")) & (history.at("screened") != NOT_YET)
    prior = history.cohort.covariates[history.client, concern]
    share = history.config.screening.covariates[COVARIATES[concern]].share
    times = costs.care_prior_concern_times
    each = costs.uplift * (costs.care_mental_health_gbp - costs.care_by_the_hub_gbp) / (1 + share * (times - 1))
    with_concern, without = int((screened & prior).sum()), int((screened & ~prior).sum())
    of_group = {"prior_wellbeing_concern": with_concern * times * each, "no_prior_wellbeing_concern": without * each}
    for group, pounds in of_group.items():
        rows.figure("care_elsewhere_gbp", NONE, "mental_health", group, pounds)
    rows.figure("care_elsewhere_gbp", NONE, "care", "mental_health", sum(of_group.values()))
    people = with_concern + without
    rows.figure("care_elsewhere_gbp", NONE, "care", "other", people * costs.care_elsewhere_other_gbp * costs.uplift)
