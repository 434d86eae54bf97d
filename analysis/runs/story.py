"""What happened to people: one client's story, dated, and where everybody stands, day by day."""

from __future__ import annotations

import datetime
import difflib
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.calendar import MINUTES_PER_DAY, date_of
from sim.config import HubConfig
from sim.config.screening import MEASURES, TIERS
from sim.errors import HubError
from sim.measures.history import History
from sim.measures.tables import ACTIVITY_TEXTS, ENDING_TEXTS, OUTCOME_TEXTS, RESULT_TEXTS, STATE_TEXTS, modality_texts
from sim.run.replicate import simulate_hub
from sim.service.codes import NOT_YET
from sim.service.enums import Activity, Result
from sim.stages import MILESTONES, ONE_VISIT, PLACES, STAGES, WORK

if TYPE_CHECKING:
    import pandas as pd

FIRST, CHANGE, LAST = range(3)
"""Order of what is told of the same minute."""
ENDINGS = {
    "self_help_enough": "left the list for therapy: guided self-help was enough",
    "below_threshold": "closed with advice and wellbeing resources by letter: need below the threshold for assessment",
    "advised": "closed with advice and resources by letter; not offered an assessment",
    "advice": "closed after assessment with brief advice",
    "onward": "closed after being helped into a service elsewhere",
    "completed": "closed: course completed",
    "dropped_out": "closed: stopped coming before the end of the course",
    "missed_therapy": "discharged after missed sessions",
    "unreachable": "closed: could not be reached",
    "not_screened": "closed: the screen was not completed",
    "left_therapy_list": "gave up waiting for therapy",
    "left_group_list": "gave up waiting for a group",
    "left_between_clinicians": "gave up waiting for a new clinician",
    "administrative": "closed administratively after too many appointments",
} | {
    ending: words
    for name in ONE_VISIT
    for ending, words in zip((f"missed_{name}", f"left_{name}_list"), STAGES[name].ended, strict=True)
}
WORK_STORIES = {activity.name: activity.story for activity in WORK}
GONE = -1
_LISTS = {name: number for number, place in enumerate(PLACES) for name in place.lists}
_WORK = {name: number for number, place in enumerate(PLACES) for name in place.work}
COLUMNS = ["entity_id", "client_id", "pathway", "place", "from_day", "to_day"]


class Moment(NamedTuple):
    """One thing that happened to a client: when, how long after the referral, and what."""

    start_date: datetime.date
    """Of the run."""
    minute: int
    minutes_since_referral: int
    what: str

    @property
    def when(self) -> str:
        """Date and time of day: `Mon 26 Jul 2021 18:44`."""
        day, of_day = divmod(self.minute, MINUTES_PER_DAY)
        return f"{date_of(self.start_date, day):%a %d %b %Y} {of_day // 60:02d}:{of_day % 60:02d}"

    @property
    def days_since_referral(self) -> str:
        """Whole days from the referral."""
        return f"{self.minutes_since_referral / MINUTES_PER_DAY:.0f}"

    @property
    def line(self) -> str:
        """All of it in a line."""
        return f"  {self.when}  day {self.days_since_referral:>5}  {self.what}"


def story_lines(config: HubConfig, client_id: str, replication: int) -> list[str]:
    """Return a client's story as it is printed."""
    who, happened = story(config, client_id, replication)
    return [who, *(moment.line for moment in happened)]


def story(config: HubConfig, client_id: str, replication: int) -> tuple[str, list[Moment]]:
    """Return who a client is, and what happened in order; HubError, naming the nearest, if nobody is called so."""
    hub = client_id.partition("/")[0]
    if not (hub.isascii() and hub.isdigit()) or int(hub) >= config.hubs.count:
        last = config.hubs.count - 1
        hubs = f"its Hub, 0 to {last}, and /" if last else "0/, the number of its Hub"
        where = "ids are in journeys.parquet (run.keep=[journeys])"
        raise HubError(f"CLIENT_ID: got {client_id!r}; a client id begins with {hubs}; {where}")
    history, _ = simulate_hub(config, replication, int(hub))
    names = history.cohort.client_ids
    if client_id not in names:
        near = difflib.get_close_matches(client_id, names, n=1, cutoff=0.0) or ["none"]
        raise HubError(
            f"CLIENT_ID: got {client_id!r}; nobody of that name in replication {replication}; nearest: {near[0]}"
        )
    client = names.index(client_id)
    cases = [case for case, who in enumerate(history.client.tolist()) if who == client]
    cohort, population = history.cohort, config.population
    who = (
        f"{client_id}, replication {replication}: "
        f"{list(population.staff_groups)[cohort.staff_group[client]]}, "
        f"{population.genders[cohort.gender[client]]}, {population.ethnicities[cohort.ethnicity[client]]}"
        + (", works shifts" if cohort.shift_worker[client] else "")
    )
    return who, [moment for case in cases for moment in _episode(history, case)]


def _episode(history: History, case: int) -> list[Moment]:
    config, cohort, client = history.config, history.cohort, int(history.client[case])
    journeys = history.record.journeys
    scores = ", ".join(
        f"{measure.instrument} {cohort.points[client, m]}"
        for m, measure in enumerate(config.screening.measures[name] for name in MEASURES)
    )
    words = {
        "scores": scores,
        "tier": TIERS[cohort.tier[client]].replace("_", " "),
        "risk": ", risk flag" if cohort.risk[client] else "",
        "modality": modality_texts(config)[int(journeys.modality[case])].replace("_", " "),
    }
    referred = int(history.at("referred")[case])
    told = [(referred, FIRST, "referred" if history.episode[case] == 0 else "came back: referred again")]
    for milestone in MILESTONES:
        minute = int(history.at(milestone.name)[case])
        if milestone.story and minute != NOT_YET:
            told.append((minute, CHANGE, milestone.story.format(**words)))
    work = history.record.work
    for piece in np.flatnonzero(work.case == case):
        activity, result = int(work.activity[piece]), int(work.result[piece])
        if activity == Activity.ADMINISTRATION:
            continue
        minute, minutes = int(work.minute[piece]), int(work.minutes[piece])
        name = history.roster.posts[work.post[piece]].frame.post_id.partition("/")[2]
        length = f", {minutes} minutes" if minutes else ""
        came_of_it = RESULT_TEXTS[result].replace("_", " ")
        told.append((minute, CHANGE, f"{WORK_STORIES[ACTIVITY_TEXTS[activity]]} {came_of_it} ({name}{length})"))
        if activity == Activity.ASSESSMENT and result == Result.ATTENDED:
            outcome = OUTCOME_TEXTS[int(journeys.outcome[case])].replace("_", " ")
            told.append((minute + minutes, FIRST, f"outcome: {outcome}"))
    closed = int(history.at("closed")[case])
    if closed != NOT_YET:
        told.append((closed, LAST, ENDINGS[ENDING_TEXTS[int(journeys.ended[case])]]))
    else:
        state = STATE_TEXTS[int(history.record.states[case])].replace("_", " ")
        told.append((history.horizon, LAST, f"still with the Hub at the horizon: {state}"))
    told.sort(key=lambda entry: entry[:2])
    start = config.run.start_date
    return [Moment(start, minute, minute - referred, text) for minute, _, text in told]


def stays_of(events: pd.DataFrame) -> pd.DataFrame:
    """Return every stay of every person in a place, from the `events` of one Hub in one replication, in order of time.

    One row a stay: `entity_id` (a person's referral), `client_id`, `pathway` (staff group), `place` (a position in
    `PLACES`), `from_day` and `to_day` (exclusive; infinite for those who have not moved on).
    """
    import pandas as pd

    now: dict[int, tuple[int, float]] = {}
    rows: list[tuple[int, str, str, int, float, float]] = []
    columns = (events[name].to_numpy() for name in ("entity_id", "client_id", "pathway", "event_type", "event", "time"))
    who: dict[int, tuple[str, str]] = {}
    for entity, client, pathway, kind, event, day in zip(*columns, strict=True):
        place, since = now.get(entity, (GONE, day))
        new = place_after(kind, event, place)
        if new == place:
            continue
        who[entity] = (client, pathway)
        if place != GONE:
            rows.append((entity, client, pathway, place, since, day))
        now[entity] = (new, day)
    rows += [(entity, *who[entity], place, since, np.inf) for entity, (place, since) in now.items() if place != GONE]
    return pd.DataFrame(rows, columns=COLUMNS)


def place_after(kind: str, event: str, place: int) -> int:
    """Return where somebody is after an event, who was in `place` before it."""
    if kind == "arrival_departure":
        return 0 if event == "arrival" else GONE
    if kind == "queue":
        name, of_modality, _ = event.removeprefix("waits for ").partition(":")
        new = _LISTS.get(name + of_modality, place)
    else:
        new = _WORK.get(event.partition(" ")[0], place) if kind == "resource_use" else place
    return place if place in PLACES[new].unless else new


def at_day(stays: pd.DataFrame, day: float) -> pd.DataFrame:
    """Return the stays that are going on at a moment, the longest first."""
    going = stays[(stays["from_day"] <= day) & (stays["to_day"] > day)]
    return going.sort_values(["place", "from_day", "entity_id"])


def most_at_once(stays: pd.DataFrame) -> int:
    """Return the most people that were ever in one place together."""
    most = 0
    for _, mine in stays.groupby("place"):
        days = np.concatenate([mine["from_day"], mine["to_day"]])
        steps = np.repeat([1, -1], len(mine))
        order = np.lexsort((steps, days))  # who leaves at a moment leaves before others come
        most = max(most, int(steps[order].cumsum().max()))
    return most
