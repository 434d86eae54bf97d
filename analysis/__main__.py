"""The `hub` command: composes and checks every cell first, then runs each in a folder of its own."""

from __future__ import annotations

import argparse
import io
import logging
import shlex
import string
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim import __version__
from sim.disk.new_folder import own_folder
from sim.disk.whole import marked_unfinished
from sim.errors import BAD_INPUT, ConfigProblem, HubError, exit_status, nearest, one_line, refuse_usage
from sim.run.processes import compute_with_one_thread, get_ready

if TYPE_CHECKING:
    from hydra._internal.hydra import Hydra
    from omegaconf import DictConfig

    from sim.config import HubConfig
    from sim.launch.compose import Cell

# Imports inside functions wait until they are needed, and Hydra's until Python is known to suit it.


SIMULATES = ("-m", "--multirun", "--config-dir")
"""Flags of commands that simulate; all others only tell something."""
ALONE = "run.jobs=1"
"""Asks for no worker."""
INTERRUPTED = (
    "Interrupted; what was unfinished was removed. The same command simulates again what run.store does not keep: all, "
    "if it is null."
)


def main(argv: list[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Parameters
    ----------
    argv
        Arguments without the program's name; those of the process by default.

    Returns
    -------
    int
        0 if all went well, 1 if a cell failed, 2 if the input was refused, 130 if interrupted.
    """
    arguments = sys.argv[1:] if argv is None else argv
    return exit_status(lambda: _command(arguments), INTERRUPTED)


def _check_versions(python: tuple[int, ...], hydra: str) -> None:
    if python >= (3, 14):
        found = ".".join(map(str, python))
        raise HubError(f"Python: got {found}; Hydra 1.3 does not start on Python 3.14: use 3.11, 3.12 or 3.13")
    if not hydra.startswith("1.3."):
        raise HubError(f"hydra-core: got {hydra}; install hydra-core 1.3, with Python 3.11, 3.12 or 3.13")


def _command(argv: list[str]) -> int:
    try:
        _check_versions(sys.version_info[:2], version("hydra-core"))
    except PackageNotFoundError:
        raise HubError(
            f"hydra-core: not installed for {sys.executable}; run make run once, then .venv/bin/hub"
        ) from None
    if "--version" in argv:
        print(f"hub {__version__} (Hydra {version('hydra-core')})")
        return 0
    compute_with_one_thread()
    if ALONE not in argv and not any(text.startswith("-") and text not in SIMULATES for text in argv):
        get_ready("analysis.runs.figures", "matplotlib.figure", "matplotlib.backends.backend_agg")
    from hydra._internal.utils import get_args_parser

    parser = get_args_parser()
    parser.prog, parser.usage = "hub", "hub [-m] [GROUP=OPTION ...] [KEY=VALUE ...]; hub --help tells more"
    refuse_usage(parser)
    args = parser.parse_intermixed_args(argv)
    for flag in ("config_path", "config_name", "experimental_rerun"):
        if given := getattr(args, flag):
            raise HubError(f"--{flag.replace('_', '-')}: got {given}; put your options into --config-dir DIR")
    if (args.resolve or args.package) and not args.cfg:
        raise HubError("--resolve, --package: got no --cfg; they go with --cfg job")
    if args.help:
        print(_help(args.config_dir), end="")
        return 0
    if args.shell_completion and not any("=" in text for text in args.overrides):
        raise HubError("--shell-completion: got no subcommand; add install=bash, uninstall=bash or query=bash")
    if args.cfg or args.info or args.hydra_help or args.shell_completion:
        return _inform(parser, args)
    return _run(args.overrides, args.multirun, args.config_dir)


def _help(config_dir: str | None) -> str:
    """Fill the help text of conf/config.yaml with the options that there are and what each scenario is for."""
    from omegaconf import OmegaConf

    from sim.launch.options import CONFIG_NAME, SCENARIO, conf_dir, group_defaults, hub_hydra, purposes

    hydra, defaults = hub_hydra(config_dir), group_defaults()
    marked = {
        group: [f"{name}{'*' if name == default else ''}" for name in hydra.config_loader.get_group_options(group)]
        for group, default in defaults.items()
    }
    told = zip(marked.pop(SCENARIO), purposes(hydra).values(), strict=True)
    text = OmegaConf.load(conf_dir() / f"{CONFIG_NAME}.yaml").hydra.help.template
    return string.Template(text).substitute(
        SCENARIOS="\n".join(f"  {name:<24}{purpose}" for name, purpose in told),
        GROUPS="\n".join(f"  {group:<24}{', '.join(names)}" for group, names in marked.items()),
    )


def _inform(parser: argparse.ArgumentParser, args: argparse.Namespace) -> int:
    """Print what Hydra tells about itself and the configuration, once it is known that there is one."""
    from hydra.types import RunMode

    from sim.launch.compose import Composer
    from sim.launch.options import CONFIG_NAME
    from sim.launch.overrides import meant

    if args.multirun:
        raise HubError("-m: got --cfg, --info or a kind of help too; they show one configuration: leave -m out")
    if args.hydra_help and args.overrides:
        raise HubError(f"--hydra-help: got {args.overrides[0]} too; leave it out")
    composer, overrides = Composer(args.config_dir), [meant(text) for text in args.overrides]
    if args.cfg or args.info:
        (cell,) = composer.cells(overrides, multirun=False, unheeded={})
        _refuse_package(args.package, cell.config)
    hydra = composer.hydra
    with _printed_at_once():
        if args.cfg:
            hydra.show_cfg(CONFIG_NAME, overrides, args.cfg, args.package, args.resolve)
        elif args.info:
            hydra.show_info(args.info, CONFIG_NAME, overrides, RunMode.RUN)
        elif args.hydra_help:
            hydra.hydra_help(CONFIG_NAME, parser, args)
        else:
            try:
                hydra.shell_completion(CONFIG_NAME, overrides)
            except ValueError as error:
                raise HubError(f"--shell-completion: {error}") from None
    return 0


def _refuse_package(package: str | None, config: dict[str, Any]) -> None:
    """Refuse a part of the configuration that there is not."""
    part: Any = config
    for step in (package or "").split(".") if package not in (None, "_global_") else ():
        if not isinstance(part, dict) or step not in part:
            known = list(part) if isinstance(part, dict) else []
            raise HubError(f"--package: got {package}; {nearest(step, known) if known else 'it holds no parts'}")
        part = part[step]


@contextmanager
def _printed_at_once() -> Iterator[None]:
    """Print in one go what Hydra prints and logs line by line, so that a reader who has enough ends it quietly."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    with redirect_stdout(io.StringIO()) as told:
        try:
            yield
        finally:
            root.handlers[:], root.level = handlers, level
    print(told.getvalue(), end="", flush=True)


def _run(overrides: list[str], multirun: bool, config_dir: str | None) -> int:
    """Check every cell, and only then make folders and run."""
    from analysis.unheeded import refuse_unheeded
    from sim.launch.compose import Composer
    from sim.launch.overrides import LAUNCHER, RUN_FOLDER, SWEEP_FOLDER, meant

    if multirun:
        unheeded = {
            RUN_FOLDER: f"a sweep goes to {SWEEP_FOLDER}=DIR",
            "run.profile": "a sweep prints no seconds, manifest.json of each cell does: leave it out",
        }
    else:
        unheeded = {SWEEP_FOLDER: f"a single run goes to {RUN_FOLDER}=DIR, and a sweep takes -m"}
    composer = Composer(config_dir)
    cells = composer.cells(overrides, multirun, unheeded)
    configs = _validated(cells)
    refuse_unheeded(overrides, configs)
    stories = [config for config in configs if config.trace is not None]
    if stories:
        if ours := [text for text in overrides if text.lstrip(" +").startswith("hydra")]:
            raise HubError(f"trace: got {ours[0]} too; a story is printed, without a folder: leave it out")
        from analysis.runs.story import print_story

        for config in stories:
            print_story(config, str(config.trace), config.run.replication)
        return 0
    hydras = [text for text in map(meant, overrides) if text.lstrip(" +").startswith("hydra")]
    folder = composer.folder(hydras if multirun else cells[0].overrides, multirun)
    if multirun and any(config.run.warm_up for config in configs):
        raise HubError("run.warm_up: got true; find it in one run, and give run.opening.run_in_days to the sweep")
    if any(config.run.backend == "dask" for config in configs):
        from sim.run.workers import check_reachable

        check_reachable(configs[0].run)
    if not multirun:
        with own_folder(folder, RUN_FOLDER):
            from analysis.runs.one_run import run_and_report

            return run_and_report(configs[0], folder, cells[0].overrides)
    from analysis.runs.sweep import collect, digest_of, planned, run_sweep

    plan = planned(cells, configs, folder)
    told = f"{_how_to_go_on(overrides, folder, config_dir)}\n\nOnly its own cells may come here: {digest_of(plan)}"
    with own_folder(folder, SWEEP_FOLDER, digest_of(plan)), marked_unfinished(folder, told):
        _tell_twins(cells, configs)
        if not any(text.startswith(LAUNCHER) for text in hydras):
            return run_sweep(plan, folder)
        return max(_launched(composer.hydra, overrides, folder), collect(plan, folder))


def _how_to_go_on(overrides: list[str], folder: Path, config_dir: str | None) -> str:
    """Return what the folder of a sweep says to somebody who finds it unfinished."""
    from sim.launch.overrides import SWEEP_FOLDER, meant, quoted

    own = [] if config_dir is None else ["--config-dir", config_dir]
    rest = [text for text in overrides if meant(text).partition("=")[0].strip(" +") != SWEEP_FOLDER]
    command = shlex.join(["hub", "-m", *own, *rest, f"{SWEEP_FOLDER}={quoted(str(folder))}"])
    return (
        "This sweep is not finished: it is still running, or was ended. If it does not run any more, go on with this\n"
        f"command, from {Path.cwd()}:\n\n  {command}\n\n"
        "What run.store keeps (nothing, if it is null) is not simulated again."
    )


def _launched(hydra: Hydra, overrides: list[str], folder: Path) -> int:
    """Let a launcher of Hydra's run the cells of a sweep, and return the highest of their exit statuses."""
    from sim.launch.options import CONFIG_NAME
    from sim.launch.overrides import SWEEP_FOLDER, meant, quoted

    mine = [text for text in map(meant, overrides) if text.partition("=")[0].strip(" +") != SWEEP_FOLDER]
    mine += [f"{SWEEP_FOLDER}={quoted(str(folder))}", "hydra.mode=MULTIRUN"]
    batches = hydra.multirun(CONFIG_NAME, _job, mine)
    return max(int(job.return_value) for batch in batches for job in batch)


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
    problems: dict[str, list[str]] = {}
    for cell in cells:
        try:
            configs.append(validate(cell.config))
        except ConfigProblem as problem:
            for line in dict.fromkeys(problem.lines):
                problems.setdefault(line, []).append(cell.place)
    if problems:
        raise ConfigProblem(blamed(problems, len(cells)))
    return configs


def _job(composed: DictConfig) -> int:
    """Run the cell of a sweep that a launcher of Hydra's composed, in the folder that it made."""
    from hydra.core.hydra_config import HydraConfig

    from analysis.runs.one_run import run_and_report
    from sim.config import validate
    from sim.launch.compose import cell_of

    told = HydraConfig.get()
    try:
        config = validate(cell_of(composed, told.runtime.choices).config)
        return run_and_report(config, Path(told.runtime.output_dir), told.overrides.task)
    except HubError as problem:  # of this cell alone: the others of a sweep still run
        print(problem, file=sys.stderr)
        return BAD_INPUT


if __name__ == "__main__":
    sys.exit(main())
