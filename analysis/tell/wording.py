"""How names, numbers, dates and tables are written: one way each, on screen, in figures, in files and reports."""

from __future__ import annotations

import csv
import datetime
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from sim.stages import ALL_STAGES

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from analysis.estimates.intervals import Interval
    from sim.config.staffing import Role

Key = TypeVar("Key")
Value = TypeVar("Value")
MISSING = "–"
"""Stands for a figure that a run does not have."""
MINUS = "−"
LEAST_WHOLE = 10
"""Smaller figures have a decimal."""
MOST_DECIMALS = 4
"""More than usual, for a difference or an end of its interval that is close to nothing and is not nothing."""
KNOWN_FIGURES = 3
"""Figures of an amount of money that a simulation knows: £841,000."""
MINUTE, HOUR = 60, 3600
NEVER, ALWAYS = 0.005, 0.995
LEAST_TENTH, MOST_TENTH = 0.05, 0.95
MOST_NAMED = 3
NOT_BEATEN = "of resamples of the futures in which no other plan is as good on cost and waits together"
"""What `probability_not_beaten` is a share of."""
BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""With these Excel, LibreOffice and Google Sheets take a cell for a formula, or look behind them for one."""
QUOTE = "'"
"""Put before such a text in a CSV file, so that no name becomes a formula: workbooks show the rest as it is."""
WORDS = {stage.name: stage.words for stage in ALL_STAGES} | {
    "nhs_hospital_community": "NHS hospital and community",
    "nhs_primary_care": "NHS primary care",
    "social_care_other": "other social care",
    "police_fire": "police and fire",
    "manchester_arena": "Manchester Arena",
    "white_british": "White British",
    "white_other": "White other",
    "all": "everyone",
    "cbt": "CBT",
    "guided_self_help": "guided self-help",
}
"""Names of the configuration that need more than spaces to read well."""


@dataclass(frozen=True)
class Form:
    """How figures of one kind are written; call it with a value."""

    before: str = ""
    after: str = ""
    """The unit, before or after; in the brackets of an interval it is not said again."""
    scale: float = 1.0
    """What a value is multiplied by: 100 for a percentage."""
    places: int | None = None
    """Decimals; None for one below 10 and none from there on."""
    known: int | None = None
    """Figures that are known, the rest being noughts; None for all."""
    sign: bool = False
    """Whether a plus is written, for a difference."""
    least: float = -math.inf
    """No end of an interval is less: nobody waits −2 days."""

    def __call__(self, value: float) -> str:
        """Return a value with its unit."""
        return MISSING if math.isnan(value) else f"{self.before}{self._told(value, self._places(value))}{self.after}"

    def parts(self, found: Interval) -> tuple[str, str]:
        """Return a figure with its unit, and its interval without; the interval is empty where there is none."""
        if math.isnan(found.estimate) or math.isnan(found.low):
            return self(found.estimate), ""
        places = self._places(found.estimate)
        low, high = (self._told(max(end, self.least), places) for end in (found.low, found.high))
        return self(found.estimate), f"{low} to {high}"

    def parts_unless_alike(self, found: Interval) -> tuple[str, str]:
        """Return the parts of a figure; an interval with both ends as the figure itself is none."""
        middle, ends = self.parts(found)
        same = self._told(found.estimate, self._places(found.estimate)) if ends else ""
        return middle, "" if ends == f"{same} to {same}" else ends

    def interval(self, found: Interval) -> str:
        """Return a figure with its interval: `59% (53 to 65)`."""
        middle, ends = self.parts(found)
        return f"{middle} ({ends})" if ends else middle

    def range(self, low: float, high: float) -> str:
        """Return a range with its unit: `53% to 65%`."""
        return MISSING if math.isnan(low) else f"{self(max(low, self.least))} to {self(high)}"

    def _places(self, value: float) -> int:
        """Return decimals to round to; less than none for thousands."""
        scaled = abs(value * self.scale)
        if self.known is not None:
            return self.known - 1 - math.floor(math.log10(scaled)) if scaled else 0
        if self.places is not None:
            return self.places
        return 1 if scaled and round(scaled, 1) < LEAST_WHOLE and not isinstance(value, int) else 0

    def _told(self, value: float, places: int) -> str:
        """Return a value without its unit: a difference with so many decimals that it does not look like nothing."""
        for more in range(MOST_DECIMALS * self.sign):
            if round(value * self.scale, places + more):
                return self._bare(value, places + more)
        return self._bare(value, places)

    def _bare(self, value: float, places: int) -> str:
        scaled = round(value * self.scale, places) + 0.0  # + 0.0 turns -0 into 0
        shown = 0 if self.known is not None else places
        return f"{scaled:{'+' if self.sign and scaled else ''},.{shown}f}".replace("-", MINUS)


count = Form(least=0.0)
"""People, days, replications: one decimal below 10, where it is no whole number by nature."""
share = Form(after="%", scale=100, least=0.0)
pounds = Form(before="£", known=KNOWN_FIGURES, least=0.0)
"""Pounds that were estimated, to the three figures that are known."""
thousand_pounds = Form(before="£", after="k", scale=1e-3, known=KNOWN_FIGURES, least=0.0)
"""In figures, where there is little room; to the same figures as in a table."""
IN_UNITS = {
    "£ thousand": (Form(known=KNOWN_FIGURES, least=0.0), Form(places=0, sign=True)),
    "£": (Form(known=KNOWN_FIGURES, least=0.0), Form(places=0, sign=True)),
    "people": (count, Form(sign=True)),
}
"""How a level and a difference are written under a heading that has the unit; others as counts, and to a decimal."""


def level_in(unit: str, scale: float = 1.0) -> Form:
    """Return how levels are written under a heading that has their unit, after `scale` has put them into it."""
    return replace(IN_UNITS.get(unit, (count,))[0], scale=scale)


def change_in(unit: str, scale: float = 1.0) -> Form:
    """Return how differences between levels of a unit are written, with their sign."""
    return replace(IN_UNITS.get(unit, (count, Form(places=1, sign=True)))[1], scale=scale)


def unit_of_change(unit: str) -> str:
    """Return what a difference between two levels is counted in: two shares differ by percentage points."""
    return "percentage points" if unit == "%" else unit


def beside_band(role: Role, load: float) -> str:
    """Say, after a role's load, that it lies outside its band: `, below 60–85%`; nothing where it lies inside."""
    band = role.load_band
    side = "" if band is None else band.side_of(round(load, 2))
    return f", {side} {band.low * 100:.0f}–{share(band.high)}" if band and side else ""


def counted(number: int, what: str) -> str:
    """Return a number of things: `1 replication`, `2,000 replications`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def frequency(share_of: float) -> str:
    """Say a share as a natural frequency, before a plural: `about 9 in 10` simulated futures."""
    if math.isnan(share_of):
        return "an unknown number of"
    if share_of < NEVER:
        return "hardly any"
    if share_of > ALWAYS:
        return "nearly all"
    if LEAST_TENTH <= share_of < MOST_TENTH:
        return f"about {round(share_of * 10)} in 10"
    return f"about {max(round(share_of * 100), 1)} in 100"


def full_date(date: datetime.date) -> str:
    """Return a date: `1 April 2021`."""
    return f"{date.day} {date:%B %Y}"


def short_date(date: datetime.date) -> str:
    """Return a date where there is little room: `1 Apr 2021`."""
    return f"{date.day} {date:%b %Y}"


def duration(seconds: float) -> str:
    """Return a length of time in words: `40 seconds`, `3 minutes`, `1.5 hours`."""
    if seconds < MINUTE:
        return counted(max(round(seconds), 1), "second")
    return counted(round(seconds / MINUTE), "minute") if seconds < 2 * HOUR else f"{seconds / HOUR:.1f} hours"


def words(name: str) -> str:
    """Return a name of the configuration as words."""
    return WORDS.get(name) or " ".join("NHS" if part == "nhs" else part for part in name.split("_"))


def key_words(key: str) -> str:
    """Return a key of the configuration as words: `demand.multiplier` as demand multiplier."""
    return " ".join(map(words, key.split(".")))


def cell_words(name: str) -> str:
    """Return the name of a cell as words: `baseline,senior_led,demand.multiplier=1.2` as they would be said."""
    parts = (part.partition("=") for part in name.split(","))
    return ", ".join(set_words(key, value) if equals else words(key) for key, equals, value in parts)


def set_words(key: str, value: object) -> str:
    """Return what was set, as words: `therapist 2 WTE` of posts, else the key and its value."""
    match key.split("."):
        case ["staffing", "roles", role, *rest, "wte"]:
            line = words(rest[-1]) if rest and rest[-1] != role else ""
            return f"{': '.join(filter(None, [words(role), line]))} {str(value).removesuffix('.0')} WTE"
    return f"{key_words(key)} {value}"


def sentence(text: str) -> str:
    """Return text with a capital first letter and the rest as it is."""
    return text[:1].upper() + text[1:]


def in_quotes(name: str) -> str:
    """Return a name that somebody has given, as it stands in a sentence: “A second therapist”."""
    return f"“{name}”"


def plain(text: str) -> str:
    """Return text that Markdown shows as it is."""
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]<>#$~|:" else letter for letter in text)


def grouped(pairs: Iterable[tuple[Key, Value]]) -> dict[Key, list[Value]]:
    """Return the values of each key together, keys in the order of their first value."""
    together: dict[Key, list[Value]] = {}
    for key, value in pairs:
        together.setdefault(key, []).append(value)
    return together


def listed(names: Sequence[str], last: str = "and") -> str:
    """Return names as a list in a sentence: `A, B and C`."""
    return f" {last} ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def few(names: Sequence[str], what: str, last: str = "and") -> str:
    """Return names as a list in a sentence, or where they are many how many there are: `5 options`."""
    if len(names) > MOST_NAMED:
        return f"{'one of ' if last == 'or' else ''}{len(names)} {what}"
    return listed(names, last)


def csv_cell(value: Any) -> Any:
    """Return a value as it goes into a CSV: a text that a workbook would take for a formula has a quote before it."""
    return f"{QUOTE}{value}" if _like_a_formula(value) else value


def csv_of(table: pd.DataFrame) -> str:
    """Return a table as the text of a CSV file."""
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    safe = table.copy(deep=False)
    for name in table:
        if not (is_numeric_dtype(table[name]) or is_bool_dtype(table[name])):
            safe[name] = table[name].map(csv_cell, na_action="ignore")
    return safe.rename(columns=csv_cell).to_csv(index=False, float_format="%.10g")


def csv_of_rows(rows: Iterable[Sequence[Any]]) -> str:
    """Return rows, the heading first, as the text of a CSV file."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([csv_cell(value) for value in row] for row in rows)
    return text.getvalue()


def read_csv(path: Path) -> pd.DataFrame:
    """Return a table that `csv_of` has written, every name as it was; an empty cell is missing."""
    import pandas as pd

    table = pd.read_csv(path, keep_default_na=False, na_values=[""])
    for name in table.select_dtypes(include=["object", "string"]):
        table[name] = table[name].map(_as_it_was, na_action="ignore")
    return table


def _as_it_was(value: Any) -> Any:
    return value[len(QUOTE) :] if _like_a_formula(value) and value.startswith(QUOTE) else value


def _like_a_formula(value: Any) -> bool:
    """Return whether a value needs a quote before it; one that has some already gets another, so that none is lost."""
    return isinstance(value, str) and value.lstrip(QUOTE).startswith(BEGINS_A_FORMULA)
