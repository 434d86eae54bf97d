"""A copy of the project in which one piece of code is changed, and its tests run there in a process of their own."""

from __future__ import annotations

import ast
import contextlib
import importlib
import os
import resource
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COPIED, LINKED = ("sim", "analysis", "tests"), ("conf", "scenarios")
PRELOADED = (
    "hypothesis", "hydra", "joblib", "matplotlib.pyplot", "numpy", "omegaconf", "pandas", "pyarrow.parquet", "pydantic",
    "rich.progress", "scipy.optimize", "scipy.stats", "simpy",
)  # fmt: skip
"""Packages that the tests load and nobody changes: loaded once, before the process of each run is split off."""
QUIET = ("-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", "--no-header")


@dataclass(frozen=True)
class Outcome:
    """How a run of tests ended: pytest's exit code, or a negative signal; what it printed; seconds of the processor."""

    code: int
    printed: str
    seconds: float

    @property
    def passed(self) -> bool:
        return self.code == 0

    @property
    def first_failure(self) -> str:
        failed = [line for line in self.printed.splitlines() if line.startswith(("FAILED", "ERROR"))]
        return failed[0] if failed else f"ended with {self.code}"


class ChangedCopy:
    """A copy of code and tests, so that neither changes while it is judged; one module at a time holds another text."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        for name in LINKED:
            (folder / name).symlink_to(ROOT / name)
        for name in COPIED:
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", folder)
        for package in PRELOADED:
            importlib.import_module(package)

    @contextlib.contextmanager
    def with_text(self, module: str, text: str) -> Iterator[None]:
        """Hold a module (`sim/run/store.py`) at another text; a changed service runs uncompiled (`sim/compiled.py`)."""
        path = self.folder / module
        before = path.read_text(encoding="utf-8")
        path.write_text(text, encoding="utf-8")
        try:
            yield
        finally:
            path.write_text(before, encoding="utf-8")

    def run(self, *arguments: str, most_seconds: int = 300) -> Outcome:
        """Run tests in a process of their own, which is broken off after so many seconds of the processor."""
        printed = self.folder / "printed.txt"
        started = _children_seconds()
        process = os.fork()
        if process == 0:
            _run_tests(self.folder, printed, arguments, most_seconds)
        status = _ended(process, most_seconds)
        text = printed.read_text(encoding="utf-8", errors="replace")
        return Outcome(os.waitstatus_to_exitcode(status), text, _children_seconds() - started)


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _run_tests(folder: Path, printed: Path, arguments: tuple[str, ...], most_seconds: int) -> None:
    code = 3
    try:
        os.setpgid(0, 0)
        resource.setrlimit(resource.RLIMIT_CPU, (most_seconds, most_seconds + 5))
        with printed.open("w", encoding="utf-8") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
        sys.stdout, sys.stderr = open(1, "w", closefd=False), open(2, "w", closefd=False)  # noqa: SIM115
        os.chdir(folder)
        os.environ["PYTHONPATH"] = str(folder)
        os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
        sys.dont_write_bytecode = True
        sys.path.insert(0, str(folder))
        anew = (*COPIED, "conftest", "hydra")  # Hydra keeps parts of ours that this process had loaded
        for name in [name for name in sys.modules if name.partition(".")[0] in anew]:
            del sys.modules[name]
        code = int(pytest.main([*QUIET, f"--rootdir={folder}", *arguments]))
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _ended(process: int, most_seconds: int) -> int:
    """Wait for a process and end whatever it has started; what sleeps for ever is killed too."""
    until = time.monotonic() + 20 * most_seconds
    while True:
        ended, status = os.waitpid(process, os.WNOHANG)
        if ended or time.monotonic() > until:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process, signal.SIGKILL)
            return status if ended else os.waitpid(process, 0)[1]
        time.sleep(0.02)


# --- a change on the syntax tree ------------------------------------------------------------------------------------


def changed(source: str, function: str, before: str, after: str) -> str:
    """Return a module's source with one statement or expression of a function replaced, however it is laid out.

    Parameters
    ----------
    source
        The module's text.
    function
        The name of the function, or `Class.method`.
    before, after
        Python code: a statement or an expression. `before` must be there exactly once.

    Raises
    ------
    AssertionError
        The function or the code is not there, or not exactly once.

    """
    tree = ast.parse(source)
    [found] = [scope for name, scope in _functions(tree) if name == function] or [None]
    assert found is not None, f"there is no function {function} any more: choose it anew"
    wanted, put = _node(before), _node(after)
    swap = _Swap(ast.dump(wanted), put)
    swap.visit(found)
    assert swap.times == 1, f"{function} holds {before!r} {swap.times} times, not once: choose it anew"
    return ast.unparse(ast.fix_missing_locations(tree))


def _functions(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    for part in tree.body:
        if isinstance(part, ast.FunctionDef):
            yield part.name, part
        elif isinstance(part, ast.ClassDef):
            yield from (
                (f"{part.name}.{inner.name}", inner) for inner in part.body if isinstance(inner, ast.FunctionDef)
            )


def _node(code: str) -> ast.AST:
    [statement] = ast.parse(code).body
    return statement.value if isinstance(statement, ast.Expr) else statement


class _Swap(ast.NodeTransformer):
    def __init__(self, wanted: str, put: ast.AST) -> None:
        self.wanted, self.put, self.times = wanted, put, 0

    def visit(self, node: ast.AST) -> ast.AST:
        if ast.dump(node) == self.wanted:
            self.times += 1
            return self.put
        return self.generic_visit(node)
