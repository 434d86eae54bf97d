"""What keeps staff from coming, and from keeping appointments: levers that are neutral unless a planner turns them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from sim.config.kinds import Part, Positive, Share
from sim.config.screening import MEASURES

Times = Annotated[float, Field(strict=True, ge=0.2, le=5, allow_inf_nan=False)]
"""A ratio; 1: nothing in the model answers to it."""


class Evenings(Part):
    """How readily shift workers come where appointments are early, in the evening or at weekends."""

    relative_uptake: Times
    """Of shift workers, where every post offers such appointments, against where none does."""
    share_today: Share
    """Share of posts that offer them under which uptake is what `uptake_per_person_year` says."""


class Managers(Part):
    """How readily people come whose managers support it."""

    relative_uptake: Times
    """Of staff whose manager supports it, against those whose manager does not."""
    supported_share: dict[str, Share]
    """By staff group, who has such a manager; a group that is not named has `supported_share_today`."""
    supported_share_today: Share
    """Share under which uptake is what `uptake_per_person_year` says."""


class OnlyOnceSevere(Part):
    """People who come only when they are severely unwell."""

    share: Share
    """Of staff."""
    measures_positive: Annotated[int, Field(strict=True, ge=1, le=len(MEASURES))]
    """With so many measures positive they come."""
    worsening_sd_per_month: Positive
    """By which latent need grows until then."""


class Barriers(Part):
    """What keeps people from coming."""

    evenings: Evenings
    managers: Managers
    only_once_severe: OnlyOnceSevere


class MatchedClinician(Part):
    """A clinician who shares something with a client that other clinicians do not."""

    ethnicities: list[str]
    """To whom it makes a difference."""
    share: Share
    """Of their courses of care, those with a matched clinician."""
    missed_times: Times
    """Times as many individual appointments are missed as with any other clinician."""
    drop_out_times: Times
    """Times the hazard of dropping out of therapy."""
