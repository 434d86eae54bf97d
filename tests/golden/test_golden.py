"""The golden configurations give the tables that are kept: a few of them here, all of them in `make golden`."""

import pyarrow as pa
import pytest
from configurations import GOLDEN
from golden import Line, committed, differences, digest_of, lines_of

A_FEW = ("one_week", "real_referrals", "half_missed", "stepped_care_backlog", "nobody_works", "no_demand")


@pytest.mark.integration
@pytest.mark.parametrize("name", A_FEW)
def test_a_golden_configuration_gives_the_tables_that_are_kept(name):
    assert differences(lines_of(name), [name]) == []


@pytest.mark.heavy
@pytest.mark.parametrize("name", [name for name in GOLDEN if name not in A_FEW])
def test_every_golden_configuration_gives_the_tables_that_are_kept(name):
    assert differences(lines_of(name), [name]) == []


@pytest.mark.unit
def test_the_tables_kept_are_those_of_the_golden_configurations():
    assert len(GOLDEN) == 66
    assert list(dict.fromkeys(line.configuration for line in committed())) == list(GOLDEN)


@pytest.mark.unit
def test_a_difference_names_its_configuration_and_table():
    kept = [line for line in committed() if line.configuration == "one_week"]
    cohort = next(line for line in kept if line.table == "cohort")
    others = [line for line in kept if line.table not in ("cohort", "waits")]
    assert differences([*others, cohort._replace(digest="0")], ["one_week"]) == [
        "one_week: cohort has other values",
        "one_week: waits is gone",
    ]
    more = [*kept, Line("one_week", "cases", 1, "0")]
    assert differences(more, ["one_week"]) == ["one_week: cases is new"]


@pytest.mark.unit
def test_a_digest_stands_for_what_a_table_says_not_for_how_it_is_held():
    words = pa.array(["a", "b", None, "a"])
    table = pa.table({"word": words, "day": [0.5, None, 1.0, 2.0], "risk": [True, False, None, True]})
    coded = table.set_column(0, "word", words.dictionary_encode())
    in_pieces = pa.concat_tables([coded.slice(0, 1), coded.slice(1)])
    assert digest_of(table) == digest_of(coded) == digest_of(in_pieces)


@pytest.mark.unit
@pytest.mark.parametrize(
    "other",
    [
        {"day": [0.5, 1.0]},
        {"day": [0.5, 0.0]},
        {"day": [None, 0.5]},
        {"days": [0.5, None]},
        {"day": [0.5, None, None]},
    ],
    ids=["a number", "nought for none", "their order", "a name", "a row"],
)
def test_whatever_a_table_says_otherwise_changes_its_digest(other):
    assert digest_of(pa.table({"day": [0.5, None]})) != digest_of(pa.table(other))
