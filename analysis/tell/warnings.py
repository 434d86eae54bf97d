"""What a reader of a run must be told first: lists that keep growing, people left unresolved, work without staff."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from analysis.estimates.intervals import mean_interval
from analysis.estimates.tables import list_by_week
from analysis.tell.input_warnings import input_warnings
from analysis.tell.warning_texts import RunWarning
from analysis.tell.wording import count, counted, share, words
from sim.calendar import DAYS_PER_WEEK
from sim.config.hub import activities_needed, beyond_supervision
from sim.config.referrals import LONGEST_PAUSE_DAYS, covered
from sim.stages import COMPARED, LISTED, STAGES

if TYPE_CHECKING:
    import pandas as pd

    from sim.config import HubConfig

WEEKS_PER_YEAR = 52
SMOOTHED_WEEKS = 4
"""The list at either end of the window is its mean over this many weeks."""
FEWEST_WEEKS = 8
"""A window shorter than this says nothing about growth."""
LEAST_GROWTH = 1.0
"""People by which a list must surely have grown over the window: less is no growth, however sure."""
FEWEST_REPLICATIONS = 10
SETTLED_AFTER_DAYS = 182
MOST_UNRESOLVED = 0.05


def warnings_of(config: HubConfig, weekly: pd.DataFrame, waits: pd.DataFrame | None = None) -> list[RunWarning]:
    """Return the warnings of one run from its tables; without `waits`, people left unresolved are not looked for."""
    found = [*_few_replications(config), *input_warnings(config), *_empty_run_in(config), *_nobody_to_do_it(config)]
    found += _too_few_to_supervise(config)
    found += growing_lists(config, weekly)
    return found if waits is None else [*found, *_unresolved(config, weekly, waits)]


def _few_replications(config: HubConfig) -> Iterator[RunWarning]:
    """Say that intervals from few replications are wide and no more than rough."""
    if (few := config.run.replications) < FEWEST_REPLICATIONS:
        told = counted(few, "replication")
        yield RunWarning.of("few_replications", "run.replications", replications=told, enough=FEWEST_REPLICATIONS)


def _empty_run_in(config: HubConfig) -> Iterator[RunWarning]:
    """Say that real referrals take the place of the run-in's too, so that the Hub opens with nearly nobody in it."""
    file, run_in_days = config.demand.referrals_csv, config.run.run_in_days
    if file is not None and covered(config).first_day > LONGEST_PAUSE_DAYS - run_in_days:
        yield RunWarning("empty_run_in", "demand.referrals_csv", {"days": run_in_days})


def _nobody_to_do_it(config: HubConfig) -> Iterator[RunWarning]:
    """Find work that the pathway needs and that only roles with 0 WTE do."""
    roles = config.staffing.roles
    for activity in sorted(activities_needed(config)):
        planned = [name for name, role in roles.items() if activity in role.job_plan]
        if planned and not any(roles[name].wte > 0 for name in planned):
            yield RunWarning("nobody_does", words(activity), {"who": " and ".join(words(name) for name in planned)})


def _too_few_to_supervise(config: HubConfig) -> Iterator[RunWarning]:
    """Find people who are funded and whom nobody has time to supervise."""
    for name, _, can, due in beyond_supervision(config):
        yield RunWarning("unsupervised", words(name), {"can": can, "due": due, "share": share(1 - can / due)})


def growing_lists(config: HubConfig, weekly: pd.DataFrame) -> list[RunWarning]:
    """Find lists that surely grow over the last half of the horizon: more join than are seen, give up and move on.

    A list that people give up settles where as many leave as join, however many more join than are seen.
    """
    weeks = config.run.horizon_days // DAYS_PER_WEEK
    window = weeks // 2
    window -= window % WEEKS_PER_YEAR if window >= WEEKS_PER_YEAR else 0  # whole years, so that the season is no growth
    if window < FEWEST_WEEKS:
        return []
    everyone = weekly[(weekly["dimension"] == "all") & (weekly["week"] <= weeks)]
    found = []
    for stage in dict.fromkeys(everyone["stage"]):
        lists, seen = (list_by_week(everyone, stage, name)[1] for name in ("list", "completions"))
        before = lists[:, weeks - window - SMOOTHED_WEEKS : weeks - window].mean(axis=1)
        after = lists[:, weeks - SMOOTHED_WEEKS :].mean(axis=1)
        growth = mean_interval(after - before)
        if growth.low >= LEAST_GROWTH:
            interval = f"{growth.low:.0f} to {growth.high:.0f}"
            numbers = {"weeks": window, "grown": count(growth.estimate), "interval": interval}
            numbers |= {"rate": growth.estimate / window, "what": STAGES[stage].on_the_list}
            somebody_seen = seen[:, weeks - window :].any()
            found.append(RunWarning("list_grows" if somebody_seen else "nobody_seen", words(stage), numbers))
    return found


def _unresolved(config: HubConfig, weekly: pd.DataFrame, waits: pd.DataFrame) -> list[RunWarning]:
    """Find whether many were screened half a year before the horizon and still wait for assessment or therapy.

    People who wait for assessment may be among those who will wait for therapy, so the larger of the two is counted:
    at least so many wait.
    """
    judged_weeks = (config.run.horizon_days - SETTLED_AFTER_DAYS) // DAYS_PER_WEEK
    came = weekly[
        (weekly["stage"] == LISTED[0].name) & (weekly["dimension"] == "all") & (weekly["week"] <= judged_weeks)
    ]
    screened = float(came["arrivals"].sum())
    if not screened:
        return []
    long_ago = waits["wait_days"].between(SETTLED_AFTER_DAYS, config.run.horizon_days)
    still = waits[long_ago & (waits["outcome"] == "waiting") & (waits["dimension"] == "all")]
    by_stage = {
        STAGES[stage].waits_for: float(still.loc[still["stage"] == stage, "count"].sum()) / screened
        for stage in COMPARED
    }
    stage, most = max(by_stage.items(), key=lambda item: item[1])
    if most <= MOST_UNRESOLVED:
        return []
    return [RunWarning("still_waiting", stage, {"share": share(most), "days": SETTLED_AFTER_DAYS})]
