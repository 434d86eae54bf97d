"""What the README shows a stranger is what they will see."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import resilience_hub as hub
from analysis.estimates.tables import look_up
from analysis.tell.wording import count, share

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
FIGURES = {
    "wait_days_median": count, "wait_days_p90": count, "within_standard_share": share, "left_waiting_share": share,
}  # fmt: skip


@pytest.mark.heavy
@pytest.mark.integration
def test_every_figure_of_its_table_is_the_default_runs():
    result = hub.load(run__store=None).simulate(progress=False)
    for stage in ("assessment", "therapy"):
        row = re.search(rf"^ {stage} .*$", README, re.MULTILINE)[0]
        for measure, form in FIGURES.items():
            assert form.interval(look_up(result.measures, measure, stage)) in row, (stage, measure)
        standard = result.configuration.checked.standards.stages[stage]
        assert f"{share(standard.share)} in {standard.days} days" in row


@pytest.mark.unit
def test_it_is_short_and_its_targets_are_there():
    makefile = (Path(__file__).parents[2] / "Makefile").read_text(encoding="utf-8")
    assert len(README.splitlines()) <= 80
    for target in set(re.findall(r"\bmake (\w+)", README)) - {"and"}:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
