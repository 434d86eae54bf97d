"""A sizing question as the page asks it: a form's values, a link, and what `hub size` is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analysis.app.limits import LIMITS, Limits, refuse_beyond, refuse_unfit
from analysis.app.view import View
from analysis.sizing.question import Question, read_question
from sim.errors import ConfigProblem
from sim.stages import FROM_REFERRAL

HARD = {
    "quick": ("sizing.search.most_replications=1600", "sizing.certify.replications=100"),
    "full": (),
}
"""How hard to look: a first idea, or as hub size does by itself."""
PREFIXES = ("target.", "hire.")
MOST_HIRED = 30.0
MOST_DAYS, LEAST = 365, 0.01
"""Bounds of the form: days to wait, and a share of people or futures."""


@dataclass(frozen=True)
class Target:
    """What must hold, who can be hired, and how hard to look for the cheapest plan."""

    stage: str
    days: int
    share: float
    assurance: float
    hire: Mapping[str, float]
    """Most WTE by `ROLE.KIND`."""
    hard: str = "quick"

    @classmethod
    def default(cls) -> Target:
        """Return what hub size asks by itself."""
        question = read_question()
        target = question.target
        return cls(target.stage, target.days, target.share, target.assurance, hire_of(question))

    @classmethod
    def from_link(cls, parameters: Mapping[str, str]) -> Target:
        """Return the target that a link names.

        Raises
        ------
        ConfigProblem
            When it names what is not there, or no numbers.
        """
        refuse_unfit(parameters)
        default = cls.default()
        values: dict[str, Any] = {"hire": dict(default.hire)}
        for name, text in parameters.items():
            where, _, key = name.partition(".")
            try:
                if where == "hire" and key in default.hire:
                    values["hire"][key] = float(text)
                elif where == "target" and key in ("share", "assurance"):
                    values[key] = float(text)
                elif where == "target" and key == "days":
                    values[key] = int(text)
                elif where == "target" and key in ("stage", "hard"):
                    values[key] = text
            except ValueError:
                raise ConfigProblem([f"{name}: got {text[:40]!r}; must be a number"]) from None
        found = cls(**{key: getattr(default, key) for key in ("stage", "days", "share", "assurance")} | values)
        found.question()
        return found

    def link(self) -> dict[str, str]:
        """Return the target as parameters of a link."""
        told = {key: getattr(self, key) for key in ("stage", "days", "share", "assurance", "hard")}
        changed = {key: most for key, most in self.hire.items() if most != Target.default().hire[key]}
        return {
            f"target.{key}": f"{value:g}" if isinstance(value, float) else str(value) for key, value in told.items()
        } | {f"hire.{key}": f"{most:g}" for key, most in changed.items()}

    def overrides(self) -> list[str]:
        """Return what hub size would be given for it."""
        default = Target.default().hire
        hired = ((*item.partition(".")[::2], most) for item, most in self.hire.items() if most != default[item])
        return [
            f"target.stage={self.stage}",
            f"target.days={self.days}",
            f"target.share={self.share!r}",
            f"target.assurance={self.assurance!r}",
            *(f"sizing.hire.{role}.most_wte.{kind}={most!r}" for role, kind, most in hired),
            *HARD[self.hard],
        ]

    def question(self) -> Question:
        """Return the question, checked.

        Raises
        ------
        ConfigProblem
            When a value is out of bounds.
        """
        if self.hard not in HARD:
            raise ConfigProblem([f"target.hard: got {self.hard[:40]!r}; choose from {', '.join(HARD)}"])
        if self.stage not in FROM_REFERRAL:
            raise ConfigProblem([f"target.stage: got {self.stage[:40]!r}; choose from {', '.join(FROM_REFERRAL)}"])
        if not 1 <= self.days <= MOST_DAYS:
            raise ConfigProblem([f"target.days: got {self.days:,}; must be 1 to {MOST_DAYS}"])
        for key in ("share", "assurance"):
            if not LEAST <= getattr(self, key) <= 1 - LEAST:
                raise ConfigProblem([f"target.{key}: got {getattr(self, key):g}; must be {LEAST} to {1 - LEAST}"])
        if many := [name for name, most in self.hire.items() if not 0 <= most <= MOST_HIRED]:
            raise ConfigProblem([f"hire.{many[0]}: got {self.hire[many[0]]:g}; must be 0 to {MOST_HIRED:g} WTE"])
        return read_question(self.overrides())


def hire_of(question: Question) -> dict[str, float]:
    """Return the most WTE that can be hired, by `ROLE.KIND`."""
    return {f"{role}.{kind}": most for role, hire in question.hire.items() for kind, most in hire.most_wte.items()}


def sizing_arguments(view: View, target: Target, store: str, limits: Limits = LIMITS) -> list[str]:
    """Return the arguments of hub size for a view and a target, checked.

    Parameters
    ----------
    store
        As seen from where hub size will run; own referrals lie there, too.

    Raises
    ------
    ConfigProblem
        When either is refused.
    """
    target.question()
    refuse_beyond(view.config(1), limits)
    own = [] if view.referrals is None else [f"demand.referrals_csv={view.referrals.path}"]
    return [*view.overrides, *own, *target.overrides(), f"run.store={store}"]
