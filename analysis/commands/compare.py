"""`hub compare`: a finished sweep against a baseline, as tables, figures and a page for a board."""

from __future__ import annotations

from pathlib import Path

from analysis.commands.arguments import VerbParser
from sim.errors import HubError
from sim.stages import COMPARED

PERCENT = 100


def compare(arguments: list[str]) -> int:
    """Run `hub compare`."""
    parser = VerbParser("compare", "Compare the plans of a finished sweep with a baseline, pair by pair.")
    parser.add_argument("sweep", type=Path, metavar="SWEEP", help="folder of a finished sweep, as hub sweep leaves it")
    parser.add_argument(
        "--baseline", required=True, metavar="NAME", help="a scenario, a staffing model, SCENARIO/STAFFING or a cell"
    )
    parser.takes("--out", required=True)
    parser.add_argument("--delta", type=float, metavar="POINTS", help="smallest difference that matters: percentage "
                        "points of people seen within standard")  # fmt: skip
    parser.add_argument("--stage", choices=COMPARED, default=COMPARED[0], help="the wait that is weighed against cost")
    parser.add_argument("--why", action="store_true", help="attribute what a plan changes to its levers (runs more)")
    parser.add_argument("--question", default="", metavar="TEXT", help="the question of the board, for the report")
    parser.add_argument("--sensitivity", type=Path, metavar="DIR", help="what hub sensitivity left, for the report")
    args = parser.read(arguments)
    if args.delta is not None and not 0 < args.delta < PERCENT:
        raise HubError(f"--delta: got {args.delta:g}; give percentage points, above 0 and below 100")
    from analysis.comparison.compare import compare as compared
    from analysis.comparison.read_sweep import read_sweep
    from analysis.comparison.report import write_report
    from analysis.comparison.rests_on import read_drivers
    from analysis.comparison.tables import print_comparison, write_tables
    from analysis.comparison.taken_apart import attribute_plans, equity_table, widened_gaps
    from sim.disk.folders import new_folder

    sweep = read_sweep(args.sweep)
    delta = None if args.delta is None else args.delta / PERCENT
    drivers = read_drivers(args.sensitivity, sweep.plans)
    comparison = compared(sweep, args.baseline, args.stage, delta)
    with new_folder(args.out) as folder:
        equity = equity_table(comparison)
        widened = widened_gaps(comparison, equity)
        reasons = attribute_plans(comparison) if args.why else []
        write_tables(comparison, equity, folder, reasons)
        pages = write_report(comparison, equity, widened, reasons, drivers, args.question, folder)
    print_comparison(comparison, widened)
    print(f"\nReport: {', '.join(str(args.out / page.name) for page in pages)}")
    return 0
