"""The command `hub`: its verbs, of which the one that is asked for is loaded. A new verb is a file and a row here."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import NamedTuple

from analysis.commands.arguments import (
    SHELLS,
    complete_verb,
    completing,
    shell_code,
    skip_verb,
    words_before_the_cursor,
)
from analysis.tell.console import exit_status
from sim import __version__
from sim.errors import HubError, closest
from sim.launch.pieces import without_quotes


class Verb(NamedTuple):
    """What a verb is for, where it is, and what is said when it is interrupted."""

    summary: str
    function: str
    """Module and function; it takes the arguments after the verb and returns the exit status."""
    interrupted: str = "Interrupted."


REMOVED = (
    "Interrupted; unfinished results were removed. The same command simulates again what run.store does not keep: all, "
    "if it is null."
)
NOTHING = "Interrupted; nothing was written."
VERBS = {
    "new": Verb("write a workbook for a Hub of your own", "own_hub:new", NOTHING),
    "import": Verb("turn the workbook into options that every verb takes", "own_hub:import_workbook", NOTHING),
    "check": Verb("compare the months of the workbook with the model's", "own_hub:check", NOTHING),
    "fit": Verb("adjust the model to some of your months, and test it on the rest", "fit:fit", NOTHING),
    "track": Verb("compare what happened with a projection you kept", "own_hub:track", NOTHING),
    "run": Verb("simulate one scenario; so does hub without a verb", "run:run", REMOVED),
    "sweep": Verb("simulate several, as scenario=a,b; so does hub -m", "run:sweep", REMOVED),
    "rerun": Verb("run again what a manifest says, and compare the results", "rerun:rerun", REMOVED),
    "excel": Verb("write the results of a run or sweep as a workbook", "look:excel", NOTHING),
    "compare": Verb("compare the plans of a sweep, with a page for a board", "compare:compare", NOTHING),
    "size": Verb(
        "find the cheapest staffing that meets a waiting-time target",
        "size:size",
        "Interrupted; finished replications are kept, and the same command goes on from them.",
    ),
    "sensitivity": Verb(
        "rank the uncertain numbers by how much they change a figure",
        "sensitivity:sensitivity",
        "Interrupted; what was simulated is kept in the store. Run it again.",
    ),
    "calibrate": Verb("fit to the study of the Hubs, and judge every figure", "calibrate:calibrate", NOTHING),
    "evidence": Verb("show where each number comes from, and check it", "look:evidence"),
    "diff": Verb("show what differs between two scenarios or staffing models", "look:diff"),
    "store": Verb(
        "show or clear the replications that are kept", "look:store", "Interrupted; run it again to finish clearing."
    ),
    "story": Verb("show what happened to one client", "run:story"),
    "app": Verb("open the page in a browser", "app:app", "Stopped; nothing was kept."),
}
HELP = """\
usage: hub [VERB] [ARGUMENTS]
Simulate an NHS staff Resilience Hub: who refers, who waits, what it costs.

{verbs}

hub VERB --help says what a verb takes; hub --version which version this is.
hub --completion SHELL lets the Tab key complete ({shells}).
"""


def main(argv: list[str] | None = None) -> int:
    """Run the command line, of the process by default and without the program's name, and return its exit code.

    0 if all went well, 1 if something failed, 2 if the input was refused, 130 if interrupted; `hub VERB --help` names
    more where there are.
    """
    given = words_before_the_cursor() if completing() else list(sys.argv[1:] if argv is None else argv)
    arguments = list(map(without_quotes, given))
    named = bool(arguments) and arguments[0][:1] not in ("", "-", "+", "~") and "=" not in arguments[0]
    if arguments[:1] == ["help"]:  # hub help size
        arguments = [*arguments[1:2], "--help"]
        named = len(arguments) > 1
    verb = arguments.pop(0) if named else ""
    interrupted = VERBS[verb or "run"].interrupted if not verb or verb in VERBS else ""
    return exit_status(lambda: _run(verb, arguments), interrupted)


def _run(verb: str, arguments: list[str]) -> int:
    if not verb and arguments[:1] in (["--help"], ["-h"]):
        verbs = "\n".join(f"  {name:<13}{each.summary}" for name, each in VERBS.items())
        print(HELP.format(verbs=verbs, shells=", ".join(SHELLS)), end="")
        return 0
    if not verb and arguments[:1] == ["--completion"]:
        print(shell_code(arguments[1:]))
        return 0
    _check_versions(sys.version_info[:2])
    if not verb and arguments[:1] == ["--version"]:
        print(f"hub {__version__} (Hydra {version('hydra-core')})")
        return 0
    if verb and verb not in VERBS:
        raise HubError(_no_verb(verb))
    if completing():
        skip_verb() if verb else complete_verb(VERBS) if not arguments else None
    from sim.run.processes import compute_with_one_thread

    compute_with_one_thread()  # here, as many verbs load numpy with their module
    module, _, function = VERBS[verb or "run"].function.partition(":")
    status: int = getattr(import_module(f"{__name__}.{module}"), function)(arguments)
    return status


def _no_verb(word: str) -> str:
    """Say what was meant by a word that is no verb: an option without its group, or another verb."""
    from sim.launch.options import Options

    options = Options()
    groups = [group for group in options.defaults if word in options.of(group)]
    near = f"did you mean hub {verb}?" if (verb := closest(word, VERBS)) else f"choose from {', '.join(VERBS)}"
    return f"hub: got {word}; {f'write {groups[0]}={word}' if groups else near}"


def _check_versions(python: tuple[int, ...]) -> None:
    if python >= (3, 14):
        found = ".".join(map(str, python))
        raise HubError(f"Python: got {found}; Hydra 1.3 does not start on Python 3.14: use 3.11, 3.12 or 3.13")
    try:
        hydra = version("hydra-core")
    except PackageNotFoundError:
        raise HubError(
            f"hydra-core: not installed for {sys.executable}; run make run once, then .venv/bin/hub"
        ) from None
    if not hydra.startswith("1.3."):
        raise HubError(f"hydra-core: got {hydra}; install hydra-core 1.3, with Python 3.11, 3.12 or 3.13")
