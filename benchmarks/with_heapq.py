"""The small Hub in plain Python: a loop over working days, two heaps and a diary by day."""

from __future__ import annotations

from heapq import heappop, heappush

import numpy as np

from benchmarks.drawn import draw, means_of
from benchmarks.rules import DAY, OPENS, Means, Rules


def run(rules: Rules, seed: int) -> Means:
    drawn = draw(rules, seed)
    people, horizon = len(drawn.band), rules.horizon
    band, reviewed = drawn.band.tolist(), drawn.reviewed.tolist()
    patience_assessment, patience_therapy = drawn.patience_assessment.tolist(), drawn.patience_therapy.tolist()
    assessment_missed, missed = drawn.assessment_missed.tolist(), drawn.missed.tolist()
    to_therapy, drop_out_after = drawn.to_therapy.tolist(), drawn.drop_out_after.tolist()
    sessions_left = drawn.sessions.tolist()
    joined, assessed, left = [-1] * people, [-1] * people, [-1] * people
    misses, visits, in_a_row, attended = [0] * people, [0] * people, [0] * people, [0] * people
    for_assessment: list[tuple[int, int, int]] = []
    for_therapy: list[tuple[int, int, int]] = []
    booked: list[int] = []
    diary: dict[int, list[int]] = {}
    free_places = rules.therapists * rules.places
    on_list = arrival = 0

    for day in range(horizon // DAY):
        if day % 7 > 4:
            continue
        now = day * DAY + OPENS
        tomorrow = day + (3 if day % 7 == 4 else 1)
        waits_from_now = []
        for person in booked:
            if assessment_missed[person][misses[person]]:
                misses[person] += 1
                if misses[person] < rules.assessment_misses_allowed:
                    waits_from_now.append(person)
                continue
            assessed[person] = now
            if to_therapy[person]:
                heappush(for_therapy, (band[person], now + rules.assessment_minutes, person))
        for person in diary.pop(day, ()):
            visit = visits[person]
            visits[person] = visit + 1
            if missed[person][visit]:
                in_a_row[person] += 1
                if in_a_row[person] < rules.misses_in_a_row_allowed:
                    diary.setdefault(day + 7, []).append(person)
                else:
                    free_places += 1
                continue
            in_a_row[person] = 0
            attended[person] += 1
            if attended[person] == sessions_left[person] or attended[person] == drop_out_after[person]:
                free_places += 1
            else:
                diary.setdefault(day + 7, []).append(person)
        booked = []
        while for_assessment and len(booked) < rules.assessors:
            _, since, person = heappop(for_assessment)
            gives_up = since + patience_assessment[person]
            if gives_up <= now:
                left[person] = gives_up
                on_list += gives_up - since
                continue
            on_list += now - since
            booked.append(person)
        later = []
        while free_places and for_therapy:
            entry = heappop(for_therapy)
            if entry[1] > now:
                later.append(entry)
            elif entry[1] + patience_therapy[entry[2]] > now:
                free_places -= 1
                diary.setdefault(tomorrow, []).append(entry[2])
        for entry in later:
            heappush(for_therapy, entry)
        while arrival < people and reviewed[arrival] <= day:
            joined[arrival] = now + 1
            heappush(for_assessment, (band[arrival], now + 1, arrival))
            arrival += 1
        for person in waits_from_now:
            since = now + rules.assessment_minutes
            heappush(for_assessment, (band[person], since, person))

    for _, since, person in for_assessment:
        gives_up = since + patience_assessment[person]
        if gives_up < horizon:
            left[person] = gives_up
        on_list += min(gives_up, horizon) - since
    return means_of(rules, drawn, np.array(joined), np.array(assessed), np.array(left), on_list, sum(attended))
