"""The `hub` command: composes and checks every cell first, then runs each in a folder of its own."""

from __future__ import annotations

import argparse
import string
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from sim import __version__
from sim.errors import ConfigProblem, HubError
from sim.exits import BAD_INPUT, exit_status
from sim.processes import get_ready

if TYPE_CHECKING:
    from omegaconf import DictConfig

    from sim.compose import Cell
    from sim.config import HubConfig

# Imports inside functions wait until they are needed, and Hydra's until Python is known to suit it.


SIMULATES = ("-m", "--multirun", "--config-dir")
"""Flags of commands that simulate; all others only tell something."""
ALONE = "run.jobs=1"
"""Asks for no worker."""
INTERRUPTED = (
    "Interrupted; the unfinished run was removed. run.store keeps what was simulated: the same command goes on."
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
    if ALONE not in argv and not any(text.startswith("-") and text not in SIMULATES for text in argv):
        get_ready()
    from hydra._internal.utils import get_args_parser

    parser = get_args_parser()
    parser.prog, parser.usage = "hub", "hub [-m] [GROUP=OPTION ...] [KEY=VALUE ...]; hub --help tells more"
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

    from sim.options import CONFIG_NAME, SCENARIO, conf_dir, group_defaults, hub_hydra, purposes

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
    """Hand what Hydra prints about itself and the configuration to Hydra."""
    from hydra._internal.utils import _run_hydra

    from sim.compose import compose_cells
    from sim.options import CONFIG_NAME, conf_dir, hub_hydra

    hub_hydra(args.config_dir)  # tells Hydra of the scenarios
    if args.cfg or args.info:
        compose_cells(args.overrides, args.multirun, args.config_dir)  # refuses in one line what Hydra would not
    try:
        _run_hydra(args, parser, _job, str(conf_dir()), CONFIG_NAME)
    except ValueError as error:
        raise HubError(str(error)) from None
    return 0


def _run(overrides: list[str], multirun: bool, config_dir: str | None) -> int:
    """Check every cell, and only then make folders and run."""
    from sim.compose import compose_cells, run_folder, sweep_folder
    from sim.options import CONFIG_NAME, hub_hydra
    from sim.overrides import LAUNCHER

    cells = compose_cells(overrides, multirun, config_dir)
    configs = _validated(cells)
    stories = [config for config in configs if config.trace is not None]
    if stories:
        from sim.trace import print_story

        for config in stories:
            print_story(config, str(config.trace), config.run.replication)
        return 0
    _keep_finished_runs(overrides)
    if multirun and any(config.run.warm_up for config in configs):
        raise HubError("run.warm_up: got true; find it in one run, and give run.opening.run_in_days to the sweep")
    if any(config.run.backend == "dask" for config in configs):
        from sim.workers import check_reachable

        check_reachable(configs[0].run)
    if not multirun:
        from analysis.one_run import run_and_report

        with _hydras_folders():
            folder = run_folder(overrides, config_dir)
        return run_and_report(configs[0], folder, overrides)
    from analysis.sweep import collect, planned, run_sweep

    with _hydras_folders():
        folder = sweep_folder(overrides, config_dir)
    if not any(text.startswith(LAUNCHER) for text in overrides):
        return run_sweep(planned(cells, configs, folder), folder)
    where = f"hydra.sweep.dir='{folder}'"
    mine = [text for text in overrides if not text.startswith("hydra.sweep.dir=")]
    batches = hub_hydra(config_dir).multirun(CONFIG_NAME, _job, [*mine, where, "hydra.mode=MULTIRUN"])
    statuses = [int(job.return_value) for batch in batches for job in batch]
    return max(*statuses, collect(planned(cells, configs, folder), folder))


@contextmanager
def _hydras_folders() -> Iterator[None]:
    """Refuse a folder whose name refers to what is not there; all else has been resolved before."""
    from omegaconf.errors import InterpolationResolutionError

    try:
        yield
    except InterpolationResolutionError as error:
        told = str(error).partition("\n")[0]
        raise HubError(f"{error.full_key or 'hydra.run.dir'}: {told}; write the path of a folder") from None


def _keep_finished_runs(overrides: list[str]) -> None:
    """Refuse a folder that was asked for and holds a finished run, or has no name."""
    from sim.overrides import HYDRA_KEYS

    for text in overrides:
        key, _, value = text.partition("=")
        folder = Path(value.strip("'\""))
        if key not in HYDRA_KEYS:
            continue
        if not value.strip("'\" "):
            raise HubError(f"{key}: got nothing; write the path of a folder")
        if (folder / "manifest.json").exists():
            raise HubError(f"{key}: got {folder}, which holds a finished run; choose another folder or remove this one")


def _validated(cells: list[Cell]) -> list[HubConfig]:
    from sim.cells import blamed
    from sim.config import validate

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

    from analysis.one_run import run_and_report
    from sim.compose import cell_of
    from sim.config import validate

    told = HydraConfig.get()
    try:
        config = validate(cell_of(composed, told.runtime.choices).config)
        return run_and_report(config, Path(told.runtime.output_dir), told.overrides.task)
    except HubError as problem:  # of this cell alone: the others of a sweep still run
        print(problem, file=sys.stderr)
        return BAD_INPUT


if __name__ == "__main__":
    sys.exit(main())
