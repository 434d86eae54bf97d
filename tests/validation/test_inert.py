"""Every number of some parts of the configuration changes a result when it is changed, or says here why it cannot."""

import copy
import sys
from collections.abc import Iterator
from fnmatch import fnmatchcase
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest

from sim.compose import compose
from sim.config import validate
from sim.errors import ConfigProblem
from sim.replicate import replicate

sys.path.insert(0, str(Path(__file__).parents[1] / "golden"))

from configurations import GOLDEN, SHORT
from golden import digest_of

pytestmark = pytest.mark.heavy

Steps = tuple[str | int, ...]
NEAREST = 30
"""Numbers tried together with one that cannot be changed alone."""
FIXED = tuple(f"screening.correlations.{number}.{number}" for number in range(5))
"""What a questionnaire has in common with itself can be nothing but 1."""
RICH = (
    "staffing=surge_agency",
    "incident=manchester_arena",
    "incident.manchester_arena.day=20",
    "staffing.roles.senior_clinician.lines.surge={from_day: 20, to_day: 100}",
    "staffing.roles.therapist.lines.surge={from_day: 20, to_day: 100}",
    "+staffing.first_step.trauma_focused={starts_with: group, step_up_share: 0.6}",
    "staffing.recruitment.freeze={from_day: 90, to_day: 120}",
    "staffing.recruitment.turnover_per_year=1.0",
    "staffing.funding_cut={from_day: 60, share: 0.3}",
    "screening.not_completed=phone",
    "costs.set_up_counted=true",
    "demand.launch_ramp_days=30",
    "demand.growth_per_year=0.2",
    "+demand.waves.winter={start_day: 30, length_days: 40, uptake_multiplier: 1.5}",
    "pathway.re_referral={share: 0.5, mean_delay_days: 20}",
    "hubs.count=2",
    "run.horizon_days=200",
)
CONFIGURATIONS = (
    RICH,
    ("scenario=improved_reach", "run.horizon_days=200"),
    GOLDEN["long_lists"],
    (*GOLDEN["baseline"], "run.horizon_days=730"),
)
"""Tried one after another: a number need only matter in one of them."""
INERT = {
    "standards.stages.*.share": "the share that is asked for is judged by the analysis, not counted in a replication",
}  # fmt: skip
"""What changes nothing in any of them, by pattern, and why."""


SECTIONS = ("hubs", "standards")
"""Parts of the configuration whose numbers are tried; the others take minutes each and are still to be added."""


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
    """Try the number alone, then with its mirror image, then with another of those that it must add up with."""
    others = [value * 2, value / 2, value + 1, value - 1, value * 1.1, value * 0.9, value + 0.05, value - 0.05]
    new = [round(other) if isinstance(value, int) else float(other) for other in others]
    new = [other for other in dict.fromkeys(new) if other != value]
    yield from ({steps: other} for other in new)
    mirror = (*steps[:-2], steps[-1], steps[-2])
    if mirror in all_numbers:
        yield from ({steps: other, mirror: other} for other in new)
    # Shares that add up to one: with those that stand nearest.
    for other in sorted(all_numbers.keys() - {steps}, key=lambda other: (-together(steps, other), str(other)))[
        :NEAREST
    ]:
        for step in (0.05, -0.05, 0.01, -0.01, value, -value):
            yield {steps: value + step, other: all_numbers[other] - step}


def together(one: Steps, other: Steps) -> int:
    """Return how many steps two keys share."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def results(container: dict[str, Any]) -> dict[str, str]:
    made = replicate(validate(container), 0, ("measures", "waits", "weekly", "journeys")).tables
    return {name: digest_of(table) for name, table in made.items()}


def matters(container: dict[str, Any], before: dict[str, str], steps: Steps, value: float) -> bool:
    tried = 0
    for change in ways(steps, value, dict(numbers(container))):
        try:
            now = results(changed(container, change))
        except ConfigProblem:
            continue
        tried += 1
        if now != before:
            return True
        if tried == 4:
            return False
    assert tried, f"{name_of(steps)}: no other value of it was accepted"
    return False


@pytest.mark.parametrize("section", SECTIONS)
def test_a_number_that_is_changed_changes_a_result_or_says_why_it_cannot(section):
    inert: set[Steps] = set()
    seen: set[Steps] = set()
    for overrides in CONFIGURATIONS:
        container = compose(*SHORT, *overrides)
        before = results(container)
        for steps, value in numbers(container):
            if steps[0] != section or name_of(steps) in FIXED or (steps in seen and steps not in inert):
                continue
            seen.add(steps)
            (inert.discard if matters(container, before, steps, value) else inert.add)(steps)
    names = sorted(map(name_of, inert))
    assert [name for name in names if not any(fnmatchcase(name, known) for known in INERT)] == []
    mine = [known for known in INERT if known.startswith(f"{section}.")]
    assert [known for known in mine if not any(fnmatchcase(name, known) for name in names)] == []
