"""A sweep leaves merged tables of all its cells, survives a failing cell, and shares its people between cells."""

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.estimates.intervals import Interval
from analysis.runs.sweep import planned, run_sweep
from analysis.runs.sweep_summary import LINES, SHOWN, _title, draw_sweep, print_sweep, sweep_table
from analysis.tell.style import png
from analysis.tell.warning_texts import RunWarning
from sim.config import validate
from sim.launch.compose import compose_cells
from sim.measures.audit import AuditBreach
from sim.run import workers
from sim.run.replicate import replicate
from sim.run.results import ALWAYS, SCHEMAS, read_table

pytestmark = pytest.mark.integration

FOLDERS = ("0_baseline_senior_led_demand.multiplier-1", "1_baseline_senior_led_demand.multiplier-1.5")
SHORT = ("run.horizon_days=90", "run.opening.mode=empty", "run.replications=3", "run.store=null")


def cells_in(folder: Path, *overrides: str):
    cells = compose_cells([*SHORT, *overrides], multirun=True)
    return planned(cells, [validate(cell.config) for cell in cells], folder)


@pytest.fixture(scope="module")
def finished(tmp_path_factory, drawing):
    """The folder of a finished sweep of two cells, and what it printed."""
    folder = tmp_path_factory.mktemp("sweep")
    with drawing(), pytest.MonkeyPatch.context() as patch:
        printed = []
        patch.setattr("builtins.print", lambda *text, **_: printed.append(" ".join(map(str, text))))
        assert run_sweep(cells_in(folder, "demand.multiplier=1,1.5", "run.jobs=1"), folder) == 0
    return folder, printed


def test_a_sweep_leaves_merged_tables_a_summary_a_figure_and_a_folder_for_each_cell(finished):
    folder, _ = finished
    assert sorted(path.name for path in folder.iterdir()) == [
        *FOLDERS, "manifest.json", "measures.parquet", "sweep.csv", "sweep.png",
        "waits.parquet", "weekly.parquet",
    ]  # fmt: skip
    assert sorted(path.name for path in (folder / FOLDERS[1]).iterdir()) == [
        "manifest.json", "measures.parquet", "waits.parquet", "weekly.parquet",
    ]  # fmt: skip


def test_merged_tables_are_those_of_the_cells_with_their_names(finished):
    folder, _ = finished
    names = ["baseline,senior_led,demand.multiplier=1", "baseline,senior_led,demand.multiplier=1.5"]
    for table in ALWAYS:
        merged = read_table(folder, table)
        assert merged.schema.names == SCHEMAS[table].names
        parts = pd.concat(read_table(folder / name, table).to_pandas() for name in FOLDERS)
        pd.testing.assert_frame_equal(merged.to_pandas(), parts.reset_index(drop=True))
        assert list(dict.fromkeys(merged["cell"].to_pylist())) == names


def test_the_manifest_lists_the_cells_with_their_levers(finished):
    folder, _ = finished
    cells = json.loads((folder / "manifest.json").read_text())["cells"]
    assert [(cell["levers"], cell["status"], cell["replications"]) for cell in cells] == [
        ({"demand.multiplier": 1}, "finished", 3),
        ({"demand.multiplier": 1.5}, "finished", 3),
    ]
    for cell in cells:
        own = json.loads((folder / cell["folder"] / "manifest.json").read_text())
        assert own["config_hash"] == cell["config_hash"]
        assert own["config"]["demand"]["multiplier"] == cell["levers"]["demand.multiplier"]
        in_grid = {name: cell.pop(name) for name in ("plan", "world", "decisions")}  # only a sweep has others beside it
        assert in_grid["plan"] == "senior_led" and in_grid["world"].startswith("baseline")
        assert own["cells"] == [cell | {"folder": "."}]


def test_sweep_csv_has_a_row_a_cell_with_levers_and_intervals(finished):
    table = pd.read_csv(finished[0] / "sweep.csv")
    assert list(table["demand.multiplier"]) == [1, 1.5]
    assert (table["referrals_low"] < table["referrals"]).all() and (table["referrals"] < table["referrals_high"]).all()
    assert table["referrals"].is_monotonic_increasing
    measures = read_table(finished[0], "measures").to_pandas()
    mine = measures[(measures["measure"] == "referrals") & (measures["dimension"] == "all")]
    assert list(mine.groupby("cell")["value"].mean()) == pytest.approx(list(table["referrals"]))


def test_more_demand_brings_the_same_people_and_others(finished):
    weekly = read_table(finished[0], "measures").to_pandas()
    people = weekly[(weekly["measure"] == "referrals") & (weekly["dimension"] == "all")]
    less, more = (part.set_index("replication")["value"] for _, part in people.groupby("cell"))
    assert (more > less).all()


def test_a_cell_in_a_sweep_is_the_same_as_alone(finished, tmp_path):
    [alone] = cells_in(tmp_path, "demand.multiplier=1.5")
    assert run_sweep([alone], tmp_path) == 0
    columns = [name for name in SCHEMAS["measures"].names if name != "cell"]
    swept = read_table(finished[0] / FOLDERS[1], "measures").select(columns)
    assert swept.equals(read_table(tmp_path, "measures").select(columns))


@pytest.mark.parametrize("error", [AuditBreach("audit: minutes_add_up: post 0/x"), ZeroDivisionError("by zero")])
def test_a_failing_cell_leaves_its_traceback_and_the_others_finish(tmp_path, monkeypatch, capsys, error):
    def fails_in_one_cell(config, number, *rest):
        if config.demand.multiplier == 1 and number == 1:
            raise error
        return replicate(config, number, *rest)

    monkeypatch.setattr(workers, "replicate", fails_in_one_cell)
    assert run_sweep(cells_in(tmp_path, "run.jobs=1", "demand.multiplier=1,1.5"), tmp_path) == 1
    failed, finished = (tmp_path / name for name in FOLDERS)
    assert [path.name for path in failed.iterdir()] == ["error.txt"]
    told = (failed / "error.txt").read_text()
    assert told.startswith("Traceback") and str(error) in told and "fails_in_one_cell" in told
    assert (finished / "manifest.json").exists()
    cells = json.loads((tmp_path / "manifest.json").read_text())["cells"]
    assert [cell["status"] for cell in cells] == ["failed", "finished"]
    assert set(read_table(tmp_path, "measures")["cell"].to_pylist()) == {cells[1]["cell"]}
    assert f"{cells[0]['cell']}: {type(error).__name__}: {error}; see" in capsys.readouterr().err
    assert list(pd.read_csv(tmp_path / "sweep.csv")["status"]) == ["failed", "finished"]


def test_a_sweep_on_two_cores_writes_the_same_bytes_as_on_one(tmp_path):
    for jobs in (1, 2):
        run_sweep(cells_in(tmp_path / str(jobs), f"run.jobs={jobs}", "run.seed=1,2,3"), tmp_path / str(jobs))
    for table in ALWAYS:
        one, two = ((tmp_path / jobs / f"{table}.parquet").read_bytes() for jobs in ("1", "2"))
        assert one == two


def test_from_the_command_line(tmp_path):
    arguments = ["-m", "analysis", "-m", "scenario=baseline,growing", "--config-dir", "own", *SHORT]
    (tmp_path / "own" / "scenario").mkdir(parents=True)
    (tmp_path / "own" / "scenario" / "growing.yaml").write_text(
        "# @package _global_\npurpose: More.\ndemand: {multiplier: 1.2}\n"
    )
    done = subprocess.run([sys.executable, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[-1] == "6 of 6 replications"
    assert "growing,senior_led" in done.stdout and "Merged tables" in done.stdout.splitlines()[-1]


def test_a_sweep_whose_reader_has_enough_is_whole_all_the_same(tmp_path, monkeypatch):
    def closed(*_, **__):
        raise BrokenPipeError

    monkeypatch.setattr("analysis.runs.sweep_summary.print_sweep", closed)
    with pytest.raises(BrokenPipeError):
        run_sweep(cells_in(tmp_path, "run.seed=1,2"), tmp_path)
    assert (tmp_path / "manifest.json").is_file()


@pytest.mark.parametrize("columns", ["60", "80", "200"])
def test_cells_can_be_told_apart_on_a_terminal_of_any_width(capsys, monkeypatch, columns):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", columns)
    cells = [f"baseline,senior_led,lines.core.wte=1,growth={growth}" for growth in (0, 5)]
    told = entry("baseline") | {"replications": 3}
    print_sweep(sweep_table([told | {"cell": cell} for cell in cells], {}), {}, "2021/22 prices")
    printed = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)
    assert all(cell in printed for cell in cells)


@pytest.mark.drawn
def test_signs_of_formulas_in_a_name_are_drawn_as_they_are(tmp_path, monkeypatch):
    drawn = []
    monkeypatch.setattr("analysis.runs.sweep_summary.write_png", lambda figure, path: drawn.append(png(figure)))
    names = [r"demand.label=$x_{$ of \frac{", "2$ and 3$ a day"]
    weeks = np.arange(3)
    lists = {stage.name: (weeks, np.zeros((3, 3))) for stage, _ in LINES}
    draw_sweep(dict.fromkeys(names, lists), sweep_table([entry(name) for name in names], {}), tmp_path)
    assert drawn[0].startswith(b"\x89PNG")


def test_a_title_breaks_between_the_parts_of_a_name():
    first, second, _ = _title("baseline,senior_led,demand.multiplier=1.25", 0.5).splitlines()
    assert (first, second.split()) == ("baseline, senior\N{NO-BREAK SPACE}led,", ["demand", "multiplier", "1.25"])


def entry(name):
    names = {"cell": name, "plan": "current", "world": name, "scenario": name, "staffing": "current", "levers": {}}
    return names | {"status": "finished", "replications": 2}


def test_the_table_of_a_sweep_says_what_is_decided_what_happens_and_whose_prices(capsys):
    table = sweep_table([entry("growing_demand")], {})
    assert table[["plan", "world"]].to_numpy().tolist() == [["current", "growing_demand"]]
    print_sweep(table, {}, "2024/25 prices (2021/22 uprated by 3% a year)")
    said = " ".join(capsys.readouterr().out.split())
    assert "Costs at 2024/25 prices (2021/22 uprated by 3% a year)." in said


def test_a_warning_of_a_sweep_says_what_matters_and_sends_nobody_to_a_file(capsys):
    grows = {"rate": 0.71, "what": "requests", "weeks": 52, "grown": 37, "interval": "33 to 41"}
    told = RunWarning("list_grows", "team support", grows)
    table = sweep_table([entry("baseline,mixed"), entry("baseline,stepped"), entry("growing,mixed")], {})
    found = {"baseline,mixed": [told], "growing,mixed": [RunWarning("list_grows", "team support", grows | {"rate": 2})]}
    for warnings, first in (({"baseline,mixed": [told]}, "WARNING baseline,mixed: The list for team support grows by"),
                            (found, "WARNING The list for team support grows in 2 of 3 cells. In the first of them, "
                                    "baseline,mixed: The list for team support grows by")):  # fmt: skip
        print_sweep(table, warnings, "2021/22 prices")
        said = " ".join(capsys.readouterr().out.split())
        assert f"{first} 0.7 requests a week" in said
        assert said.endswith("add capacity or expect the wait to grow") and "manifest.json" not in said


@pytest.mark.parametrize("columns", ["100", "152", "200"])
def test_no_figure_of_a_sweep_is_cut_at_the_edge(capsys, monkeypatch, columns):
    wide = Interval(1_489_000.0, 1_419_000.0, 1_560_000.0)
    days, of_all = Interval(116.0, 108.0, 124.0), Interval(0.68, 0.281, 0.923)
    figures = {measure: wide if measure.name == "cost_per_year_gbp" else days for _, measure, _ in SHOWN}
    figures |= {measure: of_all for measure in figures if measure.name.endswith("_share")}
    for terminal in (False, True):
        if terminal:
            monkeypatch.setenv("FORCE_COLOR", "1")
            monkeypatch.setenv("COLUMNS", columns)
        print_sweep(sweep_table([entry("baseline,senior_led")], {"baseline,senior_led": figures}), {}, "2021/22 prices")
        printed = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)
        assert "560,000)" in printed
        assert "baseline,senior_led" in printed


def test_cells_of_different_seeds_are_not_said_to_share_their_people(tmp_path, capsys):
    run_sweep(cells_in(tmp_path, "run.seed=1,2"), tmp_path)
    said = " ".join(capsys.readouterr().out.split())
    assert "those of different seeds cannot be compared in pairs" in said
