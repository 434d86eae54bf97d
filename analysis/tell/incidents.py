"""What an incident brings, in words: whom it exposes and how many of them come."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import shorten

import yaml  # type: ignore[import-untyped]

from analysis.tell.wording import full_date, listed, words
from sim.calendar import date_of
from sim.config import HubConfig
from sim.config.demand import MajorIncident
from sim.disk import conf_dir

NO_BEFORE = (
    "The incident begins in the first week: the run-in before it is not counted, so there is no level to compare with."
)
OWN_NUMBERS = ", with numbers of your own,"
"""After the name of an incident that the model ships, where its numbers were changed."""
LONGEST_CHANGES = 300
"""Characters of what was changed on the command line, where it stands in a sentence."""


def incident_sentences(config: HubConfig) -> list[str]:
    """Say of each incident when it strikes, how many it exposes and about how many of them come, sooner or later."""
    lines = []
    for name, incident in config.incident.items():
        exposed = {tier: sum(of.persons.values()) for tier, of in incident.exposed.items()}
        come = sum(exposed[tier] * of.take_up_share for tier, of in incident.exposed.items())
        tiers = listed([f"{words(tier)} {number:,}" for tier, number in exposed.items()])
        each = " in each Hub" if config.hubs.count > 1 else ""
        lines.append(
            f"Incident {_called(name, incident)} on {full_date(date_of(config.run.start_date, incident.day))}: "
            f"{sum(exposed.values()):,} people exposed{each} ({tiers}); about {come:,.0f} expected to come in the end"
        )
    return lines


def _called(name: str, incident: MajorIncident) -> str:
    """Return what an incident is called: one with a shipped name and other numbers is said not to be that one."""
    shipped = conf_dir() / "incident" / f"{name}.yaml"
    if not shipped.is_file():
        return words(name)
    its = yaml.safe_load(shipped.read_text(encoding="utf-8"))[name]
    mine = incident.model_dump(mode="json")
    same = all(mine[key] == value for key, value in its.items() if key != "day")
    return words(name) if same else f"{words(name)}{OWN_NUMBERS}"


def exposed_lines(config: HubConfig) -> list[str]:
    """Return the same with a line for each tier: how many of each staff group, so that none is overlooked."""
    lines = []
    for sentence, incident in zip(incident_sentences(config), config.incident.values(), strict=True):
        lines.append(sentence)
        for tier, of in incident.exposed.items():
            groups = [f"{words(group)} {number:,}" for group, number in of.persons.items() if number]
            lines.append(f"  {words(tier)}: {listed(groups) if groups else 'nobody'}")
    return lines


def about_the_world(config: HubConfig, changed: Sequence[str]) -> list[str]:
    """Say what is simulated: the purpose of the scenario, its incidents, and what was changed of it."""
    told = shorten(", ".join(changed), LONGEST_CHANGES, placeholder=" …")
    sentences = [*([config.purpose] if config.purpose else []), *(f"{line}." for line in incident_sentences(config))]
    return [*sentences, *([f"Changed: {told}."] if changed else [])]
