"""What `hub` prints holds no word of docs/plain_words.csv: the help of every verb, a run with its warnings.

The report, the card and a story are held to it where they are tested.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.commands import VERBS, main

WordsToAvoid = Callable[[str], list[tuple[int, str]]]
SHORT = ["run.replications=2", "run.horizon_days=140", "run.opening.mode=empty", "run.store=null", "run.jobs=1"]
ODD = ["hubs.count=2", "incident.manchester_arena.day=60", "demand.multiplier=3"]


@pytest.mark.unit
@pytest.mark.parametrize("verb", ["", *VERBS])
def test_the_help_of_a_verb_is_plain(
    capfd: pytest.CaptureFixture[str], words_to_avoid: WordsToAvoid, verb: str
) -> None:
    try:
        main([*verb.split(), "--help"])
    except SystemExit as ended:  # argparse, after its help
        assert ended.code == 0
    said = capfd.readouterr().out
    assert "usage: hub" in said
    assert words_to_avoid(said) == []


@pytest.mark.integration
def test_a_run_with_much_to_warn_of_is_plain(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    words_to_avoid: WordsToAvoid,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["scenario=major_incident", *ODD, *SHORT]) == 0
    said = capfd.readouterr()
    assert "happens in each of the 2 Hubs" in said.out + said.err
    assert words_to_avoid(said.out + said.err) == []
