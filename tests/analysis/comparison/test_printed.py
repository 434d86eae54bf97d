"""How a comparison is told in the terminal."""

import pytest

from analysis.comparison.printed import round_up

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("replications", "said"),
    [(0, 1), (7, 7), (10, 10), (99, 99), (101, 110), (110, 110), (1234, 1300), (98765, 99000)],
)
def test_an_estimate_of_replications_is_rounded_up_to_two_figures(replications: int, said: int) -> None:
    assert round_up(replications) == said
