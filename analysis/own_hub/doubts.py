"""What a workbook says that can be read but hardly be meant: remarks with sheet and cell; what cannot be, refused."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from statistics import median
from typing import Any, NamedTuple

from analysis.own_hub.actual import published
from analysis.own_hub.read import Filled, Found, Row
from analysis.own_hub.sheets import (
    CHANGES,
    FIRST_DAY,
    GROUPS,
    LIST_NAMES,
    LISTS,
    MONTHS,
    MONTHS_ASKED,
    POSTS,
    Column,
)
from analysis.own_hub.typed import folded
from analysis.own_hub.uptake import referrals_a_year
from analysis.tell.wording import few, full_date, words
from sim.calendar import month_later

RARELY = 0.1
"""Referrals of a year from each person that a Hub hardly has; of ours, 1 to 2 in 100 people a year refer themselves."""
APART, BY_CHANCE = 0.2, 3
"""Referrals of Staff groups and Months agree within this share, and this many times the square root of their number."""
TIMES, FEW, NEIGHBOURS, FEWEST_MONTHS = 3, 10, 4, 5
"""A month is odd that is so many times the median of the months around it, or a part of it, beyond a few."""

ALIKE = 0.8
"""Names are nearly the same, as Ambulances and Ambulance; Care homes and primary care are not."""
HEADINGS = {column.key: column.heading for column in GROUPS.columns}
BEFORE_ONLY = "only in the months before, which hub check and hub fit simulate"
BEFORE_TOO = "and in hub check and hub fit from its own day on"


class Doubts(NamedTuple):
    """What somebody should look at."""

    refused: list[str]
    remarks: list[str]


def doubts_of(filled: Filled, groups: Mapping[str, Row], base: Mapping[str, Any]) -> Doubts:
    """Return what is surely wrong in a workbook, and what only may be, each with its cell; `groups` are by key."""
    doubts = Doubts([], [])
    _rates(filled, doubts)
    _lists(filled, base["run"]["opening"]["backlog"], doubts)
    doubts.remarks.extend(_without_default(groups, base["population"]["staff_groups"]))
    doubts.remarks.extend(_sums(filled))
    doubts.remarks.extend(_years(filled))
    doubts.remarks.extend(_odd_months(filled))
    doubts.remarks.extend(_contradicting_months(filled))
    doubts.remarks.extend(_days_before(filled))
    doubts.remarks.extend(_last_days(filled))
    doubts.remarks.extend(_funded(filled))
    return doubts


def _rates(filled: Filled, doubts: Doubts) -> None:
    """Doubt referrals that come near the people whom they come from, and refuse those that exceed them."""
    rows = filled.tables[GROUPS.title]
    said = [(row["referrals"], row["headcount"].value, str(row["name"].value)) for row in rows if "referrals" in row]
    if (a_year := referrals_a_year(filled)) is not None and rows:
        said.append((a_year, sum(row["headcount"].value for row in rows), "all groups"))
    for referrals, people, name in said:
        told = f"{referrals.where}: {referrals.value:,.0f} referrals a year from {people:,} people of {name}"
        if referrals.value > people:
            doubts.refused.append(f"{told}, more than there are; correct one")
        elif referrals.value > people * RARELY:
            doubts.remarks.append(f"{told} are {referrals.value / people:.0%}, and 1% or 2% is usual; check both")


def _without_default(groups: Mapping[str, Row], known: Mapping[str, Any]) -> Iterator[str]:
    """Say of a group without referrals that is none of ours how it refers, and ask whether one of ours was meant."""
    ours = {folded(words(key)): words(key) for key in known if key not in groups}
    for key, row in groups.items():
        if key in known or "referrals" in row:
            continue
        name = str(row["name"].value)
        near = get_close_matches(folded(name), ours, n=1, cutoff=ALIKE)
        asked = f"did you mean {ours[near[0]]}?" if near else f"type its {HEADINGS['referrals']} if you know them"
        yield (
            f"{row['name'].where}: there is no default for '{name}', so it refers as its sector does on average; "
            f"{asked}"
        )


def _sums(filled: Filled) -> Iterator[str]:
    """Compare the referrals of the staff groups with those of the months."""
    rows, a_year = filled.tables[GROUPS.title], referrals_a_year(filled)
    said = [row["referrals"] for row in rows if "referrals" in row]
    if a_year is None or not said:
        return
    total, all_said = sum(found.value for found in said), len(said) == len(rows)
    apart = total - a_year.value if all_said else max(total - a_year.value, 0)
    if abs(apart) > max(APART * a_year.value, BY_CHANCE * max(total, a_year.value) ** 0.5):
        yield (
            f"{said[0].where}: the groups have {total:,} referrals a year, the sheet {MONTHS.title} "
            f"{a_year.value:,.0f}; those of {GROUPS.title} are simulated: correct one"
        )


def _lists(filled: Filled, ours: Mapping[str, Any], doubts: Doubts) -> None:
    """Refuse a wait of nobody; say what an empty cell is taken as where others are filled in."""
    names = {name.casefold(): key for key, name in LIST_NAMES.items()}
    rows: dict[str, Row] = {}
    for row in filled.tables[LISTS.title]:
        if (key := names.get(str(row["name"].value).casefold())) is None:
            doubts.refused.append(
                f"{row['name'].where}: there is no list '{row['name'].value}'; take {'; '.join(LIST_NAMES.values())}"
            )
        else:
            rows[key] = row
    some = any("people" in row for row in rows.values())
    for key, name in LIST_NAMES.items():
        row = rows.get(key, {})
        if "mean" in row and "people" not in row:
            told = f"{row['mean'].where}: {row['mean'].value:g} {_of_mean(key)} of nobody"
            doubts.refused.append(f"{told}, as People is empty; type how many, 0 if nobody, or empty both")
        elif some and "people" not in row:
            where = row["name"].where if row else f"{filled.file}, sheet {LISTS.title}"
            who = "therapists begin with nobody" if key == "caseload" else "nobody waits"
            doubts.remarks.append(
                f"{where}: '{name}' has no people while other lists have: taken as 0, so {who} on the first day"
            )
        elif "people" in row and row["people"].value and "mean" not in row:
            default = ours[key]["mean_sessions_left" if key == "caseload" else "mean_wait_days"]
            doubts.remarks.append(
                f"{row['people'].where}: how many {_of_mean(key)} is empty: taken as {default:g}, "
                "an assumption (grade D)"
            )


def _of_mean(key: str) -> str:
    return "sessions left" if key == "caseload" else "days waited"


def months_told(filled: Filled) -> list[str]:
    """Say which months the sheet Months holds, and where they lie beside the first day; nothing where it is empty."""
    if not (months := _months_of(filled)):
        return []
    first, last, begins = months[0], months[-1], filled.settings[FIRST_DAY.key].value
    span = f"{first:%B %Y} to {last:%B %Y}" if last > first else f"{first:%B %Y}"
    beside = "before" if last < begins.replace(day=1) else "from" if first >= begins.replace(day=1) else "around"
    return [f"Months: {len(months)} filled in, {span}, {beside} the first day, {full_date(begins)}"]


def _months_of(filled: Filled) -> list[datetime.date]:
    rows = filled.tables[MONTHS.title]
    return sorted(row["month"].value for row in rows if any(column.key in row for column in MONTHS.columns[1:]))


def _years(filled: Filled) -> Iterator[str]:
    """Doubt the year of months that lie far from the first day, and tell of months that are left out in between."""
    if not (months := _months_of(filled)):
        return
    begins, where = filled.settings[FIRST_DAY.key].value.replace(day=1), f"{filled.file}, sheet {MONTHS.title}"
    if months[-1] < month_later(begins, -MONTHS_ASKED) or months[0] > month_later(begins, MONTHS_ASKED):
        span = f"{months[0]:%B %Y} to {months[-1]:%B %Y}"
        yield f"{where}: they are {span}, and the first day is {full_date(begins)}: are the years right?"
    number = 1 + (months[-1].year - months[0].year) * 12 + months[-1].month - months[0].month
    missing = [month for month in (month_later(months[0], place) for place in range(number)) if month not in months]
    if missing:
        told, verb = few([f"{month:%B %Y}" for month in missing], "months"), "is" if len(missing) == 1 else "are"
        yield f"{where}: {told} {verb} not filled in between: simulated, and not compared"


def _odd_months(filled: Filled) -> Iterator[str]:
    """Doubt a month far above or below the months around it."""
    for column in MONTHS.columns[1:]:
        given = sorted(
            ((row["month"].value, row[column.key]) for row in filled.tables[MONTHS.title] if column.key in row),
            key=lambda one: one[0],
        )
        if len(given) < FEWEST_MONTHS:
            continue
        for month, found in given:
            around = sorted(given, key=lambda one: abs((one[0] - month).days))[1 : 1 + NEIGHBOURS]
            usual = median(other.value for _, other in around)
            if found.value > TIMES * usual + FEW or found.value < (usual - FEW) / TIMES:
                yield _odd(found, column, month, usual)


def _odd(found: Found, column: Column, month: datetime.date, usual: float) -> str:
    told = published(found.value, "{:,g}".format)
    return (
        f"{found.where}: {column.heading} {told} in {month:%B %Y}, and the months around it have about {usual:,g}; "
        "check it"
    )


def _contradicting_months(filled: Filled) -> Iterator[str]:
    """Doubt what is more than the whole that it is part of."""
    for row in filled.tables[MONTHS.title]:
        contacts = row.get("contacts")
        for key, told in (("assessed", "assessments kept are part of them"), ("missed", "most are kept")):
            if contacts is not None and key in row and row[key].value > contacts.value:
                heading = next(column.heading for column in MONTHS.columns if column.key == key)
                yield (
                    f"{row[key].where}: {heading} {row[key].value:,g}, more than the {contacts.value:,g} contacts of "
                    f"the month, though {told}; check both"
                )


def _days_before(filled: Filled) -> Iterator[str]:
    """Say what becomes of dates before the first day that is simulated."""
    first = filled.settings[FIRST_DAY.key].value
    for row in filled.tables[POSTS.title]:
        if "to_day" in row and row["to_day"].value <= first:
            yield f"{_before(row, 'to_day', 'funded until', first)}: the post is there {BEFORE_ONLY}"
        elif "from_day" in row and row["from_day"].value <= first:
            told = "who comes, and when, is drawn; empty the cell if somebody is in post"
            yield f"{_before(row, 'from_day', 'recruited from', first)}: {told}"
    for row in filled.tables[CHANGES.title]:
        if "to_day" in row and row["to_day"].value <= first:
            yield f"{_before(row, 'to_day', 'until', first)}: it holds {BEFORE_ONLY}"
        elif row["from_day"].value < first:
            yield f"{_before(row, 'from_day', 'from', first)}: it holds already then, {BEFORE_TOO}"


def _last_days(filled: Filled) -> Iterator[str]:
    """Ask of an end on the last day of a month whether that day is meant to be with or without what ends."""
    for sheet, told in ((POSTS, "funded until"), (CHANGES, "until")):
        for found in (row["to_day"] for row in filled.tables[sheet.title] if "to_day" in row):
            after = found.value + datetime.timedelta(days=1)
            if after.day == 1:
                day = full_date(found.value)
                meant = f"type {after:%d/%m/%Y} if it is meant to be the last day with"
                yield f"{found.where}: {told} {day}, which is the first day without; {meant}"


def _before(row: Row, key: str, told: str, first: datetime.date) -> str:
    day = row[key].value
    return f"{row[key].where}: {told} {day}, {'on' if day == first else 'before'} the first day {first}"


def _funded(filled: Filled) -> Iterator[str]:
    """Say what each step of funding leaves of the sheet Posts, and of which known posts it leaves all."""
    changes = filled.tables[CHANGES.title]
    for row in changes:
        if row["kind"].value != "funding" or "share" not in row:
            continue
        day, share = row["from_day"].value, row["share"].value
        funded = [post for post in filled.tables[POSTS.title] if _concerned(post, row)]
        wte = sum(post["wte"].value for post in funded if "from_day" not in post or post["from_day"].value <= day)
        known = [
            f"{post['wte'].value:g} WTE known from {full_date(post['from_day'].value)}"
            for post in changes
            if post["kind"].value == "post" and "wte" in post and _concerned(post, row)
        ]
        left = f"{100 * share:.3g}% of {wte:.4g} WTE is funded, that is {share * wte:.3g} WTE"
        untouched = f", and {few(known, 'known posts')}, which this does not touch" if known else ""
        yield f"{row['share'].where}: from {full_date(day)} {left}{untouched}"


def _concerned(post: Row, funding: Row) -> bool:
    """Return whether a post is of the role that a step of funding is for, and not over by then."""
    role = str(funding["role"].value).casefold() if "role" in funding else ""
    mine = not role or str(post["role"].value).casefold() == role
    return mine and ("to_day" not in post or post["to_day"].value > funding["from_day"].value)
