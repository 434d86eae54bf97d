"""Parameters drawn from their ranges: which numbers are uncertain, and what a replication's draw of them is.

A draw belongs to (seed, draw, key): plans share it, and one parameter more or less leaves all others alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from sim.composed import is_number, leaves
from sim.config import HubConfig, changed
from sim.config.policies import of_a_policy_that_is_off
from sim.config.run import UncertainNumber
from sim.evidence import SETTING, WHOLE_CONFIG, EvidenceRow, as_number, read_register
from sim.evidence.belief import WIDTH, quantile
from sim.evidence.futures import future_of, in_future
from sim.streams import Stream, uniforms

NOT_DRAWN = ("fixed", "normal copula")
"""Numbers of these kinds stay as they are: the first by judgement, the second to remain a correlation matrix."""
SHARES = "dirichlet"
ROUNDING = 1e-9


def uncertain_parameters(
    container: Mapping[str, Any], leave_out: Iterable[str], conf: Path | None = None
) -> dict[str, dict[str, Any]]:
    """Return the numbers of a composed configuration that are uncertain, as `UncertainNumber` holds them.

    These are the numbers of conf/ with a grade, a range and a distribution that neither a scenario nor the command
    line has set to something else. Shares that add up to one are drawn together, or not at all.
    """
    patterns = list(leave_out)
    rows: dict[str, list[EvidenceRow]] = {}
    for row in read_register(conf):
        if row.option.partition("/")[0] not in WHOLE_CONFIG:
            rows.setdefault(row.key, []).append(row)
    switches = dict(leaves(container))
    values = {key: value for key, value in switches.items() if is_number(value)}
    found: dict[str, dict[str, Any]] = {}
    for key, value in values.items():
        if of_a_policy_that_is_off(key, switches):
            continue
        mine = [row for row in rows.get(key, ()) if as_number(row.value) == value]
        if not mine or mine[0].grade == SETTING or mine[0].distribution in NOT_DRAWN:
            continue
        low, high = as_number(mine[0].low), as_number(mine[0].high)
        if low is None or high is None or any(fnmatchcase(key, pattern) for pattern in patterns):
            continue
        low, high = _within_bounds(key, low, high, values)
        if low == high:
            continue
        found[key] = {"value": float(value), "low": low, "high": high, "distribution": mine[0].distribution}
    groups = _groups(found, values)
    return {
        key: number | {"together": groups.get(key)}
        for key, number in found.items()
        if key in groups or number["distribution"] != SHARES
    }


def _within_bounds(key: str, low: float, high: float, values: Mapping[str, float]) -> tuple[float, float]:
    """Return the part of a number's range in which it does not contradict another that is not drawn.

    A mean length of work lies between the shortest and longest that there is; care of the follow-up includes the Hub's.
    """
    of, _, name = key.rpartition(".")
    if key == "costs.care_mental_health_gbp":
        return max(low, values.get("costs.care_by_the_hub_gbp", low)), high
    if name != "mean_minutes":
        return low, high
    return max(low, values.get(f"{of}.low_minutes", low)), min(high, values.get(f"{of}.high_minutes", high))


def _groups(found: Mapping[str, Mapping[str, Any]], values: Mapping[str, float]) -> dict[str, str]:
    """Name the whole that each share is a part of: the beginning of keys under which shares add up to one."""
    groups: dict[str, str] = {}
    for key, number in found.items():
        parent = key.rpartition(".")[0]
        if number["distribution"] != SHARES:
            members = [other for other in values if other.rpartition(".")[0] == parent]
            if len(members) > 1 and all(member in found for member in members) and _add_up(members, values):
                groups |= dict.fromkeys(members, parent)
            continue
        while parent and key not in groups:
            members = [o for o in found if o.startswith(f"{parent}.") and found[o]["distribution"] == SHARES]
            if _add_up(members, values):
                groups |= dict.fromkeys(members, parent)
            parent = parent.rpartition(".")[0]
    return groups


def _add_up(members: list[str], values: Mapping[str, float]) -> bool:
    return abs(sum(values[member] for member in members) - 1) <= ROUNDING


def drawn(config: HubConfig, replication: int) -> HubConfig:
    """Return the configuration with this replication's draw of its uncertain numbers; itself if none is drawn."""
    uncertainty = config.uncertainty
    if uncertainty.mode == "none":
        return config
    if uncertainty.mode == "futures":
        return in_future(config, future_of(config, replication))
    return with_numbers(config, numbers_drawn(config, uncertainty.draw_of(replication)))


def numbers_drawn(config: HubConfig, draw: int) -> dict[str, float]:
    """Return the uncertain numbers of a draw by key, before whole ones are rounded."""
    parameters = config.uncertainty.parameters
    luck = {key: float(uniforms(config.run.seed, draw, Stream.PARAMETER, (key,), 1, 1)[0, 0]) for key in parameters}
    return numbers_at(parameters, luck)


def numbers_at(parameters: Mapping[str, UncertainNumber], luck: Mapping[str, float]) -> dict[str, float]:
    """Return the values of uncertain numbers at these positions between 0 and 1 in what is believed of them.

    `luck` is a position by key; numbers without one keep their value, but the whole group of a share is drawn.
    """
    from scipy.special import gammaincinv

    moved = {key: parameters[key] for key in luck}
    groups = {number.together for number in moved.values()} - {None}
    found = {key: quantile(number, luck[key]) for key, number in moved.items() if number.together is None}
    for group in groups:
        members = {key: number for key, number in parameters.items() if number.together == group}
        # Gamma parts with one rate, as in a Dirichlet draw; together they are scaled to the whole.
        rate = _concentration(members.values())
        parts = {
            key: float(gammaincinv(rate * number.value, luck.get(key, 0.5))) if number.value > 0 else 0.0
            for key, number in members.items()
        }
        total = sum(parts.values())
        found |= {key: part / total if total > 0 else members[key].value for key, part in parts.items()}
    return found


def _concentration(members: Iterable[UncertainNumber]) -> float:
    """Return the total of a Dirichlet distribution whose parts vary, on the whole, as their ranges say."""
    found = []
    for number in members:
        spread = (number.high - number.low) / WIDTH
        if 0 < number.value < 1 and spread > 0:
            found.append(max(number.value * (1 - number.value) / spread**2 - 1, 1.0))
    return sorted(found)[len(found) // 2] if found else 1.0


def with_numbers(config: HubConfig, numbers: Mapping[str, float]) -> HubConfig:
    """Return a configuration with other numbers, whole ones rounded, and nothing left to draw.

    Raises ConfigProblem if the numbers contradict each other.
    """
    whole = {key for key, value in leaves(config.model_dump()) if isinstance(value, int)}
    drawn = {key: round(number) if key in whole else number for key, number in numbers.items()}
    return changed(config, {"uncertainty.mode": "none", "uncertainty.parameters": {}} | drawn)
