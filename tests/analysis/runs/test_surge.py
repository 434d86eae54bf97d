"""After an incident the lists that it touches stand together, compared with before it."""

import io
import math

import pandas as pd
import pytest

from analysis.runs.summary import print_summary
from analysis.runs.surge import SESSIONS, surge, surge_csv
from analysis.tell.incidents import NO_BEFORE, exposed_lines

pytestmark = pytest.mark.unit

WEEKS, WEEK = 60, 20
STAGES = ("assessment", "therapy", "navigation", "team_support")
AT_DAY = {"incident.manchester_arena.day": WEEK * 7, "run.horizon_days": WEEKS * 7}


@pytest.fixture(scope="module")
def weekly():
    """Lists of 10 before the incident and 30 from its week on; 40 in one week; two sessions a week, then one."""
    rows = []
    for replication in range(3):
        for stage in STAGES:
            for week in range(1, WEEKS + 1):
                waiting = 10 if week <= WEEK else 40 if week == WEEK + 9 else 30
                done = 2 if week <= WEEK else 1
                rows.append((0, replication, week, stage, "all", "all", waiting, done))
    columns = ["hub", "replication", "week", "stage", "dimension", "group", "list", "completions"]
    return pd.DataFrame(rows, columns=columns)


@pytest.fixture(scope="module")
def config(hub_config):
    return hub_config("incident=manchester_arena", **AT_DAY)


def test_a_run_says_whom_an_incident_exposes_the_groups_that_were_not_named_included(hub_config):
    """Groups given for an incident are laid over those it has: who remains must be seen."""
    change = {"incident.manchester_arena.exposed.responder.persons.ambulance": 450}
    told = exposed_lines(hub_config("incident=manchester_arena", **change))
    # 400 present of whom 19 % come, 1,200 + 450 + 1,300 responders 10 %, 2,600 of the community 4 %
    assert "5,950 people exposed" in told[0]
    assert "responder 2,950" in told[0]
    assert "about 475 expected to come" in told[0]
    assert told[2] == "  responder: NHS hospital and community 1,200, ambulance 450 and police and fire 1,300"
    assert exposed_lines(hub_config()) == []


def test_lists_and_sessions_for_teams_are_compared_with_before_the_incident(config, weekly):
    rows = {row.words: [figure.estimate for figure in row[1:]] for row in surge(config, weekly)}
    assert len(rows) == len(STAGES) + 1
    for words, found in rows.items():
        assert found == pytest.approx([2, 1, 1, 1] if words == SESSIONS else [10, (25 * 30 + 40) / 26, 40, 30])


def test_the_summary_shows_them_and_a_table_keeps_them(config, weekly):
    rows = surge(config, weekly)
    screen = io.StringIO()
    columns = ["measure", "stage", "dimension", "group", "estimate", "low", "high", "range_low", "range_high"]
    print_summary(config, pd.DataFrame(columns=columns), [], screen, surge=rows)
    assert SESSIONS in screen.getvalue()
    assert "Incident (people)" in screen.getvalue()
    assert surge_csv(rows)["before"].tolist() == pytest.approx([10, 10, 10, 10, 2])


def test_an_incident_on_the_first_day_has_an_after_and_says_why_it_has_no_before(hub_config, weekly):
    first = hub_config("incident=manchester_arena", **AT_DAY | {"incident.manchester_arena.day": 0})
    rows, screen = surge(first, weekly), io.StringIO()
    assert all(math.isnan(row.before.estimate) for row in rows)
    assert rows[0].most.estimate == 40
    columns = ["measure", "stage", "dimension", "group", "estimate", "low", "high", "range_low", "range_high"]
    print_summary(first, pd.DataFrame(columns=columns), [], screen, surge=rows)
    assert NO_BEFORE in screen.getvalue()


def test_without_an_incident_there_is_nothing_to_compare(hub_config, weekly):
    assert surge(hub_config(), weekly) == []
