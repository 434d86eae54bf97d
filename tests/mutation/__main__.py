"""`make mutate`: break the code in some hundred places, one at a time, and see whether its own folder's tests notice.

cosmic-ray makes the mutants. The same ones are drawn on every run, and mostly the same ones after the code has changed.
"""

from __future__ import annotations

import argparse
import ast
import csv
import hashlib
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from changed_copy import ROOT, ChangedCopy, Outcome
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

SEED, SAMPLE = 12, 200
LEAST_KILLED = 0.95
JUDGES = {
    "sim/measures": "tests/sim/measures",
    "sim/cohort": "tests/sim/cohort",
    "sim/roster": "tests/sim/roster",
    "sim/store.py": "tests/sim/test_store.py",
    "analysis/estimates.py": "tests/analysis/test_estimates.py",
    "analysis/comparison": "tests/analysis/comparison",
    "analysis/sizing": "tests/analysis/sizing",
}
"""What is broken, and the tests that must notice: its own, no others."""
NOT_JUDGED = ("figures", "figures.py")
"""Where things stand in a picture is looked at, not counted."""
CHOSEN = ("-m", "not heavy and not e2e")
EQUIVALENT = Path(__file__).with_name("equivalent.csv")


@dataclass(frozen=True)
class Mutant:
    """One change: where it stands, the line before and after, the module's whole text after it."""

    module: str
    definition: str
    line: int
    before: str
    after: str
    text: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What stays the same when other lines move."""
        return self.module, self.definition, self.before, self.after

    def __str__(self) -> str:
        return f"{self.module}:{self.line} in {self.definition}\n    - {self.before}\n    + {self.after}"


# --- drawing --------------------------------------------------------------------------------------------------------


def sampled(only: list[str], number: int, seed: int) -> list[Mutant]:
    """Return so many mutants: places drawn evenly from the code that is judged, and one change in each."""
    places = [place for path in _modules() for place in _places(path, seed)]
    chosen: list[Mutant] = []
    for _, path, changes in sorted(places, key=lambda place: place[0]):
        if len(chosen) == number:
            break
        mutant = _mutant(path, changes, seed)
        if mutant is not None:
            chosen.append(mutant)
    return sorted((m for m in chosen if m.module.startswith(tuple(only))), key=lambda m: (m.module, m.line))


def _modules() -> Iterator[Path]:
    for judged in JUDGES:
        path = ROOT / judged
        files = [path] if path.is_file() else sorted(path.rglob("*.py"))
        yield from (file for file in files if not {*NOT_JUDGED} & {*file.parts})


Changes = list[tuple[str, int]]


def _places(path: Path, seed: int) -> Iterator[tuple[str, Path, Changes]]:
    """Give every place of a module that can be changed: its rank in the draw, and the changes that cosmic-ray knows."""
    text = path.read_text(encoding="utf-8")
    nodes = list(ast_nodes(get_ast(text)))
    changes: dict[tuple[int, int], Changes] = defaultdict(list)
    for name in operator_names():
        operator = get_operator(name)
        if operator.arguments():
            continue
        positions = (start for node in nodes for start, _ in operator().mutation_positions(node))
        for occurrence, start in enumerate(positions):
            changes[start].append((name, occurrence))
    lines, seen = text.splitlines(), defaultdict(int)
    for (line, column), known in sorted(changes.items()):
        where = f"{path.relative_to(ROOT)} {_definition(text, line)} {lines[line - 1].strip()} {column}"
        seen[where] += 1
        yield _rank(seed, where, seen[where]), path, known


def _mutant(path: Path, changes: Changes, seed: int) -> Mutant | None:
    """Return one of a place's changes, or nothing if each changes only what is never evaluated."""
    text = path.read_text(encoding="utf-8")
    for name, occurrence in sorted(changes, key=lambda change: _rank(seed, path.name, *change)):
        after = mutate_code(text, get_operator(name)(), occurrence)
        if after is None or _evaluated(after) in (None, _evaluated(text)):
            continue
        mine, theirs = text.splitlines(), after.splitlines()
        line = next(i for i, (a, b) in enumerate(zip(mine, theirs, strict=False)) if a != b)
        return Mutant(
            str(path.relative_to(ROOT)), _definition(text, line + 1), line + 1, mine[line].strip(),
            theirs[line].strip() if len(mine) == len(theirs) else "(taken out)", after,
        )  # fmt: skip
    return None


def _rank(*what: object) -> str:
    return hashlib.sha256(" ".join(map(str, what)).encode()).hexdigest()


def _definition(text: str, line: int) -> str:
    return ".".join(name for name, first, last in _definitions(text) if first <= line <= last) or "the module"


@lru_cache(maxsize=4)
def _definitions(text: str) -> list[tuple[str, int, int]]:
    return [
        (node.name, min([node.lineno, *(one.lineno for one in node.decorator_list)]), node.end_lineno or 0)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    ]


def _evaluated(text: str) -> str | None:
    """Return the syntax tree without annotations, which Python does not evaluate here; nothing if it is no Python."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.FunctionDef):
            node.returns = None
        elif isinstance(node, ast.AnnAssign):
            node.annotation = ast.Constant(value=None)
    return ast.dump(tree)


# --- judging --------------------------------------------------------------------------------------------------------


def tests_of(module: str) -> list[str]:
    """Return the test files that judge a module, the one of its own name first."""
    path = ROOT / JUDGES[_judge(module)]
    files = [path] if path.is_file() else sorted(path.rglob("test_*.py"))
    own = f"test_{Path(module).stem}.py"
    return [str(file.relative_to(ROOT)) for file in sorted(files, key=lambda file: file.name != own)]


def _judge(module: str) -> str:
    return next(place for place in JUDGES if module.startswith(place))


def known_equivalents() -> dict[tuple[str, ...], str]:
    with EQUIVALENT.open(encoding="utf-8", newline="") as file:
        return {
            (row["module"], row["definition"], row["before"], row["after"]): row["reason"]
            for row in csv.DictReader(file)
        }


def judge(copy: ChangedCopy, mutant: Mutant) -> Outcome:
    with copy.with_text(mutant.module, mutant.text):
        return copy.run(*CHOSEN, *tests_of(mutant.module), most_seconds=120)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make mutate", description=__doc__)
    parser.add_argument("only", nargs="*", help=f"only what begins so, such as sim/roster; all of {', '.join(JUDGES)}")
    parser.add_argument(
        "--sample", type=int, default=SAMPLE, help="mutants drawn from all of it (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=SEED, help="another seed draws others (default: %(default)s)")
    parser.add_argument("--list", action="store_true", help="only list them")
    options = parser.parse_args()
    mutants = sampled(options.only or list(JUDGES), options.sample, options.seed)
    if options.list:
        print(*mutants, sep="\n")
        return 0
    equivalents = known_equivalents()
    folder = Path(tempfile.mkdtemp(prefix="hub-mutants-"))
    try:
        copy = ChangedCopy(folder / "copy")
        for tests in dict.fromkeys(JUDGES[_judge(mutant.module)] for mutant in mutants):
            whole = copy.run(*CHOSEN, tests)
            if not whole.passed:
                sys.exit(f"{tests} fails on the code as it is: {whole.first_failure}\n{whole.printed[-2000:]}")
            print(f"{tests}: {whole.seconds:.0f} s", flush=True)
        killed, equivalent, survived = 0, 0, []
        for number, mutant in enumerate(mutants, 1):
            if mutant.key in equivalents:
                equivalent += 1
                continue
            outcome = judge(copy, mutant)
            killed += not outcome.passed
            if outcome.passed:
                survived.append(mutant)
            verdict = "SURVIVED" if outcome.passed else f"killed by {outcome.first_failure}"
            print(f"{number} of {len(mutants)}, {outcome.seconds:.0f} s: {mutant}\n    {verdict}", flush=True)
    finally:
        shutil.rmtree(folder)
    judged = killed + len(survived)
    print(f"\n{len(mutants)} mutants, {equivalent} of which change nothing.", end=" ")
    print(f"Killed: {killed} of the other {judged}, {killed / max(judged, 1):.1%}")
    print(*survived, sep="\n")
    return int(killed < LEAST_KILLED * judged)


if __name__ == "__main__":
    sys.exit(main())
