"""What the command line asks for: expanded as Hydra does, and refused in the words of a user."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from math import prod
from typing import Any

import yaml  # type: ignore[import-untyped]
from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra._internal.hydra import Hydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override, RangeSweep
from hydra.errors import MissingConfigException, OverrideParseException
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from sim.cells import NAMED_ALREADY
from sim.errors import ConfigProblem, given, nameless, nearest, nearest_key, unreadable
from sim.options import CONFIG_NAME, REFUSED, SCENARIO, group_defaults

HYDRA_KEYS = ("hydra.run.dir", "hydra.sweep.dir")
"""What of Hydra's own settings may be set: the others could run cells that were never checked here."""
LAUNCHER = ("hydra/launcher", "hydra.launcher")
"""And these, with -m: who runs the cells, such as Slurm through submitit."""
MISSING = "???"
MOST_CELLS = 10_000
"""More cells than this are a slip, such as a range with a zero too many."""


def expand(hydra: Hydra, overrides: list[str], multirun: bool) -> list[list[str]]:
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
    check_number(prod(_number_of_values(override) for override in parsed if override.is_sweep_override()))
    return BasicSweeper.split_arguments(parsed, max_batch_size=None)[0] if multirun else [overrides]


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


def emptied(config: DictConfig, overrides: list[str]) -> Iterator[str]:
    """Refuse an empty mapping that is to clear another: Hydra adds it to what is there, which changes nothing."""
    for text in overrides:
        key, _, value = text.partition("=")
        if value.replace(" ", "") == "{}" and (there := OmegaConf.select(config, key)):
            entry = next(iter(there))
            yield f"{key}: got {value}, which takes nothing away; take entries out one by one, as ~{key}.{entry}"


def explain(error: Exception, hydra: Hydra, overrides: list[str], groups: Mapping[str, str]) -> list[str]:
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
