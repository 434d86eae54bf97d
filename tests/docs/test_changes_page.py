"""docs/changes.md: its example runs, and its table has every kind."""

import re
from pathlib import Path

import pytest

from sim.config import validate
from sim.config.changes import KINDS, PART_OF
from sim.launch.compose import compose

pytestmark = pytest.mark.integration
PAGE = (Path(__file__).parents[2] / "docs" / "changes.md").read_text(encoding="utf-8")
EXAMPLE = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[1]


def test_the_table_tells_every_kind_and_what_it_belongs_to():
    rows = re.findall(r"^\| `(\w+)` \|.*\| (\w+) \|$", PAGE, re.MULTILINE)
    assert dict(rows) == PART_OF


def test_the_example_has_every_kind_and_is_taken_as_a_scenario(tmp_path):
    (tmp_path / "scenario").mkdir()
    (tmp_path / "scenario" / "our_year.yaml").write_text(EXAMPLE, encoding="utf-8")
    config = validate(compose("scenario=our_year", config_dir=str(tmp_path)))
    assert {change.kind for change in config.changes.values()} == set(KINDS)
    assert config.changes["jo_starts"].from_day == 30
    assert config.changes["half_back"].funded_share == 0.85


def test_the_commands_of_the_page_are_taken(hub_config):
    commands = re.search(r"```\n(hub .*?)```", PAGE, re.DOTALL)[1].splitlines()
    assert len(commands) == 2
    added = re.search(r'"(.*)"', commands[0])[1]
    assert hub_config(added).changes["winter"].times == 1.5
    for share in (0.5, 0.75, 1):
        assert hub_config("scenario=funding_cut", f"changes.cut.funded_share={share}")
