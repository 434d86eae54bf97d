"""A warning of a run: what kind it is, what it is about, its numbers, and the sentence that is made of these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

TEXTS: Mapping[str, tuple[str, str]] = {
    "few_replications": (
        "Few replications",
        "Only {replications}, so that intervals are very wide, or missing, and rough themselves: use "
        "run.replications={enough} or more, 50 for anything to be quoted",
    ),
    "empty_run_in": (
        "{about} replaces the run-in's referrals too",
        "{about} replaces the run-in's referrals too, and does not reach back the {days} days before run.start_date: "
        "the Hub opens emptier than it was; use run.opening.mode=backlog with the lists of that day",
    ),
    "nobody_does": (
        "Nobody does {about}",
        "Nobody does {about}: {who} has 0 WTE; add WTE or take it out of the pathway",
    ),
    "unsupervised": (
        "More supervision is due than {about} can give",
        "More supervision is due than {about} can give, {due:g} hours a week against {can:g}: {share} of it is not "
        "given with every post filled; fund more supervisors, or fewer of the staff they supervise",
    ),
    "list_grows": (
        "The list for {about} grows",
        "The list for {about} grows by {rate:.1f} {what} a week, who join and are neither seen nor give up: "
        "in the last {weeks} weeks by {grown} {what} (95% interval {interval}); add capacity or expect the "
        "wait to grow",
    ),
    "nobody_seen": (
        "The list for {about} grows, and nobody is seen",
        "The list for {about} grows, and nobody is seen; in the last {weeks} weeks it grew by {grown} {what} "
        "(95% interval {interval}): add capacity or expect the wait to grow",
    ),
    "still_waiting": (
        "Many people screened more than half a year before the horizon still wait for {about} at its end",
        "At least {share} of the people screened more than {days} days before the horizon still wait for {about} at "
        "its end: their waits are cut short; lengthen run.horizon_days or add capacity",
    ),
    "beyond_evidence": (
        "{about} lies outside its range in the evidence",
        "{about}={value:g} lies outside its range in the evidence, {low:g} to {high:g} ({source}): check the value, "
        "or read the results as a what-if",
    ),
    "more_beyond_evidence": (
        "More values lie outside their range",
        "... and {more} more values lie outside their range",
    ),
    "begins_too_late": (
        "{about} has no effect",
        "{about}={day} ({when}) has no effect, because the run ends on {date} (day {last}): choose an earlier "
        "day, or a longer run.horizon_days",
    ),
    "over_too_early": (
        "{about} has no effect",
        "{about}={day} ({when}) has no effect, because it is over before the run begins on {date} (day "
        "{first}): choose a later day",
    ),
    "too_late_to_recruit": (
        "{about} leaves no time to recruit",
        "{about}={day} ({when}) leaves no time: recruitment takes about {weeks:g} weeks and the {what} is over on "
        "{date} (day {ends}), "
        "so that almost nobody starts",
    ),
    "never_judged": (
        "{about} cannot be judged in so short a run",
        "{about}={days} cannot be judged in a run that has {left} days for it: lengthen run.horizon_days",
    ),
    "strikes_each_hub": (
        "{about} happens in each of several Hubs",
        "{about} happens in each of the {hubs} Hubs, and exposes {persons:,} people at every one of average size: for "
        "an incident in one place run that Hub alone (hubs.count=1)",
    ),
    "more_exposed_than_there_are": (
        "{about} exposes more people than there are",
        "{about} exposes more of {group} than there are: {exposed:,} of {headcount:,}; lower the persons exposed, or "
        "raise the headcount",
    ),
    "brings_nobody": (
        "{about} brings nobody",
        "{about} brings nobody: its target comes as readily as the reference group, so that there is no gap to close; "
        "give it an uptake_multiplier, or another target",
    ),
    "held_back": (
        "{about} closes less of the gap than asked for",
        "{about} closes {closed} of the gap and not {asked}: that would take {times:.1f} times the uptake, beyond "
        "demand.campaign_multiplier_most={most:g}; raise it, or read the result as what outreach may do",
    ),
    "out_of_hand": (
        "{about} means many times as many referrals",
        "{about}={growth:g} over {years:.1f} years means {times:,.0f} times as many referrals at the end of the "
        "run: shorten run.horizon_days, or lower the growth",
    ),
    "no_caseload": (
        "{about} leaves no room for anybody",
        "{about}={places:g} leaves no room for anybody, so that this role gives no therapy: raise it, or take therapy "
        "out of the job plan",
    ),
    "referrals_go_on": (
        "Referrals go on at the file's own rate after {about} ends",
        "Referrals go on at the file's own rate of {a_month:.0f} a month after {about} ends on {date}: in the {left} "
        "days that are left of the run, they are drawn again in each replication (demand.after_referrals_csv=go_on); "
        "with stop nobody would refer",
    ),
    "referrals_stop": (
        "Nobody refers after {about} ends",
        "Nobody refers after {about} ends on {date}: in the {left} days that are left of the run, {why}; figures a "
        "month or a year are means over the whole run",
    ),
    "referrals_begin_late": (
        "Nobody refers before {about} begins",
        "Nobody refers before {about} begins on {date}: the run has {days} days before it; set run.start_date={start}",
    ),
    "long_pause": (
        "{about} has a long pause",
        "{about} has {days} days in a row without a referral, until {date}: check that no rows are missing",
    ),
    "file_unchanged": (
        "Referrals from a file cannot be changed by {about}",
        "Referrals from a file cannot be changed by {about}: leave out what brings nobody",
    ),
    "unanswered": (
        "{about} does not say what evenings are worth",
        "{about} does not say what evenings are worth: shift workers are offered more times, and neither come more "
        "readily nor miss less, as demand.barriers.evenings.relative_uptake and "
        "pathway.attendance.in_hours_missed_times are 1",
    ),
    "without_effect": ("{about} has no effect here", "{settings} has no effect here; {remedy}"),
}
"""By kind: what a sweep says of several cells at once, and the whole sentence."""


@dataclass(frozen=True)
class RunWarning:
    """Something that a reader of a run must know."""

    kind: str
    """One of `TEXTS`."""
    about: str = ""
    """The list in words, or the key of the configuration."""
    numbers: Mapping[str, object] = field(default_factory=dict)
    """What the sentence says of it, by name."""

    @classmethod
    def of(cls, kind: str, about: str = "", **numbers: object) -> RunWarning:
        """Return a warning with its numbers by name."""
        return cls(kind, about, numbers)

    @property
    def title(self) -> str:
        """What is wrong, without numbers: alike in every cell that has it."""
        return TEXTS[self.kind][0].format(about=self.about)

    @property
    def sentence(self) -> str:
        """What is wrong, by how much, and what to do."""
        return TEXTS[self.kind][1].format(about=self.about, **self.numbers)
