"""`hub store` tells what is kept and clears it only when asked, and nothing that is not a store."""

import os
import time

import pytest

from analysis.commands import main
from sim.run.experiment import simulate

pytestmark = pytest.mark.integration


@pytest.fixture
def store(hub_config, tmp_path):
    """A store with two replications of one configuration and one of another."""
    folder = tmp_path / "store"
    short = {"run.opening.mode": "empty", "run.horizon_days": 30, "run.jobs": 1, "run.store": str(folder)}
    list(simulate(hub_config(**short)))
    list(simulate(hub_config("scenario=major_incident", **short | {"incident.manchester_arena.day": 5}), numbers=[4]))
    return folder


def test_it_shows_each_configuration_with_how_many_replications(store, capsys):
    assert main(["store", str(store)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert {(*line.split()[:2], line.split()[6]) for line in lines[1:-1]} == {
        ("baseline", "senior_led", "2"),
        ("major_incident", "senior_led", "1"),
    }
    assert lines[-1].startswith(f"{store}: 3 replications of 2 configurations, 0.")


def test_nothing_is_cleared_unasked(store, capsys):
    before = sorted(store.rglob("*"))
    assert main(["store", str(store), "--clear"]) == 2
    assert capsys.readouterr().err == "--clear: got no --yes; add it where nobody can be asked\n"
    assert sorted(store.rglob("*")) == before


def test_cleared_means_empty(store):
    assert main(["store", str(store), "--clear", "--yes"]) == 0
    assert list(store.iterdir()) == []


def test_only_what_is_old_enough_is_cleared(store, capsys):
    [old] = (about.parent for about in store.glob("??/*/about.json") if "major_incident" in about.read_text())
    long_ago = time.time() - 10 * 86_400
    for path in old.rglob("*"):
        os.utime(path, (long_ago, long_ago))
    assert main(["store", str(store), "--clear", "--yes", "--older-than", "9"]) == 0
    assert not old.exists()
    assert len(list(store.rglob("*.tables"))) == 2


def test_what_another_version_of_the_model_made_can_be_cleared_alone(store, monkeypatch):
    monkeypatch.setattr("sim.run.manifest.code_version", lambda: {"source_sha256": "new"})
    assert main(["store", str(store), "--clear", "--yes", "--other-versions"]) == 0
    assert list(store.iterdir()) == []


@pytest.mark.parametrize("exists", [True, False])
def test_what_is_not_a_store_is_refused_in_one_line(tmp_path, capsys, exists):
    if exists:
        (tmp_path / "thesis.txt").write_text("three years of work")
    assert main(["store", str(tmp_path if exists else tmp_path / "none"), "--clear", "--yes"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not exists or (tmp_path / "thesis.txt").exists()


@pytest.mark.parametrize("harm", ["gone", "emptied", "a pipe"])
def test_replications_without_a_note_are_shown_and_can_be_cleared(store, capsys, harm):
    for about in store.glob("??/*/about.json"):
        about.unlink()
        if harm == "emptied":
            about.touch()
        elif harm == "a pipe":
            os.mkfifo(about)
    assert main(["store", str(store)]) == 0
    assert "3 replications of 2 configurations" in capsys.readouterr().out
    assert main(["store", str(store), "--clear", "--yes"]) == 0
    assert list(store.iterdir()) == []
