"""Workbooks to be damaged: written once, changed by each test."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from analysis.own_hub.write import workbook
from sim.launch.compose import compose


@pytest.fixture(scope="session")
def defaults() -> dict[str, Any]:
    return compose()


@pytest.fixture(scope="session")
def as_written(defaults) -> bytes:
    return workbook(defaults)


@pytest.fixture
def filled_in(as_written, tmp_path) -> Callable[..., Path]:
    """Return a workbook in which somebody has typed: `filled_in({"Posts!C6": 2.0})`, or changed it as they like."""

    def make(typed: dict[str, Any] | None = None, change: Callable[[Workbook], object] | None = None) -> Path:
        book = load_workbook(io.BytesIO(as_written))
        for place, value in (typed or {}).items():
            sheet, _, cell = place.partition("!")
            book[sheet][cell] = value
        if change:
            change(book)
        path = tmp_path / "my-hub.xlsx"
        book.save(path)
        return path

    return make


@pytest.fixture
def refusal_of(defaults) -> Callable[[Path], list[str]]:
    """Return the lines with which a workbook is refused on its way to a configuration."""
    from analysis.own_hub.imported import checked
    from analysis.own_hub.options import options_of
    from analysis.own_hub.read import read_workbook
    from sim.errors import ConfigProblem

    def refused(path: Path) -> list[str]:
        with pytest.raises(ConfigProblem) as problem:
            checked(options_of(read_workbook(path), defaults))
        return problem.value.lines

    return refused
