"""The kinds of number and the strict base model that every part of the configuration is made of."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    InstanceOf,
    PlainSerializer,
    SerializationInfo,
    ValidationInfo,
    model_validator,
)

from sim.composed import Outside

Share = Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)]
"""A proportion, 0 to 1."""
OpenShare = Annotated[float, Field(strict=True, gt=0, lt=1, allow_inf_nan=False)]
"""A proportion strictly between 0 and 1."""
Surcharge = Annotated[float, Field(strict=True, ge=0, le=2, allow_inf_nan=False)]
"""What comes on top of a cost, as a proportion of it: at most twice the cost itself."""
Amount = Annotated[float, Field(strict=True, ge=0, le=1e9, allow_inf_nan=False)]
"""A number that is not negative (days, minutes, pounds, persons)."""
Positive = Annotated[float, Field(strict=True, gt=0, le=1e9, allow_inf_nan=False)]
"""A number above 0."""
Count = Annotated[int, Field(strict=True, ge=0, le=10_000_000)]
"""A whole number, 0 or more."""
Ordinal = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
"""A whole number, 1 or more."""
Minutes = Annotated[int, Field(strict=True, ge=1, le=1440)]
"""A length of work in whole minutes, at most a day."""
YesNo = Annotated[bool, Field(strict=True)]
"""True or false; a text that says so is refused, as a text that says a number is."""
Day = Annotated[int, Field(strict=True, ge=-40_000, le=40_000)]
"""Whole days counted from `run.start_date`; negative is before it."""

SUM_TOLERANCE = 1e-9


class Refused(ValueError):
    """A value that its neighbours rule out: told as `PATH.KEY: got GIVEN; REMEDY`.

    The key is the path from the part that is checked to the value; empty for the part itself.
    """

    def __init__(self, key: str, given: object, remedy: str) -> None:
        super().__init__(f"got {given}; {remedy}")
        self.key = key


def each_its_own_stream(part: str, keys: dict[str, str]) -> None:
    """Refuse two members of a part that would share their random numbers."""
    for name, key in sorted(keys.items(), key=lambda entry: entry[0] == entry[1]):  # given keys before names
        if twins := [other for other in keys if other != name and keys[other] == key]:
            raise Refused(f"{part}.{name}.stream_key", repr(key), f"{twins[0]} has it; each needs its own")


class Part(BaseModel):
    """A part of the configuration: no unknown keys, no later change."""

    # Built when first checked: workers get what is checked already, and parts are built within the whole.
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    @staticmethod
    def check_whole(key: str, shares: Iterable[float], remedy: str = "must add up to 1") -> None:
        """Refuse shares that do not add up to 1, rounding apart; they are never renormalised silently."""
        if abs((total := sum(shares)) - 1) > SUM_TOLERANCE:
            raise Refused(key, f"shares that add up to {total:.12g}", remedy)

    @staticmethod
    def check_names(key: str, given: Iterable[str], known: Sequence[str]) -> None:
        """Refuse names that are not exactly the known ones."""
        if (names := tuple(given)) != tuple(known):
            raise Refused(key, ", ".join(names) or "nothing", f"must be exactly {', '.join(known)}, in this order")


def in_order(first: str, last: str) -> Any:
    """Return a check of a part: that one of its days, where both are given, comes after the other."""

    def check(part: Part) -> Part:
        start, end = getattr(part, first), getattr(part, last)
        if start is not None and end is not None and end <= start:
            raise Refused(last, end, f"must be after {first} {start}")
        return part

    return model_validator(mode="after")(check)


def holds_on(part: Any, day: float) -> bool:
    """Return whether what has a `from_day` and a `to_day` holds on a day; an empty one is no limit."""
    return (part.from_day is None or part.from_day <= day) and (part.to_day is None or day < part.to_day)


def _adds_up(shares: dict[str, float]) -> dict[str, float]:
    Part.check_whole("", shares.values())
    return shares


Split = Annotated[dict[str, Share], AfterValidator(_adds_up)]
"""Named shares that add up to 1."""


class InputFile:
    """A file as it was when the configuration was checked; whatever happens to it later changes no result.

    Not a dataclass: pydantic would take it apart whenever a configuration is copied. Its path is as it was given, its
    digest the SHA-256 of all its content.
    """

    def __init__(self, path: str, content: bytes) -> None:
        self.path = path
        self.content = content
        self.digest = hashlib.sha256(content).hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, InputFile) and (self.path, self.digest) == (other.path, other.digest)

    def __str__(self) -> str:
        return self.path

    def __hash__(self) -> int:
        return hash((self.path, self.digest))


def _read(given: Any, info: ValidationInfo) -> Any:
    """Have the file at a path read; what has been read stays as it is."""
    if given is None or isinstance(given, InputFile):
        return given
    if not isinstance(given, str) or not given:
        raise ValueError("must be the path of a file")
    if not isinstance(info.context, Outside):
        raise ValueError("its content is needed here, not its path")
    return info.context.read(given)


def _written(file: InputFile | None, info: SerializationInfo) -> Any:
    """Write a file as its path where the configuration becomes text; inside the program it stays what was read."""
    return file.path if file is not None and info.mode == "json" else file


File = Annotated[InstanceOf[InputFile] | None, BeforeValidator(_read), PlainSerializer(_written, return_type=Any)]
"""The path of a file, or what was read from it; empty for none."""
