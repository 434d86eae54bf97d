"""What says who we are agrees with itself, claims nothing that is not so, and a release says what changed."""

import importlib.util
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

import sim

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]
GOOD_PRACTICE = sorted((ROOT / "docs" / "good_practice").glob("*.md"))
STATES = {"met", "part", "**open**"}


def _release_notes() -> Any:
    spec = importlib.util.spec_from_file_location("release_notes", ROOT / ".ci" / "release_notes.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_file_that_names_the_project_gives_the_same_name_version_and_licence() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    meta = json.loads((ROOT / "codemeta.json").read_text(encoding="utf-8"))
    authors = [author["name"] for author in project["authors"]]
    assert meta["identifier"] == project["name"]
    assert meta["name"] == citation["title"]
    assert {str(citation["version"]), meta["version"], sim.__version__} == {project["version"]}
    assert {citation["license"], meta["license"].rpartition("/")[2]} == {project["license"]}
    assert [author["name"] for author in citation["authors"]] == authors
    assert [author["name"] for author in meta["author"]] == authors
    assert meta["description"] == project["description"]
    assert meta["keywords"] == project["keywords"]
    assert meta["referencePublication"].endswith(citation["references"][0]["doi"])
    pythons = [
        name
        for entry in project["classifiers"]
        if (name := entry.removeprefix("Programming Language :: "))[-1:].isdigit()
    ]
    assert meta["runtimePlatform"] == [name.replace(" :: ", " ") for name in pythons if "." in name]


def test_no_placeholder_is_given_as_somebodys_identifier() -> None:
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert text.count("# PLACEHOLDER") == 2
    given = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    assert not re.search(r"0{4}-0{4}|zenodo\.0+|YYYY|ADDRESS|NAME", given)


@pytest.mark.parametrize("page", GOOD_PRACTICE, ids=lambda page: page.stem)
def test_a_checklist_says_of_each_point_whether_it_is_met_and_its_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
        assert target.startswith("https://") or (page.parent / target).exists(), target
    for heading, rows in re.findall(r"^(\|.*\|)\n\| ?---.*\|\n((?:\|.*\|\n)+)", text, flags=re.MULTILINE):
        heads = _cells(heading)
        if "state" in heads:
            states = {_cells(row)[heads.index("state")] for row in rows.splitlines()}
            assert states <= STATES | {""}  # a line that only divides has none


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip("|").split("|")]


def test_what_is_checked_before_a_commit_is_installed_here_and_fetched_from_nowhere() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert {repo["repo"] for repo in config["repos"]} == {"local"}
    hooks = [hook for repo in config["repos"] for hook in repo["hooks"]]
    assert {hook["language"] for hook in hooks} == {"system"}
    for hook in hooks:
        python, *rest = hook["entry"].split()
        assert python == "python"
        assert importlib.util.find_spec(rest[1]) if rest[0] == "-m" else (ROOT / rest[0]).exists()


@pytest.fixture
def released(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.2.0"\n')
    (tmp_path / "CHANGELOG.md").write_text(
        "# Changelog\n\n## [1.2.0] - 2026-12-01\n\n- New.\n\n## [1.1.0] - 2026-11-01\n\n- Old.\n"
    )
    return tmp_path


def test_the_notes_of_a_release_are_its_part_of_the_changelog(released: Path) -> None:
    assert _release_notes().notes("v1.2.0", released) == "- New.\n"


@pytest.mark.parametrize(
    ("tag", "version", "problem"),
    [
        ("v1.3.0", "1.2.0", "tag: got v1.3.0; pyproject.toml has version 1.2.0: tag v1.2.0, or change the version"),
        ("v1.3.0", "1.3.0", "CHANGELOG.md: has no section 1.3.0; rename [Unreleased] to [1.3.0] - YYYY-MM-DD"),
    ],
)
def test_a_tag_without_its_version_or_its_changes_is_no_release(
    released: Path, tag: str, version: str, problem: str
) -> None:
    (released / "pyproject.toml").write_text(f'[project]\nversion = "{version}"\n')
    with pytest.raises(ValueError) as refused:
        _release_notes().notes(tag, released)
    assert str(refused.value) == problem
