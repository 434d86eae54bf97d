"""Manifests of a finished sweep, checked before anything in them is believed: the folder may come from anybody."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath
from typing import Annotated, Any
from unicodedata import category

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from sim.disk.whole import MARK
from sim.errors import HubError

MANIFEST = "manifest.json"
MOST_BYTES = 50_000_000
"""Of a manifest; one of a sweep of 10,000 cells has some 10 MB."""
LONGEST = 2_000
"""Characters of a name."""


def _fit(text: str) -> str:
    """Refuse a name that a terminal would obey, or that nobody can read."""
    if len(text) > LONGEST or any(category(sign).startswith("C") for sign in text):
        raise ValueError
    return text


def _inside(folder: str) -> str:
    path = PurePosixPath(folder)
    if path.is_absolute() or ".." in path.parts or "\\" in folder or ":" in folder:
        raise ValueError
    return folder


Name = Annotated[str, AfterValidator(_fit)]


class Listed(BaseModel):
    """A cell as the manifest of its sweep lists it."""

    model_config = ConfigDict(strict=True, frozen=True)

    cell: Name
    folder: Annotated[Name, AfterValidator(_inside)]
    scenario: Name
    staffing: Name
    levers: dict[Name, Any]
    config_hash: Name
    replications: int
    status: Name


class Cells(BaseModel):
    """What the manifest of a sweep says of its cells."""

    cells: list[Listed]


class Code(BaseModel):
    """Which model has run."""

    model_config = ConfigDict(strict=True)

    version: Name
    source_sha256: Name


class Ran(BaseModel):
    """What a comparison and its report read of the manifest of a cell."""

    model_config = ConfigDict(strict=True)

    config: dict[str, Any]
    input_files: dict[str, Name] = {}
    warnings: list[Name]
    code: Code
    python: Name
    packages: dict[Name, Name]
    draw_layout: int
    platform: Name


def read_manifest(folder: Path, remedy: str) -> dict[str, Any]:
    """Return the manifest of a folder.

    Raises
    ------
    HubError
        When there is none, or it cannot be read.
    """
    path = folder / MANIFEST
    if (folder / MARK).is_file():
        raise HubError(f"SWEEP: got {folder}, which is not finished; {MARK} in it says how to go on")
    if not path.is_file():
        raise HubError(f"SWEEP: got {folder}, which holds no {MANIFEST}; {remedy}")
    try:
        content = json.loads(path.read_text(encoding="utf-8")) if path.stat().st_size <= MOST_BYTES else None
    except (OSError, ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise HubError(f"SWEEP: got {folder}, whose {MANIFEST} is damaged; run the sweep again")
    return content


def cells_listed(manifest: dict[str, Any], folder: Path) -> list[Listed]:
    """Return the cells of a sweep.

    Raises
    ------
    HubError
        When they are not listed as a sweep lists them, or two have one name.
    """
    if not isinstance(manifest.get("cells"), list):
        raise HubError(f"SWEEP: got {folder}, whose {MANIFEST} lists no cells; run the sweep again")
    try:
        cells = Cells.model_validate(manifest).cells
    except ValidationError as error:
        raise _not_as_written(folder, "cells", error) from None
    names = [cell.cell for cell in cells]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise HubError(f"SWEEP: got {folder}, whose {MANIFEST} lists {twice!r} twice; run the sweep again")
    return cells


def ran(manifest: dict[str, Any], folder: Path, cell: str) -> dict[str, Any]:
    """Return the manifest of a cell, every entry that is read of it being what a run writes.

    Raises
    ------
    HubError
        When it is not.
    """
    try:
        Ran.model_validate(manifest)
    except ValidationError as error:
        raise _not_as_written(folder, cell, error) from None
    return manifest


def _not_as_written(folder: Path, what: str, error: ValidationError) -> HubError:
    where = ".".join(str(step) for step in error.errors(include_url=False, include_input=False)[0]["loc"])
    shown = "".join(sign if sign.isprintable() else "?" for sign in where)[:60]
    return HubError(f"SWEEP: got {folder}, whose {MANIFEST} was changed ({what}: {shown}); run the sweep again")
