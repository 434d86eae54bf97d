"""The `hub-store` command: what is kept of finished replications, how much room it takes, and how to clear it."""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from sim.errors import BAD_INPUT, HubError, exit_status, refuse_usage

DEFAULT = Path("outputs/store")
SECONDS_PER_DAY = 86_400
SHELF = re.compile("[0-9a-f]{64}")
"""What the folder of a configuration is called, over two levels; nothing else is ever removed."""
DESCRIPTION = """\
Show the store of finished replications (run.store): how many, how large, of which configurations. Clearing it loses no
results, only the time to simulate them again."""


class Kept(NamedTuple):
    """What is kept of one configuration."""

    folder: Path
    scenario: str
    staffing: str
    seed: str
    current: bool
    replications: int
    size: int
    last_used: float


def main(argv: Sequence[str] | None = None) -> int:
    """Run `hub-store` and return 0, or 2 if the input was refused."""
    parser = argparse.ArgumentParser(prog="hub-store", description=DESCRIPTION)
    parser.add_argument("store", nargs="?", type=Path, default=DEFAULT, help="its folder (default %(default)s)")
    parser.add_argument("--clear", action="store_true", help="remove it, or what the options below choose")
    parser.add_argument(
        "--older-than",
        type=float,
        metavar="DAYS",
        help="only configurations unchanged for so many days",
    )
    parser.add_argument("--other-versions", action="store_true", help="only what another version of the model made")
    parser.add_argument("--yes", action="store_true", help="clear without asking")
    refuse_usage(parser)
    args = parser.parse_args(argv)
    return exit_status(lambda: _command(args), "Interrupted; run it again to finish clearing.")


def _command(args: argparse.Namespace) -> int:
    if args.older_than is not None and args.older_than < 0:
        raise HubError(f"--older-than: got {args.older_than:g}; must be 0 days or more")
    if not args.store.is_dir():
        raise HubError(f"run.store: got {args.store}; there is no such folder here: give its path, as hub-store PATH")
    kept = list(_kept(args.store))
    if not kept and any(args.store.iterdir()):
        raise HubError(f"run.store: got {args.store}; this is not a store of replications")
    if args.older_than is not None:
        kept = [one for one in kept if time.time() - one.last_used > args.older_than * SECONDS_PER_DAY]
    if args.other_versions:
        kept = [one for one in kept if not one.current]
    _show(args.store, kept)
    if not args.clear or not kept:
        return 0
    if not args.yes and not _confirmed(len(kept)):
        print("Nothing was removed.", file=sys.stderr)
        return BAD_INPUT
    for one in kept:
        shutil.rmtree(one.folder)
        if not any(one.folder.parent.iterdir()):
            one.folder.parent.rmdir()
    print("Cleared.")
    return 0


def _confirmed(configurations: int) -> bool:
    if not sys.stdin.isatty():
        raise HubError("--clear: got no --yes; add it where nobody can be asked")
    return input(f"Remove what is kept of {configurations} configurations? [y/N] ").strip().lower() in ("y", "yes")


def _kept(store: Path) -> Iterator[Kept]:
    from sim.run.manifest import code_version
    from sim.run.store import about

    source = code_version()["source_sha256"]
    for shelf in sorted(path for path in store.glob("??/*") if SHELF.fullmatch(f"{path.parent.name}{path.name}")):
        note = about(shelf) or dict.fromkeys(("scenario", "staffing", "seed", "source_sha256"), "?")
        files = [path for path in shelf.rglob("*") if path.is_file()]
        states = [path.stat() for path in files]
        yield Kept(
            shelf,
            str(note["scenario"]),
            str(note["staffing"]),
            str(note["seed"]),
            note["source_sha256"] == source,
            sum(path.suffix == ".tables" for path in files),
            sum(state.st_size for state in states),
            max((state.st_mtime for state in states), default=shelf.stat().st_mtime),
        )


def _show(store: Path, kept: list[Kept]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    for heading in ("scenario", "staffing", "seed", "configuration", "model"):
        table.add_column(heading, no_wrap=True)
    for heading in ("replications", "MB", "days old"):
        table.add_column(heading, justify="right")
    for one in sorted(kept, key=lambda one: -one.last_used):
        age = (time.time() - one.last_used) / SECONDS_PER_DAY
        table.add_row(
            one.scenario, one.staffing, one.seed, one.folder.name[:8], "this version" if one.current else "another",
            f"{one.replications:,}", f"{one.size / 1e6:,.1f}", f"{age:.0f}",
        )  # fmt: skip
    console = Console(highlight=False, emoji=False, markup=False)
    console = console if console.is_terminal else Console(highlight=False, emoji=False, markup=False, width=120)
    if kept:
        console.print(table)
    total = sum(one.replications for one in kept)
    size = sum(one.size for one in kept) / 1e6
    print(f"{store}: {total:,} replications of {len(kept):,} configurations, {size:,.1f} MB")
