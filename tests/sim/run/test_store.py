"""Finished replications are kept under what decides them and nothing else, whole or not at all, and are checked."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from sim import disk
from sim.errors import HubError
from sim.run import replicate as replicate_module
from sim.run import workers
from sim.run.experiment import check_room, run_to_folder, simulate
from sim.run.replicate import Damaged, pack, replicate, unpack
from sim.run.results import ALWAYS
from sim.run.store import Shelf, replication_key

pytestmark = pytest.mark.integration

SHORT = {"run.opening.mode": "empty", "run.horizon_days": 60, "run.jobs": 1, "run.replications": 3}


@pytest.fixture
def stored(hub_config, tmp_path):
    """Configurations that keep their replications in one store of this test."""
    return lambda *overrides, **changes: hub_config(
        *overrides,
        **SHORT | {"run.store": str(tmp_path / "store")} | {k.replace("__", "."): v for k, v in changes.items()},
    )


@pytest.fixture
def simulated(monkeypatch):
    """The numbers of the replications that are really simulated."""
    numbers = []

    def counted(config, number, *wanted):
        numbers.append(number)
        return replicate(config, number, *wanted)

    monkeypatch.setattr(workers, "replicate", counted)
    return numbers


def contents(results):
    return [repr({name: table.to_pydict() for name, table in result.tables.items()}) for result in results]


def entries(config):
    return sorted(Path(config.run.store).rglob("*.tables"))


def test_what_is_kept_is_what_was_simulated(stored):
    result = replicate(stored(run__keep=["journeys"]), 2)
    back = unpack(pack(result, "key"), "key", 2)
    assert back.audited == result.audited and back.seconds == result.seconds
    assert {name: table.equals(result.tables[name]) for name, table in back.tables.items()} == dict.fromkeys(
        [*ALWAYS, "journeys"], True
    )


def test_a_finished_replication_is_not_simulated_again(stored, simulated):
    first = contents(simulate(stored()))
    assert contents(simulate(stored())) == first
    assert simulated == [0, 1, 2]


def test_asking_for_more_replications_adds_only_those(stored, simulated):
    list(simulate(stored()))
    list(simulate(stored(run__replications=5)))
    assert simulated == [0, 1, 2, 3, 4]


def test_replications_may_be_asked_for_by_number(stored, simulated):
    assert [result.number for result in simulate(stored(), numbers=[7, 3])] == [7, 3]
    assert simulated == [7, 3]


def test_with_a_store_or_without_the_files_are_the_same_bytes(stored, tmp_path):
    for name, config in {"none": stored(run__store=None), "new": stored(), "again": stored()}.items():
        (tmp_path / name / "cell").mkdir(parents=True)
        run_to_folder(config, tmp_path / name / "cell")
    for table in ALWAYS:
        none, new, again = (
            (tmp_path / name / "cell" / f"{table}.parquet").read_bytes() for name in ("none", "new", "again")
        )
        assert none == new == again


def test_tables_asked_for_later_are_made_and_kept_beside(stored, simulated):
    list(simulate(stored(run__replications=1)))
    for keep in (["journeys"], ["staff_days"], ["staff_days", "journeys"], []):
        [result] = simulate(stored(run__replications=1, run__keep=keep))
        assert set(result.tables) == {*ALWAYS, *keep}
    assert simulated == [0, 0, 0]  # plain, with journeys, with staff days; then all are there


def sealed(body: bytes) -> bytes:
    """A file with a valid checksum over whatever is in it."""
    squeezed = len(body).to_bytes(8) + replicate_module._codec().compress(body, asbytes=True)
    return replicate_module.MAGIC + hashlib.sha256(squeezed).digest() + squeezed


HARMS = {
    "cut short": lambda whole, third: whole[:-100],
    "one byte changed": lambda whole, third: whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:],
    "emptied": lambda whole, third: b"",
    "that of another replication": lambda whole, third: third,
    "rubbish under a valid checksum": lambda whole, third: sealed(b"\0\0\0\2{}"),
    "no more than a checksum": lambda whole, third: sealed(b""),
    "a size that no memory holds": lambda whole, third: (
        replicate_module.MAGIC + hashlib.sha256(b"\xff" * 16).digest() + b"\xff" * 16
    ),
}


@pytest.mark.parametrize("harm", HARMS)
def test_a_damaged_entry_is_noticed_said_and_simulated_again(stored, simulated, capsys, harm):
    before = contents(simulate(stored()))
    _, second, third = entries(stored())
    second.write_bytes(HARMS[harm](second.read_bytes(), third.read_bytes()))
    assert contents(simulate(stored())) == before
    assert simulated == [0, 1, 2, 1]
    assert "replication 1: " in (said := capsys.readouterr().err) and "simulated again" in said
    list(simulate(stored()))
    assert len(simulated) == 4


@pytest.mark.parametrize("what", ["a folder", "a pipe", "a link to nothing", "a link to a device"])
def test_what_is_no_file_in_the_place_of_an_entry_is_mended_and_holds_nobody_up(stored, simulated, what):
    before = contents(simulate(stored()))
    entry = entries(stored())[1]
    entry.unlink()
    {
        "a folder": entry.mkdir,
        "a pipe": lambda: os.mkfifo(entry),
        "a link to nothing": lambda: entry.symlink_to("nowhere"),
        "a link to a device": lambda: entry.symlink_to("/dev/zero"),
    }[what]()
    assert contents(simulate(stored())) == contents(simulate(stored())) == before
    assert simulated == [0, 1, 2, 1] and entry.is_file()


def test_the_bytes_of_one_table_are_not_taken_for_another(stored, simulated):
    keep = {"run__keep": ["journeys"], "run__replications": 1}
    [before] = contents(simulate(stored(**keep)))
    [entry] = entries(stored())
    entry.with_suffix(".journeys").write_bytes(entry.read_bytes())
    assert contents(simulate(stored(**keep))) == [before]
    assert simulated == [0, 0]


def test_a_table_without_its_columns_is_no_entry(stored):
    result = replicate(stored(), 0)
    tables = result.tables | {"waits": result.tables["waits"].select(["hub"])}
    with pytest.raises(Damaged, match="other tables lie under the name"):
        unpack(pack(replace(result, tables=tables), "key"), "key", 0)


def test_a_folder_that_is_not_empty_is_left_alone_and_the_results_are_right(stored, simulated, capsys):
    before = contents(simulate(stored()))
    entry = entries(stored())[1]
    entry.unlink()
    entry.mkdir()
    (entry / "thesis.txt").touch()
    workers.say_once.cache_clear()
    assert contents(simulate(stored())) == contents(simulate(stored())) == before
    assert (entry / "thesis.txt").exists()
    assert capsys.readouterr().err.count("what is simulated now is not kept there") == 1


def test_what_a_killed_process_left_in_the_store_goes_at_the_next_start(stored):
    list(simulate(stored()))
    folder = entries(stored())[0].parent
    (folder / f".00007.tables.{os.getpid()}-0123-0@{disk._host()}.part").touch()
    (folder.parent / f".about.json.{os.getpid()}-0123-0@{disk._host()}.part").touch()
    list(simulate(stored()))
    assert not [path for path in Path(stored().run.store).rglob("*") if path.name.endswith(".part")]


@pytest.fixture
def shared_folder():
    """A folder that everybody may reach; those of pytest are closed to other users."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        yield Path(folder)


@contextmanager
def as_a_colleague(*mine: Path):
    """Work as another user of this machine; who cannot take another user's place loses access instead."""
    if os.geteuid() == 0:
        os.seteuid(65534)
        try:
            yield
        finally:
            os.seteuid(0)
    else:
        modes = {path: path.stat().st_mode for path in mine}
        for path in mine:
            path.chmod(modes[path] & (0o555 if modes[path] & 0o044 else 0))
        try:
            yield
        finally:
            for path, mode in modes.items():
                path.chmod(mode)


def test_a_colleague_uses_a_complete_store_that_only_its_owner_may_write(stored, simulated, shared_folder, capsys):
    config = stored(run__store=str(shared_folder / "store"))
    before = contents(simulate(config))
    with as_a_colleague(*(path for path in shared_folder.rglob("*"))):
        assert contents(simulate(config)) == before
    assert (simulated, capsys.readouterr().err) == ([0, 1, 2], "")


def test_a_colleague_simulates_what_is_missing_there_and_is_told_that_it_is_not_kept(
    stored, simulated, shared_folder, capsys
):
    place = {"run__store": str(shared_folder / "store")}
    list(simulate(stored(**place)))
    workers.say_once.cache_clear()
    with as_a_colleague(*(path for path in shared_folder.rglob("*"))):
        assert len(list(simulate(stored(**place, run__replications=5)))) == 5
    assert simulated == [0, 1, 2, 3, 4]
    said = "Permission denied: what is simulated now is not kept there\n"
    assert capsys.readouterr().err == f"run.store: got {shared_folder / 'store'}; {said}"


def test_an_entry_that_cannot_be_read_counts_as_absent(stored, simulated, shared_folder):
    config = stored(run__store=str(shared_folder / "store"))
    before = contents(simulate(config))
    entries(config)[1].chmod(0o600)
    with as_a_colleague(entries(config)[1]):
        assert contents(simulate(config)) == before
    assert simulated == [0, 1, 2, 1]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("run__jobs", 2), ("run__replications", 9), ("run__keep", ["events"]),
        ("run__profile", True), ("run__store", None), ("purpose", "Another."), ("scenario", "mine"),
        ("staffing_model", "mine"),
    ],
)  # fmt: skip
def test_names_cores_and_what_is_kept_do_not_change_the_key(stored, path, value):
    assert replication_key(stored(**{path: value})) == replication_key(stored())


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("run__seed", 8),
        ("run__horizon_days", 61),
        ("demand__multiplier", 1.1),
        ("standards__risk_call_working_days", 2),
    ],
)
def test_what_a_replication_reads_does(stored, path, value):
    assert replication_key(stored(**{path: value})) != replication_key(stored())


def test_of_real_referrals_the_contents_count_and_not_the_path(stored, tmp_path):
    row = "referred_on,staff_group\n2021-04-{:02d},care_homes\n"
    for name, day in {"one": 6, "same": 6, "other": 7}.items():
        (tmp_path / f"{name}.csv").write_text(row.format(day))
    key = {
        name: replication_key(stored(demand__referrals_csv=str(tmp_path / f"{name}.csv")))
        for name in ("one", "same", "other")
    }
    assert key["one"] == key["same"] != key["other"]


def test_another_version_of_the_model_shares_nothing(stored, monkeypatch):
    before = replication_key(stored())
    monkeypatch.setattr("sim.run.store.code_version", lambda: {"source_sha256": "other"})
    assert replication_key(stored()) != before


def test_an_entry_is_read_only_as_what_it_is(stored):
    packed = pack(replicate(stored(), 0), "key")
    for key, number in (("another", 0), ("key", 1)):
        with pytest.raises(Damaged):
            unpack(packed, key, number)


def test_folders_stay_small(stored):
    shelf = Shelf.of(stored())
    folders = {shelf.parts(number, ALWAYS)["tables"].parent for number in range(2500)}
    assert len(folders) == 3


def test_a_store_that_cannot_be_written_is_refused_before_anything_runs(stored, simulated, tmp_path):
    (tmp_path / "store").write_text("a file")
    with pytest.raises(HubError, match=r"^run.store: got .*store; File exists: choose a folder that can be written$"):
        list(simulate(stored()))
    assert simulated == []


def test_a_full_disk_is_said_before_anything_runs(stored, tmp_path, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda folder: type("Usage", (), {"free": 10_000_000})())
    one, many = stored(), stored(hubs__count=40)
    check_room("run.store", tmp_path, [(one, 30)])
    with pytest.raises(HubError, match=r"0.0 GB free; about 12.0 GB may be needed"):
        check_room("run.store", tmp_path, [(many, 1000)])
    with pytest.raises(HubError, match=r"or keep fewer tables \(run.keep\)$"):
        check_room("run.store", tmp_path, [(stored(run__keep=["events"]), 30)])


RUN = """
import sys
from pathlib import Path
from sim.launch.compose import compose
from sim.config import validate
from sim.run.experiment import run_to_folder
config = validate(compose(*sys.argv[2:]))
Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
run_to_folder(config, Path(sys.argv[1]))
"""


def test_killed_again_and_again_it_goes_on_where_it_stopped_and_ends_with_the_same_bytes(tmp_path):
    short = ["run.horizon_days=200", "run.opening.mode=empty", "run.replications=40", "run.jobs=2"]

    def command(store, folder):
        return [sys.executable, "-c", RUN, str(tmp_path / folder / "cell"), *short, f"run.store={store}"]

    kept = 0
    for more in (1, 8):  # after so many more, wherever the two workers then are
        process = subprocess.Popen(command(tmp_path / "store", "killed"), start_new_session=True)
        goal = kept + more
        while process.poll() is None and len(list((tmp_path / "store").rglob("*.tables"))) < goal:
            time.sleep(0.005)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        found = len(list((tmp_path / "store").rglob("*.tables")))
        assert found > kept  # nothing finished is lost
        kept = found
    assert 9 <= kept < 40 and not list(tmp_path.rglob("killed/cell/*.parquet"))
    subprocess.run(command(tmp_path / "store", "killed"), check=True)
    subprocess.run(command("null", "straight"), check=True)
    for table in ALWAYS:
        killed, straight = (tmp_path / name / "cell" / f"{table}.parquet" for name in ("killed", "straight"))
        assert killed.read_bytes() == straight.read_bytes()


def test_each_configuration_says_what_it_is(stored):
    list(simulate(stored("scenario=major_incident", incident__manchester_arena__day=20)))
    [about] = Path(stored().run.store).rglob("about.json")
    note = json.loads(about.read_text())
    assert (note["scenario"], note["staffing"], note["seed"]) == ("major_incident", "senior_led", 20240512)


@pytest.mark.parametrize("harm", ["emptied", "a list", "a pipe"])
def test_a_note_that_says_nothing_is_written_anew(stored, harm):
    list(simulate(stored()))
    [about] = Path(stored().run.store).rglob("about.json")
    before = about.read_text()
    about.unlink()
    {
        "emptied": about.touch,
        "a list": lambda: about.write_text("[]"),
        "a pipe": lambda: os.mkfifo(about),
    }[harm]()
    list(simulate(stored()))
    assert about.read_text() == before
