"""Which numbers drive a figure: the methods on functions whose answers are known, and the command on a short run."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.commands import main
from analysis.comparison.plans import SweptPlan
from analysis.comparison.rests_on import read_drivers
from analysis.sensitivity import (
    Factor,
    Response,
    at,
    factors,
    figure_named,
    in_words,
    morris,
    respond,
    sobol,
    tornado,
)
from sim.config import HubConfig
from sim.errors import HubError

SHORT = ("run.horizon_days=90", "run.opening.mode=empty", "run.store=null", "run.jobs=1")
CONTACT, TIER = "pathway.assessment.contact.mean_minutes", "pathway.assessment.offered_share.high"
SENIORS = "staffing.roles.senior_clinician.lines.senior.wte"
HOURS = "staffing.roles.senior_clinician.client_facing_hours_per_week"


def made_up(*names: str) -> list[Factor]:
    return [Factor(name, name, "D", "units", 0, 1) for name in names]


def responding(
    function: Callable[[Mapping[str, float]], float],
) -> Callable[[list[Mapping[str, float]], str], Response]:
    def respond_to(points: list[Mapping[str, float]], what: str) -> Response:
        return Response(np.array([function(point) for point in points]), np.zeros(len(points)))

    return respond_to


def ishigami(point: Mapping[str, float]) -> float:
    x, y, z = (math.pi * (2 * point[name] - 1) for name in "xyz")
    return math.sin(x) + 7 * math.sin(y) ** 2 + 0.1 * z**4 * math.sin(x)


@pytest.mark.unit
def test_the_ishigami_function_has_its_textbook_indices() -> None:
    table, _ = sobol(made_up("x", "y", "z"), responding(ishigami), 1024)
    found = table.set_index("key")
    assert found["S1"].to_dict() == pytest.approx({"x": 0.3139, "y": 0.4424, "z": 0.0}, abs=0.03)
    assert found["ST"].to_dict() == pytest.approx({"x": 0.5576, "y": 0.4424, "z": 0.2437}, abs=0.03)
    assert list(table["key"]) == ["x", "y", "z"]


@pytest.mark.unit
def test_screening_finds_the_slopes_of_a_plane_and_ranks_them() -> None:
    table = morris(made_up("flat", "steep", "down"), responding(lambda p: 3 * p["steep"] - p["down"]), 6)
    assert list(table["key"]) == ["steep", "down", "flat"]
    assert table["mu_star"].tolist() == pytest.approx([3, 1, 0], abs=1e-9)
    assert table["sigma"].tolist() == pytest.approx([0, 0, 0], abs=1e-9)


@pytest.mark.unit
def test_the_tornado_moves_one_number_and_leaves_the_others_as_configured() -> None:
    table, base = tornado(made_up("a", "b"), responding(lambda p: 10 * p.get("a", 0.5) - 40 * p.get("b", 0.25)))
    assert base == -5
    assert table["key"].tolist() == ["b", "a"]
    wide = table.set_index("key").loc["b"]
    assert (wide["result_low"], wide["result_high"], wide["swing"]) == pytest.approx((4, -34, 38))


@pytest.mark.unit
def test_a_point_sets_its_numbers_and_no_others(hub_config) -> None:
    config = hub_config("uncertainty=psa", *SHORT)
    moved = at(config, {HOURS: 0.0})
    assert moved.staffing.roles["senior_clinician"].client_facing_hours_per_week < 12
    assert moved.pathway == config.pathway
    assert at(config, {}).pathway == config.pathway


@pytest.mark.unit
def test_factors_carry_their_evidence_and_words(hub_config) -> None:
    config = hub_config("uncertainty=psa")
    [factor] = factors([config], [CONTACT])
    assert (factor.grade, factor.unit, factor.low, factor.high) == ("D", "minutes", 45, 120)
    assert in_words("pathway.modalities.cbt.sessions_mean") == "CBT: sessions mean"
    assert in_words("demand.multiplier") == "Demand: multiplier"  # of what, where one word would be left
    with pytest.raises(HubError, match="--only: got nothing_such; no uncertain number"):
        factors([config], ["nothing_such"])


@pytest.mark.integration
def test_a_response_is_the_mean_over_the_same_replications(hub_config: Callable[..., HubConfig]) -> None:
    config = hub_config("uncertainty=psa", *SHORT)
    seen = figure_named(config, "referral_to_assessment_within_standard_share")
    found = respond([config], [{}, {}, {HOURS: 0.99}], seen, 2, "test")
    assert found.means[0] == found.means[1]
    assert found.means[2] > found.means[0]
    assert (found.noise >= 0).all()


@pytest.mark.integration
def test_the_difference_of_two_plans_is_taken_at_the_same_numbers_with_the_same_people(hub_config) -> None:
    fewer, more = (hub_config("uncertainty=psa", *SHORT, f"{SENIORS}={wte}") for wte in (1.0, 3.0))
    cost = figure_named(more, "cost_per_year_gbp")
    points: list[Mapping[str, float]] = [{}, {HOURS: 0.9}]
    apart = [respond([plan], points, cost, 2, "test").means for plan in (more, fewer)]
    together = respond([more, fewer], points, cost, 2, "test")
    assert together.means == pytest.approx(apart[0] - apart[1])
    assert (respond([more, more], points, cost, 2, "test").means == 0).all()


@pytest.mark.unit
def test_a_number_that_one_plan_sets_is_uncertain_only_in_the_other(hub_config) -> None:
    drawn = hub_config("uncertainty=psa", *SHORT)
    fixed = hub_config("uncertainty=psa", *SHORT, f"{CONTACT}=80")
    assert CONTACT not in fixed.uncertainty.parameters
    assert [factor.key for factor in factors([fixed, drawn], [CONTACT])] == [CONTACT]
    assert at(fixed, {CONTACT: 0.9}).pathway.assessment.contact.mean_minutes == 80
    assert at(drawn, {CONTACT: 0.9}).pathway.assessment.contact.mean_minutes > 80


@pytest.mark.integration
@pytest.mark.drawn
def test_the_command_leaves_what_the_report_reads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sizes = ["--trajectories", "2", "--keep", "2", "--points", "4", "--replications", "2"]
    only = ["--only", CONTACT, "--only", TIER, "--only", HOURS]
    plans = ["staffing=mixed_skill", "--against", "baseline/senior_led"]
    assert main(["sensitivity", *SHORT, *plans, "--out", str(tmp_path / "out"), *sizes, *only]) == 0
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "morris.csv", "sobol.csv", "tornado.csv", "tornado.png", "sensitivity.json",
    }  # fmt: skip
    content = json.loads((tmp_path / "out" / "sensitivity.json").read_text())
    assert [(plan["scenario"], plan["staffing"]) for plan in content["plans"]] == [
        ("baseline", "mixed_skill"), ("baseline", "senior_led"),
    ]  # fmt: skip
    plans = {name: SweptPlan(name, "baseline", name, None, "", 2, {}, {}) for name in ("mixed_skill", "senior_led")}  # type: ignore[arg-type]
    drivers = read_drivers(tmp_path / "out", plans)
    assert drivers is not None
    assert (drivers.plan, drivers.baseline) == ("mixed_skill", "senior_led")
    assert drivers.figure == "assessed within 28 days of referral"
    assert len(drivers.found) == 2
    assert len(pd.read_csv(tmp_path / "out" / "morris.csv")) == 3
    assert content["at_most_noise_share"] >= 0
    out = capsys.readouterr().out
    assert "share of variance" in out
    assert "grade" in out


@pytest.mark.unit
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--points", "12"], "--points: got 12; give a power of 2, such as 16"),
        (["--replications", "1"], "--replications: got 1; give 2 or more"),
        (["--figure", "happiness"], "--figure: got happiness;"),
        (["scenario=nowhere"], "scenario: got nowhere"),
        (["--only", "x"], "--only: got x; no uncertain number"),
        (["--against", "senior_led"], "--against: got senior_led; write SCENARIO/STAFFING"),
        (["--against", "baseline/senior_led"], "--against: got baseline/senior_led, which is the same plan"),
        (["--against", "baseline/nobody"], "staffing: got nobody"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main(["sensitivity", *arguments, "--out", str(tmp_path / "out")]) == 2
    error = capsys.readouterr().err.strip()
    assert said in error
    assert "\n" not in error
    assert not (tmp_path / "out").exists()
