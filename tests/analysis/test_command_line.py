"""What `hub` does from the outside: exit codes, folders, one line for each mistake. The model itself is a stand-in."""

import os
import re
import resource
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.__main__ import INTERRUPTED, main
from sim.launch.options import conf_dir, group_defaults

pytestmark = pytest.mark.integration

STAND_INS = {
    "sim/config.py": """
        from types import SimpleNamespace
        from sim.errors import ConfigProblem

        def validate(container):
            seed = container["run"]["seed"]
            if seed < 0:
                raise ConfigProblem([f"run.seed: got {seed}; must be 0 or more"])
            return SimpleNamespace(**container | {"run": SimpleNamespace(**container["run"])})
    """,
    "analysis/runs/one_run.py": """
        from sim.errors import HubError

        def run_and_report(config, folder, overrides):
            seed = config.run.seed
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "cell.txt").write_text(f"{config.scenario} {config.staffing_model} {seed}")
            if seed == 2:
                raise HubError("referrals.csv: got no such file; give its path")
            if seed == 3:
                raise KeyboardInterrupt
            if seed == 4:
                raise ZeroDivisionError
            return seed
    """,
    "analysis/runs/sweep.py": """
        from types import SimpleNamespace

        def planned(cells, configs, folder):
            return [
                SimpleNamespace(name=cell.name, config=config, folder=folder / f"{n}_{cell.scenario}_{cell.staffing}")
                for n, (cell, config) in enumerate(zip(cells, configs))
            ]

        def digest_of(cells):
            return "".join(f"{cell.folder.name} {cell.config.run.seed} " for cell in cells)

        def run_sweep(cells, folder):
            for cell in cells:
                seed = cell.config.run.seed
                cell.folder.mkdir(parents=True, exist_ok=True)
                (cell.folder / "cell.txt").write_text(f"{cell.config.scenario} {cell.config.staffing_model} {seed}")
            return max(cell.config.run.seed for cell in cells)

        def collect(cells, folder):
            (folder / "collected.txt").write_text(" ".join(cell.name for cell in cells))
            return 0
    """,
    "sim/run/processes.py": """
        def get_ready(*more):
            pass

        def compute_with_one_thread():
            pass
    """,
    "analysis/runs/story.py": """
        def print_story(config, client_id, replication):
            print(f"{config.scenario}: {client_id} in replication {replication}")
    """,
}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the command line over a small conf/, under a path with spaces."""
    folder = tmp_path_factory.mktemp("check out")
    command = Path(sys.modules[main.__module__].__file__ or "")
    package = command.parents[1] / "sim"
    for room in ("", "launch", "disk", "evidence", "run"):
        (folder / "sim" / room).mkdir()
        for module in (package / room).glob("*.py"):
            shutil.copy(module, folder / "sim" / room)
    (folder / "analysis" / "runs").mkdir(parents=True)
    for module in command.parent.glob("*.py"):
        shutil.copy(module, folder / "analysis")
    for name, text in STAND_INS.items():
        lines = text.strip("\n").splitlines()
        (folder / name).write_text("\n".join(line[8:] for line in lines) + "\n")
    (folder / "conf").mkdir()
    shutil.copy(conf_dir() / "config.yaml", folder / "conf")
    for group, option in group_defaults(folder / "conf").items():
        if group != "scenario":
            (folder / "conf" / group).mkdir()
            (folder / "conf" / group / f"{option}.yaml").write_text("{}\n")
    (folder / "conf" / "run" / "default.yaml").write_text(
        "{seed: 0, replication: 0, design: null, backend: cores, warm_up: false}\n"
    )
    (folder / "scenarios").mkdir()
    (folder / "scenarios" / "baseline.yaml").write_text("purpose: Steady demand.\n")
    (folder / "scenarios" / "surge.yaml").write_text("purpose: More referrals.\n")
    return folder


class Terminal:
    """A folder in which somebody stands and types `hub`."""

    def __init__(self, checkout: Path, stands_in: Path) -> None:
        self.checkout, self.stands_in = checkout, stands_in

    def hub(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "analysis", *arguments],
            cwd=self.stands_in,
            env=os.environ | {"PYTHONPATH": str(self.checkout)} | environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def files(self) -> list[str]:
        return sorted(str(file.relative_to(self.stands_in)) for file in self.stands_in.rglob("*") if file.is_file())


@pytest.fixture
def terminal(checkout: Path, tmp_path: Path) -> Terminal:
    stands_in = tmp_path / "any where"
    stands_in.mkdir()
    return Terminal(checkout, stands_in)


def test_a_run_makes_one_folder_where_one_stands_and_says_nothing(terminal: Terminal) -> None:
    done = terminal.hub("scenario=surge")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    [folder] = (terminal.stands_in / "outputs").iterdir()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d-\d{6}_surge_senior_led", folder.name)
    assert [str(file.relative_to(folder)) for file in folder.rglob("*")] == ["cell.txt"]
    assert (folder / "cell.txt").read_text() == "surge senior_led 0"


def test_a_run_leaves_nothing_beside_the_package(terminal: Terminal) -> None:
    terminal.hub()
    assert {path.name for path in terminal.checkout.iterdir()} == {"sim", "analysis", "conf", "scenarios"}


def test_a_sweep_makes_one_folder_per_cell(terminal: Terminal) -> None:
    done = terminal.hub("-m", "scenario=glob(*)", "run.seed=0,10")
    assert (done.returncode, done.stdout, done.stderr) == (10, "", "")
    [sweep] = (terminal.stands_in / "outputs").iterdir()
    assert re.fullmatch(r"sweep_\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d-\d{6}", sweep.name)
    assert {cell.parent.name: cell.read_text() for cell in sweep.rglob("cell.txt")} == {
        "0_baseline_senior_led": "baseline senior_led 0",
        "1_baseline_senior_led": "baseline senior_led 10",
        "2_surge_senior_led": "surge senior_led 0",
        "3_surge_senior_led": "surge senior_led 10",
    }


def test_a_launcher_of_hydras_runs_the_cells_and_they_are_collected(terminal: Terminal) -> None:
    done = terminal.hub("-m", "run.seed=1,0", "hydra/launcher=basic")
    assert done.returncode == 1  # the first cell failed, and the other ran
    assert len(list(terminal.stands_in.rglob("cell.txt"))) == 2
    [collected] = terminal.stands_in.rglob("collected.txt")
    assert collected.read_text() == "baseline,senior_led,seed=1 baseline,senior_led,seed=0"


def test_a_finished_run_is_never_overwritten(terminal: Terminal) -> None:
    (terminal.stands_in / "mine").mkdir()
    (terminal.stands_in / "mine" / "manifest.json").write_text("{}")
    for arguments in (["hydra.run.dir=mine"], ["-m", "run.seed=0,1", "hydra.sweep.dir='mine'"]):
        done = terminal.hub(*arguments)
        key = arguments[-1].partition("=")[0]
        line = f"{key}: got mine, which holds a finished run; choose another folder or remove this one\n"
        assert (done.returncode, done.stderr) == (2, line)
    assert terminal.files() == ["mine/manifest.json"]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["run.seed=-1"], "run.seed: got -1; must be 0 or more"),
        (["-m", "run.seed=0,-1"], "run.seed: got -1; must be 0 or more (in run.seed=-1)"),
        (
            ["-m", "run.seed=0,-1", "scenario=baseline,surge"],
            "run.seed: got -1; must be 0 or more (in run.seed=-1, scenario=baseline and 1 other cell)",
        ),
        (["-m", "scenario=baseline,sruge"], "scenario: got sruge; did you mean surge? (in scenario=sruge)"),
        (["run.design=plans.csv"], "run.design: got plans.csv; add -m to run each of its rows"),
        (
            ["-m", "run.design=plans.csv"],
            "run.design: got plans.csv; No such file or directory: give a CSV with a column for each key",
        ),
        (["-m", "run.seed=-1", "scenario=baseline,surge"], "run.seed: got -1; must be 0 or more"),
        (["scenario=sruge"], "scenario: got sruge; did you mean surge?"),
        (["run.sed=1"], "run.sed: got 1; there is no such key: did you mean run.seed?"),
        (["scenario=baseline,surge"], "scenario: got baseline,surge; add -m to run each"),
        (["--cfg", "job", "run.sed=1"], "run.sed: got 1; there is no such key: did you mean run.seed?"),
        (["--config-name", "mine"], "--config-name: got mine; put your options into --config-dir DIR"),
        (["hydra.run.dir="], "hydra.run.dir: got nothing; write the path of a folder"),
        (
            ["hydra.run.dir=${nope}"],
            "hydra.run.dir: Interpolation key 'nope' not found; write the path of a folder",
        ),
        (
            ["-m", "hydra.sweep.dir=${nope}"],
            "hydra.sweep.dir: Interpolation key 'nope' not found; write the path of a folder",
        ),
        (
            ["--shell-completion"],
            "--shell-completion: got no subcommand; add install=bash, uninstall=bash or query=bash",
        ),
        (["--package", "run"], "--resolve, --package: got no --cfg; they go with --cfg job"),
    ],
)
def test_a_refused_run_says_one_line_and_leaves_no_folder(terminal: Terminal, arguments: list[str], line: str) -> None:
    done = terminal.hub(*arguments, HYDRA_FULL_ERROR="1")
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"{line}\n")
    assert list(terminal.stands_in.iterdir()) == []


def test_an_unknown_flag_is_refused_without_a_traceback(terminal: Terminal) -> None:
    done = terminal.hub("--forty-two")
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == "hub: error: unrecognized arguments: --forty-two"


def test_what_goes_wrong_while_running_is_told_without_a_traceback(terminal: Terminal) -> None:
    done = terminal.hub("run.seed=2")
    assert (done.returncode, done.stderr) == (2, "referrals.csv: got no such file; give its path\n")


def test_an_interrupted_run_says_one_line_and_exits_130(terminal: Terminal) -> None:
    done = terminal.hub("run.seed=3")
    assert (done.returncode, done.stderr) == (130, f"{INTERRUPTED}\n")
    assert "null" in INTERRUPTED  # nothing was kept then: no promise that it goes on


def test_a_fault_of_the_program_shows_its_traceback(terminal: Terminal) -> None:
    done = terminal.hub("run.seed=4")
    assert done.returncode == 1
    assert "ZeroDivisionError" in done.stderr


def test_a_folder_that_cannot_be_made_is_told_in_one_line(terminal: Terminal) -> None:
    (terminal.stands_in / "outputs").write_text("a file, not a folder")
    done = terminal.hub()
    assert done.returncode == 2
    assert done.stderr.endswith("; choose a folder that can be written\n")
    assert done.stderr.count("\n") == 1


def test_a_traced_client_is_told_without_making_a_folder(terminal: Terminal) -> None:
    done = terminal.hub("-m", "scenario=baseline,surge", "trace=hub-police-7", "run.replication=3")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "baseline: hub-police-7 in replication 3",
        "surge: hub-police-7 in replication 3",
    ]
    assert terminal.files() == []


def test_flags_and_overrides_may_come_in_any_order(terminal: Terminal) -> None:
    own = terminal.stands_in / "my own" / "scenario"
    own.mkdir(parents=True)
    (own / "mine.yaml").write_text("# @package _global_\nrun: {seed: 0}\n")
    done = terminal.hub("scenario=mine", "--config-dir", "my own", "run.warm_up=false")
    assert (done.returncode, done.stderr) == (0, "")
    [cell] = terminal.stands_in.rglob("cell.txt")
    assert cell.read_text() == "mine senior_led 0"


def test_the_folder_can_be_chosen(terminal: Terminal) -> None:
    assert terminal.hub("hydra.run.dir='my results'").returncode == 0
    assert (terminal.stands_in / "my results" / "cell.txt").exists()


def test_help_lists_options_and_purposes_quickly(terminal: Terminal) -> None:
    (terminal.stands_in / "scenario").mkdir()
    (terminal.stands_in / "scenario" / "mine.yaml").write_text("# @package _global_\npurpose: My own plan.\n")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = terminal.hub("--help", "--config-dir", ".")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime - before.ru_utime < 3  # CPU, not time on the clock: 0.2-0.6 s on an idle machine
    assert (done.returncode, done.stderr) == (0, "")
    for line in (
        "  baseline*               Steady demand.",
        "  mine                    My own plan.",
        "  surge                   More referrals.",
        "  staffing                senior_led*",
    ):
        assert line in done.stdout.splitlines()


def test_help_loads_neither_the_model_nor_pandas(terminal: Terminal) -> None:
    done = terminal.hub("--help", PYTHONPROFILEIMPORTTIME="1")
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "sim.launch.options" in loaded
    assert not loaded & {
        "pandas",
        "numpy",
        "pydantic",
        "simpy",
        "sim.config",
        "sim.run.experiment",
        "analysis.runs.one_run",
    }


def test_information_comes_from_hydra_and_makes_no_folder(terminal: Terminal) -> None:
    shown = terminal.hub("--cfg", "job", "--package", "run", "scenario=surge", "run.seed=8")
    assert (shown.returncode, shown.stdout) == (
        0,
        "# @package run\nseed: 8\nreplication: 0\ndesign: null\nbackend: cores\nwarm_up: false\n",
    )
    paths = terminal.hub("--info", "searchpath")
    assert paths.returncode == 0
    assert f"scenarios://{terminal.checkout / 'scenarios'}" in paths.stdout
    assert re.fullmatch(r"hub \d+\.\d+\.\d+\S* \(Hydra 1\.3\.\d+\)\n", terminal.hub("--version").stdout)
    assert terminal.files() == []


def test_an_installed_package_carries_its_own_defaults_and_scenarios(terminal: Terminal, tmp_path: Path) -> None:
    installed = tmp_path / "site packages"
    for name in ("sim", "analysis"):
        shutil.copytree(terminal.checkout / name, installed / name)
    for name in ("conf", "scenarios"):
        shutil.copytree(terminal.checkout / name, installed / "sim" / name)
    done = Terminal(installed, terminal.stands_in).hub("scenario=surge")
    assert (done.returncode, done.stderr) == (0, "")
    assert len(list(terminal.stands_in.rglob("cell.txt"))) == 1


def test_two_runs_in_one_second_do_not_share_a_folder(terminal: Terminal) -> None:
    for _ in range(2):
        terminal.hub()
    assert len(list((terminal.stands_in / "outputs").iterdir())) == 2


def test_python_3_14_is_refused_before_hydra_is_loaded(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 14, 0))
    monkeypatch.setitem(sys.modules, "hydra", None)  # importing it would fail
    assert main(["scenario=surge"]) == 2
    assert capsys.readouterr().err == (
        "Python: got 3.14; Hydra 1.3 does not start on Python 3.14: use 3.11, 3.12 or 3.13\n"
    )


def test_another_hydra_is_refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("analysis.__main__.version", lambda _: "1.4.0")
    assert main([]) == 2
    assert capsys.readouterr().err == (
        "hydra-core: got 1.4.0; install hydra-core 1.3, with Python 3.11, 3.12 or 3.13\n"
    )


def test_a_sweep_that_is_killed_says_in_its_folder_how_to_go_on(terminal: Terminal) -> None:
    assert terminal.hub("-m", "run.seed=0,1", "purpose='two words'", "hydra.sweep.dir=my sweep").returncode == 1
    told = (terminal.stands_in / "my sweep" / "unfinished.txt").read_text()  # the stand-in takes no mark away
    assert "is not finished" in told
    again = shlex.split(told.split("\n\n")[1])
    assert again == ["hub", "-m", "run.seed=0,1", "purpose='two words'", "hydra.sweep.dir='my sweep'"]
    assert terminal.hub(*again[1:]).returncode == 1
