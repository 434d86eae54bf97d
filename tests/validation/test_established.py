"""An established Hub stays as it opens: no list drifts, and waits do not depend on how long the run is."""

import numpy as np
import pytest

from sim.config import validate
from sim.measures.queues import lengths_at, week_ends
from sim.run.replicate import replicate, simulate_hub
from sim.stages import CAN_BE_LEFT

pytestmark = pytest.mark.heavy

MODELS = {
    "the default Hub": ("staffing=senior_led",),
    "mixed skill": ("staffing=mixed_skill",),
    "stepped care": ("staffing=stepped_care",),
    "the default Hub, half as many referrals again": ("staffing=senior_led", "demand.multiplier=1.5"),
    "the default Hub, four tenths fewer referrals": ("staffing=senior_led", "demand.multiplier=0.6"),
}
REPLICATIONS = 300
MARGIN_PEOPLE, MARGIN_SHARE = 12.0, 0.2
"""By which a list may drift over three years: so many people, or so much of it if that is more."""
LONG_REPLICATIONS, MOST_REPLICATIONS = 30, 240


def drifts(config, stage):
    """Return by how many people the straight line through a list's weeks rises over the run, and its mean length."""
    rise, mean = [], []
    for replication in range(REPLICATIONS):
        history, _ = simulate_hub(config, replication, 0)
        stays = history.stays[stage]
        weeks = lengths_at(stays.joined, stays.left, week_ends(history))
        rise.append(np.polyfit(np.arange(len(weeks)), weeks, 1)[0] * len(weeks))
        mean.append(weeks.mean())
    return np.array(rise), float(np.mean(mean))


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("stage", [stage.name for stage in CAN_BE_LEFT])
def test_no_list_of_an_established_hub_drifts(verdicts, hub_config, model, stage):
    rise, mean = drifts(hub_config(*MODELS[model]), stage)
    verdicts.equivalent(model, f"drift of the list for {stage}", max(MARGIN_PEOPLE, MARGIN_SHARE * mean), rise)


@pytest.mark.parametrize(("measure", "margin"), [("within_standard_share", 0.06), ("wait_days_median", 16.0)])
def test_waits_do_not_depend_on_how_long_the_run_is(verdicts, hub_config, measure, margin):
    found = []
    for days in (1096, 2192):
        config = hub_config(**{"run.horizon_days": days})
        tables = (replicate(config, number, ["measures"]).tables["measures"] for number in range(MOST_REPLICATIONS))
        found.append([figure(table.to_pylist(), measure) for table in tables])
    verdicts.equivalent("six years and three", f"therapy, {measure}", margin, np.subtract(*found))


def figure(rows, measure):
    wanted = {"measure": measure, "stage": "therapy", "dimension": "all"}
    [value] = [row["value"] for row in rows if all(row[key] == text for key, text in wanted.items())]
    return value


def test_the_list_that_a_hub_opens_with_is_that_of_a_run_of_fifteen_years(verdicts, validated):
    def listed(run_in_days, horizon_days, replications):
        config = validated(run_in_days, horizon_days)
        lengths = []
        for replication in range(replications):
            history, _ = simulate_hub(config, replication, 0)
            stays = history.stays["therapy"]
            lengths.append(lengths_at(stays.joined, stays.left, week_ends(history)).mean())
        return float(np.mean(lengths))

    long, opening = listed(3650, 1826, LONG_REPLICATIONS), listed(365, 91, MOST_REPLICATIONS)
    verdicts.of_figure("the default Hub", "list for therapy in the first quarter", long, opening, 0.15)


@pytest.fixture
def validated(container):
    """Return the default Hub with so many days, in a catchment so large that who has come is not missed in it."""

    def made(run_in_days, horizon_days):
        given = container(**{"run.opening.run_in_days": run_in_days, "run.horizon_days": horizon_days})
        for group in given["population"]["staff_groups"].values():
            group["headcount"] *= 50
        uptake = given["demand"]["uptake_per_person_year"]
        given["demand"]["uptake_per_person_year"] = {name: rate / 50 for name, rate in uptake.items()}
        return validate(given)

    return made
