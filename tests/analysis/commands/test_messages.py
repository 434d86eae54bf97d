"""What an ordinary slip is told: by `hub`, in one line that says what to write instead, with file and line."""

import os
import sys
from pathlib import Path

import pytest

from analysis.commands import main
from sim.config import validate
from sim.disk import conf_dir
from sim.errors import LONGEST_LINE, ConfigProblem
from sim.launch.compose import Composer, compose

pytestmark = pytest.mark.integration

NURSES = "staffing:\n  roles:\n"


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a user stands, with scenarios of his own in DIR/scenario."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scenario").mkdir()
    return tmp_path


def told(*arguments: str, own: Path, capfd: pytest.CaptureFixture[str]) -> str:
    """Return the one line that hub says of a slip; it leaves nothing behind."""
    before = sorted(own.rglob("*"))
    assert main([*arguments, "--config-dir", str(own)]) == 2
    said = capfd.readouterr()
    assert said.out == ""
    [line] = said.err.splitlines()
    assert len(line) <= LONGEST_LINE
    assert sorted(own.rglob("*")) == before
    return line


@pytest.mark.parametrize(
    ("text", "line", "remedy"),
    [
        (b"purpose: Plan B: two therapists\n", 1, "put quotes around a text that holds a colon"),
        (b"# ours\npurpose: The Hub\x92s plan\n", 2, "save the file as UTF-8"),
        (b"purpose: x\nhubs:\n\tcount: 2\n", 3, "indent with spaces, not with a tab"),
        (b"population:\n  staff_groups:\n    ambulance: {headcount: 75,000}\n", 3, "75000, not 75,000"),
        (b"staffing:\n  roles:\n    - therapist: {wte: 1}\n", 2, "take the dash or the brackets away"),
        (b"run:\n  seed: 1\n  horizon_days: -5\n", 3, "run.horizon_days: got -5; must be 7 or more"),
        (b"run:\n  sed: 1\n", 2, "run.sed: got 1; there is no such key: did you mean run.seed?"),
        (b"demand:\n  weekday_share: {monday: 2.0}\n", 2, "demand.weekday_share.monday: got 2.0; must be 1.0 or less"),
        (
            NURSES.encode() + b"    theraphist:\n      lines: {therapist: {wte: 2.0}}\n", 3,
            "staffing.roles.theraphist: has no ",
        ),
        (
            NURSES.encode() + b"    therapist:\n      lines:\n        therapits: {wte: 2.0}\n", 5,
            "therapits: has no band, kind, pay_point; did you mean therapist?",
        ),
    ],
)  # fmt: skip
def test_a_slip_in_a_scenario_is_told_with_its_file_and_line(
    own: Path, capfd: pytest.CaptureFixture[str], text: bytes, line: int, remedy: str
) -> None:
    (own / "scenario" / "mine.yaml").write_bytes(text)
    said = told("scenario=mine", own=own, capfd=capfd)
    assert f"scenario/mine.yaml:{line}" in said
    assert remedy in said


def test_a_value_that_the_command_line_set_is_not_blamed_on_a_file(own: Path) -> None:
    (own / "scenario" / "mine.yaml").write_text("run:\n  seed: 1\n")
    with pytest.raises(ConfigProblem) as problem:
        validate(compose("scenario=mine", "run.seed=-1", config_dir=str(own)))
    assert problem.value.lines == ["run.seed: got -1; must be 0 or more"]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ("run.replications=1,000", "run.replications: got 1,000; leave the comma out of numbers: 1000"),
        ("-m run.replications=1,000", "run.replications: got 1,000; leave the comma out of numbers: 1000"),
        ("+hubs.x={headcount:75,000}", "+hubs.x: got {headcount:75,000}; leave the comma out of numbers: 75000"),
        ("demand.multiplier=1.2;", "demand.multiplier: got 1.2;; take the ; off the end"),
        ("scenario=foo", "scenario: got foo, which is scenario/foo.yml; rename it to foo.yaml"),
        (
            "scenario=theirs",
            "scenario: got theirs; scenarios/theirs.yaml is not where options are looked for: "
            "put it into DIR/scenario/ and add --config-dir DIR",
        ),
        ("demand.growth_per_year=0,5",
         "demand.growth_per_year: got 0,5; write 0.5, with a point, or add -m to run each"),
        ("demand.multiplier=£5", "demand.multiplier: got £5; write 5"),
        ("scenario=scenarios/baseline.yaml", "scenario: got scenarios/baseline.yaml; did you mean baseline?"),
        ("run.seed=choice(1,2)", "run.seed: got choice(1,2); add -m to run each, or write a list as [a,b]"),
        ("hubs={count:choice(1,2)}", "hubs: got {count:choice(1,2)}; sweep over whole values, as a,b,c"),
        ("run.seed=" + "9" * 5000, "run.seed: got a number of 5,000 digits; write fewer"),
        ("purpose=a\x00b", "purpose: got a\\x00b; take the control characters out"),
        ("purpose=a\udcffb", "purpose: got a\\udcffb; it is not text in UTF-8: write it again"),
        ("run.store=~no_one/store", "run.store: got '~no_one/store'; ~ is nobody's home here: write the whole path"),
        ("hydra.sweep.dir=x", "hydra.sweep.dir: got x; a single run goes to hydra.run.dir=DIR, and a sweep takes -m"),
        ("-m run.seed=1,2 hydra.run.dir=x", "hydra.run.dir: got x; a sweep goes to hydra.sweep.dir=DIR"),
        ("-m run.design=plans.xlsx",
         "run.design: got plans.xlsx, which is a workbook; save its sheet as CSV UTF-8 and give that"),
        ("-m run.design=slip.csv", "slip.csv:1: run.sede: there is no such key: did you mean run.seed?"),
        ("-m run.design=~no_one/plans.csv",
         "run.design: got ~no_one/plans.csv; ~ is nobody's home here: write the whole path"),
    ],
)  # fmt: skip
def test_a_slip_on_the_command_line_is_told_with_its_remedy(
    own: Path, capfd: pytest.CaptureFixture[str], arguments: str, line: str
) -> None:
    (own / "scenarios").mkdir()
    (own / "scenarios" / "theirs.yaml").write_text("purpose: x\n")
    (own / "scenario" / "foo.yml").write_text("purpose: x\n")
    (own / "plans.xlsx").write_bytes(b"PK\x03\x04 and so on")
    (own / "slip.csv").write_text("run.sede,run.replications\n1,1\n2,1\n")
    arguments_typed = arguments.split() if arguments.startswith("-m") else [arguments]
    assert told(*arguments_typed, own=own, capfd=capfd) == line


def test_a_config_dir_that_is_one_group_is_told_to_be_the_folder_above(
    own: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["--config-dir", "scenario"]) == 2
    line = f"--config-dir: got {own / 'scenario'}, which holds options of scenario; give the folder above it: {own}\n"
    assert capfd.readouterr().err == line


def test_an_option_may_be_called_by_a_number_or_by_signs(own: Path) -> None:
    names = ["1", "a b", "it's {odd", "x=y, z", "ä"]
    for name in names:
        (own / "scenario" / f"{name}.yaml").write_text(f"purpose: '{len(name)}'\n")
    assert compose("scenario=1", config_dir=str(own))["purpose"] == "1"
    cells = Composer(str(own)).cells(["scenario=glob(*,exclude=[a*_*,b*,c*,f*,g*,i*_*,m*,n*,p*,r*])"], multirun=True)
    assert [cell.scenario for cell in cells] == sorted(names)


def test_one_table_to_keep_is_a_list_of_one() -> None:
    assert validate(compose("run.keep=journeys")).run.keep == ["journeys"]


def test_a_file_at_home_is_found(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(own))
    (own / "plans.csv").write_text("run.seed\n1\n")
    [cell] = Composer().cells(["run.design=~/plans.csv"], multirun=True)
    assert cell.config["run"]["seed"] == 1
    assert compose("demand.referrals_csv=~/x.csv")["demand"]["referrals_csv"] == "~/x.csv"


@pytest.mark.parametrize("given", ["x" * 2000, "x y " * 600, "é日本" * 700, "a\nb" * 500])
def test_a_refusal_is_short_whatever_was_given(given: str) -> None:
    container = dict(compose())
    container["population"] = container["population"] | {"reference": {"staff_group": given, "gender": given}}
    with pytest.raises(ConfigProblem) as problem:
        validate(container)
    assert all(len(line) <= LONGEST_LINE and len(line.splitlines()) == 1 for line in problem.value.lines)


def test_two_cells_that_are_the_same_are_told_once(
    own: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analysis.runs.sweep.run_sweep", lambda cells, folder: len(cells))
    assert main(["-m", "run.seed=1,2,1", "run.store=null"]) == 3
    twins = "baseline,senior_led,seed=1 (2) is the same as baseline,senior_led,seed=1"
    assert capfd.readouterr().err == f"-m: {twins}; leave one out\n"


def test_two_cells_that_differ_in_writing_alone_are_told_too(
    own: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analysis.runs.sweep.run_sweep", lambda cells, folder: len(cells))
    assert main(["-m", "demand.multiplier=1,1.0,2", "run.store=null"]) == 3
    twins = "baseline,senior_led,demand.multiplier=1.0 is the same as baseline,senior_led,demand.multiplier=1"
    assert capfd.readouterr().err == f"-m: {twins}; leave one out\n"


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("1,200", "got run.horizon_days=1,200; write 1200, or a list as [a,b]"),
        ("0,5", "got run.horizon_days=0,5; write 0.5, or a list as [a,b]"),
        ("1,2,3", "got run.horizon_days=1,2,3; write one value, or a list as [a,b]"),
    ],
)
def test_a_design_says_how_a_number_with_a_comma_is_written(
    own: Path, capfd: pytest.CaptureFixture[str], cell: str, told: str
) -> None:
    (own / "plans.csv").write_text(f'run.horizon_days\n"{cell}"\n')
    assert main(["-m", "run.design=plans.csv"]) == 2
    assert capfd.readouterr().err == f"plans.csv:2: {told}\n"


def test_a_scenario_that_is_a_text_is_told_with_its_file(own: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (own / "scenario" / "note.yaml").write_text("Ask Priya for the numbers\n")
    assert main(["scenario=note", "--config-dir", str(own)]) == 2
    told = "scenario/note.yaml:1: got no keys; write KEY: VALUE, a line each\n"
    assert capfd.readouterr().err == told


@pytest.mark.parametrize("value", ["'old'", "${run.profile}/../old", "old/"])
@pytest.mark.parametrize("key", ["hydra.run.dir", "++hydra.run.dir", " hydra.run.dir"])
def test_a_finished_run_stays_however_its_folder_is_written(
    own: Path, capfd: pytest.CaptureFixture[str], key: str, value: str
) -> None:
    for folder in (own / "old", own / "False"):
        folder.mkdir()
    (own / "old" / "manifest.json").write_text("{}")
    assert "which holds a finished run; choose another folder" in told(f"{key}={value}", own=own, capfd=capfd)


@pytest.mark.parametrize("name", ["../scenarios/baseline", "./baseline", "/etc/baseline", "../scenario/mine"])
def test_the_name_of_a_scenario_is_no_path(own: Path, capfd: pytest.CaptureFixture[str], name: str) -> None:
    (own / "scenario" / "mine.yaml").write_text("purpose: x\n")
    assert told(f"scenario={name}", own=own, capfd=capfd).startswith(f"scenario: got {name}; did you mean ")


def test_a_reader_who_has_enough_of_what_hydra_tells_ends_it_quietly(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as stdout:
        monkeypatch.setattr(sys, "stdout", stdout)
        assert main(["--info"]) == 1
        monkeypatch.undo()
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("verb", ["size", "sensitivity", "calibrate"])
@pytest.mark.parametrize("override", ["hydra.run.dir=x", "run.replications=7", "run.profile=true", "run.keep=[events]"])
def test_no_command_takes_a_key_that_it_does_not_obey(
    own: Path, capfd: pytest.CaptureFixture[str], verb: str, override: str
) -> None:
    assert main([verb, override, "--out", "out"]) == 2
    said = capfd.readouterr()
    assert said.err.startswith(f"{override.partition('=')[0]}: got ")
    assert said.err.count("\n") == 1
    assert not (own / "out").exists()


def test_conf_holds_no_reference_to_another_value() -> None:
    texts = [file.read_text(encoding="utf-8") for file in conf_dir().rglob("*.yaml") if file.name != "config.yaml"]
    assert not any("${" in text for text in texts)
