"""The tables that a run writes: their schemas, checked on write, and the files that hold them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sim.config.staffing import ACTIVITIES
from sim.stages import MILESTONES

if TYPE_CHECKING:
    import pandas as pd

_TEXT = pa.dictionary(pa.int32(), pa.string())
_DAY = pa.float64()


def _schema(**columns: pa.DataType) -> pa.Schema:
    return pa.schema(list(columns.items()))


LABELS = ("cell", "scenario", "staffing")
"""Columns that name a run; added when results of runs are put together, never part of what was simulated."""

MILESTONE_DAYS = tuple(milestone.name for milestone in MILESTONES)

SCHEMAS: dict[str, pa.Schema] = {
    "measures": _schema(
        cell=_TEXT, scenario=_TEXT, staffing=_TEXT, hub=pa.int32(), replication=pa.int32(), measure=_TEXT, stage=_TEXT,
        dimension=_TEXT, group=_TEXT, value=pa.float64(), numerator=pa.float64(), denominator=pa.float64(), unit=_TEXT,
    ),
    "waits": _schema(
        cell=_TEXT, scenario=_TEXT, staffing=_TEXT, hub=pa.int32(), replication=pa.int32(), stage=_TEXT,
        dimension=_TEXT, group=_TEXT, wait_days=pa.int32(), outcome=_TEXT, count=pa.int32(),
    ),
    "weekly": _schema(
        cell=_TEXT, scenario=_TEXT, staffing=_TEXT, hub=pa.int32(), replication=pa.int32(), week=pa.int32(),
        stage=_TEXT, role=_TEXT, dimension=_TEXT, group=_TEXT, list=pa.int32(), caseload=pa.int32(),
        arrivals=pa.int32(), completions=pa.int32(), minutes=pa.int32(),
    ),
    "in_time": _schema(
        hub=pa.int32(), replication=pa.int32(), stage=_TEXT, eligible=pa.int32(), in_time=pa.int32(),
    ),
    "journeys": _schema(
        hub=pa.int32(), replication=pa.int32(), client_id=pa.string(), episode=pa.int32(), source=_TEXT,
        staff_group=_TEXT, gender=_TEXT, ethnicity=_TEXT, tier=_TEXT, risk=pa.bool_(),
        **{f"{name}_day": _DAY for name in MILESTONE_DAYS},
        outcome=_TEXT, modality=_TEXT, ended=_TEXT, sessions_attended=pa.int32(), sessions_missed=pa.int32(),
        transferred=pa.int32(), staff_minutes=pa.int32(),
    ),
    "cohort": _schema(
        hub=pa.int32(), replication=pa.int32(), client_id=pa.string(), source=_TEXT, staff_group=_TEXT, gender=_TEXT,
        ethnicity=_TEXT, referred_day=_DAY, gad7=pa.int32(), phq9=pa.int32(), ptsd=pa.int32(), audit=pa.int32(),
        wsas=pa.int32(), measures_positive=pa.int32(), tier=_TEXT, risk=pa.bool_(), shift_worker=pa.bool_(),
        newly_reached=pa.bool_(), screens=pa.bool_(), screen_delay_days=_DAY, offered=pa.bool_(), reachable=pa.bool_(),
        assessment_minutes=pa.int32(), outcome=_TEXT, modality=_TEXT, course_sessions=pa.int32(),
        drop_out_session=pa.int32(), navigation_contacts=pa.int32(), accepted=pa.bool_(), opted_in=pa.bool_(),
        external_wait_days=_DAY, re_referred=pa.bool_(),
    ),
    "events": _schema(
        hub=pa.int32(), run_number=pa.int32(), entity_id=pa.int32(), client_id=pa.string(), pathway=_TEXT,
        event_type=_TEXT, event=_TEXT, time=_DAY, resource_id=pa.int32(),
    ),
    "staff_days": _schema(
        hub=pa.int32(), replication=pa.int32(), post_id=_TEXT, role=_TEXT, line=_TEXT, band=_TEXT, day=pa.int32(),
        minutes_available=pa.int32(), **{name: pa.int32() for name in ACTIVITIES}, idle=pa.int32(),
    ),
}  # fmt: skip
"""Columns of every table. `events` follows the convention of the vidigi animation package."""

ALWAYS = ("measures", "waits", "weekly")
GOALS = ("in_time",)
"""All that a search asks of a replication: who was seen within the standards, of everybody who should have been."""


ROWS_AT_ONCE = 60_000


def make_table(name: str, columns: Mapping[str, Sequence[Any] | NDArray[Any] | pa.Array], **constants: Any) -> pa.Table:
    """Return columns as a table of a known schema; constants fill whole columns, labels may come later.

    Raises KeyError or pyarrow.ArrowInvalid when a column is missing, unknown or of another type than the schema says.
    """
    rows = len(next(iter(columns.values())))
    schema = unlabelled(name)
    unknown = set(columns) | set(constants)
    arrays = []
    for field in schema:
        unknown.discard(field.name)
        values = np.repeat(constants[field.name], rows) if field.name in constants else columns[field.name]
        if isinstance(values, pa.DictionaryArray):
            arrays.append(values)
        elif pa.types.is_dictionary(field.type):
            arrays.append(pa.array(values, type=pa.string()).dictionary_encode())
        elif pa.types.is_integer(field.type):
            found = values if isinstance(values, pa.Array) else pa.array(values)
            if not (pa.types.is_integer(found.type) or pa.types.is_null(found.type)):
                raise pa.ArrowInvalid(f"table {name}, column {field.name}: got {found.type}; must be whole numbers")
            arrays.append(found.cast(field.type))
        else:
            arrays.append(pa.array(values, type=field.type, from_pandas=True))
    if unknown:
        raise KeyError(f"table {name} has no column {', '.join(sorted(unknown))}")
    return pa.Table.from_arrays(arrays, schema=schema)


def unlabelled(name: str) -> pa.Schema:
    """Return a schema without the labels."""
    return pa.schema([field for field in SCHEMAS[name] if field.name not in LABELS])


def labelled(name: str, table: pa.Table, labels: Mapping[str, str]) -> pa.Table:
    """Return a table of a schema with labels, put in front."""
    for position, label in enumerate(LABELS):
        if label in SCHEMAS[name].names:
            nowhere_else = pa.array(np.zeros(len(table), dtype=np.int32))
            column = pa.DictionaryArray.from_arrays(nowhere_else, pa.array([labels[label]]))
            table = table.add_column(position, SCHEMAS[name].field(label), column)
    return table


class TableFile:
    """A Parquet file of one of `SCHEMAS` that grows table by table; it belongs into a `whole_folder`."""

    def __init__(self, path: Path, name: str) -> None:
        self._path = path
        self._name = name
        self._schema = unlabelled(name)
        # Without Arrow's own schema in the file, names are read as plain text and not as the codes of one writer.
        # Nor does anybody here search by the least and greatest of a column; they would be a quarter of the writing.
        # Figures hardly repeat, so that a dictionary of them costs a fifth of the writing and makes the file larger.
        self._writer = pq.ParquetWriter(
            path,
            SCHEMAS[name],
            compression="zstd",
            store_schema=False,
            write_statistics=False,
            use_dictionary=[field.name for field in SCHEMAS[name] if field.type != pa.float64()],
        )
        self._waiting: list[pa.Table] = []
        self._labels: Mapping[str, str] = {}
        self._rows = 0

    def write(self, table: pa.Table, labels: Mapping[str, str]) -> None:
        """Append a table, which comes without its labels.

        Tables are put on the disk many rows at a time, which takes a third of the time.
        """
        if not table.schema.equals(self._schema):
            raise pa.ArrowInvalid(f"{self._path.name}: got the columns {table.schema.names}; must be as in the schema")
        if labels != self._labels:
            self._flush()
            self._labels = labels
        self._waiting.append(table)
        self._rows += len(table)
        if self._rows >= ROWS_AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        if self._waiting:
            table = pa.concat_tables(self._waiting).unify_dictionaries().combine_chunks()
            self._writer.write_table(labelled(self._name, table, self._labels))
        self._waiting, self._rows = [], 0

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None:
        """Complete the file; after an error only close it."""
        if kind is not None:
            with suppress(OSError):  # a full disk is told once, by what failed on it first
                self._writer.close()
            return
        try:
            self._flush()
        finally:
            self._writer.close()


def stored_blocks(folder: Path, name: str) -> Iterator[pa.Table]:
    """Yield one table of a finished run block by block, as `TableFile` wrote it, without its labels."""
    schema = SCHEMAS[name]
    texts = [field.name for field in schema if pa.types.is_dictionary(field.type)]
    columns = [column for column in schema.names if column not in LABELS]
    with pq.ParquetFile(folder / f"{name}.parquet", read_dictionary=texts) as file:
        for group in range(file.num_row_groups):
            yield file.read_row_group(group, columns=columns, use_threads=False)


EVERYONE = [("dimension", "==", "all")]
"""Rows of a table that are about everyone and not a group, for `read_frame`."""


def read_frame(folder: Path, name: str, where: list[tuple[str, str, Any]] | None = None) -> pd.DataFrame:
    """Return one table of a finished run, or some of its rows, for pandas; names are categories, to save memory."""
    texts = [field.name for field in SCHEMAS[name] if pa.types.is_dictionary(field.type)]
    table = pq.read_table(folder / f"{name}.parquet", filters=where, read_dictionary=texts)
    frame: pd.DataFrame = table.to_pandas()
    return frame


def read_table(
    folder: Path, name: str, columns: list[str] | None = None, where: list[tuple[str, str, Any]] | None = None
) -> pa.Table:
    """Return one table of a finished run, or some of its columns and rows, as pyarrow's `filters` choose them.

    Raises FileNotFoundError when the run did not write it.
    """
    return pq.read_table(folder / f"{name}.parquet", columns=columns, filters=where)
