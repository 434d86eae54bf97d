"""What a reader must know of the inputs of a run: values beyond the evidence, or that nothing in the run uses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from itertools import product
from typing import Any

from analysis.tell.barriers import moves_evenings_unanswered
from analysis.tell.warning_texts import RunWarning
from analysis.tell.wording import full_date, listed, share
from sim.calendar import DAYS_PER_WEEK, DAYS_PER_YEAR, date_of
from sim.cohort.background import gap_multiplier, uptake_multiplier
from sim.composed import leaves
from sim.config import HubConfig
from sim.config.changes import Campaign, KnownLeave, Wave
from sim.config.hub import activities_needed
from sim.config.policies import OFF
from sim.config.referrals import FEWEST_DAYS, LONGEST_PAUSE_DAYS, covered
from sim.config.staffing import TEMPORARY
from sim.evidence import as_number, ranges, read_register

YOURS = (
    "staffing.roles.*.lines.*", "staffing.roles.*.job_plan.*", "staffing.roles.*.caseload_cap_per_wte",
    "costs.pay_gbp_per_year.*", "incident.*.persons.*", "population.*", "standards.*", "run.*", "hubs.*",
)  # fmt: skip
"""What a planner decides or knows better than any evidence: staff, standards, pay, who lives there, how to run it."""
MOST_LINES, MOST_KEYS = 6, 3
LONG_PAUSE_DAYS = 56
"""Days in a row without a referral after which rows may be missing."""
MONTHS = 12
FILE = "demand.referrals_csv"
MOST_TIMES = 10
"""Growth beyond this many times is nobody's forecast."""
BEGINS = ("from_day", "referred_from_day")
ENDS = ("to_day", "referred_to_day")
NO_GAP = "no campaign closes a gap: choose scenario=improved_reach, or add one"
BY_CLIENT_HOURS = "what a post gives is its client_facing_hours_per_week: change that"


def _hired_in(config: HubConfig, *kinds: str) -> bool:
    lines = [line for role in config.staffing.roles for line in config.lines(role).values()]
    stand_ins = config.stand_in.values()
    return any(line.kind in kinds and line.wte > 0 for line in lines) or any(one.by in kinds for one in stand_ins)


def _closes_a_gap(config: HubConfig, _: list[str]) -> bool:
    return any(campaign.uptake_multiplier is None for campaign in config.changes_of(Campaign).values())


USED: dict[str, tuple[Callable[[HubConfig, list[str]], bool], str]] = {
    "policies.*": (
        lambda c, steps: steps[1] not in OFF or getattr(c.policies, steps[1]).is_on,
        "its policy is off: turn it on, as docs/policies.md says",
    ),
    "staffing.hours_per_week": (lambda *_: False, BY_CLIENT_HOURS),
    "staffing.roles.*.most_supervision_given_hours_per_week": (
        lambda c, steps: any(role.supervised_by == steps[2] for role in c.staffing.roles.values()),
        "nobody is supervised by this role",
    ),
    "costs.paid_hours_per_wte_year": (lambda *_: False, "staff are paid by the year: change costs.pay_gbp_per_year"),
    "run.opening.backlog.*": (lambda c, _: c.run.opening.mode == "backlog", "add run.opening.mode=backlog"),
    "run.opening.run_in_days": (lambda c, _: c.run.opening.mode == "run_in", "add run.opening.mode=run_in"),
    "run.replications_max": (lambda c, _: c.run.precision is not None, "it goes with run.precision"),
    "hubs.size_cv": (lambda c, _: c.hubs.count > 1, "it goes with several Hubs: set hubs.count"),
    "costs.set_up_gbp": (lambda c, _: c.costs.set_up_counted, "add costs.set_up_counted=true"),
    "costs.uplift_per_year": (lambda c, _: c.costs.uplift != 1, "name a later year: costs.uprated_to=2027/28"),
    "costs.agency_premium_share": (lambda c, _: _hired_in(c, "agency"), "no line or stand-in is by agency"),
    "costs.bank_premium_share": (lambda c, _: _hired_in(c, "bank"), "no line or stand-in is by bank"),
    "costs.maternity_pay_share": (
        lambda c, _: c.staffing.absence.maternity_leave is not None or bool(c.changes_of(KnownLeave)),
        "nobody is on leave",
    ),
    "staffing.recruitment.agency_*": (
        lambda c, _: _hired_in(c, *TEMPORARY),
        "nobody is of agency or bank",
    ),
    "demand.gap_closed_share": (_closes_a_gap, NO_GAP),
    "demand.campaign_multiplier_most": (_closes_a_gap, NO_GAP),
    "demand.uptake_per_person_year.*": (lambda c, _: c.demand.referrals_csv is None, "referrals come from a file"),
    "pathway.check_in.minutes": (lambda c, _: c.pathway.check_in.every_days > 0, "set pathway.check_in.every_days"),
    "pathway.lists.ageing_days_per_tier": (
        lambda c, _: c.pathway.lists.policy == "by_need_with_ageing",
        "add pathway.lists.policy=by_need_with_ageing",
    ),
    "screening.measures.*.cut_off": (
        lambda c, _: c.demand.referrals_csv is not None,
        "positive_share says how many are positive: change that",
    ),
    "pathway.modalities.*.step_up_share": (
        lambda c, steps: c.pathway.modalities[steps[2]].steps_up_to is not None,
        "say with steps_up_to what it steps up to",
    ),
    "staffing.roles.*.out_of_hours_share": (
        lambda c, steps: not {"assessment", "therapy"}.isdisjoint(c.staffing.roles[steps[2]].job_plan),
        "this role makes no appointments",
    ),
    "staffing.roles.*.caseload_cap_per_wte": (
        lambda c, steps: "therapy" in c.staffing.roles[steps[2]].job_plan,
        "this role's job plan has no therapy",
    ),
    "pathway.groups.*": (lambda c, _: "group" in activities_needed(c), "nobody is offered a group"),
    "pathway.navigation.*": (lambda c, _: "navigation" in activities_needed(c), "nobody is referred onward"),
    "screening.phone_screen_minutes": (
        lambda c, _: c.screening.not_completed == "phone",
        "add screening.not_completed=phone",
    ),
}
"""Settings by pattern: whether anything uses the number whose key has these steps, and what would make it used."""


def input_warnings(config: HubConfig) -> list[RunWarning]:
    """Return what is odd about a configuration that can be run all the same."""
    numbers = list(leaves(config.model_dump(mode="json", exclude={"uncertainty"})))
    return [
        *_beyond_the_evidence(numbers),
        *unused_changes(config, numbers),
        *_unanswered(config, numbers),
        *_never_reached(config, numbers),
        *_too_late_to_start(config),
        *_never_judged(config),
        *_incidents(config),
        *_campaigns(config),
        *_out_of_hand(config),
        *_no_caseload(config),
        *_real_referrals(config),
    ]


def _beyond_the_evidence(numbers: list[tuple[str, Any]]) -> list[RunWarning]:
    """Find values outside their range in conf/evidence.csv."""
    known = ranges()
    found = []
    for key, value in numbers:
        within = known.get(key)
        if within is None or isinstance(value, bool) or not isinstance(value, int | float):
            continue
        if within.low <= value <= within.high or any(fnmatchcase(key, pattern) for pattern in YOURS):
            continue
        source = ", ".join(filter(None, (within.unit, within.evidence_id)))
        ends = {"low": within.low, "high": within.high}
        found.append(RunWarning.of("beyond_evidence", key, value=value, **ends, source=source))
    more = RunWarning.of("more_beyond_evidence", more=len(found) - MOST_LINES)
    return found if len(found) <= MOST_LINES else [*found[:MOST_LINES], more]


def unused_changes(config: HubConfig, numbers: list[tuple[str, Any]]) -> Iterator[RunWarning]:
    """Say which numbers, by key, differ from those of conf/ without any effect: they would be lost in silence."""
    changed = _changed(numbers)
    for pattern, (used, remedy) in USED.items():
        mine = [(key, value) for key, value in changed if fnmatchcase(key, pattern)]
        if found := [(key, value) for key, value in mine if not used(config, key.split("."))]:
            settings = ", ".join(f"{key}={value:g}" for key, value in found[:MOST_KEYS])
            more = f" and {len(found) - MOST_KEYS} more" * (len(found) > MOST_KEYS)
            about = listed([key for key, _ in found[:MOST_KEYS]])
            yield RunWarning("without_effect", about, {"settings": settings + more, "remedy": remedy})


def _changed(numbers: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Return the numbers, by key, that differ from those of conf/."""
    in_conf: dict[str, set[float | None]] = {}
    for row in read_register():
        in_conf.setdefault(row.key, set()).add(as_number(row.value))
    return [
        (key, value) for key, value in numbers if value is not None and key in in_conf and value not in in_conf[key]
    ]


def _unanswered(config: HubConfig, numbers: list[tuple[str, Any]]) -> Iterator[RunWarning]:
    """Say that nobody answers to evenings that have been changed, as long as their effect is neutral."""
    if keys := moves_evenings_unanswered(config, [key for key, _ in _changed(numbers)]):
        yield RunWarning("unanswered", listed(keys))


def _never_reached(config: HubConfig, numbers: list[tuple[str, Any]]) -> Iterator[RunWarning]:
    """Find dated changes that begin after the run ends, or are over before it begins."""
    run = config.run
    last, first = run.horizon_days - 1, -run.run_in_days
    ends, begins = {"last": last, "date": _written(config, last)}, {"first": first, "date": _written(config, first)}
    for key, day in numbers:
        name = key.rpartition(".")[2]
        if day is None:
            continue
        if name in BEGINS and day >= run.horizon_days:
            yield RunWarning("begins_too_late", key, {"day": day, "when": _written(config, day)} | ends)
        elif name in ENDS and day <= -run.run_in_days:
            yield RunWarning("over_too_early", key, {"day": day, "when": _written(config, day)} | begins)


def _too_late_to_start(config: HubConfig) -> Iterator[RunWarning]:
    """Find lines of funding that are over before the people who are recruited for them are likely to start."""
    recruitment, horizon = config.staffing.recruitment, config.run.horizon_days
    for name, role in config.staffing.roles.items():
        for line_name, line in role.lines.items():
            if line.from_day is None or line.wte == 0 or line.from_day >= horizon:
                continue
            temporary = line.kind in TEMPORARY
            weeks = recruitment.agency_lead_median_weeks if temporary else recruitment.lead_median_weeks
            ends = horizon if line.to_day is None else min(line.to_day, horizon)
            over = "run" if ends == horizon else "line"
            if line.from_day + weeks * DAYS_PER_WEEK >= ends:
                key = f"staffing.roles.{name}.lines.{line_name}.from_day"
                dates = {"when": _written(config, line.from_day), "date": _written(config, ends)}
                numbers = dates | {"day": line.from_day, "weeks": weeks, "what": over, "ends": ends}
                yield RunWarning("too_late_to_recruit", key, numbers)


def _never_judged(config: HubConfig) -> Iterator[RunWarning]:
    """Find standards that nobody's wait can be held against, as the run is shorter than they are."""
    first = max(config.standards.referred_from_day or 0, -config.run.run_in_days)
    if first >= config.run.horizon_days:
        return
    for stage, standard in config.standards.stages.items():
        if standard.days >= (left := config.run.horizon_days - first):
            yield RunWarning.of("never_judged", f"standards.stages.{stage}.days", days=standard.days, left=left)


def _incidents(config: HubConfig) -> Iterator[RunWarning]:
    """Find incidents that strike several Hubs, or expose more people of a staff group than the catchment has."""
    for name, incident in config.incident.items():
        if config.hubs.count > 1:
            persons = sum(sum(tier.persons.values()) for tier in incident.exposed.values())
            yield RunWarning.of("strikes_each_hub", f"incident.{name}", hubs=config.hubs.count, persons=persons)
        for group_name, group in config.population.staff_groups.items():
            exposed = sum(tier.persons.get(group_name, 0) for tier in incident.exposed.values())
            if exposed > group.headcount:
                told = {"group": group_name, "exposed": exposed, "headcount": group.headcount}
                yield RunWarning("more_exposed_than_there_are", f"incident.{name}", told)


def _campaigns(config: HubConfig) -> Iterator[RunWarning]:
    """Find campaigns that bring nobody, as there is no gap to close, and those that close less than is asked for."""
    people = config.population
    for name, campaign in config.changes_of(Campaign).items():
        target = campaign.target
        groups, genders = target.staff_groups or list(people.staff_groups), target.genders or people.genders
        strata = list(product(groups, genders, target.ethnicities or people.ethnicities))
        if all(uptake_multiplier(config, campaign, *stratum) == 1 for stratum in strata):
            yield RunWarning("brings_nobody", f"changes.{name}")
        asked, most = config.demand.gap_closed_share, config.demand.campaign_multiplier_most
        times = max(gap_multiplier(config, campaign, *stratum) for stratum in strata)
        if campaign.uptake_multiplier is None and times > most:
            numbers = {"asked": share(asked), "closed": share(asked * (most - 1) / (times - 1))}
            yield RunWarning("held_back", f"changes.{name}", numbers | {"times": times, "most": most})


def _out_of_hand(config: HubConfig) -> Iterator[RunWarning]:
    """Find growth that goes on until referrals are many times what they were."""
    demand, years = config.demand, config.run.horizon_days / DAYS_PER_YEAR
    times = (1 + demand.growth_per_year) ** years
    if times > MOST_TIMES and demand.referrals_csv is None:
        growth = demand.growth_per_year
        yield RunWarning.of("out_of_hand", "demand.growth_per_year", growth=growth, years=years, times=times)


def _no_caseload(config: HubConfig) -> Iterator[RunWarning]:
    """Find roles that are to give therapy and may hold nobody in it."""
    for name, role in config.staffing.roles.items():
        therapy = role.job_plan.get("therapy")
        if therapy and therapy.share > 0 and role.wte > 0 and role.caseload_cap_per_wte * role.wte < 1:
            key = f"staffing.roles.{name}.caseload_cap_per_wte"
            yield RunWarning.of("no_caseload", key, places=role.caseload_cap_per_wte)


def _real_referrals(config: HubConfig) -> Iterator[RunWarning]:
    """Say what comes before and after real referrals, and which settings cannot change them."""
    demand, horizon = config.demand, config.run.horizon_days
    if demand.referrals_csv is None:
        return
    cover = covered(config)
    days = cover.last_day - cover.first_day + 1
    ends = {"date": _written(config, cover.last_day), "left": horizon - cover.last_day - 1}
    if cover.goes_on:
        a_month = cover.referrals * demand.multiplier / days * DAYS_PER_YEAR / MONTHS
        yield RunWarning("referrals_go_on", FILE, ends | {"a_month": a_month})
    elif cover.stops_short:
        why = "as demand.after_referrals_csv=stop asks"
        if demand.after_referrals_csv == "go_on":
            why = f"as its {days} days are too few to go on from; it takes {FEWEST_DAYS}"
        yield RunWarning("referrals_stop", FILE, ends | {"why": why})
    if cover.first_day > LONGEST_PAUSE_DAYS:
        first = date_of(config.run.start_date, cover.first_day)
        day = full_date(first)
        yield RunWarning.of("referrals_begin_late", FILE, date=day, days=cover.first_day, start=first)
    if cover.longest_pause > LONG_PAUSE_DAYS:
        until = _written(config, cover.pause_until)
        yield RunWarning.of("long_pause", FILE, days=cover.longest_pause, date=until)
    without_effect = [f"demand.{name}" for name in ("growth_per_year", "launch_ramp_days") if getattr(demand, name)]
    without_effect += [f"changes.{name}" for name, one in config.changes.items() if isinstance(one, Campaign | Wave)]
    if without_effect:
        yield RunWarning("file_unchanged", " and ".join(without_effect))


def _written(config: HubConfig, day: int) -> str:
    return full_date(date_of(config.run.start_date, day))
