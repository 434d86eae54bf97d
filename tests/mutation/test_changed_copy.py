"""A piece of code is found by its function and its syntax tree."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from broken import BROKEN
from changed_copy import ROOT, changed

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("name", BROKEN)
def test_every_piece_that_is_to_be_broken_is_there_once(name: str) -> None:
    broken = BROKEN[name]
    assert broken.text() != changed((ROOT / broken.module).read_text(), broken.function, broken.before, broken.before)


def test_a_piece_is_found_however_it_is_laid_out() -> None:
    one = "class Post:\n    def free(self):\n        return (self.caseload  # today\n            <   self.places)\n"
    other = "class Post:\n\n    def free(self):\n        return self.caseload <= self.places"
    assert changed(one, "Post.free", "self.caseload < self.places", "self.caseload <= self.places") == other


@pytest.mark.parametrize("function", ["Post.free", "free"])
def test_a_piece_that_is_not_there_any_more_is_not_passed_over(function: str) -> None:
    with pytest.raises(AssertionError, match="choose it anew"):
        changed("class Post:\n    def free(self):\n        return 1\n", function, "self.places", "0")
