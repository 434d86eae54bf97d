"""Plans beside each other, pair by pair: the same people with the same luck under every plan."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from resilience_hub.configuration import Configuration, Progress, keys_of
from resilience_hub.notebook import as_written, copied, drawn, progress
from resilience_hub.refusals import in_python, remedied

if TYPE_CHECKING:
    from os import PathLike

    import pandas as pd
    from matplotlib.figure import Figure

    from analysis.comparison.comparison import Comparison as Compared
    from analysis.comparison.plans import SweptPlan
    from analysis.comparison.read_sweep import Sweep
    from resilience_hub.results import Results

FigureName = Literal["overview", "cost_and_waits", "differences", "lists", "equity", "cost"]
FEWEST = 2
"""Of plans and of replications: a comparison is of pairs."""
NOT_COMPARED = ("precision", "keep")
"""Keys of `run` that a comparison would not obey."""


def compare(
    plans: Mapping[str, Configuration | Results],
    baseline: str | None = None,
    replications: int | None = None,
    stage: str | None = None,
    delta_points: float | None = None,
    processes: int | None = None,
    progress: Progress = True,
) -> Comparison:
    """Simulate plans that meet the same people, and compare each with a baseline as `hub compare` does.

    Plans may stand in several scenarios, under names such as `"baseline/As now"` and `"major_incident/As now"`: each is
    compared with the baseline plan in its own scenario. One plan is what is decided alike, whatever happens.

    Parameters
    ----------
    plans
        Two or more configurations by the name that each is to have; of results, what was simulated is simulated again
        or found in the store. They must agree in seed, time, opening, standards
        and the way parameters are drawn.
    baseline
        The name of the plan that the others are compared with; the first if not given.
    replications
        How many of each; `run.replications` of the baseline if not given.
    stage
        The one wait that decides: `referral_to_assessment` or `referral_to_therapy`; if not given both do, in turn.
    delta_points
        The smallest difference that matters, in percentage points of people seen within the standard.
    processes, progress
        See `Configuration.simulate`.

    Raises
    ------
    HubError
        If the plans cannot be compared pair by pair.
    """
    from analysis.comparison.compare import compare as compared
    from analysis.comparison.compare import stages_asked
    from sim.errors import HubError, nearest

    with in_python(given=keys_of(replications, processes)):
        named = _by_name(plans)
        if len(named) < FEWEST:
            raise HubError(f"plans: got {len(named)}; give two configurations or more, each by a name")
        first = baseline if baseline is not None else next(iter(named))
        if first not in named:
            raise HubError(f"baseline: got {first}; {nearest(str(first), list(named))}")
        delta = None if delta_points is None else _share(delta_points)
        number = replications if replications is not None else named[first].checked.run.replications
        same = {name: plan._with(number, processes) for name, plan in named.items()}
        stages_asked({name: plan.checked for name, plan in same.items()}, stage)  # before anything is simulated
        return Comparison(compared(_simulated(same, first, progress), first, stage, delta))


def _share(delta_points: object) -> float:
    """Return percentage points as a proportion; HubError for anything else."""
    from sim.errors import HubError

    number = isinstance(delta_points, int | float) and not isinstance(delta_points, bool)
    if not number or not 0 < delta_points < 100:  # type: ignore[operator]  # noqa: PLR2004 (percentage points)
        raise HubError(f"delta_points: got {delta_points!r}; give percentage points, a number above 0 and below 100")
    return float(delta_points) / 100  # type: ignore[arg-type]


def _by_name(plans: object) -> dict[str, Configuration]:
    """Return the configurations by name; HubError for what is none."""
    from resilience_hub.results import Results
    from sim.errors import HubError

    if not isinstance(plans, Mapping):
        told = 'give each plan a name, as compare({"As now": a, "More": b})'
        raise HubError(f"plans: got a {type(plans).__name__}; {told}")
    named = {name: plan.configuration if isinstance(plan, Results) else plan for name, plan in plans.items()}
    for name, plan in named.items():
        if not isinstance(name, str) or not isinstance(plan, Configuration):
            told = "give a configuration that load() returns, by a name in quotes"
            raise HubError(f"plans: got {name!r}: a {type(plan).__name__}; {told}")
    return named


def _plan_names(cells: Iterable[SweptPlan]) -> dict[str, str]:
    """Return by cell the name of its plan, the same in every scenario: its user's, less `SCENARIO/` before it.

    Which cells are one plan in several scenarios is known by what they decide; it then has the name of the first.
    """
    firsts: dict[str, SweptPlan] = {}
    of_cell, taken = {}, set()
    for cell in cells:
        same = cell.plan if (cell.plan, cell.world) not in taken else cell.name
        taken.add((cell.plan, cell.world))
        firsts.setdefault(same, cell)
        of_cell[cell.name] = same
    short = {
        same: cell.name.removeprefix(f"{cell.scenario}/").removeprefix(f"{cell.scenario},")
        for same, cell in firsts.items()
    }
    told = short if len(set(short.values())) == len(short) else {same: cell.name for same, cell in firsts.items()}
    return {name: told[same] for name, same in of_cell.items()}


def _simulated(plans: Mapping[str, Configuration], baseline: str, shown: Progress) -> Sweep:
    """Simulate the same replications of every plan, the baseline first, and put their tables together."""
    import pyarrow as pa

    from analysis.comparison.plans import SweptPlan
    from analysis.comparison.read_sweep import Sweep, refuse_unless_pairs
    from sim.errors import HubError
    from sim.launch.cells import changes_of
    from sim.launch.decisions import DECISION, Sides, sort_cell
    from sim.launch.options import SCENARIO, Options
    from sim.run.experiment import CellRun, simulate_each
    from sim.run.manifest import config_hash
    from sim.run.processes import get_ready
    from sim.run.results import ALWAYS, labelled

    swept, configs = {}, []
    every = {name: changes_of(plan.overrides) for name, plan in plans.items()}
    for name in sorted(plans, key=lambda name: name != baseline):
        config = plans[name].checked
        if ignored := next((key for key in NOT_COMPARED if getattr(config.run, key)), None):
            raise HubError(f"run.{ignored}: got {getattr(config.run, ignored)}; only simulate() obeys it: leave it out")
        of_it = config.scenario, config.staffing_model, config, config_hash(config), config.run.replications
        levers = every[name]
        own = {key: value for key, value in levers.items() if any(one.get(key) != value for one in every.values())}
        sides, options, content = Sides(), Options(plans[name].folder), config.model_dump()
        decided = sides.of_scenario(config.scenario, options.set_by(config.scenario), content) == DECISION
        place = sort_cell(sides, of_it[:2], own, decided, content, options.defaults[SCENARIO])
        swept[name] = SweptPlan(name, *of_it, levers, {}, called=name, plan=place.plan, world=place.scenario)
        configs.append(config)
    called = _plan_names(swept.values())
    swept = {name: replace(plan, plan=called[name]) for name, plan in swept.items()}
    refuse_unless_pairs(swept.values())
    number = configs[0].run.replications
    if number < FEWEST:
        raise HubError(f"run.replications: got {number}; run each plan at least twice")
    if configs[0].run.jobs != 1:
        get_ready()
    names = list(swept)
    labels = [CellRun(name, config, Path()).labels for name, config in zip(names, configs, strict=True)]
    tables: dict[str, list[pa.Table]] = {name: [] for name in ALWAYS}
    with progress(shown, f"{len(names)} plans: replications") as told:
        for position, one in simulate_each(configs, range(number), told):
            for table, found in tables.items():
                found.append(labelled(table, one.tables[table], labels[position]))
    whole = {name: pa.concat_tables(parts).unify_dictionaries().to_pandas() for name, parts in tables.items()}
    return Sweep(Path(), swept, **whole)


@dataclass(frozen=True, repr=False)
class Comparison:
    """Plans compared with a baseline; made by `compare`. Differences are plan less baseline, in pairs of replications.

    Intervals are 95 %; those of the primary figures (seen in time at each standard, cost) hold for all plans at once.
    """

    _found: Compared

    @property
    @copied
    def headlines(self) -> pd.DataFrame:
        """The figures that decide and others, one row for each plan and figure in its `unit`.

        Levels, `difference` with its interval `low` to `high` (`simultaneous_low` to `simultaneous_high` for primary
        figures), `p`, `verdict` and, where there is none, `because`. It is what `headlines.csv` holds.
        """
        import pandas as pd

        from analysis.comparison.tables import headline_rows

        return pd.DataFrame(headline_rows(self._found))

    @property
    @copied
    def differences(self) -> pd.DataFrame:
        """Every measure of every plan less its baseline, in pairs: one row for each plan and measure.

        `measure`, `stage`, `dimension`, `group` and `unit` as in `Results.measures`, then `difference` with its
        interval `low` to `high`, `p`, and what pairing was worth. It is what `differences.csv` holds; `headlines` are
        the few of them that answer a question, with a verdict.
        """
        from analysis.comparison.tables import all_differences

        return all_differences(self._found)

    @property
    @copied
    def levels(self) -> pd.DataFrame:
        """Every plan's own estimates: `plan` and the columns of `Results.measures`."""
        import pandas as pd

        each = self._found.estimates.items()
        levels = pd.concat([table.assign(plan=plan) for plan, table in each], ignore_index=True)
        return levels[["plan", *levels.columns[:-1]]]

    @property
    @copied
    def choice(self) -> pd.DataFrame:
        """Which plans may be the best, which no other beats on cost and wait, and how often each meets the standard."""
        import pandas as pd

        from analysis.comparison.tables import choice_rows

        return pd.DataFrame(choice_rows(self._found))

    @property
    @copied
    def equity(self) -> pd.DataFrame:
        """Every group's level, its gap to the reference group, and how each plan changes that gap."""
        from analysis.comparison.taken_apart import equity_table

        return equity_table(self._found)

    def plot(self, figure: FigureName = "overview") -> Figure:
        """Draw one of the figures of the report.

        Parameters
        ----------
        figure
            `overview` (both waits, staff groups, lists by date), `cost_and_waits`, `differences`, `lists`, `equity` or
            `cost`.
        """
        from analysis.comparison import appendix_figures, figures
        from analysis.comparison.board_figure import overview
        from sim.errors import HubError, nearest

        if figure == "overview":
            return drawn(partial(overview, self._found, self.equity))
        if figure == "cost_and_waits":
            return drawn(figures.cost_and_waits, self._found)
        if figure == "equity":
            return drawn(figures.equity_dots, self._found, self.equity)
        if figure == "differences":
            return drawn(appendix_figures.forest, self._found)
        if figure == "lists":
            return drawn(appendix_figures.fans, self._found)
        if figure == "cost":
            return drawn(appendix_figures.cost_stack, self._found)
        raise HubError(f"figure: got {figure}; {nearest(str(figure), get_args(FigureName))}")

    def save(self, folder: str | PathLike[str]) -> Path:
        """Write the tables and figures of `hub compare` into a new folder, and return it."""
        from analysis.comparison.across import across
        from analysis.comparison.report import draw
        from analysis.comparison.tables import write_tables
        from sim.disk.folders import new_folder

        with in_python(), new_folder(Path(folder)) as unfinished:
            found = across(self._found)
            write_tables(found, self.equity, unfinished)
            draw(found, self.equity, [], unfinished)
        return Path(folder)

    def __str__(self) -> str:
        """Return what `hub compare` prints."""
        from analysis.comparison.across import across
        from analysis.comparison.tables import print_comparison
        from analysis.comparison.taken_apart import widened_gaps

        text = io.StringIO()
        print_comparison(across(self._found), widened_gaps(self._found, self.equity), text)
        return remedied(text.getvalue())

    def __repr__(self) -> str:
        """Return what is compared."""
        return f"<{', '.join(self._found.plans)} compared over {len(self._found.sweep.numbers)} pairs of replications>"

    def _repr_html_(self) -> str:
        """Return what a notebook shows: what `hub compare` prints."""
        return as_written(str(self))
