"""The data dictionary says what the schemas say, and describes every column that is written."""

import pytest
from data_page import PAGE, columns_of, page

from analysis.estimates.drivers import Share
from analysis.estimates.intervals import Interval
from analysis.estimates.tables import KEYS, RESULTS, Split
from analysis.own_hub.fit import Fit
from analysis.own_hub.fitted import fit_csv
from analysis.own_hub.months_kept import months_csv
from analysis.runs.surge import SurgeRow, surge_csv
from analysis.sizing.aftermath import ListAfter
from analysis.tell.columns import FILES, meaning_of
from sim.run.results import SCHEMAS

pytestmark = pytest.mark.unit


def test_the_page_is_as_the_schemas_are():
    assert PAGE.read_text(encoding="utf-8") == page(), "write it anew: make docs"


def test_every_column_of_every_table_is_described_and_nothing_else_is():
    assert {f"{name}.parquet" for name in SCHEMAS} == {file for file in FILES if file.endswith(".parquet")}
    for file in FILES:
        for column, _ in columns_of(file):
            assert meaning_of(file, column)[1]
        if file.endswith(".parquet"):
            assert set(FILES[file][1]) <= set(SCHEMAS[file.removesuffix(".parquet")].names)
    assert months_csv([]).strip().split(",") == list(FILES["months.csv"][1])
    assert fit_csv(None, Fit([], {})).strip().split(",") == list(FILES["fit.csv"][1])
    unknown = Interval(0.0, 0.0, 0.0)
    assert [*surge_csv([SurgeRow("", *[unknown] * 4)])] == list(FILES["surge.csv"][1])
    assert list(FILES["uncertainty.csv"][1]) == [*Share._fields, *Split._fields]
    assert list(FILES["lists.csv"][1]) == ["staff", *ListAfter._fields]
    for column in [*KEYS, *RESULTS]:
        assert meaning_of("summary.csv", column)
