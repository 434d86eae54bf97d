"""Checks that span several parts of the configuration: names that must exist, work that somebody must do, and when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from sim.errors import ConfigProblem, nearest
from sim.stages import ONE_VISIT

if TYPE_CHECKING:
    from sim.config.parts import Parts

MOST_PEOPLE = 2_000_000
"""Most people that may be expected to refer in one replication (a bound on memory)."""


def cross_check(config: Parts) -> None:
    """Refuse a configuration whose parts contradict each other.

    Raises
    ------
    ConfigProblem
        With every contradiction found, one line each.
    """
    lines = [*_names(config), *_work_without_staff(config), *_dates(config), *_from_file(config), *_price_year(config)]
    if lines or (lines := _size(config)):
        raise ConfigProblem(lines)


def outcomes_in_use(config: Parts) -> set[str]:
    """Outcomes of assessment that somebody can have, after both reroutes."""
    rows = config.pathway.assessment.outcome_share.values()
    return {reroute(config, outcome) for row in rows for outcome, share in row.items() if share > 0}


def reroute(config: Parts, outcome: str) -> str:
    """Return the outcome that replaces `outcome` in this scenario under this staffing model."""
    for replaced in (config.pathway.reroute, config.staffing.reroute):
        outcome = {str(old): str(new) for old, new in replaced.items()}.get(outcome, outcome)
    return outcome


def activities_needed(config: Parts) -> set[str]:
    """Activities that the pathway asks of somebody."""
    outcomes = outcomes_in_use(config)
    onward = bool(outcomes & {"onward", "therapy_and_onward"})
    bounced = onward and config.pathway.navigation.bounced_back_share > 0 and "hub_therapy" in outcomes
    therapy = bool(outcomes & {"hub_therapy", "therapy_and_onward"}) or bounced
    group_first = any(step.starts_with == "group" for step in config.staffing.first_step.values())
    wanted = {
        "therapy": therapy,
        "group": "group" in outcomes or (therapy and group_first),
        "navigation": onward,
        "check_in": config.pathway.check_in.every_days > 0,
        "team_support": config.pathway.team_support.requests_per_month > 0 or bool(config.demand.campaigns),
    }
    wanted |= {name: getattr(config.pathway, name).is_needed for name in ONE_VISIT}
    return {"screening_review", "risk_call"} | {name for name, needed in wanted.items() if needed}


def _unknown(path: str, given: Iterable[str], known: Iterable[str]) -> list[str]:
    allowed = list(known)
    return [f"{path}: got {name!r}; must be one of {', '.join(allowed)}" for name in given if name not in allowed]


def _exactly(path: str, given: Iterable[str], known: Iterable[str]) -> list[str]:
    missing = [f"{path}.{name}: missing; give it a value" for name in known if name not in set(given)]
    return _unknown(path, given, known) + missing


def _uptake(given: dict[str, float], groups: list[str]) -> list[str]:
    """Want an uptake for every staff group; one for a group that is not there must at least be nobody's own number."""
    path = "demand.uptake_per_person_year"
    lines = [f"{path}.{name}: missing; give it a value" for name in groups if name not in given]
    if extra := {name: value for name, value in given.items() if name not in groups}:
        from sim.evidence.register import as_number, read_register

        from_conf = {(row.key, as_number(row.value)) for row in read_register()}
        lines += [
            f"{path}.{name}: got {value:g}, but the population has no such staff group; {nearest(name, groups)}"
            for name, value in extra.items()
            if (f"{path}.{name}", value) not in from_conf
        ]
    return lines


def _names(config: Parts) -> list[str]:
    groups = list(config.population.staff_groups)
    genders, ethnicities = config.population.genders, config.population.ethnicities
    demand = config.demand
    lines = _uptake(demand.uptake_per_person_year, groups)
    lines += _exactly("demand.relative_uptake.gender", demand.relative_uptake.gender, genders)
    lines += _exactly("demand.relative_uptake.ethnicity", demand.relative_uptake.ethnicity, ethnicities)
    for name, campaign in demand.campaigns.items():
        path = f"demand.campaigns.{name}.target"
        lines += _unknown(f"{path}.staff_groups", campaign.target.staff_groups, groups)
        lines += _unknown(f"{path}.genders", campaign.target.genders, genders)
        lines += _unknown(f"{path}.ethnicities", campaign.target.ethnicities, ethnicities)
    for name, incident in config.incident.items():
        for tier, exposure in incident.exposed.items():
            lines += _unknown(f"incident.{name}.exposed.{tier}.persons", exposure.persons, groups)
    for name, role in config.staffing.roles.items():
        lines += _unknown(f"staffing.roles.{name}.modalities", role.modalities, config.pathway.modalities)
        for line_name, line in role.lines.items():
            path = f"staffing.roles.{name}.lines.{line_name}.band"
            lines += _unknown(path, [line.band], config.costs.pay_gbp_per_year)
    for name, step in config.staffing.first_step.items():
        lines += _unknown("staffing.first_step", [name], config.pathway.modalities)
        others = ["group", *(other for other in config.pathway.modalities if other != name)]
        lines += _unknown(f"staffing.first_step.{name}.starts_with", [step.starts_with], others)
    return lines


def _work_without_staff(config: Parts) -> list[str]:
    roles = config.staffing.roles
    lines = []
    for activity in sorted(activities_needed(config)):
        planned = [name for name, role in roles.items() if activity in role.job_plan]
        if not planned:
            lines.append(f"staffing.roles: no job plan has {activity}, which the pathway needs; add it to a role")
        elif not any(roles[name].lines for name in planned):
            lines.append(f"staffing.roles.{planned[0]}.lines: empty, but the pathway needs {activity}; add a line")
    if "therapy" in activities_needed(config):
        given = {m for role in roles.values() if "therapy" in role.job_plan and role.lines for m in role.modalities}
        modalities = config.pathway.modalities
        stepped = {m.steps_up_to for m in modalities.values() if m.step_up_share > 0}
        stepped |= {step.starts_with for step in config.staffing.first_step.values()}
        lines += [
            f"staffing.roles: nobody gives {name}, which pathway.modalities needs; add it to a role's modalities"
            for name, modality in modalities.items()
            if (modality.share > 0 or name in stepped) and name not in given
        ]
    return lines


def _from_file(config: Parts) -> list[str]:
    """Refuse what real referrals cannot be: those of several Hubs, or fewer than they were."""
    demand, hubs = config.demand, config.hubs.count
    if demand.referrals_csv is None:
        return []
    lines = [f"demand.referrals_csv: one Hub's referrals, but hubs.count is {hubs}; set it to 1"] * (hubs > 1)
    if demand.multiplier < 1:
        remedy = "a file's referrals can be multiplied by 1 or more; for fewer, take rows out of the file"
        lines.append(f"demand.multiplier: got {demand.multiplier:g}; {remedy}")
    return lines


def _dates(config: Parts) -> list[str]:
    first, horizon = -config.run.run_in_days, config.run.horizon_days
    return [
        f"incident.{name}.day: got {incident.day}; must lie within the run, {first} to {horizon - 1}"
        for name, incident in config.incident.items()
        if not first <= incident.day < horizon
    ]


def expected_referrals(config: Parts) -> float:
    """Return about how many people of one Hub's catchment may refer in one replication, times the number of Hubs.

    Raises
    ------
    ConfigProblem
        When a file of referrals cannot be used.
    """
    exposed = sum(
        sum(tier.persons.values()) * tier.take_up_share
        for incident in config.incident.values()
        for tier in incident.exposed.values()
    )
    if config.demand.referrals_csv:
        from sim.cohort.from_file import expected_from_file

        return exposed + expected_from_file(config)
    years = (config.run.horizon_days + config.run.run_in_days) / 365.25
    expected = exposed + sum(
        min(1.0, config.demand.uptake_per_person_year[name] * config.demand.multiplier * years) * group.headcount
        for name, group in config.population.staff_groups.items()
        if name in config.demand.uptake_per_person_year
    )
    return expected * config.hubs.count


def _price_year(config: Parts) -> Iterator[str]:
    """Refuse prices of one year under the name of another: a new name makes no new prices."""
    from sim.disk.shipped import shipped_prices

    costs = config.costs
    for year, pay in shipped_prices().items():
        same = [
            band
            for band, price in costs.pay_gbp_per_year.items()
            if (band in pay and (price.entry, price.top) == (pay[band]["entry"], pay[band]["top"]))
        ]
        if same and year != costs.price_year:
            bands = ", ".join(same)
            yield (
                f"costs.price_year: got {costs.price_year[:20]!r}, but the pay of band {bands} is that of {year}: "
                f"write {year}, or give all prices of the other year in a file of your own (costs=NAME)"
            )


def _size(config: Parts) -> list[str]:
    expected = expected_referrals(config)
    if expected > MOST_PEOPLE:
        people = sum(group.headcount for group in config.population.staff_groups.values())
        return [
            f"demand: about {expected:,.0f} of {people:,} people would refer; "
            f"at most {MOST_PEOPLE:,} are possible: lower the uptake, the headcount or run.horizon_days"
        ]
    return []


__all__ = ["activities_needed", "cross_check", "expected_referrals", "outcomes_in_use", "reroute"]
