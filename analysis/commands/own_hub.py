"""`hub new`, `hub import`, `hub check`: a workbook to fill in, the options it becomes, and whether they hold."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.commands.arguments import VerbParser, config_asked_for
from analysis.tell.console import FAILED
from sim.calendar import month_later
from sim.disk import whole_folder, write_whole
from sim.disk.folders import new_folder
from sim.errors import HubError
from sim.launch.pieces import typed as shell

if TYPE_CHECKING:
    from argparse import Namespace

    from analysis.own_hub.actual import Actual
    from analysis.own_hub.check import FigureChecked
    from sim.config import HubConfig
    from sim.run.replicate import Replication

WORKBOOK = "my-hub.xlsx"


def new(arguments: list[str]) -> int:
    """Run `hub new`."""
    today = datetime.date.today()
    parser = VerbParser(
        "new",
        f"Write a folder with {WORKBOOK}, to fill in: staff of your area, posts, job plans, prices, lists, months.",
        "Then: hub import FOLDER/my-hub.xlsx. Beside it stands mhsds-f06.csv, for monthly aggregates of national data.",
    )
    parser.add_argument("FOLDER", type=Path, help="a new folder, or one without a workbook")
    parser.add_argument(
        "--first-day",
        default=f"{today:%Y-%m}-01",
        metavar="DATE",
        help="the first day to simulate (default: the first of this month)",
    )
    parser.add_argument(
        "--months-from",
        metavar="MONTH",
        help="the first of the twelve months of what happened, as 2022-04 (default: the year before the first day)",
    )
    args = parser.read(arguments)
    from analysis.own_hub.months_csv import TEMPLATE, template
    from analysis.own_hub.price_years import financial_year_of
    from analysis.own_hub.sheets import MONTHS, MONTHS_ASKED
    from analysis.own_hub.typed import date_of, month_of
    from analysis.own_hub.write import empty_workbook

    file = args.FOLDER / WORKBOOK
    if file.exists():
        raise HubError(
            f"FOLDER: got {args.FOLDER}, which holds {WORKBOOK} already; fill that in, or choose a new folder"
        )
    if args.FOLDER.exists() and not args.FOLDER.is_dir():
        raise HubError(f"FOLDER: got {args.FOLDER}, which is a file; choose a new folder")
    try:
        first = date_of(args.first_day)
    except ValueError as error:
        raise HubError(f"--first-day: got {args.first_day[:40]!r}; {error}") from None
    try:
        months = month_of(args.months_from) if args.months_from else month_later(first, -MONTHS_ASKED)
    except ValueError as error:
        raise HubError(f"--months-from: got {args.months_from[:40]!r}; {error}") from None
    content = empty_workbook(str(first), months)
    national = args.FOLDER / TEMPLATE
    args.FOLDER.mkdir(parents=True, exist_ok=True)
    if not national.exists():
        write_whole(national, template(months))
    write_whole(file, content)
    print(
        f"{file}: begins on {first} at prices of {financial_year_of(first)} (another day: --first-day).\n"
        f"Its sheet {MONTHS.title} asks for {months:%B %Y} to {month_later(months, MONTHS_ASKED - 1):%B %Y} (others: "
        "--months-from).\n"
        f"Fill in the yellow cells, save it, and then\n\n  hub import {shell([str(file)])}"
    )
    return 0


def import_workbook(arguments: list[str]) -> int:
    """Run `hub import`."""
    parser = VerbParser(
        "import",
        "Check every cell of a workbook and write the options that it gives beside it.",
        "Written are population, demand, staffing, costs and scenario, as my_hub.yaml, with the cell of every value.\n"
        "Run them with: hub run --config-dir FOLDER scenario=my_hub",
    )
    parser.add_argument("WORKBOOK", type=Path, help="as hub new wrote it and you have filled it in")
    args = parser.read(arguments)
    from analysis.own_hub.doubts import months_told
    from analysis.own_hub.imported import checked, refuse_others, summary
    from analysis.own_hub.option_files import write_options
    from analysis.own_hub.options import options_of
    from analysis.own_hub.read import read_workbook
    from sim.launch.compose import compose

    filled = read_workbook(args.WORKBOOK)
    options = options_of(filled, compose())
    folder = args.WORKBOOK.resolve().parent
    refuse_others(folder, options)
    config = checked(options)
    with whole_folder(folder) as unfinished:
        write_options(unfinished, options)
    print(*filled.remarks, sep="\n", end="\n" * bool(filled.remarks))
    print(*summary(config, options), *months_told(filled), sep="\n")
    print(f"\nWritten to {args.WORKBOOK.parent}. Simulate it with\n\n", end="")
    print(f"  hub run --config-dir {shell([str(args.WORKBOOK.parent)])} scenario=my_hub")
    return 0


def check(arguments: list[str]) -> int:
    """Run `hub check`; 1 if a figure of the months is not reproduced."""
    parser = VerbParser(
        "check",
        "Simulate the months of your workbook and compare them with what happened: does the model reproduce your Hub?",
        "If your months begin on the day of the sheet Lists or later, the simulation starts from those lists;\n"
        "otherwise the Hub is taken to have run for years by then. The first line says which. Posts and dates are\n"
        "those of the workbook.",
    )
    parser.add_argument("FOLDER", type=Path, help=f"which holds {WORKBOOK} and what hub import made of it")
    parser.takes("overrides")
    parser.takes("--replications", default=100, help="simulated futures (default 100)")
    parser.takes("--jobs")
    parser.add_argument("--actual", type=Path, metavar="FILE", help="a CSV in place of the sheet Months")
    parser.takes("--out", help="a new folder for months.csv and months.png")
    args = parser.read(arguments)
    from analysis.own_hub import check as checking
    from analysis.own_hub.months_kept import write_months
    from analysis.tell.dated_changes import in_one_line

    actual, _ = actual_of(args)
    with kept(args.out) as folder:
        config, told = config_of_months(args, args.overrides, checking.window(month for _, month in actual))
        print(*[told, *in_one_line(config)], sep="\n", end="\n\n", flush=True)
        rows = checking.compared(actual, checking.simulated_months(_replications(config)))
        if folder is not None:
            write_months(folder, rows, checking.title_of(config))
    checked = checking.by_figure(rows)
    _print_checked(checked, config.run.replications, checking.VERDICTS)
    print_bounds(actual)
    if args.out:
        print(f"\nEvery month, as a table and a figure: {args.out}")
    failed = any(one.verdict in (checking.ABOVE, checking.BELOW) for one in checked)
    if still_open := checking.left_open(checked):
        zero = "Status 0 only says that no row failed; it does not say that these are right."
        print(f"\n{still_open}", *([] if failed else [zero]), sep="\n")
    return FAILED if failed else 0


def track(arguments: list[str]) -> int:
    """Run `hub track`."""
    parser = VerbParser(
        "track",
        "Compare what happened with a projection that you kept: which months left its range, and what explains it.",
        "The projection is read from the run's folder, never simulated again. Runs of a workbook keep months; any\n"
        "other run does with run.keep=[months].",
    )
    parser.add_argument("RUN", type=Path, help="folder of a run, made before the months happened")
    parser.add_argument("ACTUAL", type=Path, help="the workbook, or a CSV: month,referrals,assessed and so on")
    parser.takes("--out", help="a new folder for months.csv and months.png")
    args = parser.read(arguments)
    from analysis.own_hub import check as checking
    from analysis.own_hub import track as tracking
    from analysis.own_hub.months_csv import read_actual
    from analysis.own_hub.months_kept import write_months
    from analysis.runs.read_run import config_of, manifest_of, table_of

    own = manifest_of(args.RUN, "give the folder of a finished run", "RUN")
    if "config" not in own or not (args.RUN / "months.parquet").is_file():
        raise HubError(f"RUN: got {args.RUN}, which holds no months; run it with run.keep=[months], then track that")
    config = config_of(own, args.RUN, "run", "RUN")
    actual = read_actual(args.ACTUAL)
    simulated = checking.of_months(table_of(args.RUN, "months", "RUN"))
    rows = checking.compared(actual, simulated)
    first, last = min(month for _, month in simulated), max(month for _, month in simulated)
    projected = f"{first:%B %Y} to {last:%B %Y}"
    if not rows:
        raise HubError(f"{args.ACTUAL}: no month lies in the projection; give months of {projected}")
    with kept(args.out) as folder:
        if folder is not None:
            title = f"{config.purpose}: the projection of {own['started_at'][:10]} and what happened"
            write_months(folder, rows, title)
    inside = sum(row.verdict == checking.INSIDE for row in rows)
    print(f"Projection of {own['started_at'][:10]}: {inside} of {len(rows)} figures lie in its range of 9 in 10.\n")
    _print_checked(checking.by_figure(rows), own["replications"], tracking.VERDICTS)
    print(*tracking.told_of(rows, actual, simulated), sep="\n")
    if others := tracking.not_compared(actual, (first, last)):
        print(f"\nThe projection is of {projected}. Not compared: {others}.")
    print_bounds(actual)
    if args.out:
        print(f"\nEvery month, as a table and a figure: {args.out}")
    return 0


def kept(out: Path | None) -> AbstractContextManager[Path | None]:
    """Give the new folder that was asked for, if one was."""
    return new_folder(out) if out else nullcontext()


def actual_of(args: Namespace) -> tuple[Actual, str]:
    """Return what happened, and the name of the file that says so: `--actual`, or the sheet Months of the workbook."""
    from analysis.own_hub.check import happened
    from analysis.own_hub.imported import imported_from
    from analysis.own_hub.months_csv import read_actual
    from analysis.own_hub.read import read_workbook

    if args.actual is not None:
        return read_actual(args.actual), args.actual.name
    workbook = args.FOLDER / (imported_from(args.FOLDER) or WORKBOOK)
    actual = happened(read_workbook(workbook))
    if not actual:
        told = "no month is filled in; write what happened last year, or give --actual FILE"
        raise HubError(f"{workbook}, sheet Months: {told}")
    return actual, workbook.name


def print_bounds(actual: Actual) -> None:
    """Say how figures were taken that are not known exactly."""
    from analysis.own_hub.actual import Within

    if number := sum(isinstance(value, Within) for value in actual.values()):
        print(f"\n{number} of {len(actual)} figures are known within bounds only: * and <5 are 0 to 4, 45 rounded to "
              "5 is 43 to 47.\nA month counts as inside where its bounds reach the range.")  # fmt: skip


def config_of_months(
    args: Namespace, overrides: Sequence[str], covered: tuple[datetime.date, int]
) -> tuple[HubConfig, str]:
    """Return the Hub of a folder, to be simulated over some months, and in words from what."""
    from analysis.own_hub.check import keeping_months
    from analysis.own_hub.opening import start_of

    scenario = [] if any(word.startswith("scenario=") for word in overrides) else ["scenario=my_hub"]
    asked = [*overrides, *scenario, f"run.replications={args.replications}", f"run.jobs={args.jobs}"]
    if not (args.FOLDER / "scenario" / "my_hub.yaml").is_file():
        raise HubError(f"FOLDER: got {args.FOLDER}, which holds no scenario/my_hub.yaml; run hub import first")
    start = start_of(config_asked_for(asked, str(args.FOLDER), {}), covered)
    config = config_asked_for([*asked, *start.overrides], str(args.FOLDER), {})
    if config.hubs.count > 1:
        raise HubError(f"hubs.count: got {config.hubs.count}; a workbook is of one Hub")
    return keeping_months(config), start.told


def _replications(config: HubConfig) -> Iterator[Replication]:
    from analysis.tell.console import progress
    from sim.run.experiment import simulate

    with progress("simulated futures") as told:
        for finished, replication in enumerate(simulate(config), start=1):
            told(finished, config.run.replications)
            yield replication


def _print_checked(checked: Sequence[FigureChecked], replications: int, verdicts: Mapping[str, str]) -> None:
    from analysis.own_hub.check import CANNOT_TELL, INSIDE, TOO_WIDE, mean_of
    from analysis.tell.console import console, plain_table
    from analysis.tell.wording import count
    from sim.measures.months import MONTHLY

    table = plain_table()
    for heading in ("", "months inside", "happened", "simulated", ""):
        table.add_column(heading, justify="left" if not heading else "right")
    for one in checked:
        table.add_row(
            MONTHLY[one.figure],
            f"{one.inside} of {one.months}",
            mean_of(one),
            count(one.simulated),
            verdicts[one.verdict],
        )
    shown = console(112)
    shown.print(table)
    shown.print(
        f"\nInside: in the range of 9 in 10 of {replications} simulated futures. The two columns are means, of months "
        "and futures.\n"
        f"{verdicts[INSIDE].capitalize()}: as many inside as 19 of 20 right models; rough for lists."
    )
    if any(one.verdict == TOO_WIDE for one in checked):
        shown.print(CANNOT_TELL)
