"""Simulated futures under staffing plans: the same futures for every plan, each simulated once."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analysis.sizing.plan import Menu, Plan, decided_by, staffed
from analysis.sizing.question import Goal, Question
from analysis.tell.wording import duration
from sim.config import HubConfig, changed
from sim.run.experiment import simulate
from sim.run.replicate import Replication
from sim.run.results import ALWAYS, GOALS
from sim.run.store import Shelf
from sim.streams import Floats

Say = Callable[[str], None]


class OutOfBudget(Exception):
    """The search has used the replications that it was given."""


@dataclass
class Tally:
    """How many replications a sizing has looked at, how many of them were kept from before, and whom to tell."""

    used: int = 0
    from_store: int = 0
    searched: int = 0
    """Of those used, what the search took: all but the certificates and the card."""
    most: float = math.inf
    """That the search may take."""
    limited: bool = True
    """Whether what is used counts as the search's."""
    tell: Say = lambda _: None
    began: float = field(default_factory=time.monotonic)

    def at_most(self, replications: int) -> str:
        """Say how long so many more replications take at the most, at the speed of those so far."""
        simulated = self.used - self.from_store
        if simulated == 0 or replications <= 0:
            return f"at most {replications:,} more replications"
        seconds = (time.monotonic() - self.began) / simulated * replications
        return f"at most {replications:,} more replications, about {duration(seconds)}"

    def say(self, text: str) -> None:
        """Tell a text, with the replications so far before it."""
        self.tell(f"{self.used:>6,} replications ({self.from_store:,} from the store)  {text}")

    def use(self, replications: int) -> None:
        """Count replications that are about to be simulated; OutOfBudget when the search may not take so many more."""
        if self.limited:
            if self.searched + replications > self.most:
                raise OutOfBudget
            self.searched += replications
        self.used += replications


def searching(config: HubConfig, question: Question) -> HubConfig:
    """Return the configuration of search runs: judged against the goals, and over at the last deadline."""
    first, last = question.counted_days(config)
    horizon_days = last + max(goal.days for goal in question.goals)
    return changed(judged(config, question.goals, first, last), {"run.horizon_days": horizon_days})


def judged(config: HubConfig, goals: Iterable[Goal], first_day: int, last_day: int) -> HubConfig:
    """Return a configuration whose standards are the goals, for people referred between two days."""
    standards = {f"standards.stages.{goal.stage}": {"days": goal.days, "share": goal.share} for goal in goals}
    days = {"standards.referred_from_day": first_day, "standards.referred_to_day": last_day}
    a_future_each = {"uncertainty.replications_per_draw": 1}  # a test of plans takes futures for independent
    return changed(config, standards | days | a_future_each | {"run.keep": [], "run.profile": False})


def more_demand(config: HubConfig, factor: float) -> HubConfig:
    """Return a configuration in which so many times as many people refer, after incidents too."""
    more = {
        ("incident", name, "exposed", tier, "take_up_share"): min(1.0, exposure.take_up_share * factor)
        for name, incident in config.incident.items()
        for tier, exposure in incident.exposed.items()
    }
    return changed(config, {"demand.multiplier": config.demand.multiplier * factor} | more)


def more_sickness(config: HubConfig, times: float) -> HubConfig:
    """Return a configuration in which staff are sick so many times as much, at most nine tenths of the time."""
    share = config.staffing.absence.sickness.absence_share
    return changed(config, {"staffing.absence.sickness.absence_share": min(0.9, share * times)})


@dataclass
class Futures:
    """Outcomes of plans in numbered futures, remembered."""

    config: HubConfig
    """As `searching` returns it."""
    menu: Menu
    goals: Sequence[Goal]
    """What must hold."""
    tally: Tally = field(default_factory=Tally)
    late_days: int = 0
    slip_days: int = 0
    first: int = 0
    """Replication that is future 0: another one gives other futures."""
    _known: dict[Plan, dict[int, Floats]] = field(default_factory=dict)
    """Shares seen in time, by plan and future."""

    def shares(self, plan: Plan, numbers: Sequence[int]) -> Floats:
        """Return the share seen in time, shape (futures, goals); 1 where nobody is eligible."""
        known = self._known.setdefault(plan, {})
        new = [number for number in numbers if number not in known]
        if new:
            self.look(plan, new)
        return np.array([known[number] for number in numbers]).reshape(len(numbers), len(self.goals))

    def look(self, plan: Plan, numbers: Sequence[int], goals_only: bool = True) -> list[Replication]:
        """Simulate a plan in these futures, for its goals alone or for everything that is counted."""
        config = staffed(self.config, self.menu, plan, self.late_days, self.slip_days)
        results, known = [], self._known.setdefault(plan, {})
        for result in counted(config, [self.first + number for number in numbers], self.tally, goals_only):
            results.append(result)
            known[result.number - self.first] = np.array([share_in_time(result, goal.stage) for goal in self.goals])
        return results

    def seen(self, plan: Plan, first: int) -> tuple[list[int], Floats]:
        """Return the futures from number `first` on in which a plan has been simulated, and the shares seen in time."""
        numbers = [number for number in self._known.get(plan, {}) if number >= first]
        return numbers, self.shares(plan, numbers)

    def met(self, plan: Plan, numbers: Sequence[int]) -> np.ndarray:
        """Return in which futures every goal holds, shape (futures,)."""
        return np.asarray((self.shares(plan, numbers) >= self._least).all(axis=1))

    def failed(self, plan: Plan) -> list[int]:
        """Return the numbers of the futures simulated so far in which a plan fails."""
        known = list(self._known.get(plan, {}))
        return [number for number, met in zip(known, self.met(plan, known), strict=True) if not met]

    def implied(self, plan: Plan) -> dict[int, bool]:
        """Return whether a plan holds by future, where others imply it: with more staff, as early, it holds as often.

        Where they contradict each other nothing is implied.
        """
        decided, holds, fails = decided_by(plan), set[int](), set[int]()
        for other, known in self._known.items():
            its = decided_by(other)
            if (more := (its >= decided).all()) == (its <= decided).all():  # the same plan, or neither has more
                continue
            failed = set(self.failed(other))
            fails, holds = (fails | failed, holds) if more else (fails, holds | (set(known) - failed))
        return dict.fromkeys(holds - fails, True) | dict.fromkeys(fails - holds, False)

    def margins(self, plan: Plan) -> dict[int, float]:
        """Return by how much the goal that is met least is met, by future simulated so far."""
        known = self._known.get(plan, {})
        return {number: float((shares - self._least).min()) for number, shares in known.items()}

    def shortfall(self, plan: Plan, numbers: Sequence[int]) -> float:
        """Return by how much shares fall short of their goals, summed over futures and goals."""
        return float(np.maximum(0.0, self._least - self.shares(plan, numbers)).sum())

    @property
    def _least(self) -> Floats:
        return np.array([goal.share for goal in self.goals])

    @property
    def plans(self) -> int:
        """How many plans have been simulated."""
        return sum(map(bool, self._known.values()))


def counted(config: HubConfig, numbers: Sequence[int], tally: Tally, goals_only: bool = False) -> Iterable[Replication]:
    """Simulate and count how many replications were used and how many had been kept."""
    tally.use(len(numbers))
    shelf = Shelf.of(config)
    if shelf is not None:
        tally.from_store += sum(shelf.has(number, GOALS if goals_only else ALWAYS) for number in numbers)
    yield from simulate(config, numbers, goals_only=goals_only)


def share_in_time(result: Replication, stage: str) -> float:
    """Return the share of those eligible for a stage who reached it within the standard; 1 if nobody was eligible."""
    if "in_time" in result.tables:
        rows = [row for row in result.tables["in_time"].to_pylist() if row["stage"] == stage]
        top, bottom = "in_time", "eligible"
    else:
        rows = _everybody(result.tables["measures"], measure="within_standard_share", stage=stage).to_pylist()
        top, bottom = "numerator", "denominator"
    eligible = sum(row[bottom] for row in rows)
    return sum(row[top] for row in rows) / eligible if eligible else 1.0


def weekly_futures(results: Sequence[Replication], stage: str, column: str) -> Floats:
    """Return a weekly figure of a list in each replication, shape (replications, weeks)."""
    return np.array([_everybody(result.tables["weekly"], stage=stage)[column] for result in results], dtype=float)


def figures(results: Sequence[Replication], measure: str, stage: str) -> Floats:
    """Return a measure of everybody in each replication, shape (replications,)."""
    tables = [_everybody(result.tables["measures"], measure=measure, stage=stage) for result in results]
    return np.array([table["value"][0].as_py() for table in tables], dtype=float)


def _everybody(table: pa.Table, **names: str) -> pa.Table:
    """Return the rows of a table of measures or weeks that are of everybody and have these names."""
    names["dimension"] = "all"
    wanted = [pc.equal(pc.cast(table[column], "string"), name) for column, name in names.items()]
    return table.filter(reduce(pc.and_, wanted))
