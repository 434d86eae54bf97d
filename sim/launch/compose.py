"""Composes the configuration of every cell of a run or sweep from conf/, scenarios/ and the command line."""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, cast

from hydra.core.hydra_config import HydraConfig
from hydra.core.override_parser.types import Override
from hydra.core.plugins import Plugins
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf, open_dict
from omegaconf.errors import InterpolationResolutionError

from sim.composed import Cell, Composed, Place, Places, WrittenIn
from sim.disk import conf_dir
from sim.errors import ConfigProblem, unfit
from sim.evidence import FILES
from sim.evidence.uncertainty import uncertain_parameters
from sim.launch import private
from sim.launch.cells import asked_for, at_home, blamed, levers_of, of_heading
from sim.launch.decisions import DECISION, UNSAID, OwnWord, Sides
from sim.launch.explain import emptied, half_named, plain_lines
from sim.launch.names import folders_of, told_apart
from sim.launch.options import REFUSED, SCENARIO, Options
from sim.launch.overrides import FOLDERS, NAMED_ALREADY, SUBFOLDER, chained, parsed, quoted

REFERS_ELSEWHERE = re.compile(r"\$\{(?!now:|hydra\.runtime\.choices\.)")
"""In the name of a folder: what has to be composed with every value, such as a value or the line of overrides."""
MOST_KEPT = 8
"""Composers of different folders of options: the one that was used longest ago makes room."""
LONGEST_NAME = 80
"""Of a scenario or staffing model; folders bear both."""
NO_FOLDER = {"hydra": "nothing is put into a folder of Hydra's here: leave it out"}
"""Keys that are not obeyed by whoever only asks for a configuration, each with what to do instead."""


def compose_cells(
    argv_overrides: Sequence[str],
    multirun: bool,
    config_dir: str | None = None,
    conf: Path | None = None,
    unheeded: Mapping[str, str] = NO_FOLDER,
) -> list[Cell]:
    """Compose every cell of a run or sweep, in the order in which Hydra will run them.

    Parameters
    ----------
    argv_overrides
        What the command line says: `scenario=major_incident`, `run.replications=200`.
    multirun
        Whether comma-separated values, `range` and `glob` are swept over.
    config_dir, conf
        See `Options`.
    unheeded
        Keys that the caller would not obey, each with what to do instead: they are refused.

    Raises
    ------
    ConfigProblem
        With every problem that Hydra finds, one line each. Values are checked by `sim.config.validate`.
    """
    return composer_of(config_dir, conf).cells(argv_overrides, multirun, unheeded)


def composer_of(config_dir: str | None = None, conf: Path | None = None) -> Composer:
    """Return what composes cells; see `Options` for where it reads.

    It is kept for the process until a file that it has read changes: to read and merge them takes nearly all of a
    composition, and a notebook, a fit or the page compose often.
    """
    place = None if config_dir is None else Path(config_dir).resolve(), conf or conf_dir()
    composer = _kept.pop(place, None)
    if composer is None or not composer.options.are_current():
        composer = Composer(config_dir, conf)
    composer.options.set_hydra_up()  # another user of Hydra in the same process may have undone it
    for gone in [other for other in _kept if other[0] is not None and not other[0].is_dir()]:
        del _kept[gone]  # nothing stays of what a visitor of the page had uploaded
    _kept[place] = composer
    if len(_kept) > MOST_KEPT:
        del _kept[next(iter(_kept))]
    return composer


class Composer:
    """Composes cells; those that choose the same options and differ in values alone share what is read from files.

    A file that changes is not read again; `composer_of` looks whether one has.
    """

    def __init__(self, config_dir: str | None = None, conf: Path | None = None) -> None:
        self.options = Options(config_dir, conf)
        self._chosen: dict[tuple[str, ...], _Chosen] = {}

    def cells(
        self,
        argv_overrides: Sequence[str],
        multirun: bool,
        unheeded: Mapping[str, str] = NO_FOLDER,
        own_word: OwnWord = UNSAID,
    ) -> list[Cell]:
        """Compose every cell; see `compose_cells`. `own_word` is what the user says of decisions and the world."""
        cells: list[Cell] = []
        problems: dict[str, list[Place]] = {}
        asked = asked_for(self.options.loader, argv_overrides, multirun, unheeded)
        sweep, places, heading = asked[:3]
        for overrides, place in zip(sweep, places, strict=True):
            try:
                cells.append(replace(self._cell(overrides), place=place))
            except (ConfigProblem, *REFUSED) as error:
                for line in dict.fromkeys(plain_lines(error, self.options, overrides)):
                    refusal = of_heading(line, heading)
                    problems.setdefault(refusal, []).append(place if refusal == line else Place())
        if problems:
            raise ConfigProblem(blamed(problems, len(sweep)))
        levers, sides = levers_of(sweep), Sides(own_word.and_also(asked.own_word))
        scenarios = {cell.scenario: cell.config for cell in cells}
        sides.refuse_unused([key for each in levers for key in each], scenarios)
        plans = {name for name, config in scenarios.items() if self._is_plan(name, config, sides)}
        choices = [(cell.scenario, cell.staffing) for cell in cells]
        configs, usual = [cell.config for cell in cells], self.options.defaults[SCENARIO]
        told = told_apart(choices, levers, asked.called, sides, plans, configs, usual)
        folders = self._subfolders(cells, [one.name for one in told], argv_overrides)
        return [
            replace(cell, name=one.name, levers=mine, folder=folder, plan=one.plan, world=one.scenario,
                    decisions=one.decisions)
            for cell, one, mine, folder in zip(cells, told, levers, folders, strict=True)
        ]  # fmt: skip

    def _is_plan(self, scenario: str, config: Mapping[str, Any], sides: Sides) -> bool:
        """Return whether a scenario is a plan of the user's: whatever it sets is for a board to decide."""
        return sides.of_scenario(scenario, self.options.set_by(scenario), config) == DECISION

    def folder(self, overrides: Sequence[str], multirun: bool) -> Path:
        """Return where a run or sweep goes, as conf/config.yaml or the command line says.

        Raises ConfigProblem when its name is empty or refers to what is not there.
        """
        key = FOLDERS[multirun]
        return at_home(key, self._named(key, overrides, RunMode.MULTIRUN if multirun else RunMode.RUN))

    def _subfolders(self, cells: Sequence[Cell], names: Sequence[str], said: Sequence[str]) -> list[str]:
        """Return what the folder of each cell is called within that of its sweep."""
        if not any(text.lstrip(" +").startswith(SUBFOLDER) for text in said):
            return folders_of(names)
        found = [self._named(SUBFOLDER, cell.overrides, RunMode.RUN, job) for job, cell in enumerate(cells)]
        for name in found:
            if Path(name).is_absolute() or ".." in Path(name).parts:
                raise ConfigProblem([f"{SUBFOLDER}: got {name}; name a folder within that of the sweep"])
            if found.count(name) > 1:
                told = f"got {name} for more than one cell; put ${{hydra.job.num}} into it, the number of the cell"
                raise ConfigProblem([f"{SUBFOLDER}: {told}"])
        return found

    def _named(self, key: str, overrides: Sequence[str], mode: RunMode, job: int = 0) -> str:
        """Return the name of a folder, which may refer to what Hydra chose or to values."""
        whole = None if mode == RunMode.MULTIRUN else self._composed_already(overrides)
        if whole is None or REFERS_ELSEWHERE.search(str(_raw(whole, key)).replace("${hydra.job.num}", "")):
            whole = self.options.compose(overrides, mode)
        with open_dict(whole):
            whole.hydra.job.num = job
        before = HydraConfig.instance().cfg
        HydraConfig.instance().set_config(whole)
        try:
            name = str(OmegaConf.select(whole, key) or "")
        except InterpolationResolutionError as error:
            told = str(error).partition("\n")[0]
            raise ConfigProblem([f"{key}: {told}; write the path of a folder"]) from None
        finally:
            HydraConfig.instance().cfg = before
        if not name.strip():
            raise ConfigProblem([f"{key}: got nothing; write the path of a folder"])
        return name

    def _composed_already(self, overrides: Sequence[str]) -> DictConfig | None:
        """Return Hydra's own part as a cell was composed with it, which no value changes; None if none was."""
        choosing = tuple(o.input_line or "" for o in parsed(overrides) if not self._sets_a_value(o))
        chosen = self._chosen.get(choosing)
        return None if chosen is None else OmegaConf.create({"hydra": chosen.hydra})

    def _cell(self, overrides: list[str]) -> Cell:
        found = parsed(overrides)
        values = [override for override in found if self._sets_a_value(override)]
        choosing = tuple(o.input_line or "" for o in found if not self._sets_a_value(o))
        if choosing not in self._chosen:
            whole = self.options.compose(choosing)
            with open_dict(whole):
                hydra = whole.pop("hydra")
            self._chosen[choosing] = _Chosen(pickle.dumps(whole), hydra, self.options.written)
        chosen = self._chosen[choosing]
        config: DictConfig = pickle.loads(chosen.pickled)
        private.set_values(values, config)
        refers = b"${" in chosen.pickled or any("${" in text for text in overrides)
        if problems := [*emptied(config, found), *half_named(config, found), *(chained(config) if refers else ())]:
            raise ConfigProblem(problems)
        places = Places(chosen.written, [override.key_or_group for override in values])
        return cell_of(config, chosen.hydra.runtime.choices, overrides, places)

    def _sets_a_value(self, override: Override) -> bool:
        """Tell values from choices of options, as Hydra does; what is set of Hydra's own goes with the choices."""
        if override.is_hydra_override():
            return False
        return isinstance(override.value(), dict) or not self.options.is_group(override.key_or_group)


_kept: dict[tuple[Path | None, Path], Composer] = {}


class _Chosen(NamedTuple):
    """What a choice of options comes to, before any value is set."""

    pickled: bytes
    """Unpickling is a fifth of the work of copying."""
    hydra: DictConfig
    """Hydra's own part."""
    written: list[WrittenIn]


def _raw(whole: DictConfig, key: str) -> Any:
    """Return a value as it is written, references not followed."""
    parent, _, name = key.rpartition(".")
    part: Any = OmegaConf.to_container(OmegaConf.select(whole, parent), resolve=False)
    return part.get(name)


def launch(
    composer: Composer, cells: Sequence[Cell], overrides: Sequence[str], folder: Path, run: Callable[[Cell, Path], int]
) -> int:
    """Let a launcher of Hydra's run the cells of a sweep, and return the highest of their exit statuses.

    `overrides` are what the command line says of Hydra: the launcher, its settings, and what folders are called;
    `folder` is that of the sweep; `run`, which is sent to other machines, runs one cell in its folder.
    """
    mine = [text for text in overrides if text.partition("=")[0].strip(" +") not in (FOLDERS[True], SUBFOLDER)]
    whole = composer.options.compose([*mine, f"{FOLDERS[True]}={quoted(str(folder))}"], RunMode.MULTIRUN)
    job = partial(_run_job, run)
    launcher = Plugins.instance().instantiate_launcher(private.context(composer.options.loader), job, whole)
    jobs = [
        [*(text for text in cell.overrides if not text.lstrip(" +").startswith("hydra")), _put_into(cell)]
        for cell in cells
    ]
    return max(int(job.return_value) for job in launcher.launch(jobs, initial_job_idx=0))


def _put_into(cell: Cell) -> str:
    """Return what tells Hydra the folder of a cell, which it could not name after what differs between cells."""
    return f"{SUBFOLDER}={quoted(cell.folder)}"


def _run_job(run: Callable[[Cell, Path], int], composed: DictConfig) -> int:
    """Run the cell of a sweep that a launcher of Hydra's composed, in the folder that it made."""
    told = HydraConfig.get()
    return run(cell_of(composed, told.runtime.choices, list(told.overrides.task)), Path(told.runtime.output_dir))


def compose(
    *overrides: str, config_dir: str | None = None, conf: Path | None = None, unheeded: Mapping[str, str] = NO_FOLDER
) -> dict[str, Any]:
    """Return the composed configuration of one cell as plain dictionaries and lists; see `compose_cells`."""
    return compose_cells(overrides, multirun=False, config_dir=config_dir, conf=conf, unheeded=unheeded)[0].config


def cell_of(
    config: DictConfig, choices: Mapping[str, Any], overrides: Sequence[str] = (), places: Places | None = None
) -> Cell:
    """Return the cell that Hydra composed, named after the options that it chose."""
    container = Composed(cast(dict[str, Any], OmegaConf.to_container(config, resolve=True, throw_on_missing=True)))
    for group in NAMED_ALREADY:
        name = choices.get(group)
        if not isinstance(name, str):
            raise ConfigProblem([f"{group}: got no single option; choose one with {group}=NAME"])
        if name.endswith((".yaml", ".yml")):
            raise ConfigProblem([f"{group}: got {name}; leave out the ending: {Path(name).stem}"])
        if "/" in name or "\\" in name or len(name) > LONGEST_NAME or unfit(name, ""):
            told = f"a folder is named after it: rename the file, without slashes and in {LONGEST_NAME} letters at most"
            raise ConfigProblem([f"{group}: got {name}; {told}"])
    scenario, staffing = choices[SCENARIO], choices["staffing"]
    container |= {"scenario": scenario, "staffing_model": staffing}
    _fill_in_ranges(container)
    container.places, container.outside = places or Places(), FILES
    return Cell(scenario, staffing, tuple(overrides), container)


def _fill_in_ranges(container: dict[str, Any]) -> None:
    """Fill in from the register what is drawn, so that a configuration says all that its replications depend on."""
    uncertainty = container.get("uncertainty")
    if not isinstance(uncertainty, dict) or uncertainty.get("mode") != "psa" or uncertainty.get("parameters"):
        return
    leave_out = uncertainty.get("leave_out")
    patterns = [text for text in leave_out if isinstance(text, str)] if isinstance(leave_out, list) else []
    container["uncertainty"] = uncertainty | {"parameters": uncertain_parameters(container, patterns)}
