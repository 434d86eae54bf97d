"""What stands in the way of a target that cannot be met: each limit is lifted by itself, in the same futures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from analysis.sizing.futures import Futures, OutOfBudget, Tally, more_demand, searching
from analysis.sizing.plan import everything
from analysis.sizing.question import Question
from analysis.sizing.supply import menu_of
from analysis.tell.wording import sentence
from sim.config import HubConfig, changed

LEAST_GAIN = 0.02
"""What lifts the share seen in time by less is not what stands in the way."""
OF_GREATEST = 0.25
"""Nor is what lifts it by less than this part of what the greatest limit does."""
LITTLE_DEMAND = 0.25
TIMES_STAFF = 3.0
AT_ONCE = 0.05
"""Weeks or days: as good as none, where none cannot be written."""
MOST_FUTURES = 40


@dataclass(frozen=True)
class Lifted:
    """What the most staff that can be had attain where one limit is lifted."""

    limit: str
    """In words: `the notice given of an appointment`."""
    without: str
    """What was simulated in its place, in words."""
    shares: tuple[float, ...]
    """Share seen in time that they exceed in `assurance` of futures, by goal."""
    gain: float
    """By how much the goal that is missed by most comes nearer."""
    met: int
    of: int

    def numbers(self) -> dict[str, object]:
        """Return it as plain values."""
        return {
            "limit": self.limit,
            "without": self.without,
            "most_share": list(self.shares),
            "gain": self.gain,
            "met": self.met,
            "of": self.of,
        }


def _set(**values: object) -> Callable[[HubConfig], HubConfig]:
    """Return a change of a configuration; `__` stands for the dots of a path."""
    return lambda config: changed(config, {path.replace("__", "."): value for path, value in values.items()})


LIMITS: tuple[tuple[str, str, Callable[[HubConfig], HubConfig]], ...] = (
    ("the notice given of an appointment", "appointments on the next free day", _set(pathway__lists__notice_days=0)),
    (
        "the time that screening takes",
        "screens completed on the day and reviewed in a minute",
        _set(
            screening__completion_median_days=AT_ONCE,
            screening__completion_sigma=0.0,
            screening__reminder_after_days=0.0,
            screening__review_minutes=1,
        ),
    ),
    (
        "the absence of clinicians",
        "nobody on leave or sick",
        _set(
            staffing__absence__annual_leave_days=0,
            staffing__absence__study_days=0,
            staffing__absence__bank_holidays=False,
            staffing__absence__sickness__absence_share=0.0,
            staffing__absence__maternity_leave=None,
        ),
    ),
    (
        "how long it takes to hire",
        "new staff there at once and with a full caseload",
        _set(
            staffing__recruitment__lead_median_weeks=AT_ONCE,
            staffing__recruitment__agency_lead_median_weeks=AT_ONCE,
            staffing__recruitment__induction_weeks=0.0,
            staffing__recruitment__ramp_weeks=0.0,
            staffing__recruitment__agency_ramp_weeks=0.0,
        ),
    ),
    ("how many can be hired", f"{TIMES_STAFF:g} times as many, all of them at once", lambda config: config),
    ("demand", f"{LITTLE_DEMAND:.0%} of it", lambda config: more_demand(config, LITTLE_DEMAND)),
)
"""Each limit, what is simulated in its place, and the configuration without it."""
OF_STAFF = [name for name, _, _ in LIMITS[3:]]
HIRING, HOW_MANY, _ = OF_STAFF
AMPLE = f"{TIMES_STAFF:g} times as many staff, all of them there at once"


@dataclass(frozen=True)
class Reasons:
    """Why a target is out of reach."""

    ample: Lifted | None = None
    """With several times the staff, there at once; None where the replications did not last for it."""
    staff_would_do: bool = False
    """Whether they would meet the target: if not, no hiring does, and limits of staff do not stand in the way."""
    each: tuple[Lifted, ...] = ()
    """Limits lifted one at a time, what helps most first; with the ample staff where these would not do."""

    def numbers(self) -> dict[str, object]:
        """Return it as plain values."""
        way, rest = self.in_the_way() if self.ample else ([], [])
        ample = self.ample.numbers() if self.ample else None
        each = [one.numbers() for one in self.each]
        return {"ample_staff": ample, "in_the_way": way, "not_in_the_way": rest, "each": each}

    def in_the_way(self) -> tuple[list[str], list[str]]:
        """Return the limits that stand in the way, the greatest first, and those that do not."""
        least = max(LEAST_GAIN, OF_GREATEST * max((one.gain for one in self.each), default=0.0))
        way = [one.limit for one in self.each if one.gain >= least]
        of_staff = [] if self.staff_would_do else OF_STAFF
        return way, [one.limit for one in self.each if one.gain < least] + of_staff


def reasons(config: HubConfig, question: Question, base: Sequence[float], tally: Tally) -> Reasons:
    """Lift one limit at a time, in the same futures; `base` is what is attained with all of them, by goal.

    First everything that limits staff at once. Where even that does not do, what is left takes days whoever is there,
    and is lifted beside it. What was found until the replications are used is returned.
    """
    numbers = range(min(question.search.looks[-1], MOST_FUTURES))
    asked = np.array([goal.share for goal in question.goals])

    def attained(limit: str, without: str, hub: HubConfig, of: Question, margin: float) -> Lifted:
        tally.say(f"   What stands in the way? {sentence(limit)}: with {without}")
        menu = menu_of(hub, of)
        shares = Futures(searching(hub, of), menu, of.goals, tally).shares(everything(menu), numbers)
        exceeded = np.quantile(shares, 1 - question.target.assurance, axis=0)
        met = int((shares >= asked).all(axis=1).sum())
        nearer = float((exceeded - asked).min()) - margin
        return Lifted(limit, without, tuple(exceeded.tolist()), nearer, met, len(shares))

    found, each = Reasons(), list[Lifted]()
    margin = float((np.array(base) - asked).min())
    with suppress(OutOfBudget):
        plenty = dict((name, lift) for name, _, lift in LIMITS)[HIRING](config)
        ample = attained("limits to staff", AMPLE, plenty, more_staff(question), margin)
        found = Reasons(ample, bool((np.array(ample.shares) >= asked).all()))
        here, of = (config, question) if found.staff_would_do else (plenty, more_staff(question))
        margin = margin if found.staff_would_do else margin + ample.gain
        for limit, without, lift in LIMITS:
            if found.staff_would_do or limit not in OF_STAFF:
                more = more_staff(of) if limit == HOW_MANY else of
                each.append(attained(limit, without, lift(here), more, margin))
    return replace(found, each=tuple(sorted(each, key=lambda one: -one.gain)))


def more_staff(question: Question) -> Question:
    """Return a question in which several times as many can be had of everybody, at once."""
    hire = {
        role: hire.model_copy(update={"most_wte": {kind: TIMES_STAFF * most for kind, most in hire.most_wte.items()}})
        for role, hire in question.hire.items()
    }
    return question.model_copy(update={"hire": hire, "supply": {}})
