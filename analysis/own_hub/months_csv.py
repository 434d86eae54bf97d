"""Reads what happened from a CSV of months: a Hub's own figures, or those of the Mental Health Services Data Set."""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Sequence
from pathlib import Path

from analysis.own_hub.actual import FEWEST, Actual, Cell, Within, suppressed
from analysis.own_hub.check import happened
from analysis.own_hub.read import read_workbook
from analysis.own_hub.sheets import MONTHS, MONTHS_ASKED, Kind
from analysis.own_hub.typed import TEN_DIGITS, folded, month_of, number_of
from sim.calendar import month_later
from sim.errors import ConfigProblem, HubError, closest, nearest
from sim.measures.months import MONTHLY

MOST_BYTES = 1_000_000
TEMPLATE = "mhsds-f06.csv"
NATIONAL = {
    "referrals_received": "referrals",
    "care_contacts_attended": "care_contacts",
    "care_contacts_not_attended": "missed",
    "referrals_closed": "closed",
}
"""Columns of monthly aggregates of the data set for team type F06 (Mental Health and Wellbeing Hubs), and our figures.

Team type and rounding as in NHS England's own code of the publication (NHSDigital/mental-health-monthly-statistics,
grade B): below national level a count under 5 is published as *, any other to the nearest 5. The names of the columns
are ours; that cancelled contacts are no care contacts is ours too (grade D).
"""
HEADINGS = {folded(column.heading): column.key for column in MONTHS.columns}
"""Columns of the sheet Months as they are called there: whoever copies them out need not rename them."""
ROUNDED_TO = 5
MEANING = """\
# Mental Health Services Data Set (MHSDS), team type F06: Mental Health and Wellbeing Hubs. One row for each month.
# Counts only. Never a row for a person, never an NHS number: add up by month first.
# Type * or <5 where a count is published so (fewer than 5: taken as 0 to 4). If all counts are multiples of 5 they are
# taken as rounded (45: 43 to 47). Leave empty what you do not know. Then: hub check FOLDER --actual THIS FILE.
# referrals_received: new referrals in the month. care_contacts_attended: also by telephone or video, navigation too.
# care_contacts_not_attended: did not attend; cancelled ones are left out. referrals_closed: closed in the month.
"""
PERSONAL = re.compile(
    r"nhs.?n|patient|person|client|birth|dob|postcode|surname|forename|first.?name|last.?name|^name$|address|phone|e.?mail"
    r"|identifier|(^|[_ ])id$|gender|^sex$|^age$|ethnic"
)


def template(first: datetime.date) -> str:
    """Return the template, with a row for each of the twelve months from that of a day on."""
    rows = [["month", *NATIONAL]]
    rows += [[f"{month_later(first, months):%Y-%m}", *("" for _ in NATIONAL)] for months in range(MONTHS_ASKED)]
    return MEANING + "".join(",".join(row) + "\n" for row in rows)


def read_actual(path: Path) -> Actual:
    """Read what happened, by figure and first day of the month: a workbook, or a CSV with a column `month` and figures.

    Raises
    ------
    ConfigProblem
        With file, line and column of every cell that cannot be read.
    HubError
        When it is no CSV, or holds anything about single people.
    """
    if path.suffix.lower() == ".xlsx":
        return happened(read_workbook(path))
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise HubError(f"{path}: {error.strerror}; give a CSV or the workbook with the months") from None
    return read_csv(str(path), content)


def read_csv(path: str, content: bytes) -> Actual:
    """Read the content of a CSV; see `read_actual`. Refusals call it by the name or path that is given."""
    lines = _lines(path, content)
    number, written = next(((n, [folded(cell) for cell in row]) for n, row in lines), (1, []))
    _refuse_people(path, number, written, lines)
    heading = [HEADINGS.get(name, name) for name in written]
    known = [*MONTHLY, *NATIONAL]
    problems = [
        f"{path}:{number}: got the column {name[:40]!r}; {_meant(name, ['month', *known])}"
        for name in heading
        if name not in ("month", *known)
    ]
    figures = [NATIONAL.get(name, name) for name in heading]
    if "month" not in heading or len(figures) != len(set(figures)):
        given = ",".join(heading)[:80]
        problems.append(
            f"{path}:{number}: got {given}; name a column month, and each once; as month,referrals,assessed"
        )
    found: dict[Cell, float] = {}
    national: list[Cell] = []
    months: set[datetime.date] = set()
    for line, row in lines[1:] if not problems else ():
        cells = dict(zip(heading, (cell.strip() for cell in row), strict=False))
        if not any(cells.values()):
            continue
        try:
            month = month_of(cells["month"])
        except ValueError as error:
            problems.append(f"{path}:{line}: column month: got {cells['month'][:40]!r}; {error}")
            continue
        if month in months:
            problems.append(f"{path}:{line}: {month:%B %Y} appears twice; give one row for each month, added up")
        months.add(month)
        for column in heading:
            if column == "month" or not cells.get(column):
                continue
            cell = (NATIONAL.get(column, column), month)
            try:
                found[cell] = _count(cells[column], cell[0])
            except ValueError as error:
                problems.append(f"{path}:{line}: column {column}: got {cells[column][:40]!r}; {error}")
            national += [cell] * (column in NATIONAL and cell in found)
    if problems:
        raise ConfigProblem(problems)
    if not found:
        raise HubError(f"{path}: holds no month; write one a row, as 2022-04,52,31")
    exact = [found[cell] for cell in national if not isinstance(found[cell], Within)]
    if all(value % ROUNDED_TO == 0 for value in exact):
        found |= {cell: _rounded(found[cell]) for cell in national if not isinstance(found[cell], Within)}
    return found


def _meant(name: str, known: Sequence[str]) -> str:
    """Suggest the column that was meant, by our name of it or its heading on the sheet Months; or list our names."""
    near = closest(name, [*known, *HEADINGS])
    return f"did you mean {near}?" if near else nearest(name, known)


def _lines(path: str, content: bytes) -> list[tuple[int, list[str]]]:
    """Return the rows of a CSV with their lines, without remarks (#) and what is empty."""
    if len(content) > MOST_BYTES:
        raise HubError(f"{path}: got more than {MOST_BYTES:,} bytes; a row for each month is enough")
    try:
        reader = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        rows = [(reader.line_num, row) for row in reader]
    except (UnicodeDecodeError, csv.Error):
        raise HubError(f"{path}: is no CSV in UTF-8; save it as CSV UTF-8, or give the workbook") from None
    return [(line, row) for line, row in rows if any(cell.strip() for cell in row) and not row[0].startswith("#")]


def _refuse_people(path: str, number: int, heading: Sequence[str], lines: Sequence[tuple[int, list[str]]]) -> None:
    """Refuse a file with anything that may single people out, without showing what it holds."""
    remedy = "add people up by month first, and give only the counts"
    for name in heading:
        if name not in MONTHLY and PERSONAL.search(name):
            raise HubError(f"{path}:{number}: got the column {name[:40]!r}, which tells single people apart; {remedy}")
    for line, row in lines:
        if any(TEN_DIGITS.search(cell) for cell in row):
            raise HubError(f"{path}:{line}: holds ten digits, as an NHS number has; {remedy}")


def _count(text: str, figure: str) -> float:
    if (kept_back := suppressed(text)) is None:
        return number_of(text, Kind.NUMBER)
    if figure == "assessment_wait_days":
        raise ValueError("only a count can be published so: leave it empty")
    return kept_back


def _rounded(value: float) -> Within:
    """Return a count that was rounded to the nearest 5; below 5 it would have been published as *."""
    half = (ROUNDED_TO - 1) / 2
    least = max(value - half, FEWEST) if value else 0
    return Within(value, least, value + half, f"{value:.0f}")
