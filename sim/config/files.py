"""Files that a configuration names: read once, when it is checked, and carried along as they were."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, InstanceOf, PlainSerializer, SerializationInfo

from sim.config.kinds import Refused

MOST_BYTES = 20_000_000
"""Largest file that is taken, some 500,000 referrals: its content goes with every replication that is asked for."""
LONGEST_PATH = 150


class InputFile:
    """A file as it was when the configuration was checked; whatever happens to it later changes no result.

    Not a dataclass: pydantic would take it apart whenever a configuration is copied.

    Attributes
    ----------
    path
        As it was given.
    content
        All of it.
    digest
        SHA-256 of the content.
    """

    def __init__(self, path: str, content: bytes) -> None:
        self.path = path
        self.content = content
        self.digest = hashlib.sha256(content).hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, InputFile) and (self.path, self.digest) == (other.path, other.digest)

    def __hash__(self) -> int:
        return hash((self.path, self.digest))


def _read(given: Any) -> Any:
    """Read the file at a path; what has been read stays as it is."""
    if given is None or isinstance(given, InputFile):
        return given
    if not isinstance(given, str) or not given:
        raise ValueError("must be the path of a file")
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
    """Read a file that has not changed since once for all the cells of a sweep."""
    return InputFile(given, Path(path).read_bytes())


def _written(file: InputFile | None, info: SerializationInfo) -> Any:
    """Write a file as its path where the configuration becomes text; inside the program it stays what was read."""
    return file.path if file is not None and info.mode == "json" else file


File = Annotated[InstanceOf[InputFile] | None, BeforeValidator(_read), PlainSerializer(_written, return_type=Any)]
"""The path of a file, or what was read from it; empty for none."""
