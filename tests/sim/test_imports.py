"""No file imports one that imports it, however far around, and `sim` knows nothing of `analysis`."""

import ast
from functools import cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[2]
FILES = {
    ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file
    for package in ("sim", "analysis")
    for file in sorted((ROOT / package).rglob("*.py"))
}


def imported(module: str, text: str) -> set[str]:
    """Return the project's modules that a module's text imports anywhere: in functions and for type checkers too."""
    package = module if FILES[module].name == "__init__.py" else module.rpartition(".")[0]
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package.rsplit(".", node.level - 1)[0] if node.level else ""
            source = ".".join(part for part in (above, node.module) if part)
            # `from sim.measures import audit` imports the module sim.measures.audit; other names are of sim.measures.
            found |= {name if (name := f"{source}.{alias.name}") in FILES else source for alias in node.names}
    return (found & FILES.keys()) - {module}


@cache
def graph_of_the_project():
    """Return what every module of the project imports of it."""
    return {module: imported(module, file.read_text(encoding="utf-8")) for module, file in FILES.items()}


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Return the sets of modules that can all reach each other (Tarjan's strongly connected components)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(module: str) -> None:
        index[module] = low[module] = len(index)
        stack.append(module)
        for other in sorted(graph[module]):
            if other not in index:
                visit(other)
            if other in stack:
                low[module] = min(low[module], low[other])
        if low[module] == index[module]:
            together = stack[stack.index(module) :]
            del stack[stack.index(module) :]
            if len(together) > 1:
                found.append(sorted(together))

    for module in sorted(graph):
        if module not in index:
            visit(module)
    return found


def test_no_file_imports_one_that_imports_it():
    assert circles(graph_of_the_project()) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("from sim.measures import audit, count_measures", {"sim.measures.audit", "sim.measures"}),
        ("from . import waits", {"sim.measures.waits"}),
        ("def later():\n    import analysis.runs.story", {"analysis.runs.story"}),
        ("if TYPE_CHECKING:\n    from sim.config import HubConfig", {"sim.config"}),
        ("import numpy", set()),
    ],
)
def test_every_way_of_importing_a_file_counts(text, found):
    assert imported("sim.measures.rows", text) == found


def test_a_circle_is_found_however_far_around():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": set()}) == [["a", "b", "c"]]
    assert circles({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


def test_sim_imports_nothing_of_analysis():
    ours = {module: others for module, others in graph_of_the_project().items() if module.split(".")[0] == "sim"}
    assert [m for m, others in ours.items() if any(other.split(".")[0] == "analysis" for other in others)] == []
