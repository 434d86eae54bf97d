"""A run from start to finish: what lies in its folder, what is printed, and what is left when it fails."""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
import pytest

from analysis.estimates.tables import estimate, with_quantiles
from analysis.runs.figures import drawings
from analysis.runs.one_run import run_and_report
from analysis.runs.summary import print_summary
from analysis.tell.console import lines
from analysis.tell.wording import csv_of
from sim.config import HubConfig
from sim.measures.audit import AuditBreach
from sim.run.results import read_table

pytestmark = pytest.mark.integration

FIGURES = ("queue_over_time.png", "every_list.png", "waits_by_staff_group.png", "cost_stack.png")
PNG_START, PNG_END = b"\x89PNG\r\n\x1a\n", b"IEND\xaeB\x60\x82"


@pytest.fixture(scope="module")
def short_run(hub_config: Callable[..., HubConfig]) -> HubConfig:
    changes = {"run.horizon_days": 120, "run.replications": 3, "run.opening.mode": "empty", "run.profile": True}
    changes["purpose"] = "To be printed."
    locum = '+staffing.roles.therapist.lines.locum={band: "7", wte: 1.0, kind: agency, pay_point: mid}'
    return hub_config("scenario=major_incident", locum, **changes, **{"incident.manchester_arena.day": 40})


@pytest.fixture(scope="module")
def finished(
    short_run: HubConfig, tmp_path_factory: pytest.TempPathFactory, drawing: Callable[[], AbstractContextManager[None]]
) -> Iterator[tuple[Path, str, str]]:
    """A finished run: its folder, and what it printed to the two streams."""
    folder = tmp_path_factory.mktemp("a run")
    with drawing(), pytest.MonkeyPatch.context() as patch:
        out, err = io.StringIO(), io.StringIO()
        patch.setattr("sys.stdout", out)
        patch.setattr("sys.stderr", err)
        patch.chdir(folder.parent)
        said = {"run.replications": 3, "demand.multiplier": 1.5, "run.seed": 7}
        assert run_and_report(short_run, folder, said) == 0
    yield folder, out.getvalue(), err.getvalue()


def test_a_run_leaves_tables_figures_summary_and_manifest_and_nothing_else(finished: tuple[Path, str, str]) -> None:
    folder, _, _ = finished
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        [*FIGURES, "manifest.json", "measures.parquet", "summary.csv", "surge.csv", "waits.parquet", "weekly.parquet"]
    )


@pytest.mark.parametrize("name", FIGURES)
def test_figures_are_whole_and_show_something(finished: tuple[Path, str, str], name: str) -> None:
    from matplotlib.image import imread

    content = (finished[0] / name).read_bytes()
    assert content.startswith(PNG_START)
    assert content.endswith(PNG_END)
    picture = imread(finished[0] / name)[..., :3]
    assert picture.std() > 0.05
    assert picture.shape[1] >= 1200
    for edge in (picture[0], picture[-1], picture[:, 0], picture[:, -1]):
        assert np.all(edge == 1), "something is cut off at the edge"


def test_the_summary_is_printed_with_profile_and_folder_last(finished: tuple[Path, str, str]) -> None:
    _, printed, _ = finished
    lines = printed.splitlines()
    assert lines[0].startswith("Scenario major_incident")
    assert lines[-1] == f"Tables, figures and manifest: {finished[0].name}"
    assert any(line.startswith("Mean seconds a replication: draw 0.") and "audit" in line for line in lines)


def test_progress_goes_to_stderr_in_plain_lines_where_there_is_no_terminal(finished: tuple[Path, str, str]) -> None:
    lines = finished[2].splitlines()
    assert lines[-1] == "3 of 3 replications"


@pytest.mark.parametrize(("of", "seconds", "written"), [(1000, 1, 10), (1000, 0.02, 2), (8, 3, 2), (8, 30, 8)])
def test_neither_many_replications_nor_quick_ones_fill_the_screen(
    of: int, seconds: float, written: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0
    monkeypatch.setattr("analysis.tell.console.time.monotonic", lambda: now)
    told = lines()
    for finished in range(1, of + 1):
        now += seconds
        told(finished, of)
    said = capsys.readouterr().err.splitlines()
    assert len(said) == written
    assert said[-1] == f"{of} of {of} replications"


def test_the_manifest_counts_the_grades_of_the_numbers_in_use(finished: tuple[Path, str, str]) -> None:
    grades = json.loads((finished[0] / "manifest.json").read_text())["evidence_grades"]
    assert {"A", "B", "C", "D", "setting"} <= set(grades)
    assert grades["D"] > grades["A"]  # assumptions outnumber what the study states, and the manifest says so


def test_the_manifest_holds_the_warnings_that_are_printed(
    hub_config: Callable[..., HubConfig], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changes = {"run.horizon_days": 60, "run.replications": 2, "run.opening.mode": "empty"}
    config = hub_config(**changes, **{"staffing.roles.navigator.lines.navigator.wte": 0.0})
    run_and_report(config, tmp_path)
    few, judged, nobody = json.loads((tmp_path / "manifest.json").read_text())["warnings"]
    assert few.startswith("Only 2 replications")
    assert nobody.startswith("Nobody does navigation")
    printed = " ".join(capsys.readouterr().out.split())
    assert f"WARNING {few} WARNING {judged} WARNING {nobody}" in printed


def test_the_same_figures_come_out_of_the_tables_again(finished: tuple[Path, str, str], short_run: HubConfig) -> None:
    folder, _, _ = finished
    written = (folder / "summary.csv").read_bytes()
    measures, waits = (read_table(folder, name).to_pandas() for name in ("measures", "waits"))
    (folder / "summary.csv").write_text(csv_of(with_quantiles(estimate(measures), waits)))
    assert (folder / "summary.csv").read_bytes() == written


@pytest.mark.drawn
def test_a_run_in_which_nobody_came_can_still_be_drawn_and_printed(
    finished: tuple[Path, str, str], short_run: HubConfig, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    measures, weekly = (read_table(finished[0], name).to_pandas() for name in ("measures", "weekly"))
    measures[["value", "numerator", "denominator"]] = np.nan
    weekly["list"] = 0.0
    nothing = estimate(measures)
    for draw in drawings(short_run, nothing, weekly, tmp_path):
        draw()
    print_summary(short_run, nothing, [])
    assert {path.name for path in tmp_path.iterdir()} == set(FIGURES)
    assert "nan" not in capsys.readouterr().out


def test_an_interrupted_run_leaves_nothing(
    short_run: HubConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt() -> Callable[[int, int], None]:
        def told(finished: int, of: int) -> None:
            raise KeyboardInterrupt

        return told

    monkeypatch.setattr("analysis.tell.console.lines", interrupt)
    with pytest.raises(KeyboardInterrupt):
        run_and_report(short_run, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_replication_that_contradicts_itself_fails_the_run_and_leaves_nothing(
    short_run: HubConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def breach(history: object) -> list[str]:
        raise AuditBreach("replication 1, minutes_add_up: post therapist-1")

    monkeypatch.setattr("sim.run.replicate.audit", breach)
    assert run_and_report(short_run, tmp_path) == 1
    assert capsys.readouterr().err == "replication 1, minutes_add_up: post therapist-1\n"
    assert list(tmp_path.iterdir()) == []


def test_what_the_command_line_changed_is_said_and_kept(finished: tuple[Path, str, str]) -> None:
    folder, out, _ = finished
    assert "\nChanged: demand.multiplier=1.5, run.seed=7\n" in out
    [cell] = json.loads((folder / "manifest.json").read_text())["cells"]
    assert cell["levers"] == {"demand.multiplier": 1.5, "run.seed": 7}


def test_it_is_said_how_many_replications_came_from_the_store(
    hub_config: Callable[..., HubConfig], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    short = {"run.horizon_days": 60, "run.opening.mode": "empty", "run.jobs": 1, "run.store": str(tmp_path / "store")}
    for replications, said in ((2, False), (3, True)):
        assert (
            run_and_report(hub_config(**short, **{"run.replications": replications}), tmp_path / f"{replications}") == 0
        )
        printed = capsys.readouterr().out
        assert ("2 of 3 replications came from the store of earlier runs (run.store)." in printed) == said
    assert json.loads((tmp_path / "3" / "manifest.json").read_text())["replications_from_store"] == 2
