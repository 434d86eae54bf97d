"""The compiled service: made once from a source, never run for another, and not needed."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import hatch_build
from sim import compiled, service
from sim.run.manifest import environment

ROOT = Path(hatch_build.__file__).parent


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose whole service is one line, compiled by the real rules."""
    (tmp_path / "sim" / "service").mkdir(parents=True)
    (tmp_path / "sim" / "__init__.py").touch()
    listed = r"MODULES: Final = \(.*?\)"
    rules = re.sub(listed, 'MODULES: Final = ("beds",)', Path(compiled.__file__).read_text(), count=1, flags=re.DOTALL)
    (tmp_path / "sim" / "compiled.py").write_text(rules)
    shutil.copy(compiled.HINTS, tmp_path / "sim")
    shutil.copy(Path(service.__file__), tmp_path / "sim" / "service")
    (tmp_path / "sim" / "service" / "beds.py").write_text("BEDS = 12\n")
    return tmp_path


def beds(project: Path, **environment: str) -> list[object]:
    """Return whether the service of a project is compiled, and its one number.

    Without bytecode, which Python would take for that of a source of the same length and time.
    """
    script = "from sim.service import COMPILED, beds; print([COMPILED, beds.__file__[-3:] != '.py', beds.BEDS])"
    told = subprocess.run(
        [sys.executable, "-c", script],
        cwd=project,
        env=os.environ | {compiled.UNCOMPILED: "0", "PYTHONDONTWRITEBYTECODE": "1"} | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(told.stdout.lower())


@pytest.mark.integration
def test_a_compiled_service_is_run_only_for_the_very_source_it_was_made_from(project, monkeypatch, capsys):
    source = project / "sim" / "service" / "beds.py"
    assert beds(project) == [False, False, 12]
    first = hatch_build.compile_service(project, fetch=False)
    assert beds(project) == [True, True, 12]
    assert beds(project, HUB_UNCOMPILED="1") == [False, False, 12]

    changed_at = source.stat().st_mtime
    source.write_text("BEDS = 14\n")
    os.utime(source, (changed_at, changed_at))
    assert beds(project) == [False, False, 14]
    second = hatch_build.compile_service(project, fetch=False)
    assert beds(project) == [True, True, 14]
    assert first != second
    assert [second] == list((project / "sim" / "service" / "_compiled").iterdir())

    capsys.readouterr()
    monkeypatch.setattr(hatch_build, "_compile", None)  # a second call compiles nothing
    assert hatch_build.compile_service(project, fetch=False) == second
    assert capsys.readouterr() == ("", "")


@pytest.mark.integration
def test_without_a_compiler_the_hub_runs_uncompiled_and_one_line_says_so(project, monkeypatch, capsys):
    monkeypatch.setenv("CC", "no-such-compiler")
    monkeypatch.delenv(hatch_build.MUST, raising=False)
    assert hatch_build.compile_service(project, fetch=False) is None
    told = capsys.readouterr().err
    assert told.startswith("The service runs uncompiled (same results, several times as slow): ")
    assert "no-such-compiler" in told
    assert told.count("\n") == 1
    assert beds(project) == [False, False, 12]
    monkeypatch.setenv(hatch_build.MUST, "1")
    with pytest.raises(hatch_build.NotCompiled):
        hatch_build.compile_service(project, fetch=False)


@pytest.mark.integration
def test_a_compiler_that_is_killed_is_not_taken_for_a_missing_one(project, monkeypatch, tmp_path):
    compiler = tmp_path / "cc"
    compiler.write_text("#!/bin/sh\nkill -9 $$\n")
    compiler.chmod(0o755)
    monkeypatch.setenv("CC", str(compiler))
    monkeypatch.setenv(hatch_build.MUST, "1")
    monkeypatch.setattr(hatch_build, "_fetch_compiler", None)
    with pytest.raises(hatch_build.NotCompiled, match=r"ended from outside.*(SIGKILL|exit code -9)"):
        hatch_build.compile_service(project)


@pytest.mark.unit
def test_the_list_of_modules_and_the_reading_of_hints_count_as_source(project):
    def folder() -> Path:
        return hatch_build._read(project / "sim" / "compiled.py").compiled_folder()

    seen = {folder()}
    for name, before, after in (
        ("compiled.py", '("beds",)', '("beds", "wards")'),
        ("hints.py", '"int": "long long"', '"int": "long"'),
    ):
        source = project / "sim" / name
        source.write_text(source.read_text().replace(before, after))
        seen.add(folder())
    assert len(seen) == 3


@pytest.mark.unit
def test_every_compiled_module_has_its_source_and_needs_nothing_of_cython_to_run():
    for name in compiled.MODULES:
        source = (compiled.SERVICE / f"{name}.py").read_text()
        assert "import cython" not in source, f"{name}: a type is a hint, which sim/hints.py reads"


@pytest.mark.unit
def test_the_manifest_says_whether_the_service_ran_compiled():
    from sim.service import pathway

    assert environment()["compiled"] is service.COMPILED is not pathway.__file__.endswith(".py")


@pytest.mark.heavy
def test_a_wheel_runs_in_an_empty_folder_and_brings_the_compiled_service(tmp_path):
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    unpacked, empty = tmp_path / "unpacked", tmp_path / "empty"
    shutil.unpack_archive(wheel, unpacked, "zip")
    empty.mkdir()
    subprocess.run(
        [sys.executable, "-m", "analysis", "run.replications=1", "run.store=null", "hydra.run.dir=run"],
        cwd=empty,
        env={**os.environ, "PYTHONPATH": str(unpacked), compiled.UNCOMPILED: "0"},
        check=True,
        capture_output=True,
    )
    manifest = json.loads((empty / "run" / "manifest.json").read_text())
    assert manifest["compiled"] is (not wheel.name.endswith("-py3-none-any.whl"))
    assert (unpacked / "sim" / "service" / "_compiled").exists() is manifest["compiled"]
