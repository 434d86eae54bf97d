"""Gives the tests of this folder the hand-made people and posts of paper.py."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def paper() -> ModuleType:
    spec = importlib.util.spec_from_file_location("paper", Path(__file__).parents[1] / "service" / "paper.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
