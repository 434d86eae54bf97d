"""The page on the study has every figure of it that has a target, and says truly where it is and whether it agrees."""

from pathlib import Path

import pytest

from analysis.calibration.expected import (
    client_covariate_shares,
    expected_referrals,
    positive_pattern,
    strata,
    uptake_figures,
)
from analysis.calibration.targets import FITTED, HELD_OUT, IMPLIED, SILENT, STUDY, read_targets
from sim.evidence import read_register

pytestmark = pytest.mark.unit

PAGE = Path(__file__).parents[2] / "docs" / "study.md"
SAID = {FITTED: ("fitted",), HELD_OUT: ("held out",), IMPLIED: ("follows",), SILENT: ("input", "not modelled")}
OTHER_PAPER = ("OUT-06", "COST-24", "COST-25")
"""Figures of Rowlandson et al., which the targets hold beside the study's."""


def rows():
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    return {row[0]: row[1:] for row in cells[1:] if not row[0].startswith("---")}


def of_study():
    return [target for target in read_targets() if target.whose == STUDY and target.id not in OTHER_PAPER]


def test_every_figure_of_the_study_has_a_row_that_says_where_it_is_and_whether_it_agrees():
    found = rows()
    assert [target.id for target in of_study() if target.id not in found] == []
    for target in of_study():
        _, _, where, agrees = found[target.id]
        assert agrees.startswith(SAID[target.use]), target.id
        assert not target.model or where == f"`{target.model}`", target.id


def test_a_tolerance_on_the_page_is_the_one_that_is_judged():
    for target in of_study():
        accepted = rows()[target.id][1]
        if target.use == SILENT:
            assert accepted == "", target.id
        else:
            low, high = (f"{100 * bound:g}" for bound in (target.low, target.high))
            assert accepted == (f"over {low} %" if high == "100" else f"{low}–{high} %"), target.id


def test_figures_that_need_no_simulation_agree(hub_config):
    config = hub_config()
    pattern = positive_pattern(config.screening, client_covariate_shares(config))
    groups = strata(config)
    found = pattern.figures() | uptake_figures(config, groups, expected_referrals(groups), 0.0)
    found["positive_1_or_2"] = float(pattern.counts[1:3].sum())
    judged = [target for target in of_study() if target.model in found]
    assert len(judged) == 11
    assert [target.id for target in judged if not target.low <= found[target.model] <= target.high] == []


def test_what_the_page_calls_an_input_is_in_the_register_of_evidence():
    known = {part for row in read_register() for part in row.evidence_id.split(";")}
    inputs = {name for name, row in rows().items() if row[3].startswith("input")} - {"POP-01", "POP-02", "POP-03"}
    assert inputs <= known | {"STF-09"}
