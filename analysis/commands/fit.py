"""`hub fit`: adjusts the options of a workbook to what happened, and is judged on months that it did not look at."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.commands.arguments import VerbParser
from analysis.commands.own_hub import actual_of, config_of_months, kept, print_bounds
from analysis.tell.console import FAILED
from sim.errors import HubError

if TYPE_CHECKING:
    from analysis.own_hub.fit import Fit, Simulated
    from analysis.own_hub.fitted import Judged
    from sim.config import HubConfig

FEWEST_REPLICATIONS = 10
MOST_IN_A_STEP = 40
"""Replications in each step of the fit; of the two that are judged there are as many as asked for."""
DESCRIPTION = """\
Adjust what your own months can tell (referrals, people reached, share to therapy, missed appointments, sessions) and
judge it on the last months, which the fit does not look at. Each number comes with its interval and with what told it;
what the months cannot tell stays as it was, with the reason. The options go to FOLDER/scenario/my_hub_fitted.yaml, for
every verb: hub --config-dir FOLDER scenario=my_hub_fitted. Exit status 1: held-out months lie no closer than before."""


def fit(arguments: list[str]) -> int:
    """Run `hub fit`; 1 if it does not improve the months that were held out."""
    parser = VerbParser("fit", DESCRIPTION)
    parser.add_argument("FOLDER", type=Path, help="which holds my-hub.xlsx and what hub import made of it")
    parser.add_argument("--actual", type=Path, metavar="FILE", help="a CSV in place of the sheet Months")
    parser.add_argument("--until", metavar="MONTH", help="the last month that the fit looks at, as 2022-09 (default: a "
                        "quarter of the months, 3 or more, is held out)")  # fmt: skip
    parser.takes("--replications", default=100, help="simulated futures that are judged (default 100)")
    parser.takes("--jobs")
    parser.takes("--out", help="a new folder for fit.csv, months.csv and fit.png")
    args = parser.read(arguments)
    if args.replications < FEWEST_REPLICATIONS:
        raise HubError(f"--replications: got {args.replications}; a range needs {FEWEST_REPLICATIONS} or more")
    from analysis.own_hub import check as checking
    from analysis.own_hub import fitted as fitting
    from analysis.own_hub.fit import fit_months, fitted
    from analysis.own_hub.option_files import write_options
    from analysis.own_hub.typed import month_of
    from analysis.tell.style import hub_style, write_png
    from sim.disk import whole_folder, write_whole

    actual, file = actual_of(args)
    try:
        until = month_of(args.until) if args.until else None
    except ValueError as error:
        raise HubError(f"--until: got {args.until[:40]!r}; {error}") from None
    months, held = fitting.split([month for _, month in actual], until)
    fitting.refuse_other(args.FOLDER)
    config = config_of_months(args, [], checking.window(month for _, month in actual))
    config = config.model_copy(update={"run": config.run.model_copy(update={"store": None})})
    with kept(args.out) as folder:
        steps = _Steps(min(args.replications, MOST_IN_A_STEP))
        found = fit_months(config, actual, months, steps)
        after_config = fitted(config, found.values) if found.values else config
        before, after = (
            checking.compared(actual, _simulated(each, args.replications, when))
            for each, when in ((config, "before"), (after_config, "after"))
        )
        options = fitting.scenario_of(config, found, file, months)
        with whole_folder(args.FOLDER.resolve()) as unfinished:
            write_options(unfinished, [options])
        if folder is not None:
            write_whole(folder / "fit.csv", fitting.fit_csv(config, found))
            write_whole(folder / "months.csv", checking.months_csv(after))
            with hub_style():
                title = f"{config.purpose}: what happened, before and after the fit"
                write_png(fitting.fit_figure(before, after, held, title), folder / "fit.png")
    _print_numbers(config, found)
    print_bounds(actual)
    print(f"\nWritten: {args.FOLDER / options.path}; use it with\n")
    print(f"  hub --config-dir {args.FOLDER} scenario={fitting.NAME}\n")
    status = 0
    if held:
        mine = [[row for row in rows if row.month in held] for rows in (before, after)]
        status = _print_judged(fitting.judged(*mine), f"{held[0]:%B %Y} to {held[-1]:%B %Y}")
    else:
        print("No month is held out, as there are so few: whether the fit holds for other months is not known.")
    if args.out:
        print(f"\nEvery value, every month and a figure: {args.out}")
    return status


class _Steps:
    """Simulates the months of each configuration that a fit tries, with the same luck, and says how far it has come."""

    def __init__(self, replications: int) -> None:
        self.replications, self.tried = replications, 0

    def __call__(self, config: HubConfig) -> Simulated:
        self.tried += 1
        return _simulated(config, self.replications, f"trial {self.tried}")


def _simulated(config: HubConfig, replications: int, what: str) -> Simulated:
    from analysis.own_hub.check import simulated_months
    from sim.run.experiment import simulate

    print(f"Simulating {replications} futures, {what}", file=sys.stderr, flush=True)
    return simulated_months(simulate(config, range(replications)))


def _print_numbers(config: HubConfig, found: Fit) -> None:
    from analysis.tell.console import console, plain_table

    table = plain_table()
    for heading in ("", "before", "after", "95 % interval", "told by"):
        table.add_column(heading, justify="left" if heading in ("", "told by") else "right")
    for number in found.numbers:
        tunable = number.tunable
        at = [tunable.form(tunable.shown(config, shift)) for shift in (0.0, number.shift)]
        if number.cannot:
            table.add_row(tunable.words, at[0], "as before", "", f"the data cannot tell: {number.cannot}")
        else:
            ends = sorted(tunable.shown(config, shift) for shift in (number.low, number.high))
            table.add_row(tunable.words, *at, tunable.form.range(*ends), number.told_by)
    console(150).print(table)


def _print_judged(of: Sequence[Judged], months: str) -> int:
    """Set held-out months before and after side by side; return 1 if they lie no closer."""
    from analysis.own_hub.check import VERDICTS, mean_of
    from analysis.own_hub.fitted import improves
    from analysis.tell.console import console, plain_table
    from analysis.tell.wording import count
    from sim.measures.months import MONTHLY

    table = plain_table(title=f"Held out: {months}", title_justify="left")
    for heading in ("", "happened", "before", "inside", "", "after", "inside", ""):
        table.add_column(heading, justify="right" if heading else "left")
    for one in of:
        sides = [
            (count(each.simulated), f"{each.inside} of {each.months}", VERDICTS[each.verdict])
            for each in (one.before, one.after)
        ]
        table.add_row(MONTHLY[one.before.figure].partition(" (")[0], mean_of(one.before), *sides[0], *sides[1])
    shown = console(150)
    shown.print(table)
    counts = zip(*((one.before.inside, one.after.inside, one.before.months) for one in of), strict=True)
    first, then, total = map(sum, counts)
    better = improves(of)
    told = "closer to the model after the fit" if better else "NO closer to it after the fit: keep scenario=my_hub"
    shown.print(f"\nInside before {first}, after {then} of {total}. The months that were held out lie {told}.")
    return 0 if better else FAILED
