"""The Tab key completes verbs, the options of each, keys, and scenarios of your own."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sim.launch.completion import completions

pytestmark = pytest.mark.integration


@pytest.fixture
def own(tmp_path: Path) -> str:
    """A folder with a scenario of your own, whose name begins as no other."""
    (tmp_path / "scenario").mkdir()
    (tmp_path / "scenario" / "winter_surge.yaml").write_text("purpose: Mine.\n")
    return str(tmp_path)


@pytest.mark.parametrize(
    ("begun", "found"),
    [
        ("scenario=w", ["scenario=winter_surge"]),
        ("scenario=baseline,w", ["scenario=baseline,winter_surge"]),
        ("staffing=senior", ["staffing=senior_led"]),
        ("run.se", ["run.seed="]),
        ("run.warm_up=", ["run.warm_up=false", "run.warm_up=true"]),
        ("run.seed=", []),
        ("nowhere.", []),
    ],
)
def test_what_may_follow_is_listed(own, begun, found):
    assert completions(begun, config_dir=own) == found


def test_keys_are_those_of_the_options_that_are_chosen():
    places = "incident."
    assert completions(places) == []
    assert completions(places, ["scenario=major_incident"]) != []


def test_a_key_with_parts_leads_on_to_them():
    found = completions("run.open")
    assert found[0] == "run.opening." and "run.opening.run_in_days=" in found


def test_a_folder_that_is_refused_completes_nothing():
    assert completions("scen", config_dir="/nowhere") == []


TYPED = {
    "hub si": "size ",
    "hub compare --st": "--stage ",
    "hub compare --stage referral_to_a": "referral_to_assessment ",
    "hub sweep --config-dir {own} scenario=win": "winter_surge ",
}


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_bash_completes_a_half_written_command(own):
    lines = [line.format(own=own) for line in TYPED]
    script = 'eval "$(hub --completion bash)"\n' + "".join(
        f"COMP_LINE='{line}' COMP_POINT={len(line)} COMP_TYPE=9 COMP_KEY=9\n"
        "COMPREPLY=()\n_python_argcomplete hub\nprintf '%s\\n' \"${COMPREPLY[*]}\"\n"
        for line in lines
    )
    path = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"}
    done = subprocess.run(["bash", "-c", script], env=path, capture_output=True, text=True, check=False)
    assert (done.stdout.split("\n")[:-1], done.stderr) == (list(TYPED.values()), "")
