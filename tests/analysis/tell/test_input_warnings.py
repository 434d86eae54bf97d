"""What a reader is told of odd inputs: values beyond the evidence, and dates that the run never reaches."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

import sim
from analysis.tell import input_warnings
from sim.config import HubConfig
from sim.launch.options import Options

pytestmark = pytest.mark.unit


ENOUGH = "demand.campaign_multiplier_most"


def said_of(config: HubConfig) -> list[str]:
    """The sentences of what is warned of."""
    return [warning.sentence for warning in input_warnings.input_warnings(config)]


WAVE = {"kind": "wave", "from_day": 60, "to_day": 90, "uptake_multiplier": 2.0}
MEN = {"genders": ["men"]}
CAMPAIGN = {
    "kind": "campaign", "target": MEN, "from_day": 0, "to_day": 90, "decay_days": 30, "need_odds_ratio": 1.0,
    "cost_gbp": 1000,
}  # fmt: skip
CUT = {"kind": "funding", "funded_share": 0.75}
SENIOR = "staffing.roles.senior_clinician.lines.senior"
SHORT = {"run.horizon_days": 200}
NEVER = "has no effect, because the run ends on 17 October 2021 (day 199): choose an earlier day, or a longer"


def dated(name: str, value: object) -> dict[str, object]:
    return SHORT | {name: value}


@pytest.mark.parametrize("group", ["scenario", "staffing", "screening", "incident"])
def test_nothing_that_is_shipped_is_odd(hub_config: Callable[..., HubConfig], group: str) -> None:
    for name in Options().of(group):
        told = said_of(hub_config(f"{group}={name}"))
        assert [line for line in told if "closes" not in line] == [], name  # what outreach cannot do is said on purpose


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        (
            "staffing.recruitment.turnover_per_year",
            18.0,
            "=18 lies outside its range in the evidence, 0.1 to 0.35 (per",
        ),
        ("demand.uptake_per_person_year.care_homes", 0.83, "=0.83 lies outside its range in the evidence, 0.00017 to "),
        ("demand.gap_closed_share", 0.1, "=0.1 lies outside its range in the evidence, 0.25 to 1 (proportion, RCH-08)"),
        ("demand.multiplier", 3.5, "=3.5 lies outside its range in the evidence, 0.25 to 3.44 (ratio, ARR-03)"),
        ("costs.overhead_share", 1.5, "=1.5 lies outside its range in the evidence, 0.1 to 0.7 (proportion of staff"),
        ("demand.season_index.0", 3.0, ""),
        ("pathway.check_in.minutes", 600, "=600 lies outside its range in the evidence, "),
    ],
)
def test_a_value_beyond_the_evidence_is_told_with_its_range(
    hub_config: Callable[..., HubConfig], key: str, value: float, told: str
) -> None:
    line, *_ = said_of(hub_config(**{key: value}))
    assert line.startswith(f"{key}{told}" if told else "demand.season_index[0]=3 lies outside")
    assert len(line) <= 300


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (f"{SENIOR}.wte", 12.0),
        ("standards.stages.assessment.days", 90),
        ("population.staff_groups.care_homes.headcount", 900),
        ("run.opening.run_in_days", 900),
        ("staffing.recruitment.turnover_per_year", 0.35),
    ],
)
def test_what_a_planner_decides_or_knows_better_is_not(
    hub_config: Callable[..., HubConfig], key: str, value: float
) -> None:
    assert said_of(hub_config(**{key: value})) == []


def test_many_odd_values_are_counted(hub_config: Callable[..., HubConfig]) -> None:
    lines = said_of(hub_config(**{"demand.season_index": [5.0] * 13}))
    assert len(lines) == 7 and lines[-1] == "... and 7 more values lie outside their range"


@pytest.mark.parametrize(
    ("name", "value", "key"),
    [
        ("changes", {"cut": CUT | {"from_day": 365}}, "changes.cut.from_day=365"),
        ("changes", {"halt": {"kind": "freeze", "from_day": 200, "to_day": 300}}, "changes.halt.from_day=200"),
        (f"{SENIOR}.from_day", 400, f"{SENIOR}.from_day=400"),
        ("changes", {"winter": WAVE | {"from_day": 250, "to_day": 280}}, "changes.winter.from_day=250"),
        (
            "changes",
            {"shifts": CAMPAIGN | {"from_day": 300, "to_day": 390, "staff_hours_per_week": 1.0}},
            "changes.shifts.from_day=300",
        ),
        ("standards.referred_from_day", 250, "standards.referred_from_day=250"),
    ],
)
def test_a_dated_change_that_the_run_never_reaches_is_told(
    hub_config: Callable[..., HubConfig], name: str, value: object, key: str
) -> None:
    [line] = said_of(hub_config(**dated(name, value)))
    assert re.sub(r" \(\d+ \w+ 202\d\)", "", line, count=1).startswith(f"{key} {NEVER}")


@pytest.mark.parametrize(
    ("name", "value"),
    [("changes", {"winter": WAVE | {"from_day": -390, "to_day": -370}}), (f"{SENIOR}.to_day", -365)],
)
def test_what_is_over_before_the_run_begins_is_told(
    hub_config: Callable[..., HubConfig], name: str, value: object
) -> None:
    [line] = said_of(hub_config(**dated(name, value)))
    assert "has no effect, because it is over before the run begins on 1 April 2020 (day -365)" in line


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("changes", {"cut": CUT | {"from_day": 199}}),
        ("changes", {"halt": {"kind": "freeze", "from_day": 90, "to_day": 455}}),
        (f"{SENIOR}.to_day", 900),
        ("changes", {"winter": WAVE | {"from_day": -390, "to_day": -360}}),
    ],
)
def test_what_takes_effect_at_all_is_not(hub_config: Callable[..., HubConfig], name: str, value: object) -> None:
    assert said_of(hub_config(**dated(name, value))) == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"run.opening.backlog.assessment.people": 200}, "add run.opening.mode=backlog"),
        ({"run.opening.mode": "backlog", "run.opening.run_in_days": 100}, "add run.opening.mode=run_in"),
        ({"costs.uplift_per_year": 0.04}, "name a later year: costs.uprated_to=2027/28"),
        ({"costs.set_up_gbp": 200_000}, "add costs.set_up_counted=true"),
        ({"costs.agency_premium_share": 0.7}, "no line or stand-in is by agency"),
        ({"demand.gap_closed_share": 0.8}, "no campaign closes a gap: choose scenario=improved_reach, or add one"),
        ({"pathway.check_in.minutes": 12, "pathway.check_in.every_days": 0}, "set pathway.check_in.every_days"),
        ({"pathway.lists.ageing_days_per_tier": 20, "pathway.lists.policy": "by_need"}, "add pathway.lists.policy="),
        ({"run.replications_max": 400}, "it goes with run.precision"),
        ({"hubs.size_cv": 0.7}, "it goes with several Hubs: set hubs.count"),
        ({"screening.measures.gad7.cut_off": 9}, "positive_share says how many are positive: change that"),
        ({"pathway.modalities.cbt.step_up_share": 0.1}, "say with steps_up_to what it steps up to"),
        ({"staffing.roles.coordinator.out_of_hours_share": 0.7}, "this role makes no appointments"),
        ({"staffing.roles.navigator.caseload_cap_per_wte": 20}, "this role's job plan has no therapy"),
        ({"staffing.hours_per_week": 40.0}, "what a post gives is its client_facing_hours_per_week: change that"),
        ({"staffing.roles.therapist.most_supervision_given_hours_per_week": 0.75}, "nobody is supervised by this role"),
        ({"costs.paid_hours_per_wte_year": 1600.0}, "staff are paid by the year: change costs.pay_gbp_per_year"),
    ],
)
def test_a_changed_number_that_nothing_uses_is_told(
    hub_config: Callable[..., HubConfig], changes: dict[str, object], told: str
) -> None:
    key, value = next((key, value) for key, value in changes.items() if not isinstance(value, str))
    [line] = [line for line in said_of(hub_config(**changes)) if "has no effect here" in line]
    assert line.startswith(f"{key}={value:g} has no effect here; {told}")


@pytest.mark.parametrize(
    "changes",
    [
        {"run.opening.backlog.assessment.people": 200, "run.opening.mode": "backlog"},
        {"costs.set_up_gbp": 200_000, "costs.set_up_counted": True},
        {"hubs.size_cv": 0.7, "hubs.count": 2},
    ],
)
def test_a_changed_number_that_is_used_is_not(hub_config: Callable[..., HubConfig], changes: dict[str, object]) -> None:
    assert said_of(hub_config(**changes)) == []


def test_a_line_that_is_over_before_anybody_starts_is_told(hub_config: Callable[..., HubConfig]) -> None:
    assert said_of(hub_config(**{f"{SENIOR}.from_day": 100, f"{SENIOR}.to_day": 171})) == []
    [line] = said_of(hub_config(**{f"{SENIOR}.from_day": 100, f"{SENIOR}.to_day": 170}))
    assert line.startswith(
        f"{SENIOR}.from_day=100 (10 July 2021) leaves no time: recruitment takes about 10 weeks and the line is over on"
    )
    lines = said_of(hub_config(**{f"{SENIOR}.from_day": 60, "run.horizon_days": 120}))
    assert any("and the run is over on 30 July 2021 (day 120)" in line for line in lines)


def test_a_standard_longer_than_the_run_is_said_not_to_be_judged(hub_config: Callable[..., HubConfig]) -> None:
    [line] = said_of(hub_config(**{"run.horizon_days": 126}))
    assert line.startswith("standards.stages.referral_to_therapy.days=126 cannot be judged in a run that has 126 days")
    assert said_of(hub_config(**{"run.horizon_days": 127})) == []


def test_an_incident_that_exposes_more_people_than_there_are_is_told(hub_config: Callable[..., HubConfig]) -> None:
    lines = said_of(hub_config("scenario=care_homes_only", "incident=manchester_arena"))
    assert len(lines) == 5
    assert lines[0].startswith(
        "incident.manchester_arena exposes more of nhs_hospital_community than there are: 2,950 of 0;"
    )


def test_a_therapist_who_may_hold_nobody_is_told(hub_config: Callable[..., HubConfig]) -> None:
    [line] = said_of(hub_config(**{"staffing.roles.therapist.caseload_cap_per_wte": 0}))
    assert line.startswith(
        "staffing.roles.therapist.caseload_cap_per_wte=0 leaves no room for anybody, so that this role"
    )


def test_an_incident_in_many_hubs_is_said_to_strike_each(hub_config: Callable[..., HubConfig]) -> None:
    [line] = said_of(hub_config("scenario=national", "incident=manchester_arena"))
    assert line.startswith(
        "incident.manchester_arena happens in each of the 40 Hubs, and exposes 6,000 people at every"
    )


@pytest.mark.parametrize("target", [{}, {"genders": ["women"]}, {"ethnicities": ["white_british"]}])
def test_a_campaign_without_a_gap_to_close_is_said_to_bring_nobody(
    hub_config: Callable[..., HubConfig], target: dict[str, list[str]]
) -> None:
    campaign = CAMPAIGN | {"target": target, "staff_hours_per_week": 1.0}
    [line] = said_of(hub_config(**{"changes": {"shifts": campaign}}))
    assert line.startswith("changes.shifts brings nobody")
    with_multiplier = campaign | {"uptake_multiplier": 1.2}
    assert said_of(hub_config(**{"changes": {"shifts": with_multiplier}})) == []


def test_growth_that_nobody_can_mean_is_told(hub_config: Callable[..., HubConfig]) -> None:
    [line] = said_of(hub_config("scenario=growing_demand", **{"run.horizon_days": 3653}))
    assert "=0.72 over 10.0 years means 227 times as many referrals at the end of the run" in line


def fields(model: type[BaseModel]) -> Iterator[str]:
    """List the names of all fields of a model and of what lies below."""
    for name, field in model.model_fields.items():
        yield name
        below = [field.annotation]
        while below:
            kind = below.pop()
            below += get_args(kind)
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                yield from fields(kind)


def test_every_number_of_the_configuration_is_read_by_the_model_or_told_to_be_without_effect() -> None:
    folder = Path(sim.__file__).parent
    source = "\n".join(file.read_text() for file in folder.rglob("*.py") if file.parent.name != "config")
    told_in = "input_warnings.py"
    source += "\n".join(file.read_text() for file in folder.parent.glob("analysis/**/*.py") if file.name != told_in)
    read = {name for name in set(fields(HubConfig)) if re.search(rf"\.{name}\b|[\"']{name}[\"']", source)}
    told = {pattern.rpartition(".")[2] for pattern in input_warnings.USED}
    # Read within the configuration itself: by which it is refused, and from when to when who is lent to a partner Hub.
    words = {"beyond", "lends_from_day", "lends_role", "lends_to_day"}
    assert set(fields(HubConfig)) - read - told == words


def test_a_campaign_that_closes_less_than_it_is_to_is_told(hub_config: Callable[..., HubConfig]) -> None:
    told = [line for line in said_of(hub_config("scenario=improved_reach")) if "closes" in line]
    assert len(told) == 1
    assert told[0].startswith("changes.care_homes closes 14% of the gap and not 50%: that would take 8.0 ")
    assert not [line for line in said_of(hub_config("scenario=improved_reach", **{ENOUGH: 10.0})) if "closes" in line]


THERAPISTS = {"staffing.roles.therapist.out_of_hours_share": 0.9}


@pytest.mark.parametrize(
    "turned",
    [{}, {"demand.barriers.evenings.relative_uptake": 1.5}, {"pathway.attendance.in_hours_missed_times": 1.5}],
)
def test_whoever_changes_evenings_is_told_as_long_as_nobody_answers_to_them(
    hub_config: Callable[..., HubConfig], turned: dict[str, object]
) -> None:
    told = said_of(hub_config(**THERAPISTS | turned))
    assert [line.partition(":")[0] for line in told if "evenings are worth" in line] == [
        "staffing.roles.therapist.out_of_hours_share does not say what evenings are worth"
    ] * (not turned)
