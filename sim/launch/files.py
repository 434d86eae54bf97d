"""Reads the YAML of a configuration within bounds: values alone, and nothing that runs code or looks around."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import takewhile
from pathlib import Path
from typing import Any, NamedTuple

import yaml  # type: ignore[import-untyped]
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from sim.composed import Steps, WrittenIn, nearest_path
from sim.disk import conf_dir
from sim.errors import ConfigProblem, in_plain_digits, unfit
from sim.launch import private

MOST_BYTES = 300_000
"""Ten times the longest file of conf/; reading more would take longer than anybody waits."""
DEEPEST = 40
MOST_VALUES = 20_000
"""Repeats of an anchor count each time, so that a short file cannot stand for a long one."""
MOST_DIGITS = 300
"""A longer number is a slip; Python refuses to read one of more than 4,300 digits."""
NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
PLAIN_NUMBER = re.compile(r"[-+]?((0|[1-9]\d*)?(\.\d*)?(e[-+]?\d+)?|\.?(inf|nan))", re.ASCII | re.IGNORECASE)
ROOT = "_global_"
CONFIG_NAME = "config"
PUT_QUOTES = 'put quotes around a text that holds a colon: "a: b"'
NO_COMMA = "leave the comma out of numbers: 75000, not 75,000"


class OptionFile(NamedTuple):
    """What one file holds: its values, its `# @` header, and the line of each."""

    content: Any
    header: dict[str, str | None]
    written: WrittenIn


def read_option(path: Path, trusted: bool = False) -> OptionFile:
    """Read one YAML file of options, scenarios or a sizing.

    Only the project's own conf/config.yaml is `trusted` to set Hydra itself up. Raises ConfigProblem with file, line
    and remedy when it is too large or deep, is not YAML in UTF-8, or asks for more than values.
    """
    name = nearest_path(path)
    text = _text(path, name)
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        data = {} if node is None else loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise ConfigProblem([f"{name}:{mark.line + 1}: got bad YAML; {_remedy(error, text, mark.line)}"]) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise ConfigProblem([f"{name}:{line}: got a control character; take it out"]) from None
    except (ValueError, TypeError, OverflowError, AttributeError) as error:
        raise ConfigProblem([f"{name}: got bad YAML; {error}"]) from None
    finally:
        loader.dispose()
    if not isinstance(data, dict | list):
        raise ConfigProblem([f"{name}:1: got no keys; write KEY: VALUE, a line each"])  # shows none: it may be a secret
    lines: dict[Steps, int] = {}
    problems = [] if node is None else list(_problems(node, (), lines, trusted))
    if not trusted and isinstance(data, dict):
        problems = [*_hydras(data, lines), *problems]
    if problems:
        raise ConfigProblem(dict.fromkeys(f"{name}:{line}: {problem}" for line, problem in problems))
    try:
        header = private.header(text[:512])
    except ValueError as error:
        raise ConfigProblem([f"{name}:1: {error}; write `# @package {ROOT}`, or leave the line out"]) from None
    try:
        content = OmegaConf.create(data)
    except OmegaConfBaseException as error:
        told = " ".join(str(error).partition("full_key")[0].split()).removesuffix(".")
        raise ConfigProblem([f"{name}: {error.full_key or 'configuration'}: {told}; write text or a number"]) from None
    return OptionFile(content, header, WrittenIn(path, lines))


@lru_cache
def group_defaults(conf: Path | None = None) -> dict[str, str]:
    """Return the groups that can be chosen and the default option of each, as conf/config.yaml lists them."""
    entries = OmegaConf.load((conf or conf_dir()) / f"{CONFIG_NAME}.yaml").defaults
    pairs = [pair for entry in entries if isinstance(entry, DictConfig) for pair in entry.items()]
    return {str(group): option for group, option in pairs if not str(group).startswith("override ")}


def opening_sentence(path: Path) -> str:
    """Return the first sentence of the comment with which a file begins; nothing where it has none.

    Raises ConfigProblem when the file cannot be read.
    """
    lines = _text(path, nearest_path(path)).splitlines()
    opening = (line.removeprefix("#").strip() for line in takewhile(lambda line: line.startswith("#"), lines))
    said = " ".join(line for line in opening if not line.startswith("@"))
    sentence = re.match(r".+?\.(?=\s|$)", said)
    return sentence[0] if sentence else said


def names_a_resolver(text: str) -> bool:
    """Return whether a text asks OmegaConf to look something up, as `${oc.env:HOME}`, rather than refer to a value."""
    depth = 0
    for place, sign in enumerate(text):
        if text.startswith("${", place):
            depth += 1
        elif depth and sign == "}":
            depth -= 1
        elif depth and sign == ":":
            return True
    return False


def _text(path: Path, name: str) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise ConfigProblem([f"{name}: {error.strerror}; give a file that can be read"]) from None
    if len(raw) > MOST_BYTES:
        raise ConfigProblem([f"{name}: got more than {MOST_BYTES:,} bytes; options and scenarios are short: split it"])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        given = f"byte {raw[error.start]:#04x}"
        told = f"got {given}, which is not UTF-8 (an apostrophe or dash from Word, or £?)"
        raise ConfigProblem([f"{name}:{line}: {told}; save the file as UTF-8"]) from None


def _remedy(error: yaml.MarkedYAMLError, text: str, line: int) -> str:
    problem = str(error.problem)
    if problem == "mapping values are not allowed here":
        return PUT_QUOTES
    if problem.startswith("found character '\\t'"):
        return "indent with spaces, not with a tab"
    if "," in "".join(text.splitlines()[line : line + 1]) and "expected ',' or" in problem:
        return f"{problem}; or {NO_COMMA}"
    return problem


def _problems(node: yaml.Node, path: Steps, lines: dict[Steps, int], trusted: bool) -> Iterator[tuple[int, str]]:
    """Note the line of every key below a node, and yield what a file may not hold."""
    line = node.start_mark.line + 1
    lines.setdefault(path, line)
    if isinstance(node, yaml.ScalarNode) and not trusted and names_a_resolver(node.value):
        yield line, _shown(path, f"got {node.value}; a file may refer to another value, as ${{run.seed}}, to no more")
    elif isinstance(node, yaml.ScalarNode) and (wrong := unfit(node.value, "\t\n")):
        yield line, _shown(path, f"got {node.value!a}; {wrong}")
    elif remedy := _not_plain(node):
        yield line, _shown(path, f"got {node.value}; {remedy}")
    elif isinstance(node, yaml.SequenceNode):
        for place, child in enumerate(node.value):
            yield from _problems(child, (*path, str(place)), lines, trusted)
    elif isinstance(node, yaml.MappingNode):
        before: yaml.Node | None = None
        for key, child in node.value:
            name = str(key.value)
            if before is not None and _thousands(before, key, child):
                yield key.start_mark.line + 1, _shown(path, f"got {before.value},{name}; {NO_COMMA}")
            elif remedy := _not_plain(key):
                yield key.start_mark.line + 1, _shown(path, f"got {name} as a key; {remedy}")
            if re.fullmatch(r"_\w+_", name):
                yield key.start_mark.line + 1, _shown((*path, name), "names code to run; leave it out")
            if names_a_resolver(name) or unfit(name, ""):
                yield key.start_mark.line + 1, _shown(path, f"got {name!a} as a key; write a name")
            lines[(*path, name)] = key.start_mark.line + 1
            yield from _problems(child, (*path, name), lines, trusted)
            before = child


def _not_plain(node: yaml.Node) -> str | None:
    """Say what is wrong with a number that YAML reads as another than somebody sees: 0120 as 80, 1:30:00 as 5400."""
    is_number = isinstance(node, yaml.ScalarNode) and node.tag in NUMBERS
    return in_plain_digits(node.value) if is_number and not PLAIN_NUMBER.fullmatch(node.value) else None


def _thousands(before: yaml.Node, key: yaml.Node, child: yaml.Node) -> bool:
    """Tell `{headcount: 75,000}`, which YAML reads as a key 000 without a value, from what is meant."""
    digits = isinstance(before, yaml.ScalarNode) and re.fullmatch(r"[-+]?\d{1,3}", before.value)
    return bool(digits and re.fullmatch(r"\d{3}", str(key.value)) and child.value == "")


def _hydras(data: dict[Any, Any], lines: dict[Steps, int]) -> Iterator[tuple[int, str]]:
    """Yield what a file says of Hydra itself: it would be obeyed, and could run any code."""
    remedy = "a file cannot set Hydra up: leave it out; where results go is said on the command line"
    if "hydra" in data:
        yield lines[("hydra",)], f"hydra: got settings of Hydra's own; {remedy}"
    defaults = data.get("defaults")
    for place, entry in enumerate(defaults if isinstance(defaults, list) else ()):
        line = lines[("defaults", str(place))]
        names = entry if isinstance(entry, dict) else [entry]
        told = ": ".join(map(str, (*names, *entry.values()) if isinstance(entry, dict) else names))
        for name in names:
            if "hydra" in re.split(r"[\s/@.:]+", str(name)):
                yield line, f"defaults: got {told}; {remedy}"
        if "${" in told:
            yield line, f"defaults: got {told}; name the option itself"


def _shown(path: Steps, text: str) -> str:
    return f"{'.'.join(path)}: {text}" if path else text


class _Loader(private.YamlLoader):
    """OmegaConf's reader of YAML, which gives up on what is too deep, too long or a number of too many digits."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0
        self._sizes: dict[int, int] = {}
        """How many values each finished node stands for, repeats counted each time."""

    def compose_node(self, parent: Any, index: Any) -> yaml.Node:
        event = self.peek_event()
        repeated = isinstance(event, yaml.AliasEvent)
        self._refuse(self._depth >= DEEPEST, f"it is nested more than {DEEPEST} deep", event)
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        if repeated:
            self._refuse(id(node) not in self._sizes, f"*{event.anchor} is inside itself", event)
        else:
            self._sizes[id(node)] = 1 + sum(self._sizes[id(child)] for child in _children(node))
        self._refuse(self._sizes[id(node)] > MOST_VALUES, f"it holds more than {MOST_VALUES:,} values", event)
        return node

    @staticmethod
    def _refuse(wrong: bool, problem: str, event: Any) -> None:
        if wrong:
            raise yaml.composer.ComposerError(None, None, problem, event.start_mark)

    def number(self, node: yaml.ScalarNode) -> Any:
        """Read a whole number or a decimal."""
        self._refuse(len(node.value) > MOST_DIGITS, f"a number of {len(node.value):,} digits: write fewer", node)
        whole = node.tag == NUMBERS[0]
        return self.construct_yaml_int(node) if whole else self.construct_yaml_float(node)


for _kind in NUMBERS:
    _Loader.add_constructor(_kind, _Loader.number)


def _children(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield key
            yield value
    elif isinstance(node, yaml.SequenceNode):
        yield from node.value
