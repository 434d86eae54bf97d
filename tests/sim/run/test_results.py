"""Tables of a known schema, and files that appear whole or not at all."""

import stat

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sim.disk import whole_folder
from sim.measures.rows import named
from sim.run.results import LABELS, SCHEMAS, TableFile, labelled, make_table, read_table

WAITS = {
    "stage": ["assessment", "therapy"], "dimension": ["all", "all"], "group": ["all", "all"], "wait_days": [3, 40],
    "outcome": ["seen", "left"], "count": [7, 1],
}  # fmt: skip
NUMBERS = {"hub": 0, "replication": 4}
LABELLED = {"cell": "0_baseline", "scenario": "baseline", "staffing": "mixed"}


def waits() -> pa.Table:
    return make_table("waits", WAITS, **NUMBERS)


@pytest.mark.unit
def test_a_table_has_the_columns_of_its_schema_in_their_order_without_labels():
    assert waits().schema.names == [name for name in SCHEMAS["waits"].names if name not in LABELS]
    assert waits().to_pylist()[1] == {
        "hub": 0, "replication": 4, "stage": "therapy", "dimension": "all", "group": "all", "wait_days": 40,
        "outcome": "left", "count": 1,
    }  # fmt: skip


@pytest.mark.unit
def test_labels_are_put_in_front():
    table = labelled("waits", waits(), LABELLED)
    assert table.schema.names == SCHEMAS["waits"].names
    assert table.to_pylist()[0] | LABELLED == table.to_pylist()[0]


@pytest.mark.unit
def test_tables_without_labels_stay_as_they_are():
    cohort = pa.table({"hub": [0]})
    assert labelled("cohort", cohort, {}) is cohort


@pytest.mark.unit
def test_a_missing_column_is_refused():
    with pytest.raises(KeyError, match="outcome"):
        make_table("waits", {name: values for name, values in WAITS.items() if name != "outcome"}, **NUMBERS)


@pytest.mark.unit
def test_an_unknown_column_is_refused_by_name():
    with pytest.raises(KeyError, match="no column colour"):
        make_table("waits", WAITS | {"colour": ["red", "blue"]}, **NUMBERS)


@pytest.mark.unit
@pytest.mark.parametrize("days", [["three", "forty"], [[3], [40]], [2**40, 1]])
def test_a_column_of_another_type_is_refused(days):
    with pytest.raises((pa.ArrowInvalid, pa.ArrowTypeError)):
        make_table("waits", WAITS | {"wait_days": days}, **NUMBERS)


@pytest.mark.unit
def test_what_has_not_happened_is_empty_and_not_a_number():
    columns = {
        "week": [1], "stage": [""], "role": ["navigator"], "dimension": ["role"], "group": ["navigator"],
        "list": [None], "caseload": [3], "arrivals": [None], "completions": [None], "minutes": [60],
    }  # fmt: skip
    table = make_table("weekly", columns, **NUMBERS)
    assert table.to_pylist()[0]["list"] is None


@pytest.mark.unit
def test_text_given_by_position_is_the_same_column_as_the_text_itself():
    # "all" is the name of two groups, and nobody is in "women".
    names, rows = ["men", "all", "women", "all"], [3, 0, 0, 1, 3]
    text = [names[row] for row in rows]
    column = named(names, np.array(rows))
    assert column.to_pylist() == text
    assert column.equals(pa.array(text).dictionary_encode())


def write(path, tables, fail_after=None):
    with whole_folder(path.parent) as folder, TableFile(folder / path.name, "waits") as file:
        for number, table in enumerate(tables):
            if number == fail_after:
                raise RuntimeError("interrupted")
            file.write(table, LABELLED)


@pytest.mark.integration
def test_a_file_grows_table_by_table_and_reads_back(tmp_path):
    write(tmp_path / "waits.parquet", [waits(), waits()])
    table = read_table(tmp_path, "waits")
    assert table.to_pylist() == [LABELLED | row for row in waits().to_pylist() * 2]
    assert [path.name for path in tmp_path.iterdir()] == ["waits.parquet"]


@pytest.mark.integration
def test_tables_of_several_cells_keep_their_own_labels(tmp_path):
    with TableFile(tmp_path / "waits.parquet", "waits") as file:
        for cell in ("0", "1"):
            file.write(waits(), LABELLED | {"cell": cell})
    assert read_table(tmp_path, "waits")["cell"].to_pylist() == ["0", "0", "1", "1"]


@pytest.mark.integration
def test_nothing_is_to_be_seen_before_the_file_is_complete(tmp_path):
    with whole_folder(tmp_path) as folder, TableFile(folder / "waits.parquet", "waits") as file:
        file.write(waits(), LABELLED)
        assert not (tmp_path / "waits.parquet").exists()
    assert (tmp_path / "waits.parquet").exists()


@pytest.mark.integration
@pytest.mark.parametrize("fail_after", [0, 1])
def test_a_failure_leaves_nothing_behind(tmp_path, fail_after):
    with pytest.raises(RuntimeError, match="interrupted"):
        write(tmp_path / "waits.parquet", [waits(), waits()], fail_after)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.integration
def test_a_failure_leaves_an_older_file_as_it_was(tmp_path):
    write(tmp_path / "waits.parquet", [waits()])
    before = (tmp_path / "waits.parquet").read_bytes()
    with pytest.raises(RuntimeError, match="interrupted"):
        write(tmp_path / "waits.parquet", [waits(), waits()], 1)
    assert (tmp_path / "waits.parquet").read_bytes() == before


@pytest.mark.integration
def test_a_table_of_another_schema_is_refused_and_leaves_nothing(tmp_path):
    with (
        pytest.raises(ValueError),
        whole_folder(tmp_path) as folder,
        TableFile(folder / "waits.parquet", "waits") as file,
    ):
        file.write(pa.table({"colour": ["red"]}), LABELLED)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.integration
def test_text_is_plain_on_disk_so_that_any_reader_understands_it(tmp_path):
    write(tmp_path / "waits.parquet", [waits()])
    assert pq.read_schema(tmp_path / "waits.parquet").field("stage").type == pa.string()


@pytest.mark.integration
def test_a_file_may_be_read_by_whoever_may_read_the_others(tmp_path):
    write(tmp_path / "waits.parquet", [waits()])
    (tmp_path / "plain").write_text("")
    modes = {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("waits.parquet", "plain")}
    assert len(modes) == 1


@pytest.mark.integration
def test_a_table_that_the_run_did_not_write_is_not_found(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_table(tmp_path, "journeys")


@pytest.mark.unit
def test_a_number_with_a_fraction_is_refused_in_a_column_of_whole_numbers():
    columns = {"stage": ["x"], "dimension": ["all"], "group": ["all"], "outcome": ["seen"], "count": [1]}
    with pytest.raises(pa.ArrowInvalid):
        make_table("waits", columns | {"wait_days": [3.5]}, hub=0, replication=0)
