"""Therapy: a list for so many caseload places, and the caseload of therapists without limit, against exact answers."""

from functools import lru_cache

import numpy as np
import pytest
from scipy.special import gammainc
from small_hub import list_before, opening_of, people, roster, serve, small_hub, stays_on
from theory import caseload_queue, infinite_server_mean

from sim.calendar import MINUTES_PER_DAY
from sim.cohort.decisions import NEVER, course_lengths
from sim.config.pathway import DRAWS_PER_EPISODE

heavy = pytest.mark.heavy
INTERVAL, NOTICE = 7, 1
NOON = 0.5
OPENS = 0.375


def law_of_visits(mean, shape, most, drop_out, missed, cancelled, misses_allowed):
    """Return P(a course takes more than v visits) for v = 0, 1, 2 ..., by following every course visit by visit.

    Sessions planned are gamma rounded, 1 to `most`; somebody who drops out has a constant chance at each session;
    a missed visit counts towards discharge, a cancelled one only takes time; the draws of an episode are finite.
    """
    sessions = np.arange(most + 1)
    planned = np.where(sessions < most, 1 - gammainc(shape, (sessions + 0.5) * shape / mean), 0.0)
    planned[0] = 1.0
    going_on = planned * (1 - drop_out) ** sessions  # P(the course has more than s sessions)
    state = np.zeros((most + 1, misses_allowed))
    state[0, 0] = 1.0
    beyond = [1.0]
    for _ in range(DRAWS_PER_EPISODE):
        nxt = cancelled * state
        nxt[:, 1:] += missed * state[:, :-1]
        nxt[1:, 0] += (1 - missed - cancelled) * state[:-1].sum(axis=1) * going_on[1:] / going_on[:-1].clip(1e-300)
        state = nxt
        beyond.append(float(state.sum()))
    # One visit more finds the draws used up and ends the course.
    return np.array([*beyond, 0.0])


@lru_cache
def config_of(days, missed, cancelled):
    odds = {"missed_share": missed, "cancelled_share": cancelled}
    return small_hub(
        days,
        pathway__attendance__therapy_first=odds,
        pathway__attendance__therapy_next=odds,
        pathway__attendance__reusable_share=0.5,
        pathway__attendance__therapy_misses_in_a_row_allowed=2,
    )


@pytest.mark.parametrize(
    ("missed", "cancelled", "drop_out", "scale", "replications"),
    [
        pytest.param(0.0, 0.0, 0.0, 10.0, 40, marks=pytest.mark.integration),
        pytest.param(0.1, 0.12, 0.03, 10.0, 40, marks=pytest.mark.integration),
        pytest.param(0.1, 0.12, 0.03, 10.0, 80, marks=heavy),
    ],
)
def test_the_caseload_of_unlimited_therapists_is_the_integral_of_the_surge(
    verdicts, missed, cancelled, drop_out, scale, replications
):
    grid = np.array([3, 10, 20, 40] + ([80, 140] if replications > 40 else []))
    days = int(grid[-1]) + 2
    config = config_of(days, missed, cancelled)
    modality = config.pathway.modalities["cbt"]

    def rate(day):
        return scale * (2 + 10 * np.exp(-0.1 * day))

    beyond = law_of_visits(
        modality.sessions_mean, modality.sessions_shape, modality.sessions_most, drop_out, missed, cancelled, 2
    )
    stay = np.append(np.repeat(beyond[1:-1], INTERVAL), 0.0)

    def in_caseload(age):
        """Return P(in the caseload at noon) of somebody who joined the list so many days before.

        Booked at the next 09:00; the first session lies `NOTICE` days and visit v another 7 (v - 1) days later.
        """
        days_since_booked = np.floor(age - (NOON - OPENS)).astype(int)
        after_first = np.clip(days_since_booked - NOTICE, 0, len(stay) - 1)
        held = np.where(days_since_booked < NOTICE, 1.0, stay[after_first])
        return np.where(days_since_booked < 0, 0.0, held)

    reference = infinite_server_mean(rate, in_caseload, grid + NOON, step=1 / 16)
    post_days = np.arange(days + 120)
    held = []
    edges = np.linspace(0, days, 20_001)
    cumulative = np.concatenate([[0.0], np.cumsum(rate((edges[1:] + edges[:-1]) / 2) * np.diff(edges))])
    for replication in range(replications):
        rng = np.random.default_rng([5, int(100 * drop_out), replications, replication])
        level = np.sort(rng.uniform(0, cumulative[-1], rng.poisson(cumulative[-1])))
        minutes = np.floor(np.interp(level, cumulative, edges) * MINUTES_PER_DAY).astype(np.int64)
        n = len(minutes)
        cohort = people(
            minutes,
            starts="therapy",
            course_sessions=course_lengths(modality, rng.random(n)),
            drop_out_session=rng.geometric(drop_out, n) if drop_out else np.full(n, 10**6),
            attendance=rng.random((3, n, 2, DRAWS_PER_EPISODE)),
        )
        record = serve(config, cohort, roster(config, therapist=(post_days, 5000, 10**6)))
        minute, change = record.caseload.minute, record.caseload.change
        noons = (grid * MINUTES_PER_DAY + NOON * MINUTES_PER_DAY)[:, None]
        held.append((change * (minute <= noons)).sum(axis=1))
    case = "unlimited therapists, surge" + (", some missed or dropped out" if missed else "")
    case += f", {replications} replications"
    for column, day in enumerate(grid):
        values = [row[column] for row in held]
        verdicts.of_mean(case, f"caseload at noon of day {day}", float(reference[column]), values)


PLACES = (3, 3, 2)
"""Of three therapists, who share one list."""


@lru_cache
def sessions_every_day(days):
    modality = small_hub(days).pathway.modalities["cbt"].model_dump()
    return small_hub(days, pathway__modalities={"cbt": modality | {"interval_days": 1}})


def day_by_day(minutes, sessions, gives_up, opens, places):
    """Return the list before each opening and the places taken after it, played with a queue of numbers."""
    ends, waiting, came, taken = [0] * (len(opens) + int(sessions.max()) + 1), [], 0, 0
    lists, in_course = [], []
    for day, now in enumerate(opens.tolist()):
        taken -= ends[day]
        while came < len(minutes) and minutes[came] <= now:
            waiting.append(came)
            came += 1
        waiting = [person for person in waiting if gives_up[person] > now]
        lists.append(len(waiting))
        chosen, waiting = waiting[: places - taken], waiting[places - taken :]
        for person in chosen:
            ends[day + sessions[person]] += 1
        taken += len(chosen)
        in_course.append(taken)
    return np.array(lists), np.array(in_course)


@pytest.mark.parametrize(
    ("per_day", "leave", "replications", "days"),
    [
        pytest.param(2.0, 0.1, 60, 1000, marks=pytest.mark.integration),
        pytest.param(1.2, 0.0, 80, 6000, marks=heavy),
        pytest.param(1.6, 0.05, 150, 3000, marks=heavy),
    ],
)
def test_the_list_for_a_caseload_place_is_that_of_the_chain(verdicts, per_day, leave, replications, days):
    # Sessions are daily and after each a course ends with the same chance: a place is kept for a geometric time.
    ends, settled_day, places = 0.2, 300, sum(PLACES)
    queue = caseload_queue(per_day, places, ends, leave_per_day=leave)
    config, work = sessions_every_day(days), np.arange(days + 120)
    posts = roster(config, therapist=[(work, 900, mine) for mine in PLACES])
    taken, full, listed, waits, left = [], [], [], [], []
    opens = opening_of(np.arange(days))
    as_played = days_looked_at = 0
    for replication in range(replications):
        rng = np.random.default_rng([9, int(100 * per_day), replication])
        minutes = np.sort(rng.integers(0, days * MINUTES_PER_DAY, rng.poisson(per_day * days)))
        n = len(minutes)
        sessions, gives_up = rng.geometric(ends, n), np.full(n, NEVER)
        if leave:
            gives_up = minutes + np.maximum(1, np.rint(rng.exponential(MINUTES_PER_DAY / leave, n))).astype(np.int64)
        cohort = people(minutes, starts="therapy", course_sessions=sessions, patience_therapy=gives_up)
        record = serve(config, cohort, posts)
        minute, change = record.caseload.minute, record.caseload.change
        order = np.argsort(minute, kind="stable")
        until_noon = np.searchsorted(minute[order], (np.arange(days) + NOON) * MINUTES_PER_DAY, side="right")
        in_course = np.append(0, np.cumsum(change[order]))[until_noon]
        length = list_before(record, "therapy:cbt", opens)
        lists, places_taken = day_by_day(minutes, sessions, gives_up, opens, places)
        as_played += int(((length == lists) & (in_course == places_taken)).sum())
        days_looked_at += days
        taken.append(in_course[settled_day:].mean())
        full.append((in_course[settled_day:] == places).mean())
        listed.append(length[settled_day:].mean())
        stays = stays_on(record, "therapy:cbt")
        inside = (stays["joined"] >= settled_day * MINUTES_PER_DAY) & (stays["joined"] < (days - 60) * MINUTES_PER_DAY)
        waits.append((stays["left"] - stays["joined"])[inside].mean() / MINUTES_PER_DAY)
        left.append(stays["gave_up"][inside].mean())
    case = f"{per_day:g} arrivals a day, {places} places, daily sessions, {1 / ends:g} a course"
    case += f", of those waiting {leave:g} a day leave" if leave else ""
    same = "list and places taken, day by day, from the same people"
    verdicts.of_all(case, same, "the same", as_played, days_looked_at)
    verdicts.of_mean(case, "mean places taken", queue.in_course, taken)
    verdicts.of_share(case, "share of days with no place free", queue.all_taken, full)
    verdicts.of_mean(case, "mean list before opening", queue.mean_list, listed)
    verdicts.of_mean(case, "mean wait of everybody, days", queue.mean_wait_days, waits)
    if leave:
        verdicts.of_share(case, "share who leave", queue.left, left)
