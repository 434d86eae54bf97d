"""`make bench`: run everything, write docs/performance.md."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from time import perf_counter

import numpy as np

from benchmarks import beside, own, precision, quick_look, report, timing
from benchmarks.rules import LONG_LIST, REFERENCE
from benchmarks.with_this_project import audit_seconds

DOCS = Path(__file__).parents[1] / "docs" / "performance.md"
ROUNDS = {
    "this project": 9,
    "SimPy, idiomatic": 9,
    "Ciw": 7,
    "salabim": 3,
    "plain Python, heapq": 9,
    "compiled kernel (numba)": 9,
}
ROUNDS_LONG = {
    "this project": 7,
    "SimPy, idiomatic": 3,
    "Ciw": 1,
    "salabim": 1,
    "plain Python, heapq": 7,
    "compiled kernel (numba)": 7,
}
FEW = 2


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two rounds of everything, nothing of the slow engines")
    parser.add_argument("--to", type=Path, default=DOCS, metavar="FILE", help="where to write (default: docs/)")
    parser.add_argument(
        "--against", type=Path, metavar="FOLDER", help="another checkout, set up, to be measured beside"
    )
    parser.add_argument("--long", action="store_true", help="with --against: a sweep and a sizing too, ten minutes")
    options = parser.parse_args()
    started = perf_counter()

    def tell(what: str) -> None:
        print(f"{perf_counter() - started:5.0f} s  {what}", file=sys.stderr, flush=True)

    def rounds(all_rounds: dict[str, int]) -> dict[str, int]:
        return {name: min(n, FEW) for name, n in all_rounds.items() if n > FEW} if options.quick else all_rounds

    def number(all_of_them: int) -> int:
        return FEW if options.quick else all_of_them

    figures = report.Figures()
    if options.against:
        tell(f"beside {options.against}")
        figures.against = beside.commit(options.against)
        figures.beside = beside.beside(options.against, number(7))
        figures.commands = [] if options.quick else beside.commands(options.against, options.long, tell)
    tell("the small Hub")
    figures.reference = timing.interleaved(REFERENCE, rounds(ROUNDS), tell)
    figures.reference_truth = timing.truth(REFERENCE)
    figures.audit_seconds = float(np.median([audit_seconds(REFERENCE, seed) for seed in range(number(7))]))
    tell("the small Hub, a long list")
    figures.long_list = timing.interleaved(LONG_LIST, rounds(ROUNDS_LONG), tell)
    figures.long_list_truth = timing.truth(LONG_LIST)
    tell("one default replication")
    figures.split = own.split(number(21))
    tell("growth in Hubs")
    figures.hubs = own.hubs()
    tell("growth in years")
    figures.years = own.years()
    tell("growth in list length")
    figures.lists = own.list_lengths()
    tell("memory")
    figures.memory = {
        "one replication of the default Hub": own.peak_megabytes({}),
        "one replication of 40 Hubs, one year": own.peak_megabytes({"hubs.count": 40, "run.horizon_days": own.YEAR}),
        "one replication of a week": own.peak_megabytes({"run.horizon_days": 7, "run.opening.mode": "empty"}),
    }
    figures.starts = own.cold_starts(number(5), tell)
    if quick_look.can_measure():
        tell("quick looks on the page")
        figures.starts |= quick_look.as_starts(quick_look.measured(number(quick_look.ROUNDS)))
    tell("parallel replications")
    figures.overhead = own.per_replication_overhead(number(40) * 2)
    replications = 8 if options.quick else 100
    tell("replications for a stated precision")
    base = precision.outcomes({}, replications)
    figures.replications = replications
    known = precision.controls(replications)
    figures.controlled["level: the default Hub;"] = precision.control_variates(base, known)
    for name, change in precision.CHANGES.items():
        changed = precision.outcomes(change, replications)
        figures.common[name] = precision.common_random_numbers(base, changed)
        paired = precision.control_variates(changed - base, known)
        figures.controlled[f"difference: {name}; common random numbers and"] = paired
    figures.minutes = (perf_counter() - started) / 60
    options.to.write_text(report.page(figures), encoding="utf-8")
    tell(f"written: {options.to.name}")
    if not figures.all_agree:
        sys.exit("an engine does not agree with the others: see the page")


if __name__ == "__main__":
    main()
