"""The enums of `codes.py` as the compiler reads them: one file an enum, written by `python -m sim.service.enums`."""

from __future__ import annotations

from enum import IntEnum

from sim.service import codes

ENUMS: tuple[type[IntEnum], ...] = (
    codes.State, codes.Ending, codes.Outcome, codes.Modality, codes.Activity, codes.Result, codes.Why, codes.Listed,
    codes.Step,
)  # fmt: skip


def declarations() -> dict[str, str]:
    """Return the text of each file by its name."""
    files = {}
    for enum in ENUMS:
        members = "".join(f"    {member.name} = {int(member)}\n" for member in enum)
        files[f"{enum.__name__.lower()}.pxd"] = f"cdef enum {enum.__name__}:\n{members}"
    return files
