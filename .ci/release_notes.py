"""Prints what the changelog says of the version that a tag names: `python .ci/release_notes.py v0.1.0`."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def notes(tag: str, root: Path = ROOT) -> str:
    """Return the section of the version, without its heading; a ValueError says what to mend before tagging again."""
    version = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    if tag != f"v{version}":
        raise ValueError(f"tag: got {tag}; pyproject.toml has version {version}: tag v{version}, or change the version")
    changelog = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    for section in re.split(r"^## ", changelog, flags=re.MULTILINE)[1:]:
        heading, _, text = section.partition("\n")
        if heading.startswith(f"[{version}]") and text.strip():
            return text.strip() + "\n"
    raise ValueError(f"CHANGELOG.md: has no section {version}; rename [Unreleased] to [{version}] - YYYY-MM-DD")


if __name__ == "__main__":
    try:
        sys.stdout.write(notes(sys.argv[1]))
    except ValueError as problem:
        sys.exit(str(problem))
