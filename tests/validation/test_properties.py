"""What must hold of every valid Hub, whatever its levers: over random configurations, not chosen ones."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as kinds
import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from strategies import KEPT, LONGEST, Container, campaigns, default_hub, hubs, staffing

from sim.config import validate
from sim.disk import scenarios_dir
from sim.launch.compose import compose
from sim.launch.overrides import COMMAND_LINE_ONLY as NAMES
from sim.run.replicate import Replication, replicate

pytestmark = pytest.mark.integration

QUICK, THOROUGH = 4, 100
A_PENNY = 0.01
SCENARIOS = sorted(file.stem for file in scenarios_dir().glob("*.yaml"))
NAMED_BY_GROUP = ("measures", "waits", "weekly")
PLACE_IN_RECORD = {"entity_id", "resource_id"}
"""Numbers of the event log that count rows and posts: a post that never works may shift them."""


@pytest.fixture(params=[QUICK, pytest.param(THOROUGH, marks=pytest.mark.heavy)])
def for_all(request: pytest.FixtureRequest) -> Callable[..., Callable[[Callable[..., None]], None]]:
    """Hold a property against many random inputs, the same ones on every run."""

    def over(*inputs: st.SearchStrategy[Any]) -> Callable[[Callable[..., None]], None]:
        profile = settings(
            max_examples=request.param,
            derandomize=True,
            deadline=None,
            database=None,
            phases=[Phase.generate],  # a failing Hub is shown as drawn: to shrink it takes minutes
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
        )
        return lambda holds: profile(given(*inputs)(holds))()

    return over


def run(hub: Container, replication: int = 0) -> Replication:
    return replicate(validate(hub), replication)


def changed(hub: Container, path: str, value: Any) -> Container:
    other = copy.deepcopy(hub)
    *parents, key = path.split(".")
    part = other
    for parent in parents:
        part = part[parent]
    part[key] = value
    return other


def plain(table: pa.Table, leave_out: set[str] | frozenset[str] = frozenset()) -> dict[str, np.ndarray]:
    """Return a table's columns; missing values and words as they are."""
    return {
        field.name: table[field.name].to_numpy()
        if kinds.is_floating(field.type) and not table[field.name].null_count
        else np.array(table[field.name].to_pylist(), dtype=object)
        for field in table.schema
        if field.name not in leave_out
    }


def assert_same(one: Replication, other: Replication, leave_out: set[str] | frozenset[str] = frozenset()) -> None:
    assert list(one.tables) == list(other.tables)
    for name, table in one.tables.items():
        mine, theirs = plain(table, leave_out), plain(other.tables[name], leave_out)
        for column, values in mine.items():
            equal_nan = values.dtype.kind == "f"
            assert np.array_equal(values, theirs[column], equal_nan=equal_nan), f"{name}.{column} differs"


def keyed_by_group(table: pa.Table, renamed: dict[str, str]) -> dict[tuple[Any, ...], list[tuple[Any, ...]]]:
    """Return rows by the words that name them, staff groups under their new names."""
    words = [field.name for field in table.schema if kinds.is_dictionary(field.type)]
    rows: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {}
    for row in table.to_pylist():
        by_staff_group = row.get("dimension") == "staff_group"
        name = tuple(renamed[row[w]] if w == "group" and by_staff_group else row[w] for w in words)
        rows.setdefault(name, []).append(tuple(repr(value) for column, value in row.items() if column not in words))
    return rows


def who_refer(hub: Container) -> pa.Table:
    """Return the people who refer, without those whom an established Hub opens with: its demand and staff left them."""
    cohort = run(hub).tables["cohort"]
    return cohort.filter(pc.not_equal(cohort["source"].cast(pa.string()), "earlier"))


def by_name(cohort: pa.Table) -> dict[str, dict[str, Any]]:
    return {f"{row['hub']}: {row['client_id']}": row for row in cohort.to_pylist()}


# --- one configuration --------------------------------------------------------------------------------------------


def test_a_replication_never_contradicts_itself(for_all):
    @for_all(hubs(), st.integers(0, 10_000_000))
    def holds(hub, replication):
        assert run(hub, replication).audited  # raises on a breach


def test_a_replication_depends_on_configuration_and_number_alone(for_all):
    another = default_hub() | {"run": default_hub()["run"] | {"horizon_days": 60}}

    @for_all(hubs())
    def holds(hub):
        first = run(hub, 3)
        run(another, 3)
        run(hub, 2)
        assert_same(first, run(copy.deepcopy(hub), 3))


def test_a_configuration_survives_being_written_and_read_again(for_all):
    @for_all(hubs())
    def holds(hub):
        config = validate(hub)
        assert validate(config.model_dump()) == config
        assert validate(json.loads(config.model_dump_json())) == config
        assert validate(yaml.safe_load(yaml.safe_dump(config.model_dump(mode="json"), sort_keys=False))) == config


# --- two that differ in one lever ---------------------------------------------------------------------------------


def test_staffing_decides_nothing_about_who_refers(for_all):
    @for_all(hubs(), staffing())
    def holds(hub, other_staff):
        mine, theirs = plain(who_refer(hub)), plain(who_refer(hub | {"staffing": other_staff}))
        assert all(np.array_equal(mine[name], theirs[name]) for name in mine)


def happened_before(result: Replication, day: int) -> list[tuple[str, str, float]]:
    rows = result.tables["events"].select(["client_id", "event", "time"]).to_pylist()
    return sorted((row["client_id"], row["event"], row["time"]) for row in rows if row["time"] < day)


def test_a_longer_horizon_leaves_the_past_alone(for_all):
    @for_all(hubs(), st.integers(1, 100))
    def holds(hub, more_days):
        days = hub["run"]["horizon_days"]
        longer = run(changed(hub, "run.horizon_days", days + more_days))
        assert happened_before(run(hub), days) == happened_before(longer, days)


def later_line(hub: Container) -> Container:
    post = {"band": "7", "wte": 2.0, "kind": "substantive", "pay_point": "mid", "from_day": LONGEST + 1}
    return changed(hub, "staffing.roles.therapist.lines.later", post)


def no_post(hub: Container) -> Container:
    line = {"band": "8a", "wte": 0.0, "kind": "agency", "pay_point": "top"}
    return changed(hub, "staffing.roles.senior_clinician.lines.nobody", line)


def idle_campaign(hub: Container) -> Container:
    target = {"staff_groups": [], "genders": [], "ethnicities": []}
    numbers = {"uptake_multiplier": 1.0, "decay_days": 30.0, "need_odds_ratio": 1.0, "cost_gbp": 0.0}
    dated = {"kind": "campaign", "from_day": 0, "to_day": 50}
    campaign = dated | {"target": target, "staff_hours_per_week": 0.0} | numbers
    return changed(hub, "changes.nobody_notices", campaign)


def own_keys(hub: Container) -> Container:
    other = copy.deepcopy(hub)
    for part in (other["population"]["staff_groups"], other["staffing"]["roles"]):
        for name, owner in part.items():
            owner["stream_key"] = name
    return other


def other_opening(hub: Container) -> Container:
    opening = copy.deepcopy(hub["run"]["opening"])
    if opening["mode"] != "backlog":
        opening["backlog"]["caseload"]["people"] += 7
    if opening["mode"] != "run_in":
        opening["run_in_days"] += 100
    return changed(hub, "run.opening", opening)


def other_order_of_shares(hub: Container) -> Container:
    gender = hub["population"]["staff_groups"]["police_fire"]["gender"]
    return changed(hub, "population.staff_groups.police_fire.gender", dict(reversed(gender.items())))


NOTHING_CHANGES = {
    "a line that starts after the horizon": later_line,
    "a line without posts": no_post,
    "a campaign that multiplies by 1": idle_campaign,
    "a wave that multiplies by 1": lambda hub: changed(
        hub, "changes.calm", {"kind": "wave", "from_day": 0, "to_day": 40, "uptake_multiplier": 1.0}
    ),
    "a group reached by no incident": lambda hub: changed(
        hub,
        "incident",
        {
            name: changed(
                incident,
                "exposed.nobody",
                {"persons": {"ambulance": 0}, "take_up_share": 0.5, "severity_shift_sd": 0.0},
            )
            for name, incident in hub["incident"].items()
        },
    ),
    "an outcome replaced by itself": lambda hub: changed(
        hub, "pathway.reroute", {"advice": "advice", "group": "group"} | hub["pathway"]["reroute"]
    ),
    "stream keys that are the names": own_keys,
    "settings of an opening position that is not used": other_opening,
    "shares of a split in another order": other_order_of_shares,
    "another number of replications and cores": lambda hub: hub | {"run": hub["run"] | {"replications": 9, "jobs": -1}},
}


def test_levers_that_change_nothing_change_no_table(for_all):
    @for_all(hubs(), st.sets(st.sampled_from(list(NOTHING_CHANGES)), min_size=1))
    def holds(hub, levers):
        other = hub
        for lever in levers:
            other = NOTHING_CHANGES[lever](other)
        assert_same(run(hub), run(other), leave_out=PLACE_IN_RECORD)


def test_more_uptake_removes_nobody_and_delays_nobody(for_all):
    more_campaigns = st.dictionaries(st.sampled_from(["talks", "stalls"]), campaigns(), max_size=2)

    @for_all(hubs(), more_campaigns, st.sampled_from([1.0, 1.1, 2.0, 10.0]))
    def holds(hub, campaigns, times):
        more = copy.deepcopy(hub)
        more["demand"]["multiplier"] *= times
        more["changes"] |= campaigns
        before, after = by_name(who_refer(hub)), by_name(who_refer(more))
        assert set(before) <= set(after)
        for client, person in before.items():
            assert after[client]["referred_day"] <= person["referred_day"]
            if not after[client]["newly_reached"] and not person["newly_reached"]:
                assert after[client] | {"referred_day": 0} == person | {"referred_day": 0}


def test_more_posts_never_cost_less(for_all):
    @for_all(hubs(), st.sampled_from(["senior_clinician", "navigator"]), st.sampled_from([0.1, 0.5, 1.0, 2.5]))
    def holds(hub, role, more_wte):
        hub["changes"].pop("cut", None)  # what is restored after it is another post, with luck of its own
        more = copy.deepcopy(hub)
        line = next(iter(more["staffing"]["roles"][role]["lines"].values()))
        line["wte"] += more_wte
        assert paid(run(more)) >= paid(run(hub)) - A_PENNY


def paid(result: Replication) -> float:
    rows = result.tables["measures"].to_pylist()
    return sum(row["value"] for row in rows if row["measure"] in ("cost_pay_gbp", "cost_agency_gbp"))


@pytest.mark.parametrize("rename", [False, True], ids=["reordered", "renamed and reordered"])
def test_permuting_staff_groups_permutes_the_results(for_all, rename):
    names = list(default_hub()["population"]["staff_groups"])

    @for_all(hubs(), st.permutations(names))
    def holds(hub, order):
        renamed = {name: f"{name} by another name" if rename else name for name in order}
        first, second = run(hub), run(with_groups(hub, order, renamed))
        same_people = {"staff_group", "pathway"}
        for name in KEPT:
            mine, theirs = plain(first.tables[name], same_people), plain(second.tables[name], same_people)
            for column, values in mine.items():
                assert np.array_equal(values, theirs[column]), f"{name}.{column} differs"
        same_names = {name: name for name in renamed.values()}
        for name in NAMED_BY_GROUP:
            mine = keyed_by_group(first.tables[name], renamed)
            assert mine == keyed_by_group(second.tables[name], same_names), f"{name} differs"


def with_groups(hub: Container, order: list[str], renamed: dict[str, str]) -> Container:
    """Return a Hub whose staff groups come in another order and under other names, with the luck they had."""
    other = copy.deepcopy(hub)
    population, demand = other["population"], other["demand"]
    groups = population["staff_groups"]
    population["staff_groups"] = {renamed[name]: groups[name] | {"stream_key": name} for name in order}
    population["reference"]["staff_group"] = renamed[population["reference"]["staff_group"]]
    demand["uptake_per_person_year"] = {renamed[name]: demand["uptake_per_person_year"][name] for name in order}
    for campaign in (one for one in other["changes"].values() if one["kind"] == "campaign"):
        campaign["target"]["staff_groups"] = [renamed[name] for name in campaign["target"]["staff_groups"]]
    for incident in other["incident"].values():
        for exposure in incident["exposed"].values():
            exposure["persons"] = {renamed[name]: people for name, people in exposure["persons"].items()}
    return other


# --- scenarios ----------------------------------------------------------------------------------------------------


def merged(base: Any, patch: Any) -> Any:
    """Return `base` with the leaves of `patch`; lists and values are replaced whole."""
    if not isinstance(base, dict) or not isinstance(patch, dict):
        return patch
    return {
        key: merged(base[key], patch[key]) if key in base and key in patch else (patch | base)[key]
        for key in [*base, *(key for key in patch if key not in base)]
    }


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_scenario_is_the_baseline_with_its_own_leaves(scenario):
    patch = yaml.safe_load((scenarios_dir() / f"{scenario}.yaml").read_text(encoding="utf-8"))
    chosen = [entry for entry in patch.pop("defaults", []) if isinstance(entry, dict)]
    options = [f"{key.removeprefix('override ').lstrip('/')}={name}" for entry in chosen for key, name in entry.items()]
    composed = compose(f"scenario={scenario}")
    base = compose(*options)
    assert composed == merged(base, patch | {"scenario": scenario, "staffing_model": composed["staffing_model"]})


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_scenario_reaches_its_configuration_however_it_is_chosen(scenario):
    composed = compose(f"scenario={scenario}", "run.seed=7")
    assert validate(composed) == validate(compose("run.seed=7", f"scenario={scenario}"))


def difference(base: Container, other: Container) -> Container:
    """Return the leaves of `other` that `base` does not have, or has with another value."""
    assert set(base) <= set(other), "a scenario adds and replaces; it takes nothing away"
    found = {}
    for key, value in other.items():
        if key not in base or not isinstance(base[key], dict) or not isinstance(value, dict):
            if key not in base or base[key] != value:
                found[key] = value
        elif inner := difference(base[key], value):
            found[key] = inner
    return found


@pytest.mark.heavy  # a composition takes as long as several runs
def test_any_hub_is_the_baseline_with_its_difference_as_a_scenario(for_all, tmp_path):
    folder = tmp_path / "scenario"
    folder.mkdir()
    base = compose()

    @for_all(hubs())
    def holds(hub):
        hub = hub | {"run": hub["run"] | {key: base["run"][key] for key in NAMES if key in base["run"]}}
        patch = difference(base, hub)
        written = yaml.safe_dump({"purpose": "A random Hub."} | patch, sort_keys=False, allow_unicode=True)
        (folder / "random.yaml").write_text(f"# @package _global_\n{written}", encoding="utf-8")
        composed = compose("scenario=random", config_dir=str(tmp_path))
        labels = {"scenario": "random", "purpose": "A random Hub.", "staffing_model": composed["staffing_model"]}
        assert composed == hub | labels
        assert merged(base, patch) | labels == composed
