"""A service that fails somewhere on the way looks better on nothing: people who get less far are missing elsewhere."""

from collections.abc import Callable

import pandas as pd
import pytest
from failing_hubs import BASE, FAILING, SHORT_OF_SENIORS, starved_hubs

from analysis.comparison.across import across
from analysis.comparison.answer import answer_sentences
from analysis.comparison.compare import compare
from analysis.comparison.comparison import Comparison
from analysis.comparison.pairs import BETTER, WORSE
from analysis.comparison.sentences import choice_lines
from analysis.comparison.steps import (
    LEAST,
    NOT_JUDGED,
    REFERRED,
    STEPS,
    Step,
    is_of_everyone,
    judged,
    steps_of,
)
from analysis.comparison.tables import headline_rows
from analysis.comparison.taken_apart import ACCESS, equity_table, widened_gaps
from analysis.comparison.values import FIGURE
from analysis.estimates.headline import Headline, Measure, compared_headlines
from sim.config import HubConfig


@pytest.fixture(scope="module")
def starved(hub_config: Callable[..., HubConfig], tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    """Each failing Hub against the Hub as it is."""
    return starved_hubs(hub_config, tmp_path_factory.mktemp("starved"), replications=8)


@pytest.mark.integration
@pytest.mark.parametrize("plan", FAILING)
def test_a_failing_service_looks_better_on_no_headline(starved: Comparison, plan: str) -> None:
    better = [answer.headline.words for answer in starved.about(plan) if answer.verdict == BETTER]
    assert better == []
    assert any(answer.verdict == WORSE for answer in starved.about(plan))
    assert starved.loses(plan)
    assert plan not in starved.choice.may_be_best
    [line] = [line for line in choice_lines(starved) if line.startswith(f"“{starved.names[plan]}” loses people")]
    assert "of everyone referred" in line


@pytest.mark.integration
def test_the_people_whom_a_headline_share_is_told_of_are_the_same_however_few_get_there(starved: Comparison) -> None:
    fixed = [headline for headline in starved.headlines if is_of_everyone(headline)]
    assert len(fixed) == 2
    for headline in fixed:
        numbers = {plan: starved.people[plan][headline.key] for plan in (BASE, *FAILING) if "demand" not in plan}
        assert set(numbers.values()) == {numbers[BASE]}


@pytest.mark.integration
def test_where_more_people_get_further_better_is_said_and_a_longer_list_behind_is_not_called_worse(
    starved: Comparison,
) -> None:
    mended = compare(starved.sweep, SHORT_OF_SENIORS)
    said = {answer.headline.measure: answer.verdict for answer in mended.about(BASE)}
    assert said[mended.headlines[0].measure] == said[Measure("wait_days_median", "referral_to_assessment")] == BETTER
    assert said[Measure("queue_mean", "therapy")] == NOT_JUDGED
    assert not mended.loses(BASE)


@pytest.mark.integration
def test_no_gap_is_said_to_widen_under_a_gain_that_is_none(starved: Comparison) -> None:
    gaps = widened_gaps(starved, equity_table(starved))
    assert {gap.concern.measure.measure for gap in gaps if gap.plan in FAILING} <= {ACCESS}


@pytest.mark.integration
def test_figures_of_people_carry_how_many_they_are(starved: Comparison) -> None:
    rows = [row for row in headline_rows(starved) if row["plan"] == SHORT_OF_SENIORS]
    seen = {row["figure"]: (row["baseline_people"], row["plan_people"]) for row in rows}
    before, after = seen["gave up waiting for therapy"]
    assert 0 < after < 0.7 * before
    assert "Left out of the choice" in " ".join(answer_sentences(across(starved)))


def headline_of(config: HubConfig, measure: Measure) -> Headline:
    return next(headline for headline in compared_headlines(config) if headline.measure == measure)


@pytest.mark.unit
def test_who_got_less_far_or_further_decides_whether_a_figure_is_judged(hub_config: Callable[..., HubConfig]) -> None:
    config = hub_config()
    survivors = headline_of(config, Measure("left_waiting_share", "therapy"))
    everyone = headline_of(config, Measure("within_standard_share", "referral_to_therapy"))
    fewer, more = Step("assessed", 0.6, 0.3, -0.31, -0.29), Step("in therapy", 0.2, 0.3, 0.09, 0.11)
    hardly = Step("assessed", 0.6, 0.597, -0.004, -LEAST / 2)
    cost = headline_of(config, Measure("cost_per_year_gbp"))
    assert judged(BETTER, survivors, [fewer, more]) == (NOT_JUDGED, "not called better: fewer people assessed")
    assert judged(BETTER, everyone, [fewer]) == (NOT_JUDGED, "not called better: fewer people assessed")
    assert judged(BETTER, cost, [fewer]) == (NOT_JUDGED, "cheaper, with fewer people assessed")
    assert judged(WORSE, cost, [more]) == (NOT_JUDGED, "dearer, with more people in therapy")
    assert judged(WORSE, survivors, [fewer]) == (WORSE, "")
    assert judged(WORSE, survivors, [more]) == (NOT_JUDGED, "not called worse: more people in therapy")
    assert judged(WORSE, everyone, [more]) == (WORSE, "")
    assert judged(BETTER, survivors, [hardly, more]) == (BETTER, "")


@pytest.mark.unit
def test_a_replication_in_which_nobody_was_referred_says_nothing_of_how_far_people_get():
    referred, assessed = [10.0, 0.0, 30.0], [5.0, 0.0, 9.0]
    keys = pd.MultiIndex.from_tuples([(name, "", "all", "all") for name in (*STEPS, REFERRED)], names=FIGURE)
    values = pd.DataFrame([assessed] * len(STEPS) + [referred], index=keys)
    without = values.drop(columns=1)
    assert steps_of(values, values)[0] == steps_of(without, without)[0]
    assert steps_of(values, values)[0].plan == pytest.approx(14 / 40)
