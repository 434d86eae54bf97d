"""Quick looks of presets are kept for one version, and nothing of a visitor's own is kept with them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from analysis.app import presets
from analysis.app.own_figures import referrals_template, take_referrals
from analysis.app.view import QUICK, View
from analysis.app.visits import House
from sim.run.manifest import code_version


@pytest.mark.unit
def test_presets_are_kept_by_version_and_not_where_the_options_are_ones_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    kept = presets.kept_presets()
    assert kept is not None and tmp_path in kept.parents
    assert kept.name and code_version()["source_sha256"].startswith(kept.name)
    monkeypatch.setenv("HUB_CONFIG_DIR", str(tmp_path))
    assert presets.kept_presets() is None


@pytest.mark.unit
def test_every_scenario_and_staffing_model_is_a_preset_the_default_first() -> None:
    listed = list(presets.presets())
    assert listed[0] == View.default()
    assert {"major_incident", "growing_demand"} <= {view.scenario for view in listed}
    assert {"mixed_skill", "average_hub"} <= {view.staffing for view in listed}
    assert len({(view.scenario, view.staffing) for view in listed}) == len(listed)


@pytest.mark.integration
def test_a_kept_preset_is_simulated_once_and_those_of_other_versions_go(
    view: View, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, older = tmp_path / "this", tmp_path / "older"
    older.mkdir()
    monkeypatch.setattr(presets, "presets", lambda: iter([view]))
    monkeypatch.setattr(presets, "QUICK", 2)
    monkeypatch.setattr(presets.os, "nice", lambda step: step)
    presets.main(store)
    kept = {path: path.stat().st_mtime_ns for path in store.rglob("*.tables")}
    assert len(kept) == 2 and not older.exists()
    presets.main(store)
    assert {path: path.stat().st_mtime_ns for path in store.rglob("*.tables")} == kept
    assert view.config(2, store).run.seed == view.config(2).run.seed


@pytest.mark.integration
def test_only_quick_looks_of_presets_go_into_the_store_that_stays(
    view: View, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analysis.app.visits.simulate_in_background", lambda store: None)
    house = House(presets=tmp_path)
    visit = house.visit("mine")
    preset = View("baseline", "mixed_skill")
    own = replace(preset, referrals=take_referrals(referrals_template().encode()))
    assert house.config(preset, QUICK, visit).run.store == str(tmp_path)
    for other, replications in ((preset, QUICK + 1), (view, QUICK), (own, QUICK)):
        assert house.config(other, replications, visit).run.store != str(tmp_path)
    house.close()
