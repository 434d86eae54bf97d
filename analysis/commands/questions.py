"""The verbs that answer a question over many runs: `hub compare`, `hub size` and `hub sensitivity`."""

from __future__ import annotations

import argparse
import datetime
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.commands.arguments import VerbParser, config_asked_for
from analysis.tell.console import console, plain_table
from sim.errors import HubError
from sim.stages import COMPARED, SEEN_FIRST

if TYPE_CHECKING:
    import pandas as pd

    from analysis.estimates.headline import Headline
    from sim.config import HubConfig

PERCENT = 100
FOUND, NOT_FOUND = 0, 3
OUTPUTS = Path("outputs")
FUTURES_DIFFER = "uncertainty=futures"
"""What a sizing takes unless it is told otherwise; what is given after it wins."""
SIZE = """\
Find the cheapest staffing plan that sees enough people in time in most simulated futures, and print it as a card.

  hub size scenario=major_incident
  hub size scenario=major_incident target.days=14 target.share=0.9 target.assurance=0.8
  hub size scenario=major_incident sizing=assessment_and_therapy
  hub size scenario=major_incident sizing.hire.senior_clinician.most_wte.agency=4 sizing.counted.from_week=0

target.KEY, more_targets.NAME.KEY and sizing.KEY change conf/sizing; everything else is as for hub run. Exit status: 0
with a certified plan, 3 without one (the target cannot be met, or no plan met it often enough), 2 if the input was
refused. If you interrupt it, the same command carries on where it stopped: run.store keeps what is finished."""
FIGURE = f"{SEEN_FIRST}_within_standard_share"
NUMBERS = {
    "trajectories": (6, "paths of the first look at all numbers, Morris"),
    "keep": (6, "numbers that are then looked at closely"),
    "points": (64, "points of the close look, Sobol'; a power of 2"),
    "replications": (2, "replications at every point"),
}
"""What hub sensitivity is given how many of, with the usual number of each."""
FEWEST = 2
TORNADO_TIMES = 5
"""Moving one factor at a time is repeated so many times as often as the rest: its figures are shown."""
SURE = 0.05
"""An index with a wider half-width than this is called rough."""
DRIVERS = 10


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
    with new_folder(args.out) as folder, _progress("comparing") as say:
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


def size(arguments: list[str]) -> int:
    """Run `hub size`."""
    parser = VerbParser("size", SIZE)
    parser.takes("overrides", help="the target, and changes to the configuration as for hub run")
    parser.takes("--config-dir")
    parser.takes("--out", help="where the card goes (default: a new folder in outputs)")
    parser.add_argument("-c", "--cfg", choices=("job",), help="print the keys of the sizing; simulate nothing")
    args = parser.read(arguments)
    from analysis.sizing.question import as_yaml, read_question, split_overrides

    ours, hubs = split_overrides(args.overrides)
    question = read_question(ours, args.config_dir)
    if args.cfg:
        print(as_yaml(question), end="")
        return FOUND
    unheeded = {
        "hydra": "the card goes to --out DIR",
        "run.replications": "sizing.search, sizing.certify and sizing.card say how many",
    }
    config = config_asked_for([FUTURES_DIFFER, *hubs], args.config_dir, unheeded)
    from analysis.sizing.card import card_lines, write_card, write_files
    from analysis.sizing.sizing import check
    from analysis.sizing.sizing import size as sized
    from analysis.sizing.stress import stress
    from analysis.tell.input_warnings import input_warnings
    from sim.disk.folders import new_folder

    place = args.out or OUTPUTS / f"{datetime.datetime.now():%Y-%m-%d_%H-%M-%S-%f}_size_{config.scenario}"
    check(config, question)  # a refusal stands alone
    for line in (warning.sentence for warning in input_warnings(config)):
        print(f"WARNING  {line}", file=sys.stderr)
    with new_folder(place) as folder:
        with _progress("simulating; stop it at any time and start again: it goes on from the store") as say:
            asked = tuple(given for given in args.overrides if not given.startswith("scenario="))
            answer = replace(sized(config, question, say), changed=asked)
            shown = None if answer.shown is None else stress(answer, answer.shown)
        files = [*write_card(answer, shown, folder), *write_files(answer, shown, folder)]
    print("\n".join(card_lines(answer, shown)))
    print(f"\nWritten: {', '.join(str(place / file.relative_to(folder)) for file in files)}")
    return FOUND if answer.certified else NOT_FOUND


@contextmanager
def _progress(what: str) -> Iterator[Callable[[str], None]]:
    """Give what to call with what is being done: each text is a line, with minutes and seconds since the start.

    On a terminal a clock runs below the lines, so that nobody need wonder whether it still works.
    """
    began = time.monotonic()

    def line(text: str) -> str:
        minutes, seconds = divmod(int(time.monotonic() - began), 60)
        return f"{minutes:>2}:{seconds:02d} {text}"

    if not sys.stderr.isatty():
        yield lambda text: print(line(text), file=sys.stderr, flush=True)
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True, highlight=False, markup=False)
    columns = SpinnerColumn(), TextColumn(what)
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as clock:
        clock.add_task("", total=None)
        yield lambda text: console.print(line(text), soft_wrap=True)


def sensitivity(arguments: list[str]) -> int:
    """Run `hub sensitivity`."""
    parser = VerbParser(
        "sensitivity",
        "Rank the uncertain numbers of a plan by how much they change a figure, or its difference to another\n"
        "plan: a first look at all of them (Morris), a close look at a few (Sobol'), then each by itself.",
    )
    parser.takes("overrides")
    parser.takes("--config-dir")
    parser.takes("--out", required=True)
    parser.add_argument("--figure", default=FIGURE, metavar="NAME", help=f"the figure to explain (default {FIGURE})")
    parser.add_argument(
        "--against", metavar="SCENARIO/STAFFING", help="explain the difference from this plan, with the same people"
    )
    parser.add_argument("--only", action="append", default=[], metavar="PATTERN", help="only numbers whose key matches")
    for name, (usual, what) in NUMBERS.items():
        parser.add_argument(f"--{name}", type=int, default=usual, metavar="N", help=f"{what} (default {usual})")
    args = parser.read(arguments)
    for name in NUMBERS:
        if getattr(args, name) < FEWEST:
            raise HubError(f"--{name}: got {getattr(args, name)}; give {FEWEST} or more")
    if args.points & (args.points - 1):
        raise HubError(f"--points: got {args.points}; give a power of 2, such as {2 ** args.points.bit_length()}")
    return _analyse(args)


def _analyse(args: argparse.Namespace) -> int:
    from analysis.sensitivity import factors, figure_named, morris, respond, sobol, tornado
    from sim.disk.folders import new_folder

    plans = _plans(args)
    figure, found = figure_named(plans[0], args.figure), factors(plans, args.only)
    keep = min(args.keep, len(found))
    points = args.trajectories * (len(found) + 1) + args.points * (keep + 2) + TORNADO_TIMES * (2 * keep + 1)
    runs = points * args.replications * len(plans)
    with new_folder(args.out) as folder:
        print(f"{len(found)} uncertain numbers, about {runs:,} replications", file=sys.stderr, flush=True)

        def run(times: int) -> Any:
            return lambda points, what: respond(plans, points, figure, args.replications * times, what)

        screened = morris(found, run(1), args.trajectories)
        by_key = {factor.key: factor for factor in found}
        strong = [by_key[key] for key in screened["key"][:keep]]
        shares, response = sobol(strong, run(1), args.points)
        swings, base = tornado(strong, run(TORNADO_TIMES))
        tables = {"morris": screened, "sobol": shares, "tornado": swings}
        _write(folder, args, plans, figure, tables, base, response.noise_share)
    _print(figure, plans, tables, base, response.noise_share)
    print(f"\nTables and figure: {args.out}")
    return 0


def _plans(args: argparse.Namespace) -> list[HubConfig]:
    """Return the plan, and the one it is set against if there is one."""
    from analysis.comparison.plans import changes

    unheeded = {"hydra": "everything goes to --out FOLDER", "run.replications": "give --replications N"}

    def plan(*overrides: str) -> HubConfig:
        return config_asked_for(["uncertainty=psa", *overrides], args.config_dir, unheeded)

    mine = plan(*args.overrides)
    if args.against is None:
        return [mine]
    scenario, slash, staffing = args.against.partition("/")
    if not (scenario and slash and staffing):
        raise HubError(f"--against: got {args.against}; write SCENARIO/STAFFING, as baseline/senior_led")
    others = [override for override in args.overrides if not override.startswith(("scenario=", "staffing="))]
    theirs = plan(f"scenario={scenario}", f"staffing={staffing}", *others)
    if not changes(mine, theirs):
        raise HubError(f"--against: got {args.against}, which is the same plan; name another")
    return [mine, theirs]


def _title(figure: Headline, plans: Sequence[HubConfig]) -> tuple[str, str]:
    """Return what is explained, and of which plan or plans."""
    from analysis.tell.wording import words

    names = [f"{words(plan.scenario)}, {words(plan.staffing_model)}" for plan in plans]
    return f"{'the difference in ' if len(plans) > 1 else ''}“{figure.words}”", " less ".join(names)


def _write(
    folder: Path, args: argparse.Namespace, plans: Sequence[HubConfig], figure: Headline,
    tables: dict[str, pd.DataFrame], base: float, noise_share: float,
) -> None:  # fmt: skip
    """Write tables and figure, and last of all what the report of a comparison reads."""
    from analysis.sensitivity import tornado_figure
    from analysis.tell.style import hub_style, write_png
    from analysis.tell.wording import csv_of
    from sim.disk import write_whole
    from sim.run.manifest import config_hash

    for name, table in tables.items():
        write_whole(folder / f"{name}.csv", csv_of(table))
    with hub_style():
        what, of = _title(figure, plans)
        drawn = tornado_figure(tables["tornado"], base, figure, f"What moves {what}\n{of}", difference=len(plans) > 1)
        write_png(drawn, folder / "tornado.png")
    ranked = tables["sobol"][["key"]].merge(tables["tornado"], on="key")
    columns = ["key", "words", "grade", "unit", "low", "high", "result_low", "result_high"]
    content = {
        "plans": [
            {"scenario": plan.scenario, "staffing": plan.staffing_model, "config_hash": config_hash(plan)}
            for plan in plans
        ],
        "figure": figure.words,
        "unit": figure.unit,
        "as_configured": base,
        "at_most_noise_share": noise_share,
        **{name: getattr(args, name) for name in ("trajectories", "points", "replications")},
        "drivers": ranked[columns].head(DRIVERS).to_dict("records"),
    }
    write_whole(folder / "sensitivity.json", json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def _print(
    figure: Headline, plans: Sequence[HubConfig], tables: dict[str, pd.DataFrame], base: float, noise_share: float
) -> None:
    table = plain_table()
    for heading in ("Number", "grade", "range", "share of variance", f"moves it, {figure.unit}"):
        table.add_column(heading, no_wrap=True)
    swings = tables["tornado"][["key", "result_low", "result_high"]]
    for row in tables["sobol"].merge(swings, on="key").to_dict("records"):
        rough = " rough" if row["ST_conf"] > SURE else ""
        table.add_row(
            row["words"], row["grade"], f"{row['low']:g} to {row['high']:g} {row['unit']}",
            f"{max(row['ST'], 0):.0%} (± {row['ST_conf']:.0%}{rough})",
            f"{row['result_low']:,.1f} to {row['result_high']:,.1f}",
        )  # fmt: skip
    shown = console(width=150)
    what, of = _title(figure, plans)
    shown.print(f"What moves {what} ({of}; {base:,.1f} {figure.unit} as configured)\n")
    shown.print(table)
    shown.print(
        f"\nShare of variance: with interactions, over the ranges of these numbers (Sobol'). At most {noise_share:.0%} "
        "of the variance is chance. Grade D is an assumption: measure these locally first."
    )
