"""What can be taken away: the files that the commands write, and what runs them again."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from analysis.app.results import Result
from analysis.runs.summary import summary_csv
from sim.disk.shipped import conf_dir
from sim.evidence.register import REGISTER


def summary_of(result: Result) -> bytes:
    """Return summary.csv as `hub` writes it."""
    return summary_csv(result.everything()).encode()


def zipped(folder: Path) -> bytes:
    """Return the files of a finished run as one archive."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as files:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.name.startswith("."):
                files.write(path, path.relative_to(folder))
    return archive.getvalue()


def register_of() -> bytes:
    """Return the evidence register as it stands in conf/."""
    return (conf_dir() / REGISTER).read_bytes()


def validation_report() -> str:
    """Return docs/validation.md without its title; empty where this copy has none."""
    path = conf_dir().parent / "docs" / "validation.md"
    if not path.is_file():
        return ""
    lines = path.read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("# "))
