"""The files from which a configuration takes what it cannot know by itself: inputs that it names, and conf/."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from sim.composed import Outside
from sim.config.kinds import InputFile, Refused
from sim.disk.shipped import shipped_prices
from sim.evidence.register import as_number, read_register

MOST_BYTES = 20_000_000
"""Largest file that is taken, some 500,000 referrals: its content goes with every replication that is asked for."""
LONGEST_PATH = 150


def read_input(given: str) -> InputFile:
    """Read a file that a configuration names, once for all the cells of a sweep.

    Raises
    ------
    Refused
        If there is no such file, or it is too large or cannot be read.
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


FILES = Outside(read_input, shipped_prices, is_in_conf)
