"""Where the options of a configuration lie: conf/, scenarios/ and a user's own folder, and how a choice is composed."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Iterator, Sequence
from functools import lru_cache, reduce
from pathlib import Path
from typing import Any, NamedTuple, cast

import yaml  # type: ignore[import-untyped]
from hydra import version
from hydra.core.config_search_path import SearchPathQuery
from hydra.core.default_element import ResultDefault
from hydra.core.object_type import ObjectType
from hydra.core.plugins import Plugins
from hydra.core.utils import setup_globals
from hydra.errors import HydraException
from hydra.plugins.config_source import ConfigResult, ConfigSource
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from sim.composed import WrittenIn, leaves
from sim.disk import conf_dir, scenarios_dir
from sim.errors import ConfigProblem, HubError
from sim.launch import private
from sim.launch.files import CONFIG_NAME, MOST_BYTES, ROOT, OptionFile, group_defaults, opening_sentence, read_option
from sim.launch.overrides import chained, check_origin, parsed

SCENARIO = "scenario"
MAIN = "main"
"""What Hydra calls the folder of defaults."""
REFUSED = (
    HydraException, OmegaConfBaseException, yaml.YAMLError, ValueError, TypeError, OSError, RecursionError,
    AssertionError,
)  # fmt: skip
"""What Hydra, OmegaConf and the YAML reader raise over what a user wrote."""


class OptionSource(ConfigSource):
    """Serves a folder of options to Hydra: GROUP/NAME.yaml, each read once, within bounds and without what runs code.

    The scenarios beside conf/ are served as its group `scenario`.
    """

    def __init__(self, provider: str, path: str) -> None:
        super().__init__(provider, path)
        self.read: dict[str, _Read] = {}
        """What was read, by name."""

    def __deepcopy__(self, memo: object) -> OptionSource:
        return self  # Hydra copies its sources for each configuration; what was read stays read

    @staticmethod
    def scheme() -> str:
        """Return what Hydra calls this kind of folder."""
        return "options"

    def place(self, config_path: str) -> Path:
        """Return where an option or a group would lie."""
        group, _, name = config_path.partition("/")
        if group == SCENARIO and self.provider == MAIN:
            return scenarios_dir(Path(self.path)) / name
        return Path(self.path, config_path)

    def file(self, config_path: str) -> Path:
        """Return where an option would lie."""
        return self.place(config_path if config_path.endswith(".yaml") else f"{config_path}.yaml")

    def available(self) -> bool:
        """Return whether the folder is there."""
        return Path(self.path).is_dir()

    def is_group(self, config_path: str) -> bool:
        """Return whether there is such a group in it."""
        return _is_below(config_path) and self.place(config_path).is_dir()

    def is_config(self, config_path: str) -> bool:
        """Return whether there is such an option in it."""
        return _is_below(config_path) and self.file(config_path).is_file()

    def list(self, config_path: str, results_filter: ObjectType | None) -> list[str]:
        """List the groups or options of a group."""
        entries = list(self.place(config_path).iterdir())
        groups = [entry.name for entry in entries if entry.is_dir()]
        options = [entry.stem for entry in entries if entry.suffix == ".yaml"]
        return sorted(groups * (results_filter != ObjectType.CONFIG) + options * (results_filter != ObjectType.GROUP))

    def load_config(self, config_path: str) -> ConfigResult:
        """Read an option; a scenario is in the global package, so that no author has to remember the line."""
        if config_path not in self.read:
            ours = self.provider == MAIN and config_path == CONFIG_NAME
            file = self.file(config_path)
            reading = _read_once if self.provider == MAIN else _read
            self.read[config_path] = reading(file, _state(file), ours)
        option, pickled, _ = self.read[config_path]
        header = option.header | ({"package": ROOT} if config_path.startswith(f"{SCENARIO}/") else {})
        return ConfigResult(self.provider, self.full_path(), pickle.loads(pickled), header)

    def is_current(self) -> bool:
        """Return whether every file that was read is still what it was."""
        return all(_state(self.file(name)) == read.state for name, read in self.read.items())


State = bytes | None
"""A digest of what a file holds, as far as it is read; None if it cannot be read.

When it was written and how long it is would not do: of two changes within a tick of the clock the second is not seen.
"""


class _Read(NamedTuple):
    """A file of options as it was read."""

    option: OptionFile
    pickled: bytes
    """Its values, as Hydra changes those that it is given."""
    state: State


def _state(file: Path) -> State:
    try:
        with file.open("rb", buffering=0) as opened:
            return hashlib.blake2b(opened.read(MOST_BYTES + 1), digest_size=16).digest()
    except OSError:
        return None


def _read(file: Path, state: State, trusted: bool) -> _Read:
    option = read_option(file, trusted)
    return _Read(option, pickle.dumps(option.content), state)


_read_once = lru_cache(maxsize=256)(_read)
"""For the defaults, whichever folder of a user's own is put before them; that is private and goes with its composer."""


def _is_below(config_path: str) -> bool:
    """Tell a path inside the folder of options from one that leads out of it, or to Hydra's own part."""
    steps = config_path.split("/")
    return steps[0] != "hydra" and not {".", ".."}.intersection(steps) and not config_path.startswith("/")


class Options:
    """The options that can be chosen, and what Hydra makes of a choice.

    Hydra's plugins, resolvers and version are those of the whole process, and the same for every `Options`; Hydra's
    own `GlobalHydra` is left alone.

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

    def __init__(self, config_dir: str | None = None, conf: Path | None = None) -> None:
        conf = conf or conf_dir()
        self.set_hydra_up()
        path = private.search_path(f"{OptionSource.scheme()}://{conf}")
        self.defaults = group_defaults(conf)
        """The groups and the default option of each."""
        self._own, self._conf = None if config_dir is None else Path(config_dir).resolve(), conf
        if problems := self._problems():
            raise ConfigProblem(problems)
        if self._own is not None:
            path.prepend("command-line", f"{OptionSource.scheme()}://{self._own}", SearchPathQuery(provider="schema"))
        self.loader = private.Loader(path, self._note)
        self.written: list[WrittenIn] = []
        """The files of the last configuration, the later winning."""
        self._known: dict[tuple[str, ...], tuple[list[str], list[WrittenIn]]] = {}

    @staticmethod
    def set_hydra_up() -> None:
        """Set up what Hydra keeps for the whole process; it does no harm to do it again."""
        version.setbase("1.3")
        setup_globals()
        Plugins.instance().register(OptionSource)

    def _problems(self) -> list[str]:
        return [] if self._own is None else list(_config_dir_problems(self._own, self._conf, list(self.defaults)))

    def are_current(self) -> bool:
        """Return whether every file that was read is still what it was, and the user's own folder in order."""
        return all(source.is_current() for source in self.sources()) and not self._problems()

    def of(self, group: str) -> list[str]:
        """Return the names of a group's options."""
        return self.loader.get_group_options(group)

    def is_group(self, name: str) -> bool:
        """Return whether there is such a group, Hydra's own among them."""
        return any(source.is_group(name) for source in self.loader.get_sources())

    def sources(self) -> list[OptionSource]:
        """Return the folders of options, in the order in which a name is looked for."""
        return [source for source in self.loader.get_sources() if isinstance(source, OptionSource)]

    def compose(self, overrides: Sequence[str], mode: RunMode = RunMode.RUN) -> DictConfig:
        """Return the configuration that a choice of options and some values come to, with Hydra's own part.

        Raises ConfigProblem when a file sets what is not for it to set, one of `REFUSED` when it cannot be composed.
        """
        self.written = []
        return self.loader.load_configuration(CONFIG_NAME, list(overrides), mode)

    def known_keys(self, choosing: Sequence[str]) -> list[str]:
        """Return every key of the configuration that a choice of options comes to; raises as `compose` does."""
        if (chosen := tuple(choosing)) not in self._known:
            keys = list(keys_of(self.compose(chosen)))
            self._known[chosen] = keys, self.written
        keys, self.written = self._known[chosen]
        return keys

    def _note(self, defaults: Sequence[ResultDefault]) -> None:
        """Note the files of a configuration, unless one sets what is not for it to set."""
        for default in defaults:
            name, steps = default.config_path or "", tuple(filter(None, (default.package or "").split(".")))
            source = next((source for source in self.sources() if name in source.read), None)
            if source is None:  # Hydra's own
                continue
            option = source.read[name].option
            self.written.append(option.written._replace(under=steps))
            if "hydra" in steps:
                told = f"got values under {default.package}; a file cannot set Hydra up: leave the package out"
                raise ConfigProblem([f"{option.written.file}:1: {told}"])
            if source.provider != MAIN or name.startswith(f"{SCENARIO}/"):
                content = OmegaConf.to_container(option.content, resolve=False)
                check_origin(reduce(lambda part, step: {step: part}, reversed(steps), content), self.written[-1])

    def set_by(self, scenario: str) -> list[str]:
        """Return the keys that the file of a scenario sets, as `demand.multiplier`; what it is for is none of them."""
        source = next(source for source in self.sources() if source.is_config(f"{SCENARIO}/{scenario}"))
        content = source.load_config(f"{SCENARIO}/{scenario}").config
        values = OmegaConf.to_container(content, resolve=False)
        return [key for key, _ in leaves(values, whole_lists=True) if key not in ("", "purpose")]

    def purposes(self, group: str = SCENARIO) -> dict[str, str]:
        """Return what every option of a group is for, by name; empty where a file says nothing or cannot be read.

        A scenario has a key for it, any other option the first sentence of the comment with which its file begins.
        """
        found = {}
        for name in self.of(group):
            source = next(source for source in self.sources() if source.is_config(f"{group}/{name}"))
            try:
                if group != SCENARIO:
                    found[name] = opening_sentence(source.file(f"{group}/{name}"))
                    continue
                content = source.load_config(f"{SCENARIO}/{name}").config
                found[name] = str(content.get("purpose", "")) if isinstance(content, DictConfig) else ""
            except (HubError, *REFUSED):
                found[name] = ""
        return found


def keys_of(node: Any, above: str = "") -> Iterator[str]:
    """List every key of a composed configuration, as `run.seed`, without Hydra's own."""
    for key, child in node.items_ex(resolve=False) if isinstance(node, DictConfig) else ():
        if above or key != "hydra":
            yield (path := f"{above}{key!s}")
            yield from keys_of(child, f"{path}.")


def merged(files: Sequence[Path], values: Sequence[str]) -> dict[str, Any]:
    """Return options that are no part of a Hub's configuration: each file over those before it, and values over all.

    The values are `KEY=VALUE`, as on the command line. Raises ConfigProblem with one line a problem.
    """
    parts: list[Any] = []
    for file in files:
        option = read_option(file)
        check_origin(option.content, option.written)
        parts.append(option.content)
    parsed(values)
    try:
        whole = OmegaConf.merge(*parts, OmegaConf.from_dotlist(list(values)))
        if problems := list(chained(whole)):
            raise ConfigProblem(problems)
        return cast(dict[str, Any], OmegaConf.to_container(whole, resolve=True))
    except REFUSED as error:
        raise ConfigProblem([f"{' '.join(values)}: {str(error).splitlines()[0]}; correct it or leave it out"]) from None


def _config_dir_problems(own: Path, conf: Path, groups: Sequence[str]) -> Iterator[str]:
    if not own.is_dir():
        yield f"--config-dir: got {own}; there is no such folder"
    elif own.name in groups and not any((own / group).is_dir() for group in groups):
        yield f"--config-dir: got {own}, which holds options of {own.name}; give the folder above it: {own.parent}"
    elif not any((own / group).is_dir() for group in groups):
        yield f"--config-dir: got {own}; it must hold a folder named after a group, such as {own / SCENARIO}"
    for group in groups:
        shipped = scenarios_dir(conf) if group == SCENARIO else conf / group
        for file in sorted((own / group).glob("*.yaml")):
            if (shipped / file.name).exists():
                yield f"{group}: got {file}, but {file.stem} is taken; give the file another name"
