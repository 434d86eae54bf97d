"""How verbs are asked: one parser, shared arguments worded once, refusals in a line, completion with the Tab key."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from sim.errors import ConfigProblem, HubError, given, nearest, one_line

if TYPE_CHECKING:
    from sim.config import HubConfig

BAD_INPUT = 2
SHELLS = ("bash", "zsh", "fish", "powershell")
SHARED: dict[str, dict[str, Any]] = {
    "overrides": {
        "nargs": "*",
        "default": [],
        "metavar": "KEY=VALUE",
        "help": "changes to the configuration, as for hub run",
    },
    "--config-dir": {"metavar": "DIR", "help": "a folder of your own options: scenarios as DIR/scenario/NAME.yaml"},
    "--out": {"type": Path, "metavar": "DIR", "help": "a new folder for everything that is written"},
    "--replications": {"type": int, "metavar": "N"},
    "--jobs": {"type": int, "default": -1, "metavar": "N", "help": "cores to use (default: all)"},
    "--yes": {"action": "store_true", "help": "do not ask"},
}
"""What several verbs take; one that means something more of its own adds to it."""
ONLY_RUNS = dict.fromkeys(
    ("run.design", "run.keep", "run.precision", "run.profile", "run.replications_max", "run.warm_up"),
    "only hub run and hub sweep obey it: leave it out",
)
"""Keys that verbs which plan their own replications do not obey, each with what to do instead."""


def config_asked_for(overrides: Sequence[str], config_dir: str | None, unheeded: Mapping[str, str]) -> HubConfig:
    """Return the one configuration of a verb that plans its own replications, checked; see `compose_cells`."""
    from sim.config import validate
    from sim.launch.compose import compose

    return validate(compose(*overrides, config_dir=config_dir, unheeded={**ONLY_RUNS, **unheeded}))


# Numbers of the model that a configuration does not use are remarked on instead (analysis.tell.input_warnings): the
# next cell of a sweep may use them.
UNHEEDED: dict[str, tuple[Callable[[HubConfig], bool], str]] = {
    "run.replications_max": (
        lambda config: config.run.precision is not None,
        "it goes with run.precision; run.replications says how many there are",
    ),
    "run.opening.run_in_days": (
        lambda config: not config.run.warm_up,
        "run.warm_up finds the days itself: leave one of the two out",
    ),
} | {
    f"uncertainty.{name}": (lambda config: config.uncertainty.mode == "psa", "it goes with uncertainty=psa")
    for name in ("replications_per_draw", "leave_out", "parameters")
}
"""Keys that some runs would not obey: when one does, and what to do where it does not."""


class VerbParser(argparse.ArgumentParser):
    """Reads the arguments of a verb."""

    def __init__(self, verb: str, description: str, epilog: str | None = None, add_help: bool = True) -> None:
        lines_as_written = partial(argparse.RawDescriptionHelpFormatter, max_help_position=28)
        super().__init__(
            f"hub {verb}", description=description, epilog=epilog, formatter_class=lines_as_written, add_help=add_help
        )

    def takes(self, name: str, completer: Any = None, **more: Any) -> None:
        """Add an argument that other verbs take too."""
        action = self.add_argument(name, **SHARED[name] | more)
        if name == "overrides":
            action.completer = completer or _overrides  # type: ignore[attr-defined]

    def read(self, arguments: Sequence[str]) -> argparse.Namespace:
        """Read what a user has written, or complete it and end where the Tab key asks."""
        if completing():
            import argcomplete

            argcomplete.autocomplete(self)
        if any(action.dest == "overrides" for action in self._actions):
            return self.parse_intermixed_args(arguments)
        return self.parse_args(arguments)

    def error(self, message: str) -> NoReturn:
        """Refuse in a line that is no longer than other refusals."""
        self.print_usage(sys.stderr)
        self.exit(BAD_INPUT, f"{one_line(f'{self.prog}: error: {message}')}\n")


def completing() -> bool:
    """Return whether the Tab key was pressed and the shell asks what could follow."""
    return "_ARGCOMPLETE" in os.environ


def words_before_the_cursor() -> list[str]:
    """Return the whole words of a half-written command line, without the program's name."""
    from argcomplete.lexers import split_line

    _, _, _, words, _ = split_line(os.environ["COMP_LINE"], int(os.environ["COMP_POINT"]))
    return list(words[int(os.environ["_ARGCOMPLETE"]) :])


def complete_verb(verbs: Iterable[str]) -> None:
    """Complete the first word, which is a verb or a change to the configuration."""
    parser = VerbParser("", "")
    parser.takes("--config-dir")
    parser.add_argument("--version", action="store_true")
    parser.add_argument("--completion", choices=SHELLS)
    parser.takes("overrides", completer=lambda prefix, **more: [*verbs, *_overrides(prefix, **more)])
    parser.read([])


def skip_verb() -> None:
    """Let the verb be the program whose arguments are completed."""
    os.environ["_ARGCOMPLETE"] = str(int(os.environ["_ARGCOMPLETE"]) + 1)


def shell_code(shell: Sequence[str]) -> str:
    """Return what switches completion on in a shell; HubError when it is none of those that can."""
    if len(shell) != 1 or shell[0] not in SHELLS:
        raise HubError(f"--completion: got {' '.join(shell) or 'no shell'}; {nearest(' '.join(shell), SHELLS)}")
    from argcomplete.shell_integration import shellcode

    return str(shellcode(["hub"], shell=shell[0]))


def _overrides(prefix: str, parsed_args: argparse.Namespace, **_: object) -> list[str]:
    """List what may follow the beginning of a change to the configuration."""
    from sim.launch.completion import completions

    return completions(prefix, parsed_args.overrides or [], getattr(parsed_args, "config_dir", None))


def refuse_unheeded(overrides: Sequence[str], configs: Sequence[HubConfig]) -> None:
    """Raise ConfigProblem with a line for each key that the command line sets and none of the cells obeys."""
    from sim.launch.overrides import meant, parsed

    problems = [
        f"{override.key_or_group}: got {given(override.input_line)}; {remedy}"
        for override in parsed(list(map(meant, overrides)))
        for key, (obeyed, remedy) in UNHEEDED.items()
        if f"{override.key_or_group}.".startswith(f"{key}.") and not any(map(obeyed, configs))
    ]
    if problems:
        raise ConfigProblem(problems)
