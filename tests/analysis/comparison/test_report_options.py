"""Options in words: what tells them apart, in as few words as there is room for."""

from collections.abc import Callable

import pytest

from analysis.comparison.option_words import against
from analysis.comparison.plans import staff_in_words, whole_clauses
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
