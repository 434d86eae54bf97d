"""How every command ends: what a user can mend is told in a line, with the exit status that scripts rely on."""

from __future__ import annotations

import sys
from collections.abc import Callable

from sim.errors import HubError

FAILED, BAD_INPUT, INTERRUPTED = 1, 2, 130


def exit_status(command: Callable[[], int], if_interrupted: str) -> int:
    """Run a command and return its exit status.

    Returns
    -------
    int
        What the command returns, 2 if the input was refused, 130 if interrupted; the reason goes to stderr.
    """
    try:
        return command()
    except HubError as problem:
        print(problem, file=sys.stderr)
        return BAD_INPUT
    except (PermissionError, FileExistsError, FileNotFoundError, NotADirectoryError) as error:
        print(f"{error.filename}: {error.strerror}; choose a folder that can be written", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        print(if_interrupted, file=sys.stderr)
        return INTERRUPTED
