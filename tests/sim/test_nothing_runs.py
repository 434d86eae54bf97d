"""A file of a configuration sets values, and nothing else: it runs no code, reads no secret and ends soon."""

import time
from pathlib import Path

import pytest

from analysis.commands import main
from sim.errors import LONGEST_LINE, ConfigProblem
from sim.launch.compose import NO_FOLDER, compose, compose_cells

pytestmark = pytest.mark.integration

MARK = "was-here"
CALL = f"{{_target_: pathlib.Path.touch, self: {{_target_: pathlib.Path, _args_: [{MARK}]}}}}"
OBEYED_ONCE = {
    "a callback": f"hydra: {{callbacks: {{x: {CALL}}}}}",
    "a logging factory": f"hydra: {{job_logging: {{version: 1, handlers: {{x: {{(): pathlib.Path, x: {MARK}}}}}}}}}",
    "a sweeper": f"hydra: {{sweeper: {CALL}}}",
    "a folder": "hydra: {run: {dir: elsewhere}}",
    "the mode": "hydra: {mode: MULTIRUN}",
    "environment": "hydra: {job: {env_set: {PATH: elsewhere}}}",
    "a launcher": "defaults:\n  - override /hydra/launcher: basic",
    "logging of Hydra's": "defaults:\n  - override /hydra/job_logging: stdout",
    "an option moved to Hydra": "defaults:\n  - /staffing@hydra.callbacks: senior_led",
    "a package of Hydra's": "defaults:\n  - /incident@hydra: none",
    "a target below a free name": f"incident: {{x: {CALL}}}",
    "a target in a list": f"run: {{keep: [{CALL}]}}",
    "the environment": "purpose: ${oc.env:SECRET}",
    "the environment, by another way": "purpose: ${oc.decode:${oc.env:SECRET}}",
    "a resolver named by a value": "run: {store: oc.env}\npurpose: ${${run.store}:SECRET}",
    "a resolver in a key": "incident: {'${oc.env:SECRET}': {}}",
    "a resolver in the list of defaults": "defaults:\n  - override /staffing: ${oc.env:SECRET}",
    "Hydra's own settings": "purpose: ${hydra:runtime.cwd}",
    "the clock": "purpose: ${now:%Y}",
    "a Python object": "purpose: !!python/object/apply:os.getcwd []",
}


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of one's own, where a user stands who has a secret."""
    (tmp_path / "scenario").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SECRET", "swordfish")
    return tmp_path


def refused(own: Path, *overrides: str, multirun: bool = False) -> str:
    with pytest.raises(ConfigProblem) as problem:
        compose_cells([*overrides, "run.replications=1"], multirun, str(own))
    told = str(problem.value)
    assert "swordfish" not in told
    assert all(len(line) <= LONGEST_LINE for line in problem.value.lines)
    return told


@pytest.mark.parametrize("text", OBEYED_ONCE.values(), ids=OBEYED_ONCE)
def test_a_scenario_sets_values_and_nothing_else(own: Path, text: str) -> None:
    (own / "scenario" / "mine.yaml").write_text(f"# @package _global_\n{text}\n")
    told = refused(own, "scenario=mine")
    assert told.startswith("scenario/mine.yaml:")
    assert [path.name for path in own.iterdir()] == ["scenario"]


@pytest.mark.parametrize("command", ["", "-m run.seed=1,2", "--cfg job", "--info"])
def test_no_way_of_composing_obeys_a_file(own: Path, command: str, capfd: pytest.CaptureFixture[str]) -> None:
    (own / "scenario" / "mine.yaml").write_text(OBEYED_ONCE["a callback"])
    assert main([*command.split(), "scenario=mine", "--config-dir", str(own), "run.store=null"]) == 2
    told = capfd.readouterr()
    assert told.out == "" and told.err.startswith("scenario/mine.yaml:1: hydra: got settings of Hydra's own")
    assert "hydra.run.dir" not in told.err  # which hub size, for one, would refuse
    assert [path.name for path in own.iterdir()] == ["scenario"]


@pytest.mark.parametrize("first", ["# @package hydra.callbacks", "# @package hydra", "# @package _global_.hydra"])
def test_an_option_cannot_be_put_into_hydras_part(own: Path, first: str) -> None:
    (own / "incident").mkdir()
    (own / "incident" / "mine.yaml").write_text(f"{first}\nx: {{a: 1}}\n")
    assert "incident" in refused(own, "incident=mine")


def test_a_folder_of_ones_own_holds_no_options_of_hydras(own: Path) -> None:
    (own / "hydra" / "callbacks").mkdir(parents=True)
    (own / "hydra" / "callbacks" / "mine.yaml").write_text(f"x: {CALL}")
    (own / "scenario" / "mine.yaml").write_text("defaults:\n  - /staffing/../hydra/callbacks/mine\n")
    refused(own, "scenario=mine")
    assert "hydra" in refused(own, "+hydra/callbacks=mine")
    assert not (own / MARK).exists()


@pytest.mark.parametrize(
    "override",
    [
        "purpose=${oc.env:SECRET}", "+x=${oc.env:SECRET}", "run.store=${oc.decode:${oc.env:SECRET}}",
        "purpose=${now:%Y}",
        "+incident.x={_target_: os.getcwd}", "+hydra.callbacks.x._target_=os.getcwd", "hydra.job.name=x",
        "hydra.run.dir=${oc.env:SECRET}", "++hydra.launcher._target_=os.getcwd",
    ],
)  # fmt: skip
def test_the_command_line_and_a_design_set_values_and_nothing_else(own: Path, override: str) -> None:
    refused(own, override)
    key, _, value = override.partition("=")
    (own / "plans.csv").write_text(f'{key}\n"{value}"\n')
    refused(own, "run.design=plans.csv", multirun=True)


def test_a_value_may_refer_to_another(own: Path) -> None:
    (own / "scenario" / "mine.yaml").write_text(
        "purpose: seed ${run.seed}\nrun: {replication: '${.replications_max}', replications_max: 2}\n"
    )
    mine = compose("scenario=mine", "run.seed=5", config_dir=str(own))
    assert (mine["purpose"], mine["run"]["replication"]) == ("seed 5", 2)


def nine_times(line: str, before: str) -> str:
    """Return eleven lines, each of which takes the one before nine times."""
    return "".join(line.format(n=n, nine=before.format(n=n - 1) * 9) for n in range(1, 12))


TOO_MUCH = {
    "aliases upon aliases": "a0: &a0 [x, x]\n" + nine_times("a{n}: &a{n} [{nine}]\n", "*a{n}, "),
    "merges upon merges": "a0: &a0 {x: 1}\n" + nine_times("a{n}: &a{n} {{<<: [{nine}]}}\n", "*a{n}, "),
    "references upon references": "x0: y\n" + nine_times("x{n}: '{nine}'\n", "${{x{n}}}"),
    "an alias of itself": "a: &a [*a]",
    "deep": "purpose: " + "[" * 3000 + "]" * 3000,
    "deep mappings": "".join(f"{' ' * n}a:\n" for n in range(3000)),
    "long": "purpose: " + "x" * 400_000,
    "a number of 5,000 digits": "run: {seed: " + "9" * 5000 + "}",
    "a hexadecimal number of 5,000 digits": "run: {seed: 0x" + "f" * 5000 + "}",
}  # fmt: skip


@pytest.mark.parametrize("text", TOO_MUCH.values(), ids=TOO_MUCH)
def test_a_file_that_stands_for_too_much_is_refused_at_once(own: Path, text: str) -> None:
    (own / "scenario" / "mine.yaml").write_text(text)
    before = time.process_time()
    refused(own, "scenario=mine")
    assert time.process_time() - before < 5


@pytest.mark.parametrize("text", ["purpose: 'a\\0b'", 'purpose: "a\\0b"', 'purpose: "\\uD800"', "purpose: a\x07b"])
def test_a_file_holds_no_control_characters(own: Path, text: str) -> None:
    (own / "scenario" / "mine.yaml").write_text(text)
    if "'" in text:
        assert compose("scenario=mine", config_dir=str(own))["purpose"] == "a\\0b"
    else:
        refused(own, "scenario=mine")


def test_a_folder_is_named_by_those_alone_who_make_one(own: Path) -> None:
    with pytest.raises(ConfigProblem, match=r"hydra.run.dir: got x; nothing is put into a folder"):
        compose("hydra.run.dir=x")
    assert NO_FOLDER.keys() == {"hydra"}


ONLY_THE_COMMAND_LINE = {
    "a scheduler that can run code": ("run: {backend: dask, scheduler: 'tcp://127.0.0.1:9'}", "run.backend: got dask"),
    "a scheduler alone": ("run: {scheduler: 'tcp://127.0.0.1:9'}", "run.scheduler: got tcp://127.0.0.1:9"),
    "a folder that is written to": ("run: {store: /somewhere}", "run.store: got /somewhere"),
    "a folder, merged in": ("run: {<<: {store: /somewhere}}", "run.store: got /somewhere"),
    "a number of processes": ("run: {jobs: 4000}", "run.jobs: got 4000"),
    "a design": ("run: {design: plans.csv}", "run.design: got plans.csv"),
    "a folder, by reference": ("run: {store: '${purpose}'}", "run.store: got ${purpose}"),
    "all of it by reference": ("incident: {x: {store: /y}}\nrun: ${incident.x}", "run: got ${incident.x}"),
}


@pytest.mark.parametrize(("text", "told"), ONLY_THE_COMMAND_LINE.values(), ids=ONLY_THE_COMMAND_LINE)
def test_only_the_command_line_decides_where_a_run_is_computed_and_kept(own: Path, text: str, told: str) -> None:
    (own / "scenario" / "mine.yaml").write_text(f"purpose: x\n{text}\n")
    line = 1 + len(text.splitlines())
    assert f"scenario/mine.yaml:{line}: {told}" in refused(own, "scenario=mine")


def test_no_option_of_ones_own_decides_where_a_run_is_kept(own: Path) -> None:
    for group, text in {"run": "defaults: [default]\nstore: /x\n", "demand": "# @package run\nstore: /x\n"}.items():
        (own / group).mkdir()
        (own / group / "mine.yaml").write_text(text)
        assert refused(own, f"{group}=mine").startswith(
            f"{group}/mine.yaml:2: run.store: got /x; only the command line"
        )
    (own / "run" / "brief.yaml").write_text("defaults: [default]\nhorizon_days: 30\n")
    brief = compose("run=brief", "run.store=/x", config_dir=str(own))["run"]
    assert (brief["horizon_days"], brief["store"], brief["backend"]) == (30, "/x", "cores")


def test_no_design_decides_where_a_run_is_computed_and_kept(own: Path) -> None:
    (own / "plans.csv").write_text("run.seed,run.store\n1,/x\n")
    assert refused(own, "run.design=plans.csv", multirun=True).startswith(
        "plans.csv:1: run.store: only the command line"
    )
    (own / "plans.csv").write_text('run\n{seed: 1}\n"{backend: dask, scheduler: x}"\n')
    assert refused(own, "run.design=plans.csv", multirun=True).startswith(
        "plans.csv:3: run.backend: got dask; only the"
    )


NOT_PLAIN = {
    "run: {horizon_days: 0120}": "run.horizon_days: got 0120; write 120",
    "run: {seed: 1:30:00}": "run.seed: got 1:30:00; write it in plain digits, as 120, or in quotes if it is text",
    "run: {seed: 1_2}": "run.seed: got 1_2; write 12",
    "run: {seed: 0b1010}": "run.seed: got 0b1010; write it in plain digits: 10",
    "run: {seed: -0x1F}": "run.seed: got -0x1F; write it in plain digits: -31",
    "run: {seed: 014}": "run.seed: got 014; write 14",
    "demand: {multiplier: 01.5}": "demand.multiplier: got 01.5; write 1.5",
    "demand: {multiplier: 1_0.5}": "demand.multiplier: got 1_0.5; write 10.5",
    "run: {keep: [0o14, 1_2]}": "run.keep.1: got 1_2; write 12",
    "incident: {010: {}}": "incident: got 010 as a key; write 10",
}


@pytest.mark.parametrize(("text", "told"), NOT_PLAIN.items())
def test_a_number_in_a_file_is_what_somebody_sees_or_is_refused(own: Path, text: str, told: str) -> None:
    (own / "scenario" / "mine.yaml").write_text(f"purpose: x\n{text}\n")
    assert refused(own, "scenario=mine") == f"scenario/mine.yaml:2: {told}"


@pytest.mark.parametrize("number", ["0", "-0.5", ".5", "5.", "1e3", "1.5E-3", "-.inf", ".nan", "10", "'0120'", "1-2"])
def test_a_number_in_plain_digits_or_a_text_is_taken(own: Path, number: str) -> None:
    (own / "scenario" / "mine.yaml").write_text(f"run: {{seed: {number}}}\n")
    compose("scenario=mine", config_dir=str(own))


@pytest.mark.parametrize("value", ["1_2", "[1,1_2]", "{a: 1_2}", "-1_2.5", "1_2e3", "1,1_2", "range(1,1_0)"])
def test_no_number_on_the_command_line_or_in_a_design_has_an_underscore(own: Path, value: str) -> None:
    told = f"got {value}; write "
    assert refused(own, f"run.seed={value}", multirun=True).startswith(f"run.seed: {told}")
    (own / "plans.csv").write_text(f'run.seed\n"{value}"\n')
    assert told in refused(own, "run.design=plans.csv", multirun=True)


def test_an_underscore_in_a_name_or_a_text_is_no_number(own: Path) -> None:
    (own / "scenario" / "2021_22.yaml").write_text("purpose: A year.\n")
    mine = compose("scenario=2021_22", "purpose='1_2'", "run.store=a/1_2", config_dir=str(own))
    assert (mine["scenario"], mine["purpose"], mine["run"]["store"]) == ("2021_22", "1_2", "a/1_2")
