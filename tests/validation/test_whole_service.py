"""The whole service: every queue is seen, a failing Hub looks better on nothing, and supervision takes the time due."""

import numpy as np
import pyarrow.compute as pc
import pytest
from failing_hubs import FAILING, starved_hubs

from analysis.comparison.pairs import BETTER
from sim.calendar import DAYS_PER_WEEK, MINUTES_PER_DAY, working_days
from sim.measures.queues import weekly_table
from sim.measures.waits import wait_table
from sim.roster import draw_roster
from sim.run.replicate import replicate, simulate_hub
from sim.run.results import make_table
from sim.service.codes import NOT_YET
from sim.service.enums import Ending, Listed, Modality
from sim.stages import LISTED, STAGES

pytestmark = pytest.mark.heavy

WEEKDAYS = [f"2021-04-{day:02}" for day in range(5, 12)]
BLOCKS = 60
"""Each of a replication that begins on every day of the week: a list at the end of a week is then one of any night."""
WEEKS = 156
NIGHTS = 4, WEEKS * DAYS_PER_WEEK + 3
"""First and last of those that are counted: the end of each week is in the middle of seven."""
BUSY = {"demand.multiplier": 2.0}
JOINED_TO_BE_SEEN = [stage.name for stage in LISTED if stage.by_stay or stage.opens == stage.joins]
"""Of the others the wait begins before the list."""
STARVED = {
    "two seniors less": "assessed",
    "no reviewers": "assessed",
    "nobody reviews": "assessed",
    "nobody assesses": "assessed",
    "no therapist": "in therapy",
    "no navigator": "in touch with a navigator",
    "no groups": "in therapy",
    "three times the demand": "assessed",
}
"""How far fewer people get, where each failing Hub is short; its reviewers are stood in for, in clinicians' time."""
MODELS = ("senior_led", "mixed_skill", "stepped_care", "group_first")
ROSTERS, PAIRS = 10, 30
MINUTES = 60 / 5
"""On a working day, of each hour a week."""
NOBODY_AWAY = {
    "staffing.absence.annual_leave_days": 0,
    "staffing.absence.study_days": 0,
    "staffing.absence.bank_holidays": False,
    "staffing.absence.sickness.absence_share": 0.0,
}
NOBODY_LEAVES = {"staffing.recruitment.turnover_per_year": 0.0, "staffing.absence.maternity_leave": None}
SCARCE = 0.5
"""Hours a week that each WTE can give, where supervision is scarce."""


def of(table, column, stage, dimension="all", group="all"):
    """Return a column of a weekly or wait table, of one stage and one group of people."""
    for key, text in {"stage": stage, "dimension": dimension, "group": group}.items():
        table = table.filter(pc.equal(pc.cast(table[key], "string"), text))
    return table[column].to_numpy()


def queues(config):
    """Return every queue: its stage, and where it is one of several lists its dimension and group."""
    modalities = [*config.pathway.modalities, "group"]
    return [(stage.name,) for stage in LISTED] + [("therapy", "modality", modality) for modality in modalities]


def words_of(stage, *list_of):
    """Return how a reader calls a queue."""
    return f"{STAGES[stage].words}, {list_of[-1].replace('_', ' ')}" if list_of else STAGES[stage].words


def stays_in(history, stage, dimension="all", group="all"):
    """Return when each stay on a queue began and ended."""
    stays = history.stays[stage]
    if dimension == "all":
        return stays.joined, stays.left
    kinds = list(history.config.pathway.modalities)
    mine = stays.listed == (Listed.GROUP if group == "group" else Listed.THERAPY + kinds.index(group))
    return stays.joined[mine], stays.left[mine]


def joins_and_nights(joined, left):
    """Return how many were on a queue in the nights that are counted, and how many of these each spent there."""
    first, last = (night * MINUTES_PER_DAY for night in NIGHTS)
    spent = np.clip(left, first - 1, last) // MINUTES_PER_DAY - np.clip(joined, first - 1, last) // MINUTES_PER_DAY
    return (spent > 0).sum(), spent[spent > 0].mean() if spent.any() else 0.0


def test_every_queue_is_as_long_as_who_joins_times_how_long_they_stay(verdicts, hub_config):
    configs = [hub_config(**BUSY | {"run.start_date": date}) for date in WEEKDAYS]
    found = {queue: [] for queue in queues(configs[0])}
    for number in range(BLOCKS * len(WEEKDAYS)):
        history, _ = simulate_hub(configs[number % len(WEEKDAYS)], number, 0)
        weekly = make_table("weekly", weekly_table(history), hub=0, replication=number)
        for queue, pairs in found.items():
            joined, stayed = joins_and_nights(*stays_in(history, *queue))
            pairs.append((of(weekly, "list", *queue)[:WEEKS].mean(), joined / (WEEKS * DAYS_PER_WEEK) * stayed))
    for queue, pairs in found.items():
        lists, expected = np.array(pairs).reshape(BLOCKS, len(WEEKDAYS), 2).mean(axis=1).T
        # Either varies between replications far more than the difference does.
        mean = expected.mean()
        words = f"{words_of(*queue)}: mean list at week ends, joins a day × mean nights on it"
        verdicts.of_mean("Little's law, twice the demand", words, mean, mean + lists - expected)


def test_everybody_who_joins_a_queue_is_seen_gives_up_is_closed_after_missed_appointments_or_still_waits(
    verdicts, hub_config
):
    config = hub_config(**BUSY | {"run.opening.mode": "empty"})
    counted = [queue for queue in queues(config) if queue[0] in JOINED_TO_BE_SEEN]
    agree = dict.fromkeys(counted, 0)
    for number in range(ROSTERS):
        history, _ = simulate_hub(config, number, 0)
        weekly = make_table("weekly", weekly_table(history), hub=0, replication=number)
        waits = make_table("waits", wait_table(history), hub=0, replication=number)
        for queue in counted:
            ends = of(waits, "count", *queue).sum() + missed(history, *queue)
            agree[queue] += int(of(weekly, "arrivals", *queue).sum() == ends > 0)
    for queue, right in agree.items():
        words = f"{words_of(*queue)}: joined = seen + gave up + missed too many + still waiting"
        verdicts.of_all("from an empty start, twice the demand", words, "all runs", right, ROSTERS)


def missed(history, stage, dimension="all", group="all"):
    """Return how many were closed after missed first appointments of therapy: nobody else is who was never seen."""
    journeys = history.record.journeys
    never = (journeys.therapy_joined != NOT_YET) & (journeys.therapy_first == NOT_YET)
    mine = never & (history.ended == Ending.MISSED_THERAPY) & (stage == "therapy")
    if dimension == "modality":
        kinds = list(history.config.pathway.modalities)
        mine &= journeys.modality == (Modality.GROUP if group == "group" else kinds.index(group))
    return mine.sum()


def test_fewer_people_get_as_far_as_the_stage_that_is_starved_and_nothing_is_called_better(
    verdicts, hub_config, tmp_path
):
    compared = starved_hubs(hub_config, tmp_path, PAIRS)
    assert set(STARVED) == set(FAILING)
    for plan, words in STARVED.items():
        [step] = [step for step in compared.steps[plan] if step.words == words]
        most = f"of everyone referred, {words}: upper end of the difference, from {step.baseline:.2f}"
        verdicts.at_most(plan, most, 0.0, step.high)
        answers = compared.about(plan)
        better = sum(answer.verdict == BETTER for answer in answers)
        verdicts.not_more_than(plan, "headlines called better", 0, better, len(answers))


def supervised_by(roles):
    """Return the roles that each role supervises, where it does."""
    found = {name: [other for other, role in roles.items() if role.supervised_by == name] for name in roles}
    return {name: mine for name, mine in found.items() if mine}


def hours_by_arithmetic(config, frames):
    """Return hours a week of supervision on each working day, from who is in post: due, received, given; (3, days)."""
    roles, days = config.staffing.roles, np.arange(config.run.horizon_days)
    due, there = ({name: np.zeros(len(days)) for name in roles} for _ in range(2))
    for frame in frames:
        for spell in frame.spells:
            in_post = frame.wte * ((days >= spell.start_day) & (days < spell.end_day))
            there[frame.role] += in_post
            times = np.where(is_new(config, spell, days), config.staffing.supervision.newcomers_times, 1.0)
            due[frame.role] += in_post * times * roles[frame.role].supervision_hours_per_week
    given = sum(
        np.minimum(sum(due[one] for one in mine), roles[name].most_supervision_given_hours_per_week * there[name])
        for name, mine in supervised_by(roles).items()
    )
    among_peers = sum(due[name] for name, role in roles.items() if role.supervised_by is None)
    open_on = working_days(config.run.start_date, 0, len(days), False)
    return np.array([sum(due.values()), given + among_peers, given])[:, open_on]


def is_new(config, spell, days):
    """Return on which days somebody who was recruited has not yet a full caseload."""
    weeks = config.staffing.recruitment.ramp_weeks
    return spell.recruited & (days >= spell.start_day) & (days < spell.start_day + weeks * DAYS_PER_WEEK)


@pytest.mark.parametrize("most", [None, SCARCE], ids=["as it is", "supervision is scarce"])
@pytest.mark.parametrize("model", MODELS)
def test_supervision_takes_the_hours_due_times_the_wte_in_post(verdicts, hub_config, model, most):
    roles = hub_config(f"staffing={model}").staffing.roles
    of_each = (f"staffing.roles.{name}.most_supervision_given_hours_per_week" for name in supervised_by(roles))
    scarce = dict.fromkeys(of_each, most) if most else {}
    config = hub_config(f"staffing={model}", **NOBODY_AWAY | scarce)
    found, expected = [], []
    for number in range(ROSTERS):
        rows = replicate(config, number, ["measures"]).tables["measures"].to_pylist()
        mine = {row["measure"]: row for row in rows if row["dimension"] == "all"}
        share = mine["unsupervised_share"]
        found.append((mine["minutes_supervision"]["value"], share["numerator"], share["denominator"]))
        frames = [post.frame for post in draw_roster(config, number, 0, 1.0).posts]
        due, received, given = MINUTES * hours_by_arithmetic(config, frames).sum(axis=1)
        expected.append((received + given, due - received, due))
    (minutes, without, of_these), (right, short_of, due) = np.sum(found, axis=0), np.sum(expected, axis=0)
    case = f"{model}, {SCARCE:g} hours to give" if most else model
    verdicts.of_figure(case, "minutes of supervision, hours due × WTE in post", right, minutes, 1e-9)
    verdicts.of_figure(case, "unsupervised share, due less what can be given", short_of / due, without / of_these, 1e-6)


@pytest.mark.parametrize("model", MODELS)
def test_what_supervisors_give_is_what_is_received_and_both_take_it_off_their_time_for_clients(
    verdicts, hub_config, model
):
    settled = NOBODY_AWAY | NOBODY_LEAVES
    roles = hub_config(f"staffing={model}").staffing.roles
    without = {f"staffing.roles.{name}.supervision_hours_per_week": 0.0 for name in roles}
    posts, free = (
        draw_roster(hub_config(f"staffing={model}", **settled | off), 0, 0, 1.0).posts for off in ({}, without)
    )
    _, received, given = np.array([post.supervision.sum(axis=0) for post in posts]).T
    at_the_hub = np.array([roles[post.frame.role].supervised_by is not None for post in posts])
    fewer = sum(post.minutes.sum() for post in free) - sum(post.minutes.sum() for post in posts)
    at_the_hub, taken = received[at_the_hub].sum(), (received + given).sum()
    verdicts.of_figure(model, "minutes that supervisors give, received from them", at_the_hub, given.sum(), 1e-9)
    verdicts.of_figure(model, "minutes for clients that supervision takes", taken, float(fewer), 0.001)


@pytest.mark.parametrize("model", MODELS)
def test_a_hub_that_funds_more_people_than_can_be_supervised_is_refused_where_that_is_asked_for(
    verdicts, hub_config, refusal, model
):
    roles = hub_config(f"staffing={model}").staffing.roles
    wte = {name: sum(line.wte for line in role.lines.values()) for name, role in roles.items()}
    givers, refused = supervised_by(roles), 0
    for name, mine in givers.items():
        enough = sum(roles[one].supervision_hours_per_week * wte[one] for one in mine) / wte[name]
        given = ("staffing.supervision.beyond=refuse", f"staffing={model}")
        key = f"staffing.roles.{name}.most_supervision_given_hours_per_week"
        hub_config(*given, **{key: enough})
        [line] = refusal(*given, **{key: 0.99 * enough})
        refused += line.startswith(f"staffing.roles.{name}: can give ")
    words = "supervisors who can give 1 % less than is due: refused; as much: not"
    verdicts.of_all(f"{model}, beyond=refuse", words, "all", refused, len(givers))


@pytest.mark.parametrize("times", [2.0, 4.0])
def test_newcomers_take_so_many_times_as_much_supervision_until_their_caseload_is_full(verdicts, hub_config, times):
    minutes = np.zeros((2, 2))
    for row, often in enumerate((1.0, times)):
        config = hub_config(**NOBODY_AWAY | {"staffing.supervision.newcomers_times": often})
        for post in (post for number in range(ROSTERS) for post in draw_roster(config, number, 0, 1.0).posts):
            new = np.any([is_new(config, spell, post.days) for spell in post.frame.spells], axis=0)
            minutes[row] += post.supervision[new, 0].sum(), post.supervision[~new, 0].sum()
    for who, right, found in zip(("newcomers", "others"), (times, 1.0), minutes[1] / minutes[0], strict=True):
        verdicts.of_figure(f"newcomers_times={times:g}", f"minutes due to {who}, times those at 1", right, found, 1e-9)
