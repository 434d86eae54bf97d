"""Whatever a user types, the answer is a valid configuration or plain lines: never a traceback."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.config import HubConfig, validate
from sim.errors import ConfigProblem

pytestmark = pytest.mark.unit

LONGEST_LINE = 400
GIVEN = re.compile(r": got \S|: missing; |: has no |: (no|nobody|empty|neither) ?")
"""What was given, or that nothing was."""
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.floats(),
    st.text(max_size=80),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(st.characters(categories=["L"]), max_size=5), st.floats(), max_size=3),
)


def leaves(part: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    if isinstance(part, dict):
        below = [leaf for key, value in part.items() for leaf in leaves(value, (*path, key))]
    elif isinstance(part, list):
        below = [leaf for key, value in enumerate(part) for leaf in leaves(value, (*path, key))]
    else:
        below = []
    return [*below, path] if path else below


@settings(derandomize=True, deadline=None, max_examples=300, database=None)
@given(data=st.data())
def test_junk_anywhere_is_refused_in_plain_lines_or_accepted(container, data):
    composed = container("scenario=major_incident")
    path = data.draw(st.sampled_from(leaves(composed)))
    part = composed
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = data.draw(JUNK)
    try:
        assert isinstance(validate(composed), HubConfig)
    except ConfigProblem as problem:
        assert problem.lines
        for line in problem.lines:
            assert "\n" not in line
            assert "Traceback" not in line
            assert len(line) < LONGEST_LINE
            assert line.startswith("... and ") or line.partition(":")[0].split(".")[0] in composed
            assert line.startswith("... and ") or GIVEN.search(line)


@pytest.mark.parametrize("junk", [None, 5, "text", [], [1]])
def test_something_that_is_no_configuration_at_all_is_refused(junk):
    with pytest.raises(ConfigProblem) as problem:
        validate(junk)
    assert problem.value.lines == [f"configuration: got {junk!r}; must be a mapping of names to values"]


def test_an_empty_configuration_misses_its_parts():
    with pytest.raises(ConfigProblem) as problem:
        validate({})
    assert problem.value.lines[0] == "scenario: missing; give it a value"
