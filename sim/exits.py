"""How every command ends: what a user can mend is told in a line, with the exit status that scripts rely on."""

from __future__ import annotations

import argparse
import errno
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from io import TextIOWrapper
from typing import NoReturn

from sim.errors import HubError, one_line

FAILED, BAD_INPUT, INTERRUPTED = 1, 2, 130
FULL = (errno.ENOSPC, errno.EDQUOT)


def exit_status(command: Callable[[], int], if_interrupted: str) -> int:
    """Run a command and return its exit status.

    Returns
    -------
    int
        What the command returns, 2 if the input was refused, 130 if interrupted; the reason goes to stderr.
    """
    with suppress(ValueError):  # not the main thread
        signal.signal(signal.SIGTERM, _as_interrupted)  # a scheduler's way of interrupting
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that cannot show a sign shows a question mark
    try:
        status = command()
        sys.stdout.flush()  # while a reader that has enough is still noticed
        return status
    except HubError as problem:
        print(problem, file=sys.stderr)
        return BAD_INPUT
    except BrokenPipeError:  # whoever read the output, such as `head`, has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except OSError as error:
        if error.errno in FULL:
            remedy = "make room and run it again; what run.store holds is not simulated again"
            print(f"{_named(error)}the disk is full; {remedy}", file=sys.stderr)
            return FAILED
        if error.filename is None:
            raise
        print(f"{_named(error)}{error.strerror}; choose a folder that can be written", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        print(if_interrupted, file=sys.stderr)
        return INTERRUPTED


def refuse_usage(parser: argparse.ArgumentParser) -> None:
    """Let a parser word what it refuses in a line that is no longer than other refusals."""

    def error(message: str) -> NoReturn:
        parser.print_usage(sys.stderr)
        parser.exit(BAD_INPUT, f"{one_line(f'{parser.prog}: error: {message}')}\n")

    parser.error = error  # type: ignore[method-assign]


def _as_interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def _named(error: OSError) -> str:
    return f"{error.filename}: " if error.filename else ""
