"""What any configuration must respect: limits of capacity, staff, demand and attendance; equal plans; Little's law."""

import numpy as np
import pytest
from small_hub import configure, differing

from sim.calendar import MINUTES_PER_DAY, OPENING_MINUTE, working_days
from sim.config import validate
from sim.measures import count_measures
from sim.measures.audit import audit
from sim.run.experiment import simulate
from sim.run.replicate import replicate, simulate_hub
from sim.service.codes import NOT_YET
from sim.service.enums import Activity, Ending, Modality, Result

pytestmark = pytest.mark.integration

SHORT = {"run.horizon_days": 400, "run.opening.run_in_days": 120}
NOBODY_AWAY = {
    "staffing.absence.annual_leave_days": 0,
    "staffing.absence.study_days": 0,
    "staffing.absence.sickness.absence_share": 0.0,
    "staffing.recruitment.turnover_per_year": 0.0,
}


def everybody(missed_share):
    kinds = ("assessment", "therapy_first", "therapy_next", "group")
    odds = {"missed_share": missed_share, "cancelled_share": 0.0}
    return {f"pathway.attendance.{kind}": odds for kind in kinds}


def with_staff(factor, roles=None):
    """Return settings that multiply the WTE of every line (of some roles)."""
    found = configure({}).staffing.roles
    return {
        f"staffing.roles.{role}.lines.{line}.wte": found[role].lines[line].wte * factor
        for role in (roles or found)
        for line in found[role].lines
    }


def time_kept():
    """Return settings in which every activity keeps its unused time instead of passing it on day by day."""
    roles = configure({}).staffing.roles.items()
    return {f"staffing.roles.{name}.job_plan.{activity}.flexes": False for name, r in roles for activity in r.job_plan}


def history_of(settings, replication=0):
    return simulate_hub(configure(settings), replication, 0)[0]


def figures(history):
    """Return every measure by (measure, stage, dimension, group), as text so that no number equals itself."""
    return {row[:4]: repr(row[4:]) for row in count_measures(history)}


def value(history, measure, stage="", dimension="all", group="all"):
    (found,) = [row.value for row in count_measures(history) if row[:4] == (measure, stage, dimension, group)]
    return found


def agreeing(one, other):
    """Return how many figures of two runs are equal to the bit, of how many."""
    return sum(one.get(key) == other.get(key) for key in one | other), len(one | other)


@pytest.mark.parametrize("replication", range(3))
def test_the_mean_list_times_the_horizon_is_the_time_waited(verdicts, replication):
    history = history_of({}, replication)
    horizon = history.horizon
    for stage, stays in history.stays.items():
        moments = np.concatenate([stays.joined, stays.left])
        change = np.repeat([1, -1], len(stays.joined))
        order = np.argsort(moments, kind="stable")
        moments, length = np.clip(moments[order], 0, horizon), np.cumsum(change[order])
        area = int((length[:-1] * np.diff(moments)).sum())
        mean = value(history, "queue_mean", stage)
        waited = (np.clip(stays.left, 0, horizon) - np.clip(stays.joined, 0, horizon)).sum()
        case = f"Little's law, default Hub, replication {replication}"
        assert area == waited
        days = waited / MINUTES_PER_DAY
        verdicts.of_figure(case, f"{stage}: mean list × horizon, days waited", days, mean * history.horizon_days, 1e-9)


def test_without_a_limit_of_capacity_only_administrative_delay_remains(verdicts):
    history = history_of(
        SHORT
        | NOBODY_AWAY
        | everybody(missed_share=0.0)
        | with_staff(60.0)
        | time_kept()
        | {
            "run.opening.mode": "empty",
            # The length of a day is a limit of capacity, too: none may be full, so nobody saves up more than three.
            "staffing.working_day_minutes": 900,
            "staffing.balance_cap_weeks": 0.6,
            "pathway.attendance.in_hours_accepted_share": 1.0,
            "pathway.check_in.every_days": 0,
            "pathway.administration.minutes": 0,
        }
    )
    config = history.config
    is_open = working_days(config.run.start_date, 0, 800, config.staffing.absence.bank_holidays)
    opens = np.flatnonzero(is_open)
    opening = opens * MINUTES_PER_DAY + OPENING_MINUTE
    notice, last = config.pathway.lists.notice_days, history.horizon - 40 * MINUTES_PER_DAY

    def next_opening(minute):
        return opening[np.searchsorted(opening, minute)]

    def day_of_appointment(booked):
        return opens[np.searchsorted(opens, booked // MINUTES_PER_DAY + notice)]

    def check(quantity, counted, happened, expected):
        verdicts.of_all(
            "no limit of capacity", quantity, "all", int((happened == expected)[counted].sum()), counted.sum()
        )

    # Posts need some days until their minutes suffice for the longest assessment.
    started = history.at("referred") > 14 * MINUTES_PER_DAY
    screened, reviewed, booked = history.at("screened"), history.at("reviewed"), history.at("booked")
    counted = started & (screened != NOT_YET) & (screened < last)
    check("people reviewed on the next working day", counted, reviewed // 1440, next_opening(screened) // 1440)
    left = history.left_list("assessment")
    joined = history.at("assessment_joined")
    counted = started & (joined != NOT_YET) & (joined < last)
    assert (left[counted & (left != NOT_YET)] <= next_opening(joined)[counted & (left != NOT_YET)]).all()
    counted &= left == NOT_YET
    check("people booked for assessment at the next opening", counted, booked, next_opening(joined))
    check("people assessed after the notice alone", counted, history.at("assessed") // 1440, day_of_appointment(booked))
    joined, booked = history.at("therapy_joined"), history.at("therapy_booked")
    alone = history.record.journeys.modality != Modality.GROUP
    counted = started & alone & (joined != NOT_YET) & (joined < last) & (history.left_list("therapy") == NOT_YET)
    check("people booked for therapy at the next opening", counted, booked, next_opening(joined))
    first = history.at("therapy_first") // 1440
    check("first sessions after the notice alone", counted, first, day_of_appointment(booked))


def test_without_staff_nobody_is_seen_and_the_patient_wait(verdicts):
    history = history_of(SHORT | with_staff(0.0))
    assert audit(history)
    assert not len(history.work_case)
    # Nobody reviews who refers, so only those whom the Hub opens with are on the list for assessment.
    opened = history.cohort.opening[history.client] >= 0
    joined = history.at("assessment_joined")
    assert np.array_equal(opened, joined != NOT_YET)
    waits, unscreened = history.at("closed") == NOT_YET, history.ended == Ending.NOT_SCREENED
    verdicts.of_all("no staff", "referred, unseen", "all", int((waits | unscreened)[~opened].sum()), (~opened).sum())
    patient = joined + history.drawn("patience_assessment") >= history.horizon
    gave_up = history.ended == Ending.LEFT_ASSESSMENT_LIST
    as_patient = np.where(patient, waits, gave_up)[opened]
    verdicts.of_all("no staff", "on the first list, as patient as drawn", "all", int(as_patient.sum()), opened.sum())


def test_without_assessors_everybody_on_the_list_leaves_when_patience_ends(verdicts):
    quick = {"pathway.patience.assessment_leave_per_week": 0.3}
    history = history_of(SHORT | quick | with_staff(0.0, roles=("senior_clinician",)))
    assert value(history, "assessed") == 0
    joined, left = history.at("assessment_joined"), history.left_list("assessment")
    on_list = joined != NOT_YET
    gives_up = joined + history.drawn("patience_assessment")
    expected = np.where(gives_up < history.horizon, gives_up, NOT_YET)
    agree = (left == expected)[on_list]
    assert (left[on_list] != NOT_YET).mean() > 0.9
    verdicts.of_all(
        "no assessors", "people who leave at their own moment, or wait", "all", int(agree.sum()), agree.size
    )


def test_without_demand_a_hub_costs_the_same_and_does_nothing(verdicts):
    nothing = {"demand.multiplier": 0.0, "pathway.team_support.requests_per_month": 0.0}
    busy, idle = history_of(SHORT), history_of(SHORT | nothing)
    assert audit(idle)
    assert len(idle.client) == 0
    assert not len(idle.work_case)
    assert value(idle, "referrals") == value(idle, "supported") == value(idle, "utilisation") == 0
    cost = value(busy, "cost_total_gbp")
    assert cost > 0
    verdicts.of_figure("no demand", "cost, GBP", cost, value(idle, "cost_total_gbp"), 0.0)


def test_when_nobody_attends_nobody_is_assessed_or_completes(verdicts):
    history = history_of(SHORT | everybody(missed_share=1.0))
    assert audit(history)
    assert value(history, "assessed") == value(history, "therapy_completed") == value(history, "sessions_attended") == 0
    visits = history.work_result[history.work_activity == Activity.ASSESSMENT]
    verdicts.of_all("attendance 0", "assessments missed", "all", int((visits == Result.MISSED).sum()), len(visits))


def test_when_nobody_attends_therapy_nobody_completes_it(verdicts):
    therapy = {name: odds for name, odds in everybody(missed_share=1.0).items() if "assessment" not in name}
    history = history_of(SHORT | therapy)
    assert value(history, "assessed") > 0
    assert value(history, "therapy_completed") == value(history, "sessions_attended") == 0
    begun = history.at("therapy_booked") != NOT_YET
    ended = history.ended[begun & (history.at("closed") != NOT_YET)]
    gave_up = (Ending.LEFT_BETWEEN_CLINICIANS, Ending.LEFT_THERAPY_LIST, Ending.LEFT_GROUP_LIST)
    allowed = int(np.isin(ended, (Ending.MISSED_THERAPY, Ending.ADMINISTRATIVE, *gave_up)).sum())
    verdicts.of_all("attendance 0", "courses that end without completion", "all", allowed, len(ended))


PLANS_AFTER_THE_HORIZON = {
    "more staff": {
        "staffing.roles.coordinator.lines.later": {
            "band": "4", "wte": 2.0, "kind": "substantive", "pay_point": "mid", "from_day": 400,
        },
    },
    "more assessors": {
        "staffing.roles.senior_clinician.lines.later": {
            "band": "8a", "wte": 2.0, "kind": "agency", "pay_point": "mid", "from_day": 401,
        },
    },
    "staff who leave": {
        "staffing.roles.senior_clinician.lines.senior.to_day": 4000,
    },
    "outreach": {
        "changes.later": {
            "kind": "campaign", "from_day": 400, "to_day": 500, "target": {}, "uptake_multiplier": 3.0,
            "decay_days": 30.0, "need_odds_ratio": 2.0, "cost_gbp": 1000.0, "staff_hours_per_week": 5.0,
        },
    },
    "a wave": {"changes.later": {"kind": "wave", "from_day": 400, "to_day": 460, "uptake_multiplier": 4.0}},
}  # fmt: skip


@pytest.mark.parametrize("plan", PLANS_AFTER_THE_HORIZON)
def test_a_plan_that_starts_after_the_horizon_changes_nothing(verdicts, plan):
    base, later = history_of(SHORT), history_of(SHORT | PLANS_AFTER_THE_HORIZON[plan])
    assert not [name for name in differing(base.record, later.record) if name.startswith(("journeys", "stays"))]
    same, of = agreeing(figures(base), figures(later))
    verdicts.of_all("plan after the horizon", f"figures with {plan}", "equal to the bit", same, of)


def test_the_same_scenario_twice_differs_by_nothing_on_one_core_or_two(verdicts):
    settings = SHORT | {"run.replications": 4, "run.keep": ["journeys", "events", "cohort", "staff_days"]}
    alone = list(simulate(configure(settings | {"run.jobs": 1})))
    together = list(simulate(configure(settings | {"run.jobs": 2})))
    same = of = 0
    for one, other in zip(alone, together, strict=True):
        again = replicate(configure(settings), one.number)
        for name, table in one.tables.items():
            same += table.equals(other.tables[name]) + table.equals(again.tables[name])
            of += 2
    verdicts.of_all("identical scenarios", "tables over cores and repeats", "equal to the bit", same, of)


def relabelled(config, groups):
    """Return a container in which staff groups come in another order under other names, their keys kept."""
    container = config.model_dump(mode="json")
    names = {old: f"renamed_{number}" for number, old in enumerate(groups)}
    before = container["population"]["staff_groups"]
    container["population"]["staff_groups"] = {names[old]: before[old] | {"stream_key": old} for old in groups}
    reference = container["population"]["reference"]
    reference["staff_group"] = names[reference["staff_group"]]
    uptake = container["demand"]["uptake_per_person_year"]
    container["demand"]["uptake_per_person_year"] = {names[old]: uptake[old] for old in groups}
    for incident in container["incident"].values():
        for tier in incident["exposed"].values():
            tier["persons"] = {names[old]: number for old, number in tier["persons"].items()}
    return container, names


@pytest.mark.parametrize("mode", ["empty", "run_in", "backlog"])
def test_renaming_and_reordering_staff_groups_permutes_the_results(verdicts, mode):
    config = configure(SHORT | {"run.opening.mode": mode})
    container, names = relabelled(config, sorted(config.population.staff_groups)[::-1])
    base, other = (simulate_hub(c, 0, 0)[0] for c in (config, validate(container)))
    before = {(*key[:3], names.get(key[3], key[3])): figure for key, figure in figures(base).items()}
    same, of = agreeing(before, figures(other))
    verdicts.of_all("staff groups renamed and reordered", f"figures, opening {mode}", "permuted to the bit", same, of)
    assert np.array_equal(base.record.journeys.assessed, other.record.journeys.assessed)


MORE = [
    ("senior_clinician", "referral_to_assessment"),
    ("therapist", "referral_to_therapy"),
    ("assistant_psychologist", "referral_to_assessment"),
    ("coordinator", "referral_to_assessment"),
    ("navigator", "referral_to_therapy"),
]


@pytest.mark.parametrize(
    ("role", "stage", "replications"),
    [(*MORE[0], 30), *(pytest.param(*more, 60, marks=pytest.mark.heavy) for more in MORE)],
)
def test_more_staff_do_not_lower_attainment(verdicts, role, stage, replications):
    settings = SHORT | {"run.horizon_days": 300}
    if role == "assistant_psychologist":
        # Seniors who supervise one assistant more assess less, so in both arms assistants are supervised from outside.
        settings |= {f"staffing.roles.{role}.supervised_by": None}
    line = next(iter(configure({}).staffing.roles[role].lines))
    wte = configure({}).staffing.roles[role].lines[line].wte
    more = settings | {f"staffing.roles.{role}.lines.{line}.wte": wte + 1.0}
    gains = [
        value(history_of(more, n), "within_standard_share", stage)
        - value(history_of(settings, n), "within_standard_share", stage)
        for n in range(replications)
    ]
    verdicts.not_below("one WTE more", f"gain in {stage} within standard, {role}, {replications} runs", 0.0, gains)


def test_half_the_senior_clinicians_surely_lower_attainment(verdicts):
    # That more staff never do harm means something only if fewer are seen to.
    settings = SHORT | {"run.horizon_days": 300}
    half = settings | with_staff(0.5, roles=("senior_clinician",))
    lost = [
        value(history_of(settings, n), "within_standard_share", "referral_to_assessment")
        - value(history_of(half, n), "within_standard_share", "referral_to_assessment")
        for n in range(30)
    ]
    verdicts.above("half the senior clinicians", "loss in assessment within standard, 30 runs", 0.0, lost)
