from __future__ import annotations

import csv
import io
import math
from pathlib import Path

import pandas as pd
import pytest

from analysis.runs.sweep_summary import sweep_table
from analysis.tell.wording import csv_of, csv_of_rows, read_csv

HOSTILE = ["=1+1", "+44", "-2+3", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0", "'=1", "plain", "O'Brien"]


def table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "plan": HOSTILE,
            "=heading": pd.Categorical(HOSTILE),
            "difference": [-1.5, *[math.nan] * 8],
            "count": range(9),
            "holds": [True, False, None, *[True] * 6],
        }
    )


@pytest.mark.unit
def test_no_name_in_a_file_is_a_formula_for_a_workbook() -> None:
    for text in (csv_of(table()), csv_of_rows([HOSTILE, HOSTILE])):
        for row in csv.reader(io.StringIO(text)):
            for cell in row:
                assert not cell.startswith(("=", "+", "@", "\t")) and cell != "-2+3", cell
    assert "-1.5" in csv_of(table()), "a number stays a number"


@pytest.mark.unit
def test_names_are_read_as_they_were(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text(csv_of(table()), encoding="utf-8")
    found = read_csv(tmp_path / "table.csv")
    assert found["plan"].tolist() == found["'=heading"].tolist() == HOSTILE


@pytest.mark.unit
def test_a_file_without_such_names_is_what_pandas_writes() -> None:
    plain = table().iloc[7:, [0, 2, 3, 4]]
    assert csv_of(plain) == plain.to_csv(index=False, float_format="%.10g")


@pytest.mark.unit
def test_a_scenario_called_like_a_formula_opens_none_in_the_table_of_a_sweep() -> None:
    entry = {"cell": "=1+1,current", "scenario": "=1+1", "staffing": "current", "levers": {"staffing": "@x"}}
    entry |= {"plan": "current", "world": "=1+1"}
    text = csv_of(sweep_table([entry | {"status": "finished", "replications": 2}], {}))
    heading, row = csv.reader(io.StringIO(text))
    assert dict(zip(heading, row, strict=True))["scenario"] == "'=1+1"
    assert row[:6] == ["'=1+1,current", "current", "'=1+1", "'=1+1", "'@x", "finished"]


@pytest.mark.unit
def test_a_post_that_a_plan_adds_stands_in_a_cell_of_the_table_of_a_sweep() -> None:
    table = pd.DataFrame({"plan": ["now", "more"], "line": [None, {"band": "8a", "wte": 4.0}]})
    _, now, more = csv.reader(io.StringIO(csv_of(table)))
    assert (now, more) == (["now", ""], ["more", "{'band': '8a', 'wte': 4.0}"])
