"""What Hydra and OmegaConf refuse while they compose, in the words of whoever has to mend it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from hydra.core.override_parser.types import Override
from hydra.errors import MissingConfigException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from sim.composed import Places, Steps, nearest_path
from sim.errors import NAMES_ARE_FREE, ConfigProblem, given, moved, nearest, nearest_key
from sim.launch.options import REFUSED, SCENARIO, Options
from sim.launch.overrides import parsed

PERSONS = "persons"
"""Key of how many of each group an incident exposes."""


def emptied(config: DictConfig, overrides: Sequence[Override]) -> Iterator[str]:
    """Refuse an empty mapping that is to clear another: Hydra adds it to what is there, which changes nothing."""
    for override in overrides:
        key = override.key_or_group
        if override.value() == {} and isinstance(override.value(), dict) and (there := OmegaConf.select(config, key)):
            entry = next(iter(there))
            yield f"{key}: got {{}}, which takes nothing away; take entries out one by one, as ~{key}.{entry}"


def half_named(config: DictConfig, overrides: Sequence[Override]) -> Iterator[str]:
    """Refuse how many people are exposed, given whole, where groups that are not named would stay as they were.

    Hydra puts a mapping over the one that is there, entry by entry; whoever writes who was exposed means all of them.
    """
    for override in overrides:
        key, given_now = override.key_or_group, override.value()
        if key.rpartition(".")[2] != PERSONS or not isinstance(given_now, dict):
            continue
        named = {str(name) for name in given_now}
        stay = {name: number for name, number in OmegaConf.select(config, key).items() if number and name not in named}
        if stay:
            told = " and ".join(f"{name} at {number}" for name, number in stay.items())
            first = next(iter(named), next(iter(stay)))
            yield (
                f"{key}: got {given(override.input_line or '')}, which leaves {told}; name these too (0: nobody of "
                f"them), or write {key}.{first}=NUMBER to change one group alone"
            )


def plain_lines(error: Exception, options: Options, overrides: list[str]) -> list[str]:
    """Put what was refused while composing into lines of `KEY: got ...; remedy`."""
    if isinstance(error, ConfigProblem):
        return error.lines
    if isinstance(error, RecursionError):
        return ["defaults: an option builds on itself in its defaults list; take its own name out"]
    if isinstance(error, MissingConfigException) and error.missing_cfg_file:
        return [_missing(error, error.missing_cfg_file, options, overrides)]
    if lines := list(_override_problems(options, overrides)):
        return lines
    cause = error.__cause__ if isinstance(error.__cause__, OmegaConfBaseException) else error
    key = getattr(cause, "full_key", None) or "configuration"
    if "Cannot merge DictConfig with ListConfig" in str(cause) and key == "configuration":
        key = _list_for_mapping(options) or key
    where = _where(options, key, overrides)
    if "Cannot merge DictConfig with ListConfig" in str(cause) and key != "configuration":
        return [f"{key}: got a list; must be a mapping of names to values: take the dash or the brackets away{where}"]
    if "is not in struct" in str(cause):
        return [f"{key}: there is no such key yet; add it as +{key}=VALUE"]
    text = " ".join(str(cause).partition("full_key")[0].split()).removesuffix(".")
    choosing = "default" in text or "To override" in text
    remedy = "options are chosen there as `- override /GROUP: OPTION`" if choosing else "correct it or leave it out"
    return [f"{key}: {text}; {remedy}{where}"]


def _missing(error: MissingConfigException, file: str, options: Options, overrides: list[str]) -> str:
    """Word the refusal of an option that there is not."""
    for override in parsed(overrides):
        key, name = override.key_or_group, override.value()
        if key in options.defaults and isinstance(name, str) and "/" in name:
            known = options.of(key)
            alone = Path(name).stem if name.endswith((".yaml", ".yml")) else Path(name).name
            return f"{key}: got {name}; {nearest(alone, known)}"
    group, _, name = file.rpartition("/")
    if group.startswith(f"{SCENARIO}/"):
        choice = f"{group.removeprefix(f'{SCENARIO}/')}: {name}"
        return f"{SCENARIO}: got `{choice}` in a defaults list; write `override /{choice}`"
    for path in (source.file(file).with_suffix(".yml") for source in options.sources()):
        if path.is_file():
            return f"{group}: got {name}, which is {nearest_path(path)}; rename it to {path.stem}.yaml"
    here = Path(f"{group}s" if group == SCENARIO else group, f"{name}.yaml")
    if here.is_file():
        own = f"put it into DIR/{group}/ and add --config-dir DIR"
        return f"{group}: got {name}; {here} is not where options are looked for: {own}"
    remedy = nearest(name, error.options) if error.options else "there is no such file"
    return f"{group or 'defaults'}: got {name}; {remedy}"


def _where(options: Options, key: str, overrides: list[str]) -> str:
    """Return the place in a file where a key was written, in brackets, if it was in one."""
    said = [override.key_or_group for override in parsed(overrides)]
    place = Places(options.written, said).of(key.split("."))
    return f" ({place})" if place else ""


def _list_for_mapping(options: Options) -> str | None:
    """Return the key under which a file that cannot be merged has a list where those before it have names."""
    named: set[Steps] = set()
    for file in options.written:
        lists = [(*file.under, *path[:-1]) for path in file.lines if path[-1:] == ("0",)]
        if found := next((path for path in lists if path in named), None):
            return ".".join(found)
        named |= {(*file.under, *path)[:-1] for path in file.lines if path[-1:] != ("0",)}
    return None


def _entry(key: str, known: Collection[str]) -> str:
    """Return the entry that is not there, of a part whose entries have free names, to which a key would belong."""
    steps = key.split(".")
    there = max((length for length in range(1, len(steps)) if ".".join(steps[:length]) in known), default=0)
    is_new = 0 < there < len(steps) - 1 and steps[there - 1] in NAMES_ARE_FREE
    return ".".join(steps[: there + 1]) if is_new else ""


def _new_entries(found: Sequence[Override], known: Collection[str]) -> dict[str, int]:
    """Return entries, such as a line of posts, several of whose values are set although they are not there yet."""
    entries = Counter(_entry(o.key_or_group, known) for o in found if not o.is_hydra_override() and not o.is_add())
    return {entry: number for entry, number in entries.items() if entry and number > 1}


def _whole(entry: str, number: int) -> str:
    """Refuse an entry that was set value by value: what is new is added whole."""
    remedy = f"add it whole: +{entry}={{KEY: VALUE, …}}, or with : for = in a file of plans"
    return f"{entry}: got {number} values of an entry that is not there yet; {remedy}"


def _override_problems(options: Options, overrides: list[str]) -> Iterator[str]:
    """Find, among overrides that Hydra refused, groups chosen wrongly and keys that do not exist."""
    found = parsed(overrides)
    chosen = [override for override in found if override.key_or_group in options.defaults]
    for override in chosen:
        key = override.key_or_group
        if override.get_key_element() != key:
            yield f"{key}: got {override.input_line}; write {key}=OPTION"
        elif not isinstance(override.value(), str | list | dict):
            yield f"{key}: got {given(override.input_line)}; {nearest(str(override.value()), options.of(key))}"
    lines = [override.input_line or "" for override in chosen]
    try:
        known = options.known_keys(lines)
    except (ConfigProblem, *REFUSED):
        return
    new = _new_entries(found, known)
    yield from (_whole(key, number) for key, number in new.items())
    for override in found:
        if not override.is_add() and _entry(override.key_or_group, known) in new:
            continue
        key = override.key_or_group
        if override.is_hydra_override():
            continue
        if override not in chosen and key not in known and not override.is_add():
            meant = moved(key) or f"there is no such key: {nearest_key(key, [*options.defaults, *known])}"
            yield f"{key}: got {given(override.input_line)}; {meant}"
        elif override.is_add() and key in known:
            yield f"{key}: got {given(override.input_line)}; it exists already: leave out the +"
