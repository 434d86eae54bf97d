"""What the door hands out is what the command line writes, to the byte; its tables name their units."""

from __future__ import annotations

import io
import json
import threading
from contextlib import redirect_stdout

import pandas as pd
import pytest

import resilience_hub as hub
from analysis.commands import main
from analysis.tell.wording import csv_of

pytestmark = pytest.mark.integration
SHORT = ["run.horizon_days=200", "run.opening.run_in_days=30", "run.replications=3", "run.jobs=1", "run.store=null"]
SCENARIO = ["scenario=major_incident", "incident.manchester_arena.day=60", *SHORT]
DATED = ("started_at", "finished_at", "seconds_per_replication")


@pytest.fixture(scope="module")
def result():
    """The results of a short run."""
    return hub.load(*SCENARIO).simulate(progress=False)


@pytest.fixture(scope="module")
def of_the_command(tmp_path_factory):
    """The folder that the command line leaves of the same run, with what it printed beside it."""
    folder = tmp_path_factory.mktemp("command") / "run"
    with redirect_stdout(io.StringIO()) as printed:
        assert main([*SCENARIO, f"hydra.run.dir={folder}"]) == 0
    folder.with_suffix(".txt").write_text(printed.getvalue(), encoding="utf-8")
    return folder


def contents(folder):
    found = {file.name: file.read_bytes() for file in folder.iterdir()}
    manifest = json.loads(found.pop("manifest.json"))
    return found, {key: value for key, value in manifest.items() if key not in DATED}


def test_a_saved_result_is_the_folder_of_the_command_to_the_byte(result, of_the_command, tmp_path):
    assert contents(result.save(tmp_path / "saved")) == contents(of_the_command)


def test_every_table_is_that_of_the_command(result, of_the_command):
    assert csv_of(result.measures) == (of_the_command / "summary.csv").read_text(encoding="utf-8")
    for name in ("measures", "waits", "weekly"):
        theirs = pd.read_parquet(of_the_command / f"{name}.parquet")
        ours = result.table(name)
        pd.testing.assert_frame_equal(ours.astype(theirs.dtypes.to_dict()), theirs)


def test_whoever_changes_a_table_of_theirs_changes_no_other(result):
    for take in (lambda: result.measures, lambda: result.waits, lambda: result.cost, lambda: result.table("weekly")):
        theirs, before = take(), take()
        theirs[theirs.columns[-1]] = 0
        pd.testing.assert_frame_equal(take(), before)
    result.warnings.append("of their own")
    assert "of their own" not in result.warnings


def test_the_summary_is_the_one_that_the_command_prints(result, of_the_command):
    printed = of_the_command.with_suffix(".txt").read_text(encoding="utf-8")
    assert printed.startswith(str(result))
    assert "Waits by stage" in result._repr_html_()


def test_the_table_of_waits_says_units_and_intervals(result):
    found = result.waits.set_index(["stage", "dimension", "group"])
    everyone = found.loc["referral_to_assessment", "all", "all"]
    assert everyone["standard_days"] == 28
    assert everyone["median_days_low"] <= everyone["median_days"] <= everyone["median_days_high"]
    assert 0 <= everyone["in_time_share"] <= 1
    measure = result.measures.set_index(["measure", "stage", "dimension", "group"])["estimate"]
    assert everyone["p90_days"] == measure["wait_days_p90", "referral_to_assessment", "all", "all"]
    assert found.index.is_unique


def test_lists_are_dated_by_the_last_day_of_each_week(result):
    mine = result.lists[result.lists["stage"] == "assessment"]
    assert mine["date"].iloc[0] == pd.Timestamp("2021-04-07")
    assert mine["date"].iloc[-1] == pd.Timestamp("2021-10-17")  # the 200th day: the last week is part of one
    weekly = result.table("weekly")
    of_week = weekly[(weekly["stage"] == "assessment") & (weekly["dimension"] == "all") & (weekly["week"] == 9)]
    ninth = mine[mine["week"] == 9].iloc[0]
    assert ninth["waiting_mean"] == pytest.approx(of_week["list"].mean())
    assert ninth["waiting_mean_low"] < ninth["waiting_mean"] < ninth["waiting_mean_high"]
    assert result.lists["waiting_mean_low"].min() == 0  # no list has fewer than nobody


def test_what_the_hub_costs_by_kind_adds_up_to_the_total(result):
    cost = result.cost.set_index("kind")["gbp_per_year"]
    assert cost.drop("total").sum() == pytest.approx(cost["total"], rel=1e-9)
    assert cost.drop("total").is_monotonic_decreasing


def test_figures_are_shown_by_a_notebook_without_pyplot(result):
    for name in ("lists", "cost"):
        assert result.plot(name)._repr_png_().startswith(b"\x89PNG")
    with pytest.raises(hub.HubError, match="figure: got list; did you mean lists"):
        result.plot("list")


def test_a_table_that_nobody_asked_for_is_refused_with_how_to_ask(result):
    with pytest.raises(hub.HubError, match=r"name: got journeys; .*run__keep asks for others"):
        result.table("journeys")
    kept = hub.load(*SCENARIO, run__keep=["journeys"]).simulate(1, progress=False)
    assert {"client_id", "referred_day"} <= set(kept.table("journeys"))


def test_progress_is_told_after_each_replication():
    told = []
    hub.load(*SHORT).simulate(2, progress=lambda finished, of: told.append((finished, of)))
    assert told == [(1, 2), (2, 2)]


def test_an_interrupted_simulation_goes_on_from_what_the_store_keeps(tmp_path):
    mine = hub.load(*SHORT[:-1], run__store=tmp_path / "store")

    def stop(finished, of):
        if finished == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        mine.simulate(progress=stop)
    again = mine.simulate(progress=False)
    assert [one.from_store for one in again._replications] == [True, True, False]


def test_a_precision_that_is_asked_for_decides_how_many_there_are(tmp_path):
    wide = hub.load(*SHORT, run__precision={"referrals": 1e6}, run__replications_max=40)
    found = wide.simulate(progress=False)
    assert found.replications < 40
    assert found.configuration.checked.run.replications == found.replications


def test_two_threads_may_simulate_at_once(result):
    found = {}

    def work(name):
        found[name] = hub.load(*SCENARIO).simulate(progress=False).measures

    threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    for measures in found.values():
        pd.testing.assert_frame_equal(measures, result.measures)
    assert len(found) == 2


def test_in_a_notebook_too_a_result_is_one_text(result, monkeypatch):
    monkeypatch.setattr("rich.console._is_jupyter", lambda: True)
    assert "Waits by stage" in str(result)
