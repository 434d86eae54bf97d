"""`hub sensitivity`: which uncertain numbers change a figure most."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.commands.arguments import VerbParser, config_asked_for
from analysis.tell.console import console, plain_table
from sim.errors import HubError
from sim.stages import SEEN_FIRST

if TYPE_CHECKING:
    import pandas as pd

    from analysis.estimates.headline import Headline
    from sim.config import HubConfig

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
