"""One replication of the whole model: the same whatever surrounds it, and sound at its limits."""

import hashlib
import json
import os
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest

from sim.measures.audit import AuditBreach
from sim.run import replicate as replicating
from sim.run.replicate import replicate
from sim.run.results import ALWAYS, LABELS, SCHEMAS

pytestmark = pytest.mark.integration

SHORT = ("run.opening.mode=empty", "run.horizon_days=120")
KEEP = ["cohort", "journeys", "events", "staff_days"]
LINES = {
    "senior_clinician": ("consultant", "principal", "senior"), "therapist": ("therapist",), "navigator": ("navigator",),
    "assistant_psychologist": ("assistant",), "coordinator": ("coordinator",),
}  # fmt: skip
NOBODY = {f"staffing.roles.{role}.lines.{line}.wte": 0.0 for role, lines in LINES.items() for line in lines}
DIGEST = """
import hashlib, sys
from sim.launch.compose import compose
from sim.config import validate
from sim.run.replicate import replicate
result = replicate(validate(compose(*sys.argv[2:])), int(sys.argv[1]))
print(hashlib.sha256(repr({name: t.to_pydict() for name, t in result.tables.items()}).encode()).hexdigest())
"""


def measures(result):
    """Return the figures for everybody, by measure and stage."""
    rows = result.tables["measures"].to_pylist()
    return {(row["measure"], row["stage"]): row["value"] for row in rows if row["dimension"] == "all"}


def same(first: pa.Table, second: pa.Table) -> bool:
    return repr(first.to_pydict()) == repr(second.to_pydict())


@pytest.fixture(scope="module")
def short(hub_config):
    return replicate(hub_config(*SHORT, **{"run.keep": KEEP}), 0)


def test_a_replication_is_the_same_every_time(hub_config, short):
    again = replicate(hub_config(*SHORT, **{"run.keep": KEEP}), 0)
    assert all(same(table, again.tables[name]) for name, table in short.tables.items())


def test_a_replication_depends_on_its_number(hub_config, short):
    other = replicate(hub_config(*SHORT), 1)
    assert not same(short.tables["waits"], other.tables["waits"])


def test_pythons_own_hashing_has_no_say(hub_config):
    said = ["scenario=major_incident", "incident.manchester_arena.day=20", f"run.keep=[{','.join(KEEP)}]"]
    said += ["run.opening.mode=empty", "run.horizon_days=60"]
    script = [sys.executable, "-c", DIGEST, "2", *said]
    processes = [
        subprocess.Popen(script, env=os.environ | {"PYTHONHASHSEED": seed}, stdout=subprocess.PIPE, text=True)
        for seed in ("0", "1")
    ]
    digests = {process.communicate(timeout=300)[0] for process in processes}
    here = replicate(hub_config(*said), 2)
    content = repr({name: table.to_pydict() for name, table in here.tables.items()})
    assert digests == {hashlib.sha256(content.encode()).hexdigest() + "\n"}


def test_the_tables_are_those_of_the_schema(short):
    assert set(short.tables) == {*ALWAYS, *KEEP}
    for name, table in short.tables.items():
        expected = [(field.name, field.type) for field in SCHEMAS[name] if field.name not in LABELS]
        assert [(field.name, field.type) for field in table.schema] == expected
        assert len(table) > 0


def test_kept_tables_are_there_on_request_only(hub_config):
    assert set(replicate(hub_config(*SHORT), 0).tables) == set(ALWAYS)
    assert set(replicate(hub_config(*SHORT, **{"run.keep": ["events"]}), 0).tables) == {*ALWAYS, "events"}


def test_the_kept_tables_tell_the_same_story_as_the_measures(short):
    figures = measures(short)
    journeys = short.tables["journeys"].to_pandas()
    assert len(journeys) == figures["referrals", ""]
    assert journeys["assessed_day"].notna().sum() == figures["assessed", ""]
    assert (journeys["episode"] > 0).sum() == figures["rereferred", ""]
    assert journeys["sessions_attended"].sum() == figures["sessions_attended", ""]
    first = journeys[journeys["episode"] == 0]
    assert sorted(first["client_id"]) == sorted(short.tables["cohort"]["client_id"].to_pylist())
    days = short.tables["staff_days"].to_pandas()
    used = sum(row["value"] for row in short.tables["measures"].to_pylist() if row["measure"] == "minutes_used")
    activities = SCHEMAS["staff_days"].names[SCHEMAS["staff_days"].names.index("minutes_available") + 1 : -1]
    assert days[activities].to_numpy().sum() == used


def test_the_log_of_events_is_in_the_order_of_time_and_everybody_arrives_once(short):
    events = short.tables["events"].to_pandas()
    assert events["time"].is_monotonic_increasing
    arrivals = events[events["event"] == "arrival"]
    assert arrivals["entity_id"].is_unique
    assert set(events["entity_id"]) == set(arrivals["entity_id"])
    begun = (events["event_type"] == "resource_use").sum()
    assert begun == (events["event_type"] == "resource_use_end").sum() > 0


def test_what_only_prices_change_changes_only_costs(hub_config, short):
    dear = replicate(hub_config(*SHORT, **{"costs.overhead_share": 0.9, "run.keep": KEEP}), 0)
    for name in ("waits", "weekly", *KEEP):
        assert same(short.tables[name], dear.tables[name])
    before, after = measures(short), measures(dear)
    changed = {measure for (measure, stage), value in before.items() if repr(value) != repr(after[measure, stage])}
    assert changed and all("cost" in measure for measure in changed)


def test_staffing_does_not_change_who_comes(hub_config, short):
    more = replicate(
        hub_config(*SHORT, **{"staffing.roles.senior_clinician.lines.senior.wte": 5.0, "run.keep": KEEP}), 0
    )  # fmt: skip
    assert same(short.tables["cohort"], more.tables["cohort"])
    assert not same(short.tables["waits"], more.tables["waits"])


def test_a_line_that_starts_after_the_horizon_changes_nothing(hub_config, short):
    late = {"band": "7", "wte": 3.0, "kind": "agency", "pay_point": "mid", "from_day": 121}
    config = hub_config(*SHORT, **{"staffing.roles.coordinator.lines.late": late, "run.keep": KEEP})
    after = replicate(config, 0)
    for name, table in short.tables.items():
        assert same(table, after.tables[name])


def test_two_hubs_are_two_and_the_first_is_not_changed_by_the_second(hub_config):
    changes = {"hubs.count": 2, "run.keep": ["cohort"]}
    two = replicate(hub_config(*SHORT, **changes), 0).tables["cohort"].to_pandas()
    three = replicate(hub_config(*SHORT, **changes | {"hubs.count": 3}), 0).tables["cohort"].to_pandas()
    assert set(two["hub"]) == {0, 1}
    assert set(two[two["hub"] == 0]["client_id"]).isdisjoint(two[two["hub"] == 1]["client_id"])
    assert three[three["hub"] < 2].equals(two)


def test_with_no_demand_there_is_cost_without_activity(hub_config):
    figures = measures(replicate(hub_config(*SHORT, **{"demand.multiplier": 0.0}), 0))
    assert figures["referrals", ""] == figures["assessed", ""] == figures["sessions_attended", ""] == 0
    assert figures["cost_pay_gbp", ""] > 0
    assert figures["wait_days_mean", "assessment"] is None


def test_a_hub_with_fewer_clients_than_workshops_runs(hub_config):
    config = hub_config(*SHORT, **{"demand.multiplier": 0.01, "pathway.team_support.requests_per_month": 20.0})
    figures = measures(replicate(config, 0))
    assert figures["referrals", ""] < 20
    assert figures["minutes_team_support", ""] > 0


@pytest.mark.parametrize("opening", ["empty", "run_in", "backlog"])
def test_with_no_staff_nobody_is_assessed_and_nothing_is_paid(hub_config, opening):
    config = hub_config(
        "run.horizon_days=120", f"run.opening.mode={opening}", "run.opening.run_in_days=60", **NOBODY
    )  # fmt: skip
    figures = measures(replicate(config, 0))
    assert figures["referrals", ""] > 100
    assert figures["assessed", ""] == figures["supported", ""] == figures["cost_total_gbp", ""] == 0
    assert figures["within_standard_share", "referral_to_assessment"] == 0
    assert figures["waiting_at_end", "screening"] > 100


def test_if_nobody_attends_nobody_completes(hub_config):
    never = {f"pathway.attendance.{visit}.missed_share": 1.0 for visit in ("assessment", "therapy_first", "group")}
    never |= {"pathway.attendance.therapy_next.missed_share": 1.0}
    never |= {path.replace("missed", "cancelled"): 0.0 for path in never}
    figures = measures(replicate(hub_config(*SHORT, **never), 0))
    assert figures["assessed", ""] == figures["therapy_completed", ""] == 0
    assert figures["minutes_lost_missed", ""] > 0


def test_more_senior_staff_does_not_lower_attainment_on_average(hub_config):
    # Ten pairs of replications with the same people, at half as much demand again as the default.
    loaded = (*SHORT[:1], "run.horizon_days=250", "demand.multiplier=1.5")
    path = "staffing.roles.senior_clinician.lines.senior.wte"
    fewer, more = (hub_config(*loaded, **{path: wte}) for wte in (2.0, 3.0))
    stages = ("referral_to_assessment", "referral_to_therapy")
    gains = np.array(
        [
            [
                measures(replicate(more, number))["within_standard_share", stage]
                - measures(replicate(fewer, number))["within_standard_share", stage]
                for stage in stages
            ]
            for number in range(10)
        ]
    )
    assert (gains.mean(axis=0) >= 0).all()


def test_a_breach_of_the_audit_fails_the_replication(hub_config, monkeypatch):
    def breach(history):
        raise AuditBreach("audit: everyone_is_somewhere: client 0/nobody")

    monkeypatch.setattr(replicating, "audit", breach)
    with pytest.raises(AuditBreach, match="client 0/nobody"):
        replicate(hub_config(*SHORT), 0)


def test_every_replication_says_which_rules_it_passed_and_what_it_took(short):
    assert len(short.audited) == 7
    assert set(short.seconds) == {"draw", "run", "count", "audit"}
    json.dumps(short.seconds)


def test_a_campaign_of_more_than_a_day_a_week_does_not_stop_all_work_with_teams(hub_config):
    campaign = {
        "kind": "campaign", "from_day": 0, "to_day": 100, "target": {}, "uptake_multiplier": 1.0,
        "decay_days": 10.0, "need_odds_ratio": 1.0, "cost_gbp": 0.0, "staff_hours_per_week": 8.0,
    }  # fmt: skip
    config = hub_config("run.opening.mode=empty", "run.horizon_days=120", **{"changes": {"posters": campaign}})
    rows = replicate(config, 0).tables["measures"].to_pylist()
    spent = next(row["value"] for row in rows if (row["measure"], row["dimension"]) == ("minutes_team_support", "all"))
    # Fifteen weeks of 480 minutes were asked for, beside the workshops.
    assert spent > 5000


def test_a_line_that_starts_after_the_horizon_renumbers_nobody(hub_config):
    short = {"run.opening.mode": "empty", "run.horizon_days": 60, "run.keep": ["events"]}
    late = {"band": "7", "wte": 3.0, "kind": "agency", "pay_point": "mid", "from_day": 61}
    before, after = (
        replicate(hub_config(**short | change), 0).tables["events"].to_pydict()
        for change in ({}, {"staffing.roles.therapist.lines.late": late})
    )
    assert before == after
