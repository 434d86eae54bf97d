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

_TEXT, _ID = pa.dictionary(pa.int32(), pa.string()), pa.string()
_WHOLE, _NUMBER, _YES = pa.int32(), pa.float64(), pa.bool_()


def _schema(**columns: pa.DataType) -> pa.Schema:
    return pa.schema(list(columns.items()))


LABELS = ("cell", "scenario", "staffing")
"""Columns that name a run; added when results of runs are put together, never part of what was simulated."""
_OF_A_HUB = {"hub": _WHOLE, "replication": _WHOLE}
_LABELLED = dict.fromkeys(LABELS, _TEXT) | _OF_A_HUB

SCHEMAS: dict[str, pa.Schema] = {
    "measures": _schema(
        **_LABELLED, measure=_TEXT, stage=_TEXT, dimension=_TEXT, group=_TEXT, value=_NUMBER, numerator=_NUMBER,
        denominator=_NUMBER, unit=_TEXT,
    ),
    "waits": _schema(
        **_LABELLED, stage=_TEXT, dimension=_TEXT, group=_TEXT, wait_days=_WHOLE, outcome=_TEXT, count=_WHOLE,
    ),
    "weekly": _schema(
        **_LABELLED, week=_WHOLE, stage=_TEXT, role=_TEXT, dimension=_TEXT, group=_TEXT, list=_WHOLE, caseload=_WHOLE,
        arrivals=_WHOLE, completions=_WHOLE, minutes=_WHOLE,
    ),
    "in_time": _schema(**_OF_A_HUB, stage=_TEXT, eligible=_WHOLE, in_time=_WHOLE),
    "journeys": _schema(
        **_OF_A_HUB, client_id=_ID, episode=_WHOLE, source=_TEXT, staff_group=_TEXT, gender=_TEXT, ethnicity=_TEXT,
        tier=_TEXT, risk=_YES, **{f"{milestone.name}_day": _NUMBER for milestone in MILESTONES}, outcome=_TEXT,
        modality=_TEXT, ended=_TEXT, sessions_attended=_WHOLE, sessions_missed=_WHOLE, transferred=_WHOLE,
        staff_minutes=_WHOLE,
    ),
    "cohort": _schema(
        **_OF_A_HUB, client_id=_ID, source=_TEXT, staff_group=_TEXT, gender=_TEXT, ethnicity=_TEXT,
        referred_day=_NUMBER, gad7=_WHOLE, phq9=_WHOLE, ptsd=_WHOLE, audit=_WHOLE, wsas=_WHOLE,
        measures_positive=_WHOLE, tier=_TEXT, risk=_YES, shift_worker=_YES, newly_reached=_YES, screens=_YES,
        screen_delay_days=_NUMBER, offered=_YES, reachable=_YES, assessment_minutes=_WHOLE, outcome=_TEXT,
        modality=_TEXT, course_sessions=_WHOLE, drop_out_session=_WHOLE, navigation_contacts=_WHOLE, accepted=_YES,
        opted_in=_YES, external_wait_days=_NUMBER, re_referred=_YES,
    ),
    "events": _schema(
        hub=_WHOLE, run_number=_WHOLE, entity_id=_WHOLE, client_id=_ID, pathway=_TEXT, event_type=_TEXT, event=_TEXT,
        time=_NUMBER, resource_id=_WHOLE,
    ),
    "months": _schema(**_OF_A_HUB, month=_TEXT, figure=_TEXT, value=_NUMBER),
    "staff_days": _schema(
        **_OF_A_HUB, post_id=_TEXT, role=_TEXT, line=_TEXT, band=_TEXT, day=_WHOLE, minutes_available=_WHOLE,
        **dict.fromkeys(ACTIVITIES, _WHOLE), idle=_WHOLE,
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


BY_LIST = [("dimension", "in", ["all", "modality"])]
"""Rows of the weekly table that are about whole lists and not about groups of people, for `read_frame`."""


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
