"""The small Hub as a compiled kernel: the same decisions as the plain Python engine, for the machine's limit."""

from __future__ import annotations

import numpy as np
from numba import njit

from benchmarks.drawn import draw, means_of
from benchmarks.rules import BANDS, DAY, OPENS, Means, Rules


def run(rules: Rules, seed: int) -> Means:
    drawn = draw(rules, seed)
    joined, assessed, left, on_list, sessions = _serve(
        rules.horizon,
        rules.assessors,
        rules.assessment_minutes,
        rules.assessment_misses_allowed,
        rules.therapists * rules.places,
        rules.misses_in_a_row_allowed,
        drawn.band,
        drawn.reviewed,
        drawn.patience_assessment,
        drawn.patience_therapy,
        drawn.assessment_missed,
        drawn.to_therapy,
        drawn.sessions,
        drawn.drop_out_after,
        drawn.missed,
    )
    return means_of(rules, drawn, joined, assessed, left, on_list, sessions)


@njit(cache=True)
def _serve(
    horizon, assessors, minutes, misses_allowed, places, in_a_row_allowed, band, reviewed, patience_assessment,
    patience_therapy, assessment_missed, to_therapy, planned, drop_out_after, missed,
):  # fmt: skip
    people = len(band)
    joined, assessed, left = np.full(people, -1), np.full(people, -1), np.full(people, -1)
    misses, visits = np.zeros(people, np.int64), np.zeros(people, np.int64)
    in_a_row, attended = np.zeros(people, np.int64), np.zeros(people, np.int64)
    # People join in order of time, so each band's list is a queue: (person, since), taken from `first`.
    bands = len(BANDS)
    room = people * misses_allowed + 1
    waiting, since = np.zeros((bands, room), np.int64), np.zeros((bands, room), np.int64)
    first, end = np.zeros(bands, np.int64), np.zeros(bands, np.int64)
    t_waiting, t_since = np.zeros((bands, people + 1), np.int64), np.zeros((bands, people + 1), np.int64)
    t_first, t_end = np.zeros(bands, np.int64), np.zeros(bands, np.int64)
    booked, number_booked = np.zeros(assessors, np.int64), 0
    # Eight days round robin: a session lies at most a week ahead.
    diary, entries = np.zeros((8, places), np.int64), np.zeros(8, np.int64)
    on_list = arrival = 0

    for day in range(horizon // DAY):
        if day % 7 > 4:
            continue
        now = day * DAY + OPENS
        tomorrow = day + (3 if day % 7 == 4 else 1)
        again = 0
        for b in range(number_booked):
            person = booked[b]
            if assessment_missed[person, misses[person]]:
                misses[person] += 1
                if misses[person] < misses_allowed:
                    booked[again] = person
                    again += 1
                continue
            assessed[person] = now
            if to_therapy[person]:
                k = band[person]
                t_waiting[k, t_end[k]] = person
                t_since[k, t_end[k]] = now + minutes
                t_end[k] += 1
        missed_today = booked[:again].copy()
        today = day % 8
        for entry in range(entries[today]):
            person = diary[today, entry]
            visit = visits[person]
            visits[person] += 1
            goes_on = True
            if missed[person, visit]:
                in_a_row[person] += 1
                goes_on = in_a_row[person] < in_a_row_allowed
            else:
                in_a_row[person] = 0
                attended[person] += 1
                goes_on = attended[person] != planned[person] and attended[person] != drop_out_after[person]
            if goes_on:
                next_week = (day + 7) % 8
                diary[next_week, entries[next_week]] = person
                entries[next_week] += 1
            else:
                places += 1
        entries[today] = 0
        number_booked = 0
        for k in range(bands):
            while first[k] < end[k] and number_booked < assessors:
                person, joined_at = waiting[k, first[k]], since[k, first[k]]
                first[k] += 1
                gives_up = joined_at + patience_assessment[person]
                if gives_up <= now:
                    left[person] = gives_up
                    on_list += gives_up - joined_at
                    continue
                on_list += now - joined_at
                booked[number_booked] = person
                number_booked += 1
        for k in range(bands):
            while t_first[k] < t_end[k] and places > 0 and t_since[k, t_first[k]] <= now:
                person = t_waiting[k, t_first[k]]
                gives_up = t_since[k, t_first[k]] + patience_therapy[person]
                t_first[k] += 1
                if gives_up > now:
                    places -= 1
                    diary[tomorrow % 8, entries[tomorrow % 8]] = person
                    entries[tomorrow % 8] += 1
        while arrival < people and reviewed[arrival] <= day:
            k = band[arrival]
            joined[arrival] = now + 1
            waiting[k, end[k]] = arrival
            since[k, end[k]] = now + 1
            end[k] += 1
            arrival += 1
        for person in missed_today:
            k = band[person]
            waiting[k, end[k]] = person
            since[k, end[k]] = now + minutes
            end[k] += 1

    for k in range(bands):
        for place in range(first[k], end[k]):
            person, joined_at = waiting[k, place], since[k, place]
            gives_up = joined_at + patience_assessment[person]
            if gives_up < horizon:
                left[person] = gives_up
            on_list += min(gives_up, horizon) - joined_at
    return joined, assessed, left, on_list, attended.sum()
