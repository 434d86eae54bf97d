"""The model's own value of every figure that has a target, estimated over replications."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from analysis.estimates.intervals import Interval, mean_interval, ratio_interval
from analysis.estimates.tables import over_hubs
from sim.calendar import DAYS_PER_YEAR
from sim.config import HubConfig
from sim.config.edit import changed
from sim.config.screening import MEASURES
from sim.streams import Floats

if TYPE_CHECKING:
    import pandas as pd

    from sim.run.replicate import Replication

DAYS_PER_MONTH = DAYS_PER_YEAR / 12
SURVEY = ("contact", "supported", "waiting", "via_hub", "not_helped")
WANTED = (
    *(f"followup_{answer}_share" for answer in SURVEY), "staff_cost_share", "utilisation", "wait_days_median",
    "referrals", "rereferred", "screened",
)  # fmt: skip


def run_figures(config: HubConfig, replications: int, jobs: int, seed: int | None = None) -> dict[str, Interval]:
    """Simulate a composed configuration and return its figures.

    Parameters
    ----------
    config
        Its replications, jobs and kept tables are replaced.
    seed
        The configuration's own if not given.

    Raises
    ------
    ConfigProblem
        When the configuration is refused.
    """
    from sim.run.experiment import simulate

    run = {"replications": replications, "jobs": jobs, "keep": ["cohort"], "store": None}
    own = config.run.seed if seed is None else seed
    config = changed(config, {f"run.{key}": value for key, value in run.items()} | {"run.seed": own})
    return figures(config, simulate(config))


def figures(config: HubConfig, results: Iterable[Replication]) -> dict[str, Interval]:
    """Return every figure by name with its 95 % interval; screening only where the cohort was kept.

    The replication is the unit: clients of one replication share its luck.
    """
    import pandas as pd

    kept, need = [], []
    for result in results:
        measures = result.tables["measures"].to_pandas()
        kept.append(measures[measures["measure"].isin(WANTED)].astype({"replication": int}))
        if "cohort" in result.tables:
            need.append(_need(config, result.tables["cohort"].to_pandas()))
    found = _measured(config, over_hubs(pd.concat(kept)).sort_values("replication", kind="stable"))
    if need:
        counts = np.array(need, dtype=float)
        names = ("positive_none", "positive_1_or_2", "positive_3_or_more", "positive_functioning")
        found |= {name: ratio_interval(counts[:, n], counts[:, -1]) for n, name in enumerate(names)}
    return found


def _measured(config: HubConfig, measures: pd.DataFrame) -> dict[str, Interval]:
    def column(name: str, of: str = "value", stage: str = "", dimension: str = "all", group: str = "all") -> Floats:
        keys = {"measure": name, "stage": stage, "dimension": dimension, "group": group}
        mine = np.logical_and.reduce([measures[key] == wanted for key, wanted in keys.items()])
        values: Floats = measures.loc[mine, of].to_numpy(float)
        return values

    def ratio(name: str, **where: str) -> Interval:
        return ratio_interval(column(name, "numerator", **where), column(name, "denominator", **where))

    def clients(dimension: str, *groups: str) -> Interval:
        among = np.sum([column("screened", dimension=dimension, group=group) for group in groups], axis=0)
        return ratio_interval(among, column("screened"))

    months = config.run.horizon_days / DAYS_PER_MONTH
    found = {f"followup_{answer}_share": ratio(f"followup_{answer}_share") for answer in SURVEY}
    supported, waiting = (column(f"followup_{answer}_share", "numerator") for answer in ("supported", "waiting"))
    asked = column("followup_contact_share", "denominator")
    found["followup_neither_share"] = ratio_interval(asked - supported - waiting, asked)
    found["staff_cost_share"] = ratio("staff_cost_share")
    senior = next(iter(config.staffing.roles))
    found["senior_load"] = ratio("utilisation", dimension="role", group=senior)
    found["therapy_wait_median_days"] = mean_interval(column("wait_days_median", stage="therapy"))
    found["referrals_per_month"] = mean_interval(column("referrals")).times(1 / months)
    found["rereferred_share"] = ratio_interval(column("rereferred"), column("referrals"))
    population = config.population
    for sector in ("nhs", "social_care", "emergency"):
        groups = [name for name, group in population.staff_groups.items() if group.sector == sector]
        if groups:
            found[f"clients_{sector}"] = clients("staff_group", *groups)
    found |= {f"clients_{gender}": clients("gender", gender) for gender in population.genders}
    found |= {f"clients_{ethnicity}": clients("ethnicity", ethnicity) for ethnicity in population.ethnicities}
    return found


def _need(config: HubConfig, cohort: pd.DataFrame) -> list[int]:
    """Count people screened in the window with no, 1 or 2, 3 or more measures positive, and functioning impaired."""
    people = cohort[cohort["screens"] & (cohort["referred_day"] >= 0)]
    positives = people["measures_positive"].to_numpy()
    functioning = people[MEASURES[-1]].to_numpy() >= config.screening.measures[MEASURES[-1]].cut_off
    three = 3
    counts = (positives == 0, (positives > 0) & (positives < three), positives >= three, functioning)
    return [*(int(count.sum()) for count in counts), len(people)]
