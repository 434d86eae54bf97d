"""What a reader must know of the inputs of a run: values beyond the evidence, and dates that the run never reaches."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from itertools import product
from typing import Any

from analysis.tell.unused import unused_changes
from analysis.tell.warning_texts import RunWarning
from analysis.tell.wording import full_date
from sim.calendar import DAYS_PER_WEEK, DAYS_PER_YEAR, date_of
from sim.cohort.background import uptake_multiplier
from sim.config import HubConfig
from sim.config.edit import leaves
from sim.config.referrals import FEWEST_DAYS, LONGEST_PAUSE_DAYS, covered
from sim.evidence.register import ranges

YOURS = (
    "staffing.roles.*.lines.*", "staffing.roles.*.job_plan.*", "staffing.roles.*.caseload_cap_per_wte",
    "costs.pay_gbp_per_year.*", "incident.*.persons.*", "population.*", "standards.*", "run.*", "hubs.*",
)  # fmt: skip
"""What a planner decides or knows better than any evidence: staff, standards, pay, who lives there, how to run it."""
MOST_LINES = 6
LONG_PAUSE_DAYS = 56
"""Days in a row without a referral after which rows may be missing."""
MONTHS = 12
FILE = "demand.referrals_csv"
MOST_TIMES = 10
"""Growth beyond this many times is nobody's forecast."""
BEGINS = ("from_day", "start_day", "referred_from_day")
ENDS = ("to_day", "end_day", "referred_to_day")


def input_warnings(config: HubConfig) -> list[RunWarning]:
    """Return what is odd about a configuration that can be run all the same."""
    numbers = list(leaves(config.model_dump(mode="json", exclude={"uncertainty"})))
    return [
        *_beyond_the_evidence(numbers),
        *unused_changes(config, numbers),
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
        told = {"value": value, "low": within.low, "high": within.high, "source": source}
        found.append(RunWarning("beyond_evidence", key, told))
    more = len(found) - MOST_LINES
    return [*found[:MOST_LINES], *([RunWarning("more_beyond_evidence", "", {"more": more})] if more > 0 else [])]


def _never_reached(config: HubConfig, numbers: list[tuple[str, Any]]) -> Iterator[RunWarning]:
    """Find dated changes that begin after the run ends, or are over before it begins."""
    run = config.run
    last, first = run.horizon_days - 1, -run.run_in_days
    ends, begins = {"last": last, "date": _written(config, last)}, {"first": first, "date": _written(config, first)}
    over = {
        f"demand.waves.{name}.start_day": wave.start_day + wave.length_days
        for name, wave in config.demand.waves.items()
    }
    for key, day in numbers:
        name = key.rpartition(".")[2]
        if day is None:
            continue
        if name in BEGINS and day >= run.horizon_days:
            yield RunWarning("begins_too_late", key, {"day": day} | ends)
        elif (name in ENDS and day <= -run.run_in_days) or over.get(key, 1 - run.run_in_days) <= -run.run_in_days:
            yield RunWarning("over_too_early", key, {"day": day} | begins)


def _too_late_to_start(config: HubConfig) -> Iterator[RunWarning]:
    """Find lines of funding that are over before the people who are recruited for them are likely to start."""
    recruitment, horizon = config.staffing.recruitment, config.run.horizon_days
    for name, role in config.staffing.roles.items():
        for line_name, line in role.lines.items():
            if line.from_day is None or line.wte == 0 or line.from_day >= horizon:
                continue
            short = line.kind in ("agency", "bank")
            weeks = recruitment.agency_lead_median_weeks if short else recruitment.lead_median_weeks
            ends = horizon if line.to_day is None else min(line.to_day, horizon)
            over = "run" if ends == horizon else "line"
            if line.from_day + weeks * DAYS_PER_WEEK >= ends:
                numbers = {"day": line.from_day, "weeks": weeks, "what": over, "ends": ends}
                yield RunWarning("too_late_to_recruit", f"staffing.roles.{name}.lines.{line_name}.from_day", numbers)


def _never_judged(config: HubConfig) -> Iterator[RunWarning]:
    """Find standards that nobody's wait can be held against, as the run is shorter than they are."""
    first = max(config.standards.referred_from_day or 0, -config.run.run_in_days)
    if first >= config.run.horizon_days:
        return
    for stage, standard in config.standards.stages.items():
        if standard.days >= config.run.horizon_days - first:
            numbers = {"days": standard.days, "left": config.run.horizon_days - first}
            yield RunWarning("never_judged", f"standards.stages.{stage}.days", numbers)


def _incidents(config: HubConfig) -> Iterator[RunWarning]:
    """Find incidents that strike several Hubs, or expose more people of a staff group than the catchment has."""
    for name, incident in config.incident.items():
        if config.hubs.count > 1:
            persons = sum(sum(tier.persons.values()) for tier in incident.exposed.values())
            numbers: dict[str, float | str] = {"hubs": config.hubs.count, "persons": persons}
            yield RunWarning("strikes_each_hub", f"incident.{name}", numbers)
        for group_name, group in config.population.staff_groups.items():
            exposed = sum(tier.persons.get(group_name, 0) for tier in incident.exposed.values())
            if exposed > group.headcount:
                numbers = {"group": group_name, "exposed": exposed, "headcount": group.headcount}
                yield RunWarning("more_exposed_than_there_are", f"incident.{name}", numbers)


def _campaigns(config: HubConfig) -> Iterator[RunWarning]:
    """Find campaigns that cost money and bring nobody, because there is no gap that they could close."""
    groups, genders, ethnicities = (
        list(config.population.staff_groups), config.population.genders, config.population.ethnicities,
    )  # fmt: skip
    for name, campaign in config.demand.campaigns.items():
        target = campaign.target
        reached = product(target.staff_groups or groups, target.genders or genders, target.ethnicities or ethnicities)
        if all(uptake_multiplier(config, campaign, *stratum) == 1 for stratum in reached):
            yield RunWarning("brings_nobody", f"demand.campaigns.{name}")


def _out_of_hand(config: HubConfig) -> Iterator[RunWarning]:
    """Find growth that goes on until referrals are many times what they were."""
    demand, years = config.demand, config.run.horizon_days / DAYS_PER_YEAR
    times = (1 + demand.growth_per_year) ** years
    if times > MOST_TIMES and demand.referrals_csv is None:
        numbers = {"growth": demand.growth_per_year, "years": years, "times": times}
        yield RunWarning("out_of_hand", "demand.growth_per_year", numbers)


def _no_caseload(config: HubConfig) -> Iterator[RunWarning]:
    """Find roles that are to give therapy and may hold nobody in it."""
    for name, role in config.staffing.roles.items():
        therapy = role.job_plan.get("therapy")
        if therapy and therapy.share > 0 and role.wte > 0 and role.caseload_cap_per_wte * role.wte < 1:
            places = {"places": role.caseload_cap_per_wte}
            yield RunWarning("no_caseload", f"staffing.roles.{name}.caseload_cap_per_wte", places)


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
        begins = {"date": _written(config, cover.first_day), "days": cover.first_day, "start": str(first)}
        yield RunWarning("referrals_begin_late", FILE, begins)
    if cover.longest_pause > LONG_PAUSE_DAYS:
        pause = {"days": cover.longest_pause, "date": _written(config, cover.pause_until)}
        yield RunWarning("long_pause", FILE, pause)
    set_in_vain = ("growth_per_year", "launch_ramp_days", "campaigns", "waves")
    if without_effect := [f"demand.{name}" for name in set_in_vain if getattr(demand, name)]:
        yield RunWarning("file_unchanged", " and ".join(without_effect))


def _written(config: HubConfig, day: int) -> str:
    return full_date(date_of(config.run.start_date, day))
