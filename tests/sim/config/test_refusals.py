"""A wrong configuration is refused before anything runs: where, what was given and what would be right."""

import math

import pytest

pytestmark = pytest.mark.unit

LINE = {"band": "7", "wte": 1.0, "kind": "substantive", "pay_point": "mid"}
CAMPAIGN = {
    "kind": "campaign",
    "from_day": 10,
    "to_day": 100,
    "target": {},
    "uptake_multiplier": 1.5,
    "decay_days": 30,
    "need_odds_ratio": 1.0,
    "cost_gbp": 0,
    "staff_hours_per_week": 0,
}
INCIDENT = {
    "day": 100,
    "exposed": {"present": {"persons": {"ambulance": 100}, "take_up_share": 0.2, "severity_shift_sd": 0.5}},
    "delay": {"early_share": 1.0, "early_mean_days": 30, "pulses": [], "tail_share": 0.0, "tail_mean_days": 150},
}
GROUPS = "nhs_hospital_community, nhs_primary_care, ambulance, care_homes, social_care_other, police_fire"
MODALITIES = "cbt, trauma_focused, guided_self_help"
COURSE = "pathway.modalities.cbt"
SENIOR = "staffing.roles.senior_clinician"
THERAPIST = "staffing.roles.therapist"
A_DAY = "must be a date, as 2022-04-01, or a whole number of days from run.start_date"
OUTCOME = "pathway.assessment.outcome_share"

NUMBERS = [
    ("demand.multiplier", math.nan, "got nan; must be a finite number"),
    ("demand.multiplier", math.inf, "got inf; must be a finite number"),
    ("demand.multiplier", -0.1, "got -0.1; must be 0.0 or more"),
    ("demand.multiplier", True, "got True; must be a number"),
    ("demand.multiplier", "2", "got '2'; must be a number: take the quotes off"),
    ("demand.multiplier", "1,000", "got '1,000'; must be a number: write 1000"),
    ("demand.multiplier", "1,200.5", "got '1,200.5'; must be a number: write 1200.5"),
    ("demand.multiplier", "0,5", "got '0,5'; must be a number: write 0.5"),
    ("demand.multiplier", "1.2;", "got '1.2;'; must be a number: write 1.2"),
    ("demand.multiplier", "£5", "got '£5'; must be a number: write 5"),
    ("run.horizon_days", "0120", "got '0120'; must be a whole number: write 120"),
    ("demand.multiplier", "a lot", "got 'a lot'; must be a number"),
    ("standards.referred_from_day", "2022-02-30", f"got '2022-02-30'; {A_DAY}"),
    ("standards.referred_from_day", "01/04/2022", f"got '01/04/2022'; {A_DAY}"),
    ("standards.referred_from_day", "soon", f"got 'soon'; {A_DAY}"),
    ("demand.multiplier", None, "got None; must be a number"),
    ("demand.growth_per_year", -1.0, "got -1.0; must be more than -1.0"),
    ("demand.dispersion_ratio", 0.9, "got 0.9; must be 1.0 or more"),
    ("demand.season_index.3", -1.0, "got -1.0; must be 0.0 or more"),
    ("demand.uptake_per_person_year.ambulance", math.nan, "got nan; must be a finite number"),
    ("population.staff_groups.ambulance.headcount", 2374.5, "got 2374.5; must be a whole number"),
    ("population.staff_groups.ambulance.headcount", -1, "got -1; must be 0 or more"),
    ("population.staff_groups.ambulance.shift_worker_share", 1.01, "got 1.01; must be 1.0 or less"),
    ("screening.measures.gad7.positive_share", 1.0, "got 1.0; must be less than 1.0"),
    ("screening.risk_flag_share", -0.01, "got -0.01; must be 0.0 or more"),
    (f"{OUTCOME}.high.advice", 1.2, "got 1.2; must be 1.0 or less"),
    (f"{COURSE}.sessions_most", 65, "got 65; must be 64 or less"),
    (f"{COURSE}.first_minutes", 90.5, "got 90.5; must be a whole number"),
    ("pathway.attendance.drop_out_share", math.nan, "got nan; must be a finite number"),
    (f"{SENIOR}.lines.senior.wte", -1, "got -1; must be 0.0 or more"),
    (f"{SENIOR}.lines.senior.wte", True, "got True; must be a number"),
    (f"{SENIOR}.client_facing_hours_per_week", 0, "got 0; must be more than 0.0"),
    ("staffing.absence.sickness.absence_share", 0.95, "got 0.95; must be 0.9 or less"),
    ("staffing.recruitment.turnover_per_year", math.inf, "got inf; must be a finite number"),
    ("staffing.recruitment.lead_median_weeks", 0, "got 0; must be more than 0.0"),
    ("costs.overhead_share", -0.2, "got -0.2; must be 0.0 or more"),
    ("standards.stages.assessment.days", 0, "got 0; must be 1 or more"),
    ("standards.referred_from_day", 1.5, f"got 1.5; {A_DAY}"),
    ("standards.stages.assessment.share", 80, "got 80; must be 1.0 or less: 80 % is written 0.8"),
    ("run.replications", 0, "got 0; must be 1 or more"),
    ("run.replications", 2.5, "got 2.5; must be a whole number"),
    ("run.horizon_days", 6, "got 6; must be 7 or more"),
    ("run.seed", -1, "got -1; must be 0 or more"),
    ("hubs.size_cv", 0, "got 0; must be more than 0.0"),
]
NAMES_AND_CHOICES = [
    ("scenario", "", "got ''; must not be empty"),
    ("run.start_date", "01/04/2021", "got '01/04/2021'; must be a date written YYYY-MM-DD"),
    ("run.start_date", "2021-02-29", "got '2021-02-29'; must be a date written YYYY-MM-DD"),
    ("run.opening.mode", "warm", "got 'warm'; must be 'empty', 'backlog' or 'run_in'"),
    ("run.keep", 3, "got 3; must be a list"),
    ("run.profile", "maybe", "got 'maybe'; must be true or false"),
    ("pathway.lists.policy", "lottery", "got 'lottery'; must be 'first_come', 'by_need' or 'by_need_with_ageing'"),
    (f"{THERAPIST}.modalities", ["emdr"], f"got 'emdr'; must be one of {MODALITIES}"),
    ("population.staff_groups.care_homes", None, "got None; must be a mapping of names to values"),
    ("population.staff_groups", {}, "got {}; must hold at least 1"),
    ("costs.price_year", 2021, "got 2021; must be text"),
]
ROWS_AND_ORDERS = [
    (
        {f"{OUTCOME}.high": {"advice": 0.36, "hub_therapy": 0.3, "group": 0.12, "onward": 0.32}},
        f"{OUTCOME}.high: got shares that add up to 1.1; must add up to 1",
    ),
    (
        {"population.staff_groups.ambulance.gender": {"women": 0.45, "men": 0.54}},
        "population.staff_groups.ambulance.gender: got shares that add up to 0.99; must add up to 1",
    ),
    (
        {
            "staffing.roles.coordinator.job_plan": {
                "screening_review": {"share": 0.7, "flexes": True},
                "check_in": {"share": 0.2, "flexes": True},
            }
        },
        "staffing.roles.coordinator.job_plan: got shares that add up to 0.9; must add up to 1",
    ),
    (
        {"pathway.modality_share.high_ptsd": {"cbt": 0.5, "trauma_focused": 0.3, "guided_self_help": 0.1}},
        "pathway.modality_share.high_ptsd: got shares that add up to 0.9; must add up to 1",
    ),
    (
        {"pathway.modality_share.high_ptsd": {"emdr": 1.0}},
        "pathway.modality_share.high_ptsd: got 'emdr'; must be one of cbt, trauma_focused, guided_self_help",
    ),
    (
        {"costs.pay_gbp_per_year.7": {"entry": 40000, "mid": 50000, "top": 45000}},
        "costs.pay_gbp_per_year.7.mid: got 50000; must lie between entry 40000 and top 45000",
    ),
    (
        {"pathway.assessment.contact": {"mean_minutes": 75, "sigma": 0.2, "low_minutes": 80, "high_minutes": 90}},
        "pathway.assessment.contact.mean_minutes: got 75; must lie between low_minutes 80 and high_minutes 90",
    ),
    (
        {f"{COURSE}.sessions_mean": 21, f"{COURSE}.sessions_most": 20},
        f"{COURSE}.sessions_mean: got 21; must be at most sessions_most 20",
    ),
    (
        {"pathway.groups.min_size": 11, "pathway.groups.max_size": 10},
        "pathway.groups.min_size: got 11; must be at most max_size 10",
    ),
    (
        {"pathway.follow_up.from_days": 244, "pathway.follow_up.to_days": 244},
        "pathway.follow_up.from_days: got 244; must be below to_days 244",
    ),
    (
        {"changes": {"roadshow": CAMPAIGN | {"to_day": 10}}},
        "changes.roadshow.to_day: got 10; must be after from_day 10",
    ),
    (
        {"staffing.roles.therapist.lines.locum": LINE | {"from_day": 90, "to_day": 30}},
        "staffing.roles.therapist.lines.locum.to_day: got 30; must be after from_day 90",
    ),
    (
        {"screening.measures.gad7.cut_off": 22, "screening.measures.gad7.max_score": 21},
        "screening.measures.gad7.cut_off: got 22; must be at most max_score 21",
    ),
    (
        {"screening.completed_share": 0.9, "screening.completed_after_reminder_share": 0.2},
        "screening.completed_after_reminder_share: got 0.2; must be at most 1 together with completed_share 0.9",
    ),
    (
        {"screening.correlations.0.1": 0.7, "screening.correlations.1.0": 0.6},
        "screening.correlations[0][1]: got 0.7; must equal correlations[1][0], 0.6",
    ),
    ({"screening.correlations.2.2": 0.9}, "screening.correlations[2][2]: got 0.9; must be 1"),
    ({"screening.correlations": [[1.0]]}, "screening.correlations: got rows of 1; must be 5 rows of 5"),
    (
        {"incident": {"fire": INCIDENT | {"delay": INCIDENT["delay"] | {"early_share": 0.5}}}},
        "incident.fire.delay: got shares that add up to 0.5; "
        "early_share, tail_share and the pulses' shares must add up to 1",
    ),
    (
        {"staffing.hours_per_week": 30, "staffing.roles.coordinator.client_facing_hours_per_week": 31},
        "staffing.roles.coordinator.client_facing_hours_per_week: got 31; must be at most staffing.hours_per_week 30",
    ),
    (
        {"demand.weekday_share": {"monday": 0.5, "tuesday": 0.5}},
        "demand.weekday_share: got monday, tuesday; "
        "must be exactly monday, tuesday, wednesday, thursday, friday, saturday, sunday, in this order",
    ),
]
UNKNOWN_KEYS = [
    ("demand.weekday_shares", "did you mean demand.weekday_share?"),
    ("run.replicatons", "did you mean run.replications?"),
    (f"{SENIOR}.lines.senior.wtes", f"did you mean {SENIOR}.lines.senior.wte?"),
    (f"{COURSE}.session_mean", f"did you mean {COURSE}.sessions_mean?"),
    ("hubs.xyz", "the keys here are count, size_cv, staffing_follows_size"),
]
UPTAKE = "demand.uptake_per_person_year"
ACROSS_PARTS = [
    (
        "demand.uptake_per_person_year.nurses",
        0.01,
        f"{UPTAKE}.nurses: got 0.01, but the population has no such staff group; choose from {GROUPS}",
    ),
    (
        "demand.relative_uptake.gender",
        {"women": 1.0},
        "demand.relative_uptake.gender.men: missing; give it a value",
    ),
    (
        "changes",
        {"roadshow": CAMPAIGN | {"target": {"ethnicities": ["martian"]}}},
        "changes.roadshow.target.ethnicities: got 'martian'; "
        "must be one of white_british, white_other, minority_ethnic",
    ),
    (
        "incident",
        {"fire": INCIDENT | {"exposed": {"present": INCIDENT["exposed"]["present"] | {"persons": {"bakers": 5}}}}},
        f"incident.fire.exposed.present.persons: got 'bakers'; must be one of {GROUPS}",
    ),
    (
        "incident",
        {"fire": INCIDENT | {"day": 40_000}},
        "incident.fire.day: got 40000; must lie within the run, -365 to 1095",
    ),
    (
        "population.reference.staff_group",
        "doctors",
        f"population.reference.staff_group: got 'doctors'; must be one of {GROUPS}",
    ),
    (
        f"{COURSE}.steps_up_to",
        "emdr",
        "pathway.modalities.cbt.steps_up_to: got 'emdr'; must be null or one of trauma_focused, guided_self_help",
    ),
    (
        "staffing.roles.navigator.lines",
        {},
        "staffing.roles.navigator.lines: empty, but the pathway needs navigation; add a line",
    ),
    (
        "population.staff_groups.care_homes.stream_key",
        "ambulance",
        "population.staff_groups.care_homes.stream_key: got 'ambulance'; ambulance has it; each needs its own",
    ),
    (
        f"{SENIOR}.stream_key",
        "therapist",
        f"{SENIOR}.stream_key: got 'therapist'; therapist has it; each needs its own",
    ),
    ("run.jobs", 0, "run.jobs: got 0; must be 1 or more, or -1 for all cores"),
    ("run.start_date", "1066-10-14", "run.start_date: got 1066-10-14; must lie between 1950 and 2100"),
    (
        "run.start_date",
        "2099-06-01",
        "run.horizon_days: got 1096; the last day would be 2102-06-01,"
        " and bank holidays are known until 2100: shorten it",
    ),
    (
        "pathway.attendance.assessment",
        {"missed_share": 0.7, "cancelled_share": 0.4},
        "pathway.attendance.assessment.cancelled_share: got 0.4; must be at most 1 together with missed_share 0.7",
    ),
    (
        f"{THERAPIST}.modalities",
        [],
        f"{THERAPIST}.modalities: got none; a role whose job plan has therapy needs at least one",
    ),
    (
        f"{OUTCOME}.high",
        {"advice": 0.5, "exile": 0.5},
        f"{OUTCOME}.high: got 'exile'; must be one of advice, hub_therapy, group, onward, therapy_and_onward",
    ),
    (
        "population.staff_groups.care_homes.gender",
        {"women": 0.8, "men": 0.1, "other": 0.1},
        "population.staff_groups.care_homes.gender: got women, men, other; "
        "must be women, men, as in nhs_hospital_community",
    ),
    (
        "changes",
        {"cut": {"kind": "funding", "from_day": 5, "funded_shar": 0.5}},
        "changes.cut.funded_shar: got 0.5; there is no such key: did you mean changes.cut.funded_share?",
    ),
    (
        "changes",
        {"freeze": {"kind": "freeze", "from_day": 5, "to_day": 5}},
        "changes.freeze.to_day: got 5; must be after from_day 5",
    ),
    (
        "staffing.first_step",
        {"cbt": {"starts_with": "cbt", "step_up_share": 0.5}},
        "staffing.first_step.cbt.starts_with: got 'cbt'; must be one of group, trauma_focused, guided_self_help",
    ),
]


@pytest.mark.parametrize(("path", "value", "message"), NUMBERS)
def test_an_impossible_number_is_named_with_what_would_be_right(refusal, path, value, message):
    assert f"{path}: {message}" in refusal(**{path: value})


@pytest.mark.parametrize(("path", "value", "message"), NAMES_AND_CHOICES)
def test_an_impossible_word_is_named_with_what_would_be_right(refusal, path, value, message):
    assert f"{path}: {message}" in refusal(**{path: value})


@pytest.mark.parametrize(("changes", "message"), ROWS_AND_ORDERS)
def test_numbers_that_contradict_each_other_are_refused(refusal, changes, message):
    assert refusal(**changes) == [message]


@pytest.mark.parametrize(("path", "remedy"), UNKNOWN_KEYS)
def test_an_unknown_key_is_refused_with_the_nearest_known_one_as_it_has_to_be_written(refusal, path, remedy):
    assert refusal(**{path: 1}) == [f"{path}: got 1; there is no such key: {remedy}"]


@pytest.mark.parametrize(("path", "value", "message"), ACROSS_PARTS)
def test_parts_that_contradict_each_other_are_refused(refusal, path, value, message):
    assert message in refusal(**{path: value})


def test_correlations_that_cannot_hold_together_are_refused(refusal):
    # Anxiety goes with depression and depression with trauma, but anxiety never with trauma.
    rows = [[float(i == j) for j in range(5)] for i in range(5)]
    for i, j, together in ((0, 1, 0.9), (1, 2, 0.9), (0, 2, -0.9)):
        rows[i][j] = rows[j][i] = together
    (line,) = refusal(**{"screening.correlations": rows})
    assert line.startswith("screening.correlations: got values that are not possible together (smallest eigenvalue -")


def test_a_missing_value_is_named(refusal, removed):
    lines = refusal(**{"pathway.lists.notice_days": removed})
    assert lines == ["pathway.lists.notice_days: missing; give it a value"]


def test_more_people_than_memory_holds_are_refused(refusal):
    (line,) = refusal(
        **{
            "population.staff_groups.nhs_hospital_community.headcount": 10_000_000,
            "demand.uptake_per_person_year.nhs_hospital_community": 1.0,
        }
    )
    assert line.startswith("demand: got 10,000,")
    assert line.endswith("at most 2,000,000 are possible: lower the uptake, the headcount or run.horizon_days")


def test_work_that_is_in_nobodys_job_plan_is_refused(refusal):
    plan = {"screening_review": {"share": 1.0, "flexes": True}}
    lines = refusal(
        **{
            "staffing.roles.navigator.job_plan": plan,
            "staffing.roles.coordinator.job_plan": plan,
        }
    )
    assert "staffing.roles: no job plan has navigation, which the pathway needs; add it to a role" in lines
    assert "staffing.roles: no job plan has check_in, which the pathway needs; add it to a role" in lines


def test_work_that_the_pathway_does_not_ask_for_needs_nobody(hub_config):
    plan = {"screening_review": {"share": 1.0, "flexes": True}}
    config = hub_config(
        **{
            "staffing.roles.navigator.job_plan": plan,
            "staffing.roles.coordinator.job_plan": plan,
            "staffing.reroute": {"onward": "advice", "therapy_and_onward": "hub_therapy"},
            "pathway.check_in.every_days": 0,
            "pathway.administration.minutes": 0,
        }
    )
    assert "navigation" not in config.staffing.roles["navigator"].job_plan


def test_a_therapy_that_nobody_gives_is_refused(refusal):
    lines = refusal(**{f"{SENIOR}.modalities": ["cbt"]})
    assert lines == [
        "staffing.roles: nobody gives trauma_focused, which pathway.modalities needs; add it to a role's modalities"
    ]


def test_a_role_without_wte_is_allowed(hub_config):
    assert hub_config(**{"staffing.roles.navigator.lines.navigator.wte": 0}).staffing.roles["navigator"].wte == 0


def test_all_problems_are_told_at_once_but_at_most_five(refusal):
    two = refusal(**{"demand.multiplier": -1, "run.seed": -1})
    assert [line.partition(":")[0] for line in two] == ["demand.multiplier", "run.seed"]
    many = refusal(**{"demand.season_index": [-1] * 13})
    assert len(many) == 6
    assert many[-1] == "... and 8 more problems"


def test_a_long_unknown_key_among_many_is_still_one_short_line(refusal):
    [line] = refusal(**{f"costs.{'ab' * 40}": 1})
    assert len(line) <= 300 and "the keys here are price_year, " in line and line.endswith(" and more")
