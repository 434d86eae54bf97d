"""No file of the simulator imports one that imports it, what is imported for type hints included."""

import ast
from pathlib import Path

import pytest

import sim

ROOT = Path(sim.__file__).parents[1]


def modules(package: str) -> dict[str, Path]:
    """Return the file of every module below a package."""
    found = {}
    for path in (ROOT / package).rglob("*.py"):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imported(path: Path, known: dict[str, Path]) -> set[str]:
    """Return the modules that a file imports anywhere in it, the packages above it apart."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inside = {f"{node.module}.{alias.name}" for alias in node.names} & known.keys()
            names |= inside or {node.module}
    return names & known.keys()


def circle(graph: dict[str, set[str]]) -> list[str]:
    """Return the modules of one circle, or nothing."""
    done: set[str] = set()

    def visit(module: str, trail: list[str]) -> list[str]:
        if module in trail:
            return [*trail[trail.index(module) :], module]
        if module not in done:
            for following in sorted(graph[module]):
                if found := visit(following, [*trail, module]):
                    return found
            done.add(module)
        return []

    return next((found for module in sorted(graph) if (found := visit(module, []))), [])


@pytest.mark.unit
@pytest.mark.parametrize("package", ["sim/service", "sim"])
def test_no_file_imports_one_that_imports_it(package):
    known = modules(package)
    assert len(known) > 10
    assert circle({name: imported(path, known) - {name} for name, path in known.items()}) == []


@pytest.mark.unit
def test_a_circle_is_found_through_any_number_of_files():
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
    assert circle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


@pytest.mark.unit
def test_only_the_service_imports_simpy():
    for name, path in modules("sim").items():
        assert "import simpy" not in path.read_text(encoding="utf-8") or name.startswith("sim.service"), name
