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
