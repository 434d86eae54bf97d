"""How many of whom to ask for, and when: the cheapest staffing found that meets a target, with its certificate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from resilience_hub.configuration import Configuration
from resilience_hub.notebook import account, as_written, copied, drawn
from resilience_hub.refusals import in_python

if TYPE_CHECKING:
    from os import PathLike

    import pandas as pd
    from matplotlib.figure import Figure

    from analysis.sizing.sizing import Answer
    from analysis.sizing.stress import Stress

FigureName = Literal["lists", "waiting"]
FUTURES_DIFFER = "uncertainty=futures"
"""What a sizing takes unless the configuration says otherwise."""


def size(configuration: Configuration, target: Sequence[str], progress: bool | Callable[[str], None]) -> Sizing:
    """Find the cheapest staffing that meets a target; see `Configuration.size`."""
    from analysis.sizing.question import read_question, split_overrides
    from analysis.sizing.sizing import size as sized
    from sim.errors import HubError

    ours, hubs = split_overrides(text if _is_ours(text) or _is_hubs(text) else f"sizing.{text}" for text in target)
    if hubs:
        key, _, given = hubs[0].partition("=")
        raise HubError(f"{key}: got {given} with a target; change the configuration instead")
    question = read_question(ours, configuration.folder)
    if not any(text.startswith("uncertainty") for text in configuration.overrides):
        configuration = configuration.change(FUTURES_DIFFER)
    with account(progress) as say:
        return Sizing(configuration, sized(configuration.checked, question, say))


def _is_ours(text: str) -> bool:
    from analysis.sizing.question import GROUP, TOP

    return text.partition("=")[0].partition(".")[0] in (*TOP, GROUP)


def _is_hubs(text: str) -> bool:
    from sim.config import HubConfig

    return text.partition("=")[0].partition(".")[0] in HubConfig.model_fields


@dataclass(frozen=True, repr=False)
class Sizing:
    """What a sizing found; made by `Configuration.size`."""

    configuration: Configuration
    """What was sized."""
    _answer: Answer

    @property
    def certified(self) -> bool:
        """Whether the plan held in enough futures that it was not found in."""
        return self._answer.certified

    @property
    def headline(self) -> str:
        """The answer in a sentence."""
        from analysis.sizing.wording import headline

        return headline(self._answer)

    @property
    def cost_gbp(self) -> float | None:
        """What the plan costs until contracts or the run end, posts filled on time and kept; None without a plan."""
        from analysis.sizing.plan import cost_gbp

        return None if self._answer.plan is None else float(cost_gbp(self._answer.menu, self._answer.plan))

    @property
    @copied
    def plan(self) -> pd.DataFrame:
        """Whom to ask for: `role`, `contract`, `ask_on` (a date), `wte`, `cost_gbp`; no rows without a plan."""
        import pandas as pd

        from sim.calendar import date_of

        answer, rows = self._answer, []
        start, menu = answer.config.run.start_date, answer.menu
        for option, units, prices in zip(menu.options, answer.plan or (), menu.price_gbp.tolist(), strict=False):
            for day, number, price in zip(menu.decision_days, units, prices, strict=True):
                if number:
                    asked = (date_of(start, day), number * option.step_wte, number * price)
                    rows.append((option.role, option.kind, *asked))
        table = pd.DataFrame(rows, columns=["role", "contract", "ask_on", "wte", "cost_gbp"])
        return table.astype({"ask_on": "datetime64[s]"})

    @cached_property
    def _stress(self) -> Stress | None:
        from analysis.sizing.stress import stress

        return None if self._answer.shown is None else stress(self._answer, self._answer.shown)

    def plot(self, figure: FigureName = "lists") -> Figure:
        """Draw one of the figures of the card.

        Parameters
        ----------
        figure
            `lists` (with the plan and without) or `waiting` (how many wait how long, and cost by month).
        """
        from analysis.sizing.pictures import lists, months_and_waiting
        from sim.errors import HubError, nearest

        if (plan := self._answer.shown) is None or (stress := self._stress) is None:
            raise HubError(f"figure: got {figure}, but no plan was found to draw; print the sizing for what was found")
        if figure == "lists":
            return drawn(lists, self._answer, stress)
        if figure == "waiting":
            return drawn(months_and_waiting, self._answer, stress, plan)
        raise HubError(f"figure: got {figure}; {nearest(str(figure), get_args(FigureName))}")

    def save(self, folder: str | PathLike[str]) -> Path:
        """Write what `hub size` leaves into a new folder, and return it: the card, every number, the plan as an option.

        `load(folder=FOLDER, staffing="sized")` then is the Hub with the plan.
        """
        from analysis.sizing.card import write_card, write_files
        from sim.disk.folders import new_folder

        with in_python(), new_folder(Path(folder)) as unfinished:
            write_card(self._answer, self._stress, unfinished)
            write_files(self._answer, self._stress, unfinished)
        return Path(folder)

    def __str__(self) -> str:
        """Return the card that `hub size` prints."""
        from analysis.sizing.card import card_lines

        return "\n".join(card_lines(self._answer, self._stress))

    def __repr__(self) -> str:
        """Return the answer in a sentence."""
        return f"<Sizing: {self.headline}>"

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the card."""
        return as_written(str(self))
