"""Whatever stands in a configuration or on the command line: plain lines, or a run that ends well and soon."""

from __future__ import annotations

import copy
import datetime
import math
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from strategies import Container, default_hub

from analysis.commands import main
from analysis.runs import one_run, sweep
from analysis.tell.console import BAD_INPUT
from sim.config import HubConfig, validate
from sim.errors import ConfigProblem
from sim.run.experiment import CellRun
from sim.run.replicate import replicate

pytestmark = pytest.mark.integration

LONGEST_LINE = 300
SECONDS, PATIENCE = 20, 15
MOST = {
    "horizon_days": 60,
    "run_in_days": 20,
    "count": 2,
    "people": 40,
    "mean_wait_days": 1000.0,
    "headcount": 3000,
    "wte": 5.0,
    "requests_per_month": 300.0,
    "staff_hours_per_week": 300.0,
}
"""Sizes to which an accepted configuration is held, so that a run of it must be short."""

LONG = "ab" * 2000
TEXTS = (
    LONG,
    "",
    " ",
    "None",
    "nan",
    "1e5",
    "0x10",
    "a b",
    "é",
    "日本",
    "\u202eabc",
    "a\nb",
    "\x00",
    "\ud800",
    "../..",
    "${run.seed}",
)
WHOLE = (0, 1, 2, 7, 64, 500, 10**4, 10**6, 10**9, -1, -100, 10**30, -(10**30))
BROKEN = (
    0.5, 0.0, -0.0, 1.0, 1.5, 20.0, 1e4, 1e9, 5e-324, 1e-300, 1e-18, 1e-9, 1 - 1e-16, 1 + 1e-15, -1.0, -1e9,
    1e308, -1e308, math.nan, math.inf, -math.inf,
)  # fmt: skip
NUMBERS = WHOLE + BROKEN
plain_junk = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from(NUMBERS),
    st.sampled_from(TEXTS),
    st.integers(-(10**30), 10**30),
    st.floats(),
    st.text(max_size=20),
    st.integers(1, 4).map(lambda power: "ab" * 10**power),
    st.just(datetime.date(2021, 4, 1)),
)
junk = st.recursive(
    plain_junk,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4) | st.integers(0, 9), inner, max_size=3)
    ),
    max_leaves=6,
)
Where = tuple[Any, ...]


def full_hub() -> Container:
    """Return a small valid configuration in which every optional part is present."""
    hub = default_hub()
    hub["run"] |= {"horizon_days": 60, "seed": 5}
    hub["run"]["opening"] |= {"mode": "backlog", "run_in_days": 10}
    for group in hub["population"]["staff_groups"].values():
        group["headcount"] //= 40
        group["stream_key"] = None
    hub["changes"] = {
        "posters": {
            "kind": "campaign",
            "from_day": 5,
            "to_day": 30,
            "target": {"staff_groups": ["ambulance"], "genders": ["men"], "ethnicities": ["white_other"]},
            "uptake_multiplier": 2.0,
            "decay_days": 30.0,
            "need_odds_ratio": 1.5,
            "cost_gbp": 100.0,
            "staff_hours_per_week": 2.0,
        },
        "first": {"kind": "wave", "from_day": 10, "to_day": 30, "uptake_multiplier": 2.0},
        "cut": {"kind": "funding", "from_day": 10, "to_day": 40, "funded_share": 0.5, "roles": ["therapist"]},
        "halt": {"kind": "freeze", "from_day": 10, "to_day": 30, "roles": ["navigator"]},
        "flu": {"kind": "sickness", "from_day": 10, "to_day": 30, "times": 2.0, "roles": ["therapist"]},
        "leave": {"kind": "maternity", "from_day": 10, "to_day": 30, "role": "therapist", "wte": 1.0},
        "named": {
            "kind": "post", "from_day": 10, "to_day": 30, "role": "therapist", "band": "7", "wte": 0.5,
            "contract": "agency", "pay_point": "top",
        },
    }  # fmt: skip
    hub["incident"] = {
        "explosion": {
            "day": 20,
            "exposed": {"present": {"persons": {"ambulance": 50}, "take_up_share": 0.2, "severity_shift_sd": 0.5}},
            "delay": {
                "early_share": 0.2,
                "early_mean_days": 10.0,
                "pulses": [{"after_days": 14.0, "share": 0.3, "mean_delay_days": 5.0}],
                "tail_share": 0.5,
                "tail_mean_days": 60.0,
            },
        }
    }
    post = {"band": "7", "wte": 1.0, "kind": "agency", "pay_point": "mid", "from_day": 3, "to_day": 50}
    hub["staffing"]["roles"]["therapist"]["lines"]["locum"] = post
    hub["staffing"]["reroute"] = {"advice": "advice"}
    return hub


FULL = full_hub()


def parts(of: Any, path: Where = ()) -> list[Where]:
    """Return the path of every part below, leaves and what holds them."""
    steps = of.items() if isinstance(of, dict) else enumerate(of) if isinstance(of, list) else ()
    below = [inner for key, value in steps for inner in parts(value, (*path, key))]
    return [*below, path] if path else below


def at(hub: Any, path: Where) -> Any:
    for step in path:
        hub = hub[step]
    return hub


PARTS = parts(FULL)
LEAVES = [path for path in PARTS if not isinstance(at(FULL, path), dict | list)]

NUMERIC = [path for path in LEAVES if type(at(FULL, path)) in (int, float)]


Change = tuple[Where, Callable[[Any], None]]


@st.composite
def extremes(draw: st.DrawFn) -> Change:
    """Return one number put at or beyond the end of its range."""
    path = draw(st.sampled_from(NUMERIC))
    whole = isinstance(at(FULL, path), int)
    number = draw(st.sampled_from(WHOLE if whole else BROKEN))
    return path, lambda part: part.__setitem__(path[-1], number)


@st.composite
def confusions(draw: st.DrawFn) -> Change:
    """Return one change of any kind: where, and what to do with the part that holds it."""
    path = draw(st.sampled_from(LEAVES) | st.sampled_from(PARTS))
    kind = draw(st.sampled_from(["replace", "replace", "delete", "add", "wrap", "confuse"]))
    value, other = draw(junk), draw(st.sampled_from(PARTS))
    name = draw(st.sampled_from(TEXTS) | st.integers(-3, 3) | st.none())

    def change(part: Any) -> None:
        key = path[-1]
        if kind == "delete":
            del part[key]
        elif kind == "wrap":
            part[key] = [part[key]]
        elif kind == "confuse":
            part[key] = copy.deepcopy(at(FULL, other))
        elif kind == "add" and isinstance(part, dict):
            part[name] = value
        else:
            part[key] = value

    return path, change


def mutations() -> st.SearchStrategy[Change]:
    return confusions() | extremes()


def mutated(changes: list[Change]) -> Container:
    hub = copy.deepcopy(FULL)
    for path, change in changes:
        try:
            part = at(hub, path[:-1])
            if isinstance(part, dict | list):
                change(part)
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change has taken this part away
    return hub


def held_small(part: Any) -> Any:
    """Return a configuration with head-counts, posts and horizon held to what a short run can do."""
    if isinstance(part, list):
        return [held_small(value) for value in part]
    if not isinstance(part, dict):
        return part
    small = {key: held_small(value) for key, value in part.items()}
    for key, most in MOST.items():
        if isinstance(small.get(key), int | float):
            small[key] = min(small[key], most)
    if "persons" in small:
        small["persons"] = {group: min(people, MOST["people"]) for group, people in small["persons"].items()}
    return small


@pytest.fixture(params=["quick", pytest.param("thorough", marks=pytest.mark.heavy)])
def for_all(request: pytest.FixtureRequest) -> Callable[..., Callable[[Callable[..., None]], None]]:
    """Try many random inputs, the same ones on every run: so many quickly, so many thoroughly."""

    def over(quick: int, thorough: int, *inputs: st.SearchStrategy[Any]) -> Callable[[Callable[..., None]], None]:
        profile = settings(
            max_examples=quick if request.param == "quick" else thorough,
            derandomize=True,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=[HealthCheck.too_slow],
        )
        return lambda holds: profile(given(*inputs)(holds))()

    return over


@contextmanager
def time_limit(seconds: float = SECONDS) -> Iterator[None]:
    """Break off what takes so many seconds of the processor, whatever else the machine does, or many more in all."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def ring(*_: Any) -> None:
        raise TimeoutError(f"took more than {seconds} s of the processor, or {PATIENCE * seconds} s in all")

    alarms = {
        signal.SIGVTALRM: (signal.ITIMER_VIRTUAL, seconds),
        signal.SIGALRM: (signal.ITIMER_REAL, PATIENCE * seconds),
    }
    before = {alarm: signal.signal(alarm, ring) for alarm in alarms}
    for timer, most in alarms.values():
        signal.setitimer(timer, most)
    try:
        yield
    finally:
        for alarm, (timer, _) in alarms.items():
            signal.setitimer(timer, 0)
            signal.signal(alarm, before[alarm])


def assert_plain(lines: list[str]) -> None:
    assert lines
    for line in lines:
        assert line.strip() and line.splitlines() == [line], f"not one line: {line!r}"
        assert len(line) <= LONGEST_LINE, f"{len(line)} characters: {line[:400]!r}"
        assert "Traceback" not in line and "pydantic" not in line


def names(line: str, path: Where) -> bool:
    """Return whether a line of a refusal tells of a part: of itself, of what holds it, or of its name elsewhere."""
    told = line.partition(": ")[0]
    holders = [".".join(map(str, path[:steps])) for steps in range(1, len(path) + 1)]
    beside = told.startswith(".".join(map(str, path[:-1])))
    return told in holders or beside or str(path[-1]) in line


# --- configurations -----------------------------------------------------------------------------------------------


def test_a_changed_part_is_accepted_or_refused_in_plain_lines_that_name_it(for_all):
    @for_all(100, 5000, st.lists(mutations(), min_size=1, max_size=3))
    def holds(changes):
        try:
            assert isinstance(validate(mutated(changes)), HubConfig)
        except ConfigProblem as problem:
            assert_plain(problem.lines)
            for line in problem.lines:
                assert line.startswith("... and ") or any(names(line, where) for where, _ in changes), line


def test_what_is_accepted_runs_to_its_end(for_all):
    @for_all(50, 3000, st.lists(extremes(), min_size=1, max_size=3))
    def holds(changes):
        hub = mutated(changes)
        try:
            validate(hub)
            config = validate(held_small(hub))
        except ConfigProblem:
            return
        with time_limit():
            assert replicate(config, 0).audited


A_WHOLE_RUN = {
    "cost_stack.png", "every_list.png", "queue_over_time.png", "waits_by_staff_group.png",
    "manifest.json", "measures.parquet", "summary.csv", "waits.parquet", "weekly.parquet",
}  # fmt: skip


@pytest.mark.drawn
def test_a_run_of_what_is_accepted_leaves_a_whole_folder(for_all, tmp_path, capsys):
    @for_all(2, 30, st.lists(extremes(), min_size=1, max_size=3))
    def holds(changes):
        hub = mutated(changes)
        try:
            validate(hub)
            hub = held_small(hub)
            hub["run"] |= {"replications": 2, "jobs": 1, "store": None, "keep": []}
            config = validate(hub)
        except ConfigProblem:
            return
        folder = Path(tempfile.mkdtemp(dir=tmp_path))
        with time_limit():
            assert one_run.run_and_report(config, folder) == 0
        assert {path.name for path in folder.iterdir()} - {one_run.SURGE_FILE} == A_WHOLE_RUN
        assert "Traceback" not in "".join(capsys.readouterr())


BROKE_A_RUN = {
    "nobody ever leaves": {"staffing.recruitment.turnover_per_year": 1e-18},
    "a recruitment that takes for ever": {"staffing.recruitment.lead_sigma": 100.0},
    "a ramp of no length": {"staffing.recruitment.ramp_weeks": 5e-324, "staffing.recruitment.turnover_per_year": 3.0},
    "nobody ever drops out": {"pathway.attendance.drop_out_share": 1e-18},
}


def with_values(values: dict[str, Any]) -> Container:
    hub = copy.deepcopy(FULL)
    for path, value in values.items():
        *holders, key = path.split(".")
        at(hub, tuple(holders))[key] = value
    return hub


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("values", BROKE_A_RUN.values(), ids=BROKE_A_RUN)
def test_what_once_broke_a_run_is_refused_or_runs(values):
    try:
        config = validate(with_values(values))
    except ConfigProblem:
        return
    with time_limit():
        assert replicate(config, 0).audited


# --- the command line ---------------------------------------------------------------------------------------------

PATHS = [".".join(map(str, path)) for path in parts(default_hub())]
KEYS = (
    "scenario", "staffing", "population", "purpose", "conf", "", "hydra", "hydra.job.name", "hydra.mode",
    "hydra/launcher", "hydra.output_subdir", "staffing@run", "run@", "+scenario", "+changes.x", "~run.seed",
    "~staffing", "++run.seed", "demand.season_index", "staffing.roles.therapist.lines.locum", "a.b.c",
)  # fmt: skip
VALUES = (
    "", "null", "true", "0", "1", "2", "-1", "0.5", "1.0", "1e400", "nan", "inf", "0x10", "10" * 60, "x", "x y",
    "é日本", "x" * 100, "[]", "{}", "[1,2]", "{a: 1}", "[", "{a:", "'", '"', "\\", "(", "a=b", "a,b", "1,2", "glob(*)",
    "range(1,3)", "choice(a,b)", "interval(0,1)", "sort(2,1)", "int(x)", "${run.seed}", "${nothing}", "${", "???",
    "${oc.env:NOT_THERE}", "~", "#", "!!python/object:os.system", "&a *a", "../..", "\x00", "\udcff", "[[[[]]]]", "%s",
)  # fmt: skip
FLAGS = ("--multirun", "--cfg", "--resolve", "--package", "--config-name", "--config-dir", "--bogus", "-", "--")
one_line = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=12)
values = st.sampled_from(VALUES) | st.sampled_from(NUMBERS).map(str) | one_line
overrides = st.builds("{}={}".format, st.sampled_from(KEYS) | st.sampled_from(PATHS) | st.sampled_from(PATHS), values)
arguments = st.builds(
    lambda first, more, flag: [*first, *more, *flag],
    st.lists(overrides, min_size=1, max_size=1),
    st.one_of(st.just([]), st.just(["-m"]), st.lists(overrides, min_size=1, max_size=2), st.lists(values, max_size=1)),
    st.one_of(st.just([]), st.just([]), st.just([]), st.lists(st.sampled_from(FLAGS), max_size=1)),
)


def test_whatever_is_typed_ends_in_a_run_or_in_plain_lines_and_leaves_no_folder(for_all, tmp_path, monkeypatch, capfd):
    ran: list[HubConfig] = []

    def run_shortly(config: HubConfig, folder: Path, overrides: list[str]) -> int:
        ran.append(config)
        return 0

    def sweep_shortly(cells: list[CellRun], folder: Path) -> int:
        ran.extend(cell.config for cell in cells)
        return 0

    monkeypatch.setattr(one_run, "run_and_report", run_shortly)
    monkeypatch.setattr(sweep, "run_sweep", sweep_shortly)

    @for_all(30, 600, arguments)
    def holds(typed):
        folder = Path(tempfile.mkdtemp(dir=tmp_path))
        monkeypatch.chdir(folder)
        ran.clear()
        with time_limit():
            try:
                code = main(list(typed))
            except SystemExit as usage:  # argparse, over a flag that it does not know
                code = int(usage.code or 0)
        printed = capfd.readouterr()
        assert "Traceback" not in printed.out + printed.err
        assert code in (0, BAD_INPUT)
        if code == BAD_INPUT:
            assert not ran
            assert list(folder.iterdir()) == []
            assert_plain(printed.err.splitlines())


UNWIELDY = {
    "a very long value": ["run.seed=" + "x" * 5000],
    "two lines": ["run.seed\n=3"],
    "a folder that cannot be": ["hydra.run.dir=/proc/x"],
    "a very long file": ["demand.referrals_csv=" + "x" * 5000],
}


@pytest.mark.parametrize("typed", UNWIELDY.values(), ids=UNWIELDY)
def test_what_is_unwieldy_is_refused_in_plain_lines(typed, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    with time_limit():
        assert main(list(typed)) == BAD_INPUT
    assert list(tmp_path.iterdir()) == []
    assert_plain(capfd.readouterr().err.splitlines())


def spin():
    while True:
        pass


@pytest.mark.parametrize("hangs", [spin, lambda: time.sleep(3600)], ids=["busy", "asleep"])
def test_what_hangs_is_broken_off(hangs):
    with pytest.raises(TimeoutError), time_limit(0.1):
        hangs()
