"""`hub rerun`: does what the manifest of a run says, and tells whether the same came of it."""

from __future__ import annotations

import sys
from pathlib import Path

from analysis.commands.arguments import VerbParser
from sim.disk.folders import own_folder
from sim.errors import HubError

ARGUMENT = "FOLDER"


def rerun(arguments: list[str]) -> int:
    """Run `hub rerun`; 1 if another result came of the same configuration."""
    parser = VerbParser(
        "rerun",
        "Run again what the manifest of a run says, with the same people, and compare the results.",
        "The configuration is that of the manifest, whatever the files say now. A cell of a sweep is a run.",
    )
    parser.add_argument(ARGUMENT, type=Path, help="of a run, or of one cell of a sweep")
    parser.takes("--out", required=True)
    parser.takes("--jobs")
    args = parser.read(arguments)
    from analysis.runs.one_run import run_and_report
    from analysis.runs.read_run import config_of, manifest_of, table_of
    from sim.run.manifest import code_version

    own = manifest_of(args.FOLDER, "give the folder of a finished run", ARGUMENT)
    if "config" not in own:
        cells = [str(cell.get("folder")) for cell in own.get("cells", []) if isinstance(cell, dict)]
        told = f"one of its cells, as {args.FOLDER / cells[0]}" if cells else "the folder of a run"
        raise HubError(f"{ARGUMENT}: got {args.FOLDER}, which holds a sweep; give {told}")
    config = config_of(own, args.FOLDER, "run", ARGUMENT)
    before = table_of(args.FOLDER, "measures", ARGUMENT)
    again = {"jobs": args.jobs, "replications": own["replications"], "precision": None, "warm_up": False}
    here = {"backend": "cores", "scheduler": None}
    config = config.model_copy(update={"run": config.run.model_copy(update=again | here)})
    with own_folder(args.out, "--out"):
        status = run_and_report(config, args.out, own["cells"][0].get("levers", {}))
    if status:
        return status
    mine = [column for column in before.columns if column != "cell"]
    after = table_of(args.out, "measures", ARGUMENT)
    same_model = own["code"]["source_sha256"] == code_version()["source_sha256"]
    if before[mine].equals(after[mine]):
        print(f"\nEvery measure is as in {args.FOLDER}.")
        return 0
    if same_model:
        print(f"\nOther figures than in {args.FOLDER}, of the same model: its tables were changed", file=sys.stderr)
        return 1
    print(f"\nOther figures than in {args.FOLDER}: the model has changed since ({own['code']['version']}).")
    return 0
