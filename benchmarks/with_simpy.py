"""The small Hub as idiomatic SimPy: a process a person, a resource a role, `request | timeout`, scalar draws."""

from __future__ import annotations

import math
from random import Random

import simpy

from benchmarks.rules import BANDS, GROUPS, WEEK, Journey, Means, Rules, means_of, opening_after, opening_from


class Hub:
    def __init__(self, rules: Rules, seed: int) -> None:
        self.rules = rules
        self.random = Random(seed)
        self.env = simpy.Environment()
        self.assessors = simpy.PriorityResource(self.env, rules.assessors)
        self.therapists = simpy.PriorityResource(self.env, rules.therapists)
        self.places = simpy.PriorityResource(self.env, rules.therapists * rules.places)
        self.people: list[Person] = []

    def referrals(self):
        while True:
            yield self.env.timeout(self.random.expovariate(self.rules.rate))
            self.people.append(Person(self))
            self.env.process(self.people[-1].pathway())


class Person:
    def __init__(self, hub: Hub) -> None:
        draw, rules = hub.random, hub.rules
        self.hub = hub
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

    def pathway(self):
        hub, env, draw, rules = self.hub, self.hub.env, self.hub.random, self.hub.rules
        yield env.timeout(opening_from(env.now) + 1 - env.now)
        if draw.random() >= rules.wants_assessment:
            return
        self.joined = env.now
        missed = 0
        while self.assessed is None:
            self.list_since = env.now
            with hub.assessors.request(priority=self.band) as offer:
                result = yield offer | env.timeout(self.patience_assessment)
                self.on_list += env.now - self.list_since
                self.list_since = None
                if offer not in result:
                    self.left = True
                    return
                yield env.timeout(opening_after(env.now) - env.now)
            if draw.random() < rules.assessment_missed:
                missed += 1
                yield env.timeout(rules.assessment_minutes)
                if missed == rules.assessment_misses_allowed:
                    return
            else:
                self.assessed = env.now
                yield env.timeout(rules.assessment_minutes)
        if draw.random() < rules.goes_to_therapy:
            yield from self.therapy(env.now)

    def therapy(self, referred: float):
        hub, env, draw, rules = self.hub, self.hub.env, self.hub.random, self.hub.rules
        yield env.timeout(opening_from(env.now) - env.now)
        with hub.places.request(priority=self.band) as place:
            result = yield place | env.timeout(max(0, self.patience_therapy - (env.now - referred)))
            if place not in result:
                return
            due = opening_after(env.now)
            left = course(draw, rules)
            missed_in_a_row = 0
            while left > 0 and missed_in_a_row < rules.misses_in_a_row_allowed:
                yield env.timeout(due - env.now)
                with hub.therapists.request(priority=0) as turn:
                    yield turn
                    yield env.timeout(rules.session_minutes)
                due += WEEK
                if draw.random() < rules.session_missed:
                    missed_in_a_row += 1
                    continue
                missed_in_a_row = 0
                self.sessions += 1
                left -= 1
                if draw.random() < rules.drop_out:
                    return


def patience(draw: Random, leave_per_week: float) -> float:
    return draw.expovariate(leave_per_week / WEEK) if leave_per_week else math.inf


def course(draw: Random, rules: Rules) -> int:
    sessions = draw.gammavariate(rules.sessions_shape, rules.sessions_mean / rules.sessions_shape)
    return min(max(round(sessions), 1), rules.sessions_most)


def run(rules: Rules, seed: int) -> Means:
    hub = Hub(rules, seed)
    hub.env.process(hub.referrals())
    hub.env.run(until=rules.horizon)
    return means_of(journeys(hub.people, rules.horizon), rules.horizon)


def journeys(people: list[Person], horizon: int) -> list[Journey]:
    return [
        Journey(
            person.group,
            person.joined,
            person.assessed,
            person.left,
            person.on_list + (0 if person.list_since is None else horizon - person.list_since),
            person.sessions,
        )
        for person in people
        if person.joined is not None
    ]
