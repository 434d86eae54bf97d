"""Processes copied from Python's own fork server that do not run the program's main script again.

Python's do, so that functions of the main script can be sent to them: a notebook's, a page's or a script without a
guard would simulate in every worker. What workers are sent is in `sim`. The only place that reaches into
`multiprocessing`: `_launch` is Python's own without the main script.
"""

from __future__ import annotations

import io
import os
from multiprocessing import context, forkserver, popen_forkserver, reduction, spawn, util
from multiprocessing.process import BaseProcess
from typing import Any


class _Popen(popen_forkserver.Popen):
    def _launch(self, process_obj: BaseProcess) -> None:
        told = {k: v for k, v in spawn.get_preparation_data(process_obj.name).items() if not k.startswith("init_main")}
        content = io.BytesIO()
        context.set_spawning_popen(self)
        try:
            reduction.dump(told, content)
            reduction.dump(process_obj, content)
        finally:
            context.set_spawning_popen(None)
        self.sentinel, child = forkserver.connect_to_new_process(self._fds)  # type: ignore[attr-defined]
        ours = os.dup(child)  # while it is open the worker knows that this process lives
        self.finalizer = util.Finalize(self, util.close_fds, (ours, self.sentinel))  # type: ignore[attr-defined]
        with open(child, "wb", closefd=True) as pipe:
            pipe.write(content.getbuffer())
        self.pid = forkserver.read_signed(self.sentinel)


class _Process(context.ForkServerProcess):
    @staticmethod
    def _Popen(process_obj: BaseProcess) -> Any:
        return _Popen(process_obj)


class Copies(context.ForkServerContext):
    """A context of `multiprocessing` whose processes are such copies."""

    Process = _Process
