"""`hub rerun` does what a manifest says, whatever the files say now."""

from __future__ import annotations

import json
import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analysis.commands import main

pytestmark = pytest.mark.integration
SMALL = ["run.replications=2", "run.horizon_days=60", "run.opening.run_in_days=30", "run.jobs=1", "run.store=null"]


@pytest.fixture(scope="module")
def scenario_run(tmp_path_factory):
    """A run of a scenario of somebody's own, whose file says something else since."""
    here = tmp_path_factory.mktemp("rerun")
    (here / "mine" / "scenario").mkdir(parents=True)
    file = here / "mine" / "scenario" / "busy.yaml"
    file.write_text("purpose: Busy.\ndemand:\n  multiplier: 1.5\n")
    run = here / "run"
    own = [f"--config-dir={here / 'mine'}", "scenario=busy", f"hydra.run.dir={run}"]
    assert main([*own, *SMALL]) == 0
    file.write_text("purpose: Quiet.\ndemand:\n  multiplier: 0.5\n")
    return run


def test_a_rerun_brings_every_figure_again_though_the_file_has_changed(scenario_run, tmp_path, capsys):
    assert main(["rerun", str(scenario_run), "--out", str(tmp_path / "again"), "--jobs", "1"]) == 0
    assert f"Every measure is as in {scenario_run}." in capsys.readouterr().out
    again = json.loads((tmp_path / "again" / "manifest.json").read_text())
    assert again["config"]["demand"]["multiplier"] == 1.5
    for name in ("measures", "waits", "weekly"):
        kept, made = (pq.read_table(folder / f"{name}.parquet") for folder in (scenario_run, tmp_path / "again"))
        assert kept.equals(made)


def test_tables_that_somebody_changed_are_found_out(scenario_run, tmp_path, capsys):
    changed = tmp_path / "changed"
    changed.mkdir()
    for file in scenario_run.iterdir():
        (changed / file.name).write_bytes(file.read_bytes())
    table = pq.read_table(changed / "measures.parquet")
    place = table.column_names.index("numerator")
    field = table.schema.field(place)
    more = pa.array([value and value + 1 for value in table.column(place).to_pylist()], field.type)
    pq.write_table(table.set_column(place, field, more), changed / "measures.parquet")
    assert main(["rerun", str(changed), "--out", str(tmp_path / "again"), "--jobs", "1"]) == 1
    assert "its tables were changed" in capsys.readouterr().err


def test_a_rerun_simulates_anew_and_is_not_held_against_what_the_store_has_kept(tmp_path, capsys):
    kept = [*SMALL[:-1], f"run.store={tmp_path / 'store'}", f"hydra.run.dir={tmp_path / 'run'}"]
    assert main(kept) == 0
    before = sorted((tmp_path / "store").rglob("*"))
    capsys.readouterr()
    assert again(tmp_path / "run", tmp_path) == 0
    told = capsys.readouterr().out
    assert "came from the store" not in told.replace("none came from the store", "")
    assert "Every future was simulated again; none came from the store." in told
    assert f"Every measure is as in {tmp_path / 'run'}." in told
    assert json.loads((tmp_path / "again" / "manifest.json").read_text())["replications_from_store"] == 0
    assert before and sorted((tmp_path / "store").rglob("*")) == before


@pytest.fixture(scope="module")
def sweep(tmp_path_factory):
    """A sweep of two cells."""
    folder = tmp_path_factory.mktemp("swept") / "sweep"
    assert main(["sweep", "demand.multiplier=1,1.2", *SMALL, f"hydra.sweep.dir={folder}"]) == 0
    return folder


def again(folder, tmp_path):
    return main(["rerun", str(folder), "--out", str(tmp_path / "again"), "--jobs", "1"])


def test_a_sweep_is_run_again_whole_and_every_cell_comes_out_in_the_same_bytes(sweep, tmp_path, capsys):
    assert again(sweep, tmp_path) == 0
    told = capsys.readouterr().out
    assert told.count(": the same bytes\n") == 2 and f"Every measure is as in {sweep}." in told
    files = [path.relative_to(sweep) for path in sweep.rglob("*") if path.suffix in (".parquet", ".csv")]
    assert len(files) == 2 * 3 + 4
    assert all((sweep / file).read_bytes() == (tmp_path / "again" / file).read_bytes() for file in files)


def test_a_cell_whose_tables_were_changed_is_named(sweep, tmp_path, capsys):
    changed = tmp_path / "changed"
    shutil.copytree(sweep, changed)
    first, second = sorted(path for path in changed.iterdir() if path.is_dir())
    shutil.copy(first / "waits.parquet", second / "waits.parquet")
    assert again(changed, tmp_path) == 1
    out, err = capsys.readouterr()
    assert "demand.multiplier=1: the same bytes" in out and "demand.multiplier=1.2: other figures in waits" in out
    assert "1 of 2 cells: other figures" in err and "its tables were changed" in err


def test_a_rerun_says_which_versions_differ_from_those_of_the_manifest(scenario_run, tmp_path, capsys):
    older = tmp_path / "older"
    shutil.copytree(scenario_run, older)
    about = json.loads((older / "manifest.json").read_text())
    about["code"] = {"version": "0.0.9", "source_sha256": "0123456789abcdef"}
    about["packages"]["numpy"] = "1.0"
    (older / "manifest.json").write_text(json.dumps(about))
    assert again(older, tmp_path) == 0
    told = capsys.readouterr().out
    assert "the model (then 0.0.9, source 01234567, now " in told and "numpy (1.0, now " in told
    assert f"Every measure is as in {older}." in told


@pytest.mark.parametrize(
    ("file", "told"), [("differences.csv", "then give that to hub compare"), ("sizing.json", "give hub size")]
)
def test_a_comparison_or_sizing_says_what_to_do_instead(file, told, tmp_path, capsys):
    (tmp_path / file).touch()
    assert again(tmp_path, tmp_path) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert told in line


@pytest.mark.parametrize(
    ("content", "told"),
    [(None, "holds no manifest.json"), ("{", "is damaged"), ('{"cells": []}', "no finished cell"), ("{}", "no cells")],
)
def test_a_folder_that_is_no_run_is_refused(content, told, tmp_path, capsys):
    (tmp_path / "odd").mkdir()
    if content is not None:
        (tmp_path / "odd" / "manifest.json").write_text(content)
    assert main(["rerun", str(tmp_path / "odd"), "--out", str(tmp_path / "again")]) == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize("lost", ["replications", "started_at", "code", "cells"])
def test_a_manifest_that_lost_what_is_read_of_it_is_refused_in_a_line(lost, scenario_run, tmp_path, capsys):
    about = json.loads((scenario_run / "manifest.json").read_text())
    del about[lost]
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "manifest.json").write_text(json.dumps(about))
    assert main(["rerun", str(tmp_path / "odd"), "--out", str(tmp_path / "again")]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert f"whose manifest.json was changed (run: {lost})" in line
