"""One client's story: every milestone, dated and in order; and help for a name that nobody has."""

import re

import numpy as np
import pytest

from analysis.runs.story import ENDINGS, story_lines
from sim.errors import HubError
from sim.run.replicate import simulate_hub
from sim.service.codes import NOT_YET
from sim.service.enums import Ending, Outcome, text_of

pytestmark = pytest.mark.integration

SHORT = ("run.opening.mode=empty", "run.horizon_days=250")


@pytest.fixture(scope="module")
def config(hub_config):
    return hub_config(*SHORT)


@pytest.fixture(scope="module")
def history(config):
    return simulate_hub(config, 0, 0)[0]


def first_client(history, wanted):
    """Return the name and case of the first person whose only episode is as wanted."""
    journeys = history.record.journeys
    for case, client in enumerate(journeys.client):
        if (journeys.client == client).sum() == 1 and wanted(journeys, case):
            return history.cohort.client_ids[client], case
    raise AssertionError("nobody is as wanted")


def position(lines, text):
    found = [number for number, line in enumerate(lines) if text in line]
    assert found, f"no line says {text!r} in {lines}"
    return found[0]


@pytest.fixture(scope="module")
def completed(config, history):
    """The story of somebody who had therapy and completed it, and the case."""
    name, case = first_client(
        history, lambda j, case: j.ended[case] == Ending.COMPLETED and j.outcome[case] == Outcome.HUB_THERAPY
    )
    return story_lines(config, name, 0), case


def test_the_first_line_says_who_it_is(config, history, completed):
    lines, case = completed
    name = history.cohort.client_ids[case]
    assert lines[0].startswith(f"{name}, replication 0: ")
    assert any(group in lines[0] for group in config.population.staff_groups)


def test_a_story_is_plain(completed, words_to_avoid):
    assert words_to_avoid("\n".join(completed[0])) == []


def test_milestones_are_told_in_order(completed):
    lines, _ = completed
    order = [
        position(lines, text)
        for text in (
            "referred", "completed the screen", "screen reviewed", "joined the assessment list",
            "given an assessment appointment", "assessment attended", "outcome: hub therapy",
            "given a first appointment", "therapy session attended", "closed: course completed",
        )
    ]  # fmt: skip
    assert order == sorted(order)
    assert order[-1] == len(lines) - 1


def test_every_session_is_told(history, completed):
    lines, case = completed
    assert sum("therapy session attended" in line for line in lines) == history.record.journeys.attended[case]


def test_each_line_has_the_date_and_the_days_since_referral(config, history, completed):
    # 2021-04-01, a Thursday, is day 0.
    lines, case = completed
    days = [int(re.search(r"day +(-?\d+)  ", line).group(1)) for line in lines[1:]]
    assert days[0] == 0
    assert days == sorted(days)
    closed = history.record.journeys.closed[case] - history.record.journeys.referred[case]
    assert days[-1] == round(closed / 1440)
    assert re.match(r"  (Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d\d \w{3} 202[12] \d\d:\d\d  day ", lines[1])


def test_somebody_still_there_at_the_horizon_is_told_so(config, history):
    name, _ = first_client(history, lambda j, case: j.closed[case] == NOT_YET)
    assert "still with the Hub at the horizon" in story_lines(config, name, 0)[-1]


def test_somebody_who_came_back_is_told_from_the_first_referral_to_the_last(config, history):
    journeys = history.record.journeys
    again = int(np.argmax(journeys.episode == 1))
    lines = story_lines(config, history.cohort.client_ids[journeys.client[again]], 0)
    assert position(lines, "  referred") < position(lines, "came back: referred again")


def test_every_ending_has_words(hub_config):
    heavy = hub_config(*SHORT, **{"demand.multiplier": 3.0, "pathway.patience.assessment_leave_per_week": 0.2})
    for number in range(2):
        record = simulate_hub(heavy, number, 0)[0].record
        assert {text_of(Ending(code)) for code in record.journeys.ended} - {""} <= set(ENDINGS)


def test_an_unknown_name_is_met_with_the_nearest_one(config, history):
    name = history.cohort.client_ids[0]
    with pytest.raises(HubError, match=f"nearest: {re.escape(name)}"):
        story_lines(config, f"{name}x", 0)


def test_a_name_that_is_like_nobodys_is_met_with_somebodys(config):
    with pytest.raises(HubError, match=r"nobody of that name in replication 0; nearest: 0/"):
        story_lines(config, "0/zzz", 0)


@pytest.mark.parametrize("name", ["nurse", "7/background/x/1", "-1/background", "/", ""])
def test_a_name_that_begins_with_no_hub_is_refused(config, name):
    with pytest.raises(HubError, match="a client id begins with 0/, the number of its Hub;"):
        story_lines(config, name, 0)


def test_the_story_begins_with_whom_it_is_about(config, history):
    name = history.cohort.client_ids[0]
    assert story_lines(config, name, 0)[0].startswith(f"{name}, replication 0: ")


def test_an_outcome_is_told_before_what_follows_from_it(hub_config):
    config = hub_config("run.opening.mode=empty", "run.horizon_days=250")
    history, _ = simulate_hub(config, 0, 0)
    case = int(np.argmax(history.record.journeys.outcome == Outcome.HUB_THERAPY))
    lines = story_lines(config, history.cohort.client_ids[history.record.journeys.client[case]], 0)
    text = "\n".join(lines)
    assert text.index("outcome: hub therapy") < text.index("joined the list for")


def test_a_name_that_begins_with_an_odd_digit_is_refused_like_any_other(hub_config):
    with pytest.raises(HubError, match="a client id begins with 0/"):
        story_lines(hub_config(), "²/background", 0)
