"""Numbers as people write them: percentages, bands, price years and groups that are not there."""

from itertools import pairwise

import pytest

from sim.config import validate
from sim.launch.compose import compose, compose_cells

pytestmark = pytest.mark.unit

SENIOR = "staffing.roles.senior_clinician.lines.senior"
REFERENCE = {"staff_group": "care_homes", "gender": "women", "ethnicity": "white_british"}


@pytest.mark.parametrize(
    ("key", "given", "written"),
    [
        ("costs.overhead_share", 20, "must be 2.0 or less: 20 % is written 0.2"),
        ("costs.non_staff_share", 15.0, "must be 2.0 or less: 15 % is written 0.15"),
        ("costs.agency_premium_share", 60, "must be 2.0 or less: 60 % is written 0.6"),
        ("standards.stages.assessment.share", "80%", "must be a number: 80 % is written 0.8"),
        ("standards.stages.assessment.share", "7.5 %", "must be a number: 7.5 % is written 0.075"),
        ("screening.measures.gad7.positive_share", 50, "must be less than 1.0: 50 % is written 0.5"),
        ("demand.weekday_share.monday", 21, "must be 1.0 or less: 21 % is written 0.21"),
    ],
)
def test_a_percentage_given_for_a_share_is_refused_with_the_share(refusal, key, given, written):
    shown = repr(given) if isinstance(given, str) else f"{given!r}"
    assert refusal(**{key: given}) == [f"{key}: got {shown}; {written}"]


@pytest.mark.parametrize(
    ("key", "given"),
    [("standards.stages.assessment.share", 1.2), ("run.start_date", "80%"), ("demand.multiplier", "%")],
)
def test_what_may_be_any_slip_is_not_taken_for_a_percentage(refusal, key, given):
    [line] = refusal(**{key: given})
    assert "is written" not in line


@pytest.mark.parametrize("band", [7, "7", " 7 "])
def test_a_band_needs_no_quotes(hub_config, band):
    assert hub_config(**{f"{SENIOR}.band": band}).staffing.roles["senior_clinician"].lines["senior"].band == "7"


def test_a_band_is_a_band_in_any_file(hub_config):
    assert hub_config(**{f"{SENIOR}.band": "8A"}) == hub_config(**{f"{SENIOR}.band": "8a"})
    line = "{band: 7, wte: 1.0, kind: agency, pay_point: mid}"
    lines = validate(compose(f"+staffing.roles.therapist.lines.locum={line}")).staffing.roles["therapist"].lines
    assert lines["locum"].band == "7"


def test_a_band_is_taken_from_a_listed_design(tmp_path):
    plans = tmp_path / "plans.csv"
    plans.write_text(f"{SENIOR}.band,{SENIOR}.wte\n7,2.0\n8b,1.0\n")
    cells = compose_cells([f"run.design={plans}"], multirun=True)
    lines = [validate(cell.config).staffing.roles["senior_clinician"].lines["senior"] for cell in cells]
    assert [(line.band, line.wte) for line in lines] == [("7", 2.0), ("8b", 1.0)]


@pytest.mark.parametrize("band", [True, 7.5, 9, None, "band 7"])
def test_what_is_no_band_is_refused(refusal, band):
    [line] = refusal(**{f"{SENIOR}.band": band})
    assert line.startswith(f"{SENIOR}.band: got ") and line.endswith(
        "must be '2', '3', '4', '5', '6', '7', '8a', '8b', '8c' or '8d'"
    )


def test_another_price_year_needs_other_prices(refusal, hub_config, container):
    [line] = refusal(**{"costs.price_year": "2024/25"})
    assert line == (
        "costs.price_year: got '2024/25', but the pay of band 2, 3, 4, 5, 6, 7, 8a, 8b, 8c, 8d is that of 2021/22: "
        "write 2021/22, or give all prices of the other year in a file of your own (costs=NAME)"
    )
    pay = container()["costs"]["pay_gbp_per_year"]
    dearer = {band: {point: gbp * 1.12 for point, gbp in points.items()} for band, points in pay.items()}
    changes = {"costs.price_year": "2024/25", "costs.pay_gbp_per_year": dearer}
    assert hub_config(**changes).costs.price_year == "2024/25"
    [line] = refusal(**changes | {"costs.pay_gbp_per_year": dearer | {"6": pay["6"]}})
    assert "but the pay of band 6 is that of 2021/22" in line


def test_a_population_with_fewer_groups_needs_no_change_of_uptake(hub_config, container):
    groups = container()["population"]["staff_groups"]
    few = {name: groups[name] for name in ("care_homes", "nhs_primary_care")}
    config = hub_config(**{"population": {"staff_groups": few, "reference": REFERENCE}})
    assert list(config.population.staff_groups) == list(few)


def test_an_own_uptake_of_a_misspelt_group_is_not_dropped(refusal, container):
    uptake = container()["demand"]["uptake_per_person_year"] | {"care_home": 0.001}
    [line] = refusal(**{"demand.uptake_per_person_year": uptake})
    assert line == (
        "demand.uptake_per_person_year.care_home: got 0.001, but the population has no such staff group; "
        "did you mean care_homes?"
    )


@pytest.mark.parametrize(("written", "day"), [("2021-04-01", 0), ("2022-03-31", 364), ("2020-12-31", -91), (182, 182)])
def test_a_day_may_be_written_as_a_date(hub_config, written, day):
    assert (
        hub_config(**{f"{SENIOR}.from_day": written}).staffing.roles["senior_clinician"].lines["senior"].from_day == day
    )


def test_dates_stay_while_the_first_day_moves_and_days_move_with_it(hub_config):
    moved = hub_config(**{"run.start_date": "2021-04-08", f"{SENIOR}.from_day": "2021-04-08", f"{SENIOR}.to_day": 8})
    line = moved.staffing.roles["senior_clinician"].lines["senior"]
    assert (line.from_day, line.to_day) == (0, 8)


def test_growth_in_percent_is_told_how_it_is_written(refusal):
    assert refusal(**{"demand.growth_per_year": 72.0}) == [
        "demand.growth_per_year: got 72.0; must be 10.0 or less: 72 % is written 0.72"
    ]


@pytest.mark.parametrize(
    ("year", "told"),
    [
        ("2020/21", "costs.uprated_to: got 2020/21; must be price_year 2021/22 or a later year"),
        ("2027", "costs.uprated_to: got '2027'; must be a financial year, as 2027/28"),
        ("2027/29", "costs.uprated_to: got '2027/29'; must be a financial year, as 2027/28"),
    ],
)
def test_prices_are_uprated_to_a_financial_year_that_is_not_over_by_then(refusal, year, told):
    assert refusal(**{"costs.uprated_to": year}) == [told]


def test_each_shipped_price_year_has_all_its_prices_dearer_than_the_year_before(hub_config):
    years = [hub_config(f"costs=afc_{year}").costs for year in ("2021_22", "2022_23", "2023_24", "2024_25", "2025_26")]
    for earlier, later in pairwise(years):
        for key in ("set_up_gbp", "recruitment_gbp_per_hire", "care_mental_health_gbp", "care_elsewhere_other_gbp"):
            assert 1.02 < getattr(later, key) / getattr(earlier, key) < 1.08
