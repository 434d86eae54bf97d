"""Composes the configuration of every cell of a run or sweep from conf/, scenarios/ and the command line."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from math import prod
from pathlib import Path
from typing import Any, cast

import yaml  # type: ignore[import-untyped]
from hydra import version
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra._internal.config_repository import CachingConfigRepository, ConfigRepository
from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra._internal.core_plugins.file_config_source import FileConfigSource
from hydra._internal.hydra import Hydra
from hydra._internal.utils import create_config_search_path
from hydra.core.config_search_path import ConfigSearchPath, SearchPathQuery
from hydra.core.object_type import ObjectType
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override, RangeSweep
from hydra.core.plugins import Plugins
from hydra.errors import HydraException, MissingConfigException, OverrideParseException
from hydra.plugins.config_source import ConfigResult
from hydra.plugins.search_path_plugin import SearchPathPlugin
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf, open_dict
from omegaconf.errors import OmegaConfBaseException

from sim.cells import NAMED_ALREADY, blamed, levers_of, names_of, places_of
from sim.design import KEY as DESIGN
from sim.design import read_design
from sim.errors import ConfigProblem, given, nameless, nearest, nearest_key, unreadable

CONFIG_NAME = "config"
SCENARIO = "scenario"
HYDRA_KEYS = ("hydra.run.dir", "hydra.sweep.dir")
"""What of Hydra's own settings may be set: the others could run cells that were never checked here."""
LAUNCHER = ("hydra/launcher", "hydra.launcher")
"""And these, with -m: who runs the cells, such as Slurm through submitit."""
MISSING = "???"
MOST_CELLS = 10_000
"""More cells than this are a slip, such as a range with a zero too many."""
REFUSED = (HydraException, OmegaConfBaseException, yaml.YAMLError, ValueError, TypeError, OSError)
"""What Hydra, OmegaConf and the YAML reader raise over what a user wrote."""


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


def conf_dir() -> Path:
    """Return the folder of defaults: inside the package when installed, beside it in a checkout."""
    package = Path(__file__).resolve().parent
    inside = package / "conf"
    return inside if inside.is_dir() else package.parent / "conf"


def scenarios_dir(conf: Path | None = None) -> Path:
    """Return the folder of scenarios, which always lies beside the folder of defaults."""
    return (conf or conf_dir()).parent / "scenarios"


class _ScenarioSource(FileConfigSource):
    """Serves the flat folder scenarios/ as the group `scenario`, every file in the global package."""

    @staticmethod
    def scheme() -> str:
        return "scenarios"

    def available(self) -> bool:
        return Path(self.path).is_dir()

    def is_group(self, config_path: str) -> bool:
        return config_path in ("", SCENARIO)

    def is_config(self, config_path: str) -> bool:
        group, _, name = config_path.partition("/")
        return group == SCENARIO and name != "" and super().is_config(name)

    def load_config(self, config_path: str) -> ConfigResult:
        scenario = super().load_config(config_path.removeprefix(f"{SCENARIO}/"))
        scenario.header["package"] = "_global_"  # so that no author has to remember the line
        return scenario

    def list(self, config_path: str, results_filter: ObjectType | None) -> list[str]:
        if config_path == "":
            return [] if results_filter == ObjectType.CONFIG else [SCENARIO]
        if config_path != SCENARIO or results_filter == ObjectType.GROUP:
            return []
        return sorted(file.stem for file in Path(self.path).glob("*.yaml"))


class _ScenariosBesideConf(SearchPathPlugin):
    """Adds the scenarios to the search path; `glob(*)` would not see what `hydra.searchpath` adds."""

    def manipulate_search_path(self, search_path: ConfigSearchPath) -> None:
        main = [entry.path for entry in search_path.get_path() if entry.provider == "main" and entry.path]
        for folder in (scenarios_dir(Path(path)) for path in main):
            if folder.is_dir():
                search_path.append("scenarios", f"{_ScenarioSource.scheme()}://{folder}")


class _ReadOnce(CachingConfigRepository):
    """Reads each file once for all cells of a sweep; Hydra copies its repository, and the cache, for each."""

    def __deepcopy__(self, memo: dict[int, Any]) -> _ReadOnce:
        return self


def register_scenarios() -> None:
    """Tell Hydra of scenarios/; before Hydra composes, and as often as you like."""
    for plugin in (_ScenarioSource, _ScenariosBesideConf):
        Plugins.instance().register(plugin)


def hub_hydra(config_dir: str | None = None, conf: Path | None = None) -> Hydra:
    """Return a Hydra that knows conf/, scenarios/ and a user's own folder; it touches no global state.

    Parameters
    ----------
    config_dir
        A user's own options: DIR/GROUP/NAME.yaml, and scenarios as DIR/scenario/NAME.yaml.
    conf
        The folder of defaults, if not the project's own.

    Raises
    ------
    ConfigProblem
        If `config_dir` is missing, holds no group, or repeats a name that is taken.
    """
    conf = conf or conf_dir()
    version.setbase("1.3")
    register_scenarios()
    search_path = create_config_search_path(str(conf))
    if config_dir is not None:
        own = Path(config_dir).resolve()
        if problems := list(_config_dir_problems(own, conf)):
            raise ConfigProblem(problems)
        search_path.prepend("command-line", f"file://{own}", SearchPathQuery(provider="schema"))
    loader = ConfigLoaderImpl(search_path)
    loader.repository = cast(ConfigRepository, _ReadOnce(loader.repository))
    return Hydra(task_name="hub", config_loader=loader)


def group_defaults(conf: Path | None = None) -> dict[str, str]:
    """Return the groups that can be chosen and the default option of each, as conf/config.yaml lists them."""
    entries = OmegaConf.load((conf or conf_dir()) / f"{CONFIG_NAME}.yaml").defaults
    pairs = [pair for entry in entries if isinstance(entry, DictConfig) for pair in entry.items()]
    return {str(group): option for group, option in pairs if not str(group).startswith("override ")}


def purposes(hydra: Hydra) -> dict[str, str]:
    """Return what every scenario is for, by name; empty where a file says nothing or cannot be read."""
    repository = ConfigRepository(hydra.config_loader.get_search_path())
    found = {}
    for name in hydra.config_loader.get_group_options(SCENARIO):
        try:
            scenario: Any = repository.load_config(f"{SCENARIO}/{name}")
            found[name] = str(scenario.config.get("purpose", ""))
        except REFUSED:
            found[name] = ""
    return found


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
    hydra = hub_hydra(config_dir, conf)
    groups = group_defaults(conf)
    cells: list[Cell] = []
    problems: dict[str, list[str]] = {}
    sweep, places = _cells_asked_for(hydra, list(argv_overrides), multirun)
    composer = _Composer(hydra)
    for overrides, place in zip(sweep, places, strict=True):
        lines: list[str] = []
        try:
            config, choices = composer.compose(overrides)
            lines = list(_emptied(config, overrides))
            cells.append(replace(cell_of(config, choices, overrides), place=place))
        except ConfigProblem as problem:
            lines = problem.lines
        except REFUSED as error:
            lines = _explain(error, hydra, overrides, groups)
        for line in dict.fromkeys(lines):
            problems.setdefault(line, []).append(place)
    if problems:
        raise ConfigProblem(blamed(problems, len(sweep)))
    levers = levers_of(sweep)
    names = names_of([(cell.scenario, cell.staffing) for cell in cells], levers)
    return [replace(cell, name=n, levers=v) for cell, n, v in zip(cells, names, levers, strict=True)]


class _Composer:
    """Composes cells; those that choose the same options and differ in values alone share what is read from files."""

    def __init__(self, hydra: Hydra) -> None:
        self._hydra = hydra
        self._groups = ConfigRepository(hydra.config_loader.get_search_path())
        self._chosen: dict[tuple[str, ...], tuple[bytes, DictConfig]] = {}
        """Pickled: unpickling is a fifth of the work of copying."""

    def compose(self, overrides: list[str]) -> tuple[DictConfig, DictConfig]:
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
    sweep = _expand(hydra, overrides, multirun)
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
    _check_number(len(rows) * len(sweep))
    pairs = [(row, cell) for row in rows for cell in sweep]
    return [[*cell, *row.overrides] for row, cell in pairs], [f"{path}:{row.line}" for row, _ in pairs]


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


def _config_dir_problems(own: Path, conf: Path) -> Iterator[str]:
    groups = group_defaults(conf)
    if not own.is_dir():
        yield f"--config-dir: got {own}; there is no such folder"
    elif not any((own / group).is_dir() for group in groups):
        yield f"--config-dir: got {own}; it must hold a folder named after a group, such as {own / SCENARIO}"
    for group in groups:
        shipped = scenarios_dir(conf) if group == SCENARIO else conf / group
        for file in sorted((own / group).glob("*.yaml")):
            if (shipped / file.name).exists():
                yield f"{group}: got {file}, but {file.stem} is taken; give the file another name"


def _expand(hydra: Hydra, overrides: list[str], multirun: bool) -> list[list[str]]:
    """Return the overrides of each cell, exactly as Hydra's sweeper expands them."""
    try:
        parsed = OverridesParser.create(config_loader=hydra.config_loader).parse_overrides(overrides)
    except OverrideParseException as error:
        options = {group: hydra.config_loader.get_group_options(group) for group in group_defaults()}
        raise ConfigProblem([unreadable(error.override, options)]) from None
    if nameless_ones := [nameless(override.input_line or "") for override in parsed if not override.key_or_group]:
        raise ConfigProblem(nameless_ones)
    if problems := [line for override in parsed if (line := _sweep_problem(override, multirun))]:
        raise ConfigProblem(problems)
    _check_number(prod(_number_of_values(override) for override in parsed if override.is_sweep_override()))
    return BasicSweeper.split_arguments(parsed, max_batch_size=None)[0] if multirun else [overrides]


def _check_number(cells: int) -> None:
    if cells > MOST_CELLS:
        raise ConfigProblem([f"-m: got more than {MOST_CELLS:,} cells; sweep over fewer values at a time"])


def _number_of_values(override: Override) -> int:
    """Return how many values a sweep has; counted no further than needed, as a range may be of any length."""
    value = override.value()
    values = value.range() if isinstance(value, RangeSweep) else override.sweep_iterator()
    return sum(1 for _ in islice(values, MOST_CELLS + 1))


def _sweep_problem(override: Override, multirun: bool) -> str | None:
    key, value, swept = override.key_or_group, override.value(), override.is_sweep_override()
    unsaid = value in (None, MISSING)
    launcher = multirun and key.startswith(LAUNCHER)
    if override.is_hydra_override() and (swept or unsaid or not (launcher or key in HYDRA_KEYS)):
        remedy = f"of Hydra's settings only {', '.join(HYDRA_KEYS)} can be set, to one value each"
    elif not swept:
        return None
    elif not multirun:
        remedy = "add -m to run each" + ("" if key in NAMED_ALREADY else ", or write a list as [a,b]")
    elif not override.is_discrete_sweep():
        remedy = "write the values, as a,b,c or range(1,10)"
    elif isinstance(value, RangeSweep) and not value.step:
        remedy = "the step of a range must not be 0"
    elif not _number_of_values(override):
        remedy = "it is empty" if isinstance(value, RangeSweep) else "nothing matches; hub --help lists the options"
    else:
        return None
    return f"{key}: got {given(override.input_line)}; {remedy}"


def _emptied(config: DictConfig, overrides: list[str]) -> Iterator[str]:
    """Refuse an empty mapping that is to clear another: Hydra adds it to what is there, which changes nothing."""
    for text in overrides:
        key, _, value = text.partition("=")
        if value.replace(" ", "") == "{}" and (there := OmegaConf.select(config, key)):
            entry = next(iter(there))
            yield f"{key}: got {value}, which takes nothing away; take entries out one by one, as ~{key}.{entry}"


def _explain(error: Exception, hydra: Hydra, overrides: list[str], groups: Mapping[str, str]) -> list[str]:
    """Put what was refused while composing into lines of `KEY: got ...; remedy`."""
    if isinstance(error, MissingConfigException) and error.missing_cfg_file:
        group, _, name = error.missing_cfg_file.rpartition("/")
        if chosen := [text for text in overrides if text.startswith(f"{SCENARIO}=") and "/" in text]:
            options = hydra.config_loader.get_group_options(SCENARIO)
            return [f"{SCENARIO}: got {given(chosen[0])}; {nearest(name, options)}"]
        if group.startswith(f"{SCENARIO}/"):
            choice = f"{group.removeprefix(f'{SCENARIO}/')}: {name}"
            return [f"{SCENARIO}: got `{choice}` in a defaults list; write `override /{choice}`"]
        remedy = nearest(name, error.options) if error.options else "there is no such file"
        return [f"{group or 'defaults'}: got {name}; {remedy}"]
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        mark = error.problem_mark
        return [f"{mark.name}: got bad YAML; line {mark.line + 1}: {error.problem}"]
    if lines := list(_override_problems(hydra, overrides, groups)):
        return lines
    cause = error.__cause__ if isinstance(error.__cause__, OmegaConfBaseException) else error
    key = getattr(cause, "full_key", None) or "configuration"
    if "Cannot merge DictConfig with ListConfig" in str(cause) and key != "configuration":
        return [f"{key}: got a list; must be a mapping of names to values"]
    if "is not in struct" in str(cause):
        return [f"{key}: there is no such key yet; add it as +{key}=VALUE"]
    text = " ".join(str(cause).partition("full_key")[0].split()).removesuffix(".")
    choosing = "default" in text or "To override" in text
    remedy = "options are chosen there as `- override /GROUP: OPTION`" if choosing else "mend it or leave it out"
    return [f"{key}: {text}; {remedy}"]


def _override_problems(hydra: Hydra, overrides: list[str], groups: Mapping[str, str]) -> Iterator[str]:
    """Find, among overrides that Hydra refused, groups chosen wrongly and keys that do not exist."""
    parsed = OverridesParser.create().parse_overrides(overrides)
    chosen = [override for override in parsed if override.key_or_group in groups]
    for override in chosen:
        key = override.key_or_group
        if override.get_key_element() != key:
            yield f"{key}: got {override.input_line}; write {key}=OPTION"
        elif not isinstance(override.value(), str | list | dict):
            options = hydra.config_loader.get_group_options(key)
            yield f"{key}: got {given(override.input_line)}; {nearest(str(override.value()), options)}"
    try:
        lines = [override.input_line or "" for override in chosen]
        known = list(_paths(hydra.compose_config(CONFIG_NAME, lines, RunMode.RUN)))
    except REFUSED:
        return
    for override in parsed:
        key = override.key_or_group
        if override not in chosen and key not in known and not override.is_add():
            meant = nearest_key(key, [*groups, *known])
            yield f"{key}: got {given(override.input_line)}; there is no such key: {meant}"
        elif override.is_add() and key in known:
            yield f"{key}: got {given(override.input_line)}; it exists already: leave out the +"


def _paths(node: Any, prefix: str = "") -> Iterator[str]:
    """List every key of a composed configuration, as `run.seed`, without Hydra's own."""
    for key, child in node.items_ex(resolve=False) if isinstance(node, DictConfig) else ():
        if prefix or key != "hydra":
            yield (path := f"{prefix}{key!s}")
            yield from _paths(child, f"{path}.")
