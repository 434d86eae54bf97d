"""Every number of the configuration changes a result when it is changed, or the reason why not stands here."""

import copy
import sys
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from analysis.tell.input_warnings import unused_changes
from sim.config import validate
from sim.errors import ConfigProblem
from sim.launch.compose import compose
from sim.run.replicate import replicate

sys.path.insert(0, str(Path(__file__).parents[1] / "golden"))

from configurations import GOLDEN, SHORT
from golden import digest_of

Steps = tuple[str | int, ...]
TABLES = ("measures", "waits", "weekly", "journeys", "cohort")
REPLICATION = 1
"""Not the first, which shares its draw of what is uncertain with nobody before it."""
TRIES = 4
"""Other values that are tried of a number before it is called inert."""
SKIPPED = {
    **{f"screening.correlations.{n}.{n}": "a questionnaire has all in common with itself" for n in range(5)},
    "uncertainty.parameters.*": "says from where to where a number is drawn; the number itself is changed here",
}
CAMPAIGNS = ("men", "minority_ethnic", "care_homes", "emergency_services")
BANDS = ("2", "3", "4", "5", "6", "7", "8a", "8b", "8c", "8d")
REACH = (
    "scenario=improved_reach",
    *(f"changes.{name}.to_day=100" for name in CAMPAIGNS),
    *(
        f"+staffing.roles.coordinator.lines.{point}_{band}="
        f'{{band: "{band}", wte: 0.1, kind: substantive, pay_point: {point}}}'
        for band in BANDS
        for point in ("entry", "mid", "top")
    ),
    "demand.barriers.evenings={relative_uptake: 2.0, share_today: 0.3}",
    "demand.barriers.managers.relative_uptake=2.0",
    "+demand.barriers.managers.supported_share.care_homes=0.9",
    "demand.barriers.only_once_severe={share: 0.4, measures_positive: 3, worsening_sd_per_month: 0.3}",
    "pathway.attendance.in_hours_missed_times=1.5",
    "pathway.attendance.matched_clinician={ethnicities: [white_british, minority_ethnic], share: 0.5, "
    "missed_times: 0.6, drop_out_times: 0.6}",
    "screening.not_completed=phone",
    "run.horizon_days=200",
)
"""Campaigns that end, barriers that people answer to, phone screens, and somebody on every point of the pay scale."""
RICH = (
    "staffing=surge_agency",
    "incident=manchester_arena",
    "incident.manchester_arena.day=20",
    "staffing.roles.senior_clinician.lines.surge={from_day: 20, to_day: 100}",
    "staffing.roles.therapist.lines.surge={from_day: 20, to_day: 100}",
    "+staffing.first_step.trauma_focused={starts_with: group, step_up_share: 0.6}",
    "+changes.halt={kind: freeze, from_day: 30, to_day: 90}",
    "staffing.recruitment.turnover_per_year=3.0",
    "staffing.recruitment.notice_weeks=2",
    "staffing.recruitment.refill_approval_weeks=1",
    "staffing.roles.assistant_psychologist.supervised_by=therapist",
    "staffing.roles.senior_clinician.most_supervision_given_hours_per_week=0.4",
    "staffing.absence.maternity_leave={per_year: 0.9, least_weeks: 3, most_weeks: 9}",
    "staffing.absence.handover_after_days=5",
    "+staffing.stand_in.senior_clinician={by: acting_up, after_weeks: 1, share: 0.8, from_role: therapist}",
    "+staffing.stand_in.therapist={by: bank, after_weeks: 1, share: 0.5}",
    "staffing.recruitment.lead_median_weeks=2",
    "+changes.cut={kind: funding, from_day: 60, funded_share: 0.7}",
    "+changes.restored={kind: funding, from_day: 120, funded_share: 0.9}",
    '+changes.named={kind: post, role: navigator, band: "6", wte: 0.8, contract: bank, from_day: 40, to_day: 190}',
    "+changes.flu={kind: sickness, from_day: 50, to_day: 90, times: 4.0}",
    "+changes.leave={kind: maternity, role: coordinator, wte: 1.0, from_day: 30, to_day: 150}",
    "screening.not_completed=phone",
    "costs.set_up_counted=true",
    "costs.uprated_to=2024/25",
    "demand.launch_ramp_days=30",
    "demand.growth_per_year=0.2",
    "+changes.winter={kind: wave, from_day: 30, to_day: 70, uptake_multiplier: 1.5}",
    "pathway.re_referral={share: 0.5, mean_delay_days: 20}",
    "pathway.groups.min_size=3",
    "pathway.groups.max_size=4",
    "hubs.count=2",
    "run.horizon_days=200",
)
"""Two Hubs with everything at once: incident, surge, turnover, freeze, cut, waves, groups first, people who return.

Posts are approved within a week, so that some fall into the freeze; groups are small, so that more wait than one takes.
"""
STRAINED = (
    "demand.multiplier=1.0",
    "staffing.recruitment.turnover_per_year=5.0",
    "staffing.recruitment.notice_weeks=0",
    "policies.cover.therapist={by: agency, after_weeks: 1, share: 0.6, from_day: 40, to_day: 300}",
    "policies.cover.senior_clinician.from_day=60",
    "policies.cover.senior_clinician.after_weeks=1",
    "policies.waiting_list_initiative.wait_over_days=100",
    "policies.mutual_aid.wait_over_days=300",
)
"""With every policy: many posts empty while cover may stand in, and waits of about what extra sessions are for."""
CONFIGURATIONS = (
    REACH,
    RICH,
    (*GOLDEN["long_lists"], "uncertainty=psa"),
    (*GOLDEN["drawn_future"],),
    (*GOLDEN["baseline"], "run.horizon_days=730"),
    (*GOLDEN["every_policy"], *STRAINED),
)
"""Tried one after another: a number need only matter in one of them."""
NEVER_USED = {
    "costs.paid_hours_per_wte_year": "kept for the evidence: staff are paid by the year",
    "staffing.hours_per_week": "bounds client_facing_hours_per_week, which says what a post gives",
}
"""Whoever changes one of these is told that it is without effect (`analysis.tell.input_warnings`)."""
INERT = NEVER_USED | {
    "pathway.modalities.cbt.step_up_share": "cognitive behavioural therapy steps up to nothing",
    "pathway.modalities.trauma_focused.step_up_share": "trauma-focused therapy steps up to nothing",
    "run.jobs": "the cores that are used change no result",
    "run.replications": "says how many replications there are; each depends on its number alone",
    "run.replications_max": "says how many replications there are at most where `run.precision` is set",
    "staffing.roles.coordinator.caseload_cap_per_wte": "coordinators give no therapy",
    "staffing.roles.navigator.caseload_cap_per_wte": "navigators give no therapy",
    "staffing.roles.coordinator.out_of_hours_share": "coordinators make no appointments",
    "staffing.roles.navigator.out_of_hours_share": "navigators make no appointments",
    "staffing.roles.assistant_psychologist.most_supervision_given_hours_per_week": "assistants supervise nobody",
    "staffing.roles.coordinator.most_supervision_given_hours_per_week": "coordinators supervise nobody",
    "staffing.roles.navigator.most_supervision_given_hours_per_week": "navigators supervise nobody",
    "staffing.roles.*.load_band.*": "the load that is expected is told beside the one found, not counted",
    "standards.stages.*.share": "the share that is asked for is judged by the analysis, not counted in a replication",
}
"""What changes nothing in any of them, by pattern, and why."""

ELSEWHERE = ("demand.campaign_multiplier_most", "demand.gap_closed_share", "demand.barriers.*")
"""Matter where campaigns close a gap and barriers are lifted, as in `REACH`."""


def name_of(steps: Steps) -> str:
    return ".".join(map(str, steps))


def numbers(part: Any, above: Steps = ()) -> Iterator[tuple[Steps, float]]:
    if isinstance(part, dict | list):
        for step, below in part.items() if isinstance(part, dict) else enumerate(part):
            yield from numbers(below, (*above, step))
    elif isinstance(part, int | float) and not isinstance(part, bool):
        yield above, part


def changed(container: dict[str, Any], changes: dict[Steps, float]) -> dict[str, Any]:
    result = copy.deepcopy(container)
    for steps, value in changes.items():
        part: Any = result
        for step in steps[:-1]:
            part = part[step]
        part[steps[-1]] = value
    return result


def ways(steps: Steps, value: float, all_numbers: dict[Steps, float]) -> Iterator[dict[Steps, float]]:
    """Change the number alone, then with its mirror image in a matrix, or else with one of those like it beside it.

    The last only where nothing else is accepted, because shares must add up: what is changed beside a number would
    hide that it does nothing.
    """
    others = [
        value * 2,
        value / 2,
        value + 1,
        value - 1,
        value * 1.1,
        value * 0.9,
        value + 0.05,
        value - 0.05,
        value + 2,
    ]
    new = [round(other) if isinstance(value, int) else float(other) for other in others]
    new = [other for other in dict.fromkeys(new) if other != value]
    yield from ({steps: other} for other in new)
    mirror = (*steps[:-2], steps[-1], steps[-2])
    if mirror in all_numbers:
        yield from ({steps: other, mirror: other} for other in new)
    beside = [
        other
        for other in all_numbers
        if other != steps and (other[:-1] == steps[:-1] or (other[:-2], other[-1]) == (steps[:-2], steps[-1]))
    ]
    for other in beside:
        for step in (0.05, -0.05, 0.01, -0.01):
            yield {steps: value + step, other: all_numbers[other] - step}


def results(container: dict[str, Any]) -> dict[str, str]:
    made = replicate(validate(container), REPLICATION, TABLES).tables
    return {name: digest_of(table) for name, table in made.items()}


def matters(container: dict[str, Any], before: dict[str, str], steps: Steps) -> bool | None:
    """Return whether another value of a number changes a table; None when no other value of it is accepted."""
    all_numbers = dict(numbers(container))
    tried = 0
    for change in ways(steps, all_numbers[steps], all_numbers):
        beside = len(change) > 1 and set(change) != {steps, (*steps[:-2], steps[-1], steps[-2])}
        if tried == TRIES or (tried and beside):
            return False
        try:
            now = results(changed(container, change))
        except ConfigProblem:
            continue
        tried += 1
        if now != before:
            return True
    return False if tried else None


def inert(section: str) -> tuple[list[str], list[str]]:
    """Return the numbers of a section that change nothing in any configuration, and those that cannot be changed."""
    idle: set[Steps] = set()
    untried: set[Steps] = set()
    seen: set[Steps] = set()
    for overrides in CONFIGURATIONS:
        container = compose(*SHORT, *overrides)
        before = results(container)
        for steps, _ in numbers(container):
            if steps[0] != section or known_as(name_of(steps), SKIPPED) or (steps in seen and steps not in idle):
                continue
            seen.add(steps)
            found = matters(container, before, steps)
            (idle.discard if found else idle.add)(steps)
            (untried.add if found is None else untried.discard)(steps)
    return sorted(map(name_of, idle)), sorted(map(name_of, untried))


def known_as(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


SECTIONS = tuple(dict.fromkeys(str(steps[0]) for steps, _ in numbers(compose())))


@pytest.mark.heavy
@pytest.mark.parametrize("section", SECTIONS)
def test_a_number_that_is_changed_changes_a_result_or_says_why_it_cannot(section):
    idle, untried = inert(section)
    assert untried == [], "no other value of these was accepted"
    assert [name for name in idle if not known_as(name, INERT)] == []
    mine = [pattern for pattern in INERT if pattern.startswith(f"{section}.")]
    assert [pattern for pattern in mine if not any(fnmatchcase(name, pattern) for name in idle)] == []


@pytest.mark.integration
def test_one_number_of_every_section_changes_a_result_in_a_hub_where_everything_happens():
    container = compose(*SHORT, *RICH)
    before = results(container)
    sample = {
        str(steps[0]): steps
        for steps, _ in numbers(container)
        if not known_as(name_of(steps), (*INERT, *SKIPPED, *ELSEWHERE, "run.opening.backlog.*", "uncertainty.*"))
    }
    assert len(sample) >= len(SECTIONS) - 1  # nothing is uncertain there
    assert [name_of(steps) for steps in sample.values() if not matters(container, before, steps)] == []


@pytest.mark.unit
def test_whoever_changes_a_number_that_nothing_reckons_with_is_told():
    config = validate(compose(*SHORT))
    for steps, value in numbers(compose(*SHORT)):
        if known_as(name_of(steps), NEVER_USED):
            assert [warning.kind for warning in unused_changes(config, [(name_of(steps), value * 1.07)])] == [
                "without_effect"
            ], steps
