from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from analysis.app import quick_look as taken
from analysis.app.explore import headline, so_far, stands_behind, who_waits_longer
from analysis.app.quick_look import QuickLook, QuickLooks, result_of_folder
from analysis.app.view import Limits, View
from sim.config import HubConfig
from sim.errors import ConfigProblem


def looked(looks: QuickLooks, config: HubConfig) -> QuickLook:
    look = looks.ask(config)
    assert look.finished.wait(120)
    return look


@pytest.mark.integration
def test_what_the_page_shows_is_what_the_command_line_writes_to_the_digit(view: View, tmp_path: Path) -> None:
    look = looked(QuickLooks(tmp_path / "store"), view.config(6, tmp_path / "store"))
    assert look.result is not None and look.done == 6
    folder = tmp_path / "run"
    store = f"run.store={tmp_path / 'other'}"
    command = [
        sys.executable,
        "-m",
        "analysis",
        *view.overrides,
        "run.replications=6",
        store,
        f"hydra.run.dir={folder}",
    ]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert look.result is not None
    assert look.result.summary() == (folder / "summary.csv").read_bytes()

    written = pd.read_csv(folder / "summary.csv", keep_default_na=False, na_values=[""])
    keys = ["measure", "stage", "dimension", "group"]
    written[keys] = written[keys].fillna("")
    shown = pd.read_csv(io.StringIO(look.result.estimates.to_csv(index=False, float_format="%.10g")))
    shown[keys] = shown[keys].fillna("")
    both = shown.merge(written, on=keys, suffixes=("", "_written"))
    assert len(both) == len(shown) > 50
    for column in ("estimate", "low", "high", "range_low", "range_high"):
        pd.testing.assert_series_equal(both[column], both[f"{column}_written"].astype(float), check_names=False, rtol=0)

    again = result_of_folder(look.config, folder)
    assert headline(again) == headline(look.result) and again.warnings == look.result.warnings
    assert who_waits_longer(again) == who_waits_longer(look.result)


@pytest.mark.integration
def test_a_look_that_is_given_up_stops_and_the_next_goes_ahead(view: View, tmp_path: Path) -> None:
    looks = QuickLooks(tmp_path)
    first = looks.ask(view.with_change("referrals", 2.0).config(400, tmp_path))
    first.abandoned = True
    second = looked(looks, view.config(4, tmp_path))
    assert first.finished.is_set() and first.result is None and first.done < 400
    assert second.result is not None


@pytest.mark.integration
def test_a_look_makes_do_with_what_there_was_time_for_and_says_so(view: View, tmp_path: Path) -> None:
    result = looked(QuickLooks(tmp_path, Limits(look_seconds=0.0)), view.config(20, tmp_path)).result
    assert result is not None and 0 < result.replications < 20
    assert stands_behind(result, 20).startswith(
        f"Quick look: {result.replications} replications, as many as there was time"
    )


@pytest.mark.integration
def test_a_look_that_was_taken_before_is_there_at_once(view: View, tmp_path: Path) -> None:
    looks = QuickLooks(tmp_path)
    first = looked(looks, view.config(4, tmp_path))
    assert looks.ask(view.config(4, tmp_path)) is first


@pytest.mark.integration
def test_a_look_beyond_the_bounds_is_refused_behind_the_page(view: View, tmp_path: Path) -> None:
    with pytest.raises(ConfigProblem, match=r"run\.replications: got 501"):
        QuickLooks(tmp_path).ask(view.config(501, tmp_path))


def test_a_look_that_takes_long_tells_what_it_has_found_so_far(
    view: View, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taken, "FIRST_ANSWER_SECONDS", 0.0)
    look = looked(QuickLooks(tmp_path), view.config(12, tmp_path))
    assert look.so_far is not None and look.result is not None
    assert 0 < look.so_far.replications < look.result.replications == 12
    assert so_far(look.so_far, 12).startswith(f"So far: {look.so_far.replications} of 12 replications, not for")


def test_a_short_look_tells_everything_at_once(view: View, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taken, "FIRST_ANSWER_SECONDS", 600.0)
    assert looked(QuickLooks(tmp_path), view.config(6, tmp_path)).so_far is None
