"""The evidence register, conf/evidence.csv, the grades of the numbers in use, and what else only files tell."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml  # type: ignore[import-untyped]

from sim.composed import Outside, is_number, leaves
from sim.config import HubConfig
from sim.config.kinds import InputFile, Refused
from sim.disk import conf_dir
from sim.errors import HubError

REGISTER = "evidence.csv"
WHOLE_CONFIG = ("config", "scenario")
"""Files whose keys are those of the whole configuration, not of one part of it."""
SETTING = "setting"
GRADES = {
    "A": "stated in the study of the Resilience Hubs",
    "B": "read in another source",
    "C": "known from the literature, not checked",
    "D": "assumption",
    SETTING: "a choice of what to simulate, or a definition",
}
"""What each grade means."""
CHANGED = "changed"
"""Counted in place of a grade where a scenario or the command line sets another value than conf/."""
RANGES = "uncertainty.parameters."
"""Begins the keys of what may be drawn in place of a number: it comes with the number, from its row."""


class EvidenceRow(NamedTuple):
    """A row of the register, as text, after its line in the file."""

    line: int
    path: str
    value: str
    unit: str
    low: str
    high: str
    distribution: str
    grade: str
    evidence_id: str
    source: str
    note: str

    @property
    def key(self) -> str:
        """Where the number stands in a composed configuration: `pathway.attendance.therapy_next.missed_share`."""
        group, key = self.option.partition("/")[0], self.path.partition(":")[2]
        return key if group in WHOLE_CONFIG else f"{group}.{key}"

    @property
    def option(self) -> str:
        """The file that holds the number: `pathway/study`, or `scenario/funding_cut`."""
        return self.path.partition(":")[0]


COLUMNS = EvidenceRow._fields[1:]


def read_register(conf: Path | None = None) -> list[EvidenceRow]:
    """Return the rows of the register, in the order of the file.

    Raises HubError if the file is missing, its columns are not `COLUMNS`, or a row has more or fewer cells.
    """
    file = (conf or conf_dir()) / REGISTER
    if not file.is_file():
        raise HubError(f"{file}: there is no such file; install the package again, or give a folder that holds it")
    with file.open(encoding="utf-8", newline="") as text:
        lines = list(enumerate(csv.reader(text), start=1))
    if not lines or tuple(lines[0][1]) != COLUMNS:
        raise HubError(f"{file}:1: got another heading; the columns must be {', '.join(COLUMNS)}")
    if ragged := [str(line) for line, cells in lines if len(cells) != len(COLUMNS)]:
        raise HubError(
            f"{file}:{', '.join(ragged)}: got more or fewer than {len(COLUMNS)} cells; put text with commas in quotes"
        )
    return [EvidenceRow(line, *cells) for line, cells in lines[1:]]


def as_number(text: str) -> float | None:
    """Return text as a number; None if it is none."""
    try:
        return float(text)
    except ValueError:
        return None


class Range(NamedTuple):
    """How far a number goes in the evidence, over all the options that hold it."""

    low: float
    high: float
    unit: str
    evidence_id: str


def ranges(conf: Path | None = None) -> dict[str, Range]:
    """Return the range of every number that has one, by its key in a composed configuration."""
    found: dict[str, Range] = {}
    for row in read_register(conf):
        low, high = as_number(row.low), as_number(row.high)
        if low is None or high is None or low == high:  # a figure of one year, such as a tax rate, has no range
            continue
        before = found.get(row.key, Range(low, high, row.unit, row.evidence_id))
        found[row.key] = before._replace(low=min(low, before.low), high=max(high, before.high))
    return found


class Used(NamedTuple):
    """A number of one configuration, and its row; None where a scenario or the command line brought the value."""

    key: str
    value: float
    row: EvidenceRow | None


def numbers_in_use(config: HubConfig | Mapping[str, Any], conf: Path | None = None) -> list[Used]:
    """Return the numbers of one configuration, composed or validated: of the chosen options only.

    Where several options of a group share a key and a value, the row with the weakest of their grades counts.
    """
    content = config if isinstance(config, Mapping) else config.model_dump(mode="json")
    mine_only = f"scenario/{content.get('scenario')}"
    rows: dict[str, list[EvidenceRow]] = {}
    for row in read_register(conf):
        if not row.option.startswith("scenario/") or row.option == mine_only:
            rows.setdefault(row.key, []).append(row)
    used = []
    for key, value in leaves(content):
        if is_number(value) and not key.startswith(RANGES):
            mine = [row for row in rows.get(key, ()) if row.grade == SETTING or as_number(row.value) == value]
            weakest = max(mine, key=lambda row: "" if row.grade == SETTING else row.grade, default=None)
            used.append(Used(key, value, weakest))
    return used


def grades_in_use(config: HubConfig | Mapping[str, Any], conf: Path | None = None) -> Counter[str]:
    """Count the numbers of one configuration by grade, the best first; what a scenario brought counts as `CHANGED`."""
    grades = (CHANGED if used.row is None else used.row.grade for used in numbers_in_use(config, conf))
    return Counter(dict(sorted(Counter(grades).items())))


def most_guesses(configs: Sequence[HubConfig]) -> int:
    """Return the place of the configuration with most numbers of grade D, the first of equals: it stands for all."""
    guesses = [grades_in_use(config)["D"] for config in configs]
    return guesses.index(max(guesses))


MOST_BYTES = 20_000_000
"""Largest file that is taken, some 500,000 referrals: its content goes with every replication that is asked for."""
LONGEST_PATH = 150


def read_input(given: str) -> InputFile:
    """Read a file that a configuration names, once for all the cells of a sweep.

    Raises Refused if there is no such file, or it is too large or cannot be read.
    """
    shown = repr(given if len(given) <= LONGEST_PATH else f"{given[:LONGEST_PATH]}...")
    try:
        path = Path(given).expanduser().resolve()
        if not path.is_file():
            raise Refused("", shown, "it is not a file" if path.exists() else "there is no such file")
        stamp = path.stat()
        if stamp.st_size > MOST_BYTES:
            raise Refused("", shown, f"more than {MOST_BYTES / 1e6:.0f} MB; keep the columns and rows that are needed")
        return _content(given, str(path), stamp.st_ino, stamp.st_size, stamp.st_mtime_ns)
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or "the path leads nowhere"
        raise Refused("", shown, f"{reason}; give a file that can be read") from None


@lru_cache(maxsize=4)
def _content(given: str, path: str, *stamp: int) -> InputFile:
    """Read a file that has not changed since once."""
    return InputFile(given, Path(path).read_bytes())


def is_in_conf(key: str, value: float) -> bool:
    """Return whether an option in conf/ has this number under this key."""
    return any(row.key == key and as_number(row.value) == value for row in read_register())


@lru_cache(maxsize=1)
def shipped_prices() -> dict[str, dict[str, dict[str, float]]]:
    """Return the pay of each price year that comes with the simulator, by band."""
    files = sorted((conf_dir() / "costs").glob("*.yaml"))
    costs = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in files]
    return {str(each["price_year"]): each["pay_gbp_per_year"] for each in costs}


FILES = Outside(read_input, shipped_prices, is_in_conf)
