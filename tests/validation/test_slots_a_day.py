"""A clinic with so many assessments a day: lists, abandonment, priorities and overload against exact answers."""

import numpy as np
import pytest
from small_hub import SLOT, list_before, opening_of, people, roster, serve, small_hub, stays_on, weekdays
from theory import fluid_wait, slotted_queue

from sim.calendar import MINUTES_PER_DAY, OPENING_MINUTE

heavy = pytest.mark.heavy
TAILS = [0.5, 0.2, 0.05]
"""Parts of the distribution of the list that are looked at: beyond its median, a fifth and a twentieth of days."""
LONG_ENOUGH = 120
"""Days of roster beyond the horizon, so that the last people can still be booked."""


def spread_over(rng, days, per_day):
    """Return the minutes of Poisson arrivals over so many days."""
    return np.sort(rng.integers(0, days * MINUTES_PER_DAY, rng.poisson(per_day * days)))


def every_day_clinic(days, slots, minutes, **columns):
    """Run a clinic that opens every day for people who join its list at these minutes; return config and record."""
    policy = columns.pop("policy", "first_come")
    config = small_hub(days, pathway__lists__policy=policy)
    posts = roster(config, assessor=(np.arange(days + LONG_ENOUGH), slots * SLOT))
    return serve(config, people(minutes, starts="assessment", **columns), posts)


def weekday_clinic(days, slots, per_day, rng, slots_kept=0, **columns):
    """Run a clinic on weekdays: people refer, are screened and reviewed, and join the list of the next weekday."""
    config = small_hub(days, slots_kept=slots_kept)
    opens = opening_of(weekdays(days))[:-1]
    # Everybody who refers between two openings of reception is reviewed at the second.
    minutes = np.sort(np.repeat(opens, rng.poisson(per_day, len(opens)))) - 10
    columns = {name: draw(len(minutes)) for name, draw in columns.items()}
    work = weekdays(days + LONG_ENOUGH)
    posts = roster(config, intake=(work, 900), assessor=(work, slots * SLOT))
    return serve(config, people(minutes, **columns), posts)


def step_by_step(joined, opens, slots, kept):
    """Return the list before each opening by the recursion of the chain; a negative rest is slots kept."""
    arrived = np.diff(np.searchsorted(np.sort(joined), opens, side="right"), prepend=0)
    rest, lists = 0, []
    for came in arrived.tolist():
        listed = max(rest, 0) + came
        lists.append(listed)
        rest = max(listed + min(rest, 0) - slots, -kept)
    return np.array(lists)


@pytest.mark.parametrize(
    ("slots", "per_day", "kept", "tails", "replications", "days"),
    [
        pytest.param(4, 2.6, 0, [0.5, 0.2], 60, 1500, marks=pytest.mark.integration),
        pytest.param(4, 3.2, 0, TAILS, 80, 4000, marks=heavy),
        pytest.param(1, 0.7, 0, TAILS, 80, 4000, marks=heavy),
        pytest.param(4, 3.2, 2, TAILS, 80, 4000, marks=heavy),
        pytest.param(4, 3.4, 10, TAILS, 80, 4000, marks=heavy),
    ],
)
def test_the_list_of_a_weekday_clinic_has_its_exact_distribution(
    verdicts, slots, per_day, kept, tails, replications, days
):
    queue = slotted_queue(per_day, slots, slots_kept=kept)
    opens = opening_of(weekdays(days))
    settled = opens[150:]
    tail = 1 - np.cumsum(queue.chance)
    beyond = sorted({int(np.abs(tail - share).argmin()) for share in tails})
    means, shares, waits = [], {k: [] for k in beyond}, []
    as_the_chain = days_looked_at = 0
    for replication in range(replications):
        rng = np.random.default_rng([1, slots, kept, replication])
        record = weekday_clinic(days, slots, per_day, rng, slots_kept=kept)
        stays = stays_on(record, "assessment")
        whole = list_before(record, "assessment", opens)
        as_the_chain += int((whole == step_by_step(stays["joined"], opens, slots, kept)).sum())
        days_looked_at += len(opens)
        length = whole[150:]
        means.append(length.mean())
        for k in beyond:
            shares[k].append((length > k).mean())
        counted = (stays["joined"] > settled[0]) & (stays["joined"] < settled[-1])
        waited = np.searchsorted(opens, stays["left"][counted]) - np.searchsorted(opens, stays["joined"][counted]) + 1
        waits.append(waited.mean())
    case = f"{per_day:g} arrivals and {slots} slots a day" + (f", {kept} unused ones kept" if kept else "")
    verdicts.of_all(case, "list, day by day, from the same arrivals", "the same", as_the_chain, days_looked_at)
    verdicts.of_mean(case, "mean list before opening", queue.mean_list, means)
    for k in beyond:
        verdicts.of_share(case, f"share of days with a list of more than {k}", tail[k], shares[k])
    # Whoever is reviewed after one opening waits at least for the next: half a day more than the evenly spread.
    verdicts.of_mean(case, "mean wait, working days", queue.mean_wait_days + 0.5, waits)


@pytest.mark.parametrize(
    ("per_day", "leave", "replications", "days"),
    [
        pytest.param(6.0, 0.2, 60, 1000, marks=pytest.mark.integration),
        pytest.param(5.0, 0.05, 80, 3000, marks=heavy),
        pytest.param(3.6, 0.01, 80, 3000, marks=heavy),
    ],
)
def test_people_of_exponential_patience_leave_as_often_as_the_chain_says(verdicts, per_day, leave, replications, days):
    slots, settled_day = 4, 200
    queue = slotted_queue(per_day, slots, leave_per_day=leave)
    left, listed, ratio = [], [], []
    for replication in range(replications):
        rng = np.random.default_rng([2, int(per_day), replication])
        minutes = spread_over(rng, days, per_day)
        patience = np.maximum(1, np.rint(rng.exponential(MINUTES_PER_DAY / leave, len(minutes)))).astype(np.int64)
        record = every_day_clinic(days, slots, minutes, patience_assessment=minutes + patience)
        stays = stays_on(record, "assessment")
        counted = (stays["joined"] >= settled_day * MINUTES_PER_DAY) & (stays["joined"] < (days - 60) * MINUTES_PER_DAY)
        left.append(stays["gave_up"][counted].mean())
        listed.append(list_before(record, "assessment", opening_of(np.arange(settled_day, days))).mean())
        waited = (stays["left"] - stays["joined"]).sum() / MINUTES_PER_DAY
        ratio.append(stays["gave_up"].sum() / (leave * waited))
    case = f"{per_day:g} arrivals and {slots} slots a day, of those waiting {leave:g} a day leave"
    verdicts.of_share(case, "share who leave", queue.left, left)
    verdicts.of_mean(case, "mean list before opening", queue.mean_list, listed)
    verdicts.of_mean(case, "left ÷ (hazard × time on the list)", 1.0, ratio)


@pytest.mark.integration
def test_who_leaves_after_referral_and_review_follows_from_the_time_on_the_list(verdicts):
    leave, ratio = 0.1, []
    for replication in range(60):
        rng = np.random.default_rng([3, replication])

        def patience(n, rng=rng):
            return np.maximum(1, np.rint(rng.exponential(MINUTES_PER_DAY / leave, n))).astype(np.int64)

        stays = stays_on(weekday_clinic(1000, 4, 5.0, rng, patience_assessment=patience), "assessment")
        waited = (stays["left"] - stays["joined"]).sum() / MINUTES_PER_DAY
        ratio.append(stays["gave_up"].sum() / (leave * waited))
    verdicts.of_mean("referral, screen, review and list, on weekdays", "left ÷ (hazard × time on the list)", 1.0, ratio)


HIGH, LOW = 3, 0


@pytest.mark.parametrize(
    ("high", "low", "replications", "days"),
    [
        pytest.param(1.5, 1.5, 80, 1500, marks=pytest.mark.integration),
        pytest.param(2.4, 0.8, 80, 4000, marks=heavy),
    ],
)
def test_the_first_class_waits_as_if_it_were_alone_and_the_total_is_conserved(verdicts, high, low, replications, days):
    slots, first = 4, 200
    waits = {HIGH: [], LOW: []}
    listed, same_lists, lists = [], 0, 0
    opens = opening_of(np.arange(days))
    for replication in range(replications):
        rng = np.random.default_rng([4, int(10 * high), replication])
        minutes = spread_over(rng, days, high + low)
        tier = np.where(rng.random(len(minutes)) < high / (high + low), HIGH, LOW)
        record = every_day_clinic(days, slots, minutes, tier=tier, policy="by_need")
        length = list_before(record, "assessment", opens)
        listed.append(length[first:].mean())
        for policy in ("first_come", "by_need_with_ageing") if replication < 5 else ():
            other = every_day_clinic(days, slots, minutes, tier=tier, policy=policy)
            same_lists += int((list_before(other, "assessment", opens) == length).sum())
            lists += len(opens)
        stays = stays_on(record, "assessment")
        inside = (stays["joined"] >= opens[first]) & (stays["joined"] < opens[-60])
        days_waited = (stays["left"] - stays["joined"]) / MINUTES_PER_DAY
        for name, values in waits.items():
            values.append(days_waited[inside & (tier[stays["case"]] == name)].mean())
    case = f"two classes, {high:g} high and {low:g} low a day, {slots} slots"
    alone, together = slotted_queue(high, slots), slotted_queue(high + low, slots)
    lower = ((high + low) * together.mean_wait_days - high * alone.mean_wait_days) / low
    verdicts.of_mean(case, "mean wait of the high class, days", alone.mean_wait_days, waits[HIGH])
    verdicts.of_mean(case, "mean wait of the low class, days", lower, waits[LOW])
    verdicts.of_mean(case, "mean list before opening", together.mean_list, listed)
    verdicts.of_all(case, "list under other orders, day by day", "the same", same_lists, lists)


@pytest.mark.integration
@pytest.mark.parametrize(("every", "unit"), [(1, "day"), (7, "week")])
def test_the_wait_of_a_deterministic_overload_grows_as_a_fluid(verdicts, every, unit):
    arrivals, slots, periods = 12.0, 10, 200
    minutes = np.arange(int(arrivals * periods)) * round(every * MINUTES_PER_DAY / arrivals)
    config = small_hub(2 * periods * every)
    posts = roster(config, assessor=(np.arange(0, 3 * periods * every, every), slots * SLOT))
    record = serve(config, people(minutes, starts="assessment"), posts)
    stays = stays_on(record, "assessment")
    joined, waited = stays["joined"], stays["left"] - stays["joined"]
    period = every * MINUTES_PER_DAY
    reference = fluid_wait(joined, arrivals, slots)
    case = f"overload, 12 arrivals and 10 slots a {unit}"
    slope = np.polyfit(joined, waited, 1)[0]
    verdicts.of_figure(case, "growth of the wait with the moment of arrival", 0.2, slope, 0.005)
    # Slots come in one piece a period and open at 09:00: nobody is further from the fluid than that.
    near = np.abs(waited - reference) <= period + OPENING_MINUTE
    verdicts.of_all(case, "arrivals within a period of the fluid's wait", "all", int(near.sum()), len(near))
