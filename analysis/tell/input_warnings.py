"""What a reader must know of the inputs of a run: values beyond the evidence, and dates that the run never reaches."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from itertools import product
from typing import Any

from analysis.tell.unused import unused_changes
from sim.calendar import DAYS_PER_WEEK, DAYS_PER_YEAR, date_of
from sim.cohort.background import uptake_multiplier
from sim.cohort.from_file import FEWEST_DAYS, LONGEST_PAUSE_DAYS, covered
from sim.config import HubConfig
from sim.config.edit import leaves
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
MOST_TIMES = 10
"""Growth beyond this many times is nobody's forecast."""
BEGINS = ("from_day", "start_day", "referred_from_day")
ENDS = ("to_day", "end_day", "referred_to_day")


def input_warnings(config: HubConfig) -> list[str]:
    """Return what is odd about a configuration that can be run all the same, one line each."""
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


def _beyond_the_evidence(numbers: list[tuple[str, Any]]) -> list[str]:
    """Find values outside their range in conf/evidence.csv."""
    known = ranges()
    lines = []
    for key, value in numbers:
        within = known.get(key)
        if within is None or isinstance(value, bool) or not isinstance(value, int | float):
            continue
        if within.low <= value <= within.high or any(fnmatchcase(key, pattern) for pattern in YOURS):
            continue
        source = f", {within.evidence_id}" if within.evidence_id else ""
        lines.append(
            f"{key}={value:g} lies outside its range in the evidence, {within.low:g} to {within.high:g} "
            f"({within.unit}{source}): check the value, or read the results as a what-if"
        )
    more = len(lines) - MOST_LINES
    return [*lines[:MOST_LINES], *([f"... and {more} more values lie outside their range"] if more > 0 else [])]


def _never_reached(config: HubConfig, numbers: list[tuple[str, Any]]) -> Iterator[str]:
    """Find dated changes that begin after the run ends, or are over before it begins."""
    run = config.run
    last = f"the run ends on day {run.horizon_days - 1}, {_written(config, run.horizon_days - 1)}"
    starts = f"the run begins on day {-run.run_in_days}, {_written(config, -run.run_in_days)}"
    over = {
        f"demand.waves.{name}.start_day": wave.start_day + wave.length_days
        for name, wave in config.demand.waves.items()
    }
    for key, day in numbers:
        name = key.rpartition(".")[2]
        if day is None:
            continue
        if name in BEGINS and day >= run.horizon_days:
            yield f"{key}={day} has no effect, because {last}: choose an earlier day, or a longer run.horizon_days"
        elif (name in ENDS and day <= -run.run_in_days) or over.get(key, 1 - run.run_in_days) <= -run.run_in_days:
            yield f"{key}={day} has no effect, because it is over before {starts}: choose a later day"


def _too_late_to_start(config: HubConfig) -> Iterator[str]:
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
                yield (
                    f"staffing.roles.{name}.lines.{line_name}.from_day={line.from_day} leaves no time: recruitment "
                    f"takes about {weeks:g} weeks and the {over} is over on day {ends}, so that hardly anybody starts"
                )


def _never_judged(config: HubConfig) -> Iterator[str]:
    """Find standards that nobody's wait can be held against, as the run is shorter than they are."""
    first = max(config.standards.referred_from_day or 0, -config.run.run_in_days)
    if first >= config.run.horizon_days:
        return
    for stage, standard in config.standards.stages.items():
        if standard.days >= config.run.horizon_days - first:
            yield (
                f"standards.stages.{stage}.days={standard.days} cannot be judged in a run that has "
                f"{config.run.horizon_days - first} days for it: lengthen run.horizon_days"
            )


def _incidents(config: HubConfig) -> Iterator[str]:
    """Find incidents that strike several Hubs, or expose more people of a staff group than the catchment has."""
    for name, incident in config.incident.items():
        if config.hubs.count > 1:
            persons = sum(sum(tier.persons.values()) for tier in incident.exposed.values())
            yield (
                f"incident.{name} strikes each of the {config.hubs.count} Hubs, and exposes {persons:,} people at "
                "every one of average size: for an incident in one place run that Hub alone (hubs.count=1)"
            )
        for group_name, group in config.population.staff_groups.items():
            exposed = sum(tier.persons.get(group_name, 0) for tier in incident.exposed.values())
            if exposed > group.headcount:
                yield (
                    f"incident.{name} exposes more of {group_name} than there are: {exposed:,} of {group.headcount:,}; "
                    "lower the persons exposed, or raise the headcount"
                )


def _campaigns(config: HubConfig) -> Iterator[str]:
    """Find campaigns that cost money and bring nobody, because there is no gap that they could close."""
    groups, genders, ethnicities = (
        list(config.population.staff_groups), config.population.genders, config.population.ethnicities,
    )  # fmt: skip
    for name, campaign in config.demand.campaigns.items():
        target = campaign.target
        reached = product(target.staff_groups or groups, target.genders or genders, target.ethnicities or ethnicities)
        if all(uptake_multiplier(config, campaign, *stratum) == 1 for stratum in reached):
            yield (
                f"demand.campaigns.{name} brings nobody: its target comes as readily as the reference group, so that "
                "there is no gap to close; give it an uptake_multiplier, or another target"
            )


def _out_of_hand(config: HubConfig) -> Iterator[str]:
    """Find growth that goes on until referrals are many times what they were."""
    demand, years = config.demand, config.run.horizon_days / DAYS_PER_YEAR
    times = (1 + demand.growth_per_year) ** years
    if times > MOST_TIMES and demand.referrals_csv is None:
        yield (
            f"demand.growth_per_year={demand.growth_per_year:g} over {years:.1f} years comes to {times:,.0f} times as "
            "many referrals at the end of the run: shorten run.horizon_days, or lower the growth"
        )


def _no_caseload(config: HubConfig) -> Iterator[str]:
    """Find roles that are to give therapy and may hold nobody in it."""
    for name, role in config.staffing.roles.items():
        therapy = role.job_plan.get("therapy")
        if therapy and therapy.share > 0 and role.wte > 0 and role.caseload_cap_per_wte * role.wte < 1:
            yield (
                f"staffing.roles.{name}.caseload_cap_per_wte={role.caseload_cap_per_wte:g} leaves no room for anybody, "
                "so that this role gives no therapy: raise it, or take therapy out of the job plan"
            )


def _real_referrals(config: HubConfig) -> Iterator[str]:
    """Say what comes before and after real referrals, and which settings cannot change them."""
    demand, horizon = config.demand, config.run.horizon_days
    if demand.referrals_csv is None:
        return
    cover = covered(config)
    days = cover.last_day - cover.first_day + 1
    ends = f"after demand.referrals_csv ends on {_written(config, cover.last_day)}"
    left = f"in the {horizon - cover.last_day - 1} days that are left of the run"
    if cover.goes_on:
        a_month = cover.referrals * demand.multiplier / days * DAYS_PER_YEAR / MONTHS
        yield (
            f"Referrals go on at the file's own rate of {a_month:.0f} a month {ends}: {left}, they are drawn "
            "anew in each replication (demand.after_referrals_csv=go_on); with stop nobody would refer"
        )
    elif cover.stops_short:
        why = "as demand.after_referrals_csv=stop asks"
        if demand.after_referrals_csv == "go_on":
            why = f"as its {days} days are too few to go on from; it takes {FEWEST_DAYS}"
        yield f"Nobody refers {ends}: {left}, {why}; figures a month or a year are means over the whole run"
    if cover.first_day > LONGEST_PAUSE_DAYS:
        first = date_of(config.run.start_date, cover.first_day)
        yield (
            f"Nobody refers before demand.referrals_csv begins on {_written(config, cover.first_day)}: the run has "
            f"{cover.first_day} days before it; set run.start_date={first}"
        )
    if cover.longest_pause > LONG_PAUSE_DAYS:
        yield (
            f"demand.referrals_csv has {cover.longest_pause} days in a row without a referral, until "
            f"{_written(config, cover.pause_until)}: check that no rows are missing"
        )
    if without_effect := [
        f"demand.{name}"
        for name in ("growth_per_year", "launch_ramp_days", "campaigns", "waves")
        if getattr(demand, name)
    ]:
        yield f"Referrals from a file cannot be changed by {' and '.join(without_effect)}: leave out what brings nobody"


def _written(config: HubConfig, day: int) -> str:
    date = date_of(config.run.start_date, day)
    return f"{date.day} {date:%B %Y}"
