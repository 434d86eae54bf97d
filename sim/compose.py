"""Composes the configuration of every cell of a run or sweep from conf/, scenarios/ and the command line."""

from __future__ import annotations

import pickle
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra._internal.config_repository import ConfigRepository
from hydra._internal.hydra import Hydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.errors import OverrideParseException
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf, open_dict

from sim.cells import NAMED_ALREADY, blamed, levers_of, names_of, places_of
from sim.design import KEY as DESIGN
from sim.design import read_design
from sim.errors import ConfigProblem, unreadable
from sim.options import CONFIG_NAME, REFUSED, SCENARIO, group_defaults, hub_hydra
from sim.overrides import LAUNCHER, check_number, emptied, expand, explain


@dataclass(frozen=True)
class Cell:
    """One scenario under one staffing model: a run, or one job of a sweep."""

    scenario: str
    staffing: str
    overrides: tuple[str, ...]
    config: dict[str, Any]
    name: str = ""
    """Unique among the cells of a sweep."""
    levers: dict[str, Any] = field(default_factory=dict)
    """What differs between the cells, by configuration path."""
    place: str = ""
    """How its user would find it: a line of a design, or what only it sets."""


def compose_cells(
    argv_overrides: Sequence[str], multirun: bool, config_dir: str | None = None, conf: Path | None = None
) -> list[Cell]:
    """Compose every cell of a run or sweep, in the order in which Hydra will run them.

    Parameters
    ----------
    argv_overrides
        What the command line says: `scenario=major_incident`, `run.replications=200`.
    multirun
        Whether comma-separated values, `range` and `glob` are swept over.
    config_dir, conf
        See `hub_hydra`.

    Raises
    ------
    ConfigProblem
        With every problem that Hydra finds, one line each. Values are checked by `sim.config.validate`.
    """
    return Composer(config_dir, conf).cells(argv_overrides, multirun)


class Composer:
    """Composes cells; those that choose the same options and differ in values alone share what is read from files.

    A file that changes is not read again: keep a composer no longer than a command lasts, or as a page does.
    """

    def __init__(self, config_dir: str | None = None, conf: Path | None = None) -> None:
        self._hydra = hub_hydra(config_dir, conf)
        self._defaults = group_defaults(conf)
        self._groups = ConfigRepository(self._hydra.config_loader.get_search_path())
        self._chosen: dict[tuple[str, ...], tuple[bytes, DictConfig]] = {}
        """Pickled: unpickling is a fifth of the work of copying."""

    def cells(self, argv_overrides: Sequence[str], multirun: bool) -> list[Cell]:
        """Compose every cell; see `compose_cells`."""
        cells: list[Cell] = []
        problems: dict[str, list[str]] = {}
        sweep, places = _cells_asked_for(self._hydra, list(argv_overrides), multirun)
        for overrides, place in zip(sweep, places, strict=True):
            lines: list[str] = []
            try:
                config, choices = self._compose(overrides)
                lines = list(emptied(config, overrides))
                cells.append(replace(cell_of(config, choices, overrides), place=place))
            except ConfigProblem as problem:
                lines = problem.lines
            except REFUSED as error:
                lines = explain(error, self._hydra, overrides, self._defaults)
            for line in dict.fromkeys(lines):
                problems.setdefault(line, []).append(place)
        if problems:
            raise ConfigProblem(blamed(problems, len(sweep)))
        levers = levers_of(sweep)
        names = names_of([(cell.scenario, cell.staffing) for cell in cells], levers)
        return [replace(cell, name=n, levers=v) for cell, n, v in zip(cells, names, levers, strict=True)]

    def _compose(self, overrides: list[str]) -> tuple[DictConfig, DictConfig]:
        """Return a configuration without Hydra's own part, and the options that it is made of."""
        parsed = OverridesParser.create().parse_overrides(overrides)
        values = [override for override in parsed if self._sets_a_value(override)]
        choosing = tuple(text for text, o in zip(overrides, parsed, strict=True) if not self._sets_a_value(o))
        if choosing not in self._chosen:
            whole = self._hydra.compose_config(CONFIG_NAME, list(choosing), RunMode.RUN)
            with open_dict(whole):
                choices = whole.pop("hydra").runtime.choices
            self._chosen[choosing] = (pickle.dumps(whole), choices)
        pickled, choices = self._chosen[choosing]
        config: DictConfig = pickle.loads(pickled)
        ConfigLoaderImpl._apply_overrides_to_config(values, config)
        return config, choices

    def _sets_a_value(self, override: Override) -> bool:
        """Tell values from choices of options, as Hydra does; what is set of Hydra's own goes with the choices."""
        if override.is_hydra_override():
            return False
        is_group = self._groups.group_exists(override.key_or_group)
        return isinstance(override.value(), dict) or not is_group


def _cells_asked_for(hydra: Hydra, overrides: list[str], multirun: bool) -> tuple[list[list[str]], list[str]]:
    """Return the overrides of each cell of a run, sweep or listed design, and how its user would find it."""
    sweep = expand(hydra, overrides, multirun)
    set_here = {override.key_or_group: override for override in OverridesParser.create().parse_overrides(sweep[0])}
    design = set_here.get(DESIGN)
    if design is None or design.value() is None:
        return sweep, places_of(sweep)
    path = Path(str(design.value())).expanduser()
    if not multirun:
        raise ConfigProblem([f"{DESIGN}: got {path}; add -m to run each of its rows"])
    if any(key.startswith(LAUNCHER) for key in set_here):
        raise ConfigProblem([f"{DESIGN}: got {path}; a launcher of Hydra's takes lists of values instead"])
    rows = read_design(path, list(set_here))
    parser = OverridesParser.create(config_loader=hydra.config_loader)
    problems = []
    for row in rows:
        for text in row.overrides:
            try:
                if parser.parse_overrides([text])[0].is_sweep_override():
                    problems.append(f"{path}:{row.line}: got {text}; write one value, or a list as [a,b]")
            except OverrideParseException:
                problems.append(f"{path}:{row.line}: {unreadable(text)}")
    if problems:
        raise ConfigProblem(problems)
    check_number(len(rows) * len(sweep))
    pairs = [(row, cell) for row in rows for cell in sweep]
    return [[*cell, *row.overrides] for row, cell in pairs], [f"{path}:{row.line}" for row, _ in pairs]


def run_folder(overrides: Sequence[str], config_dir: str | None = None) -> Path:
    """Return where a run goes, as conf/config.yaml or `hydra.run.dir` says."""
    config = hub_hydra(config_dir).compose_config(CONFIG_NAME, list(overrides), RunMode.RUN)
    return Path(str(config.hydra.run.dir))


def sweep_folder(overrides: Sequence[str], config_dir: str | None = None) -> Path:
    """Return where a sweep goes, as conf/config.yaml or `hydra.sweep.dir` says."""
    mine = [text for text in overrides if text.startswith("hydra.sweep.dir=")]
    config = hub_hydra(config_dir).compose_config(CONFIG_NAME, mine, RunMode.MULTIRUN)
    return Path(str(config.hydra.sweep.dir))


def compose(*overrides: str, config_dir: str | None = None, conf: Path | None = None) -> dict[str, Any]:
    """Return the composed configuration of one cell as plain dictionaries and lists."""
    return compose_cells(overrides, multirun=False, config_dir=config_dir, conf=conf)[0].config


def cell_of(config: DictConfig, choices: Mapping[str, Any], overrides: Sequence[str] = ()) -> Cell:
    """Return the cell that Hydra composed, named after the options that it chose."""
    container = cast(dict[str, Any], OmegaConf.to_container(config, resolve=True, throw_on_missing=True))
    for group in NAMED_ALREADY:
        if not isinstance(choices.get(group), str):
            raise ConfigProblem([f"{group}: got no single option; choose one with {group}=NAME"])
        if choices[group].endswith((".yaml", ".yml")):
            raise ConfigProblem([f"{group}: got {choices[group]}; leave out the ending: {Path(choices[group]).stem}"])
    scenario, staffing = choices[SCENARIO], choices["staffing"]
    if SCENARIO in container:
        remedy = f"make `# @package _global_` the first line of scenario/{scenario}.yaml"
        raise ConfigProblem([f"{SCENARIO}: got {scenario}, whose values land under `{SCENARIO}`; {remedy}"])
    named = {"scenario": scenario, "staffing_model": staffing}
    return Cell(scenario, staffing, tuple(overrides), _with_ranges(container) | named)


def _with_ranges(container: dict[str, Any]) -> dict[str, Any]:
    """Fill in from the register what is drawn, so that a configuration says all that its replications depend on."""
    uncertainty = container.get("uncertainty")
    if not isinstance(uncertainty, dict) or uncertainty.get("mode") != "psa" or uncertainty.get("parameters"):
        return container
    from sim.uncertainty import uncertain_parameters

    leave_out = uncertainty.get("leave_out")
    patterns = [text for text in leave_out if isinstance(text, str)] if isinstance(leave_out, list) else []
    return container | {"uncertainty": uncertainty | {"parameters": uncertain_parameters(container, patterns)}}
