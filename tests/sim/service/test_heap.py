"""A heap gives whole numbers back in ascending order, compiled and not."""

import random

import pytest

from sim.service.arrays import Heap
from sim.service.codes import FOREVER

pytestmark = pytest.mark.unit


def test_numbers_pushed_and_popped_in_any_order_come_out_as_a_sorted_list_gives_them():
    rng, heap, kept = random.Random(5), Heap(), []
    for key in rng.sample(range(-(2**61), 2**61), 3000):  # past the first room, many times
        heap.push(key)
        kept = sorted([*kept, key])
        assert heap.smallest == kept[0]
        while kept and rng.random() < 0.45:
            assert heap.pop() == kept.pop(0)
    assert [heap.pop() for _ in range(len(kept))] == kept
    assert heap.smallest == FOREVER


def test_nothing_can_be_taken_out_of_an_empty_heap():
    with pytest.raises(IndexError):
        Heap().pop()
