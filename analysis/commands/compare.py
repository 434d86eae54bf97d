"""`hub compare`: the plans of a finished sweep against one of them, with a page for a board."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from analysis.commands.arguments import VerbParser
from analysis.tell.console import steps
from sim.errors import HubError
from sim.stages import COMPARED

PERCENT = 100


def compare(arguments: list[str]) -> int:
    """Run `hub compare`."""
    parser = VerbParser("compare", "Compare the plans of a finished sweep with a baseline, pair by pair.")
    parser.add_argument("sweep", type=Path, metavar="SWEEP", help="folder of a finished sweep, as hub sweep leaves it")
    parser.add_argument(
        "--baseline",
        required=True,
        metavar="NAME",
        help="what the others are compared with: a scenario, a staffing model, SCENARIO/STAFFING or a plan by its name",
    )
    parser.takes("--out", required=True)
    parser.add_argument("--delta", type=float, metavar="POINTS", help="the smallest difference that matters, in "
                        "percentage points of people seen within the standard")  # fmt: skip
    parser.add_argument(
        "--stage", choices=COMPARED, help="the wait that decides (default: each wait with a standard in turn)"
    )
    parser.add_argument("--why", action="store_true", help="say how much each change in a plan brings (simulates more)")
    parser.add_argument(
        "--question", default="", metavar="TEXT", help="the question that the board asks, printed on the report"
    )
    parser.add_argument(
        "--sensitivity", type=Path, metavar="DIR", help="a folder that hub sensitivity wrote, to show in the report"
    )
    parser.add_argument("--weights", action="append", default=[], metavar="SCENARIO=WEIGHT",
                        help="how much a scenario counts; give every scenario one, or none (default)")  # fmt: skip
    args = parser.read(arguments)
    if args.delta is not None and not 0 < args.delta < PERCENT:
        raise HubError(f"--delta: got {args.delta:g}; give percentage points, above 0 and below 100")
    from analysis.comparison.across import across
    from analysis.comparison.answer import LONGEST_QUESTION
    from analysis.comparison.compare import compare as compared
    from analysis.comparison.plans import baselines
    from analysis.comparison.read_sweep import read_sweep
    from analysis.comparison.report import write_report
    from analysis.comparison.rests_on import read_drivers
    from analysis.comparison.tables import print_comparison, write_tables
    from analysis.comparison.taken_apart import attribute_plans, equity_table, widened_gaps
    from analysis.tell.wording import counted
    from analysis.workbook import FILE, workbook_of_comparison
    from sim.disk import write_whole
    from sim.disk.folders import new_folder

    if (length := len(args.question.strip())) > LONGEST_QUESTION:
        raise HubError(f"--question: got {length} characters; give at most {LONGEST_QUESTION}")
    sweep = read_sweep(args.sweep)
    delta = None if args.delta is None else args.delta / PERCENT
    drivers = read_drivers(args.sensitivity, sweep.plans)
    weights = _weights(args.weights)
    baselines(sweep.plans, args.baseline)  # a refusal stands alone
    with new_folder(args.out) as folder, steps("comparing") as say:
        say(f"comparing {counted(len(sweep.plans), 'cell')} of the sweep")
        comparison = compared(sweep, args.baseline, args.stage, delta)
        found = across(comparison, weights)
        say("who waits longer, and the tables")
        equity = equity_table(comparison)
        widened = widened_gaps(comparison, equity)
        reasons = attribute_plans(comparison, say) if args.why else []
        write_tables(found, equity, folder, reasons)
        say("figures and report")
        pages = write_report(found, equity, widened, reasons, drivers, args.question, folder)
        say("workbook")
        write_whole(folder / FILE, workbook_of_comparison(comparison, folder))
    print_comparison(found, widened)
    print(f"\nReport: {', '.join(str(args.out / page.name) for page in pages)}; workbook: {args.out / FILE}")
    return 0


def _weights(given: Sequence[str]) -> dict[str, float]:
    """Return the weight of each scenario that was given one; HubError where it is not a number."""
    found: dict[str, float] = {}
    for text in given:
        name, equals, weight = text.rpartition("=")
        try:
            number = float(weight)
        except ValueError:
            equals = ""
        if not (name and equals):
            raise HubError(f"--weights: got {text}; write SCENARIO=WEIGHT, as major_incident=0.2")
        if name in found:
            raise HubError(f"--weights: got {name} twice; give each scenario one weight")
        found[name] = number
    return found
