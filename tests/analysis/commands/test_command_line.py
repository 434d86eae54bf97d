"""What `hub` does from the outside: verbs, exit codes, folders, a line for each mistake. Nothing is simulated."""

import logging
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

import pytest
from omegaconf import OmegaConf

from analysis.commands import REMOVED, VERBS, main
from sim.disk import conf_dir, scenarios_dir
from sim.errors import HubError

pytestmark = pytest.mark.integration

FAILS, INTERRUPTED, FAULTY = 2, 3, 4
"""Seeds with which a run goes wrong."""


class Said(NamedTuple):
    """How a command ended, and what it printed."""

    status: int
    out: str
    err: str


def run_and_report(config, folder, changes):
    """Stand in for a run: leave a file, and end with the seed as status or as this seed goes wrong."""
    seed = config.run.seed
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cell.txt").write_text(f"{config.scenario} {config.staffing_model} {seed}")
    if seed == FAILS:
        raise HubError("referrals.csv: got no such file; give its path")
    if seed == INTERRUPTED:
        raise KeyboardInterrupt
    if seed == FAULTY:
        raise ZeroDivisionError
    return seed


def run_sweep(cells, folder):
    return max(run_and_report(cell.config, cell.folder, {}) for cell in cells)


def collect(cells, folder):
    (folder / "collected.txt").write_text(" ".join(cell.name for cell in cells))
    return 0


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder, with a space in its name, in which somebody stands and types `hub`."""
    folder = tmp_path / "any where"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setattr("analysis.commands.run.get_ready", lambda *_: None)
    monkeypatch.setattr("sim.run.processes.compute_with_one_thread", lambda: None)
    monkeypatch.setattr("analysis.runs.one_run.run_and_report", run_and_report)
    monkeypatch.setattr("analysis.runs.sweep.run_sweep", run_sweep)
    monkeypatch.setattr("analysis.runs.sweep.collect", collect)
    return folder


@pytest.fixture
def hub(here: Path, capfd: pytest.CaptureFixture[str]):
    """Type `hub` and what follows."""

    def typed(*arguments: str) -> Said:
        try:
            status = main(list(arguments))
        except SystemExit as end:  # argparse ends by itself
            status = int(end.code or 0)
        return Said(status, *capfd.readouterr())

    return typed


def files(folder: Path) -> list[str]:
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())


@pytest.mark.parametrize("verb", [[], ["run"]])
def test_a_run_makes_one_folder_where_one_stands_and_says_nothing(hub, here, verb):
    assert hub(*verb, "scenario=growing_demand", "run.seed=0") == (0, "", "")
    [folder] = (here / "outputs").iterdir()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d-\d{6}_growing_demand_senior_led", folder.name)
    assert files(folder) == ["cell.txt"]
    assert (folder / "cell.txt").read_text() == "growing_demand senior_led 0"


@pytest.mark.parametrize("verb", [["-m"], ["sweep"], ["run", "-m"], ["sweep", "-m"]])
def test_a_sweep_makes_one_folder_per_cell(hub, here, verb):
    assert hub(*verb, "scenario=glob([b*,growing*])", "run.seed=0,10") == (10, "", "")
    [sweep] = (here / "outputs").iterdir()
    assert re.fullmatch(r"sweep_\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d-\d{6}", sweep.name)
    assert {cell.parent.name: cell.read_text() for cell in sweep.rglob("cell.txt")} == {
        "0_baseline_senior_led_seed-0": "baseline senior_led 0",
        "1_baseline_senior_led_seed-10": "baseline senior_led 10",
        "2_growing_demand_senior_led_seed-0": "growing_demand senior_led 0",
        "3_growing_demand_senior_led_seed-10": "growing_demand senior_led 10",
    }


def test_a_launcher_of_hydras_runs_the_cells_and_they_are_collected(hub, here):
    assert hub("sweep", "run.seed=1,0", "hydra/launcher=basic").status == 1  # the first cell failed, and the other ran
    assert len(list(here.rglob("cell.txt"))) == 2
    [collected] = here.rglob("collected.txt")
    assert collected.read_text() == "baseline,senior_led,seed=1 baseline,senior_led,seed=0"


def test_a_cell_that_is_refused_on_a_launcher_does_not_keep_the_others_from_running(hub, here):
    done = hub("sweep", f"run.seed={FAILS},0", "hydra/launcher=basic")
    assert (done.status, done.err) == (2, "referrals.csv: got no such file; give its path\n")
    assert len(list(here.rglob("cell.txt"))) == 2


def test_a_finished_run_is_never_overwritten(hub, here):
    (here / "mine").mkdir()
    (here / "mine" / "manifest.json").write_text("{}")
    for arguments in (["hydra.run.dir=mine"], ["-m", "run.seed=0,1", "hydra.sweep.dir='mine'"]):
        key = arguments[-1].partition("=")[0]
        line = f"{key}: got mine, which holds a finished run; choose another folder or remove this one\n"
        assert hub(*arguments) == (2, "", line)
    assert files(here) == ["mine/manifest.json"]


NO_FILE = "run.design: got plans.csv; No such file or directory: give a CSV with a column for each key"
COUNTRIES = "scenario=baseline,growing_demand"


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("run.seed=-1", "run.seed: got -1; must be 0 or more"),
        ("-m run.seed=0,-1", "run.seed: got -1; must be 0 or more (in run.seed=-1)"),
        (
            f"-m run.seed=0,-1 {COUNTRIES}",
            "run.seed: got -1; must be 0 or more (in run.seed=-1, scenario=baseline and 1 other cell)",
        ),
        ("sweep scenario=baseline,natonal", "scenario: got natonal; did you mean national? (in scenario=natonal)"),
        ("run.design=plans.csv", "run.design: got plans.csv; add -m to run each of its rows"),
        ("-m run.design=plans.csv", NO_FILE),
        (f"-m run.seed=-1 {COUNTRIES}", "run.seed: got -1; must be 0 or more"),
        ("scenario=natonal", "scenario: got natonal; did you mean national?"),
        ("run.sed=1", "run.sed: got 1; there is no such key: did you mean run.seed?"),
        (COUNTRIES, "scenario: got baseline,growing_demand; add -m to run each"),
        ("--cfg job run.sed=1", "run.sed: got 1; there is no such key: did you mean run.seed?"),
        ("hydra.run.dir=", "hydra.run.dir: got nothing; write the path of a folder"),
        ("hydra.run.dir=${nope}", "hydra.run.dir: Interpolation key 'nope' not found; write the path of a folder"),
        (
            "-m hydra.sweep.dir=${nope}",
            "hydra.sweep.dir: Interpolation key 'nope' not found; write the path of a folder",
        ),
        ("--cfg job -p sizing.hire", "--package: got sizing.hire, which is asked by a sizing; type hub size --cfg job"),
        ("--package run", "--resolve, --package: got no --cfg; they go with --cfg job"),
        ("--cfg job -m run.seed=1", "-m: got --cfg or --info too; they show one configuration: leave -m out"),
        ("--completion", "--completion: got no shell; choose from bash, zsh, fish, powershell"),
        ("story 0/x --replication -1", "--replication: got -1; must be 0 or more"),
        ("story 0/x run.store=null", "run.store: got null; a story keeps nothing: leave it out"),
        ("story 0/x hydra.run.dir=x", "hydra.run.dir: got x; a story keeps nothing: leave it out"),
    ],
)
def test_a_refused_run_says_one_line_and_leaves_no_folder(hub, here, typed, line, monkeypatch):
    monkeypatch.setenv("HYDRA_FULL_ERROR", "1")
    assert hub(*typed.split()) == (2, "", f"{line}\n")
    assert list(here.iterdir()) == []


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("compar outputs/x", "hub: got compar; did you mean hub compare?"),
        ("Size scenario=x", "hub: got Size; did you mean hub size?"),
        ("major_incident", "hub: got major_incident; write scenario=major_incident"),
        ("mixed_skill run.seed=1", "hub: got mixed_skill; write staffing=mixed_skill"),
        ("xyz", f"hub: got xyz; choose from {', '.join(VERBS)}"),
        ("run.seed=1 store", "hub: got store after something else; a verb comes first: hub store run.seed=1"),
        (
            "--config-dir mine size --out X",
            "hub: got size after something else; a verb comes first: hub size --config-dir mine --out X",
        ),
    ],
)
def test_a_word_that_is_no_verb_is_told_what_was_meant(hub, here, typed, line):
    assert hub(*typed.split()) == (2, "", f"{line}\n")


def test_the_keys_of_a_sizing_are_printed_as_the_command_line_has_them(hub, here):
    status, out, _ = hub("size", "--cfg", "job", "target.days=28", "sizing.decision_weeks=[0,4]")
    printed = OmegaConf.create(out)
    assert (status, printed.target.days, printed.sizing.decision_weeks) == (0, 28, [0, 4])
    assert {"supply", "hire", "search", "certify"} <= set(printed.sizing)
    assert list(here.iterdir()) == []


def test_a_verb_is_no_file_and_no_value_of_an_option(hub, here):
    """`store` stands first: it is the verb, whatever is called so here; anywhere else it is what it is there for."""
    (here / "store" / "scenario").mkdir(parents=True)
    (here / "store" / "scenario" / "run.yaml").write_text("run: {seed: 7}\n")
    assert hub("--config-dir", "store", "scenario=run") == (7, "", "")
    assert hub("store").err == (
        "run.store: got outputs/store; there is no such folder here: give its path, as hub store PATH\n"
    )
    assert hub("store", "store").err == "run.store: got store; this is not a store of replications\n"


def test_an_unknown_flag_is_refused_without_a_traceback(hub):
    done = hub("--forty-two")
    assert done.status == 2
    assert done.err.splitlines()[-1] == "hub run: error: unrecognized arguments: --forty-two"


def test_what_goes_wrong_while_running_is_told_without_a_traceback(hub):
    assert hub(f"run.seed={FAILS}") == (2, "", "referrals.csv: got no such file; give its path\n")


def test_an_interrupted_run_says_one_line_and_exits_130(hub):
    assert hub(f"run.seed={INTERRUPTED}") == (130, "", f"{REMOVED}\n")
    assert "null" in REMOVED  # nothing was kept then: no promise that it goes on


def test_a_fault_of_the_program_shows_its_traceback(hub):
    with pytest.raises(ZeroDivisionError):
        hub(f"run.seed={FAULTY}")


def test_a_folder_that_cannot_be_made_is_told_in_one_line(hub, here):
    (here / "outputs").write_text("a file, not a folder")
    done = hub()
    assert done.status == 2
    assert done.err.endswith("; choose a folder that can be written\n")
    assert done.err.count("\n") == 1


def test_a_story_is_told_of_each_cell_without_making_a_folder(hub, here, monkeypatch):
    def tell(config, client, replication):
        return [f"{config.scenario}: {client} in replication {replication}"]

    monkeypatch.setattr("analysis.runs.story.story_lines", tell)
    done = hub("story", "0/police-7", COUNTRIES, "-m", "--replication", "3")
    assert (done.status, done.err) == (0, "")
    assert done.out.splitlines() == [
        "baseline: 0/police-7 in replication 3",
        "growing_demand: 0/police-7 in replication 3",
    ]
    assert hub("story", "0/police-7").out == "baseline: 0/police-7 in replication 0\n"
    assert files(here) == []


def test_flags_and_overrides_may_come_in_any_order(hub, here):
    own = here / "my own" / "scenario"
    own.mkdir(parents=True)
    (own / "mine.yaml").write_text("# @package _global_\nrun: {seed: 0}\n")
    assert hub("scenario=mine", "--config-dir", "my own", "run.warm_up=false") == (0, "", "")
    [cell] = here.rglob("cell.txt")
    assert cell.read_text() == "mine senior_led 0"


def test_the_folder_can_be_chosen(hub, here):
    assert hub("hydra.run.dir='my results'", "run.seed=0").status == 0
    assert (here / "my results" / "cell.txt").exists()


@pytest.mark.parametrize("typed", ["--help", "-h", "help"])
def test_help_shows_every_verb_on_one_screen(hub, typed):
    done = hub(typed)
    assert (done.status, done.err) == (0, "")
    lines = done.out.splitlines()
    assert len(lines) <= 24 and max(map(len, lines)) <= 80
    for verb, told in VERBS.items():
        assert f"  {verb:<13}{told.summary}" in lines


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_a_help_of_its_own(hub, verb):
    done = hub(verb, "--help")
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith(f"usage: hub {verb} ")
    assert hub("help", verb) == done


def test_help_of_a_run_lists_options_and_purposes(hub, here):
    (here / "scenario").mkdir()
    (here / "scenario" / "mine.yaml").write_text("# @package _global_\npurpose: My own plan.\n")
    lines = hub("run", "--help", "--config-dir", ".").out.splitlines()
    assert "  mine                    My own plan." in lines
    assert "  demand                  steady*" in lines
    assert any(line.startswith("  baseline*               An established Hub") for line in lines)
    assert any(line.startswith("  staffing ") and "senior_led*" in line for line in lines)


def loaded(*arguments: str) -> set[str]:
    """Return the modules that a command imports."""
    command = [sys.executable, "-X", "importtime", "-m", "analysis", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}


def test_help_loads_neither_the_model_nor_what_tables_need():
    model = {"pandas", "numpy", "scipy", "pydantic", "simpy", "rich", "sim.config", "analysis.runs.one_run"}
    assert not loaded("--help") & {*model, "hydra", "omegaconf", "sim.launch.options", "argcomplete"}
    of_a_run = loaded("run", "--help")
    assert "sim.launch.options" in of_a_run
    assert not of_a_run & model


def test_the_configuration_and_its_files_are_shown_without_making_a_folder(hub, here):
    shown = hub("--cfg", "job", "--package", "costs.pay_gbp_per_year.'7'", "scenario=growing_demand")
    assert shown.status == 2
    shown = hub("--cfg", "job", "--package", "run.opening", "run.opening.run_in_days=8")
    assert shown.out.startswith("# @package run.opening\nmode: run_in\nrun_in_days: 8\n")
    told = hub("--info", "scenario=growing_demand", "staffing=mixed_skill").out.splitlines()
    assert str(scenarios_dir()) in told
    staffing = [line.rpartition("/")[2].split() for line in told if "/staffing/" in line]
    assert staffing[-1] == ["mixed_skill.yaml", "staffing"]
    assert told[-1].rpartition("/")[2].split() == ["growing_demand.yaml", "all"]
    assert re.fullmatch(r"hub \d+\.\d+\.\d+\S* \(Hydra 1\.3\.\d+\)\n", hub("--version").out)
    assert list(here.iterdir()) == []


def test_an_installed_package_carries_its_own_defaults_and_scenarios(tmp_path):
    installed = tmp_path / "site packages"
    root = Path(__file__).parents[3]
    for name in ("sim", "analysis"):
        shutil.copytree(root / name, installed / name, ignore=shutil.ignore_patterns("__pycache__", "_compiled"))
    shutil.copytree(conf_dir(), installed / "sim" / "conf")
    shutil.copytree(scenarios_dir(), installed / "sim" / "scenarios")
    command = [sys.executable, "-m", "analysis", "--info", "scenario=growing_demand"]
    environment = {"PYTHONPATH": str(installed), "PATH": ""}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert str(installed / "sim" / "scenarios") in done.stdout.splitlines()


def test_two_runs_in_one_second_do_not_share_a_folder(hub, here):
    for _ in range(2):
        hub("run.seed=0")
    assert len(list((here / "outputs").iterdir())) == 2


def test_every_verb_computes_with_one_thread_even_one_that_loads_numpy_with_its_module(hub, monkeypatch):
    told = []
    monkeypatch.setattr("sim.run.processes.compute_with_one_thread", lambda: told.append("one thread"))
    monkeypatch.setattr(
        "analysis.commands.import_module", lambda name: told.append(name) or SimpleNamespace(app=lambda arguments: 0)
    )
    assert hub("app").status == 0
    assert told == ["one thread", "analysis.commands.app"]
    loaded = "import sys, analysis.commands, sim.run.processes; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", loaded], check=False).returncode == 0


def test_python_3_14_is_refused_before_hydra_is_loaded(hub, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 14, 0))
    monkeypatch.setitem(sys.modules, "hydra", None)  # importing it would fail
    told = "Python: got 3.14; Hydra 1.3 does not start on Python 3.14: use 3.11, 3.12 or 3.13\n"
    assert hub("scenario=growing_demand") == (2, "", told)


def test_another_hydra_is_refused(hub, monkeypatch):
    monkeypatch.setattr("analysis.commands.version", lambda _: "1.4.0")
    assert hub() == (2, "", "hydra-core: got 1.4.0; install hydra-core 1.3, with Python 3.11, 3.12 or 3.13\n")


def test_a_sweep_that_is_killed_says_in_its_folder_how_to_go_on(hub, here):
    assert hub("-m", "run.seed=0,1", "purpose='two words'", "hydra.sweep.dir=my sweep").status == 1
    told = (here / "my sweep" / "unfinished.txt").read_text()  # the stand-in takes no mark away
    assert "is not finished" in told
    again = shlex.split(told.split("\n\n")[1])
    assert again == ["hub", "sweep", "run.seed=0,1", "purpose='two words'", "hydra.sweep.dir='my sweep'"]
    assert hub(*again[1:]).status == 1


def test_hydras_verbose_makes_loggers_talk_and_anything_else_is_refused(hub, here):
    before = {name: logging.getLogger(name).level for name in ("root", "sim")}
    try:
        assert hub("run.seed=0", "hydra.verbose=[sim]").status == 0
        assert logging.getLogger("sim").level == logging.DEBUG
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)
    told = "hydra.verbose: got 3; write true, false, or names of Python's loggers as [a,b]\n"
    assert hub("run.seed=0", "hydra.verbose=3") == (2, "", told)
