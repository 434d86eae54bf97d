"""What must always be true of a replication; a breach names the rule and the client or post."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import numpy as np

from sim.calendar import DAYS_PER_YEAR, MINUTES_PER_DAY
from sim.config.staffing import ACTIVITIES
from sim.errors import HubError
from sim.measures.capacity import tenure
from sim.measures.cost import ledger, stand_in_price, yearly_cost
from sim.measures.history import ACTIVITY_NUMBER, History
from sim.measures.queues import course
from sim.measures.tables import STATE_TEXTS, list_texts
from sim.roster import Post
from sim.service.codes import NOT_YET
from sim.service.enums import Activity, State
from sim.stages import LISTED, MILESTONES, PASSED
from sim.streams import Ints

AREA_TOLERANCE = 1e-9
STAGE_OF_STATE = {State[name.upper()]: number for number, stage in enumerate(PASSED) for name in stage.states}
"""Positions in `PASSED` of the states in which people are on a list."""
CAUSES = [(effect.name, effect.after) for effect in MILESTONES if effect.at_the_hub and effect.after]
"""What happens, and what must have happened before it."""


class AuditBreach(HubError):
    """A replication that contradicts itself; its results are not written."""


def audit(history: History) -> list[str]:
    """Check every rule and return their names.

    Raises AuditBreach with the rule and the first client or post that breaks it.
    """
    for name, rule in RULES.items():
        for finding in rule(history):
            raise AuditBreach(f"audit: {name}: {finding}")
    return list(RULES)


def _client(history: History, case: int | np.integer) -> str:
    name = history.cohort.client_ids[int(history.client[case])]
    return f"client {name} episode {int(history.episode[case])}"


def _state(code: int) -> str:
    return STATE_TEXTS.get(int(code), str(code))


def _everyone_is_somewhere(history: History) -> Iterator[str]:
    """Find people neither closed nor in the system: opening + referrals + re-referrals = closed + still there."""
    states = history.record.states
    closed = history.at("closed") != NOT_YET
    for odd in np.flatnonzero(closed != (states == State.CLOSED)):
        yield f"{_client(history, odd)} is in state {_state(states[odd])} but closed is {closed[odd]}"
    for case in np.flatnonzero(~np.isin(states, list(State))):
        yield f"{_client(history, case)} is in no known state ({_state(states[case])})"
    came = len(history.cohort) + int((history.episode > 0).sum())
    if came != int(closed.sum()) + int((~closed).sum()) or came != len(states):
        yield f"{came} people came but {len(states)} have a state"


def _lists_match_states(history: History) -> Iterator[str]:
    """Find people whose state is a list but who are not on exactly that list at the horizon, or the reverse."""
    people, stages = len(history.client), len(PASSED)
    on_list = np.zeros((people, stages), dtype=np.int64)
    for number, stays in enumerate(history.stays[stage.name] for stage in PASSED):
        on_list[:, number] = np.bincount(stays.case[stays.left == history.horizon], minlength=people)
    states = history.record.states
    stage_of = np.full(people, stages)
    for state, number in STAGE_OF_STATE.items():
        stage_of[states == state] = number
    in_state = np.eye(stages + 1, stages, dtype=np.int64)[stage_of]
    for case, stage in np.argwhere(on_list != in_state):
        name, times = PASSED[stage].name, on_list[case, stage]
        yield f"{_client(history, case)} is {times} times on the {name} list, state {_state(states[case])}"


def _minutes_add_up(history: History) -> Iterator[str]:
    """Find accounts where used + passed on + idle + balance differs from accrued, or more is used than accrued."""
    record, posts = history.record, history.roster.posts
    first = -history.config.run.run_in_days
    days, activities = history.horizon_days - first, len(ACTIVITIES)
    moves = [(history.work_post, history.work_activity, history.work_minute // MINUTES_PER_DAY, -history.work_minutes)]
    passed = record.passed
    kept = passed.target != Activity.IDLE
    moves.append((passed.post, passed.source, passed.day, -passed.minutes))
    moves.append((passed.post[kept], passed.target[kept], passed.day[kept], passed.minutes[kept]))
    who, activity, day, minutes = (np.concatenate(column) for column in zip(*moves, strict=True))
    # Only accounts that are in a job plan, or that minutes came from or went to, have a row.
    plans = [[number * activities + ACTIVITY_NUMBER[name] for name in post.plan] for number, post in enumerate(posts)]
    account = who * activities + activity
    exists = np.zeros(len(posts) * activities, dtype=bool)
    exists[account] = True
    exists[[mine for plan in plans for mine in plan]] = True
    row = np.cumsum(exists) - 1
    shape = (int(exists.sum()), days)
    place = np.ravel_multi_index((row[account], day - first), shape)
    flow = np.bincount(place, minutes, shape[0] * days).astype(np.int64).reshape(shape)
    for post, plan in zip(posts, plans, strict=True):
        until = np.searchsorted(post.days, history.horizon_days)
        for position, mine in enumerate(plan):
            flow[row[mine], post.days[:until] - first] += post.minutes[:until, position]
    balance = np.cumsum(flow, axis=1, out=flow)
    left_over = record.balances
    found = balance[row[left_over.post * activities + left_over.activity], -1]
    for odd in np.flatnonzero(found != left_over.minutes):
        post_id, name = posts[left_over.post[odd]].frame.post_id, ACTIVITIES[left_over.activity[odd]]
        yield f"post {post_id}, {name}: minutes accrued and spent do not reconcile"
    codes = np.flatnonzero(exists)
    for overdrawn, on in np.argwhere(balance < 0):
        number, spent_from = divmod(int(codes[overdrawn]), activities)
        post_id = posts[number].frame.post_id
        yield f"post {post_id}, {ACTIVITIES[spent_from]}: more minutes used than accrued by day {on + first}"


def _list_area(history: History) -> Iterator[str]:
    """Find lists whose area under the length differs from the time people waited (Little's law, exact)."""
    came_by_referral = history.cohort.opening[history.client] < 0
    for stage in LISTED:
        name, stays = stage.name, history.stays[stage.name]
        joined, left = stays.joined, stays.left
        if not len(joined):
            continue
        # People screened by phone are on the list before they are screened.
        if stage.joins and "phone_screen" not in stage.lists:
            first = np.full(len(history.client), history.horizon)
            np.minimum.at(first, stays.case, joined)
            reached = np.where(history.eligible(stage), history.at(stage.joins), NOT_YET)
            for case in np.flatnonzero((reached != NOT_YET) & (reached != first) & came_by_referral):
                who = _client(history, case)
                yield f"{name}: {who} joined at {reached[case]} but is on the list from {first[case]}"
        moments, length = course(joined, left)
        area = float((length[:-1] * np.diff(moments)).sum())
        waited = float((left - joined).sum())
        if abs(area - waited) > AREA_TOLERANCE * max(waited, 1.0):
            yield f"{name}: {area} person-minutes on the list, {waited} waited"


def _time_runs_forward(history: History) -> Iterator[str]:
    """Find negative waits and events before their cause."""
    stays = history.record.stays
    for stay in np.flatnonzero(stays.left < stays.joined):
        name = list_texts(history.config)[int(stays.listed[stay])]
        who = f"request {stays.case[stay]}" if name == "team_support" else _client(history, stays.case[stay])
        yield f"{who} joined the list {name} at {stays.joined[stay]} and left it at {stays.left[stay]}"
    for effect, cause in CAUSES:
        before, after = history.at(cause), history.at(effect)
        wrong = (after != NOT_YET) & ((before == NOT_YET) | (after < before))
        for case in np.flatnonzero(wrong):
            yield f"{_client(history, case)}: {effect} at {after[case]} but {cause} at {before[case]}"


def _pay_follows_posts(history: History) -> Iterator[str]:
    """Find posts whose pay differs from cost a year x years in post."""
    books = ledger(history)
    for number, post in enumerate(history.roster.posts):
        frame = post.frame
        line = history.config.line(frame.role, frame.line)
        time, costs = tenure(frame, history.horizon_days), history.config.costs
        days = time.filled_days + costs.maternity_pay_share * time.leave_days
        a_year = days * yearly_cost(costs, line) + time.stand_in_days * stand_in_price(history.config, frame)
        owed = frame.wte * a_year / DAYS_PER_YEAR
        if abs(owed - float(books.pay[number] + books.agency[number])) > AREA_TOLERANCE * max(owed, 1.0):
            yield f"post {frame.post_id}: {days} days in post are not paid as they should be"


def _caseload_within_cap(history: History) -> Iterator[str]:
    """Find posts that hold more people than they have places when they take somebody on."""
    minute, post, change = history.caseload_changes
    by_post = np.argsort(post, kind="stable")
    first = np.searchsorted(post[by_post], np.arange(len(history.roster.posts) + 1)).tolist()
    for who, (begin, end) in zip(history.roster.posts, itertools.pairwise(first), strict=True):
        mine = by_post[begin:end]
        holding, on = np.cumsum(change[mine]), minute[mine] // MINUTES_PER_DAY
        cap = _places(who, on)
        for wrong in np.flatnonzero((holding < 0) | ((change[mine] > 0) & (holding > cap))):
            name = who.frame.post_id
            yield f"post {name} holds {holding[wrong]} people, cap {cap[wrong]}, on day {on[wrong]}"


def _places(post: Post, days: Ints) -> Ints:
    """Return a post's caseload places on these days: on a day away, the most that it ever has."""
    if not len(post.days):
        return np.zeros(len(days), dtype=np.int64)
    nearest = np.minimum(np.searchsorted(post.days, days), len(post.days) - 1)
    return np.where(post.days[nearest] == days, post.places[nearest], post.places.max())


RULES: dict[str, Callable[[History], Iterator[str]]] = {
    "everyone_is_somewhere": _everyone_is_somewhere,
    "lists_match_states": _lists_match_states,
    "minutes_add_up": _minutes_add_up,
    "list_area_is_time_waited": _list_area,
    "time_runs_forward": _time_runs_forward,
    "pay_follows_posts": _pay_follows_posts,
    "caseload_within_cap": _caseload_within_cap,
}
