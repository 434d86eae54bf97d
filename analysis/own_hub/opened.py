"""Opens the file of a workbook, once it is known that it is one."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import HubError, one_line

if TYPE_CHECKING:
    from openpyxl import Workbook

MOST_BYTES, MOST_UNPACKED = 5_000_000, 60_000_000
"""Of the file, and of what is packed in it: a workbook that somebody filled in by hand has a hundredth of that."""
OTHERS = (".xls", ".xlsm", ".xlsb", ".ods", ".csv", ".numbers")
"""Files that people take for the workbook; each program that makes them can save it as .xlsx."""


def content_of(path: Path) -> bytes:
    """Return what a file holds, if it is not too large to be looked at."""
    try:
        if path.is_dir():
            raise HubError(f"{path}: got a folder; give the workbook in it")
        _refuse_other(str(path), path.stat().st_size)
        return path.read_bytes()
    except FileNotFoundError:
        raise HubError(f"{path}: there is no such file; hub new FOLDER writes a workbook to fill in") from None
    except OSError as error:
        raise HubError(f"{path}: {error.strerror}; close it in Excel, or give a file that can be read") from None


def _refuse_other(called: str, size: int) -> None:
    """Refuse what is no workbook by its name, and what is too large for one."""
    suffix = Path(called).suffix.lower()
    if suffix in OTHERS:
        raise HubError(f"{called}: got a {suffix} file; save it as .xlsx (Excel workbook, without macros)")
    if size > MOST_BYTES:
        told = f"got {size / 1e6:,.0f} MB; a filled-in one has less than {MOST_BYTES / 1e6:.0f}: take pictures out"
        raise HubError(f"{called}: {told}, or copy your values into a new one (hub new)")


def opened(called: str, content: bytes) -> Workbook:
    """Open a workbook, once it is known that it is one and is not made to fill the memory."""
    from openpyxl import load_workbook

    _refuse_other(called, len(content))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = packed.namelist()
            if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                raise HubError(
                    f"{called}: holds more than {MOST_UNPACKED / 1e6:.0f} MB unpacked; copy your values into a new one"
                )
        if any(part.lower().endswith("vbaproject.bin") for part in names):
            raise HubError(f"{called}: holds macros; save it as .xlsx without them")
        book: Workbook = load_workbook(io.BytesIO(content), data_only=False, keep_links=False)
        return book
    except zipfile.BadZipFile:
        raise HubError(
            f"{called}: is not an Excel workbook, or is locked with a password; save it as .xlsx without one"
        ) from None
    except HubError:
        raise
    except Exception as error:  # openpyxl raises whatever the parser of the part that is broken raises
        told = one_line(f"{type(error).__name__}: {error}")[:80]
        raise HubError(f"{called}: is damaged ({told}); open it in Excel, save it again as .xlsx") from None
