"""The golden configurations: small Hubs that together take every way through the model, as overrides of `hub`."""

from __future__ import annotations

from pathlib import Path

REAL_REFERRALS = Path(__file__).with_name("referrals.csv")
KEPT = "[cohort,journeys,events,staff_days]"
SHORT = (
    "run.replications=1",
    "run.store=null",
    f"run.keep={KEPT}",
    "run.horizon_days=150",
    "run.opening.run_in_days=60",
)
"""Set first in every configuration, so that each takes a fraction of a second; what follows may set it otherwise."""

YEAR = "run.horizon_days=400"
EMPTY = "run.opening.mode=empty"
BACKLOG = "run.opening.mode=backlog"
SENIOR = "staffing.roles.senior_clinician"
THERAPIST = "staffing.roles.therapist"
FEW_STAFF = tuple(
    f"staffing.roles.{line}.wte={wte}"
    for line, wte in {
        "senior_clinician.lines.consultant": 0.0,
        "senior_clinician.lines.principal": 0.5,
        "senior_clinician.lines.senior": 0.5,
        "therapist.lines.therapist": 0.4,
        "navigator.lines.navigator": 0.2,
        "assistant_psychologist.lines.assistant": 0.4,
        "coordinator.lines.coordinator": 0.4,
    }.items()
)
NOBODY = tuple(f"{override.partition('=')[0]}=0.0" for override in FEW_STAFF)
NEVER_KEPT = ("assessment", "therapy_first", "therapy_next", "group")
NO_THERAPY = "{onward: 1.0, advice: 0.0, hub_therapy: 0.0, group: 0.0, therapy_and_onward: 0.0}"
TIERS = ("none", "some", "high", "very_high")


def attendance(missed: float, cancelled: float) -> tuple[str, ...]:
    """Return overrides after which every kind of appointment is missed and cancelled so often."""
    return tuple(
        f"pathway.attendance.{kind}={{missed_share: {missed}, cancelled_share: {cancelled}}}" for kind in NEVER_KEPT
    )


def outcomes(row: str) -> tuple[str, ...]:
    """Return overrides after which assessment ends so for every tier of need."""
    return tuple(f"pathway.assessment.outcome_share.{tier}={row}" for tier in TIERS)


POLICIES = (
    "policies=cover",
    "policies.cover.therapist={from_day: 30, to_day: 300}",
    "policies.assessment_threshold={from_tier: high, from_day: 20, to_day: 200}",
    "policies.waiting_list_initiative={sessions_a_week: 2, stage: therapy, wait_over_days: 20,"
    " from_day: 40, to_day: 250}",
    "policies.mutual_aid={sessions_a_week: 3, wait_over_days: 15, from_day: 20, to_day: 220, lends_hours_per_week: 4.0,"
    " lends_role: therapist, lends_from_day: 60, lends_to_day: 300}",
    "policies.guided_self_help={offered_share: 0.9, taken_up_share: 0.8, checks: 2, enough_share: 0.3, from_day: 10}",
    "policies.evening_clinics={share: 0.9, from_day: 30, to_day: 330}",
    "policies.remote={assessment_share: 0.6, therapy_share: 0.4, minutes_times: 0.9, missed_times: 0.8,"
    " uptake_times_shift_workers: 1.3, from_day: 60, to_day: 300}",
    "demand.barriers.evenings.relative_uptake=1.5",
)
"""Every policy at once."""


GOLDEN: dict[str, tuple[str, ...]] = {
    # Scenarios.
    "baseline": (YEAR, "run.opening.run_in_days=365"),
    "care_homes_only": ("scenario=care_homes_only",),
    "funding_cut": ("scenario=funding_cut", "changes.cut.from_day=60", YEAR),
    "growing_demand": ("scenario=growing_demand", YEAR),
    "improved_reach": ("scenario=improved_reach",),
    "incident_during_backlog": ("scenario=incident_during_backlog",),
    "major_incident": ("scenario=major_incident", YEAR),
    "national": ("scenario=national", "hubs.count=4"),
    "pandemic_wave": ("scenario=pandemic_wave", YEAR),
    "recruitment_freeze": ("scenario=recruitment_freeze", "staffing.recruitment.turnover_per_year=1.0", YEAR),
    # Staffing models.
    "group_first": ("staffing=group_first", YEAR),
    "mixed_skill": ("staffing=mixed_skill", YEAR),
    "navigation_only": ("staffing=navigation_only", YEAR),
    "stepped_care": ("staffing=stepped_care", YEAR),
    "surge_agency": ("staffing=surge_agency", YEAR),
    "surge_agency_major_incident": ("staffing=surge_agency", "scenario=major_incident", YEAR),
    "group_first_national": ("staffing=group_first", "scenario=national", "hubs.count=3"),
    "stepped_care_backlog": ("staffing=stepped_care", BACKLOG),
    "navigation_only_growing": ("staffing=navigation_only", "scenario=growing_demand"),
    "mixed_skill_cut": ("staffing=mixed_skill", "scenario=funding_cut", "changes.cut.from_day=0"),
    # Opening positions.
    "empty": (EMPTY, YEAR),
    "backlog": (BACKLOG, YEAR),
    "long_lists": (
        BACKLOG,
        "run.opening.backlog={screening_review: {people: 60, mean_wait_days: 9},"
        " assessment: {people: 400, mean_wait_days: 80}, therapy: {people: 300, mean_wait_days: 120},"
        " caseload: {people: 90, mean_sessions_left: 6}}",
    ),
    "no_run_in": ("run.opening.run_in_days=0",),
    "launch": (EMPTY, "demand.launch_ramp_days=120"),
    # Lists and how people are reached.
    "first_come": ("pathway.lists.policy=first_come", "demand.multiplier=1.5"),
    "by_need": ("pathway.lists.policy=by_need", "demand.multiplier=1.5"),
    "no_notice": ("pathway.lists.notice_days=0",),
    "long_notice": ("pathway.lists.notice_days=45",),
    "nobody_reachable": ("pathway.lists.unreachable_share=1.0",),
    "everybody_reachable": ("pathway.lists.unreachable_share=0.0", "pathway.lists.contact_attempts=1"),
    "impatient": tuple(f"pathway.patience.{name}_leave_per_week=0.3" for name in ("assessment", "therapy", "group")),
    "patient": tuple(f"pathway.patience.{name}_leave_per_week=0.0" for name in ("assessment", "therapy", "group")),
    # Screening.
    "itq": ("screening=itq",),
    "nobody_screens": ("screening.completed_share=0.0", "screening.completed_after_reminder_share=0.0"),
    "phone_screening": ("screening.not_completed=phone", "screening.completed_share=0.4"),
    "all_at_risk": ("screening.risk_flag_share=1.0",),
    "no_risk": ("screening.risk_flag_share=0.0",),
    # Attendance.
    "nobody_attends": attendance(1.0, 0.0),
    "everything_cancelled": attendance(0.0, 1.0),
    "everybody_attends": attendance(0.0, 0.0),
    "half_missed": (*attendance(0.4, 0.3), "pathway.attendance.assessment_misses_allowed=4"),
    "drop_outs": ("pathway.attendance.drop_out_share=1.0",),
    "no_evenings": ("pathway.attendance.in_hours_accepted_share=0.0", f"{THERAPIST}.out_of_hours_share=0.0"),
    # Therapy, groups and navigation.
    "all_groups": outcomes("{group: 1.0, advice: 0.0, hub_therapy: 0.0, onward: 0.0, therapy_and_onward: 0.0}"),
    "small_groups": ("pathway.groups={min_size: 1, max_size: 2, max_wait_days: 10}",),
    "all_onward": outcomes(NO_THERAPY),
    "therapy_and_onward": outcomes(
        "{therapy_and_onward: 1.0, advice: 0.0, hub_therapy: 0.0, group: 0.0, onward: 0.0}"
    ),
    "all_bounce_back": (
        *outcomes(NO_THERAPY),
        "pathway.navigation.accepted_share=0.0",
        "pathway.navigation.bounced_back_share=1.0",
    ),
    "daily_check_ins": ("pathway.check_in.every_days=1", "pathway.check_in.minutes=5"),
    "no_check_ins": ("pathway.check_in.every_days=0",),
    "re_referral": ("pathway.re_referral={share: 0.9, mean_delay_days: 20}", YEAR),
    "no_re_referral": ("pathway.re_referral.share=0.0",),
    "first_step": ("+staffing.first_step.trauma_focused={starts_with: group, step_up_share: 0.6}", YEAR),
    # Staff.
    "nobody_works": NOBODY,
    "few_staff": (*FEW_STAFF, YEAR),
    "sickness": ("staffing.absence.sickness.absence_share=0.35", "staffing.absence.handover_after_days=5"),
    "turnover": ("staffing.recruitment.turnover_per_year=3.0", "staffing.recruitment.lead_median_weeks=3", YEAR),
    "no_caseload": (f"{THERAPIST}.caseload_cap_per_wte=0", f"{SENIOR}.caseload_cap_per_wte=1"),
    # Policies.
    "every_policy": (*POLICIES, YEAR, "staffing.recruitment.turnover_per_year=1.0", "demand.multiplier=1.5"),
    # Demand.
    "no_demand": ("demand.multiplier=0.0", "pathway.team_support.requests_per_month=0"),
    "ten_times_the_demand": ("demand.multiplier=10",),
    "real_referrals": (f"demand.referrals_csv={REAL_REFERRALS}", "run.start_date='2022-04-01'", EMPTY),
    # Horizons and what is drawn.
    "one_week": ("run.horizon_days=7", EMPTY),
    "drawn_future": (
        "uncertainty=futures",
        "scenario=major_incident",
        "staffing=surge_agency",
        "incident.manchester_arena.day=20",
        "staffing.recruitment.turnover_per_year=3.0",
    ),
    "drawn_parameters": ("uncertainty=psa", "run.seed=7", "scenario=incident_during_backlog"),
}  # fmt: skip
