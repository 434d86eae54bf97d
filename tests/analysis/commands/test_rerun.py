"""`hub rerun` does what a manifest says, whatever the files say now."""

from __future__ import annotations

import json

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


@pytest.mark.parametrize(
    ("content", "told"), [(None, "holds no manifest.json"), ("{", "is damaged"), ('{"cells": []}', "holds a sweep")]
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
