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
from itertools import islice
from pathlib import Path

from changed_copy import ChangedCopy
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

SEED = 12
LEAST_KILLED = 0.95
JUDGES = {
    "sim/measures": ("tests/sim/measures", 38),
    "sim/cohort": ("tests/sim/cohort", 34),
    "sim/roster": ("tests/sim/roster", 17),
    "sim/run/store.py": ("tests/sim/run/test_store.py", 3),
    "analysis/estimates/intervals.py": ("tests/analysis/estimates/test_intervals.py", 10),
    "analysis/comparison": ("tests/analysis/comparison", 29),
    "analysis/sizing": ("tests/analysis/sizing", 69),
}
"""What is broken; the tests that must notice, its own and no others; in how many spots: 200, by the size of each."""
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


def sampled(root: Path, place: str, seed: int) -> list[Mutant]:
    """Return a place's mutants: spots drawn evenly from its code, and one change in each."""
    spots = sorted(
        (spot for path in _modules(root, place) for spot in _spots(root, path, seed)), key=lambda spot: spot[0]
    )
    mutants = (_mutant(root, path, changes, seed) for _, path, changes in spots)
    chosen = list(islice((mutant for mutant in mutants if mutant is not None), JUDGES[place][1]))
    return sorted(chosen, key=lambda mutant: (mutant.module, mutant.line))


def _modules(root: Path, place: str) -> list[Path]:
    path = root / place
    files = [path] if path.is_file() else sorted(path.rglob("*.py"))
    return [file for file in files if not {*NOT_JUDGED} & {*file.parts}]


Changes = list[tuple[str, int]]


def _spots(root: Path, path: Path, seed: int) -> Iterator[tuple[str, Path, Changes]]:
    """Give every spot of a module that can be changed: its rank in the draw, and the changes that cosmic-ray knows."""
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
        where = f"{path.relative_to(root)} {_definition(text, line)} {lines[line - 1].strip()} {column}"
        seen[where] += 1
        yield _rank(seed, where, seen[where]), path, known


def _mutant(root: Path, path: Path, changes: Changes, seed: int) -> Mutant | None:
    """Return one of a spot's changes, or nothing if each changes only what is never evaluated."""
    text = path.read_text(encoding="utf-8")
    for name, occurrence in sorted(changes, key=lambda change: _rank(seed, path.name, *change)):
        after = mutate_code(text, get_operator(name)(), occurrence)
        if after is None or _evaluated(after) in (None, _evaluated(text)):
            continue
        mine, theirs = text.splitlines(), after.splitlines()
        line = next(i for i, (a, b) in enumerate(zip(mine, theirs, strict=False)) if a != b)
        return Mutant(
            str(path.relative_to(root)), _definition(text, line + 1), line + 1, mine[line].strip(),
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


def tests_of(root: Path, place: str, module: str) -> list[str]:
    """Return the test files that judge a module, the one of its own name first."""
    path = root / JUDGES[place][0]
    files = [path] if path.is_file() else sorted(path.rglob("test_*.py"))
    own = f"test_{Path(module).stem}.py"
    return [str(file.relative_to(root)) for file in sorted(files, key=lambda file: file.name != own)]


def known_equivalents() -> dict[tuple[str, ...], str]:
    with EQUIVALENT.open(encoding="utf-8", newline="") as file:
        return {
            (row["module"], row["definition"], row["before"], row["after"]): row["reason"]
            for row in csv.DictReader(file)
        }


class Tally:
    """How many mutants were drawn, change nothing, and were killed; and those that no test noticed."""

    def __init__(self) -> None:
        self.drawn, self.equivalent, self.killed = 0, 0, 0
        self.survived: list[Mutant] = []

    def judge(
        self, copy: ChangedCopy, place: str, mutants: list[Mutant], equivalents: dict[tuple[str, ...], str]
    ) -> None:
        """Run a place's tests on each of its mutants, and tell how each ended."""
        for number, mutant in enumerate(mutants, 1):
            self.drawn += 1
            if mutant.key in equivalents:
                self.equivalent += 1
                continue
            with copy.with_text(mutant.module, mutant.text):
                outcome = copy.run(*CHOSEN, *tests_of(copy.folder, place, mutant.module), most_seconds=120)
            if outcome.passed:
                self.survived.append(mutant)
            else:
                self.killed += 1
            ended = "SURVIVED" if outcome.passed else f"killed by {outcome.first_failure}"
            print(f"{number} of {len(mutants)}, {outcome.seconds:.0f} s: {mutant}\n    {ended}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make mutate", description=__doc__)
    parser.add_argument("only", nargs="*", metavar="PLACE", help=f"of {', '.join(JUDGES)} (default: all)")
    parser.add_argument("--seed", type=int, default=SEED, help="another seed draws others (default: %(default)s)")
    parser.add_argument("--list", action="store_true", help="only list them")
    parser.add_argument("--unchecked", action="store_true", help="do not first run the tests on the code as it is")
    options = parser.parse_args()
    if unknown := [place for place in options.only if place not in JUDGES]:
        parser.error(f"got {unknown[0]}; give some of {', '.join(JUDGES)}")
    tally, equivalents = Tally(), known_equivalents()
    folder = Path(tempfile.mkdtemp(prefix="hub-mutants-"))
    try:
        copy = ChangedCopy(folder / "copy")
        for place in options.only or JUDGES:
            mutants = sampled(copy.folder, place, options.seed)
            if options.list:
                print(*mutants, sep="\n")
                continue
            if not options.unchecked:
                whole = copy.run(*CHOSEN, JUDGES[place][0])
                if not whole.passed:
                    sys.exit(f"{JUDGES[place][0]} fails on the code as it is: {whole.printed[-2000:]}")
            tally.judge(copy, place, mutants, equivalents)
    finally:
        shutil.rmtree(folder)
    judged = tally.killed + len(tally.survived)
    print(f"\n{tally.drawn} mutants, {tally.equivalent} of which change nothing.", end=" ")
    print(f"Killed: {tally.killed} of the other {judged}, {tally.killed / max(judged, 1):.1%}")
    print(*tally.survived, sep="\n")
    return int(tally.killed < LEAST_KILLED * judged)


if __name__ == "__main__":
    sys.exit(main())
