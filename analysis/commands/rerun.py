"""`hub rerun`: does what the manifest of a run or sweep says, and tells whether the same came of it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.commands.arguments import VerbParser
from sim.disk.folders import own_folder
from sim.errors import HubError

if TYPE_CHECKING:
    from analysis.runs.again import Held

ARGUMENT = "FOLDER"
COMPARED, SIZED = "differences.csv", "sizing.json"
"""What tells the folder of a comparison, and of a sizing: neither is a run."""


def rerun(arguments: list[str]) -> int:
    """Run `hub rerun`; 1 if another result came of the same configuration, model and packages."""
    parser = VerbParser(
        "rerun",
        "Run again what the manifest of a run or sweep says, with the same people, and compare the results.",
        "The configuration is that of the manifest, whatever the files say now. A cell of a sweep is a run.\n"
        "Every future is simulated again, none is taken from the store.",
    )
    parser.add_argument(ARGUMENT, type=Path, help="of a run, of a sweep, or of one cell of a sweep")
    parser.takes("--out", required=True)
    parser.takes("--jobs")
    args = parser.read(arguments)
    _refuse_other_folders(args.FOLDER)
    from analysis.runs.read_run import manifest_of

    own = manifest_of(args.FOLDER, "give the folder of a finished run or sweep", ARGUMENT)
    return _run(own, args) if "config" in own else _sweep(own, args)


def _refuse_other_folders(folder: Path) -> None:
    """Say what to do with what hub compare or hub size has left, which are questions about runs."""
    if (folder / COMPARED).is_file():
        told = "a comparison; rerun its sweep, then give that to hub compare"
        raise HubError(f"{ARGUMENT}: got {folder}, which holds {told}")
    if (folder / SIZED).is_file():
        told = "a sizing; give hub size the same question again: what run.store keeps is not simulated again"
        raise HubError(f"{ARGUMENT}: got {folder}, which holds {told}")


def _run(own: dict[str, Any], args: argparse.Namespace) -> int:
    from analysis.runs.again import config_again, held_against, what_changed
    from analysis.runs.one_run import run_and_report
    from analysis.runs.read_run import table_of

    config = config_again(own, args.FOLDER, "run", ARGUMENT, args.jobs)
    table_of(args.FOLDER, "measures", ARGUMENT)  # before an hour is spent
    changed = what_changed(own)
    with own_folder(args.out, "--out"):
        status = run_and_report(config, args.out, own["cells"][0].get("levers", {}))
    return status or _tell({"": held_against(args.FOLDER, args.out, ARGUMENT)}, changed, args.FOLDER)


def _sweep(sweep: dict[str, Any], args: argparse.Namespace) -> int:
    from analysis.comparison.read_sweep import FINISHED, cells_listed
    from analysis.runs.again import config_again, held_against, what_changed
    from analysis.runs.read_run import manifest_of
    from analysis.runs.sweep import MANIFEST, run_sweep
    from sim.run.experiment import CellRun

    listed = cells_listed(sweep, args.FOLDER, ARGUMENT)
    cells, changed = [], []
    for cell in (each for each in listed if each.status == FINISHED):
        place = args.FOLDER / cell.folder
        own = manifest_of(place, "run the sweep again", ARGUMENT)
        config = config_again(own, place, cell.cell, ARGUMENT, args.jobs)
        named = (cell.levers, cell.plan, cell.world, tuple(cell.decisions))
        cells.append((CellRun(cell.cell, config, args.out / cell.folder, *named, together=True), place))
        changed += what_changed(own)
    if not cells:
        raise HubError(f"{ARGUMENT}: got {args.FOLDER}, which has no finished cell; {MANIFEST} lists them")
    if failed := [cell.cell for cell in listed if cell.status != FINISHED]:
        print(f"Not run again, as they failed and left no configuration: {', '.join(failed)}", file=sys.stderr)
    with own_folder(args.out, "--out"):
        status = run_sweep([cell for cell, _ in cells], args.out)
    if status:
        return status
    held = {cell.name: held_against(place, cell.folder, ARGUMENT) for cell, place in cells}
    return _tell(held, list(dict.fromkeys(changed)), args.FOLDER)


def _tell(held: dict[str, Held], changed: list[str], folder: Path) -> int:
    """Say what came out the same and what did not, and return the exit status."""
    print("\nEvery future was simulated again; none came from the store.")
    if changed:
        print(f"Since {folder} was run these have changed: {'; '.join(changed)}.")
    for cell, found in held.items():
        if cell:
            print(f"{cell}: {found.told}")
    other = [cell for cell, found in held.items() if found.other]
    if not other:
        print(f"Every measure is as in {folder}.")
        return 0
    many = f"{len(other)} of {len(held)} cells: other" if len(held) > 1 else "Other"
    if changed:
        print(f"{many} figures than in {folder}, by what has changed.")
        return 0
    print(f"{many} figures than in {folder}, of the same model: its tables were changed", file=sys.stderr)
    return 1
