"""`hub fit`: adjusts the options of a workbook to what happened, and is judged on months that it did not look at."""

from __future__ import annotations

import datetime
import shlex
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.commands.arguments import VerbParser
from analysis.commands.own_hub import actual_of, config_of_months, kept, print_bounds
from analysis.tell.console import FAILED
from sim.errors import HubError

if TYPE_CHECKING:
    from argparse import Namespace

    from analysis.own_hub.fit import Fit, Simulated
    from analysis.own_hub.fitted import Judged, Verdict
    from sim.config import HubConfig

FEWEST_REPLICATIONS = 10
MOST_IN_A_STEP = 40
"""Replications in each step of the fit; of the two that are judged there are as many as asked for."""
DESCRIPTION = """\
Adjust what your own months can tell (referrals, people reached, share to therapy, missed appointments, sessions) and
judge it on the last months, which the fit does not look at. Each number comes with its interval and the figure it was
read from; what the months cannot tell stays as it was, with the reason. The options go to
FOLDER/scenario/my_hub_fitted.yaml, for every verb: hub run --config-dir FOLDER scenario=my_hub_fitted. A later fit
takes the next name, my_hub_fitted_2.yaml.
Exit status 1: the fit comes no closer to the months held out than the model did before, so keep scenario=my_hub."""


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
    from analysis.own_hub.months_kept import months_csv
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
    config, told = config_of_months(args, [], checking.window(month for _, month in actual))
    _refuse_unwritable(args.FOLDER)
    print(f"{told}\n", flush=True)
    config = config.model_copy(update={"run": config.run.model_copy(update={"store": None})})
    with kept(args.out) as folder:
        steps = _Steps(min(args.replications, MOST_IN_A_STEP))
        found = fit_months(config, actual, months, steps)
        after_config = fitted(config, found.values) if found.values else config
        before, after = (
            checking.compared(actual, _simulated(each, args.replications, when))
            for each, when in ((config, "before"), (after_config, "after"))
        )
        mine = [[row for row in rows if row.month in held] for rows in (before, after)]
        of = fitting.judged(*mine)
        verdict = fitting.verdict_on(of) if of else None
        edges = fitting.at_the_edge(config, found)
        options = fitting.own_name(
            args.FOLDER,
            lambda name: fitting.scenario_of(config, found, file, months, _advice(verdict, held, name, edges), name),
        )
        with whole_folder(args.FOLDER.resolve()) as unfinished:
            write_options(unfinished, [options])
        if folder is not None:
            write_whole(folder / "fit.csv", fitting.fit_csv(config, found))
            write_whole(folder / "months.csv", months_csv(after))
            with hub_style():
                title = f"{config.purpose}: what happened, before and after the fit"
                write_png(fitting.fit_figure(before, after, held, title), folder / "fit.png")
    name = Path(options.path).stem
    print(*_advice(verdict, held, name, edges), *_measure(verdict), sep="\n", end="\n\n")
    _print_numbers(config, found)
    if of:
        _print_judged(of, held)
    print_bounds(actual)
    _print_written(args, options.path, verdict)
    if args.out:
        print(f"\nEvery value, every month and a figure: {args.out}")
    return FAILED if verdict and not verdict.improves else 0


def _refuse_unwritable(folder: Path) -> None:
    """Refuse a folder that the options cannot go to, before anything is simulated."""
    for place in (folder, folder / "scenario"):
        try:
            with tempfile.TemporaryFile(dir=place):
                pass
        except OSError as error:
            told = f"{error.strerror}: hub fit writes its options there; give a folder that can be written"
            raise HubError(f"FOLDER: got {place}; {told}") from None


def _advice(verdict: Verdict | None, held: Sequence[datetime.date], name: str, edges: Sequence[str]) -> list[str]:
    """Say whether to use a fit, and which of its numbers to doubt first."""
    if verdict is None:
        return [f"No month was held out: whether scenario={name} holds for other months is not known.", *edges]
    when = f"held-out months ({held[0]:%B %Y} to {held[-1]:%B %Y})"
    if not verdict.improves:
        return [f"Keep scenario=my_hub: {when} lie NO closer to the model after the fit.", *edges]
    first = f"Use scenario={name}: {when} lie closer to the model after the fit."
    return [first, *(["But look first at what lies at an edge:", *edges] if edges else [])]


def _measure(verdict: Verdict | None) -> list[str]:
    """Say by what measure a fit was judged."""
    if verdict is None:
        return []
    inside = (verdict.inside_before, verdict.inside_after)
    lines = [
        f"Judged by how far what happened lies from the model's median, in halves of the range before the fit, all "
        f"figures\ncounting alike: {verdict.before:.2f} before, {verdict.after:.2f} after. "
        f"Inside the range: {inside[0]} of {verdict.figures} before, {inside[1]} after."
    ]
    if inside[1] > inside[0] and not verdict.improves:
        lines.append("More lie inside, but those that do not, or the medians, are further off: that counts for more.")
    return lines


def _print_written(args: Namespace, path: str, verdict: Verdict | None) -> None:
    """Say where the options are, and what to do with them first."""
    folder, name = shlex.quote(str(args.FOLDER)), Path(path).stem
    if verdict and not verdict.improves:
        print(f"\nWritten anyway, to look at and not to rely on: {args.FOLDER / path}")
        return
    actual = f" --actual {shlex.quote(str(args.actual))}" if args.actual else ""
    print(
        f"\nWritten: {args.FOLDER / path}. Only the held-out months were judged; hold it against all months next:\n\n"
        f"  hub check {folder} scenario={name}{actual}\n\nand if they are reproduced, use it with\n\n"
        f"  hub run --config-dir {folder} scenario={name}"
    )


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


def _print_judged(of: Sequence[Judged], held: Sequence[datetime.date]) -> None:
    """Set held-out months before and after side by side."""
    from analysis.own_hub.check import VERDICTS, mean_of
    from analysis.tell.console import console, plain_table
    from analysis.tell.wording import count
    from sim.measures.months import MONTHLY

    table = plain_table(title=f"\nHeld out: {held[0]:%B %Y} to {held[-1]:%B %Y}", title_justify="left")
    for heading in ("", "happened", "before", "inside", "", "after", "inside", ""):
        table.add_column(heading, justify="right" if heading else "left")
    for one in of:
        sides = [
            (count(each.simulated), f"{each.inside} of {each.months}", VERDICTS[each.verdict])
            for each in (one.before, one.after)
        ]
        table.add_row(MONTHLY[one.before.figure].partition(" (")[0], mean_of(one.before), *sides[0], *sides[1])
    console(150).print(table)
