"""Compile the service with Cython: `python hatch_build.py` where it stands, and the wheel's build hook."""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
COMPILER_LOCK = ROOT / "locks" / "ziglang.txt"
KILLED = re.compile(r"exit code -\d+|died with <.*?>|\w+ signal terminated program \S+")
"""What is said where a compiler was there and something ended it; another one would fare no better."""
MUST = "HUB_MUST_COMPILE"
"""The environment variable that turns "not compiled" into a failure, for continuous integration."""

SETUP = """
import os
from setuptools import Extension, setup

# A product and a sum fused into one instruction would round otherwise than Python does.
flags = [] if os.name == "nt" else ["-O2", "-g0", "-ffp-contract=off"]
names = {names!r}
setup(
    name="compiled",
    packages=[],
    ext_modules=[Extension(f"sim.service.{{n}}", [f"sim/service/{{n}}.c"], extra_compile_args=flags) for n in names],
    script_args=["build_ext", "--parallel=2", "--build-lib=built", "--build-temp=objects"],
)
"""


class NotCompiled(Exception):
    """The source is sound and there was no way to compile it here; says why."""


class CompileHook(BuildHookInterface[Any]):
    """Puts the compiled service into the wheel, which is then one for this platform; without a compiler it is pure."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile for a wheel. An editable install is compiled by `make`, which tells how it went."""
        if version != "standard":
            return
        folder = compile_service(fetch=False)
        if folder is not None:
            build_data["pure_python"] = False
            build_data["infer_tag"] = True
            build_data["force_include"][str(folder)] = folder.relative_to(ROOT).as_posix()


def compile_service(root: Path = ROOT, fetch: bool = True) -> Path | None:
    """Compile the service's modules unless that is done already; nothing is left of what was tried in vain.

    Parameters
    ----------
    root
        The folder that holds `sim`.
    fetch
        Whether a compiler may come from the package registry where none is found.

    Returns
    -------
    The folder of compiled files, or None (with one line saying why) where there is no way to compile here.

    Raises
    ------
    Cython.Compiler.Errors.CompileError
        When a module of the list is not something that Cython can compile.
    NotCompiled
        In place of None where the environment variable `HUB_MUST_COMPILE` is set.
    """
    compiled = _read(root / "sim" / "compiled.py")
    folder: Path = compiled.compiled_folder()
    if folder.is_dir():
        return folder
    print("Compiling the service (once, half a minute) ...", flush=True)
    try:
        with tempfile.TemporaryDirectory(prefix="hub-compile-") as tree:
            _compile(compiled, Path(tree), fetch)
            _put(Path(tree) / "built" / "sim" / "service", folder)
    except NotCompiled as reason:
        if os.environ.get(MUST, "0") not in {"", "0"}:
            raise
        print(f"The service runs uncompiled (same results, several times as slow): {reason}.", file=sys.stderr)
        return None
    return folder


def _read(path: Path) -> Any:
    """Return a module of `sim` without importing `sim`, whose packages may not be installed where a wheel is built."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module  # dataclasses look their own module up
    spec.loader.exec_module(module)
    return module


def _compile(compiled: Any, tree: Path, fetch: bool) -> None:
    """Leave the compiled modules in `built` of an empty folder."""
    if not (Path(sysconfig.get_path("include")) / "Python.h").exists():
        raise NotCompiled("Python.h is missing (Debian and Ubuntu: apt-get install python3-dev)")
    for path in compiled.sources():
        copy = tree / "sim" / path.relative_to(compiled.SERVICE.parent)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    (tree / "sim" / "__init__.py").touch()
    service = {path.stem: path.read_text(encoding="utf-8") for path in (tree / "sim" / "service").glob("*.py")}
    declared = _read(compiled.HINTS).declarations(service, compiled.MODULES, compiled.FROM_PYTHON)
    for name, text in declared.items():
        (tree / "sim" / "service" / name).write_text(text, encoding="utf-8")
    _to_c(compiled, tree)
    (tree / "setup.py").write_text(SETUP.format(names=(*compiled.MODULES, compiled.SHARED)))
    failed = _to_machine_code(tree, {})
    if failed and fetch and os.name != "nt" and COMPILER_LOCK.exists():
        print("No C compiler works here: fetching one for this once (100 MB) ...", flush=True)
        failed = _to_machine_code(tree, _fetch_compiler(tree / "compiler"))
    if failed:
        raise NotCompiled(failed)


def _to_c(compiled: Any, tree: Path) -> None:
    """Translate the modules to C. What is no part of the digest is not in this tree, so no type can come from there."""
    try:
        from Cython.Build import cythonize
        from setuptools import Extension  # type: ignore[import-untyped]
    except ImportError:
        raise NotCompiled("Cython or setuptools is not installed") from None
    here = Path.cwd()
    os.chdir(tree)
    try:
        modules = [f"sim/service/{name}.py" for name in compiled.MODULES]
        shared = f"sim.service.{compiled.SHARED}"
        cythonize(
            [*modules, Extension(shared, [f"sim/service/{compiled.SHARED}.c"])],
            compiler_directives=compiled.DIRECTIVES,
            shared_utility_qualified_name=shared,
            quiet=True,
        )
    finally:
        os.chdir(here)


def _to_machine_code(tree: Path, environment: dict[str, str]) -> str:
    """Run the C compiler; return why it failed, or nothing."""
    done = subprocess.run(
        [sys.executable, "setup.py"],
        cwd=tree,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        return ""
    killed = KILLED.search(f"exit code {done.returncode} {done.stdout}")
    if killed:
        raise NotCompiled(f"the compiler was ended from outside, as happens where memory runs out ({killed[0]})")
    return done.stdout.strip().splitlines()[-1][:200].removeprefix("error: ")


def _fetch_compiler(folder: Path) -> dict[str, str]:
    """Fetch a C compiler from the package registry into a folder (400 MB); return the settings that call it."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--quiet"]
    done = subprocess.run(
        [*pip, "--require-hashes", "--target", str(folder), "-r", str(COMPILER_LOCK)], capture_output=True, check=False
    )
    if done.returncode:
        raise NotCompiled("no C compiler works here, and none could be fetched")
    # For any processor of this kind, not only for the one at hand.
    compiler = shlex.join([sys.executable, "-m", "ziglang", "cc", "-mcpu=baseline"])
    linked = " -bundle -undefined dynamic_lookup" if sys.platform == "darwin" else " -shared"
    caches = {name: str(folder / "cache") for name in ("ZIG_GLOBAL_CACHE_DIR", "ZIG_LOCAL_CACHE_DIR")}
    return {"PYTHONPATH": str(folder), "CC": compiler, "LDSHARED": compiler + linked, **caches}


def _put(built: Path, folder: Path) -> None:
    """Put the compiled files in place in one step, and take away what other source left for this Python."""
    folder.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as staging:
        copied = shutil.copytree(built, Path(staging) / folder.name)
        try:
            copied.rename(folder)
        except OSError:
            if not folder.is_dir():  # else another process was quicker
                raise
    for other in folder.parent.glob("*" + folder.name[16:]):
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)


if __name__ == "__main__":
    compile_service()
