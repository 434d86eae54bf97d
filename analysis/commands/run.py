"""`hub run`, `hub sweep` and `hub story`: every cell is composed and checked before any is simulated."""

from __future__ import annotations

import argparse
import logging
import shlex
import sys
from collections.abc import Container, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.commands.arguments import ONLY_RUNS, VerbParser, completing, refuse_unheeded
from analysis.tell.console import BAD_INPUT
from sim.disk import marked_unfinished
from sim.disk.folders import ITS_OWN_CELLS, own_folder
from sim.errors import ConfigProblem, HubError, one_line
from sim.launch.pieces import typed
from sim.run.processes import get_ready

if TYPE_CHECKING:
    from sim.composed import Cell, Place
    from sim.config import HubConfig

# Imports inside functions wait until they are needed: workers load the model while Hydra is loaded here.

OF_A_SIZING = ("sizing", "target", "more_targets")
"""Parts that hub size reads, and no run has."""
WITH_VALUE = ("--config-dir", "--decisions", "--world", "-c", "--cfg", "-p", "--package")
"""Flags of which the next word is the value."""
ALONE = "run.jobs=1"
"""Asks for no worker."""
WHAT_FOR = {
    "run": "Simulate a scenario with a staffing model, and print who comes, how long they wait and what it costs.",
    "sweep": "Simulate several scenarios or staffing models with the same people, and print a line for each.",
}
DESCRIPTION = """\
{what_for}

Scenarios, as scenario=NAME (* is the default):
{scenarios}

Other groups, as GROUP=OPTION:
{groups}

Most used keys, as KEY=VALUE:
  run.replications        how many times it is simulated, each time with different luck
  run.horizon_days        how many days to simulate, from run.start_date (YYYY-MM-DD)
  run.seed                a whole number; the same seed brings the same people in every scenario
  run.jobs                cores to use; -1 for all
  hubs.count              Hubs side by side
  demand.multiplier       referrals as a multiple of the default: 1.2 is a fifth more
  staffing.roles.ROLE.lines.LINE.wte
                          how many posts one line of funding pays for, in whole-time equivalents
  pathway.assessment.contact.mean_minutes
                          minutes with the client in an assessment
  standards.stages.assessment.days, standards.stages.assessment.share
                          the standard: this share of people is assessed within so many days
"""
EXAMPLES = """\
examples:
  hub
  hub scenario=major_incident run.replications=200
  hub sweep "scenario=baseline,major_incident" run.seed=7
  hub sweep "scenario=glob(*)" "demand.multiplier=1,1.2"
  hub "+staffing.roles.therapist.lines.locum={band: '7', wte: 1.0, kind: agency, pay_point: mid}"

A sweep runs every combination of comma-separated values. Results go to a new folder in outputs/ where you are.
hub diff A B prints what differs between two scenarios, hub evidence where a number comes from.
Your own scenarios: in a checkout scenarios/NAME.yaml; anywhere else DIR/scenario/NAME.yaml and --config-dir DIR."""


def sweep(arguments: list[str]) -> int:
    """Run `hub sweep`."""
    return run(arguments, "sweep")


def story(arguments: list[str]) -> int:
    """Run `hub story`."""
    parser = VerbParser(
        "story",
        "Tell what happened to one client, line by line with dates; no file is written.",
        "Client ids are in journeys.parquet of a run with run.keep=[journeys]; they stay the same while the seed does.",
    )
    parser.add_argument("client", metavar="CLIENT_ID", help="such as 0/background/care_homes/women/white_british/0")
    parser.takes("overrides")
    parser.add_argument(
        "--replication", type=int, default=0, metavar="N", help="the replication to tell it from (default 0)"
    )
    parser.add_argument("-m", "--multirun", action="store_true", help="tell it in every combination of a sweep")
    parser.takes("--config-dir")
    args = parser.read(arguments)
    if args.replication < 0:
        raise HubError(f"--replication: got {args.replication}; must be 0 or more")
    from analysis.runs.story import story_lines
    from sim.launch.compose import compose_cells

    nothing_kept = dict.fromkeys(
        ("hydra", "run.store", "run.jobs", "run.backend", "run.scheduler"), "a story keeps nothing: leave it out"
    )
    unheeded = ONLY_RUNS | nothing_kept | {"run.replications": "--replication N says which one the story is from"}
    for config in _validated(compose_cells(args.overrides, args.multirun, args.config_dir, unheeded=unheeded)):
        print(*story_lines(config, args.client, args.replication), sep="\n")
    return 0


def run(arguments: list[str], verb: str = "run") -> int:
    """Run `hub run`, or what `hub` was given without a verb."""
    from analysis.commands import VERBS

    parser = VerbParser(verb, "", EXAMPLES, add_help=False)
    parser.takes("overrides", help="what to change, as listed above; --cfg job shows every key and its value")
    parser.add_argument("-h", "--help", action="store_true", help="show this")
    parser.add_argument("-m", "--multirun", action="store_true", help="run every combination of comma-separated values")
    parser.takes("--config-dir")
    for side, what in (("decisions", "something you decide"), ("world", "something that happens to you")):
        parser.add_argument(f"--{side}", action="append", default=[], metavar="KEY",
                            help=f"in a sweep: KEY, or scenario=NAME, is {what}")  # fmt: skip
    parser.add_argument("-c", "--cfg", choices=("job", "hydra", "all"), help="print the configuration; run nothing")
    parser.add_argument("-p", "--package", metavar="PART", help="with --cfg: only this part, such as staffing.roles")
    parser.add_argument("--resolve", action="store_true", help="with --cfg: values in place of references to them")
    parser.add_argument("-i", "--info", action="store_true", help="print the files of the configuration; run nothing")
    if not completing() and (late := _verb_among(arguments, VERBS)):
        others = arguments[: late - 1] + arguments[late:]
        first = shlex.join(["hub", arguments[late - 1], *(others or ["--help"])])
        raise HubError(f"hub: got {arguments[late - 1]} after something else; a verb comes first: {first}")
    args = parser.read(arguments)
    multirun = args.multirun or verb == "sweep"
    if args.help:
        parser.description = _description(args.config_dir, "sweep" if multirun else "run")
        parser.print_help()
        return 0
    if (args.resolve or args.package) and not args.cfg:
        raise HubError("--resolve, --package: got no --cfg; they go with --cfg job")
    if args.package and args.package.partition(".")[0] in OF_A_SIZING:
        raise HubError(f"--package: got {args.package}, which is asked by a sizing; type hub size --cfg job")
    if args.cfg or args.info:
        return _inform(args, multirun)
    if ALONE not in args.overrides:
        get_ready("analysis.runs.figures", "matplotlib.figure", "matplotlib.backends.backend_agg")
    if (args.decisions or args.world) and not multirun:
        raise HubError("--decisions, --world: got one run; they go with hub sweep")
    return _simulate(args, multirun)


def _verb_among(arguments: Sequence[str], verbs: Container[str]) -> int:
    """Return the place, from 1, of the first word that is a verb and not the value of a flag before it; 0 for none."""
    words = zip(["", *arguments], arguments, strict=False)
    return next((at for at, (before, word) in enumerate(words, 1) if word in verbs and before not in WITH_VALUE), 0)


def _description(config_dir: str | None, verb: str) -> str:
    """Return what `hub run` or `hub sweep` is for, with the options that there are and what each scenario is for."""
    from sim.launch.options import SCENARIO, Options

    options = Options(config_dir)
    marked = {
        group: [f"{name}{'*' if name == default else ''}" for name in options.of(group)]
        for group, default in options.defaults.items()
    }
    told = zip(marked.pop(SCENARIO), options.purposes().values(), strict=True)
    return DESCRIPTION.format(
        what_for=WHAT_FOR[verb],
        scenarios="\n".join(f"  {name:<24}{purpose}" for name, purpose in told),
        groups="\n".join(f"  {group:<24}{', '.join(names)}" for group, names in marked.items()),
    )


def _inform(args: argparse.Namespace, multirun: bool) -> int:
    """Print the configuration, or how it is composed, once it is known that there is one."""
    from sim.launch.compose import composer_of
    from sim.launch.show import information, shown

    if multirun:
        raise HubError("-m: got --cfg or --info too; they show one configuration: leave -m out")
    composer, overrides = composer_of(args.config_dir), args.overrides
    asked = (args.cfg, args.package, args.resolve)
    print(shown(composer, overrides, *asked) if args.cfg else information(composer, overrides), end="", flush=True)
    return 0


def _simulate(args: argparse.Namespace, multirun: bool) -> int:
    """Check every cell, and only then make folders and run."""
    from sim.launch.compose import composer_of, launch
    from sim.launch.decisions import OwnWord
    from sim.launch.overrides import LAUNCHER, RUN_FOLDER, SUBFOLDER, SWEEP_FOLDER, meant, verbose

    if multirun:
        unheeded = {
            RUN_FOLDER: f"a sweep goes to {SWEEP_FOLDER}=DIR",
            "run.profile": "a sweep prints no seconds, manifest.json of each cell does: leave it out",
        }
    else:
        told = f"a single run goes to {RUN_FOLDER}=DIR, and a sweep takes -m"
        unheeded = dict.fromkeys((SWEEP_FOLDER, SUBFOLDER), told)
    overrides, composer = args.overrides, composer_of(args.config_dir)
    cells = composer.cells(overrides, multirun, unheeded, OwnWord(tuple(args.decisions), tuple(args.world)))
    configs = _validated(cells)
    refuse_unheeded(overrides, configs)
    hydras = [text for text in map(meant, overrides) if text.lstrip(" +").startswith("hydra")]
    for name in verbose(hydras):
        logging.basicConfig()
        logging.getLogger(name).setLevel(logging.DEBUG)
    folder = composer.folder(hydras if multirun else cells[0].overrides, multirun)
    if multirun and any(config.run.warm_up for config in configs):
        raise HubError("run.warm_up: got true; find it in one run, and give run.opening.run_in_days to the sweep")
    if any(config.run.backend == "dask" for config in configs):
        from sim.run.workers import check_reachable

        check_reachable(configs[0].run)
    if not multirun:
        with own_folder(folder, RUN_FOLDER):
            from analysis.runs.one_run import run_and_report
            from sim.launch.cells import changes_of

            return run_and_report(configs[0], folder, changes_of(cells[0].overrides))
    from analysis.runs.sweep import collect, digest_of, planned, run_sweep

    plan = planned(cells, configs, folder)
    told = f"{_how_to_go_on(args, folder)}\n\n{ITS_OWN_CELLS}{digest_of(plan)}"
    with own_folder(folder, SWEEP_FOLDER, digest_of(plan)), marked_unfinished(folder, told):
        _tell_twins(cells, configs)
        if not any(text.startswith(LAUNCHER) for text in hydras):
            return run_sweep(plan, folder)
        return max(launch(composer, cells, hydras, folder, run_cell), collect(plan, folder))


def _how_to_go_on(args: argparse.Namespace, folder: Path) -> str:
    """Return what the folder of a sweep says to somebody who finds it unfinished."""
    from sim.launch.overrides import SWEEP_FOLDER, meant, quoted

    own = [] if args.config_dir is None else ["--config-dir", args.config_dir]
    own += [text for side in ("decisions", "world") for key in getattr(args, side) for text in (f"--{side}", key)]
    rest = [text for text in args.overrides if meant(text).partition("=")[0].strip(" +") != SWEEP_FOLDER]
    command = typed(["hub", "sweep", *own, *rest, f"{SWEEP_FOLDER}={quoted(str(folder))}"])
    return (
        "This sweep is not finished: it is still running, or was stopped. If it has stopped, continue with this\n"
        f"command, from {Path.cwd()}:\n\n  {command}\n\n"
        "What run.store keeps (nothing, if it is null) is not simulated again."
    )


def _tell_twins(cells: list[Cell], configs: list[HubConfig]) -> None:
    """Say once which cells of a sweep are the same, 1 and 1.0 too: the second tells nothing new."""
    first: dict[str, Cell] = {}
    pairs = zip(cells, map(repr, configs), strict=True)
    twins = [(first.setdefault(config, cell).name, cell.name) for cell, config in pairs]
    if same := [pair for pair in twins if pair[0] != pair[1]]:
        others = f", and so are {len(same) - 1} more" if len(same) > 1 else ""
        print(one_line(f"-m: {same[0][1]} is the same as {same[0][0]}{others}; leave one out"), file=sys.stderr)


def _validated(cells: list[Cell]) -> list[HubConfig]:
    from sim.config import validate
    from sim.launch.cells import blamed

    configs: list[HubConfig] = []
    problems: dict[str, list[Place]] = {}
    for cell in cells:
        try:
            configs.append(validate(cell.config))
        except ConfigProblem as problem:
            for line in dict.fromkeys(problem.lines):
                problems.setdefault(line, []).append(cell.place)
    if problems:
        raise ConfigProblem(blamed(problems, len(cells)))
    return configs


def run_cell(cell: Cell, folder: Path) -> int:
    """Run one cell of a sweep where a launcher of Hydra's has sent it."""
    from analysis.runs.one_run import run_and_report
    from sim.config import validate
    from sim.launch.cells import changes_of

    try:
        return run_and_report(validate(cell.config), folder, changes_of(cell.overrides))
    except HubError as problem:  # of this cell alone: the others of a sweep still run
        print(problem, file=sys.stderr)
        return BAD_INPUT
