"""docs/performance.md from the figures and the prose in performance.template.md."""

from __future__ import annotations

import datetime
import os
import platform
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from string import Template

import numpy as np

from benchmarks.beside import Beside
from benchmarks.own import Growth, Median
from benchmarks.precision import Saved
from benchmarks.timing import IDIOMATIC, KERNEL, OURS, Timed, agreement, ratios

TEMPLATE = Path(__file__).parent / "performance.template.md"
PACKAGES = ("simpy", "numpy", "scipy", "pyarrow", "ciw", "salabim", "numba")
TENTH = 10


@dataclass
class Figures:
    """Everything measured."""

    reference: dict[str, Timed] = field(default_factory=dict)
    reference_truth: tuple[np.ndarray, np.ndarray] = field(default_factory=lambda: (np.zeros(4), np.zeros(4)))
    long_list: dict[str, Timed] = field(default_factory=dict)
    long_list_truth: tuple[np.ndarray, np.ndarray] = field(default_factory=lambda: (np.zeros(4), np.zeros(4)))
    audit_seconds: float = 0.0
    """Of this project on the small Hub."""
    split: dict[str, Median] = field(default_factory=dict)
    hubs: Growth | None = None
    years: Growth | None = None
    lists: Growth | None = None
    memory: dict[str, float] = field(default_factory=dict)
    starts: dict[str, Median] = field(default_factory=dict)
    overhead: tuple[int, float, float] = (0, 0.0, 0.0)
    replications: int = 0
    common: dict[str, list[Saved]] = field(default_factory=dict)
    controlled: dict[str, list[Saved]] = field(default_factory=dict)
    minutes: float = 0.0
    against: str = ""
    beside: list[Beside] = field(default_factory=list)
    commands: list[tuple[str, float, float]] = field(default_factory=list)
    """Whole commands with their seconds by the clock in the other checkout and here."""

    @property
    def all_agree(self) -> bool:
        pairs = ((self.reference, self.reference_truth), (self.long_list, self.long_list_truth))
        return all(agreement(timed, *truth)[2] for timings, truth in pairs for timed in timings.values())


def page(figures: Figures) -> str:
    """Return the whole page."""
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        machine=machine(),
        date=f"{datetime.datetime.now(datetime.UTC).date():%d %B %Y}",
        minutes=f"{figures.minutes:.0f}",
        reference=engines(figures.reference, figures.reference_truth),
        long_list=engines(figures.long_list, figures.long_list_truth),
        beside=beside(figures),
        aims=aims(figures),
        commands=commands(figures),
        split=table(
            ("step", "ms, median (least–most)"), [(step, spread(value)) for step, value in figures.split.items()]
        ),
        growth=growths(figures),
        memory=table(("what", "MB"), [(what, f"{megabytes:.0f}") for what, megabytes in figures.memory.items()]),
        starts=table(
            ("what", "s, median (least–most)"), [(what, spread(value, 2)) for what, value in figures.starts.items()]
        ),
        cores=figures.overhead[0],
        start_up=f"{figures.overhead[1]:,.0f}",
        overhead=f"{figures.overhead[2]:.1f}",
        replications=figures.replications,
        precision=savings(figures),
    )


def beside(figures: Figures) -> str:
    """Return the times of another checkout and of this one, compiled and not."""
    if not figures.beside:
        return 'Not measured this time: `make bench ARGS="--against FOLDER"` names another checkout.'
    head = ("processor time, ms, least of many", figures.against, "here", "of it", "here, uncompiled", "of it")
    return table(
        head,
        [
            (
                row.what,
                f"{row.there:.1f}",
                f"{row.here:.1f}",
                f"{row.here / row.there:.2f}",
                f"{row.uncompiled:.1f}",
                f"{row.uncompiled / row.there:.2f}",
            )
            for row in figures.beside
        ],
    )


def commands(figures: Figures) -> str:
    """Return the times of whole commands in another checkout and in this one."""
    if not figures.commands:
        return "Not measured this time."
    head = ("seconds by the clock", figures.against, "here", "of it")
    rows = [(what, f"{there:.1f}", f"{here:.1f}", f"{here / there:.2f}") for what, there, here in figures.commands]
    return table(head, rows)


def aims(figures: Figures) -> str:
    """Return what was aimed at and what is reached, the audit apart."""
    short, long = figures.reference, figures.long_list
    ours = short[OURS].median - figures.audit_seconds
    steepest = max(grown.exponent for grown in (figures.hubs, figures.years, figures.lists) if grown)
    rows: list[tuple[str, str, float, bool]] = [
        aim("small Hub, times as fast as idiomatic SimPy", 7, short[IDIOMATIC].median / ours),
        aim("the same, as Ciw", 25, short["Ciw"].median / ours if "Ciw" in short else 0.0),
        aim("3,000 waiting, times as fast as idiomatic SimPy", 50, long[IDIOMATIC].median / long[OURS].median),
        aim("small Hub, times as long as the compiled kernel", 8, ours / short[KERNEL].median, most=True),
        aim("steepest exponent of growth", 1.1, steepest, most=True),
        aim("`import sim`, seconds", 0.5, figures.starts["`import sim`"].value, most=True),
        aim("`hub --help`, seconds", 1.0, figures.starts["`hub --help`"].value, most=True),
    ]
    for row in figures.beside:
        if (least := TIMES_AS_FAST.get(row.what)) is not None:
            rows.append(aim(f"{row.what}, times as fast as {figures.against}", least, row.there / row.here))
        if row.what == "default Hub, service":
            rows.append(aim("the same uncompiled, times as long", 1.5, row.uncompiled / row.there, most=True))
    return table(
        ("aim", "wanted", "measured", "reached"),
        [(what, wanted, f"{value:,.2f}", "yes" if reached else "no") for what, wanted, value, reached in rows],
    )


TIMES_AS_FAST = {
    "default Hub, service": 5,
    "small Hub, service": 4,
    "3,000 waiting, service": 5,
    "default Hub, whole replication": 3,
}


def aim(what: str, bound: float, measured: float, most: bool = False) -> tuple[str, str, float, bool]:
    """Return an aim with what was wanted, what was measured and whether it is reached."""
    reached = measured <= bound if most else measured >= bound
    return what, f"{'≤' if most else '≥'} {bound:g}", measured, reached


def machine() -> str:
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return f"{os.cpu_count()} cores, {processor()}; {platform.system()}; Python {platform.python_version()}, {versions}"


def processor() -> str:
    """Return what the processor calls itself, where the system tells."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a Markdown table, figures to the right."""
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [head, tuple(rule), *rows])


def spread(median: Median, digits: int = 1) -> str:
    return f"{median.value:.{digits}f} ({median.least:.{digits}f}–{median.most:.{digits}f})"


def engines(timings: dict[str, Timed], truth: tuple[np.ndarray, np.ndarray]) -> str:
    """Return time, ratios and means of every engine, side by side."""
    rows = []
    for name, timed in timings.items():
        found, worst, agrees = agreement(timed, *truth)
        milliseconds = 1000 * np.array(timed.seconds)
        rows.append(
            (
                name,
                str(len(milliseconds)),
                f"{np.median(milliseconds):,.1f} ({milliseconds.min():,.1f}–{milliseconds.max():,.1f})",
                "1" if name == IDIOMATIC else times(ratios(timings, name, IDIOMATIC)),
                "1" if name == KERNEL else f"{timed.median / timings[KERNEL].median:,.1f}",
                f"{found[0]:.1f}",
                f"{100 * found[1]:.1f} %",
                f"{found[2]:,.0f}",
                f"{found[3]:,.0f}",
                f"yes ({worst:.1f})" if agrees else f"**no** ({worst:.1f})",
            )
        )
    head = ("engine", "rounds", "ms", "times as fast as idiomatic SimPy", "times as long as the kernel", "wait, days",
            "left", "sessions", "mean list", "agrees")  # fmt: skip
    return table(head, rows)


def times(ratio: tuple[float, float, float]) -> str:
    digits = 0 if ratio[0] >= TENTH else 2
    return f"**{ratio[0]:,.{digits}f}** ({ratio[1]:,.{digits}f}–{ratio[2]:,.{digits}f})"


def growths(figures: Figures) -> str:
    rows = []
    for what, grown in (
        ("Hubs, one year each", figures.hubs),
        ("years of one Hub", figures.years),
        ("people on the opening list, one year; time above that of no list", figures.lists),
    ):
        if grown is not None:
            seconds = ", ".join(
                f"{size:,}: {second:.2f}" for size, second in zip(grown.sizes, grown.seconds, strict=True)
            )
            rows.append((what, seconds, f"{grown.exponent:.2f}"))
    return table(("size", "seconds a replication, by size", "exponent"), rows)


def savings(figures: Figures) -> str:
    named = [(f"difference: {name}; common random numbers", saved) for name, saved in figures.common.items()]
    named += [(f"{name} control variates", saved) for name, saved in figures.controlled.items()]
    rows = [
        (
            f"{name}: {row.what}",
            f"± {row.half_width:,g}",
            f"{max(row.plain, 2):,.0f}",
            f"{max(row.better, 2):,.0f}",
            "exact" if row.better == 0 else f"{row.factor:.1f}",
        )
        for name, saved in named
        for row in saved
    ]
    return table(("what is estimated", "half-width", "replications, plain", "with it", "times fewer"), rows)
