"""Writes docs/validation.md from the JUnit file of `make validate`: python validation_table.py FROM.xml TO.md."""

from __future__ import annotations

import json
import platform
import re
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

from sim.run.manifest import code_version

PROPERTY = "verdict"
PASSED, FAILED, SKIPPED = "pass", "**fail**", "skipped"
LIBRARIES = ("simpy", "numpy", "scipy", "ciw", "hypothesis", "pytest")
SECTIONS = {
    "test_slots_a_day": (
        "Waiting for an assessment",
        "A clinic with a fixed number of assessments a day, people arriving at random. The exact answer is the "
        "stationary law of a Markov chain, solved numerically; of an overloaded clinic it is a straight line.",
    ),
    "test_caseload": (
        "Therapy: a place kept for a whole course",
        "A list for a limited number of caseload places, against the stationary law of its Markov chain; and a "
        "caseload without limit under a surge of referrals, against the integral of arrivals and course lengths.",
    ),
    "test_established": (
        "An established Hub",
        "It opens with the lists that it sustains: they drift in no run, waits do not depend on how long it is, and "
        "the list for therapy is that of a run of fifteen years. `Reference` is the margin of equivalence, in which "
        "the whole interval must lie.",
    ),
    "test_own_hub": (
        "A Hub of your own",
        "`hub check` on months that the model made itself: its range of 9 in 10 futures must hold 9 in 10 of them. "
        "`hub fit` on months of a Hub in which five numbers were changed: its 95 % intervals must hold them.",
    ),
    "test_limits": (
        "Limits",
        "What any Hub must do at the ends of its range: without staff, without demand, without a limit of capacity, "
        "when nobody attends, when a plan begins after the run, when nothing differs. The default Hub, changed.",
    ),
    "test_whole_service": (
        "The whole service",
        "Every queue is counted and its counts agree; a Hub starved at a stage gets fewer people that far (the 95 % "
        "interval of the paired difference lies below 0), and `hub compare` calls nothing of it better; supervision "
        "takes the time that is due, of who gives it and of who receives it.",
    ),
    "test_second_engine": (
        "A second engine",
        "The same small Hub in Ciw, a queueing engine that shares no code with this one, fed the same people.",
    ),
    "test_second_clock": (
        "A second clock",
        "The service on a clock of thirty lines instead of SimPy. This checks the clock, not the rules.",
    ),
    "test_inputs": (
        "What is drawn",
        "Arrivals, scores, absence, recruitment and course lengths of the default Hub, as distributions. The figure is "
        "the p value of a test that the draws follow the configured law; it must not be below 0.001.",
    ),
    "test_pairing": (
        "Comparisons",
        "Two plans that differ must be distinguished with less noise than separate runs have; two that do not must "
        "seldom be declared different.",
    ),
    "test_sizing": (
        "Sizing",
        "A plan that is just not good enough must seldom be certified, however often the search is repeated.",
    ),
    "test_calibration": (
        "Figures of the study",
        "The default Hub against the published figures. `Reference` is the tolerance. Held out: no fit looked at it. "
        "Own belief: ours, not the study's. The interval is over replications; it says how precisely the model is "
        "simulated, not how sure we are of the real Hub. More in [calibration.md](calibration.md).",
    ),
    "test_properties": (
        "Properties of every Hub",
        "Each must hold for all of so many random valid Hubs, every lever anywhere inside its range, or for the "
        "scenario named.",
    ),
    "test_fuzz": (
        "Whatever is typed",
        "Random numbers, types and texts in a configuration or on the command line end in a run or in plain lines.",
    ),
    "test_mutations": (
        "Broken on purpose",
        "Each of these lines of the model, broken, must make at least one test fail: so the tests see.",
    ),
}
HEADING = """\
# Validation

Is the model computed right? Here the service's own code, the code of every run, is set up as cases whose right answer
is known from theory, from a second engine or from logic, and is held against it.

**{result}** Run on {date} by `make validate` in {minutes:.0f} minutes: {versions}.

A simulated mean or share passes when the reference lies in its 99.9 % t interval over at least 30 replications *and* is
missed by at most 2 % of itself. Rows without an interval say in their reference what must hold. Seeds are fixed.
Formulas: `tests/validation/theory.py`; cases: `tests/validation/`. **That a model is computed right does not make its
numbers right:** where those come from, and how many are assumptions, is in [evidence.md](evidence.md).
No forecast of this model has been held against what later happened in a real Hub.

"""


class Row(NamedTuple):
    """A line of the table."""

    case: str
    quantity: str
    reference: str
    simulated: str
    interval: str
    verdict: str


class Test(NamedTuple):
    """A test as it ended, with the rows that it recorded."""

    module: str
    name: str
    outcome: str
    rows: list[Row]


def read(junit: Path) -> tuple[list[Test], datetime, float]:
    """Return the tests of a run, when it began, and how many seconds it took."""
    suite = next(ElementTree.parse(junit).getroot().iter("testsuite"))
    tests = [_test(element) for element in suite.iter("testcase")]
    return tests, datetime.fromisoformat(suite.attrib["timestamp"]), float(suite.attrib["time"])


def _test(element: ElementTree.Element) -> Test:
    ended = {child.tag for child in element}
    outcome = FAILED if ended & {"failure", "error"} else SKIPPED if "skipped" in ended else PASSED
    recorded = [p.attrib["value"] for p in element.iter("property") if p.attrib["name"] == PROPERTY]
    rows = [Row(*json.loads(value)) for value in recorded]
    # Of a file of the same name elsewhere in tests/ the folder stays in the name, so that no section takes it in.
    return Test(element.attrib["classname"].removeprefix("tests.validation."), element.attrib["name"], outcome, rows)


def page(tests: list[Test], began: datetime, seconds: float) -> str:
    """Return the whole page."""
    tables = {module: [row for test in _as_written(module, tests) for row in rows_of(test)] for module in SECTIONS}
    summary = _line("part", "rows", "pass", "fail") + _line("---", "---:", "---:", "---:")
    for module, rows in tables.items():
        counts = Counter(row.verdict for row in rows)
        link = f"[{SECTIONS[module][0]}](#{_anchor(SECTIONS[module][0])})"
        summary += _line(link, f"{len(rows):,}", f"{counts[PASSED]:,}", f"{len(rows) - counts[PASSED]:,}")
    rest = [test for test in tests if test.module not in SECTIONS]
    counts = Counter(test.outcome for test in rest)
    outcomes = f"{counts[PASSED]:,} passed, {counts[FAILED]:,} failed, {counts[SKIPPED]:,} skipped"
    rows = [row for table in tables.values() for row in table]
    failed = sum(row.verdict != PASSED for row in rows)
    if failed or counts[FAILED]:
        result = f"{failed:,} of {len(rows):,} rows fail, and {counts[FAILED]:,} of {len(rest):,} other tests."
    else:
        result = f"All {len(rows):,} rows pass."
    heading = HEADING.format(
        result=result, date=f"{began:%-d %B %Y}", minutes=max(1, seconds / 60), versions=_versions()
    )
    parts = [_part(module, table) for module, table in tables.items()]
    return (
        heading
        + summary
        + f"\nThe other {len(rest):,} tests of the project ran with them: {outcomes}.\n"
        + "".join(parts)
    )


def rows_of(test: Test) -> Iterator[Row]:
    """Return the rows that a test recorded; one in its own words if it recorded none or failed beside them."""
    yield from test.rows
    if not test.rows or (test.outcome != PASSED and all(row.verdict == PASSED for row in test.rows)):
        words, _, given = test.name.removeprefix("test_").partition("[")
        yield Row(words.replace("_", " "), given.removesuffix("]"), "holds", "", "", test.outcome)


def _as_written(module: str, tests: list[Test]) -> list[Test]:
    """Return a module's tests in the order of its file: they end in any order."""
    text = (Path(__file__).parent / f"{module}.py").read_text(encoding="utf-8")
    order = re.findall(r"^def (test_\w+)", text, re.MULTILINE)
    mine = [test for test in tests if test.module == module]
    return sorted(mine, key=lambda test: (order.index(test.name.partition("[")[0]), test.name))


def _part(module: str, rows: list[Row]) -> str:
    title, text = SECTIONS[module]
    if not rows:
        return f"\n## {title}\n\nNone of these tests ran.\n"
    columns = [place for place in range(len(Row._fields)) if any(row[place] for row in rows)]
    aligned = ("---", "---", "---:", "---:", ":---:", "---")
    shown = [
        row._replace(case="") if before and before.case == row.case else row
        for before, row in zip([None, *rows], rows, strict=False)
    ]
    lines = [_line(*(row[place] for place in columns)) for row in (Row._fields, aligned, *shown)]
    return f"\n## {title}\n\n{text}\n\n" + "".join(lines)


def _line(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _anchor(title: str) -> str:
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def _versions() -> str:
    code = code_version()
    own = f"version {code['version']}" + (f" ({code['git']})" if "git" in code else "")
    system = f"Python {platform.python_version()} on {platform.system()}"
    return ", ".join([own, system, *(f"{name} {version(name)}" for name in LIBRARIES)])


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(page(*read(Path(sys.argv[1]))), encoding="utf-8")
