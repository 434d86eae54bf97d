"""What months tell of a Hub, and what they cannot: on a toy Hub whose months are known, and through the command."""

from __future__ import annotations

import datetime
import errno
import math
import re
import shutil

import numpy as np
import pytest
import yaml

from analysis.commands import fit as command
from analysis.commands import main, own_hub
from analysis.own_hub.check import Month
from analysis.own_hub.fit import fit_months, fitted
from analysis.own_hub.fitted import judged, split, verdict_on
from analysis.own_hub.tunable import TUNABLE, values_at
from sim.calendar import month_later
from sim.config import changed, validate
from sim.launch.compose import compose

pytestmark = pytest.mark.unit
MONTHS = [month_later(datetime.date(2021, 4, 1), later) for later in range(12)]
TRUTH = {"uptake": 0.2, "reached": -0.12, "therapy": -0.3, "attendance": 0.35, "sessions": -0.2}


def toy(config, replications=30, first=0, months=MONTHS):
    """Return the months of a Hub with staff enough: what comes in goes through, with chance of its own."""
    from analysis.own_hub.tunable import _share_to_therapy

    referred = 60 * config.demand.multiplier
    assessed = referred * 0.7 * (1 - config.pathway.lists.unreachable_share)
    started = assessed * _share_to_therapy(config, 0.0)
    kept = assessed + started * 0.7 * config.pathway.modalities["cbt"].sessions_mean
    missed = kept * config.pathway.attendance.therapy_next.missed_share * 1.5
    means = {
        "referrals": referred, "assessed": assessed, "started_therapy": started, "waiting_for_assessment": 20.0,
        "waiting_for_therapy": 30.0, "contacts": kept, "missed": missed, "care_contacts": 1.3 * kept,
    }  # fmt: skip
    chance = np.random.default_rng(7).normal(size=(len(means), len(months), 500))[:, :, first : first + replications]
    return {
        (figure, month): np.maximum(mean + math.sqrt(mean) * chance[n, m], 0)
        for n, (figure, mean) in enumerate(means.items())
        for m, month in enumerate(months)
    }


@pytest.fixture(scope="module")
def config():
    return validate(compose())


def happened(config, truth, number=100, without=()):
    months = toy(fitted(config, values_at(config, truth)), 1, number)
    return {cell: float(values[0]) for cell, values in months.items() if cell[0] not in without}


def test_numbers_that_were_changed_are_found_within_their_intervals(config):
    inside = []
    for number in range(100, 115):
        found = fit_months(config, happened(config, TRUTH, number), MONTHS, toy)
        assert [one.cannot for one in found.numbers] == [""] * len(TUNABLE)
        inside += [one.low <= TRUTH[one.tunable.name] <= one.high for one in found.numbers]
    assert 0.9 < np.mean(inside) < 0.99


def test_without_a_column_the_data_cannot_tell_and_the_number_stays(config):
    found = fit_months(config, happened(config, TRUTH, without=("missed",)), MONTHS, toy)
    [attendance] = [one for one in found.numbers if one.tunable.name == "attendance"]
    assert attendance.cannot == "too few months with contacts and missed"
    assert not any("attendance" in path for path in found.values)
    assert "demand.multiplier" in found.values


def test_numbers_that_trade_off_are_not_told_apart(config):
    """National data has no assessments: more people, more of them to therapy, or longer courses look alike."""
    only = happened(config, TRUTH, without=("assessed", "started_therapy", "waiting_for_therapy", "contacts"))
    found = {one.tunable.name: one for one in fit_months(config, only, MONTHS, toy).numbers}
    assert [name for name, one in found.items() if one.told_by] == ["uptake", "attendance"]
    assert "trades off with" in found["sessions"].cannot


def test_two_months_tell_nothing(config):
    found = fit_months(config, happened(config, TRUTH), MONTHS[:2], toy)
    assert found.values == {}
    assert all(one.cannot.startswith("too few months") for one in found.numbers)


def test_more_months_tell_a_number_more_surely(config):
    actual = happened(config, TRUTH)
    few, all_of_them = (fit_months(config, actual, MONTHS[:number], toy).numbers for number in (4, 12))
    for one, other in zip(few, all_of_them, strict=True):
        assert other.high - other.low < one.high - one.low or one.cannot


def test_referrals_that_swing_more_tell_uptake_less_surely(config):
    actual = happened(config, {})
    swinging = actual | {("referrals", month): 30.0 + 60.0 * (n % 2) for n, month in enumerate(MONTHS)}
    calm, wild = (fit_months(config, each, MONTHS, toy).numbers[0] for each in (actual, swinging))
    assert wild.high - wild.low > 2 * (calm.high - calm.low)


@pytest.mark.parametrize("tunable", TUNABLE, ids=lambda tunable: tunable.name)
def test_a_number_that_is_not_moved_is_what_the_workbook_says(tunable, config):
    assert changed(config, tunable.moved(config, 0.0)) == config
    low, high = (tunable.shown(config, shift) for shift in (-0.2, 0.2))
    assert low != high
    for shift in (-tunable.most, tunable.most):
        fitted(config, values_at(config, {tunable.name: shift}))


@pytest.mark.parametrize(("number", "held"), [(12, 3), (24, 6), (6, 3), (5, 0), (3, 0)])
def test_the_last_quarter_is_held_out_where_there_are_months_enough(number, held):
    months = [month_later(MONTHS[0], later) for later in range(number)]
    mine, others = split(months, None)
    assert (len(mine), len(others)) == (number - held, held)
    assert mine + others == months


def rows(median):
    return [Month("referrals", month, 60.0, median, median - 10, median + 10, median) for month in MONTHS[-3:]]


def test_a_fit_that_takes_held_out_months_further_away_does_not_improve():
    assert verdict_on(judged(rows(40.0), rows(58.0))).improves
    assert not verdict_on(judged(rows(58.0), rows(40.0))).improves


@pytest.fixture(scope="module")
def imported(as_written, tmp_path_factory):
    """A folder with imported options, and months of the toy Hub."""
    folder = tmp_path_factory.mktemp("imported")
    (folder / "my-hub.xlsx").write_bytes(as_written)
    assert main(["import", str(folder / "my-hub.xlsx")]) == 0
    own = validate(compose("scenario=my_hub", config_dir=str(folder)))
    actual = happened(own, TRUTH)
    figures = ("referrals", "assessed", "started_therapy", "contacts", "missed")
    lines = [",".join([f"{month:%Y-%m}", *(f"{actual[name, month]:.0f}" for name in figures)]) for month in MONTHS]
    (folder / "actual.csv").write_text("\n".join([f"month,{','.join(figures)}", *lines]), encoding="utf-8")
    return folder


@pytest.fixture
def folder(imported, tmp_path, monkeypatch):
    """The same folder, to be changed, whose simulated months come from the toy Hub too."""
    monkeypatch.setattr(command, "_simulated", lambda config, replications, what: toy(config, replications))
    return shutil.copytree(imported, tmp_path / "hub")


def fit(folder, *more):
    return main(["fit", str(folder), "--actual", str(folder / "actual.csv"), "--replications", "40", *map(str, more)])


@pytest.mark.drawn
def test_a_fit_writes_options_that_every_verb_takes_and_twice_the_same(folder, capsys):
    assert fit(folder, "--out", folder / "one") == 0
    told = capsys.readouterr().out
    verdict, measure = (
        told.index(words) for words in ("lie closer to the model after the fit", "in halves of the range")
    )
    assert (
        told.index("Use scenario=my_hub_fitted") < verdict < measure < told.index("Held out") < told.index("Written:")
    )
    written = folder / "scenario" / "my_hub_fitted.yaml"
    first = written.read_bytes(), (folder / "one" / "fit.csv").read_bytes(), (folder / "one" / "fit.png").read_bytes()
    own = validate(compose("scenario=my_hub_fitted", config_dir=str(folder)))
    assert own.demand.multiplier == yaml.safe_load(written.read_text())["demand"]["multiplier"]
    assert own.demand.multiplier == pytest.approx(math.exp(0.2), rel=0.1)
    assert "95 % interval" in written.read_text()
    assert fit(folder, "--out", folder / "two") == 0
    second = written.read_bytes(), (folder / "two" / "fit.csv").read_bytes(), (folder / "two" / "fit.png").read_bytes()
    assert first == second


def test_options_of_somebodys_own_are_not_written_over_by_a_fit(folder, capsys):
    mine = folder / "scenario" / "my_hub_fitted.yaml"
    mine.write_text("purpose: mine\n")
    assert fit(folder) == 0
    assert "Use scenario=my_hub_fitted_2: " in capsys.readouterr().out
    assert mine.read_text() == "purpose: mine\n"


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--until", "soon"], "--until: got 'soon'"),
        (["--until", "2023-11"], "--until: got 2023-11; the last month that happened is 2022-03"),
        (["--until", "2021-05"], "2 of 12 months may be looked at; it needs 3 or more"),
        (["--replications", "5"], "--replications: got 5"),
    ],
)
def test_a_fit_that_cannot_be_is_refused_in_a_line(more, told, folder, capsys):
    assert fit(folder, *more) == 2
    assert told in capsys.readouterr().err
    assert not (folder / "scenario" / "my_hub_fitted.yaml").exists()


def did_not_help(folder):
    """Let what came after the months that a fit looks at be as the workbook says."""
    file = folder / "actual.csv"
    lines = file.read_text().splitlines()
    as_before = [f"2022-{month:02},60,35,13,120,13" for month in (1, 2, 3)]
    file.write_text("\n".join([*lines[:10], *as_before]))


def test_a_fit_that_does_not_help_says_so_first_is_written_and_not_recommended(folder, capsys):
    did_not_help(folder)
    assert fit(folder) == 1
    told = capsys.readouterr().out
    advice, measure = told.index("Keep scenario=my_hub: "), told.index("in halves of the range before the fit")
    assert advice < measure < told.index("Held out") < told.index("Written anyway, to look at")
    assert "scenario=my_hub_fitted\n" not in told
    assert "# Keep scenario=my_hub: " in (folder / "scenario" / "my_hub_fitted.yaml").read_text()


def test_a_fit_that_is_to_be_kept_never_takes_the_name_of_one_that_was_recommended(folder, capsys):
    def text(name):
        return (folder / "scenario" / f"{name}.yaml").read_text()

    as_it_was = (folder / "actual.csv").read_text()
    assert fit(folder) == 0
    first = text("my_hub_fitted")
    assert "# Use scenario=my_hub_fitted: " in first
    did_not_help(folder)
    assert fit(folder) == 1
    assert [text("my_hub_fitted"), "# Keep scenario=my_hub: " in text("my_hub_fitted_2")] == [first, True]
    capsys.readouterr()
    (folder / "actual.csv").write_text(as_it_was)
    assert fit(folder, "--until", "2021-10") == 0
    assert "# Use scenario=my_hub_fitted_3: " in text("my_hub_fitted_3")
    assert "scenario=my_hub_fitted_3\n" in capsys.readouterr().out
    assert text("my_hub_fitted") == first
    validate(compose("scenario=my_hub_fitted_3", config_dir=str(folder)))


def test_a_recommended_fit_says_which_numbers_lie_at_an_edge_and_to_check_all_months_next(folder, capsys):
    """Of a share to therapy far below any that the evidence has, and people reached more often than all."""
    file = folder / "actual.csv"
    file.write_text("month,referrals,assessed,started_therapy\n" + "".join(f"{m:%Y-%m},60,66,3\n" for m in MONTHS))
    assert fit(folder) == 0
    told = capsys.readouterr().out
    assert "Use scenario=my_hub_fitted: " in told
    reached = "Screened people who cannot be reached: 0%, as far as a fit moves it"
    for words in (reached, "outside its range in the evidence", "But look first at what lies at an edge"):
        assert words in told.partition("Judged by")[0]
    assert reached in (folder / "scenario" / "my_hub_fitted.yaml").read_text()
    assert "Only the held-out months were judged" in told
    assert f"hub check {folder} scenario=my_hub_fitted --actual" in told


def test_a_folder_that_cannot_be_written_is_refused_before_anything_is_simulated(folder, monkeypatch, capsys):
    def unwritable(dir):
        raise PermissionError(errno.EACCES, "Permission denied", str(dir / "x"))

    monkeypatch.setattr(command, "_simulated", lambda *_: pytest.fail("it has simulated"))
    monkeypatch.setattr("tempfile.TemporaryFile", unwritable)
    assert fit(folder) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith(f"FOLDER: got {folder}; Permission denied: ")


def test_what_was_fitted_is_checked_as_any_other_options(folder, monkeypatch, capsys):
    """Of `hub check FOLDER scenario=my_hub_fitted`: months that the toy Hub makes of what was fitted lie inside."""
    assert fit(folder) == 0
    asked = []
    monkeypatch.setattr(own_hub, "_replications", asked.append)
    monkeypatch.setattr("analysis.own_hub.check.simulated_months", lambda _: toy(asked[-1]))
    inside = []
    for more in ([], ["scenario=my_hub_fitted"]):
        capsys.readouterr()
        main(["check", str(folder), *more, "--actual", str(folder / "actual.csv")])
        told = capsys.readouterr().out
        inside.append(sum(int(many) for many in re.findall(r"(\d+) of 12", told)))
    assert asked[1].demand.multiplier != asked[0].demand.multiplier
    assert inside[1] > inside[0]
