"""What the command line asks for: expanded as Hydra does, and refused in the words of a user."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, islice, product
from math import prod
from typing import Any

from hydra.core.config_loader import ConfigLoader
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Glob, Override, RangeSweep, Sweep
from hydra.errors import HydraException
from omegaconf import Container, OmegaConf

from sim.composed import STEP, Places, WrittenIn, leaves
from sim.errors import THOUSANDS, ConfigProblem, given, in_plain_digits, meant_number, nameless, unfit, unreadable
from sim.launch.files import DEEPEST, MOST_DIGITS, group_defaults, names_a_resolver
from sim.launch.pieces import in_pieces

RUN_FOLDER, SWEEP_FOLDER = "hydra.run.dir", "hydra.sweep.dir"
SUBFOLDER = "hydra.sweep.subdir"
FOLDERS = (RUN_FOLDER, SWEEP_FOLDER)
HYDRA_KEYS = (*FOLDERS, SUBFOLDER, "hydra.job.name", "hydra.verbose")
"""What of Hydra's own settings may be set: the others could run cells that were never checked here."""
SWEEPER = ("hydra/sweeper", "hydra.sweeper")
LAUNCHER = ("hydra/launcher", "hydra.launcher")
"""And these, with -m: who runs the cells, such as Slurm through submitit."""
FOLDERS_MAY = re.compile(r"\$\{(now|hydra):")
"""What the name of a folder may be made of besides values: the date, and what Hydra chose."""
CODE = re.compile(r"(?<!\w)_(target|partial|args|recursive|convert)_(?!\w)")
"""Keys by which Hydra is told to call something."""
PLAIN_NAME = re.compile(r"(?!(null|true|false|nan|inf)$)[a-z_][a-z0-9_-]*", re.ASCII | re.IGNORECASE)
"""What can be written without quotes and is read as text."""
ACCENTED = re.compile(r"[\w ./\\:+%@-]+")
"""Text that Hydra would read without quotes, were all its letters those of English."""
READ_AS_NUMBER = re.compile(r"[-+]?[0-9][0-9_.]*(e[-+]?[0-9]+)?|true|false|nan|[-+]?inf", re.IGNORECASE)
UNDERSCORED = re.compile(r"(?<![^\s,\[{(:])[-+]?[0-9][0-9.]*_[0-9_.]*(e[-+]?[0-9_]+)?(?![^\s,\]}):])", re.IGNORECASE)
"""A number such as 1_200, which Hydra reads as 1200, and 1_2 as 12."""
QUOTED = re.compile(r"'(\\.|[^'\\])*'|\"(\\.|[^\"\\])*\"")
NAMED_ALREADY = ("scenario", "staffing")
"""Groups that every cell is named by; they are no levers."""
COMMAND_LINE_ONLY = ("backend", "scheduler", "store", "jobs", "design")
"""Keys of `run`: a Dask scheduler can run code here, and a store is a folder that is written to; no scenario of
somebody else's may choose them."""
REFERENCE = re.compile(r"\$\{([\w.-]+)\}")
LONGEST_OVERRIDE = 10_000
MISSING = "???"
MOST_CELLS = 10_000
"""More cells than this are a slip, such as a range with a zero too many."""


def parsed(overrides: Sequence[str], loader: ConfigLoader | None = None) -> list[Override]:
    """Read overrides as Hydra does; the one place where a text of a user's becomes keys and values.

    `loader` is where those who list options (`glob`) look for them. Raises ConfigProblem with one line for each that
    cannot be read, or asks for more than a value.
    """
    if problem := in_pieces(overrides, group_defaults()):
        raise ConfigProblem([problem])
    parser = OverridesParser.create(config_loader=loader)
    problems: list[str] = []
    found: list[Override] = []
    for text in overrides:
        if fault := _fault(text):
            problems.append(fault)
            continue
        try:
            [override] = parser.parse_overrides([text])
            if _holds_a_sweep(override.value()):
                problems.append(f"{override.key_or_group}: got {given(text)}; sweep over whole values, as a,b,c")
        except (HydraException, ValueError, TypeError, AttributeError, AssertionError, RecursionError):
            known = {} if loader is None else {group: loader.get_group_options(group) for group in group_defaults()}
            problems.append(unreadable(text, known))
        else:
            found.append(override)
    if not problems:
        problems = [nameless(override.input_line or "") for override in found if not override.key_or_group]
    if problems:
        raise ConfigProblem(problems)
    return found


def _holds_a_sweep(value: Any) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(isinstance(each, Sweep | Glob) or _holds_a_sweep(each) for each in inner)


def _fault(text: str) -> str | None:
    """Say what is wrong with an override before it is parsed, which for some would take very long."""
    key, _, value = text.partition("=")
    if not key.strip():
        return nameless(text)
    if len(text) > LONGEST_OVERRIDE:
        return f"{key}: got {len(text):,} characters; write at most {LONGEST_OVERRIDE:,}"
    if wrong := unfit(text):
        return f"{key}: got {value}; {wrong}"
    if (digits := max(map(len, re.findall(r"\d+", text)), default=0)) > MOST_DIGITS:
        return f"{key}: got a number of {digits:,} digits; write fewer"
    if max(accumulate((sign in "[{(") - (sign in "]})") for sign in text), default=0) > DEEPEST:
        return f"{key}: got {value}; it is nested more than {DEEPEST} deep"
    if names_a_resolver(FOLDERS_MAY.sub("", text) if key.strip().lstrip("+") in (*FOLDERS, SUBFOLDER) else text):
        return f"{key}: got {value}; write the value itself, or refer to another as ${{run.seed}}"
    if number := UNDERSCORED.search(QUOTED.sub("''", value)):
        return f"{key}: got {value}; {in_plain_digits(number[0])}"
    if code := CODE.search(text):
        return f"{key}: got {code[0]}, which names code to run; leave it out"
    return None


def expand(
    loader: ConfigLoader, overrides: Sequence[str], multirun: bool, unheeded: Mapping[str, str]
) -> tuple[list[list[str]], list[Override]]:
    """Return the overrides of each cell, the last key varying fastest, and those of all, as read.

    `unheeded` are keys that whoever composes would not obey, each with what to do instead.
    """
    overrides = [meant(text) for text in overrides]
    found = parsed(overrides, loader)
    problems = [line for override in found if (line := _unheeded(override, unheeded))]
    if problems := problems or [line for override in found if (line := _sweep_problem(override, multirun))]:
        raise ConfigProblem(problems)
    check_number(prod(_number_of_values(override) for override in found if override.is_sweep_override()))
    if not multirun:
        return [overrides], found
    said = {override.get_key_element(): _each(override) for override in found}  # a key said twice: the last counts
    return [list(cell) for cell in product(*said.values())], found


def _each(override: Override) -> list[str]:
    """Return an override for each value that is swept over, in a form that can be read again."""
    key = override.get_key_element()
    if not override.is_sweep_override():
        return [meant(f"{key}={override.get_value_element_as_str()}")]
    if isinstance(override.value(), Glob):
        names = map(str, override.sweep_iterator())
        return [f"{key}={name if PLAIN_NAME.fullmatch(name) else quoted(name)}" for name in names]
    return [meant(f"{key}={text}") for text in override.sweep_string_iterator()]


def meant(text: str) -> str:
    """Return an override as its user means it.

    `~/x` is a file at home, `scenario=1` the option of that name, and letters with accents are text as others are.
    """
    key, equals, value = text.lstrip(" ").partition("=")
    is_option = READ_AS_NUMBER.fullmatch(value) and key in group_defaults()
    is_accented = not value.isascii() and ACCENTED.fullmatch(value)
    is_text = equals and (value.startswith("~") or is_option or is_accented)
    return f"{key}={quoted(value)}" if is_text else text.lstrip(" ")


def quoted(text: str) -> str:
    """Return a text as the value of an override, whatever signs are in it."""
    return "'" + re.sub(r"(\\*)('|$)", lambda found: found[1] * 2 + found[2].replace("'", "\\'"), text) + "'"


def verbose(overrides: Sequence[str]) -> list[str]:
    """Return the loggers that are to say all they have to, as `hydra.verbose` names them; `root` for every one.

    Raises ConfigProblem when it names none.
    """
    given_to = [override.value() for override in parsed(overrides) if override.key_or_group == "hydra.verbose"]
    said = given_to[-1] if given_to else False
    names = ["root"] if said is True else [] if said is False else [said] if isinstance(said, str) else said
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ConfigProblem([f"hydra.verbose: got {said}; write true, false, or names of Python's loggers as [a,b]"])
    return list(map(str, names))


def _unheeded(override: Override, unheeded: Mapping[str, str]) -> str | None:
    key = override.key_or_group
    for name, remedy in unheeded.items():
        if key == name or key.startswith((f"{name}.", f"{name}/")):
            return f"{key}: got {given(override.input_line)}; {remedy}"
    return None


def check_number(cells: int) -> None:
    """Refuse a sweep of more cells than anybody means."""
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
    if key.startswith(SWEEPER):
        remedy = "every cell is checked before the first one runs: list values, as a,b, or give run.design=FILE"
    elif override.is_hydra_override() and (swept or unsaid or not (launcher or key in HYDRA_KEYS)):
        remedy = f"of Hydra's settings only {', '.join(HYDRA_KEYS)} can be set, to one value each"
    elif not swept:
        return None
    elif (thousands := THOUSANDS.fullmatch(given(override.input_line))) and (not multirun or ",0" in thousands[0]):
        remedy = f"leave the comma out of numbers: {thousands[0].replace(',', '')}"
    elif not multirun and (number := meant_number(given(override.input_line))):
        remedy = f"write {number}, with a point, or add -m to run each"
    elif not multirun:
        remedy = "add -m to run each" + ("" if key in NAMED_ALREADY else ", or write a list as [a,b]")
    elif not override.is_discrete_sweep():
        remedy = "write the values, as a,b,c or range(1,10)"
    elif isinstance(value, RangeSweep) and not value.step:
        remedy = "the step of a range must not be 0"
    elif not _number_of_values(override):
        remedy = "it is empty" if isinstance(value, RangeSweep) else "nothing matches; hub run --help lists the options"
    else:
        return None
    return f"{key}: got {given(override.input_line)}; {remedy}"


def decided(content: Any) -> Iterator[tuple[str, str, str]]:
    """Yield key, value and remedy of whatever in some values is for the command line to set.

    `content` are values as they stand in a file, references not followed.
    """
    raw: Any = OmegaConf.to_container(content, resolve=False) if OmegaConf.is_config(content) else content
    part: Any = raw.get("run") if isinstance(raw, dict) else None
    if isinstance(part, str) and "${" in part:
        yield "run", part, "write its keys out, one by one"
    for name in COMMAND_LINE_ONLY if isinstance(part, dict) else ():
        if name in part:
            key = f"run.{name}"
            yield key, str(part[name]), f"only the command line sets it: leave it out here, and give hub {key}=VALUE"


def check_origin(content: Any, written: WrittenIn) -> None:
    """Refuse a file of a user's own that sets what only the command line may.

    `content` are its values, below the package that they go to. Raises ConfigProblem with file and line of each.
    """
    places = Places([written])
    found = [
        f"{places.of(key.split('.')) or f'{written.file}:1'}: {key}: got {value}; {remedy}"
        for key, value, remedy in decided(content)
    ]
    if found:
        raise ConfigProblem(found)


def chained(config: Container) -> Iterator[str]:
    """Yield a refusal of each value that refers to one that refers on: a few of those can stand for billions."""
    values = leaves(OmegaConf.to_container(config, resolve=False))
    referring = {tuple(STEP.findall(key)): text for key, text in values if isinstance(text, str) and "${" in text}
    refer_on = {path[:length] for path in referring for length in range(len(path) + 1)}
    for path, text in referring.items():
        key = ".".join(path)
        for to in REFERENCE.findall(text):
            up = len(to) - len(to.lstrip("."))  # each leading dot is a step up
            if (*path[: -up or 0], *filter(None, to.split("."))) in refer_on:
                yield f"{key}: got {text}; {to} refers on to others itself: write its value here"
        if "${" in REFERENCE.sub("", text):
            yield f"{key}: got {text}; refer to one value by its name, as ${{run.seed}}"
