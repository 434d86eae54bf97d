"""Queues with known answers, which the simulation is held against."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

Floats = NDArray[np.float64]
NEGLIGIBLE = 1e-12
"""Probability below which a state is left out of a chain."""
FEWEST_STATES, MOST_STATES = 64, 4096


def erlang_b(load: float, servers: int) -> float:
    """Return the probability that all servers are busy and a newcomer is turned away, M/G/c/c.

    `load` is arrival rate x mean service time. Source: Erlang (1917), as B_k = a B_(k-1) / (k + a B_(k-1)).
    """
    blocked = 1.0
    for k in range(1, servers + 1):
        blocked = load * blocked / (k + load * blocked)
    return blocked


def erlang_c(load: float, servers: int) -> float:
    """Return the probability of having to wait, M/M/c; 1 where the queue has no steady state. Source: Erlang (1917)."""
    if load >= servers:
        return 1.0
    blocked = erlang_b(load, servers)
    return blocked / (1 - load / servers * (1 - blocked))


def erlang_c_mean_wait(arrival_rate: float, service_rate: float, servers: int) -> float:
    """Return the mean wait before service, M/M/c; infinite where the queue has no steady state."""
    spare = servers * service_rate - arrival_rate
    return erlang_c(arrival_rate / service_rate, servers) / spare if spare > 0 else math.inf


def erlang_c_within(arrival_rate: float, service_rate: float, servers: int, limit: float) -> float:
    """Return P(wait <= limit), M/M/c first come first served; 0 where the queue has no steady state."""
    spare = max(servers * service_rate - arrival_rate, 0.0)
    return 1 - erlang_c(arrival_rate / service_rate, servers) * math.exp(-spare * limit)


class ErlangA(NamedTuple):
    """Steady state of a queue with abandonment; times in the unit of the rates."""

    abandoned: float
    mean_wait: float
    """Of everybody, those who gave up included."""
    mean_wait_served: float
    utilisation: float


def erlang_a(arrival_rate: float, service_rate: float, servers: int, leave_rate: float) -> ErlangA:
    """Return the steady state of M/M/c with exponential patience (hazard `leave_rate` > 0 while waiting).

    Notes
    -----
    Palm (1957); Mandelbaum & Zeltyn (2007). Somebody who finds j others waiting is served with probability
    c mu / (c mu + (j + 1) theta), and then waits the sum of j + 1 exponential steps.
    """
    queued = max(0.0, (arrival_rate - servers * service_rate) / leave_rate) + 12 * math.sqrt(arrival_rate / leave_rate)
    people = np.arange(1, servers + math.ceil(queued) + 100)
    leaving = np.minimum(people, servers) * service_rate + np.maximum(people - servers, 0) * leave_rate
    logs = np.concatenate([[0.0], np.cumsum(np.log(arrival_rate / leaving))])
    weights = np.exp(logs - logs.max())
    chance = weights / weights.sum()
    waiting, rate = chance[servers:], servers * service_rate
    ahead = np.arange(len(waiting))
    steps = 1 / (rate + (ahead + 1) * leave_rate)
    mean_wait = float(waiting @ ahead) / arrival_rate
    abandoned = leave_rate * mean_wait
    return ErlangA(
        abandoned=abandoned,
        mean_wait=mean_wait,
        mean_wait_served=float(waiting @ (rate * steps * np.cumsum(steps))) / (1 - abandoned),
        utilisation=arrival_rate * (1 - abandoned) / rate,
    )


def mg1_mean_wait(arrival_rate: float, mean_service: float, squared_cv: float) -> float:
    """Return the mean wait before service, M/G/1; infinite at full load. Source: Pollaczek (1930), Khinchine (1932)."""
    load = arrival_rate * mean_service
    return load * mean_service * (1 + squared_cv) / (2 * (1 - load)) if load < 1 else math.inf


def priority_mean_waits(arrival_rates: Sequence[float], service_rate: float, servers: int) -> Floats:
    """Return the mean wait of each class, M/M/c with non-preemptive priorities, the first class highest.

    Notes
    -----
    Cobham (1954): W_k = W_0 / ((1 - s_(k-1)) (1 - s_k)), s_k the load per server of classes 1 to k.
    """
    capacity = servers * service_rate
    loads = np.concatenate([[0.0], np.cumsum(arrival_rates)]) / capacity
    first = erlang_c(loads[-1] * servers, servers) / capacity
    room = np.maximum(1 - loads, 0.0)
    with np.errstate(divide="ignore"):
        waits: Floats = first / (room[:-1] * room[1:])
    return waits


def infinite_server_mean(
    rate: Callable[[Floats], Floats], survival: Callable[[Floats], Floats], times: ArrayLike, step: float
) -> Floats:
    """Return the mean number in service at each time, M(t)/G/infinity empty at time 0.

    Parameters
    ----------
    rate, survival
        Arrival rate at a time; probability that a service lasts longer than a length.
    step
        Width of the midpoint rule; steps of `survival` at its multiples are integrated exactly.

    Notes
    -----
    m(t) = integral of rate(t - u) P(S > u) du; the number is Poisson. Source: Eick, Massey & Whitt (1993).
    """
    means = []
    for time in np.atleast_1d(np.asarray(times, dtype=np.float64)):
        steps = max(1, round(time / step))
        ages = (np.arange(steps) + 0.5) * (time / steps)
        means.append(float((rate(time - ages) * survival(ages)).sum()) * time / steps)
    return np.array(means)


def fading_surge_mean(
    times: ArrayLike, steady: float, surge: float, fades: float, service_rate: float, start: float
) -> Floats:
    """Return the mean number in service under arrivals `steady + surge exp(-fades t)` and exponential services.

    `start` is the mean number at time 0. Solution of m' = rate(t) - service_rate m, for fades != service_rate.
    """
    time = np.asarray(times, dtype=np.float64)
    lasting, fading = steady / service_rate, surge / (service_rate - fades)
    mean: Floats = lasting + (start - lasting - fading) * np.exp(-service_rate * time) + fading * np.exp(-fades * time)
    return mean


def square_root_staffing(load: float, quality: float) -> float:
    """Return the servers that lie `quality` standard deviations above the load. Source: Erlang (1924)."""
    return load + quality * math.sqrt(load)


def halfin_whitt_delay(quality: float) -> float:
    """Return the limiting probability of delay of M/M/c under square-root staffing. Source: Halfin & Whitt (1981)."""
    density = math.exp(-(quality**2) / 2) / math.sqrt(2 * math.pi)
    return float(1 / (1 + quality * ndtr(quality) / density))


def fluid_wait(times: ArrayLike, arrival_rate: float, capacity: float) -> Floats:
    """Return the wait of somebody who arrives at each time, from an empty list, when arrivals flow like a fluid."""
    wait: Floats = np.maximum(arrival_rate / capacity - 1, 0.0) * np.asarray(times, dtype=np.float64)
    return wait


class SlottedQueue(NamedTuple):
    """Steady state of a clinic with a fixed number of slots a day."""

    chance: Floats
    """Probability of a list of 0, 1, 2 ... people just before a day opens."""
    mean_list: float
    """Mean of that list."""
    left: float
    """Share of people who give up."""
    mean_wait_days: float
    """Of everybody, from joining until booked or gone, for people who join evenly over the day."""


def slotted_queue(
    arrivals_per_day: float, slots_per_day: int, leave_per_day: float = 0.0, slots_kept: int = 0
) -> SlottedQueue:
    """Return the exact steady state of a list served in slots: so many people at once, at one moment of each day.

    Parameters
    ----------
    arrivals_per_day
        Mean of the Poisson number that joins between two openings.
    leave_per_day
        Hazard of giving up while on the list.
    slots_kept
        Most slots that stay available for later days when a day leaves them unused.

    Raises
    ------
    ValueError
        Where there is no steady state: nobody leaves and the slots do not suffice.

    Notes
    -----
    With Z the list just after a day's slots are filled (negative: slots kept), c slots and leaving hazard h,
    Z' = max(Binomial(Z+, exp(-h)) - Z- + Poisson(lambda (1 - exp(-h)) / h) - c, -kept) is a Markov chain, solved here
    on as many states as matter: the bulk-service queue of Bailey (1954), with abandonment. Waits by Little (1961).
    """
    if leave_per_day == 0 and arrivals_per_day >= slots_per_day:
        raise ValueError(f"{arrivals_per_day:g} arrivals a day on {slots_per_day} slots have no steady state")
    from scipy.stats import binom, poisson

    stays = math.exp(-leave_per_day)
    joining = arrivals_per_day * (-math.expm1(-leave_per_day) / leave_per_day if leave_per_day else 1.0)
    states = FEWEST_STATES
    while states <= MOST_STATES:
        people = np.arange(states)
        arriving = poisson.pmf(people, joining)
        before = np.stack([np.convolve(binom.pmf(people, z, stays), arriving)[:states] for z in range(states)])
        after = _after_service(before, slots_per_day, slots_kept)
        if after[-(states // 8) :].sum() < NEGLIGIBLE:
            break
        states *= 2
    else:
        raise ValueError(f"the list needs more than {MOST_STATES} states; the load is too close to 1")
    listed = np.concatenate([[after[: slots_kept + 1].sum()], after[slots_kept + 1 :]])
    chance: Floats = listed @ before[: len(listed)]
    mean_list, left_over = float(chance @ people), float(listed @ people[: len(listed)])
    if leave_per_day == 0:
        return SlottedQueue(chance, mean_list, 0.0, left_over / arrivals_per_day + 0.5)
    left = 1 - (mean_list - left_over) / arrivals_per_day
    return SlottedQueue(chance, mean_list, left, left / leave_per_day)


def _after_service(before: Floats, slots: int, kept: int) -> Floats:
    """Return the stationary law of Z on -kept ... states - 1; the last state takes whatever lies beyond.

    `before[z]` is the law of the list before opening when z people were left the day before.
    """
    states = len(before)
    lowest, size = -kept, states + kept
    step = np.zeros((size, size))
    for z in range(lowest, states):
        end = np.arange(states) + min(z, 0) - slots
        np.add.at(step[z - lowest], np.clip(end, lowest, states - 1) - lowest, before[max(z, 0)])
        step[z - lowest, -1] += max(0.0, 1 - before[max(z, 0)].sum())
    return _stationary(step)


class CaseloadQueue(NamedTuple):
    """Steady state of a list for a caseload of so many places that are filled once a day."""

    in_course: float
    """Mean number of places taken, just after a day's filling."""
    mean_list: float
    """Mean list just before a day's places are filled."""
    all_taken: float
    """Share of days after whose filling no place is free."""
    left: float
    """Share of people who give up."""
    mean_wait_days: float
    """Of everybody, from joining until given a place or gone, for people who join evenly over the day."""


def caseload_queue(
    arrivals_per_day: float, places: int, ends_per_day: float, leave_per_day: float = 0.0
) -> CaseloadQueue:
    """Return the exact steady state of a list whose people, once taken on, keep a place for a whole course.

    Parameters
    ----------
    arrivals_per_day
        Mean of the Poisson number that joins between two openings.
    ends_per_day
        Chance that a course ends on each day after the one on which it was given its place.
    leave_per_day
        Hazard of giving up while on the list.

    Raises
    ------
    ValueError
        Where there is no steady state: nobody leaves and the places do not suffice.

    Notes
    -----
    With N the people listed or in a course just after a day's filling, c places and leaving hazard h,
    N' = Binomial(min(N, c), 1 - ends) + Binomial((N - c)+, exp(-h)) + Poisson(lambda (1 - exp(-h)) / h) is a Markov
    chain, solved here on as many states as matter. It is M/M/c by the day, or with a hazard Erlang-A: both are its
    limits as the three rates become small. Waits by Little (1961).
    """
    if leave_per_day == 0 and arrivals_per_day >= places * ends_per_day:
        raise ValueError(f"{arrivals_per_day:g} arrivals a day on {places} places have no steady state")
    from scipy.stats import binom, poisson

    stays = math.exp(-leave_per_day)
    joining = arrivals_per_day * (-math.expm1(-leave_per_day) / leave_per_day if leave_per_day else 1.0)
    states = FEWEST_STATES
    while states <= MOST_STATES:
        people = np.arange(states)
        taken, listed = np.minimum(people, places), np.maximum(people - places, 0)
        arriving = poisson.pmf(people, joining)
        step = np.zeros((states, states))
        for n in people:
            in_course = binom.pmf(np.arange(taken[n] + 1), taken[n], 1 - ends_per_day)
            waiting = binom.pmf(np.arange(listed[n] + 1), listed[n], stays)
            step[n] = np.convolve(np.convolve(in_course, waiting), arriving)[:states]
            step[n, -1] += max(0.0, 1 - step[n].sum())
        law = _stationary(step)
        if law[-(states // 8) :].sum() < NEGLIGIBLE:
            break
        states *= 2
    else:
        raise ValueError(f"the list needs more than {MOST_STATES} states; the load is too close to 1")
    in_course, left_over = float(law @ taken), float(law @ listed)
    left = 1 - ends_per_day * in_course / arrivals_per_day if leave_per_day else 0.0
    return CaseloadQueue(
        in_course=in_course,
        mean_list=left_over * stays + joining,
        all_taken=float(law[places:].sum()),
        left=left,
        mean_wait_days=left / leave_per_day if leave_per_day else left_over / arrivals_per_day + 0.5,
    )


def _stationary(step: Floats) -> Floats:
    """Return the stationary law of a Markov chain whose rows are the laws of its next state."""
    balance = step.T - np.eye(len(step))
    balance[-1] = 1.0
    law: Floats = np.linalg.solve(balance, np.eye(len(step))[-1])
    return law.clip(0.0)
