"""Draw the cohort of one Hub in one replication: who comes, when, with what need, and every later decision."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np

from sim.calendar import DAYS_PER_WEEK, DAYS_PER_YEAR, MINUTES_PER_DAY
from sim.cohort.background import background_sources, rows_as_columns, sources_from_file
from sim.cohort.decisions import decide_all, lengths
from sim.cohort.established import earlier_people
from sim.cohort.people import attributes, held
from sim.cohort.screening import need_of
from sim.cohort.sources import (
    OPENING_LISTS,
    Source,
    incident_sources,
    opening_sources,
    referral_minutes,
    sessions_left,
    waited_days,
)
from sim.cohort.table import WIDTH, Cohort, draw_luck
from sim.config import HubConfig
from sim.config.changes import Campaign
from sim.config.pathway import DRAWS_PER_EPISODE
from sim.config.referrals import read_referrals
from sim.streams import Ints, PersonDraw, Stream, uniforms

DAYS_PER_MONTH = DAYS_PER_YEAR / 12


def draw_cohort(config: HubConfig, replication: int, hub: int = 0) -> Cohort:
    """Return everybody who comes to a Hub before the horizon, in order of referral.

    Depends on population, demand, screening, incident, pathway and the run's seed, dates and opening; never on
    costs, and on staffing only in who is at an established Hub already, and by how many posts offer evenings, once
    that is a barrier (`demand.barriers`).
    """
    seed = config.run.seed
    size = hub_size(config, hub)
    given = rows_as_columns(read_referrals(config)) if config.demand.referrals_csv and hub == 0 else None
    sources = [] if config.demand.referrals_csv else background_sources(config, hub, size, replication)
    sources += incident_sources(config, hub, size)
    minutes = [referral_minutes(source, seed, replication) for source in sources]
    for source in opening_sources(config, hub, size):
        sources.append(source)
        minutes.append(np.zeros(source.headcount, dtype=np.int64))
    before = earlier_people(config, hub, size, replication)
    if before is not None:
        sources.append(before.source)
        minutes.append(before.since)
    alike: list[Ints] = [np.full(len(m), -1) for m in minutes]
    for source, minute, rows in sources_from_file(config, hub, replication) if given is not None else ():
        sources.append(source)
        minutes.append(minute)
        alike.append(rows)

    arrivals = [len(m) for m in minutes]
    nobody: Ints = np.zeros(0, dtype=np.int64)
    numbers = [np.arange(n) if s.numbers is None else s.numbers for s, n in zip(sources, arrivals, strict=True)]
    number = np.concatenate([nobody, *numbers])
    origin = np.repeat(np.arange(len(sources)), arrivals)
    referred = np.concatenate([nobody, *minutes])
    ready, opened, sessions_left = _opening_columns(config, replication, sources, origin, referred)
    if before is not None:
        mine = origin == sources.index(before.source)
        opened[mine], sessions_left[mine] = before.place, before.sessions_left
    late = held(config, replication, sources, origin, ready)
    referred = ready + late.minutes
    never = (late.minutes > 0) & (referred >= config.run.horizon_days * MINUTES_PER_DAY)
    name_rank = np.argsort(np.argsort([str(s.owner) for s in sources], kind="stable"), kind="stable")
    order = np.lexsort((number, name_rank[origin], referred, never))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    places = np.split(place, np.cumsum(arrivals)[:-1])
    luck = draw_luck(config, replication, sources, places).of_first(len(order) - int(never.sum()))
    order = order[: len(luck.person)]
    origin, number, referred = origin[order], number[order], referred[order]
    row = np.concatenate([nobody, *alike])[order]
    draws = luck.person
    columns = attributes(config, sources, origin, ready[order], late.worse_sd[order], draws, given, row)
    need = need_of(config.screening, columns["tier"], columns["points"])
    requests, lengths_of_requests = _team_requests(config, hub, replication)
    survey = config.pathway.follow_up
    response = draws[:, PersonDraw.SURVEY_RESPONSE]
    survey_days = survey.from_days + draws[:, PersonDraw.SURVEY_DAY] * (survey.to_days - survey.from_days)
    return Cohort(
        hub=hub,
        sources=sources,
        source=origin,
        number=number,
        referred_minute=referred,
        opening=opened[order],
        sessions_left=sessions_left[order],
        survey_if_contact=response < survey.response_share_if_contact,
        survey_if_no_contact=response < survey.response_share_if_no_contact,
        survey_delay=np.rint(survey_days * MINUTES_PER_DAY).astype(np.int64),
        supported_elsewhere=draws[:, PersonDraw.SUPPORTED_ELSEWHERE] < survey.supported_elsewhere_share,
        decisions=decide_all(config, luck, need, columns["ethnicity"]),
        offers=luck.offers,
        attendance=luck.attendance,
        team_request_minute=requests,
        team_request_length=lengths_of_requests,
        **columns,
    )


def hub_size(config: HubConfig, hub: int) -> float:
    """Return a Hub's catchment relative to the configured one: 1 for a single Hub, else gamma with mean 1.

    Drawn from the seed and the Hub alone: Hub k is the same Hub in every replication. Source: HUB-04.
    """
    if config.hubs.count == 1:
        return 1.0
    from scipy.special import gammaincinv

    shape = 1 / config.hubs.size_cv**2
    draw = uniforms(config.run.seed, 0, Stream.HUB_SIZE, (hub,), 1, 1)[0, 0]
    return float(gammaincinv(shape, draw) / shape)


def _opening_columns(
    config: HubConfig, replication: int, sources: list[Source], source: Ints, referred: Ints
) -> tuple[Ints, Ints, Ints]:
    """Return referred minutes with waits so far, the opening list of each person, and sessions left."""
    opened = np.full(len(source), -1)
    left = np.zeros(len(source), dtype=np.int64)
    referred = referred.copy()
    for s, origin in enumerate(sources):
        if origin.kind == "backlog":
            name = str(origin.owner[-1])
            mine = source == s
            draws = uniforms(config.run.seed, replication, Stream.PERSON, origin.owner, int(mine.sum()), WIDTH)
            opened[mine] = OPENING_LISTS.index(name)
            waited = waited_days(config, name, draws[:, PersonDraw.WAITED])
            referred[mine] = -np.rint(waited * MINUTES_PER_DAY).astype(np.int64) - 1
            if name == "caseload":
                sessions = sessions_left(config, draws[:, PersonDraw.SESSIONS_LEFT])
                left[mine] = np.minimum(sessions, DRAWS_PER_EPISODE).astype(np.int64)
    return referred, opened, left


def _team_requests(config: HubConfig, hub: int, replication: int) -> tuple[Ints, Ints]:
    """Return when teams ask for a workshop (Poisson) and the staff minutes each takes, campaigns' time included."""
    support = config.pathway.team_support
    first, last = -config.run.run_in_days, config.run.horizon_days
    expected = support.requests_per_month * (last - first) / DAYS_PER_MONTH
    minutes: list[Ints] = []
    for name, start, end in (("before", first, 0), ("after", 0, last)):
        if expected == 0 or start == end:
            continue
        rows = int(expected + 8 * np.sqrt(expected)) + 16
        owner = (hub, "team_request", name)
        draws = uniforms(config.run.seed, replication, Stream.TEAM_REQUEST, owner, rows, 2)
        gaps = -np.log1p(-draws[:, 0]) * DAYS_PER_MONTH / support.requests_per_month
        days = np.cumsum(gaps)
        days = days[days < end - start]
        # Counted backwards before day 0, so that a longer run-in leaves later requests alone.
        moment = -days if name == "before" else days
        at = np.floor(moment * MINUTES_PER_DAY).astype(np.int64)
        minutes.append(np.stack([at, lengths(support.staff_minutes, draws[: len(days), 1])]))
    for campaign in config.changes_of(Campaign).values():
        weeks = np.arange(max(campaign.from_day, first), min(campaign.to_day, last), DAYS_PER_WEEK)
        # In pieces of a workshop's length: a whole week's outreach is not one sitting.
        whole, rest = divmod(round(campaign.staff_hours_per_week * 60), support.staff_minutes.mean_minutes)
        pieces = [support.staff_minutes.mean_minutes] * whole + [rest] * (rest > 0)
        minutes += [np.stack([weeks * MINUTES_PER_DAY, np.full(len(weeks), piece)]) for piece in pieces]
    if not minutes:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    table = np.concatenate(minutes, axis=1)
    table = table[:, np.lexsort((table[1], table[0]))]
    return table[0], table[1]


ROOM_BYTES = 256_000_000
"""Of one process; who was met the longest ago goes first."""
_kept: OrderedDict[tuple[str, int, int], Cohort] = OrderedDict()


def same_people(config: HubConfig, replication: int, hub: int, key: str) -> Cohort:
    """Return what `draw_cohort` does, from memory where these people have been drawn before.

    `key` is `sim.run.manifest.people_key` of the configuration, before uncertain numbers were drawn.
    """
    found = _kept.pop((key, replication, hub), None)
    if found is None:
        found = draw_cohort(config, replication, hub)
        held = sum(map(size_of, _kept.values()))
        while _kept and held + size_of(found) > ROOM_BYTES:
            held -= size_of(_kept.popitem(last=False)[1])
    _kept[key, replication, hub] = found
    return found


def size_of(cohort: Cohort) -> int:
    """Return how many bytes a cohort's arrays take."""
    columns = [*vars(cohort).values(), *vars(cohort.decisions).values()]
    return sum(column.nbytes for column in columns if isinstance(column, np.ndarray))
