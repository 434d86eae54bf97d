"""The same small Hub in Ciw, an independent queueing engine: same arrivals, same patience, person by person."""

import ciw
import numpy as np
import pytest
from small_hub import SLOT, people, roster, serve, small_hub, stays_on

from sim.calendar import MINUTES_PER_DAY, OPENING_MINUTE

CLASSES = {"first": 3, "second": 1, "third": 0}
"""Need tier of each class of customer, highest priority first."""
AFTER_OPENING = 0.5
"""Ciw's slots lie half a minute after ours, so that nothing else happens at the same moment."""


def in_our_hub(days, slots, minutes, patience, tier):
    """Return for everybody the minute of leaving the assessment list, and who gave up."""
    policy = "first_come" if (tier == tier[0]).all() else "by_need"
    config = small_hub(days, pathway__lists__policy=policy)
    work = np.array([day for day in range(1, days + 100) if slots[day % 7]])
    posts = roster(config, assessor=(work, np.array([slots[day % 7] * SLOT for day in work])))
    cohort = people(minutes, starts="assessment", patience_assessment=minutes + patience, tier=tier)
    stays = stays_on(serve(config, cohort, posts), "assessment")
    by_case = np.argsort(stays["case"])
    return stays["left"][by_case], stays["gave_up"][by_case] == 1


def in_ciw(days, slots, minutes, patience, tier):
    """Return the same from Ciw: a slotted server, reneging after a given patience, and priority classes."""
    arrivals, leaves = {}, {}
    for name, need in CLASSES.items():
        mine = np.flatnonzero(tier == need)
        gaps = np.diff(minutes[mine], prepend=0).astype(float).tolist()
        arrivals[name] = [ciw.dists.Sequential([*gaps, float("inf")])]
        leaves[name] = [ciw.dists.Sequential([*patience[mine].astype(float).tolist(), float("inf")])]
    # The first slot in the list comes at the end of its cycle: day 1 first, day 0 of the next week last.
    ends = [day * MINUTES_PER_DAY for day in range(1, 8)]
    sizes = [slots[day % 7] for day in range(1, 8)]
    network = ciw.create_network(
        arrival_distributions=arrivals,
        service_distributions={name: [ciw.dists.Deterministic(1.0)] for name in CLASSES},
        reneging_time_distributions=leaves,
        priority_classes={name: rank for rank, name in enumerate(CLASSES)},
        number_of_servers=[ciw.Slotted(slots=ends, slot_sizes=sizes, offset=OPENING_MINUTE + AFTER_OPENING)],
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(days * MINUTES_PER_DAY)
    left = np.full(len(minutes), days * MINUTES_PER_DAY)
    gave_up = np.zeros(len(minutes), dtype=bool)
    for record in simulation.get_all_records():
        case = record.id_number - 1  # numbered in order of arrival, of which no two are at the same minute
        gone = record.exit_date if record.record_type == "renege" else record.service_start_date - AFTER_OPENING
        left[case], gave_up[case] = round(gone), record.record_type == "renege"
    return left, gave_up


WEEKS = {
    "every day": [4, 4, 4, 4, 4, 4, 4],
    "Monday, Wednesday and Friday": [10, 0, 6, 0, 8, 0, 0],
    "once a week": [0, 0, 15, 0, 0, 0, 0],
}


@pytest.mark.parametrize(
    "seed",
    [pytest.param(0, marks=pytest.mark.integration), *(pytest.param(n, marks=pytest.mark.heavy) for n in range(1, 6))],
)
@pytest.mark.parametrize("week", WEEKS)
@pytest.mark.parametrize("classes", [1, 3])
def test_ciw_serves_and_loses_the_same_people_at_the_same_moments(verdicts, week, classes, seed):
    days = 1000 if seed else 300
    rng = np.random.default_rng([8, seed, classes, list(WEEKS).index(week)])
    people_a_day = sum(WEEKS[week]) / 7 * (1.2 if seed % 2 else 1.0)
    count = rng.poisson(people_a_day * days)
    minutes = np.sort(rng.choice(days * MINUTES_PER_DAY, count, replace=False))
    patience = np.maximum(1, np.rint(rng.exponential(10 * MINUTES_PER_DAY, count))).astype(np.int64)
    tier = rng.choice(list(CLASSES.values())[:classes], count)
    ours, our_losses = in_our_hub(days, WEEKS[week], minutes, patience, tier)
    theirs, their_losses = in_ciw(days, WEEKS[week], minutes, patience, tier)
    agree = (ours == theirs) & (our_losses == their_losses)
    name = f"Ciw: slots {week}, patience" + (f", {classes} classes" if classes > 1 else "")
    assert 0.02 < our_losses.mean() < 0.9, "people must be served and lost for the comparison to mean anything"
    verdicts.of_all(name, f"people leaving the list alike, seed {seed}", "all", int(agree.sum()), count)
