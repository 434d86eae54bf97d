"""Which policies a run has, each in a sentence with its dates: what a commissioner reads before any figure."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from analysis.tell.wording import counted, full_date, listed, share, words
from sim.calendar import date_of
from sim.config import HubConfig
from sim.config.absence import StandIn
from sim.config.changes import AnyChange
from sim.config.policies import Dated
from sim.config.screening import TIERS


def policy_sentences(config: HubConfig) -> list[str]:
    """Return a sentence on each policy in force; none where there is none."""
    return [said for name in config.policies.in_force for said in SENTENCES[name](config)]


def when(config: HubConfig, dated: Dated | StandIn | AnyChange) -> str:
    """Return between which days something holds: `from 1 April 2021 to 30 June 2021`, `throughout`."""
    start = config.run.start_date
    begins = "" if dated.from_day is None else f"from {full_date(date_of(start, dated.from_day))}"
    if dated.to_day is None:
        return begins or "throughout"
    ends = full_date(date_of(start, dated.to_day - 1))
    return f"{begins} to {ends}" if begins else f"until {ends}"


def _threshold(config: HubConfig) -> Iterator[str]:
    threshold = config.policies.assessment_threshold
    below = [
        f"{words(tier)} need" if tier != "none" else "no need found"
        for tier in TIERS[: TIERS.index(threshold.from_tier)]
    ]
    yield (
        f"threshold for assessment, {when(config, threshold)}: people with {listed(below, 'or')} and no risk flag get "
        f"advice and wellbeing resources in place of an assessment; {share(threshold.return_share)} of them come back"
    )


def _initiative(config: HubConfig) -> Iterator[str]:
    extra = config.policies.waiting_list_initiative
    role = words(str(extra.role_in(config.staffing)))
    price = f"£{extra.gbp_per_session:g} a session" if extra.gbp_per_session is not None else f"{extra.by} pay"
    yield (
        f"waiting-list initiative, {when(config, extra)}: up to {counted(extra.sessions_a_week, 'extra session')} of "
        f"{words(extra.stage)} a week ({role}, at {price}) for those who have waited longest, "
        f"while somebody has waited more than {extra.wait_over_days:g} days"
    )


def _self_help(config: HubConfig) -> Iterator[str]:
    one = config.policies.guided_self_help
    checks = f"{counted(one.checks, 'check')} of {one.check_minutes} minutes by a member of staff ({words(one.role)})"
    yield (
        f"guided self-help while waiting for therapy, {when(config, one)}: offered to {share(one.offered_share)} of "
        f"those who join the list, taken up by {share(one.taken_up_share)} of these, with {checks}; "
        f"{share(one.enough_share)} of those who then still wait need no therapy"
    )


def _evenings(config: HubConfig) -> Iterator[str]:
    one = config.policies.evening_clinics
    yield (
        f"evening clinics, {when(config, one)}: {share(one.share)} of posts with appointments offer evenings or "
        f"weekends, for {share(one.hours_share)} of their hours, at {share(one.enhancement_share)} on top of pay"
    )


def _remote(config: HubConfig) -> Iterator[str]:
    one = config.policies.remote
    yield (
        f"remote appointments, {when(config, one)}: {share(one.assessment_share)} of assessments and "
        f"{share(one.therapy_share)} of individual therapy by video or telephone, with {one.minutes_times:g} times the "
        f"minutes and {one.missed_times:g} times as many missed"
    )


def _mutual_aid(config: HubConfig) -> Iterator[str]:
    aid = config.policies.mutual_aid
    if aid.sessions_a_week:
        role, price = words(str(aid.role_in(config.staffing))), f"£{aid.gbp_per_session:g} a session"
        yield (
            f"mutual aid, {when(config, aid)}: a partner Hub's clinicians ({role}, at {price}) give up to "
            f"{counted(aid.sessions_a_week, 'session')} of {words(aid.stage)} a week to those who have waited longest, "
            f"while somebody has waited more than {aid.wait_over_days:g} days"
        )
    if aid.lends_hours_per_week:
        a_session = aid.session_minutes(config.pathway, config.staffing)
        price = f"at £{aid.gbp_per_session * 60 / a_session:.0f} an hour" if aid.lends_recharged else "for no payment"
        yield (
            f"mutual aid, {when(config, aid.lending)}: {aid.lends_hours_per_week:g} client-facing hours a week of "
            f"{words(str(aid.lender_in(config.staffing)))} time are lent to the partner Hub, {price}"
        )


def _cover(config: HubConfig) -> Iterator[str]:
    for role, one in config.policies.cover.items():
        who = f"{one.by} staff" if one.from_role is None else f"a {words(one.from_role)}, acting up,"
        verb = "stand in" if one.from_role is None else "stands in"
        after = f" {counted(round(one.after_weeks), 'week')} after it falls empty" if one.after_weeks else ""
        yield (
            f"cover, {when(config, one)}: {who} {verb} for a {words(role)}'s empty post{after}, "
            f"for {share(one.share)} of its hours"
        )


SENTENCES: dict[str, Callable[[HubConfig], Iterator[str]]] = {
    "assessment_threshold": _threshold,
    "waiting_list_initiative": _initiative,
    "guided_self_help": _self_help,
    "evening_clinics": _evenings,
    "remote": _remote,
    "mutual_aid": _mutual_aid,
    "cover": _cover,
}
