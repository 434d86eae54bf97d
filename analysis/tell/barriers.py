"""What the model can say of barriers: whether anybody answers to evenings, and which gaps between groups can arise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase

from analysis.tell.wording import listed, sentence, words
from sim.config import HubConfig
from sim.config.changes import Campaign

BY_CONSTRUCTION = "alike by construction"
"""What is said where nothing in the model tells the groups apart."""
OUTREACH = "need of whom outreach brings"
EVENING_KEYS = "staffing.roles.*.out_of_hours_share"


def moves_evenings_unanswered(config: HubConfig, keys: Iterable[str]) -> list[str]:
    """Return which of the keys change evenings in vain: neither uptake nor attendance answers to them."""
    evenings, attendance = config.demand.barriers.evenings, config.pathway.attendance
    answers = evenings.relative_uptake != 1 or attendance.in_hours_missed_times != 1
    making = {
        f"staffing.roles.{name}.out_of_hours_share"
        for name, role in config.staffing.roles.items()
        if role.offers_appointments
    }
    return [] if answers else [key for key in keys if fnmatchcase(key, EVENING_KEYS) and key in making]


def gaps_that_can_arise(config: HubConfig) -> dict[str, list[str]]:
    """Return what makes a difference, once people have referred, between staff groups, genders and ethnicities.

    Where nothing does, everybody of the dimension fares alike by construction, and a gap is chance.
    """
    attendance, courses = config.pathway.attendance, config.pathway.modalities.values()
    groups = config.population.staff_groups.values()
    by_shift = (
        attendance.in_hours_accepted_share < 1
        or attendance.in_hours_missed_times != 1
        or any(course.interval_days != course.shift_worker_interval_days for course in courses)
    )
    exposed = config.screening.covariates["icu_or_emergency"]
    matched = attendance.matched_clinician
    reasons: dict[str, list[str]] = {"staff_group": [], "gender": [], "ethnicity": []}
    if by_shift and len({group.shift_worker_share for group in groups}) > 1:
        reasons["staff_group"].append("shift work")
    if exposed.odds_ratio != 1 and len({group.icu_or_emergency_share for group in groups}) > 1:
        reasons["staff_group"].append("need after intensive and emergency care")
    if config.incident:
        reasons["staff_group"].append("who was at the incident")
    if matched.share > 0 and (matched.missed_times != 1 or matched.drop_out_times != 1):
        reasons["ethnicity"].append("a matched clinician")
    for campaign in config.changes_of(Campaign).values():
        if campaign.need_odds_ratio != 1:
            target = campaign.target
            targeted = (target.staff_groups, target.genders, target.ethnicities)
            for known, names in zip(reasons.values(), targeted, strict=True):
                if names and OUTREACH not in known:
                    known.append(OUTREACH)
    for dimension in ("gender", "ethnicity"):
        mixes = [getattr(group, dimension) for group in groups]
        if reasons["staff_group"] and any(mix != mixes[0] for mix in mixes):
            reasons[dimension].append("the staff groups they work in")
    return reasons


def gaps_sentence(config: HubConfig) -> str:
    """Say which gaps between groups the model can show, and which are equal by construction."""
    return gaps_told(gaps_that_can_arise(config))


def gaps_in_short(config: HubConfig) -> str:
    """Say in a few words by what gaps in waits can arise, and by what they are chance."""
    reasons = gaps_that_can_arise(config)
    arise, alike = ([words(name) for name, why in reasons.items() if bool(why) is some] for some in (True, False))
    told = f"Waits may differ by {listed(arise)}" if arise else ""
    chance = f"by {listed(alike)} they differ by chance alone" if alike else ""
    return f"{sentence('; '.join(filter(None, [told, chance])))}."


def gaps_told(reasons: Mapping[str, Sequence[str]]) -> str:
    """Say what makes a difference between the groups of each dimension, or that nothing does."""
    arise = [f"by {words(dimension)} ({', '.join(why)})" for dimension, why in reasons.items() if why]
    alike = [words(dimension) for dimension, why in reasons.items() if not why]
    told = "Who comes differs as the uptake that was put in says. Once people have referred, "
    told += f"gaps can arise {listed(arise)}" if arise else "no gap can arise"
    if alike:
        told += f"; by {listed(alike)} everybody fares alike by construction, and a gap is chance"
    return f"{told}."
