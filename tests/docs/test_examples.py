"""The worked examples of docs/architecture.md: a role, a measure and a stage, each added to a copy and run."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from sim.config import validate
from sim.launch.compose import compose
from sim.run.replicate import replicate
from sim.streams import EPISODE_COLUMNS

pytestmark = pytest.mark.integration
HERE = Path(__file__).parents[2]
EXAMPLES = HERE / "docs" / "examples"
PAGE = HERE / "docs" / "architecture.md"
MOST_FILES_OF_A_STAGE = 10
COLUMNS_OF_THE_STAGE = (27, 28, 29)


def touched(patch):
    return re.findall(r"^\+\+\+ b/(.+)$", (EXAMPLES / patch).read_text(), re.MULTILINE)


@pytest.fixture
def with_patch(tmp_path):
    """Run a Hub from a copy of the source to which a patch was applied, and return its measures."""

    def run(patch, *overrides, columns=0):
        copy = tmp_path / "hub"
        for part in ("sim", "analysis", "conf", "scenarios"):
            shutil.copytree(HERE / part, copy / part, ignore=shutil.ignore_patterns("_compiled", "__pycache__"))
        changes = (EXAMPLES / patch).read_text()
        for column in COLUMNS_OF_THE_STAGE if columns else ():
            changes = changes.replace(f" = {column}\n", f" = {column - COLUMNS_OF_THE_STAGE[0] + columns}\n")
        subprocess.run(["git", "apply"], cwd=copy, check=True, input=changes, text=True)
        results = tmp_path / "results"
        said = [*overrides, "run.replications=2", "run.horizon_days=300", "run.opening.run_in_days=60", "run.jobs=1"]
        command = [sys.executable, "-m", "analysis", *said, "run.store=null", f"hydra.run.dir={results}"]
        subprocess.run(command, cwd=copy, check=True, capture_output=True, env=os.environ | {"HUB_UNCOMPILED": "1"})
        return pd.read_parquet(results / "measures.parquet")

    return run


def test_a_role_is_one_file_of_values():
    said = ["staffing=peer_support", "run.horizon_days=300", "run.opening.run_in_days=60"]
    config = validate(compose(*said, config_dir=str(EXAMPLES / "a_role")))
    measures = replicate(config, 0, ["measures"]).tables["measures"].to_pandas()
    used = measures[(measures["measure"] == "utilisation") & (measures["group"] == "peer_supporter")]
    assert used["numerator"].item() > 0


def test_a_measure_is_declared_and_counted_in_one_file(with_patch):
    measures = with_patch("a_measure.patch")
    shares = measures[measures["measure"] == "did_not_attend_share"]
    sessions = measures[(measures["dimension"] == "all") & measures["measure"].str.startswith("sessions_")]
    missed = sessions[sessions["measure"] == "sessions_missed"]
    assert shares["numerator"].tolist() == missed["value"].tolist()
    assert shares["denominator"].tolist() == sessions.groupby("replication")["value"].sum().tolist()
    assert touched("a_measure.patch") == ["sim/measures/people.py"]


@pytest.mark.parametrize(
    "staffing",
    ["senior_led", *(pytest.param(name, marks=pytest.mark.heavy) for name in ("group_first", "stepped_care"))],
)
def test_a_stage_is_found_by_all_that_lists_stages(with_patch, staffing):
    measures = with_patch("a_stage.patch", "pathway.psychiatric_review.share=0.5", f"staffing={staffing}")
    of_the_stage = measures[measures["stage"] == "psychiatric_review"].groupby("measure")["value"].max()
    assert of_the_stage["wait_days_median"] > 0
    assert of_the_stage["queue_peak"] > 0
    assert len(touched("a_stage.patch")) <= MOST_FILES_OF_A_STAGE


def test_a_further_stage_has_columns_where_those_of_the_row_are_taken_and_moves_nobody_elses_numbers(with_patch):
    measures = with_patch("a_stage.patch", "pathway.psychiatric_review.share=0.5", columns=EPISODE_COLUMNS)
    of_the_stage = measures[measures["stage"] == "psychiatric_review"].groupby("measure")["value"].max()
    assert of_the_stage["queue_peak"] > 0
    said = ["run.horizon_days=300", "run.opening.run_in_days=60"]
    unchanged = replicate(validate(compose(*said)), 0, ["measures"]).tables["measures"].to_pandas()
    referrals, before = (m[m["measure"].isin(["referrals", "screened", "reviewed"])] for m in (measures, unchanged))
    referrals = referrals[referrals["replication"] == 0]
    assert referrals["value"].tolist() == before["value"].tolist()
    assert before["value"].sum() > 0


def test_the_page_names_every_file_of_an_example():
    text = PAGE.read_text(encoding="utf-8")
    for patch in ("a_measure.patch", "a_stage.patch"):
        assert [file for file in touched(patch) if f"`{file}`" not in text] == []


def test_the_page_names_every_room_and_loose_file():
    text = PAGE.read_text(encoding="utf-8")
    for top in ("sim", "analysis"):
        for one in sorted((HERE / top).iterdir()):
            is_room = one.is_dir() and not one.name.startswith("_")
            if is_room or (one.suffix == ".py" and not one.stem.startswith("__")):
                assert f"`{top}/{one.name}`" in text, one.name
