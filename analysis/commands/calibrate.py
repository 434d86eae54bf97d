"""`hub calibrate`: fits, writes the fitted values as a scenario, and judges every figure of the study."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.commands.arguments import VerbParser, config_asked_for
from sim.errors import HubError

if TYPE_CHECKING:
    from analysis.calibration.targets import Target
    from analysis.estimates.intervals import Interval
    from sim.config import HubConfig

ALL_INSIDE, SOME_OUTSIDE = 0, 1
FEWEST = 2
JUDGED = 5
"""Times as many replications judge the fitted values as each evaluation of the fit had: waits are noisy."""
DESCRIPTION = """\
Fit what has no source to the study of the Resilience Hubs, in three steps: the screening pattern (exact), uptake
(analytic) and the pathway's shares (by simulation). Write the fitted values to DIR/scenario/calibrated.yaml, for
`hub run --config-dir DIR scenario=calibrated`, and judge every figure of the study. Targets are in conf/targets.csv;
two figures of the follow-up survey (support by the Hub, no help) are held out: no fit looks at them."""


def calibrate(arguments: list[str]) -> int:
    """Run `hub calibrate`; 1 if a figure is outside its tolerance."""
    parser = VerbParser("calibrate", DESCRIPTION)
    parser.takes("overrides")
    parser.add_argument("--check", action="store_true", help="only judge the configuration as it is; write nothing")
    parser.takes("--replications", default=40, help="in every evaluation (default 40)")
    parser.takes("--out", default=Path("outputs/calibration"), help="where the scenario goes (default %(default)s)")
    parser.takes("--config-dir")
    parser.takes("--jobs")
    args = parser.read(arguments)
    if args.replications < FEWEST:
        raise HubError(f"--replications: got {args.replications}; an interval needs {FEWEST} or more")
    from analysis.calibration.targets import read_targets, run_figures

    targets = read_targets()
    unheeded = {
        "hydra": "everything goes to --out DIR",
        "run.replications": "give --replications N",
        "run.jobs": "give --jobs N",
        "run.store": "what a fit tries is not kept",
    }
    config = config_asked_for(args.overrides, args.config_dir, unheeded)
    if args.check:
        _show_screening(config)
        return _judge(targets, run_figures(config, args.replications, args.jobs), args.replications)
    fitted = _fit(config, targets, args)
    # Judged on luck that the fit has not seen, so that what it owes to its own luck does not count for it.
    fresh = run_figures(fitted, JUDGED * args.replications, args.jobs, seed=config.run.seed + 1)
    return _judge(targets, fresh, JUDGED * args.replications)


def _fit(config: HubConfig, targets: list[Target], args: argparse.Namespace) -> HubConfig:
    """Fit in three steps, write the scenario and return the configuration with the fitted values."""
    from analysis.calibration.expected import fit_screening, fit_uptake, fitted_to
    from analysis.calibration.pathway import NAME, fit_pathway, write_scenario
    from analysis.calibration.targets import run_figures

    rereferred = run_figures(config, args.replications, args.jobs)["rereferred_share"].estimate
    print(f"1. Uptake, of which {100 * rereferred:.1f} % of referrals are re-referrals")
    changes = fit_uptake(config, targets, rereferred)
    print("2. Screening, for the expected clients")
    changes |= fit_screening(fitted_to(config, changes), targets)
    _show_screening(fitted_to(config, changes))
    print("3. Pathway, by simulation with the same luck in every evaluation")
    changes |= fit_pathway(
        fitted_to(config, changes), targets, args.replications, args.jobs, lambda line: print(f"   {line}", flush=True)
    )
    path = write_scenario(changes, args.out)
    print(f"\nWritten: {path}; use it with  hub run --config-dir {args.out} scenario={NAME}")
    for key, value in changes.items():
        print(f"   {key}: {value.value!r}")
    return fitted_to(config, changes)


def _show_screening(config: HubConfig) -> None:
    """Print the exact pattern of positive measures and the correlations behind it."""
    from analysis.calibration.expected import client_covariate_shares, implied_correlations, positive_pattern
    from analysis.calibration.targets import aligned
    from sim.config.screening import MEASURES

    pattern = positive_pattern(config.screening, client_covariate_shares(config))
    print("\nMeasures positive among screened clients, exactly")
    counts = tuple(f"{100 * share:.1f} %" for share in pattern.counts)
    print(*aligned([("number", *map(str, range(len(counts)))), ("share", *counts)]), sep="\n")
    shares = tuple(f"{100 * share:.1f} %" for share in pattern.positive)
    print(*aligned([("measure", *MEASURES), ("share", *shares)]), sep="\n")
    print("\nLatent correlations that factor and predictors give together (in brackets: those of the evidence)")
    given = config.screening.correlations
    rows = [
        (name, *(f"{have:.2f} ({want:.2f})" for have, want in zip(row, wanted, strict=True)))
        for name, row, wanted in zip(MEASURES, implied_correlations(config.screening), given, strict=True)
    ]
    print(*aligned([("", *MEASURES), *rows]), sep="\n")


def _judge(targets: list[Target], figures: dict[str, Interval], replications: int) -> int:
    """Print the table of verdicts and return the exit status."""
    from analysis.calibration.targets import HELD_OUT, table, unspoken

    lines, any_outside = table(targets, figures)
    ours = "`our estimate`: a target that we set, not the study"
    print(f"\nFigures of the study, {replications} replications; {ours}", *lines, sep="\n")
    print("\nFigures that the model does not produce", *unspoken(targets), sep="\n")
    held_out = ", ".join(f"{target.id} ({target.figure})" for target in targets if target.use == HELD_OUT)
    print(f"\nHeld out, so that no fit looks at them: {held_out}.")
    print(f"Re-referrals are {100 * figures['rereferred_share'].estimate:.1f} % of referrals.")
    print("At least one figure is OUTSIDE its tolerance." if any_outside else "Every figure of the model is inside.")
    return SOME_OUTSIDE if any_outside else ALL_INSIDE
