"""How far a simulation has come, as a notebook shows it."""

from __future__ import annotations

import io
import sys
from types import SimpleNamespace

import pytest

import resilience_hub as hub
from analysis.tell.console import console
from resilience_hub import notebook

pytestmark = pytest.mark.unit


class Handle:
    """Keeps what a notebook was told to display."""

    def __init__(self):
        self.told = []

    def update(self, content, raw):
        assert raw
        self.told.append(content["text/html"])


@pytest.fixture
def bar(monkeypatch):
    """A notebook with one place to display things, and its clock stopped."""
    handle = Handle()
    monkeypatch.setattr(notebook, "displays", lambda: lambda content, **_: handle)
    monkeypatch.setattr(notebook, "BETWEEN_SECONDS", 3600)
    return handle


def test_a_bar_tells_the_last_replication_and_is_gone_when_all_is_over(bar):
    with notebook.progress(True, "<b>"):
        pass
    assert bar.told == [""]
    with notebook.progress(True, "<b>") as told:
        told(1, 2)
        told(2, 2)
    assert len(bar.told) == 3
    assert 'value="2" max="2"' in bar.told[1]
    assert "&lt;b&gt;: 2 of 2" in bar.told[1]
    assert bar.told[2] == ""


def test_a_bar_is_gone_after_an_interrupt_too(bar):
    with pytest.raises(KeyboardInterrupt), notebook.progress(True, "run"):
        raise KeyboardInterrupt
    assert bar.told == [""]


def test_a_sizing_of_many_lines_takes_one_place_in_a_notebook_and_leaves_it_empty(bar):
    with notebook.account(True) as told:
        for text in ("Step 1 of 6: can it be?", "   holds in 3 of 3 so far", "Step 2 of 6: how few?"):
            told(text)
    assert ["holds" in said for said in bar.told] == [False, True, False, False]
    assert "Step 1 of 6: can it be?\nholds in 3 of 3 so far" in bar.told[1]
    assert bar.told[-1] == ""


def test_a_text_that_is_kept_has_no_colours_though_a_notebook_asks_for_them(monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    text = io.StringIO()
    console(80, (40, 200), text).print("heading", style="bold")
    assert text.getvalue() == "heading\n"


def test_a_notebook_shows_a_refusal_in_its_line_and_not_where_in_our_code_it_was_noticed():
    with pytest.raises(hub.HubError) as problem:
        hub.load(demand__multiplier=-1)
    assert problem.value._render_traceback_() == str(problem.value).splitlines()


def test_a_terminal_of_ipython_is_no_notebook(monkeypatch):
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: SimpleNamespace(kernel=None)))
    assert notebook.displays() is None
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: None))
    assert notebook.displays() is None


def test_nothing_is_shown_where_nobody_wants_it(capsys):
    with notebook.progress(False, "run") as told:
        told(1, 1)
    assert capsys.readouterr() == ("", "")
