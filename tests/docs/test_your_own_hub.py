"""The ways to a Hub of one's own, of its page and of the README, command by command, from an empty folder."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from openpyxl import load_workbook

from analysis.commands import main

ROOT = Path(__file__).parents[2]
ENDS = {"docs/your_own_hub.md": "figures lie in its range of 9 in 10", "README.md": "Tables, figures and manifest: "}
"""What the last command of each says."""
MORE = {"fit": ["--replications", "10", "--jobs", "1"]}
MORE["check"] = [*MORE["fit"], "run.store=null"]
QUICK = ["run.replications=2", "run.horizon_days=60", "run.opening.run_in_days=30", "run.jobs=1", "run.store=null"]


@pytest.mark.drawn
@pytest.mark.integration
@pytest.mark.parametrize("page", ENDS)
def test_every_command_of_the_page_runs_in_its_order(page, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    commands = re.findall(r"^hub .*?(?=$| {3})", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE)
    assert [shlex.split(command)[1] for command in commands[:3]] == ["new", "import", "check"]
    for command in commands:
        words = shlex.split(command)[1:]
        if words[0] == "import":
            fill_in(tmp_path / "my_hub" / "my-hub.xlsx")
        more = QUICK if "scenario=my_hub" in words else MORE.get(words[0], [])
        assert main([*words, *more]) in ((0, 1) if words[0] in MORE else (0,)), capsys.readouterr().err
    assert ENDS[page] in capsys.readouterr().out


def fill_in(path: Path) -> None:
    """Tell referrals before the first day, to be checked and fitted, and of the month after, to be tracked."""
    book = load_workbook(path)
    page, first = book["Months"], book["Hub"]["B7"].value
    assert [first.day, page["A17"].value < first] == [1, True]
    for row in range(14, 18):
        page[f"B{row}"] = 50
    page["A18"], page["B18"] = first, 55
    book.save(path)
    national = path.with_name("mhsds-f06.csv")
    text = national.read_text(encoding="utf-8")
    national.write_text(text[: text.rindex(",,,,")] + ",45,130,*,40\n", encoding="utf-8")
