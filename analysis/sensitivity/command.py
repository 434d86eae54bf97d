"""The `hub-sensitivity` command: which uncertain numbers drive a figure of one plan."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import HubError
from sim.exits import exit_status

if TYPE_CHECKING:
    import pandas as pd

    from analysis.comparison.headlines import Headline
    from sim.config import HubConfig

FIGURE = "referral_to_assessment_within_standard_share"
TORNADO_TIMES = 5
"""Moving one factor at a time is repeated so many times as often as the rest: its figures are shown."""
SURE = 0.05
"""An index with a wider half-width than this is called rough."""
DRIVERS = 10


def main(argv: Sequence[str] | None = None) -> int:
    """Run `hub-sensitivity`: 0 if all went well, 2 if the input was refused, 130 if interrupted."""
    parser = argparse.ArgumentParser(
        prog="hub-sensitivity",
        description="Rank the uncertain numbers of a plan by what they do to a figure: Morris, then Sobol', then each "
        "by itself.",
    )
    parser.add_argument("overrides", nargs="*", metavar="KEY=VALUE", help="as for hub: scenario=NAME staffing=NAME ...")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="where tables and figure go")
    parser.add_argument("--figure", default=FIGURE, metavar="NAME", help=f"what is to be explained (default {FIGURE})")
    parser.add_argument("--only", action="append", default=[], metavar="PATTERN", help="only numbers with such a key")
    parser.add_argument("--trajectories", type=int, default=6, metavar="N", help="of the screening (default 6)")
    parser.add_argument("--keep", type=int, default=6, metavar="N", help="numbers that go on from it (default 6)")
    parser.add_argument("--points", type=int, default=64, metavar="N", help="of Sobol', a power of 2 (default 64)")
    parser.add_argument("--replications", type=int, default=2, metavar="N", help="of every point (default 2)")
    args = parser.parse_args(argv)
    return exit_status(lambda: _analyse(args), "Interrupted; what was simulated is kept in the store. Run it again.")


def _refuse(args: argparse.Namespace) -> None:
    for name, least in (("trajectories", 2), ("keep", 2), ("points", 2), ("replications", 2)):
        if getattr(args, name) < least:
            raise HubError(f"--{name}: got {getattr(args, name)}; give {least} or more")
    if args.points & (args.points - 1):
        raise HubError(f"--points: got {args.points}; give a power of 2, such as {2 ** args.points.bit_length()}")


def _analyse(args: argparse.Namespace) -> int:
    _refuse(args)
    from analysis.sensitivity.factors import factors, figure_named, respond
    from analysis.sensitivity.methods import morris, sobol, tornado
    from sim.compose import compose
    from sim.config import validate

    config = validate(compose("uncertainty=psa", *args.overrides))
    figure, found = figure_named(config, args.figure), factors(config, args.only)
    keep = min(args.keep, len(found))
    runs = args.trajectories * (len(found) + 1) + args.points * (keep + 2) + TORNADO_TIMES * (2 * keep + 1)
    print(
        f"{len(found)} uncertain numbers, about {runs * args.replications:,} replications", file=sys.stderr, flush=True
    )

    def run(times: int) -> Any:
        return lambda points, what: respond(config, points, figure, args.replications * times, what)

    screened = morris(found, run(1), args.trajectories)
    by_key = {factor.key: factor for factor in found}
    strong = [by_key[key] for key in screened["key"][:keep]]
    shares, response = sobol(strong, run(1), args.points)
    swings, base = tornado(strong, run(TORNADO_TIMES))
    args.out.mkdir(parents=True, exist_ok=True)
    _write(args, config, figure, {"morris": screened, "sobol": shares, "tornado": swings}, base, response.noise_share)
    _print(figure, shares, swings, base, response.noise_share)
    print(f"\nTables and figure: {args.out}")
    return 0


def _write(
    args: argparse.Namespace, config: HubConfig, figure: Headline, tables: dict[str, pd.DataFrame], base: float,
    noise_share: float,
) -> None:  # fmt: skip
    """Write tables and figure, and last of all what the report of a comparison reads."""
    from analysis.sensitivity.figure import tornado_figure
    from analysis.style import hub_style, words, write_png
    from sim.manifest import config_hash
    from sim.results import write_whole

    for name, table in tables.items():
        write_whole(args.out / f"{name}.csv", table.to_csv(index=False, float_format="%.10g"))
    with hub_style():
        title = f"What moves “{figure.words}”\n{words(config.scenario)}, {words(config.staffing_model)}"
        write_png(tornado_figure(tables["tornado"], base, figure, title), args.out / "tornado.png")
    ranked = tables["sobol"][["key"]].merge(tables["tornado"], on="key")
    columns = ["key", "words", "grade", "unit", "low", "high", "result_low", "result_high"]
    content = {
        "scenario": config.scenario,
        "staffing": config.staffing_model,
        "config_hash": config_hash(config),
        "figure": figure.words,
        "unit": figure.unit,
        "as_configured": base,
        "at_most_noise_share": noise_share,
        "trajectories": args.trajectories,
        "points": args.points,
        "replications": args.replications,
        "drivers": ranked[columns].head(DRIVERS).to_dict("records"),
    }
    write_whole(args.out / "sensitivity.json", json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def _print(figure: Headline, shares: pd.DataFrame, swings: pd.DataFrame, base: float, noise_share: float) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    for heading in ("Number", "grade", "range", "share of variance", f"moves it, {figure.unit}"):
        table.add_column(heading, no_wrap=True)
    moved = swings.set_index("key")
    for row in shares.to_dict("records"):
        swing = moved.loc[row["key"]]
        rough = " rough" if row["ST_conf"] > SURE else ""
        table.add_row(
            row["words"], row["grade"], f"{row['low']:g} to {row['high']:g} {row['unit']}",
            f"{max(row['ST'], 0):.0%} (± {row['ST_conf']:.0%}{rough})",
            f"{swing['result_low']:,.1f} to {swing['result_high']:,.1f}",
        )  # fmt: skip
    console = Console(highlight=False, emoji=False, markup=False, width=150)
    console.print(f"What moves “{figure.words}” ({base:,.1f} {figure.unit} as configured)\n")
    console.print(table)
    console.print(
        f"\nShare of variance: with interactions, over the ranges of these numbers (Sobol'). At most {noise_share:.0%} "
        "of the variance is chance. Grade D is an assumption: measure these locally first."
    )


if __name__ == "__main__":
    sys.exit(main())
