"""Unlimited therapists: the caseload against the integral of arrivals and the exact law of course lengths."""

from functools import lru_cache

import numpy as np
import pytest
from scipy.special import gammainc
from small_hub import people, roster, serve, small_hub

from analysis.queueing import infinite_server_mean
from sim.calendar import MINUTES_PER_DAY
from sim.cohort.decisions import course_lengths
from sim.config.pathway import DRAWS_PER_EPISODE

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
        pytest.param(0.1, 0.12, 0.03, 10.0, 200, marks=pytest.mark.heavy),
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
            attendance=rng.random((n, 3, 2, DRAWS_PER_EPISODE)),
        )
        record = serve(config, cohort, roster(config, therapist=(post_days, 5000, 10**6)))
        minute, _, change = np.array(record.caseload).T
        noons = (grid * MINUTES_PER_DAY + NOON * MINUTES_PER_DAY)[:, None]
        held.append((change * (minute <= noons)).sum(axis=1))
    case = "unlimited therapists, surge" + (", some missed or dropped out" if missed else "")
    case += f", {replications} replications"
    for column, day in enumerate(grid):
        values = [row[column] for row in held]
        verdicts.of_mean(case, f"caseload at noon of day {day}", float(reference[column]), values)
