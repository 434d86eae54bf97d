"""Configurations for every test: the defaults of conf/, with a few values changed."""

from __future__ import annotations

import base64
import copy
import gc
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from sim.config import HubConfig, validate
from sim.errors import ConfigProblem
from sim.evidence import FILES
from sim.launch.compose import compose

# In the background of a shell, or under nohup, the commands that are tested would rightly heed no interrupt.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.hookimpl(optionalhook=True)  # a run without xdist has no such hook
def pytest_xdist_auto_num_workers() -> int:
    """Run on one process more than there are cores: many tests wait for a command that they have started."""
    return (os.cpu_count() or 1) + 1


TESTS = Path(__file__).parent
LONGEST = (
    "analysis/app/test_background.py", "docs/test_your_own_hub.py", "analysis/comparison/test_report_rendered.py",
    "resilience_hub/test_comparison.py", "analysis/sizing/test_search.py", "sim/test_compiled.py",
    "docs/test_commands_and_links.py", "analysis/own_hub/test_damage.py", "analysis/own_hub/test_fit.py",
    "sim/config/test_options.py", "sim/launch/test_compose.py", "analysis/comparison/test_command.py",
    "validation/test_properties.py", "analysis/comparison/test_failing_service.py", "sim/run/test_store.py",
    "sim/run/test_cluster.py", "analysis/app/test_workbook.py", "resilience_hub/test_own_parts.py",
    "docs/test_examples.py", "analysis/commands/test_app.py", "analysis/workbook/test_results.py",
    "analysis/commands/test_messages.py",
    "analysis/sizing/test_card.py", "analysis/sensitivity/test_sensitivity.py", "validation/test_fuzz.py",
    "validation/test_limits.py", "sim/run/test_replicate.py", "analysis/own_hub/test_outside.py",
    "analysis/own_hub/test_cells.py", "analysis/comparison/test_across.py", "analysis/tell/test_input_warnings.py",
    "sim/cohort/test_screening.py", "analysis/comparison/test_compare.py", "analysis/comparison/test_board.py",
    "analysis/runs/test_sweep.py", "analysis/sizing/test_rendered.py", "sim/evidence/test_uncertainty.py",
)  # fmt: skip
"""Files of five seconds and more, the longest first: what starts last is short, and no core waits for it."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first; the others stay in their order."""
    if gone := [name for name in LONGEST if not (TESTS / name).is_file()]:
        raise pytest.UsageError(f"tests/conftest.py: LONGEST names {gone[0]}; there is no such file")
    places = {TESTS / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path, len(LONGEST)))


def pytest_collection_finish() -> None:
    """Look for garbage seldom, and not among what is loaded by now: that took a seventh of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)


@pytest.fixture(autouse=True)
def _no_worker_is_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a few replications in this process, where stand-ins are, whether or not another test had workers."""
    monkeypatch.setattr("sim.run.workers.are_ready", bool)


ONE_DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)
"""A PNG that stands for a figure nobody looks at."""


@pytest.fixture(scope="session", autouse=True)
def drawing() -> Iterator[Callable[[], AbstractContextManager[None]]]:
    """Draw no figure and print no page, most of the time of a short run, but within `with drawing():`.

    A test that is marked `drawn` is within it; a fixture of a file or of all says so itself.
    """
    from analysis.runs import figures
    from analysis.tell import style

    real = {(style, "_drawn"): style._drawn, (style, "chromium"): style.chromium, (figures, "_draw"): figures._draw}

    @contextmanager
    def drawn() -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            for (module, name), function in real.items():
                patch.setattr(module, name, function)
            yield

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(style, "_drawn", lambda figure, **how: ONE_DOT)
        patch.setattr(style, "chromium", lambda: None)
        patch.setattr(figures, "_draw", lambda path, *_: path.write_bytes(ONE_DOT))
        yield drawn


@pytest.fixture(autouse=True)
def _drawn(request: pytest.FixtureRequest, drawing: Callable[[], AbstractContextManager[None]]) -> Iterator[None]:
    with drawing() if request.node.get_closest_marker("drawn") else nullcontext():
        yield


REMOVED = object()
"""Give this as a value to take a key out."""


@lru_cache(maxsize=128)
def _composed(*overrides: str) -> dict[str, Any]:
    # As plain dictionaries: what is changed below was written in no file.
    return dict(compose("run.replications=2", "run.store=null", *overrides))


def _with(overrides: tuple[str, ...], changes: dict[str, Any]) -> dict[str, Any]:
    container = copy.deepcopy(_composed(*overrides))
    for path, value in changes.items():
        *parents, last = path.split(".")
        part: Any = container
        for step in parents:
            part = part[int(step) if isinstance(part, list) else step]
        if value is REMOVED:
            del part[last]
        else:
            part[int(last) if isinstance(part, list) else last] = copy.deepcopy(value)
    return container


@pytest.fixture(scope="session")
def removed() -> object:
    """The value that takes a key out of a configuration."""
    return REMOVED


@pytest.fixture(scope="session")
def container() -> Callable[..., dict[str, Any]]:
    """Compose with the given overrides, change nested keys, and return it unchecked: `container(**{"a.b": 1})`."""
    return lambda *overrides, **changes: _with(overrides, changes)


@pytest.fixture(scope="session")
def hub_config() -> Callable[..., HubConfig]:
    """Compose, change nested keys and validate: `hub_config("screening=itq", **{"demand.multiplier": 2.0})`."""
    return lambda *overrides, **changes: validate(_with(overrides, changes), FILES)


@pytest.fixture(scope="session")
def refusal() -> Callable[..., list[str]]:
    """Return the lines with which a changed configuration is refused."""

    def refused(*overrides: str, **changes: Any) -> list[str]:
        with pytest.raises(ConfigProblem) as problem:
            validate(_with(overrides, changes), FILES)
        return problem.value.lines

    return refused
