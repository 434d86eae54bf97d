"""What the lists on the way to a target look like on the day of the first decision."""

from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pytest

from analysis.sizing.fluid import left_out, lent_share, loads_of
from analysis.sizing.question import read_question
from analysis.sizing.supply import menu_of

pytestmark = pytest.mark.unit

WEEKS = 100
LOCUM = (
    "+staffing.roles.senior_clinician.lines.locum="
    "{band: 8a, wte: 3.0, kind: agency, pay_point: mid, from_day: 100, to_day: 200}"
)


def future(add):
    """A future whose weekly figures are the number of the week, and something more on lists."""
    week, stages = np.arange(WEEKS), ("screening", "assessment")
    weekly = {
        "stage": [stage for stage in stages for _ in week], "dimension": ["all"] * 2 * WEEKS,
        "arrivals": np.tile(week, 2), "list": np.tile(week + add, 2),
    }  # fmt: skip
    measures = {"measure": ["wait_days_mean"], "stage": ["screening"], "dimension": ["all"], "value": [3.0]}
    return SimpleNamespace(tables={"weekly": pa.table(weekly), "measures": pa.table(measures)})


def base_of(hub_config, *policies):
    config, question = hub_config("scenario=major_incident", *policies), read_question()
    _, assessment = loads_of(config, menu_of(config, question), question, [future(0)], [future(0)])
    return assessment.base


def test_extra_sessions_count_while_they_are_held_and_lent_hours_are_missing(hub_config):
    # Ten weeks from the first decision on day 180; appointments that nobody keeps take a session too.
    initiative, until = "policies.waiting_list_initiative", "{sessions_a_week: 4, wait_over_days: 14, to_day: 250}"
    more = base_of(hub_config, f"{initiative}={until}") - base_of(hub_config)
    assert 3 < more[0] < 4
    assert set(more[10:]) == {0}
    too_late = base_of(hub_config, f"{initiative}={until.replace('14', '42')}")
    assert set(too_late - base_of(hub_config)) == {0}
    lends = base_of(
        hub_config, "policies.mutual_aid.lends_hours_per_week=4", "policies.mutual_aid.lends_role=senior_clinician"
    )
    share = lent_share(
        hub_config("policies.mutual_aid={lends_hours_per_week: 4, lends_role: senior_clinician}"),
        "senior_clinician",
        np.array([1]),
    )
    assert lends == pytest.approx((1 - share[0]) * base_of(hub_config))
    assert 0 < share[0] < 0.2


def test_what_the_first_guess_leaves_out_is_named(hub_config):
    assert left_out(hub_config()) == left_out(hub_config("policies=waiting_list_initiative")) == []
    assert left_out(hub_config("policies=guided_self_help")) == ["guided self-help"]


def test_a_list_starts_with_who_was_on_it_at_the_end_of_the_week_before_and_with_the_staff_who_stay(hub_config):
    config, question = hub_config("scenario=major_incident", LOCUM), read_question()
    menu = menu_of(config, question)
    free, idle = [future(0)] * 2, [future(1000), future(2000)]
    screening, assessment = loads_of(config, menu, question, free, idle)
    # The first decision is on day 180, in week 25: at the end of week 24 there are 1,024 or 2,024 on the list.
    assert screening.listed == assessment.listed == 1524
    assert assessment.arrivals.tolist() == list(range(25, 25 + menu.weeks))
    lasting = sum(
        line.wte * assessment.per_wte[role]
        for role, its in config.staffing.roles.items()
        for name, line in its.lines.items()
        if name != "locum"
    )
    assert lasting > 0
    assert set(assessment.base) == {lasting}
