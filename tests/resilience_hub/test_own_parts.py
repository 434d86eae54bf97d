"""Whatever a user's files beside a script are called, `hub` and the public package run our own code."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration
HUB = Path(sys.executable).with_name("hub")
QUICK = ["run.horizon_days=40", "run.opening.run_in_days=10", "run.replications=4", "run.jobs=2", "run.store=null"]
OWN = 'print("a module of the user was loaded")\nraise SystemExit(9)\n'
SCRIPT = f"""
print("once")
import resilience_hub as hub
{{before}}
result = hub.load(*{QUICK!r}).simulate(progress=False)
print(len(result.measures) > 100, result.replications)
"""
NOTHING_FORKS = "import sim.run.processes; sim.run.processes._context = lambda: None"
"""As on Windows: each worker starts afresh and loads the model for itself."""


@pytest.fixture
def folder(tmp_path):
    """A folder whose files have the names of our parts."""
    for name in ("analysis.py", "sim.py"):
        (tmp_path / name).write_text(OWN)
    return tmp_path


def ran(command, folder, **more):
    env = os.environ | more
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False, env=env)
    return done.returncode, done.stdout, done.stderr


def test_the_command_runs_where_a_users_modules_have_our_names(folder):
    status, out, err = ran([HUB, *QUICK, "hydra.run.dir=results"], folder, PYTHONPATH=str(folder))
    assert (status, "a module of the user" in out) == (0, False), err
    assert (folder / "results" / "every_list.png").exists()


@pytest.mark.parametrize("before", ["", NOTHING_FORKS], ids=["forks", "nothing forks"])
def test_a_script_without_a_guard_simulates_on_two_cores_and_runs_once(folder, before):
    script = folder / "script.py"
    script.write_text(SCRIPT.format(before=before))
    assert ran([sys.executable, script], folder) == (0, "once\nTrue 4\n", "")


def test_a_script_may_have_the_name_of_one_of_our_parts(folder):
    script = folder / "analysis.py"
    script.write_text(SCRIPT.format(before=""))
    assert ran([sys.executable, script], folder) == (0, "once\nTrue 4\n", "")


def test_where_the_folder_itself_is_searched_first_as_in_a_notebook_our_parts_are_found(folder):
    said = "import resilience_hub, sim, analysis; print(sim.__doc__[:18], analysis.__doc__[:9])"
    assert ran([sys.executable, "-c", said], folder) == (0, "The Resilience Hub Questions\n", "")


def test_a_users_module_that_was_loaded_first_is_refused_by_name_in_a_line(tmp_path):
    (tmp_path / "sim.py").write_text("")
    status, _, err = ran([sys.executable, "-c", "import sim, resilience_hub"], tmp_path)
    last = err.splitlines()[-1]
    assert status == 1
    assert last.startswith("ImportError: resilience_hub: sim is loaded already, from ")
    assert last.endswith(
        "sim.py, and a part of resilience_hub is called sim too; give your sim another name and start Python again"
    )


def test_what_is_left_of_a_users_package_that_could_not_be_loaded_is_refused_by_name_in_a_line(tmp_path):
    (tmp_path / "analysis").mkdir()
    (tmp_path / "analysis" / "__init__.py").write_text("from analysis import tell\nimport nothing_of_the_sort\n")
    (tmp_path / "analysis" / "tell.py").write_text("")
    said = "try:\n    import analysis\nexcept ImportError:\n    import resilience_hub"
    status, _, err = ran([sys.executable, "-c", said], tmp_path)
    assert status == 1
    assert err.splitlines()[-1].startswith("ImportError: resilience_hub: analysis.tell is loaded already, from ")


@pytest.mark.parametrize("said", ["from analysis import my_chart", "import analysis; analysis.my_chart()"])
def test_whoever_wants_something_of_their_own_module_is_told_that_its_name_is_ours(tmp_path, said):
    (tmp_path / "analysis.py").write_text("def my_chart(): ...\n")
    status, _, err = ran([sys.executable, "-c", f"import resilience_hub\n{said}"], tmp_path)
    assert status == 1
    assert err.splitlines()[-1] == (
        "ImportError: analysis: got my_chart, which is not in it: analysis is a part of resilience_hub; if you meant "
        "your own analysis.py, give it another name, such as my_analysis.py, and start Python again"
    )


def test_our_own_modules_are_imported_from_our_parts_as_ever(tmp_path):
    said = "import resilience_hub, sim; from analysis import tell; from sim import calendar; print(hasattr(sim, '_x'))"
    assert ran([sys.executable, "-c", said], tmp_path) == (0, "False\n", "")
