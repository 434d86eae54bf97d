"""What shells hand on of what is typed: the docs read alike in all; a slip is understood or refused in a line."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from analysis.commands import main
from sim.launch.pieces import typed

ROOT = Path(__file__).resolve().parents[3]
BLOCKS = re.compile(r"^```(?:bash|shell|console)?\n(.*?)^```", re.DOTALL | re.MULTILINE)
LOCUM = "+staffing.roles.therapist.lines.locum={band: '7', wte: 1.0, kind: agency, pay_point: mid}"


def bash(line: str) -> list[str]:
    """Split as a POSIX shell does."""
    return shlex.split(line)


def cmd(line: str) -> list[str]:
    """Split as a program that cmd starts does (CommandLineToArgvW): only double quotes hold words together."""
    words: list[str] = []
    for token in re.finditer(r'(?:[^\s"]|"[^"]*(?:"|$))+', line):
        words.append(token[0].replace('"', ""))
    return words


def powershell(line: str) -> list[str]:
    """Split as PowerShell 5.1 does for a program: at commas outside quotes too; inner double quotes are lost."""
    words: list[str] = []
    for token in re.finditer(r"""(?:[^\s"',]|"[^"]*(?:"|$)|'[^']*(?:'|$))+""", line):
        parts = re.findall(r"""[^"']+|"[^"]*"|'[^']*'""", token[0])
        words.append("".join(part[1:-1].replace('"', "") if part[0] in "\"'" else part for part in parts))
    return words


def commands() -> list[str]:
    """Return every line of the docs that begins with hub, without what explains it."""
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    lines = [
        line
        for page in pages
        for block in BLOCKS.findall(page.read_text(encoding="utf-8"))
        for line in block.splitlines()
    ]
    typed = [re.split(r" {3,}| #", line.strip())[0] for line in lines if re.match(r"(\.venv/bin/)?hub ", line)]
    return [line for line in dict.fromkeys(typed) if not re.search(r"\||\.\.\.|…", line)]


@pytest.mark.unit
@pytest.mark.parametrize("line", commands())
def test_a_command_of_the_docs_reads_alike_in_every_shell(line: str) -> None:
    assert bash(line) == cmd(line) == powershell(line)


@pytest.mark.unit
def test_there_are_commands_in_the_docs_that_need_their_quotes() -> None:
    assert len([line for line in commands() if '"' in line]) > 5


@pytest.mark.unit
def test_what_is_not_quoted_reads_differently() -> None:
    assert cmd("'run.precision={a: 1}'") == ["'run.precision={a:", "1}'"]
    assert powershell("scenario=baseline,major_incident") == ["scenario=baseline", "major_incident"]


@pytest.mark.unit
def test_a_command_that_is_shown_can_be_typed_in_every_shell() -> None:
    words = ["hub", "sweep", "scenario=baseline,major_incident", "hydra.sweep.dir='My results'", LOCUM, "a\\b c"]
    line = typed(words, windows=True)
    assert cmd(line) == powershell(line) == words
    assert bash(typed(words, windows=False)) == words
    assert bash(typed(["run.seed=${x}", 'a="b c"'], windows=False)) == ["run.seed=${x}", "a='b c'"]


@pytest.mark.integration
@pytest.mark.parametrize("shell", [bash, cmd, powershell])
@pytest.mark.parametrize(
    ("typed", "part", "shown"),
    [
        ("'run.seed=3'", "run.seed", "3"),
        ("'demand.growth_per_year=0.5'", "demand.growth_per_year", "0.5"),
        (f'"{LOCUM}"', "staffing.roles.therapist.lines.locum.band", "7"),
        ("\"purpose='One more, please'\"", "purpose", "One more, please"),
        ('"purpose=Dan Café über C:\\hub é"', "purpose", "Dan Café über C:\\hub é"),
    ],
    ids=["single quotes", "single quotes around a point", "single inside double", "text", "accents"],
)
def test_quotes_are_understood_in_every_shell(
    capfd: pytest.CaptureFixture[str], shell: object, typed: str, part: str, shown: str
) -> None:
    assert callable(shell)
    group = part.rpartition(".")[0] or part
    assert main([*shell(typed), "--cfg", "job"]) == 0
    key = part.rpartition(".")[2]
    assert re.search(rf"^ *{key}: '?{re.escape(shown)}'?$", capfd.readouterr().out, re.MULTILINE), group


@pytest.mark.integration
@pytest.mark.parametrize(
    ("words", "whole"),
    [
        (powershell("sweep scenario=baseline,major_incident"), "scenario=baseline,major_incident"),
        (powershell("-m demand.multiplier=1,1.2,1.4 run.seed=1"), "demand.multiplier=1,1.2,1.4"),
        (cmd("'run.precision={a: 0.02, b: 3}'"), "run.precision={a: 0.02, b: 3}"),
        (bash("run.keep=[journeys, events] run.seed=1"), "run.keep=[journeys, events]"),
        (bash("purpose=two words"), "purpose=two words"),
        (cmd("size 'purpose=two words' --out x"), "purpose=two words"),
        (cmd(f"'{LOCUM}'"), LOCUM[:60]),
    ],
)
def test_an_argument_in_pieces_is_refused_in_a_line_that_says_how_to_write_it(
    capfd: pytest.CaptureFixture[str], words: list[str], whole: str
) -> None:
    assert main(words) == 2
    said = capfd.readouterr()
    assert said.out == ""
    [line] = said.err.splitlines()
    assert line.startswith("command line: got ") and len(line) <= 300
    assert f'put double quotes around the whole: "{whole}' in line


@pytest.mark.integration
def test_a_sweep_and_its_workbook_are_written_below_a_folder_with_spaces_and_accents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "OneDrive - NHS Trust" / "my hub é"
    place.mkdir(parents=True)
    monkeypatch.chdir(place)
    quick = ["run.horizon_days=60", "run.opening.run_in_days=10", "run.replications=2", "run.jobs=1"]
    plans = "staffing=senior_led,mixed_skill"
    assert main(["sweep", plans, *quick, "run.store=my store é", "hydra.sweep.dir=my sweep é"]) == 0
    assert main(["excel", "my sweep é"]) == 0
    assert {file.name for file in place.iterdir()} == {"my store é", "my sweep é"}
    assert (place / "my sweep é" / "results.xlsx").exists()
