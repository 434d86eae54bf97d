"""Breaking any one of these pieces of the model makes at least one test fail: the tests see what they claim to see."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "mutation"))
from broken import BROKEN
from changed_copy import ChangedCopy

pytestmark = pytest.mark.heavy

SUITE = ("-m", "unit", "tests/sim/service", "tests/sim/measures")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> ChangedCopy:
    return ChangedCopy(tmp_path_factory.mktemp("copy") / "of")


def test_the_whole_model_passes(copy: ChangedCopy) -> None:
    run = copy.run(*SUITE)
    assert run.passed, run.printed[-4000:]


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_piece_is_found(copy: ChangedCopy, name: str) -> None:
    broken = BROKEN[name]
    with copy.with_text(broken.module, broken.text()):
        run = copy.run(*SUITE)
    # 1: tests ran and failed; anything else would be a test suite that did not run.
    assert run.code == 1, f"no test noticed {name}:\n{run.printed[-4000:]}"
    assert "FAILED tests/" in run.printed
