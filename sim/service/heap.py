"""A heap of whole numbers: what comes first on a list or on the agenda."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import Final

import numpy as np

from sim.service.codes import COMPILED, FOREVER, Column

FIRST_ROOM: Final[int] = 32


class Heap:
    """Whole numbers, none twice, of which the smallest comes first.

    A compiled heap is an array of 64-bit numbers; interpreted, `heapq` is faster and gives the same order.
    """

    __slots__ = ("_keys", "_listed", "_room", "_size", "smallest")

    def __init__(self) -> None:
        self.smallest = FOREVER
        """The first number, or `FOREVER` when there is none."""
        self._listed: list[int] = [FOREVER]
        """The numbers where it is not compiled, and `FOREVER` after them all."""
        self._size = 0
        self._room = FIRST_ROOM
        self._keys: Column = np.empty(FIRST_ROOM, dtype=np.int64).data

    def push(self, key: int) -> None:
        """Add a number."""
        if COMPILED:
            self._rise(key)
            self.smallest = self._keys[0]
        else:
            heappush(self._listed, key)
            self.smallest = self._listed[0]

    def pop(self) -> int:
        """Take the smallest number, of which there must be one, out."""
        key = self.smallest
        if COMPILED:
            self._sink()
            self.smallest = self._keys[0] if self._size > 0 else FOREVER
        else:
            heappop(self._listed)
            self.smallest = self._listed[0]
        return key

    def _rise(self, key: int) -> None:
        """Put a number at the end and let it rise past greater ones."""
        if self._size == self._room:
            larger = np.empty(2 * self._room, dtype=np.int64)
            larger[: self._room] = self._keys
            self._keys = larger.data
            self._room *= 2
        slot = self._size
        self._size += 1
        while slot > 0:
            parent = (slot - 1) >> 1
            if self._keys[parent] <= key:
                break
            self._keys[slot] = self._keys[parent]
            slot = parent
        self._keys[slot] = key

    def _sink(self) -> None:
        """Take the first number out: the last one takes its slot and sinks past smaller ones."""
        if self._size == 0:
            raise IndexError("nothing to take")
        self._size -= 1
        size = self._size
        key = self._keys[size]
        slot = 0
        child = 1
        while child < size:
            if child + 1 < size and self._keys[child + 1] < self._keys[child]:
                child += 1
            if self._keys[child] >= key:
                break
            self._keys[slot] = self._keys[child]
            slot = child
            child = 2 * slot + 1
        self._keys[slot] = key
