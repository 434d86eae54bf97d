"""The page on a Hub of one's own, command by command, from an empty folder."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from analysis.commands import main

PAGE = Path(__file__).parents[2] / "docs" / "your_own_hub.md"
COMMANDS = re.findall(r"^hub .*$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
QUICK = ["run.replications=2", "run.horizon_days=60", "run.opening.run_in_days=30", "run.jobs=1", "run.store=null"]


@pytest.mark.integration
def test_every_command_of_the_page_runs_in_its_order(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for command in COMMANDS:
        words = shlex.split(command)[1:]
        runs = words[0] not in ("new", "import")
        assert main([*words, *QUICK] if runs else words) == 0, capsys.readouterr().err
    assert "My Hub" in capsys.readouterr().out
    assert len(COMMANDS) >= 3
