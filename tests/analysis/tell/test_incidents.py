"""What an incident is called: by its name, but where the model ships that name with other numbers."""

from collections.abc import Callable

import pytest

from analysis.tell.incidents import incident_sentences
from sim.config import HubConfig

pytestmark = pytest.mark.unit
AMBULANCE = "incident.manchester_arena.exposed.responder.persons.ambulance"


@pytest.mark.parametrize(
    ("changes", "called"),
    [
        ({}, "Incident Manchester Arena on 28 September 2021: 6,000 people exposed"),
        ({"incident.manchester_arena.day": 30}, "Incident Manchester Arena on 1 May 2021: 6,000 people exposed"),
        (
            {AMBULANCE: 900},
            "Incident Manchester Arena, with numbers of your own, on 28 September 2021: 6,400 people exposed",
        ),
    ],
)
def test_an_incident_with_other_numbers_is_not_told_as_if_it_were_the_one_that_bears_the_name(
    hub_config: Callable[..., HubConfig], changes: dict[str, int], called: str
) -> None:
    [said] = incident_sentences(hub_config("scenario=major_incident", **changes))
    assert said.startswith(called)


def test_an_incident_that_the_model_does_not_ship_has_its_name_alone(hub_config: Callable[..., HubConfig]) -> None:
    shipped = hub_config("scenario=major_incident").incident["manchester_arena"].model_dump()
    [said] = incident_sentences(hub_config(**{"incident": {"hospital_fire": shipped}}))
    assert said.startswith("Incident hospital fire on 28 September 2021: ")
