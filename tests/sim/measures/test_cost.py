"""What the Hub costs: pay, on-costs, agency, overheads and what it comes to a person, worked out by hand."""

import pytest

from sim.measures.capacity import minutes_available
from sim.measures.cost import count_cost, ledger, yearly_cost
from sim.measures.rows import Rows

pytestmark = pytest.mark.unit

FOUR_YEARS = 1461  # days: four times 365.25
# Band 8a, middle: 50,172.50 a year; 13.8 % insurance above 8,840, 20.68 % pension and 0.5 % levy on all pay:
# 50,172.50 + 5,703.885 + 10,375.673 + 250.8625.
BAND_8A = 66_502.9205
# Band 7, middle, through an agency: 42,948 and 60 % on top, in place of on-costs.
AGENCY_7 = 68_716.80


def value(rows, measure, dimension="all", group="all"):
    found = [row for row in rows if (row.measure, row.dimension, row.group) == (measure, dimension, group)]
    assert len(found) == 1
    return found[0].value


def line(**changes):
    return {"line": {"band": "7", "wte": 1.0, "kind": "agency", "pay_point": "mid"} | changes}


@pytest.fixture(scope="module")
def config(paper):
    return paper.with_roles(
        paper.plain(FOUR_YEARS),
        senior_clinician=paper.role({"assessment": 1.0}, band="8a"),
        locum=paper.role({"therapy": 1.0}, lines=line()),
    )


@pytest.fixture(scope="module")
def history(paper, config):
    """Four years of a whole senior post, of half a post that was vacant for a year, and two years of a locum."""
    at = paper.at
    roster = [
        paper.post(config, "senior_clinician", {"assessment": 100}),
        # In post for a year (365 days), vacant for a year, in post again for 731 days.
        paper.post(config, "senior_clinician", {"assessment": 100}, wte=0.5, end=365, back=730),
        paper.post(config, "locum", {"therapy": 100}, first=731),
    ]
    ends = [{"closed": at(99), "ended": "completed"}, {"closed": at(99), "ended": "advised"}, {}, {}]
    cases = [{"referred": at(1), "screened": at(2)} | end for end in ends[:3]] + [{"referred": at(3)}]
    work = [(0, "assessment", at(7), 60, case, "attended") for case in (0, 1)]
    return paper.history(config, paper.people([at(1)] * 3 + [at(3)]), paper.told(FOUR_YEARS, cases, work=work), *roster)


@pytest.fixture(scope="module")
def rows(history):
    rows = Rows()
    count_cost(history, rows)
    return rows


# 4 years; half a post for 365 + 731 of 365.25 days a year; 730 days of agency; two people recruited at 3,000: the
# successor of the half post and the locum.
SENIORS = 4 * BAND_8A + 0.5 * BAND_8A * 1096 / 365.25
LOCUM = AGENCY_7 * 730 / 365.25
STAFF = SENIORS + LOCUM + 2 * 3000


def test_a_year_of_band_8a_is_pay_insurance_pension_and_levy(config):
    seniors = config.staffing.roles["senior_clinician"].lines["line"]
    assert yearly_cost(config.costs, seniors) == pytest.approx(BAND_8A, abs=1e-6)


def test_insurance_is_due_above_the_threshold_only(paper):
    # At a threshold above the pay: 50,172.50 x (1 + .2068 + .005).
    config = paper.plain(costs__on_costs__national_insurance_threshold_gbp_per_year=60_000.0)
    seniors = config.staffing.roles["senior_clinician"].lines["line"]
    assert yearly_cost(config.costs, seniors) == pytest.approx(50_172.5 * 1.2118)


@pytest.mark.parametrize(("kind", "a_year"), [("agency", AGENCY_7), ("bank", 42_948 * 1.4)])
def test_agency_and_bank_staff_cost_a_premium_in_place_of_on_costs(paper, kind, a_year):
    config = paper.with_roles(paper.plain(), locum=paper.role({"therapy": 1.0}, lines=line(kind=kind)))
    assert yearly_cost(config.costs, config.staffing.roles["locum"].lines["line"]) == pytest.approx(a_year)


@pytest.mark.parametrize("kind", ["substantive", "fixed_term", "secondment"])
def test_everybody_else_has_on_costs(paper, kind):
    config = paper.with_roles(paper.plain(), locum=paper.role({"therapy": 1.0}, lines=line(kind=kind)))
    # Band 7, middle: 42,948 x 1.2118 + .138 x (42,948 - 8,840).
    expected = 42_948 * 1.2118 + 0.138 * 34_108
    assert yearly_cost(config.costs, config.staffing.roles["locum"].lines["line"]) == pytest.approx(expected)


def test_pay_is_for_days_in_post_and_vacant_days_cost_nothing(rows):
    assert value(rows, "cost_pay_gbp") == pytest.approx(SENIORS)
    assert value(rows, "cost_agency_gbp") == pytest.approx(LOCUM)
    assert value(rows, "cost_recruitment_gbp") == 6000
    assert value(rows, "cost_staff_gbp", "role", "senior_clinician") == pytest.approx(SENIORS + 3000)


def test_overheads_and_running_costs_are_shares_of_staff_cost(rows):
    assert value(rows, "cost_overhead_gbp") == pytest.approx(0.20 * STAFF)
    assert value(rows, "cost_non_staff_gbp") == pytest.approx(0.15 * STAFF)
    assert value(rows, "cost_total_gbp") == pytest.approx(1.35 * STAFF)
    assert value(rows, "staff_cost_share") == pytest.approx(1 / 1.35)
    assert value(rows, "cost_per_year_gbp") == pytest.approx(1.35 * STAFF / 4)


def test_the_whole_cost_is_shared_by_the_people_of_each_kind(rows):
    # Four referrals, three screened, two seen, one completed.
    for measure, people in (("referral", 4), ("screened", 3), ("supported", 2), ("completed", 1)):
        assert value(rows, f"cost_per_{measure}_gbp") == pytest.approx(1.35 * STAFF / people)


def test_staff_cost_is_told_by_activity_and_the_rest_is_unused_time(rows):
    # The first senior used 120 of 1045 weekdays x 100 minutes (208 weeks and 5 days); nobody else did anything.
    spent = 4 * BAND_8A * 120 / 104_500
    assert value(rows, "cost_activity_gbp", "activity", "assessment") == pytest.approx(spent)
    assert value(rows, "cost_activity_gbp", "activity", "unused") == pytest.approx(STAFF - spent)


def test_care_elsewhere_is_shown_apart_and_never_added(rows):
    # 376 with what the Hub gives, 301; nobody had earlier concerns, who would cost 1.5 times as much and are 60 %.
    assert value(rows, "care_elsewhere_gbp", "care", "mental_health") == pytest.approx(3 * 75 / 1.3)
    assert value(rows, "care_elsewhere_gbp", "care", "other") == 3 * 138


def test_people_with_earlier_concerns_use_more_care_elsewhere_and_all_together_what_the_study_found(paper):
    # Of ten people six had concerns, as many as configured: together they use ten times 376 less 301.
    cohort = paper.people([0] * 10)
    cohort.covariates[:6, 0] = True
    rows = Rows()
    count_cost(paper.history(paper.plain(100), cohort, paper.told(100, [{"referred": 0, "screened": 1}] * 10)), rows)
    concern = ("prior_wellbeing_concern", "no_prior_wellbeing_concern")
    parts = [value(rows, "care_elsewhere_gbp", "mental_health", who) for who in concern]
    assert parts == pytest.approx([6 * 1.5 * 75 / 1.3, 4 * 75 / 1.3])
    assert value(rows, "care_elsewhere_gbp", "care", "mental_health") == pytest.approx(10 * 75)
    assert value(rows, "care_elsewhere_gbp", "care", "other") == 10 * 138


def test_setting_up_is_counted_when_asked_for_and_is_no_running_cost(paper):
    config = paper.plain(365, costs__set_up_counted=True)
    rows = Rows()
    count_cost(paper.history(config, paper.people([]), paper.told(365, [])), rows)
    assert (value(rows, "cost_setup_gbp"), value(rows, "cost_total_gbp")) == (120_000, 120_000)
    assert value(rows, "cost_per_year_gbp") == 0


def test_outreach_costs_the_part_of_the_campaign_that_lies_in_the_window(paper):
    # 40 days for 8,000, of which the first 10 are before day 0.
    campaign = {
        "kind": "campaign", "from_day": -10, "to_day": 30, "target": {}, "uptake_multiplier": 2.0,
        "decay_days": 10.0, "need_odds_ratio": 1.0, "cost_gbp": 8000.0, "staff_hours_per_week": 0.0,
    }  # fmt: skip
    history = paper.history(
        paper.plain(100, changes__posters=campaign), paper.people([]), paper.told(100, [])
    )  # fmt: skip
    assert ledger(history).outreach == pytest.approx(6000)


def test_without_people_there_is_cost_and_no_cost_a_person(paper, config):
    rows = Rows()
    senior = paper.post(config, "senior_clinician", {"assessment": 100})
    count_cost(paper.history(config, paper.people([]), paper.told(FOUR_YEARS, []), senior), rows)
    assert value(rows, "cost_total_gbp") == pytest.approx(1.35 * 4 * BAND_8A)
    assert value(rows, "cost_per_referral_gbp") != value(rows, "cost_per_referral_gbp")  # not a number


def test_a_group_costs_the_time_spent_on_its_people_for_each_of_its_referrals(history, rows):
    per_minute = 4 * BAND_8A / minutes_available(history)[0]  # both hours were worked by the first post
    assert value(rows, "cost_direct_per_referral_gbp") == pytest.approx(120 * per_minute / 4)
    by_gender = [row for row in rows if (row.measure, row.dimension) == ("cost_direct_per_referral_gbp", "gender")]
    assert sum(row.numerator for row in by_gender) == pytest.approx(120 * per_minute)


def test_prices_of_a_later_year_are_dearer_by_the_uplift_of_each_year_between(paper, config):
    costs = config.costs.model_copy(update={"uprated_to": "2023/24", "uplift_per_year": 0.03})
    locum, senior = (config.staffing.roles[role].lines["line"] for role in ("locum", "senior_clinician"))
    for one in (locum, senior):
        assert yearly_cost(costs, one) == pytest.approx(1.03**2 * yearly_cost(config.costs, one))
    assert costs.prices == "2023/24 prices (2021/22 uprated by 3% a year)"
    assert config.costs.uplift == 1.0 and config.costs.prices == "2021/22 prices"


def test_everything_that_is_paid_is_uprated_and_nothing_else_changes(hub_config):
    from sim.run.replicate import replicate

    short = {"run.horizon_days": 91, "run.opening.mode": "empty", "costs.set_up_counted": True}
    now, later = (
        replicate(hub_config(**short, **more), 0, ("measures",)).tables["measures"].to_pandas()
        for more in ({}, {"costs.uprated_to": "2022/23", "costs.uplift_per_year": 0.1})
    )
    in_pounds = now["measure"].astype(str).str.endswith("_gbp")
    assert in_pounds.sum() > 40
    assert later.loc[in_pounds, "value"].tolist() == pytest.approx(
        (1.1 * now.loc[in_pounds, "value"]).tolist(), nan_ok=True
    )
    assert later.loc[~in_pounds, "value"].tolist() == pytest.approx(now.loc[~in_pounds, "value"].tolist(), nan_ok=True)
