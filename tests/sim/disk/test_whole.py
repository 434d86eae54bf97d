"""Whatever is written appears whole or not at all, and nothing half-written outlives the next start."""

import errno
import os
import stat
import subprocess
import sys

import pytest

from sim import disk
from sim.disk import MARK, marked_unfinished, remove_stale, unmark, whole_folder, write_whole

pytestmark = pytest.mark.integration

KILLED_WHILE_WRITING = """
import os, signal, sys
from pathlib import Path
from sim.disk import whole_folder
with whole_folder(Path(sys.argv[1])) as folder:
    (folder / "half.txt").write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def full_disk(monkeypatch):
    """A disk on which nothing more can be forced to the disk."""

    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    write_whole(tmp_path / "note.txt", "naïve")
    with pytest.raises(UnicodeEncodeError):
        write_whole(tmp_path / "note.txt", "\ud800")
    assert (tmp_path / "note.txt").read_text(encoding="utf-8") == "naïve"
    assert os.listdir(tmp_path) == ["note.txt"]


def test_a_full_disk_leaves_neither_a_file_nor_a_folder(tmp_path, full_disk):
    with pytest.raises(OSError, match="No space left"):
        write_whole(tmp_path / "note.txt", "text")
    with pytest.raises(OSError, match="No space left"), whole_folder(tmp_path / "a" / "run") as folder:
        (folder / "note.txt").write_text("text")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o002, 0o664), (0o077, 0o600)])
def test_who_may_read_a_file_is_for_the_umask_to_say(tmp_path, umask, mode):
    before = os.umask(umask)
    try:
        write_whole(tmp_path / "note.txt", "text")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "note.txt").stat().st_mode) == mode


def test_a_folder_appears_when_all_in_it_is_written(tmp_path):
    with whole_folder(tmp_path / "a" / "run") as folder:
        (folder / "note.txt").write_text("text")
        assert not (tmp_path / "a" / "run").exists()
    assert [path.name for path in tmp_path.rglob("*")] == ["a", "run", "note.txt"]


def test_a_folder_that_is_there_keeps_what_it_holds_and_says_last_that_it_is_complete(tmp_path, monkeypatch):
    (tmp_path / "own.txt").write_text("mine")
    (tmp_path / "manifest.json").write_text("of an older run")
    moved = []
    move = os.replace
    monkeypatch.setattr(os, "replace", lambda old, new: (moved.append(new.name), move(old, new)))
    with whole_folder(tmp_path) as folder:
        for name in ("manifest.json", "waits.parquet", "tables.csv"):
            (folder / name).write_text("new")
    assert moved == ["tables.csv", "waits.parquet", "manifest.json"]
    assert sorted(os.listdir(tmp_path)) == ["manifest.json", "own.txt", "tables.csv", "waits.parquet"]


def test_an_interruption_leaves_a_folder_as_it_was(tmp_path):
    (tmp_path / "own.txt").write_text("mine")
    with pytest.raises(KeyboardInterrupt), whole_folder(tmp_path) as folder:
        (folder / "own.txt").write_text("new")
        raise KeyboardInterrupt
    assert (os.listdir(tmp_path), (tmp_path / "own.txt").read_text()) == (["own.txt"], "mine")


def test_what_a_killed_process_left_goes_at_the_next_start(tmp_path):
    subprocess.run([sys.executable, "-c", KILLED_WHILE_WRITING, str(tmp_path / "run")], check=False)
    assert len(list(tmp_path.iterdir())) == 1 and not (tmp_path / "run").exists()
    with whole_folder(tmp_path / "run") as folder:
        (folder / "whole.txt").touch()
    assert [path.name for path in tmp_path.rglob("*")] == ["run", "whole.txt"]


def test_what_somebody_else_still_writes_stays(tmp_path):
    child = subprocess.Popen(["sleep", "60"])
    try:
        (tmp_path / f".run.{child.pid}-0123-0@{disk._host()}.part").mkdir()
        (tmp_path / ".run.1-0123-0@another-machine.part").touch()
        (tmp_path / ".notes.part").touch()
        remove_stale(tmp_path)
        assert len(os.listdir(tmp_path)) == 3
    finally:
        child.kill()
        child.wait()
    remove_stale(tmp_path)
    assert sorted(os.listdir(tmp_path)) == [".notes.part", ".run.1-0123-0@another-machine.part"]


def test_what_another_machine_has_left_for_days_goes(tmp_path):
    stale = tmp_path / ".run.1-0123-0@another-machine.part"
    stale.touch()
    os.utime(stale, (0, 0))
    remove_stale(tmp_path)
    assert os.listdir(tmp_path) == []


def test_a_process_of_the_same_number_is_not_taken_for_the_one_that_was_killed(tmp_path):
    (tmp_path / f".run.{os.getpid()}-0123-0@{disk._host()}.part").touch()
    remove_stale(tmp_path)
    assert os.listdir(tmp_path) == []


def test_a_link_in_place_of_something_unfinished_is_not_followed(tmp_path):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "text.txt").touch()
    (tmp_path / f".run.{os.getpid()}-0123-0@{disk._host()}.part").symlink_to(tmp_path / "thesis")
    remove_stale(tmp_path)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["text.txt", "thesis"]


def test_a_long_name_of_any_letters_can_be_written(tmp_path):
    write_whole(tmp_path / ("é" * 120), "text")
    assert os.listdir(tmp_path) == ["é" * 120]


def test_a_folder_that_fills_up_over_hours_says_that_it_is_unfinished_and_how_to_go_on(tmp_path):
    with pytest.raises(KeyboardInterrupt), marked_unfinished(tmp_path / "sweep", "hub -m run.seed=1,2"):
        (tmp_path / "sweep" / "0_cell").mkdir()
        raise KeyboardInterrupt
    assert (tmp_path / "sweep" / MARK).read_text() == "hub -m run.seed=1,2\n"
    unmark(tmp_path / "sweep")
    assert os.listdir(tmp_path / "sweep") == ["0_cell"]


def test_a_folder_in_which_nothing_has_come_to_lie_is_no_reminder(tmp_path):
    with pytest.raises(OSError, match="full"), marked_unfinished(tmp_path / "sweep", "hub -m run.seed=1,2"):
        raise OSError("full")
    assert os.listdir(tmp_path) == []


def test_what_a_killed_sweep_left_in_its_cells_goes_at_the_next_start_of_another(tmp_path):
    stale = f".waits.parquet.{os.getpid()}-0123-0@{disk._host()}.part"
    for folder in ("sweep", "notes"):
        (tmp_path / folder / "0_cell").mkdir(parents=True)
        (tmp_path / folder / stale).touch()
        (tmp_path / folder / "0_cell" / stale).touch()
    (tmp_path / "sweep" / MARK).touch()
    with whole_folder(tmp_path / "run"):
        pass
    assert not list((tmp_path / "sweep").rglob("*.part"))
    assert len(list((tmp_path / "notes").rglob("*.part"))) == 2  # no folder of ours
