"""The weekly table as numbers by replication and week."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd


def list_by_week(
    weekly: pd.DataFrame, stage: str, column: str = "list"
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the weeks, and the length of a stage's list, all Hubs together, shape (replications, weeks).

    Parameters
    ----------
    column
        What is wanted in place of the list: `arrivals` or `completions`.
    """
    everyone = ((weekly["stage"] == stage) & (weekly["dimension"] == "all")).to_numpy()
    replications, row = np.unique(weekly["replication"].to_numpy()[everyone], return_inverse=True)
    weeks, place = np.unique(weekly["week"].to_numpy()[everyone], return_inverse=True)
    shape = len(replications), len(weeks)
    lengths = weekly[column].to_numpy(float)[everyone]
    people = np.bincount(row * len(weeks) + place, weights=lengths, minlength=shape[0] * shape[1])
    return weeks.astype(np.int64), people.reshape(shape).astype(np.float64)
