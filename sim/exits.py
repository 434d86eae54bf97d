"""How every command ends: what a user can mend is told in a line, with the exit status that scripts rely on."""

from __future__ import annotations

import argparse
import atexit
import errno
import gc
import math
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from io import TextIOWrapper
from typing import NoReturn

from sim.errors import HubError, one_line

FAILED, BAD_INPUT, INTERRUPTED = 1, 2, 130
FULL = (errno.ENOSPC, errno.EDQUOT)
TOGETHER_SECONDS = 5.0
"""Signals within so long of each other are one interruption."""


def exit_status(command: Callable[[], int], if_interrupted: str) -> int:
    """Run a command and return its exit status.

    Returns
    -------
    int
        What the command returns, 2 if the input was refused, 1 if the machine failed, 130 if interrupted; the reason
        goes to stderr.
    """
    _interrupt_on_signals()
    atexit.register(gc.freeze)  # at the end Python would look through all that is loaded for garbage, for 0.3 s
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that cannot show a sign shows a question mark
    try:
        status = command()
        sys.stdout.flush()  # while a reader that has enough is still noticed
        return status
    except HubError as problem:
        print(problem, file=sys.stderr)
        return problem.status
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


def _interrupt_on_signals() -> None:
    """Take a scheduler's way of ending a command, and a terminal that is closed, as Ctrl-C.

    What whoever started the command chose to ignore, as `nohup` does, stays ignored. Signals that come together
    interrupt once, so that what puts things away is not interrupted itself.
    """
    last = -math.inf

    def interrupt(*_: object) -> None:
        nonlocal last
        if (now := time.monotonic()) - last > TOGETHER_SECONDS:
            last = now
            raise KeyboardInterrupt

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if (sign := getattr(signal, name, None)) is None or signal.getsignal(sign) is signal.SIG_IGN:
            continue
        with suppress(ValueError):  # not the main thread
            signal.signal(sign, interrupt)


def _named(error: OSError) -> str:
    return f"{error.filename}: " if error.filename else ""
