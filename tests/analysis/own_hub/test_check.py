"""Months of the model beside months that happened: what is counted, what is said, and what explains it."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from analysis.commands import own_hub
from analysis.own_hub.check import (
    ABOVE,
    BELOW,
    INSIDE,
    TOO_FEW,
    TOO_WIDE,
    TOO_WIDE_FROM,
    Month,
    by_figure,
    compared,
    left_open,
    window,
)
from analysis.own_hub.months_csv import read_actual
from analysis.own_hub.track import drivers, explained, not_compared, told_of
from sim.config import validate
from sim.errors import ConfigProblem, HubError
from sim.launch.compose import compose
from sim.measures.months import MONTHLY, whole_months
from sim.run.replicate import replicate

pytestmark = pytest.mark.unit
APRIL = datetime.date(2021, 4, 1)
MONTHS = [datetime.date(2021, month, 1) for month in range(4, 13)]


def test_months_add_up_to_what_is_counted_of_the_whole_run():
    config = validate(compose("run.horizon_days=91", "run.opening.run_in_days=60"))
    tables = {name: table.to_pandas() for name, table in replicate(config, 0, ("measures", "months")).tables.items()}
    months, measures = tables["months"], tables["measures"]
    everyone = measures[(measures["dimension"] == "all") & (measures["stage"] == "")].set_index("measure")["value"]
    totals = months.groupby("figure", observed=True)["value"].sum()
    assert sorted(set(months["month"].astype(str))) == ["2021-04-01", "2021-05-01", "2021-06-01"]
    for figure, measure in (
        ("referrals", "referrals"),
        ("assessed", "assessed"),
        ("started_therapy", "therapy_started"),
    ):
        assert totals[figure] == everyone[measure]
    last = months[months["month"].astype(str) == "2021-06-01"].set_index("figure")["value"]
    for stage in ("assessment", "therapy"):
        ends = measures[(measures["measure"] == "queue_end") & (measures["dimension"] == "all")].set_index("stage")[
            "value"
        ]
        assert last[f"waiting_for_{stage}"] == ends[stage]
    assert 0 < totals["missed"] < totals["contacts"]


@pytest.mark.parametrize(
    ("start", "days", "first", "number"),
    [("2021-04-01", 365, "2021-04-01", 12), ("2021-04-02", 365, "2021-05-01", 11), ("2024-02-01", 28, None, 0)],
)
def test_only_whole_months_are_counted(start, days, first, number):
    found = whole_months(datetime.date.fromisoformat(start), days)
    assert len(found) == number
    assert not found or found[0][0] == datetime.date.fromisoformat(first)


def test_a_run_covers_the_months_that_are_filled_in():
    assert window([datetime.date(2022, 2, 1), datetime.date(2021, 12, 1)]) == (datetime.date(2021, 12, 1), 90)


def futures(mean=50.0, spread=5.0, months=MONTHS, seed=1):
    drawn = np.random.default_rng(seed).normal(mean, spread, (len(months), 200))
    return {month: values for month, values in zip(months, drawn, strict=True)}


def simulated(**means):
    return {
        (figure, month): values
        for number, (figure, mean) in enumerate(means.items())
        for month, values in futures(mean, mean / 10, seed=number).items()
    }


def actual(**values):
    return {(figure, month): value for figure, value in values.items() for month in MONTHS}


@pytest.mark.parametrize(("happened", "verdict"), [(50.0, INSIDE), (90.0, ABOVE), (20.0, BELOW)])
def test_a_figure_is_judged_by_how_many_months_lie_inside(happened, verdict):
    [checked] = by_figure(compared(actual(referrals=happened), simulated(referrals=50.0)))
    assert checked.verdict == verdict
    assert checked.inside == (len(MONTHS) if verdict == INSIDE else 0)


@pytest.mark.parametrize(("spread", "verdict"), [(12.0, INSIDE), (36.0, TOO_WIDE)])
def test_a_range_that_holds_nearly_anything_reproduces_nothing(spread, verdict):
    """As 0 to 95 about 36 would: every month lies inside, whatever happened."""
    model = {("waiting_for_therapy", month): np.abs(values) for month, values in futures(36.0, spread).items()}
    [checked] = by_figure(compared(actual(waiting_for_therapy=36.0), model))
    assert [checked.inside, checked.verdict] == [len(MONTHS), verdict]


def test_a_model_at_a_sixth_of_what_happened_reproduces_nothing_though_every_month_lies_inside():
    """As a list of 6 in the middle of futures, and now and then of 50, beside one of 36."""
    often, seldom = np.full(180, 6.0), np.full(20, 50.0)
    model = {("waiting_for_assessment", month): np.concatenate([often, seldom]) for month in MONTHS}
    [checked] = by_figure(compared(actual(waiting_for_assessment=36.0), model))
    assert checked.width < TOO_WIDE_FROM * checked.happened
    assert [checked.inside, checked.verdict] == [len(MONTHS), TOO_WIDE]
    assert left_open([checked]) == (
        "Not shown, neither right nor wrong: on the list for assessment on the last day "
        "(36 happened, the middle of futures is 6.0: 6.0 times)."
    )


def test_what_is_simulated_is_a_mean_as_what_happened_is():
    """Of a list that is long in few futures: its mean is 10.4 where its median is 6."""
    often, seldom = np.full(180, 6.0), np.full(20, 50.0)
    [checked] = by_figure(
        compared(actual(referrals=10.0), {("referrals", month): np.concatenate([often, seldom]) for month in MONTHS})
    )
    assert [checked.simulated, checked.middle] == pytest.approx([10.4, 6.0])


def test_a_figure_that_is_reproduced_is_not_left_open():
    assert left_open(by_figure(compared(actual(referrals=50.0), simulated(referrals=50.0)))) == ""


def test_a_check_ends_by_saying_which_rows_are_still_open(monkeypatch, capsys):
    rows = compared(actual(referrals=50.0), simulated(referrals=50.0))
    rows += compared(
        actual(waiting_for_therapy=36.0),
        {("waiting_for_therapy", month): np.abs(values) for month, values in futures(36.0, 36.0).items()},
    )
    monkeypatch.setattr(own_hub, "actual_of", lambda args: (actual(referrals=50.0), "my-hub.xlsx"))
    monkeypatch.setattr(own_hub, "config_of_months", lambda *_: (validate(compose()), "Simulated"))
    monkeypatch.setattr(own_hub, "_replications", list)
    monkeypatch.setattr("analysis.own_hub.check.simulated_months", list)
    monkeypatch.setattr("analysis.own_hub.check.compared", lambda *_: rows)
    assert own_hub.check(["my_hub"]) == 0
    last = capsys.readouterr().out.splitlines()[-2:]
    assert last[0].startswith(
        "Not shown, neither right nor wrong: on the list for therapy on the last day (36 happened"
    )
    assert last[1].startswith("Status 0 only says that no row failed")


def test_what_lies_outside_the_widest_range_is_not_reproduced_all_the_same():
    model = {("waiting_for_therapy", month): np.abs(values) for month, values in futures(50.0, 60.0).items()}
    assert by_figure(compared(actual(waiting_for_therapy=300.0), model))[0].verdict == ABOVE


def test_two_months_are_too_few_to_tell():
    rows = compared({("referrals", month): 90.0 for month in MONTHS[:2]}, simulated(referrals=50.0))
    assert by_figure(rows)[0].verdict == TOO_FEW


@pytest.mark.parametrize(
    ("happened", "driver"),
    [
        ({"referrals": 75.0, "contacts": 100.0, "missed": 10.0}, "demand: more"),
        ({"referrals": 50.0, "contacts": 60.0, "missed": 6.0}, "staff: less"),
        ({"referrals": 50.0, "contacts": 80.0, "missed": 30.0}, "attendance: less"),
        ({"referrals": 50.0, "contacts": 100.0, "missed": 10.0}, "chance"),
    ],
)
def test_a_month_outside_is_explained_by_the_driver_that_went_furthest(happened, driver):
    model = simulated(referrals=50.0, contacts=100.0, missed=10.0, waiting_for_therapy=30.0)
    real = actual(waiting_for_therapy=90.0, **happened)
    rows = [row for row in compared(real, model) if row.figure == "waiting_for_therapy"]
    assert all(row.verdict == ABOVE for row in rows)
    assert explained(rows[-1], real, model).startswith(driver)
    assert len(told_of(rows, real, model)) == len(MONTHS)


def test_national_data_tell_of_staff_by_care_contacts():
    """Of the template for F06: it has no contacts, which are assessments and sessions alone."""
    model = simulated(referrals=50.0, contacts=100.0, missed=10.0, care_contacts=130.0)
    real = actual(referrals=50.0, care_contacts=195.0, missed=15.0)
    row = next(row for row in compared(real, model) if row.figure == "care_contacts")
    assert explained(row, real, model) == "staff: more than projected so far"
    assert {driver.name for driver in drivers(real, model, MONTHS[-1])} == {"demand", "staff", "attendance"}


def test_chance_is_said_of_what_is_known_only():
    model = simulated(referrals=50.0, waiting_for_therapy=30.0)
    real = actual(referrals=50.0, waiting_for_therapy=90.0)
    row = next(row for row in compared(real, model) if row.figure == "waiting_for_therapy")
    assert explained(row, real, model).startswith("chance: demand so far lies inside")


@pytest.mark.parametrize(
    ("happened", "low", "high", "told"),
    [
        (26.0, 26.4, 53.6, "26.0 (26.4 to 53.6)"),
        (54.0, 26.4, 53.96, "54.00 (26.40 to 53.96)"),
        (90.0, 26.4, 53.6, "90 (26 to 54)"),
    ],
)
def test_a_month_outside_is_never_shown_within_its_rounded_range(happened, low, high, told):
    row = Month("assessment_wait_days", APRIL, happened, 40.0, low, high, 40.0)
    [line] = told_of([row], {("assessment_wait_days", APRIL): happened}, {})
    assert f"assessment wait days {told}\n" in line


def test_what_explains_a_month_is_told_from_the_months_up_to_it():
    model = simulated(referrals=50.0)
    real = actual(referrals=50.0) | {("referrals", MONTHS[-1]): 500.0}
    assert drivers(real, model, MONTHS[-2])[0].distance < 1 < drivers(real, model, MONTHS[-1])[0].distance


def test_months_are_read_from_a_csv_as_people_write_them(tmp_path):
    file = tmp_path / "actual.csv"
    file.write_text('month,referrals,contacts\n2021-04,52,"1,204"\n01/05/2021,49,\n\n', encoding="utf-8")
    assert read_actual(file) == {
        ("referrals", APRIL): 52.0, ("contacts", APRIL): 1204.0, ("referrals", datetime.date(2021, 5, 1)): 49.0,
    }  # fmt: skip


def test_months_may_be_headed_as_on_the_sheet_months(tmp_path):
    file = tmp_path / "actual.csv"
    file.write_text("Month,Days waited for assessment,Waiting for assessment,Missed\n2021-04,41,12,3\n")
    assert read_actual(file) == {
        ("assessment_wait_days", APRIL): 41.0, ("waiting_for_assessment", APRIL): 12.0, ("missed", APRIL): 3.0,
    }  # fmt: skip


def test_months_outside_the_projection_are_named():
    real = actual(referrals=50.0) | {("referrals", datetime.date(2031, 1, 1)): 5.0}
    assert not_compared(real, (APRIL, MONTHS[-1])) == "January 2031 after it"
    assert not_compared(real, (MONTHS[4], MONTHS[-1])) == "4 months before it and January 2031 after it"
    assert not_compared(actual(referrals=50.0), (APRIL, MONTHS[-1])) == ""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("month,referals\n2021-04,5", "actual.csv:1: got the column 'referals'; did you mean referrals?"),
        (
            "month,days waited for asessment\n2021-04,5",
            "got the column 'days waited for asessment'; did you mean days waited for assessment?",
        ),
        ("referrals\n5", "actual.csv:1: got referrals; name a column month"),
        ("month,referrals\n2021-04,many", "actual.csv:2: "),
        ("month,referrals\n2021-04,-3", "actual.csv:2: "),
        ("month,referrals\nspring,3", "actual.csv:2: "),
        ("month,referrals\n2021-04,3\n2021-04,4", "actual.csv:3: April 2021 appears twice"),
        ("month,referrals\n", "actual.csv: holds no month"),
        ("", "name a column month"),
    ],
)
def test_a_csv_that_cannot_be_read_is_refused_with_its_line(text, told, tmp_path):
    file = tmp_path / "actual.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises((HubError, ConfigProblem)) as refusal:
        read_actual(file)
    assert told in str(refusal.value)


def test_every_figure_has_its_words():
    assert all(words and "_" not in words for words in MONTHLY.values())
