"""The same small Hub in Ciw, an independent queueing engine: same arrivals, same patience, person by person."""

import ciw
import numpy as np
import pytest
from small_hub import SLOT, people, roster, serve, small_hub, stays_on, weekdays

from sim.calendar import MINUTES_PER_DAY, OPENING_MINUTE
from sim.config.pathway import MOST_EPISODES, OUTCOMES

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


# --- assessment, then a caseload place for a whole course ---------------------------------------------------------

SLOTS, THERAPISTS, DAYS, NO_MORE = 4, (5, 4, 3), 1000, 400
"""Assessments a day, caseload places of each therapist, days with arrivals, days after which nobody is in the Hub."""
MISSED = {"missed_share": 0.15, "cancelled_share": 0.0}
MISSES = 2
"""So many missed assessments, or sessions in a row, and the person is discharged."""
INTERVAL = 7
WHOLE_HUB = {
    "pathway__lists__policy": "by_need",
    "pathway__attendance__assessment": MISSED,
    "pathway__attendance__therapy_first": MISSED,
    "pathway__attendance__therapy_next": MISSED,
    "pathway__attendance__assessment_misses_allowed": MISSES,
    "pathway__attendance__therapy_misses_in_a_row_allowed": MISSES,
}


def clients(rng, per_day, to_therapy):
    """Draw everything that will ever be true of everybody; nobody arrives at the very minute of opening."""
    minutes = np.flatnonzero(np.arange(DAYS * MINUTES_PER_DAY) % MINUTES_PER_DAY != OPENING_MINUTE)
    n = rng.poisson(per_day * DAYS)
    return {
        "minutes": np.sort(rng.choice(minutes, n, replace=False)),
        "tier": rng.choice(list(CLASSES.values()), n),
        "in_therapy": rng.random(n) < to_therapy,
        "patience_assessment": 1 + np.rint(rng.exponential(20 * MINUTES_PER_DAY, n)).astype(np.int64),
        # Nobody gives up before the opening after the assessment: in Ciw they are not on the list before.
        "patience_therapy": 3 * MINUTES_PER_DAY + np.rint(rng.exponential(60 * MINUTES_PER_DAY, n)).astype(np.int64),
        "course_sessions": 1 + rng.poisson(5, n),
        "drop_out_session": rng.geometric(0.06, n),
        "attendance": rng.random((MOST_EPISODES, n, 2, 64)),
    }


def stays_in_our_hub(drawn):
    """Return everybody's times on the two lists: person, list, minute of leaving, whether the person gave up."""
    config = small_hub(DAYS + NO_MORE, **WHOLE_HUB)
    work = weekdays(DAYS + NO_MORE + 60)
    posts = roster(
        config,
        intake=(work, 900),
        assessor=(work, SLOTS * SLOT),
        therapist=[(work, 900, places) for places in THERAPISTS],
    )
    outcome = np.where(drawn["in_therapy"], OUTCOMES.index("hub_therapy"), OUTCOMES.index("advice"))
    columns = {name: values for name, values in drawn.items() if name not in ("minutes", "in_therapy")}
    record = serve(config, people(drawn["minutes"], outcome=outcome, **columns), posts)
    found = []
    for name in ("assessment", "therapy:cbt"):
        stays = stays_on(record, name)
        rows = zip(stays["case"].tolist(), stays["joined"], stays["left"].tolist(), stays["gave_up"], strict=True)
        found += [(case, name, int(joined), left, bool(gone)) for case, joined, left, gone in rows]
    return found


def next_weekday(day):
    """Return the first Monday to Friday from a day on, day 0 being a Monday."""
    return day + np.where(day % 7 < 5, 0, 7 - day % 7)


class Given(ciw.dists.Distribution):
    """A length of time that is known from who it is and when."""

    def __init__(self, of_person):
        self.of_person = of_person

    def sample(self, t=None, ind=None):
        return self.of_person(t, ind)


class AfterAssessment(ciw.routing.NodeRouting):
    """Back to the list after a first missed assessment; then to therapy or out."""

    def __init__(self, drawn):
        self.drawn = drawn

    def next_node(self, ind):
        nodes, person = self.simulation.nodes, ind.id_number - 1
        visits = ind.visits = getattr(ind, "visits", 0) + 1
        if self.drawn["attendance"][0, person, 0, visits - 1] < MISSED["missed_share"]:
            return nodes[ASSESSMENT] if visits < MISSES else nodes[-1]
        return nodes[OVERNIGHT] if self.drawn["in_therapy"][person] else nodes[-1]


ASSESSMENT, OVERNIGHT, THERAPY = 1, 2, 3


def course_days(drawn, person):
    """Return the days from the first session of a person's course to the last."""
    left, row, attended, days = drawn["course_sessions"][person], 0, 0, 0
    for luck in drawn["attendance"][0, person, 1]:
        if luck < MISSED["missed_share"]:
            row += 1
        else:
            row, left, attended = 0, left - 1, attended + 1
        if row == MISSES or left == 0 or attended == drawn["drop_out_session"][person]:
            return days
        days += INTERVAL
    raise AssertionError("nobody needs more than 64 sessions here")


def stays_in_ciw(drawn):
    """Return the same from Ciw: slots for assessments, a night, and servers that are caseload places.

    Within a day Ciw's events come in this order: who was assessed the day before joins the list for therapy, the more
    urgent first; then places are freed and slots filled.
    """
    minutes, tier = drawn["minutes"], drawn["tier"]
    opens = next_weekday(-((OPENING_MINUTE - minutes) // MINUTES_PER_DAY)) * MINUTES_PER_DAY + OPENING_MINUTE
    # Reviewed one after the other, a minute each, at the next opening.
    reviewed = opens + np.arange(len(opens)) - np.searchsorted(opens, opens) + 1
    in_slot, joined = {}, {}

    def opening_after(now):
        return float(next_weekday(now // MINUTES_PER_DAY + 1)) * MINUTES_PER_DAY + OPENING_MINUTE

    def assessment(now, ind):
        """Booked now, to be seen on the next day at work, one after the other."""
        in_slot[now] = in_slot.get(now, 0) + 1
        return opening_after(now) + in_slot[now] * SLOT - now

    def night(now, ind):
        joined[ind.id_number - 1] = round(now)
        order = 0.1 * list(CLASSES).index(ind.customer_class) + (now % MINUTES_PER_DAY) / 1e5
        return opening_after(now) - 1 + order - now

    def course(now, ind):
        length = course_days(drawn, ind.id_number - 1) * MINUTES_PER_DAY
        return opening_after(now) + length + AFTER_OPENING - now

    def patience(now, ind):
        """All of it at first; after a missed assessment what the first wait has left of it."""
        waited = sum(
            round((before.service_start_date - OPENING_MINUTE) / MINUTES_PER_DAY) * MINUTES_PER_DAY
            + OPENING_MINUTE
            - round(before.arrival_date)
            for before in ind.data_records
        )
        return drawn["patience_assessment"][ind.id_number - 1] - waited

    def patience_left(now, ind):
        return joined[ind.id_number - 1] + drawn["patience_therapy"][ind.id_number - 1] - now

    arrivals = {}
    for name, need in CLASSES.items():
        gaps = np.diff(reviewed[tier == need], prepend=0).astype(float).tolist()
        arrivals[name] = [ciw.dists.Sequential([*gaps, float("inf")]), None, None]
    ends = [day * MINUTES_PER_DAY for day in range(1, 8)]  # Tuesday first, Monday last
    slots = ciw.Slotted(slots=ends, slot_sizes=[SLOTS] * 4 + [0, 0, SLOTS], offset=OPENING_MINUTE + AFTER_OPENING)
    routes = [AfterAssessment(drawn), ciw.routing.Direct(to=THERAPY), ciw.routing.Leave()]
    simulation = ciw.Simulation(
        ciw.create_network(
            arrival_distributions=arrivals,
            service_distributions={name: [Given(assessment), Given(night), Given(course)] for name in CLASSES},
            reneging_time_distributions={name: [Given(patience), None, Given(patience_left)] for name in CLASSES},
            priority_classes={name: rank for rank, name in enumerate(CLASSES)},
            number_of_servers=[slots, float("inf"), sum(THERAPISTS)],
            routing={name: ciw.routing.NetworkRouting(routers=routes) for name in CLASSES},
        )
    )
    simulation.simulate_until_max_time((DAYS + NO_MORE) * MINUTES_PER_DAY)
    found = []
    for record in simulation.get_all_records():
        case, gave_up = record.id_number - 1, record.record_type == "renege"
        opening = round((record.service_start_date - OPENING_MINUTE) / MINUTES_PER_DAY) if not gave_up else 0
        left = round(record.exit_date) if gave_up else opening * MINUTES_PER_DAY + OPENING_MINUTE
        if record.node == ASSESSMENT:
            found.append((case, "assessment", round(record.arrival_date), left, gave_up))
        elif record.node == THERAPY:
            found.append((case, "therapy:cbt", joined[case], left, gave_up))
    return found


def mean_days(stays, name, gave_up):
    """Return the mean time on a list of those who gave up, or of those who did not."""
    waits = [left - joined for _, on, joined, left, gone in stays if on == name and gone == gave_up]
    return sum(waits) / len(waits) / MINUTES_PER_DAY


def share_lost(stays, name):
    """Return the share of stays on a list that ended by giving up."""
    gone = [gave_up for _, on, _, _, gave_up in stays if on == name]
    return sum(gone) / len(gone)


@pytest.mark.parametrize(
    "seed",
    [pytest.param(0, marks=pytest.mark.integration), *(pytest.param(n, marks=pytest.mark.heavy) for n in range(1, 4))],
)
def test_ciw_gives_the_same_waits_and_drop_outs_for_assessment_and_therapy(verdicts, seed):
    drawn = clients(np.random.default_rng([10, seed]), per_day=2.9, to_therapy=0.25)
    ours, theirs = stays_in_our_hub(drawn), stays_in_ciw(drawn)
    case = f"Ciw: three classes, assessment, then a caseload place; seed {seed}"
    for name, stage in (("assessment", "assessment"), ("therapy:cbt", "therapy")):
        assert 0.05 < share_lost(theirs, name) < 0.5
        verdicts.of_figure(
            case,
            f"{stage}: mean wait of those booked, days",
            mean_days(theirs, name, False),
            mean_days(ours, name, False),
            1e-9,
        )
        verdicts.of_figure(
            case, f"{stage}: share of waits given up", share_lost(theirs, name), share_lost(ours, name), 1e-9
        )
    alike = set(ours) & set(theirs)
    verdicts.of_all(
        case, "waits that begin and end alike, to the minute", "all", len(alike), len(set(ours) | set(theirs))
    )
