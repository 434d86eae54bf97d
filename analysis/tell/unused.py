"""Settings that somebody has changed and that nothing in this configuration uses: a number would be lost in silence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from analysis.tell.warning_texts import RunWarning
from analysis.tell.wording import listed
from sim.config import HubConfig
from sim.config.hub import activities_needed
from sim.evidence.register import as_number, read_register

MOST_KEYS = 3


class Unused(NamedTuple):
    """Settings of one pattern, when they are used at all, and what would make them so."""

    pattern: str
    used: Callable[[HubConfig, list[str]], bool]
    """Whether anything uses the number whose key has these steps."""
    remedy: str


def _short_notice(config: HubConfig, _: list[str]) -> bool:
    lines = [line for role in config.staffing.roles.values() for line in role.lines.values()]
    return any(line.kind in ("agency", "bank") and line.wte > 0 for line in lines)


def _never(_config: HubConfig, _steps: list[str]) -> bool:
    """Stand for what the model knows of and does not reckon with."""
    return False


def _stepped_up(config: HubConfig, steps: list[str]) -> bool:
    return config.pathway.modalities[steps[2]].steps_up_to is not None


def _sees_clients(config: HubConfig, steps: list[str]) -> bool:
    return not {"assessment", "therapy"}.isdisjoint(config.staffing.roles[steps[2]].job_plan)


def _holds_clients(config: HubConfig, steps: list[str]) -> bool:
    return "therapy" in config.staffing.roles[steps[2]].job_plan


BY_CLIENT_HOURS = "what a post gives is its client_facing_hours_per_week: change that"
TABLE = (
    Unused("staffing.hours_per_week", _never, BY_CLIENT_HOURS),
    Unused("staffing.roles.*.supervision_hours_per_week", _never, BY_CLIENT_HOURS),
    Unused("costs.paid_hours_per_wte_year", _never, "staff are paid by the year: change costs.pay_gbp_per_year"),
    Unused("run.opening.backlog.*", lambda c, _: c.run.opening.mode == "backlog", "add run.opening.mode=backlog"),
    Unused("run.opening.run_in_days", lambda c, _: c.run.opening.mode == "run_in", "add run.opening.mode=run_in"),
    Unused("run.replications_max", lambda c, _: c.run.precision is not None, "it goes with run.precision"),
    Unused("hubs.size_cv", lambda c, _: c.hubs.count > 1, "it goes with several Hubs: set hubs.count"),
    Unused("costs.set_up_gbp", lambda c, _: c.costs.set_up_counted, "add costs.set_up_counted=true"),
    Unused("costs.agency_premium_share", _short_notice, "no line is of kind agency or bank"),
    Unused("staffing.recruitment.agency_*", _short_notice, "no line is of kind agency or bank"),
    Unused(
        "demand.gap_closed_share",
        lambda c, _: any(campaign.uptake_multiplier is None for campaign in c.demand.campaigns.values()),
        "no campaign closes a gap: choose scenario=improved_reach, or add one",
    ),
    Unused(
        "demand.uptake_per_person_year.*", lambda c, _: c.demand.referrals_csv is None, "referrals come from a file"
    ),
    Unused(
        "pathway.check_in.minutes", lambda c, _: c.pathway.check_in.every_days > 0, "set pathway.check_in.every_days"
    ),
    Unused(
        "pathway.lists.ageing_days_per_tier",
        lambda c, _: c.pathway.lists.policy == "by_need_with_ageing",
        "add pathway.lists.policy=by_need_with_ageing",
    ),
    Unused(
        "screening.measures.*.cut_off",
        lambda c, _: c.demand.referrals_csv is not None,
        "positive_share says how many are positive: change that",
    ),
    Unused("pathway.modalities.*.step_up_share", _stepped_up, "say with steps_up_to what it steps up to"),
    Unused("staffing.roles.*.out_of_hours_share", _sees_clients, "this role makes no appointments"),
    Unused("staffing.roles.*.caseload_cap_per_wte", _holds_clients, "this role's job plan has no therapy"),
    Unused("pathway.groups.*", lambda c, _: "group" in activities_needed(c), "nobody is offered a group"),
    Unused("pathway.navigation.*", lambda c, _: "navigation" in activities_needed(c), "nobody is referred onward"),
    Unused(
        "screening.phone_screen_minutes",
        lambda c, _: c.screening.not_completed == "phone",
        "add screening.not_completed=phone",
    ),
)


def unused_changes(config: HubConfig, numbers: list[tuple[str, Any]]) -> Iterator[RunWarning]:
    """Say which numbers differ from those of conf/ without any effect.

    Parameters
    ----------
    numbers
        The leaves of the configuration, by key.
    """
    in_conf: dict[str, set[float | None]] = {}
    for row in read_register():
        in_conf.setdefault(row.key, set()).add(as_number(row.value))
    changed = [(key, value) for key, value in numbers if key in in_conf and value not in in_conf[key]]
    for unused in TABLE:
        found = {
            key: value
            for key, value in changed
            if fnmatchcase(key, unused.pattern) and not unused.used(config, key.split("."))
        }
        if found:
            settings = ", ".join(f"{key}={value:g}" for key, value in [*found.items()][:MOST_KEYS])
            more = f" and {len(found) - MOST_KEYS} more" * (len(found) > MOST_KEYS)
            told = {"settings": settings + more, "remedy": unused.remedy}
            yield RunWarning("without_effect", listed([*found][:MOST_KEYS]), told)
