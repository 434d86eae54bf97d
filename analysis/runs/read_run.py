"""The folder of a finished run read back; it may come from anybody, so it is checked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any
from unicodedata import category

import pandas as pd
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from sim.config import HubConfig, validate
from sim.disk import MARK
from sim.errors import ConfigProblem, HubError
from sim.evidence import FILES
from sim.run.results import read_table

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


Name = Annotated[str, AfterValidator(_fit)]


class Code(BaseModel):
    """Which model has run."""

    model_config = ConfigDict(strict=True)

    version: Name
    source_sha256: Name


class Ran(BaseModel):
    """What a comparison and its report read of the manifest of a cell."""

    model_config = ConfigDict(strict=True)

    config: dict[str, Any]
    replications: int
    started_at: Name
    cells: Annotated[list[dict[str, Any]], Field(min_length=1)]
    input_files: dict[str, Name] = {}
    warnings: list[Name]
    code: Code
    python: Name
    packages: dict[Name, Name]
    draw_layout: int
    platform: Name


def manifest_of(folder: Path, remedy: str, argument: str) -> dict[str, Any]:
    """Read a manifest; `argument` is how the user named the folder, `remedy` what to do where there is none."""
    path = folder / MANIFEST
    if (folder / MARK).is_file():
        raise HubError(f"{argument}: got {folder}, which is not finished; {MARK} in it says how to go on")
    if not path.is_file():
        raise HubError(f"{argument}: got {folder}, which holds no {MANIFEST}; {remedy}")
    try:
        content = json.loads(path.read_text(encoding="utf-8")) if path.stat().st_size <= MOST_BYTES else None
    except (OSError, ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise HubError(f"{argument}: got {folder}, whose {MANIFEST} is damaged; run it again")
    return content


def not_as_written(folder: Path, what: str, error: ValidationError, argument: str) -> HubError:
    """Word the refusal of a manifest that somebody changed."""
    where = ".".join(str(step) for step in error.errors(include_url=False, include_input=False)[0]["loc"])
    shown = "".join(sign if sign.isprintable() else "?" for sign in where)[:60]
    return HubError(f"{argument}: got {folder}, whose {MANIFEST} was changed ({what}: {shown}); run it again")


def config_of(own: dict[str, Any], folder: Path, cell: str, argument: str) -> HubConfig:
    """Return the configuration that a manifest is of, with the files that it ran with.

    Raises HubError where it was changed, is another version's, or a file has changed since.
    """
    try:
        Ran.model_validate(own)
        config = validate(own["config"], FILES)
    except ValidationError as error:
        raise not_as_written(folder, cell, error, argument) from None
    except ConfigProblem as problem:
        if problem.lines[0].startswith("demand.referrals_csv: "):
            raise HubError(f"{argument}: got {folder}, whose {cell} cannot be read: {problem.lines[0]}") from None
        made = f"whose {cell} another version of hub has run ({problem.lines[0]})"
        told = f"run it again, with scenario, staffing and levers as its {MANIFEST} names them"
        raise HubError(f"{argument}: got {folder}, {made}; {told}") from None
    file = config.demand.referrals_csv
    if file is not None and own.get("input_files") != {file.path: file.digest}:
        # Its referrals have changed since: what is simulated of it now would not be what was run.
        back = f"but {file.path} is not what {cell} ran with; put it back or run again"
        raise HubError(f"{argument}: got {folder}, {back}")
    return config


def table_of(folder: Path, name: str, argument: str) -> pd.DataFrame:
    """Read a table of a run or sweep; HubError where it is missing or damaged."""
    from pyarrow import ArrowInvalid

    try:
        table: pd.DataFrame = read_table(folder, name).to_pandas()
    except (FileNotFoundError, ArrowInvalid):
        raise HubError(f"{argument}: got {folder}, whose {name}.parquet is missing or damaged; run it again") from None
    return table
