"""What is used of Hydra and OmegaConf that they may change without a word is as it was, and is used in one file."""

import ast
import inspect
from pathlib import Path

import pytest
from hydra._internal.callbacks import Callbacks
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra._internal.utils import create_config_search_path
from hydra.core.default_element import ResultDefault
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.plugins.config_source import ConfigSource
from hydra.types import HydraContext
from omegaconf import OmegaConf
from omegaconf._utils import get_yaml_loader

from sim.launch import private
from sim.launch.options import Options

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[3]
CHANGED = "a new version has changed this: see sim/launch/private.py for what it is used for"


@pytest.mark.parametrize(
    ("what", "takes"),
    [
        (create_config_search_path, ["search_path_dir"]),
        (ConfigLoaderImpl, ["config_search_path"]),
        (ConfigLoaderImpl._apply_overrides_to_config, ["overrides", "cfg"]),
        (ConfigLoaderImpl._compose_config_from_defaults_list, ["self", "defaults", "repo"]),
        (ConfigLoaderImpl._embed_result_config, ["ret", "package_override"]),
        (ConfigSource._get_header_dict, ["config_text"]),
        (Callbacks, ["config"]),
        (HydraContext, ["config_loader", "callbacks"]),
        (get_yaml_loader, []),
    ],
)
def test_private_functions_take_what_they_took(what, takes):
    assert list(inspect.signature(what).parameters) == takes, CHANGED


def test_private_functions_do_what_they_did():
    config = OmegaConf.create({"a": {"b": 1}})
    private.set_values(OverridesParser.create().parse_overrides(["a.b=2", "+a.c=3"]), config)
    assert config == {"a": {"b": 2, "c": 3}}, CHANGED
    assert private.header("# @package _global_\na: 1") == {"package": "_global_"}, CHANGED
    assert {"config_path", "package"} <= set(inspect.signature(ResultDefault).parameters), CHANGED
    named = [entry.provider for entry in private.search_path("file:///nowhere").get_path()]
    assert named[:2] == ["hydra", "main"] and named[-1] == "schema", CHANGED


@pytest.mark.integration
def test_values_are_put_where_hydra_puts_them_and_a_file_in_two_places_is_two_copies(tmp_path):
    (tmp_path / "incident").mkdir()
    (tmp_path / "incident" / "shared.yaml").write_text("day: 1\nexposed: {staff: 2}\n")
    twice = "defaults:\n- /incident/shared@incident.one\n- /incident/shared@incident.two\n"
    (tmp_path / "incident" / "both.yaml").write_text(f"# @package _global_\n{twice}incident: {{one: {{day: 7}}}}\n")
    options = Options(str(tmp_path))
    of_both = options.compose(["incident=both", "incident.two.exposed.staff=5"]).incident
    assert OmegaConf.to_container(of_both) == {
        "one": {"day": 7, "exposed": {"staff": 2}}, "two": {"day": 1, "exposed": {"staff": 5}},
    }  # fmt: skip
    for chosen in ([], ["scenario=major_incident", "uncertainty=psa"], ["incident=both"]):
        ours = options.compose(chosen)
        with pytest.MonkeyPatch.context() as patch:
            patch.delattr(private.Loader, "_embed_result_config")
            assert OmegaConf.to_yaml(ours) == OmegaConf.to_yaml(options.compose(chosen))


def test_only_the_launch_imports_hydra_and_only_one_file_what_is_private_of_it():
    launch, hidden = set(), set()
    for file in [*(ROOT / "sim").rglob("*.py"), *(ROOT / "analysis").rglob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [f"{node.module}.{each.name}" for each in node.names] if isinstance(node, ast.ImportFrom) else []
            theirs = [name for name in names if name.split(".")[0] in ("hydra", "omegaconf")]
            launch |= {file.parent.relative_to(ROOT).as_posix() for _ in theirs}
            hidden |= {file.name for name in theirs if any(step.startswith("_") for step in name.split("."))}
    assert launch == {"sim/launch"}
    assert hidden == {"private.py"}
