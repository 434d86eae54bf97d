"""The small Hub in Ciw: a network of nodes, slots for assessments, reneging and priority classes."""

from __future__ import annotations

from random import Random

import ciw

from benchmarks.rules import BANDS, DAY, GROUPS, OPENS, WEEK, Journey, Means, Rules, means_of, opening_after
from benchmarks.rules import opening_from as opening
from benchmarks.with_simpy import course, patience

REVIEW, ASSESSMENT, OVERNIGHT, THERAPY = 1, 2, 3, 4


class Drawn(ciw.dists.Distribution):
    """A length of time that depends on who it is and when."""

    def __init__(self, of_person) -> None:
        self.of_person = of_person

    def sample(self, t=None, ind=None):
        return self.of_person(t, ind)


class AfterAssessment(ciw.routing.NodeRouting):
    """Missed appointments go back to the list once, attended ones to therapy or out."""

    def __init__(self, rules: Rules, draw: Random) -> None:
        self.rules, self.draw = rules, draw

    def next_node(self, ind):
        nodes = self.simulation.nodes
        if self.draw.random() < self.rules.assessment_missed:
            ind.missed = getattr(ind, "missed", 0) + 1
            return nodes[ASSESSMENT] if ind.missed < self.rules.assessment_misses_allowed else nodes[-1]
        ind.assessed = self.simulation.current_time - self.rules.assessment_minutes
        return nodes[OVERNIGHT] if self.draw.random() < self.rules.goes_to_therapy else nodes[-1]


def run(rules: Rules, seed: int) -> Means:
    draw = Random(seed)
    ciw.seed(seed)

    def patient_for_assessment(now, person):
        if not hasattr(person, "patience"):
            person.patience = patience(draw, rules.assessment_leave_per_week)
        return person.patience

    def patient_for_therapy(now, person):
        since = person.assessed + rules.assessment_minutes
        return max(0.0, patience(draw, rules.therapy_leave_per_week) - (now - since))

    def whole_course(now, person):
        """Draw a course when its place is given: Ciw has one server a person, so sessions are inside it."""
        due = opening_after(now)
        left, missed_in_a_row, person.sessions = course(draw, rules), 0, 0
        while left > 0 and missed_in_a_row < rules.misses_in_a_row_allowed:
            last, due = due, due + WEEK
            if draw.random() < rules.session_missed:
                missed_in_a_row += 1
                continue
            missed_in_a_row = 0
            person.sessions += last + rules.session_minutes < rules.horizon
            left -= 1
            if draw.random() < rules.drop_out:
                break
        return last + rules.session_minutes - now

    classes = [f"band {number}" for number in range(len(BANDS))]
    arrivals = [ciw.dists.Exponential(rules.rate * rules.wants_assessment * share) for share in BANDS]
    service = [
        Drawn(lambda now, person: opening(now) + 1 - now),
        Drawn(lambda now, person: opening_after(now) + rules.assessment_minutes - now),
        Drawn(lambda now, person: opening(now) - now),
        Drawn(whole_course),
    ]
    leaves = [None, Drawn(patient_for_assessment), None, Drawn(patient_for_therapy)]
    days = range(1, 8)
    slots = ciw.Slotted(
        slots=[day * DAY for day in days],
        slot_sizes=[rules.assessors if day % 7 < 5 else 0 for day in days],
        offset=float(OPENS),
    )
    network = ciw.create_network(
        arrival_distributions={
            name: [arrival, None, None, None] for name, arrival in zip(classes, arrivals, strict=True)
        },
        service_distributions=dict.fromkeys(classes, service),
        reneging_time_distributions=dict.fromkeys(classes, leaves),
        priority_classes={name: rank for rank, name in enumerate(classes)},
        number_of_servers=[float("inf"), slots, float("inf"), rules.therapists * rules.places],
        routing={name: routes(rules, draw) for name in classes},
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(rules.horizon)
    everybody = simulation.get_all_individuals()
    return means_of([j for j in (journey(person, draw, rules) for person in everybody) if j], rules.horizon)


def routes(rules: Rules, draw: Random):
    return ciw.routing.NetworkRouting(
        routers=[
            ciw.routing.Direct(to=ASSESSMENT),
            AfterAssessment(rules, draw),
            ciw.routing.Direct(to=THERAPY),
            ciw.routing.Leave(),
        ]
    )


def journey(person, draw: Random, rules: Rules) -> Journey | None:
    waits = [record for record in person.data_records if record.node == ASSESSMENT]
    on_list = sum(record.waiting_time for record in waits)
    joined = waits[0].arrival_date if waits else None
    if person.node == ASSESSMENT and not person.service_start_date:
        on_list += rules.horizon - person.arrival_date
        joined = person.arrival_date if joined is None else joined
    elif person.node == ASSESSMENT:
        on_list += person.service_start_date - person.arrival_date
        joined = person.arrival_date if joined is None else joined
    if joined is None:
        return None
    left = any(record.record_type == "renege" for record in waits)
    group = draw.choices(list(GROUPS), list(GROUPS.values()))[0]
    assessed = getattr(person, "assessed", None)
    return Journey(group, joined, assessed, left, on_list, getattr(person, "sessions", 0))
