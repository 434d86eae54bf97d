"""What the workbook asks for: its sheets, the columns of each, and the values of the sheet Hub by their key."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from sim.config.staffing import ACTIVITIES


class Kind(Enum):
    """What a cell holds: how it is shown in the workbook, and how what somebody typed is read."""

    WHOLE = "a whole number, 0 or more"
    COUNT = "a whole number, or <5 or * if kept back"
    NUMBER = "a number, 0 or more"
    SHARE = "a share, as 12% or 0.12"
    POUNDS = "pounds, as 25,655"
    MONTH = "a month with its year, as April 2022 or 2022-04"
    DATE = "a date, as 2022-04-01 or 01/04/2022"
    TEXT = "text"


class Column(NamedTuple):
    """A column of a table."""

    key: str
    """Its name in what is read."""
    heading: str
    kind: Kind
    help: str
    choices: tuple[str, ...] = ()
    needed: bool = False
    """Whether every row that holds anything must hold this."""
    instead: str = ""
    """What is said of a number that it cannot take, where that needs saying."""
    may_lack: bool = False
    """Whether a sheet may be without it, as workbooks of before are."""


class Sheet(NamedTuple):
    """A sheet with a table: a row for each of what it lists."""

    title: str
    purpose: str
    columns: tuple[Column, ...]
    rows: int
    """Rows that may be filled in."""
    needed: bool = True
    """Whether a workbook without it is refused."""


class Setting(NamedTuple):
    """A row of the sheet Hub: one value of the configuration."""

    key: str
    """Its path in the configuration."""
    label: str
    kind: Kind


class Chapter(NamedTuple):
    """Rows of the sheet Hub under one heading."""

    heading: str
    settings: tuple[Setting, ...]


HUB = "Hub"
READ_ME = "Read me"
NAME = Setting("purpose", "Name of the Hub", Kind.TEXT)
MONTHS_AHEAD = Setting("run.horizon_days", "Months to look ahead", Kind.WHOLE)
"""Written in months; the configuration counts days."""
FIRST_DAY = Setting("run.start_date", "First day that is simulated: the date of your lists", Kind.DATE)
UPRATED_TO = Setting("costs.uprated_to", "Financial year whose prices you want, that one or later", Kind.TEXT)
ALL_ON_COSTS = Setting("costs.on_costs", "All on-costs in one number, in place of the three above", Kind.SHARE)
"""Empty, and missing in workbooks of before, unless a trust knows no more."""
CHAPTERS = (
    Chapter("The Hub and the time", (NAME, FIRST_DAY, MONTHS_AHEAD)),
    Chapter(
        "Contact and assessment",
        (
            Setting("pathway.lists.unreachable_share", "People who cannot be reached after screening", Kind.SHARE),
            Setting("pathway.lists.contact_attempts", "Attempts to reach somebody", Kind.WHOLE),
            Setting("pathway.lists.notice_days", "Days of notice of an appointment", Kind.WHOLE),
            Setting("pathway.assessment.contact.mean_minutes", "Minutes with the client in an assessment", Kind.NUMBER),
            Setting("pathway.assessment.write_up.mean_minutes", "Minutes of writing up after it", Kind.NUMBER),
            Setting("pathway.attendance.assessment.missed_share", "Assessments missed (did not attend)", Kind.SHARE),
            Setting("pathway.attendance.assessment.cancelled_share", "Assessments cancelled by the client", Kind.SHARE),
        ),
    ),
    Chapter(
        "Therapy",
        (
            Setting("pathway.modalities.cbt.sessions_mean", "Sessions planned of CBT, on average", Kind.NUMBER),
            Setting("pathway.modalities.trauma_focused.sessions_mean", "Sessions of trauma-focused work", Kind.NUMBER),
            Setting("pathway.modalities.guided_self_help.sessions_mean", "Sessions of guided self-help", Kind.NUMBER),
            Setting("pathway.modalities.cbt.interval_days", "Days between sessions of CBT", Kind.WHOLE),
            Setting(
                "pathway.modalities.trauma_focused.interval_days", "Days between trauma-focused sessions", Kind.WHOLE
            ),
            Setting("pathway.attendance.therapy_first.missed_share", "First sessions missed", Kind.SHARE),
            Setting("pathway.attendance.therapy_next.missed_share", "Later sessions missed", Kind.SHARE),
            Setting(
                "pathway.attendance.therapy_next.cancelled_share", "Later sessions cancelled by the client", Kind.SHARE
            ),
        ),
    ),
    Chapter(
        "Teams and calls",
        (
            Setting("pathway.team_support.requests_per_month", "Requests from teams a month", Kind.NUMBER),
            Setting(
                "pathway.team_support.staff_minutes.mean_minutes", "Minutes of staff time for one of them", Kind.NUMBER
            ),
            Setting(
                "pathway.check_in.every_days", "Days between check-in calls to people who wait (0: none)", Kind.WHOLE
            ),
        ),
    ),
    Chapter(
        "Staff",
        (
            Setting("staffing.hours_per_week", "Hours a week of one whole-time equivalent", Kind.NUMBER),
            Setting("staffing.absence.annual_leave_days", "Days of annual leave", Kind.WHOLE),
            Setting("staffing.absence.study_days", "Days of study leave", Kind.WHOLE),
            Setting("staffing.absence.sickness.absence_share", "Time lost to sickness", Kind.SHARE),
            Setting("staffing.recruitment.turnover_per_year", "Staff who leave in a year", Kind.SHARE),
            Setting("staffing.recruitment.notice_weeks", "Weeks of notice", Kind.NUMBER),
            Setting("staffing.recruitment.refill_approval_weeks", "Weeks until a vacancy may be filled", Kind.NUMBER),
            Setting("staffing.recruitment.lead_median_weeks", "Weeks from advertising to the first day", Kind.NUMBER),
        ),
    ),
    Chapter(
        "Costs beside pay",
        (
            Setting("costs.price_year", "Price year of the sheet Prices", Kind.TEXT),
            UPRATED_TO,
            Setting("costs.uplift_per_year", "Rise of prices in each year up to that", Kind.SHARE),
            Setting("costs.on_costs.national_insurance_share", "Employer's National Insurance", Kind.SHARE),
            Setting(
                "costs.on_costs.national_insurance_threshold_gbp_per_year",
                "National Insurance is paid above",
                Kind.POUNDS,
            ),
            Setting("costs.on_costs.pension_share", "Employer's pension contribution", Kind.SHARE),
            ALL_ON_COSTS,
            Setting("costs.agency_premium_share", "Agency staff cost more by", Kind.SHARE),
            Setting("costs.bank_premium_share", "Bank staff cost more by", Kind.SHARE),
            Setting("costs.overhead_share", "Overheads of the host, of staff cost", Kind.SHARE),
            Setting("costs.non_staff_share", "Other running costs, of staff cost", Kind.SHARE),
        ),
    ),
    Chapter(
        "Standards",
        (
            Setting("standards.stages.referral_to_assessment.days", "Days from referral to assessment", Kind.WHOLE),
            Setting("standards.stages.referral_to_assessment.share", "Share to be assessed in that time", Kind.SHARE),
            Setting("standards.stages.referral_to_therapy.days", "Days from referral to therapy", Kind.WHOLE),
            Setting("standards.stages.referral_to_therapy.share", "Share to start therapy in that time", Kind.SHARE),
        ),
    ),
)
HUB_COLUMNS = ("", "Your value", "What to type", "Default", "Grade", "Where the default is from")
SETTINGS = {setting.key: setting for chapter in CHAPTERS for setting in chapter.settings}

SECTORS = ("nhs", "social_care", "emergency")
GROUPS = Sheet(
    "Staff groups",
    "Who may refer themselves: a row for each staff group of your area. Empty the rows of those that you do not serve.",
    (
        Column("name", "Staff group", Kind.TEXT, "as you call it", needed=True),
        Column("sector", "Sector", Kind.TEXT, "choose one, the nearest", SECTORS, needed=True),
        Column("headcount", "People", Kind.WHOLE, "heads, not WTE", needed=True),
        Column("women", "Women", Kind.SHARE, "of the people", needed=True),
        Column("minority_ethnic", "Minority ethnic", Kind.SHARE, "of the people", needed=True),
        Column("white_other", "White other", Kind.SHARE, "of the people", needed=True),
        Column("shift_worker_share", "Shift workers", Kind.SHARE, "of the people", needed=True),
        Column("icu_or_emergency_share", "Intensive or emergency care", Kind.SHARE, "of the people", needed=True),
        Column("referrals", "Referrals last year", Kind.WHOLE, "empty: from the sheet Months, or as elsewhere"),
    ),
    20,
)
BANDS = ("2", "3", "4", "5", "6", "7", "8a", "8b", "8c", "8d")
LINE_KINDS = ("substantive", "fixed_term", "secondment", "agency", "bank")
POSTS = Sheet(
    "Posts",
    "A row for each line of funded posts. Who starts on a day you know: Dated changes, post (no funding step cuts it).",
    (
        Column("role", "Role", Kind.TEXT, "a row of the sheet Job plans", needed=True),
        Column("band", "Band", Kind.TEXT, "Agenda for Change, 2 to 8d", BANDS, needed=True),
        Column("wte", "WTE", Kind.NUMBER, "whole-time equivalents, filled or not", needed=True),
        Column("kind", "Kind", Kind.TEXT, "choose one", LINE_KINDS, needed=True),
        Column("pay_point", "Pay point", Kind.TEXT, "empty: mid", ("entry", "mid", "top")),
        Column(
            "from_day",
            "Recruited from",
            Kind.DATE,
            "advertised then, there weeks later; empty: in post on the first day",
        ),
        Column("to_day", "Funded until", Kind.DATE, "the first day without; empty: no end"),
    ),
    40,
)
MODALITIES = {"cbt": "CBT", "trauma_focused": "trauma focused", "guided_self_help": "guided self help"}
YES_NO = ("yes", "no")
JOB_PLANS = Sheet(
    "Job plans",
    "What each role does with its time for clients: the shares of a row add up to 100%.",
    (
        Column("name", "Role", Kind.TEXT, "as you call it", needed=True),
        Column("client_facing_hours_per_week", "Hours for clients", Kind.NUMBER, "a week, of one WTE", needed=True),
        Column("supervised_by", "Supervised by", Kind.TEXT, "a role; empty: from outside"),
        Column("supervision_hours_per_week", "Supervision received", Kind.NUMBER, "hours a week; empty: 1"),
        Column(
            "most_supervision_given_hours_per_week", "Supervision given at most", Kind.NUMBER, "hours a week; empty: 0"
        ),
        Column("caseload_cap_per_wte", "Caseload at most", Kind.NUMBER, "people in therapy, of one WTE; empty: 0"),
        Column("out_of_hours_share", "Evenings or weekends", Kind.SHARE, "of its posts; empty: 0"),
        *(
            Column(name, f"Gives {told}", Kind.TEXT, "yes or no; empty: no", YES_NO)
            for name, told in MODALITIES.items()
        ),
        *(
            Column(f"share:{name}", name.replace("_", " ").capitalize(), Kind.SHARE, "of that time")
            for name in ACTIVITIES
        ),
    ),
    15,
)
PRICES = Sheet(
    "Prices",
    "Basic pay a year, at the prices of the price year on the sheet Hub.",
    (
        Column("name", "Band", Kind.TEXT, "Agenda for Change", BANDS, needed=True),
        Column("entry", "Entry", Kind.POUNDS, "a year", needed=True),
        Column("mid", "Middle", Kind.POUNDS, "a year", needed=True),
        Column("top", "Top", Kind.POUNDS, "a year", needed=True),
    ),
    12,
)
LISTS = Sheet(
    "Lists",
    "Who waits and who is in therapy on the first day. All empty: as a Hub that has run for years.",
    (
        Column("name", "List", Kind.TEXT, "", needed=True),
        Column("people", "People", Kind.WHOLE, "on the first day; 0 if nobody"),
        Column("mean", "Days waited, or sessions left", Kind.NUMBER, "on average"),
    ),
    4,
)
LIST_NAMES = {
    "screening_review": "Waiting for the review of their screening",
    "assessment": "Waiting for assessment",
    "therapy": "Waiting for therapy",
    "caseload": "In therapy (sessions left)",
}
MONTHS_ASKED = 12
"""Rows of the sheet Months that have their month from the start."""
MONTHS = Sheet(
    "Months",
    "What happened, month by month, for hub check and hub fit. Type over the months; leave empty what you do not know, "
    "and type <5 or * for a count that is kept back.",
    (
        Column("month", "Month", Kind.MONTH, "", needed=True),
        Column("referrals", "Referrals", Kind.COUNT, "people referred, first or again"),
        Column("assessed", "Assessed", Kind.COUNT, "assessments kept"),
        Column("started_therapy", "Started therapy", Kind.COUNT, "or a group"),
        Column("waiting_for_assessment", "Waiting for assessment", Kind.COUNT, "on the last day"),
        Column("waiting_for_therapy", "Waiting for therapy", Kind.COUNT, "on the last day"),
        Column(
            "assessment_wait_days",
            "Days waited for assessment",
            Kind.NUMBER,
            "median, from referral, of those assessed",
        ),
        Column("contacts", "Contacts", Kind.COUNT, "assessments and sessions kept"),
        Column("missed", "Missed", Kind.COUNT, "the same, did not attend"),
    ),
    60,
)
CHANGES = Sheet(
    "Dated changes",
    "What you know will change, a row each. A funding step cuts no post of this sheet. Staff who left last year: a "
    "post with both days, for hub check.",
    (
        Column(
            "kind", "Change", Kind.TEXT, "choose one",
            ("funding", "post", "sickness", "maternity", "freeze", "wave"), needed=True,
        ),
        Column("from_day", "From", Kind.DATE, "its first day", needed=True),
        Column("to_day", "Until", Kind.DATE, "the first day without; funding and post: empty for good"),
        Column("role", "Role", Kind.TEXT, "as on Job plans; empty: all, but a post and maternity need one"),
        Column("wte", "WTE", Kind.NUMBER, "of a post, or on maternity leave"),
        Column(
            "share", "Share funded", Kind.SHARE, "funding: what remains of the sheet Posts; after a cut of 20%: 80%",
            instead="type what remains: after a cut of 20% type 80%",
        ),
        Column("times", "Times as much", Kind.NUMBER, "sickness absence, or in a wave referrals"),
        Column("band", "Band", Kind.TEXT, "of a post", BANDS),
        Column("contract", "Kind", Kind.TEXT, "of a post", LINE_KINDS),
        Column("note", "Note", Kind.TEXT, "why; changes nothing"),
        Column("name", "Name", Kind.TEXT, "to tell it by; empty: its kind and row", may_lack=True),
    ),
    40,
    needed=False,
)  # fmt: skip
TABLES = (GROUPS, POSTS, JOB_PLANS, PRICES, LISTS, MONTHS, CHANGES)
