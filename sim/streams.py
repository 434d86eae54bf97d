"""Keyed random numbers: the same person, post or week has the same luck in every scenario.

A block of uniforms belongs to (seed, replication, stream, owner). Row k is the k-th person, spell, day or week
of that owner; a column is one decision. Every column is drawn whether it is used or not, so nothing that a
scenario changes can shift anybody else's numbers, and a longer block begins with the shorter one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from enum import IntEnum, unique
from functools import lru_cache
from typing import Any

import numpy as np
import scipy  # its submodules load when something of theirs is first used
from numpy.random.bit_generator import ISeedSequence
from numpy.typing import DTypeLike, NDArray

LAYOUT_VERSION = 2
"""Raise it when a stream number or a column below changes its meaning."""

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
"""Arrays of any shape, as they are named everywhere."""
PIECE = 128
"""Rows of a block that are drawn at a time where only some of its columns are wanted."""


@unique
class Stream(IntEnum):
    """What a block of random numbers is for. Numbers are never reused (3 was once the visits of every episode)."""

    READINESS = 1
    PERSON = 2
    WEEKLY_SHOCK = 4
    TEAM_REQUEST = 5
    POST_SPELL = 6
    POST_YEAR = 7
    HUB_SIZE = 8
    PARAMETER = 9
    REFERRAL_LIKE = 10
    LATER_EPISODE = 11
    POST_LEAVE = 12
    FUTURE = 13
    FURTHER_DECISION = 14


@unique
class PersonDraw(IntEnum):
    """Columns of the PERSON block that hold once a person, of which there are 32; see `sim.cohort.table`."""

    GENDER = 0
    ETHNICITY = 1
    SHIFT_WORKER = 2
    ROUTE = 3
    FACTOR = 10
    RISK = 16
    SURVEY_RESPONSE = 17
    SURVEY_DAY = 18
    SUPPORTED_ELSEWHERE = 19
    STAFF_GROUP = 20
    WAITED = 21
    SESSIONS_LEFT = 22


@unique
class EpisodeDraw(IntEnum):
    """Columns that hold once an episode: 32 of the first in the PERSON block, of later ones in their own.

    A further decision takes the next number from 32 on: those stand in a block that is drawn only where one does.
    """

    COMPLETES_SCREEN = 0
    SCREEN_DELAY = 1
    OFFERED = 2
    REACHABLE = 3
    ASSESSMENT_CONTACT = 4
    ASSESSMENT_WRITE_UP = 5
    OUTCOME = 6
    MODALITY = 7
    COURSE = 8
    STEP_UP = 9
    STEP_UP_COURSE = 10
    DROP_OUT = 11
    PATIENCE_ASSESSMENT = 12
    PATIENCE_THERAPY = 13
    PATIENCE_GROUP = 14
    CONTACTS = 15
    CONTACT_MINUTES = 16
    ACCEPTED = 17
    OPTED_IN = 18
    EXTERNAL_WAIT = 19
    BOUNCED_BACK = 20
    RE_REFERRED = 21
    RE_REFERRAL_DELAY = 22
    TIE = 23
    SELF_HELP = 24
    SELF_HELP_ENOUGH = 25
    REMOTE = 26
    MATCHED = 30
    ONLY_ONCE_SEVERE = 31
    """Of the first episode: holds once a person, and found no room among `PersonDraw`."""


COVARIATE_COLUMNS = (4, 5, 6, 7, 8, 9, 23, 24, 25, 26)
"""The PERSON columns of the covariates, in their order: a further one takes the next and moves nothing else."""
MEASURE_COLUMNS = (11, 12, 13, 14, 15, 27, 28, 29, 30, 31)
"""The PERSON columns of the questionnaires, likewise."""
PERSON_COLUMNS = 32
EPISODE_COLUMNS = 32
FURTHER_COLUMNS = 32
"""Of each episode in the FURTHER_DECISION block."""
HAS_FURTHER = max(EpisodeDraw) >= EPISODE_COLUMNS


@unique
class SpellDraw(IntEnum):
    """Columns of the POST_SPELL block."""

    LEAD = 0
    TENURE = 1
    OUT_OF_HOURS = 2


@unique
class DayDraw(IntEnum):
    """Columns of the POST_YEAR block; a row is a day of the year."""

    LEAVE_WEEK = 0
    LEAVE_DAY = 1
    SICK_START = 2
    SICK_LONG = 3
    SICK_LENGTH = 4


@unique
class LeaveDraw(IntEnum):
    """Columns of the POST_LEAVE block, one row a calendar year: whether, when and for how long somebody is on leave."""

    BEGINS = 0
    DAY = 1
    LENGTH = 2


@unique
class FutureDraw(IntEnum):
    """Columns of the FUTURE block, one row a future: each factor of `uncertainty.futures`."""

    DEMAND_LEVEL = 0
    DEMAND_TREND = 1
    INCIDENT_SIZE = 2
    INCIDENT_TAKE_UP = 3
    RECRUITMENT_TIME = 4


FUTURE_COLUMNS = 8


def columns_of(names: tuple[str, ...], room: tuple[int, ...]) -> list[int]:
    """Return the columns in which the draws of some covariates or questionnaires stand.

    Raises ValueError when there are more than the block has room for.
    """
    if len(names) > len(room):
        raise ValueError(
            f"draws for {len(names)} things ({names[0]} ... {names[-1]}) and columns for {len(room)}: "
            "widen the block in sim/streams.py and raise LAYOUT_VERSION"
        )
    return list(room[: len(names)])


def refuse_overlap(width: int, *taken: Iterable[int]) -> None:
    """Raise ValueError where two decisions would share a column of a block, or one has none."""
    columns = sorted(int(column) for some in taken for column in some)
    if len(set(columns)) < len(columns) or not set(columns) <= set(range(width)):
        raise ValueError(f"each decision needs a column of its own from 0 to {width - 1}: got {columns}")


refuse_overlap(PERSON_COLUMNS, PersonDraw, COVARIATE_COLUMNS, MEASURE_COLUMNS)
refuse_overlap(EPISODE_COLUMNS + FURTHER_COLUMNS, EpisodeDraw)
refuse_overlap(FUTURE_COLUMNS, FutureDraw)


@lru_cache(maxsize=2**14, typed=True)
def owner_id(*names: str | int) -> int:
    """Return a number for an owner's name that is the same on every machine and run."""
    digest = hashlib.blake2b("\x1f".join(str(name) for name in names).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def uniforms(
    seed: int, replication: int, stream: Stream, owner: tuple[str | int, ...], rows: int, columns: int
) -> Floats:
    """Return the first `rows` rows of an owner's block, shape (rows, columns), values in [0, 1)."""
    return _generator(seed, replication, stream, owner).random((rows, columns))


def standard_normal(uniform: Floats) -> Floats:
    """Return standard normal quantiles; a uniform of exactly 0 counts as the smallest positive step."""
    quantiles: Floats = scipy.special.ndtri(np.maximum(uniform, 2.0**-54))
    return quantiles


def uniforms_by_piece(
    seed: int, replication: int, stream: Stream, owner: tuple[str | int, ...], rows: int, columns: int
) -> Iterator[tuple[int, Floats]]:
    """Yield the first rows of an owner's block piece by piece, each with the number of its first row.

    A piece stays in the processor's cache (the blocks of a large Hub are tens of megabytes), and the next one
    overwrites it: take out what is wanted at once.
    """
    generator = _generator(seed, replication, stream, owner)
    piece = np.empty((min(PIECE, rows), columns))
    for first in range(0, rows, PIECE):
        yield first, generator.random(out=piece[: rows - first])


def uniforms_of_rows(
    seed: int, replication: int, stream: Stream, owner: tuple[str | int, ...], rows: NDArray[np.int64], columns: int
) -> Floats:
    """Return some rows of an owner's block, ascending, without drawing those between; shape (rows, columns)."""
    bits = _bits(seed, replication, stream, owner)
    generator = np.random.Generator(bits)
    drawn = np.empty((len(rows), columns))
    for row, skipped in zip(drawn, (np.diff(rows, prepend=-1) - 1).tolist(), strict=True):
        if skipped:
            bits.advance(skipped * columns)  # a uniform takes one step
        generator.random(out=row)
    return drawn


class _Key(ISeedSequence):
    """A digest in place of numpy's own mixing of a seed, which takes five times as long: there are hundreds of keys."""

    def __init__(self, digest: bytes) -> None:
        self._digest = digest

    def generate_state(self, n_words: int, dtype: DTypeLike = np.uint32) -> NDArray[Any]:
        """Return the words from which a bit generator starts."""
        return np.frombuffer(self._digest, dtype)[:n_words]


def _generator(seed: int, replication: int, stream: Stream, owner: tuple[str | int, ...]) -> np.random.Generator:
    return np.random.Generator(_bits(seed, replication, stream, owner))


def _bits(seed: int, replication: int, stream: Stream, owner: tuple[str | int, ...]) -> np.random.PCG64:
    """Return the bits that start from a digest of their key."""
    key = f"{LAYOUT_VERSION}/{seed}/{replication}/{int(stream)}/{owner_id(*owner)}"
    digest = hashlib.blake2b(key.encode(), digest_size=32).digest()
    return np.random.PCG64(_Key(digest))  # type: ignore[arg-type]  # it takes any ISeedSequence
