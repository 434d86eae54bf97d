"""Dated changes of a run, each in a few words with its dates: what is already known to happen."""

from __future__ import annotations

from analysis.tell.policies import when
from analysis.tell.wording import listed, share, words
from sim.config import HubConfig
from sim.config.changes import AnyChange, Campaign, Freeze, Funding, KnownLeave, KnownPost, SicknessWave


def change_sentences(config: HubConfig) -> dict[str, str]:
    """Return what each dated change is and between which days, by its name, in the order in which they begin."""
    ordered = sorted(config.changes.items(), key=lambda named: named[1].from_day)
    return {name: f"{_what(change)}, {when(config, change)}" for name, change in ordered}


def in_one_line(config: HubConfig) -> list[str]:
    """Return the dated changes that hold within the simulated days as one line; nothing where there are none."""
    horizon = config.run.horizon_days
    ended = {name for name, change in config.changes.items() if change.to_day is not None and change.to_day <= 0}
    later = {name for name, change in config.changes.items() if change.from_day >= horizon}
    told = [f"{name}, {said}" for name, said in change_sentences(config).items() if name not in ended | later]
    return [f"Dated changes: {'; '.join(told)}"] if told else []


def _what(change: AnyChange) -> str:
    of = getattr(change, "roles", [])
    roles = f" of {listed([words(role) for role in of])}" if of else ""
    if isinstance(change, Funding):
        return f"{share(change.funded_share)} of the establishment{roles} is funded"
    if isinstance(change, KnownPost):
        return f"{change.wte:g} WTE {words(change.role)}, band {change.band}, {words(change.contract)}"
    if isinstance(change, SicknessWave):
        return f"{change.times:g} times the sickness absence{roles}"
    if isinstance(change, KnownLeave):
        return f"maternity leave of {change.wte:g} WTE {words(change.role)}"
    if isinstance(change, Freeze):
        return f"no recruitment{roles} begins"
    if isinstance(change, Campaign):
        return "a campaign to reach more people"
    return f"{change.uptake_multiplier:g} times the uptake"
