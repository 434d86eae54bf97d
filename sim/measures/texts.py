"""The record's codes as the tables and stories write them."""

from __future__ import annotations

from sim.config import HubConfig
from sim.service.enums import Activity, Ending, Listed, Modality, Outcome, Result, State, text_of

ENDINGS = {int(member): text_of(member) for member in Ending}
OUTCOMES = {int(member): text_of(member) for member in Outcome}
STATES = {int(member): text_of(member) for member in State}
RESULTS = {int(member): text_of(member) for member in Result}
ACTIVITIES = {int(member): text_of(member) for member in Activity}


def modalities(config: HubConfig) -> dict[int, str]:
    """Return the text of each modality, a group and none included."""
    return {int(member): text_of(member) for member in Modality} | dict(enumerate(config.pathway.modalities))


def lists(config: HubConfig) -> dict[int, str]:
    """Return the text of each list."""
    fixed = {int(member): text_of(member) for member in Listed if member != Listed.THERAPY}
    return fixed | {Listed.THERAPY + n: f"therapy:{name}" for n, name in enumerate(config.pathway.modalities)}
