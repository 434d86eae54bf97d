"""How a page is printed and figures are drawn."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from matplotlib.figure import Figure

from analysis.tell import style

pytestmark = [pytest.mark.unit, pytest.mark.drawn]


def test_edge_prints_the_page_where_windows_has_no_other_browser(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    for name in style.PROGRAM_FOLDERS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(style, "APPLICATIONS", ())
    assert style.chromium() is None
    edge = tmp_path / style.INSTALLED[1]
    edge.parent.mkdir(parents=True)
    edge.touch()
    monkeypatch.setenv("PROGRAMFILES(X86)", str(tmp_path))
    assert style.chromium() == str(edge)


def test_a_figure_for_slides_needs_no_font_and_is_the_same_each_time(tmp_path: Path) -> None:
    def drawn() -> str:
        with style.hub_style():
            figure: Figure
            figure, axes = style.sheet((3, 2))
            axes.set_title("Seen in time")
            style.embedded({"one": figure}, tmp_path)
        return (tmp_path / "one.svg").read_text()

    first = drawn()
    assert "<text" not in first and len(re.findall("<path", first)) > 10
    assert first == drawn()
