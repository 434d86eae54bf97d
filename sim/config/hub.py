"""The whole configuration, and what must hold between its parts: names that exist, work that somebody does, dates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pydantic import Field

from sim.calendar import date_of
from sim.composed import Outside
from sim.config.absence import StandIn
from sim.config.changes import C, Campaign, Changes, contradictions, lines_of, of_kind
from sim.config.costs import Costs
from sim.config.demand import Demand, Hubs, MajorIncident, Population
from sim.config.kinds import SUM_TOLERANCE, Part, holds_on
from sim.config.pathway import Pathway
from sim.config.policies import Policies, contradicted
from sim.config.run import Run, Standards, Uncertainty
from sim.config.screening import Screening
from sim.config.staffing import Line, Staffing
from sim.errors import ConfigProblem, nearest
from sim.stages import ONE_VISIT


class HubConfig(Part):
    """One cell: a scenario under a staffing model, with everything needed to run it."""

    scenario: str = Field(min_length=1)
    staffing_model: str = Field(min_length=1)
    purpose: str
    hubs: Hubs
    population: Population
    demand: Demand
    screening: Screening
    incident: dict[str, MajorIncident] = {}
    """Incidents by name; empty for none."""
    changes: Changes = {}
    """Dated changes by name; empty for none."""
    pathway: Pathway
    staffing: Staffing
    policies: Policies
    costs: Costs
    standards: Standards
    run: Run
    uncertainty: Uncertainty

    @property
    def stand_in(self) -> dict[str, StandIn]:
        """By role, who stands in: for good as the staffing model says, or by policy."""
        return self.staffing.stand_in | self.policies.cover

    def changes_of(self, kind: type[C]) -> dict[str, C]:
        """Return the dated changes of one kind, by name."""
        return of_kind(self.changes, kind)

    def lines(self, role: str) -> dict[str, Line]:
        """Return the lines of a role by name, posts that are known to start included."""
        return lines_of(self.changes, self.staffing, role)

    def line(self, role: str, name: str) -> Line:
        """Return one line of a role."""
        known = self.staffing.roles[role].lines.get(name)
        return known if known is not None else self.lines(role)[name]


def cross_check(config: HubConfig, outside: Outside | None = None) -> None:
    """Refuse a configuration whose parts contradict each other.

    Without `outside` prices, and the uptake of staff groups that are not there, are taken as they are. Raises
    ConfigProblem with every contradiction found, one line each.
    """
    lines = [*_names(config, outside), *_work_without_staff(config), *_dates(config), *_from_file(config)]
    lines += [*contradictions(config.changes, config.staffing), *_unsupervised(config)]
    lines += contradicted(config.policies, config.pathway, config.staffing, config.hubs.count)
    if outside is not None:
        lines += _price_year(config, outside)
    if lines:
        raise ConfigProblem(lines)


def outcomes_in_use(config: HubConfig) -> set[str]:
    """Outcomes of assessment that somebody can have, after both reroutes."""
    rows = config.pathway.assessment.outcome_share.values()
    return {reroute(config, outcome) for row in rows for outcome, share in row.items() if share > 0}


def reroute(config: HubConfig, outcome: str) -> str:
    """Return the outcome that replaces `outcome` in this scenario under this staffing model."""
    for replaced in (config.pathway.reroute, config.staffing.reroute):
        outcome = {str(old): str(new) for old, new in replaced.items()}.get(outcome, outcome)
    return outcome


def activities_needed(config: HubConfig) -> set[str]:
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
        "administration": config.pathway.administration.minutes > 0,
        "team_support": config.pathway.team_support.requests_per_month > 0 or bool(config.changes_of(Campaign)),
    }
    wanted |= {name: getattr(config.pathway, name).is_needed for name in ONE_VISIT}
    return {"screening_review", "risk_call"} | {name for name, needed in wanted.items() if needed}


def _unknown(path: str, given: Iterable[str], known: Iterable[str]) -> list[str]:
    allowed = list(known)
    return [f"{path}: got {name!r}; must be one of {', '.join(allowed)}" for name in given if name not in allowed]


def _exactly(path: str, given: Iterable[str], known: Iterable[str]) -> list[str]:
    missing = [f"{path}.{name}: missing; give it a value" for name in known if name not in set(given)]
    return _unknown(path, given, known) + missing


def _uptake_of_nobody(config: HubConfig, outside: Outside) -> Iterator[str]:
    """Refuse an uptake of a staff group that is not there, unless it stands so in conf/ for another population."""
    path, groups = "demand.uptake_per_person_year", list(config.population.staff_groups)
    for name, value in config.demand.uptake_per_person_year.items():
        if name not in groups and not outside.is_in_conf(f"{path}.{name}", value):
            yield f"{path}.{name}: got {value:g}, but the population has no such staff group; {nearest(name, groups)}"


def _names(config: HubConfig, outside: Outside | None) -> list[str]:
    groups = list(config.population.staff_groups)
    genders, ethnicities = config.population.genders, config.population.ethnicities
    demand = config.demand
    path = "demand.uptake_per_person_year"
    lines = [f"{path}.{name}: missing; give it a value" for name in groups if name not in demand.uptake_per_person_year]
    lines += _uptake_of_nobody(config, outside) if outside else []
    lines += _exactly("demand.relative_uptake.gender", demand.relative_uptake.gender, genders)
    lines += _exactly("demand.relative_uptake.ethnicity", demand.relative_uptake.ethnicity, ethnicities)
    lines += _unknown("demand.barriers.managers.supported_share", demand.barriers.managers.supported_share, groups)
    matched = config.pathway.attendance.matched_clinician.ethnicities
    lines += _unknown("pathway.attendance.matched_clinician.ethnicities", matched, ethnicities)
    for name, campaign in config.changes_of(Campaign).items():
        path = f"changes.{name}.target"
        lines += _unknown(f"{path}.staff_groups", campaign.target.staff_groups, groups)
        lines += _unknown(f"{path}.genders", campaign.target.genders, genders)
        lines += _unknown(f"{path}.ethnicities", campaign.target.ethnicities, ethnicities)
    for name, incident in config.incident.items():
        for tier, exposure in incident.exposed.items():
            lines += _unknown(f"incident.{name}.exposed.{tier}.persons", exposure.persons, groups)
    for name, role in config.staffing.roles.items():
        lines += _unknown(f"staffing.roles.{name}.modalities", role.modalities, config.pathway.modalities)
        for line_name, line in config.lines(name).items():
            known = line_name not in role.lines
            path = f"changes.{line_name}.band" if known else f"staffing.roles.{name}.lines.{line_name}.band"
            lines += _unknown(path, [line.band], config.costs.pay_gbp_per_year)
    for name, step in config.staffing.first_step.items():
        lines += _unknown("staffing.first_step", [name], config.pathway.modalities)
        others = ["group", *(other for other in config.pathway.modalities if other != name)]
        lines += _unknown(f"staffing.first_step.{name}.starts_with", [step.starts_with], others)
    return lines


def _work_without_staff(config: HubConfig) -> list[str]:
    roles = config.staffing.roles
    lines = []
    for activity in sorted(activities_needed(config)):
        planned = [name for name, role in roles.items() if activity in role.job_plan]
        if not planned:
            lines.append(f"staffing.roles: no job plan has {activity}, which the pathway needs; add it to a role")
        elif not any(config.lines(name) for name in planned):
            lines.append(f"staffing.roles.{planned[0]}.lines: empty, but the pathway needs {activity}; add a line")
    if "therapy" in activities_needed(config):
        staffed = [role for name, role in roles.items() if "therapy" in role.job_plan and config.lines(name)]
        given = {modality for role in staffed for modality in role.modalities}
        modalities = config.pathway.modalities
        stepped = {m.steps_up_to for m in modalities.values() if m.step_up_share > 0}
        stepped |= {step.starts_with for step in config.staffing.first_step.values()}
        lines += [
            f"staffing.roles: nobody gives {name}, which pathway.modalities needs; add it to a role's modalities"
            for name in modalities
            if (config.pathway.suits_somebody(name) or name in stepped) and name not in given
        ]
    return lines


def beyond_supervision(config: HubConfig) -> Iterator[tuple[str, int, float, float]]:
    """Find roles that are to supervise more than they can, if every post is filled.

    Yields the role, the first such day, the hours a week that it can give, and those that are due.
    """
    roles = config.staffing.roles
    lines = {name: list(config.lines(name).values()) for name in roles}
    dated = {day for its in lines.values() for line in its for day in (line.from_day, line.to_day) if day}
    days = sorted({-config.run.run_in_days, *dated})

    def wte(role: str, day: int) -> float:
        return sum(line.wte for line in lines[role] if holds_on(line, day))

    for name, supervisor in roles.items():
        hours = {other: role.supervision_hours_per_week for other, role in roles.items() if role.supervised_by == name}
        for day in days:
            can = supervisor.most_supervision_given_hours_per_week * wte(name, day)
            due = sum(each * wte(other, day) for other, each in hours.items())
            if due > can + SUM_TOLERANCE:
                yield name, day, can, due
                break


def _unsupervised(config: HubConfig) -> list[str]:
    """Refuse more people than can be supervised, where that is asked for."""
    if config.staffing.supervision.beyond == "unsupervised":
        return []
    return [
        f"staffing.roles.{name}: can give {can:g} hours of supervision a week and {due:g} are due from "
        f"{date_of(config.run.start_date, day)} (day {day}) on; "
        "fund more of it or fewer of those it supervises, or set staffing.supervision.beyond=unsupervised"
        for name, day, can, due in beyond_supervision(config)
    ]


def _from_file(config: HubConfig) -> list[str]:
    """Refuse what real referrals cannot be: those of several Hubs, or fewer than they were."""
    demand, hubs = config.demand, config.hubs.count
    if demand.referrals_csv is None:
        return []
    lines = [f"demand.referrals_csv: one Hub's referrals, but hubs.count is {hubs}; set it to 1"] * (hubs > 1)
    if demand.multiplier < 1:
        remedy = "a file's referrals can be multiplied by 1 or more; for fewer, take rows out of the file"
        lines.append(f"demand.multiplier: got {demand.multiplier:g}; {remedy}")
    return lines


def _dates(config: HubConfig) -> list[str]:
    first, horizon = -config.run.run_in_days, config.run.horizon_days
    return [
        f"incident.{name}.day: got {incident.day}; must lie within the run, {first} to {horizon - 1}"
        for name, incident in config.incident.items()
        if not first <= incident.day < horizon
    ]


def _price_year(config: HubConfig, outside: Outside) -> Iterator[str]:
    """Refuse prices of one year under the name of another: a new name makes no new prices."""
    costs = config.costs
    for year, pay in outside.prices().items():
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
