"""Keyed random numbers: the same owner has the same luck in every scenario, process and machine."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sim.streams import (
    COVARIATE_COLUMNS,
    EPISODE_COLUMNS,
    MEASURE_COLUMNS,
    EpisodeDraw,
    PersonDraw,
    Stream,
    columns_of,
    owner_id,
    refuse_overlap,
    uniforms,
    uniforms_by_piece,
    uniforms_of_rows,
)

pytestmark = pytest.mark.unit

SEED = 20240512
OWNER = (0, "background", "ambulance", "women", "white_british")


@settings(derandomize=True, deadline=None, max_examples=50)
@given(
    seed=st.integers(0, 2**128),
    replication=st.integers(0, 10**6),
    short=st.integers(0, 40),
    more=st.integers(0, 40),
    columns=st.integers(1, 64),
)
def test_a_longer_block_begins_with_the_shorter_one(seed, replication, short, more, columns):
    few = uniforms(seed, replication, Stream.PERSON, OWNER, short, columns)
    many = uniforms(seed, replication, Stream.PERSON, OWNER, short + more, columns)
    np.testing.assert_array_equal(many[:short], few)


@pytest.mark.parametrize(
    ("seed", "replication", "stream", "owner"),
    [
        (SEED + 1, 0, Stream.PERSON, OWNER),
        (SEED, 1, Stream.PERSON, OWNER),
        (SEED, 0, Stream.LATER_EPISODE, OWNER),
        (SEED, 0, Stream.PERSON, (1, *OWNER[1:])),
        (SEED, 0, Stream.PERSON, (*OWNER[:-1], "minority_ethnic")),
    ],
    ids=["seed", "replication", "stream", "hub", "stratum"],
)
def test_luck_differs_by_seed_replication_stream_and_owner(seed, replication, stream, owner):
    mine = uniforms(SEED, 0, Stream.PERSON, OWNER, 2000, 1)[:, 0]
    theirs = uniforms(seed, replication, stream, owner, 2000, 1)[:, 0]
    assert not np.intersect1d(mine, theirs).size
    assert abs(np.corrcoef(mine, theirs)[0, 1]) < 4 / np.sqrt(2000)  # four standard errors


def test_the_same_key_gives_the_same_luck_however_often_it_is_asked():
    first = uniforms(SEED, 3, Stream.POST_SPELL, (0, "therapist", "therapist", 0), 64, 3)
    uniforms(SEED, 4, Stream.POST_SPELL, (0, "therapist", "therapist", 0), 64, 3)
    np.testing.assert_array_equal(uniforms(SEED, 3, Stream.POST_SPELL, (0, "therapist", "therapist", 0), 64, 3), first)


def test_uniforms_are_uniform_and_never_one():
    draws = uniforms(SEED, 0, Stream.PERSON, OWNER, 20_000, 2)
    assert draws.min() >= 0
    assert draws.max() < 1
    assert stats.kstest(draws.ravel(), "uniform").pvalue > 0.001


def test_an_owner_keeps_its_number_for_ever():
    # Frozen: another number would change everybody's luck, and LAYOUT_VERSION would have to rise.
    assert owner_id(*OWNER) == 2647996430468482378
    assert owner_id(0, "weekly_shock", "after") == 2060471740329170055


def test_an_owners_first_draws_are_frozen():
    golden = [0.055921269000552054, 0.9644562579421503, 0.4431629691982627]
    np.testing.assert_array_equal(uniforms(SEED, 0, Stream.PERSON, OWNER, 1, 3)[0], golden)


def test_names_do_not_run_together():
    assert owner_id("a", "bc") != owner_id("ab", "c")
    assert owner_id(1, 11) != owner_id(11, 1)


def test_stream_numbers_and_columns_are_the_recorded_ones():
    assert {stream.name: int(stream) for stream in Stream} == {
        "READINESS": 1,
        "PERSON": 2,
        "WEEKLY_SHOCK": 4,
        "TEAM_REQUEST": 5,
        "POST_SPELL": 6,
        "POST_YEAR": 7,
        "HUB_SIZE": 8,
        "PARAMETER": 9,
        "REFERRAL_LIKE": 10,
        "LATER_EPISODE": 11,
        "POST_LEAVE": 12,
        "FUTURE": 13,
        "FURTHER_DECISION": 14,
    }
    assert len({int(column) for column in EpisodeDraw}) == len(EpisodeDraw)
    assert max(EpisodeDraw) < EPISODE_COLUMNS  # so that nothing is drawn for decisions that nobody has added


@pytest.mark.parametrize("room", [COVARIATE_COLUMNS, MEASURE_COLUMNS], ids=["covariates", "questionnaires"])
def test_a_further_questionnaire_or_covariate_takes_columns_of_its_own(room):
    names = tuple(f"number {n}" for n in range(len(room)))
    others = {int(c) for c in PersonDraw} | {*COVARIATE_COLUMNS, *MEASURE_COLUMNS} - {*room}
    for count in range(5, len(room) + 1):
        columns = columns_of(names[:count], room)
        assert columns[:5] == list(room[:5])  # the others keep theirs
        assert len(set(columns)) == count
        assert not others & set(columns)
    with pytest.raises(ValueError, match="draws for 11 things"):
        columns_of((*names, "one too many"), room)


def test_two_decisions_in_one_column_are_refused():
    refuse_overlap(4, [0, 1], (2,), [3])
    for taken in ([[0, 1], [1]], [[0, 1], [4]], [[-1]]):
        with pytest.raises(ValueError, match="a column of its own from 0 to 3"):
            refuse_overlap(4, *taken)


@settings(derandomize=True, deadline=None, max_examples=50)
@given(rows=st.sets(st.integers(0, 400), min_size=1), columns=st.integers(1, 40))
def test_somebodys_draws_are_the_same_whether_or_not_those_before_are_drawn(rows, columns):
    rows = np.array(sorted(rows))
    key = (SEED, 7, Stream.LATER_EPISODE, OWNER)
    block = uniforms(*key, 401, columns)
    np.testing.assert_array_equal(uniforms_of_rows(*key, rows, columns), block[rows])


def test_owners_draws_do_not_go_together():
    of_owners = np.array([uniforms(SEED, 0, Stream.PERSON, (n,), 1, 4)[0] for n in range(4000)])
    assert stats.kstest(of_owners.ravel(), "uniform").pvalue > 0.001
    between = np.corrcoef(np.column_stack([of_owners[:-1], of_owners[1:]]).T)[~np.eye(8, dtype=bool)]
    assert np.abs(between).max() < 5 / np.sqrt(4000)  # five standard errors, of 28 pairs


@pytest.mark.parametrize("rows", [0, 1, 128, 300])
def test_a_block_drawn_by_piece_is_the_same_block(rows):
    key = (SEED, 2, Stream.PERSON, OWNER, rows, 7)
    block = np.full((rows, 7), np.nan)
    for first, piece in uniforms_by_piece(*key):
        block[first : first + len(piece)] = piece
    np.testing.assert_array_equal(block, uniforms(*key))
