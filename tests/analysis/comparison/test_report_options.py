"""Options in words: what tells them apart, in as few words as there is room for."""

from collections.abc import Callable

import pytest

from analysis.comparison.option_words import LONGEST_WORDS, against
from analysis.comparison.plans import SweptPlan, in_full, passing_posts, staff_in_words, whole_clauses
from analysis.comparison.report import _assumptions
from sim.config import HubConfig

pytestmark = pytest.mark.unit


def test_a_staffing_model_is_told_by_what_it_does_and_who_works_there(hub_config: Callable[..., HubConfig]) -> None:
    said = {
        name: staff_in_words(hub_config(f"staffing={name}"))
        for name in ("senior_led", "group_first", "navigation_only", "surge_agency")
    }
    assert said["senior_led"].startswith("7 WTE: senior clinician 3.5, therapist 1, ")
    assert said["group_first"].startswith("CBT and guided self-help begin with a group. 7.5 WTE: ")
    assert said["navigation_only"].startswith("Help into care elsewhere in place of therapy, groups and therapy with ")
    assert said["surge_agency"].startswith(
        "1 agency senior clinician and 1 agency therapist from 28 September 2021 to 27 September 2022. 7 WTE: "
    )


def test_words_that_do_not_fit_end_where_a_clause_does_and_are_never_torn() -> None:
    assert whole_clauses("Short enough", 20) == "Short enough"
    assert whole_clauses("CBT begins with guided self-help. 7.5 WTE: many", 40) == "CBT begins with guided self-help"
    assert whole_clauses("One clause that is much too long for the line", 20) == ""


def test_an_option_is_told_by_what_it_changes_and_not_by_what_it_shares_with_the_baseline(
    hub_config: Callable[..., HubConfig],
) -> None:
    base, therapist = hub_config(), "staffing.roles.therapist.lines.therapist.wte"
    assert against(base, hub_config(**{therapist: 2.0})) == "Therapist 2 WTE instead of 1"
    both = hub_config(**{therapist: 2.0, "staffing_model": "two_therapists", "pathway.lists.policy": "first_come"})
    assert against(base, both) == (
        "Lists: policy first come instead of by need with ageing; therapist 2 WTE instead of 1"
    )
    assert against(base, base) == ""
    assert against(base, hub_config("staffing=group_first")).startswith("CBT and guided self-help begin with a group.")


SURGE = {"band": "8a", "wte": 8.0, "kind": "fixed_term", "pay_point": "mid", "from_day": 0, "to_day": 365}


def test_posts_that_a_plan_adds_are_told_with_role_wte_band_and_dates(hub_config: Callable[..., HubConfig]) -> None:
    base = hub_config()
    posts = {
        "staffing.roles.senior_clinician.lines.surge": SURGE,
        "staffing.roles.coordinator.lines.surge": SURGE | {"band": "4", "wte": 2.0, "to_day": None},
    }
    told = "8 WTE senior clinician more (band 8a, from 1 April 2021 to 31 March 2022)"
    assert against(base, hub_config(**dict([*posts.items()][:1]))) == told
    both = hub_config(**posts)
    assert against(base, both) == f"{told}; 2 WTE coordinator more (band 4, from 1 April 2021)"
    assert against(both, base).endswith("2 WTE coordinator fewer (band 4, from 1 April 2021)")


def test_changes_that_there_is_no_room_for_are_counted_and_none_is_torn(hub_config: Callable[..., HubConfig]) -> None:
    lines = {f"staffing.roles.senior_clinician.lines.surge_{number}": SURGE for number in range(5)}
    told = against(hub_config(), hub_config(**lines))
    assert told.endswith("; and 3 other changes")
    assert len(told) <= LONGEST_WORDS


def test_posts_that_end_are_named_with_their_last_day_and_are_not_of_the_standing_team(
    hub_config: Callable[..., HubConfig],
) -> None:
    surge = hub_config(**{"staffing.roles.senior_clinician.lines.surge": SURGE})
    said = staff_in_words(surge)
    assert said.startswith("8 WTE senior clinician from 1 April 2021 to 31 March 2022. 7 WTE: ")
    plan = SweptPlan("a", "b", "c", surge, "", 1, {"staffing.roles.senior_clinician.lines.surge": SURGE}, {})
    assert in_full(plan).count("8 WTE senior clinician") == 1  # once, as what the plan adds
    assert in_full(plan).endswith(
        "coordinator 1. 8 WTE senior clinician more (band 8a, from 1 April 2021 to 31 March 2022)."
    )


@pytest.mark.parametrize(
    ("from_day", "to_day", "passes"),
    [(None, None, False), (0, None, False), (-30, None, False), (1, None, True), (0, 1095, False), (0, 1094, True)],
)
def test_posts_pass_where_they_begin_after_the_first_day_or_end_before_the_last(
    hub_config: Callable[..., HubConfig], from_day: int | None, to_day: int | None, passes: bool
) -> None:
    line = SURGE | {"from_day": from_day, "to_day": to_day}
    config = hub_config(**{"run.horizon_days": 1095, "staffing.roles.senior_clinician.lines.surge": line})
    assert (("senior_clinician", "surge") in passing_posts(config)) == passes
    team = "15 WTE: senior clinician 11.5, " if not passes else "7 WTE: senior clinician 3.5, "
    assert team in staff_in_words(config)


def test_a_post_that_is_known_to_start_later_is_named_and_one_from_the_first_day_is_of_the_team(
    hub_config: Callable[..., HubConfig],
) -> None:
    post = {"kind": "post", "role": "therapist", "band": "7", "wte": 1.0, "contract": "substantive"}
    known = {day: hub_config(**{"changes.hers": post | {"from_day": day}}) for day in (0, 31)}
    assert staff_in_words(known[0]).startswith("8 WTE: senior clinician 3.5, therapist 2, ")
    assert staff_in_words(known[31]).startswith("1 WTE therapist from 2 May 2021. 7 WTE: ")


def test_an_assumption_whose_range_is_its_value_is_listed_without_a_range(hub_config: Callable[..., HubConfig]) -> None:
    values = {key: value for _, key, value, _ in _assumptions(hub_config())}
    assert values["screening.measures.wsas.max_score"] == "40 points"
    assert " to " in values["staffing.roles.coordinator.client_facing_hours_per_week"]
