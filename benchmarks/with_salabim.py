"""The small Hub in salabim: a component a person, resources with priority and `fail_delay`, process style."""

from __future__ import annotations

import math
from random import Random

import salabim

from benchmarks.rules import BANDS, GROUPS, WEEK, Journey, Means, Rules, means_of, opening_after, opening_from
from benchmarks.with_simpy import course, patience

NEVER = math.inf


class Referrals(salabim.Component):
    def process(self):
        hub = self.env
        while True:
            yield self.hold(hub.draw.expovariate(hub.rules.rate))
            hub.persons.append(Person())


class Person(salabim.Component):
    def setup(self) -> None:
        draw, rules = self.env.draw, self.env.rules
        self.group = draw.choices(list(GROUPS), list(GROUPS.values()))[0]
        self.band = draw.choices(range(len(BANDS)), BANDS)[0]
        self.patience_assessment = patience(draw, rules.assessment_leave_per_week)
        self.patience_therapy = patience(draw, rules.therapy_leave_per_week)
        self.joined: float | None = None
        self.list_since: float | None = None
        self.assessed: float | None = None
        self.left = False
        self.on_list = 0.0
        self.sessions = 0

    def process(self):
        hub, draw, rules = self.env, self.env.draw, self.env.rules
        yield self.hold(till=opening_from(hub.now()) + 1)
        if draw.random() >= rules.wants_assessment:
            return
        self.joined = hub.now()
        missed = 0
        while self.assessed is None:
            self.list_since = hub.now()
            yield self.request((hub.assessors, 1, self.band), fail_delay=self.patience_assessment)
            self.on_list += hub.now() - self.list_since
            self.list_since = None
            if self.failed():
                self.left = True
                return
            yield self.hold(till=opening_after(hub.now()))
            self.release()
            if draw.random() < rules.assessment_missed:
                missed += 1
                yield self.hold(rules.assessment_minutes)
                if missed == rules.assessment_misses_allowed:
                    return
            else:
                self.assessed = hub.now()
                yield self.hold(rules.assessment_minutes)
        if draw.random() < rules.goes_to_therapy:
            yield from self.therapy(hub.now())

    def therapy(self, referred: float):
        hub, draw, rules = self.env, self.env.draw, self.env.rules
        yield self.hold(till=opening_from(hub.now()))
        patient = max(0, self.patience_therapy - (hub.now() - referred))
        yield self.request((hub.places, 1, self.band), fail_delay=patient)
        if self.failed():
            return
        due = opening_after(hub.now())
        left = course(draw, rules)
        missed_in_a_row = 0
        while left > 0 and missed_in_a_row < rules.misses_in_a_row_allowed:
            yield self.hold(till=due)
            yield self.request(hub.therapists)
            yield self.hold(rules.session_minutes)
            self.release(hub.therapists)
            due += WEEK
            if draw.random() < rules.session_missed:
                missed_in_a_row += 1
                continue
            missed_in_a_row = 0
            self.sessions += 1
            left -= 1
            if draw.random() < rules.drop_out:
                break
        self.release(hub.places)


def run(rules: Rules, seed: int) -> Means:
    hub = salabim.Environment(yieldless=False, trace=False)
    hub.draw, hub.rules, hub.persons = Random(seed), rules, []
    hub.assessors = salabim.Resource("assessors", rules.assessors, monitor=False)
    hub.therapists = salabim.Resource("therapists", rules.therapists, monitor=False)
    hub.places = salabim.Resource("places", rules.therapists * rules.places, monitor=False)
    Referrals()
    hub.run(till=rules.horizon)
    journeys = [
        Journey(
            person.group,
            person.joined,
            person.assessed,
            person.left,
            person.on_list + (0 if person.list_since is None else rules.horizon - person.list_since),
            person.sessions,
        )
        for person in hub.persons
        if person.joined is not None
    ]
    return means_of(journeys, rules.horizon)
