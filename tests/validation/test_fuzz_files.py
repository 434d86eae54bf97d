"""Whatever stands in a file that `hub` is given: plain lines, or a run; soon, and nothing half-written."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import strategies as st
from strategies import default_hub
from test_fuzz import FULL, LEAVES, TEXTS, assert_plain, at, for_all, junk, parts, time_limit

from analysis.commands import main
from analysis.runs import one_run, sweep
from analysis.tell.console import BAD_INPUT
from sim.config import HubConfig
from sim.disk import conf_dir, scenarios_dir
from sim.run.experiment import CellRun

pytestmark = pytest.mark.integration
__all__ = ["for_all"]

SECONDS = 10
"""Of the processor, for one file."""

# --- a grammar of YAML, well-formed and not -----------------------------------------------------------------------

KEYS = sorted({str(step) for path in parts(FULL) for step in path})
ODD_KEYS = ("hydra", "defaults", "_target_", "<<", "? x", "a.b", "", "run.seed", "000", "null", "~", "é", "@x", "[]")
SCALARS = (
    "1", "0.5", "-1", "1e400", ".nan", "75,000", "0x" + "f" * 5000, "9" * 5000, "1:30:00", "2021-04-01", "yes", "null",
    "~", "''", '"\\0"', '"\\uD800"', "'a: b'", "a: b", "- x", "*a", "&a x", "!!python/object/apply:os.getcwd []",
    "!!binary x", "!!set {a}", "!x y", "${run.seed}", "${oc.env:HOME}", "${x}", "${", "|", "> x", "@x", "`x", "%x", "#",
    "{a: 1", "[1, 2", "}", "]", "???", "é日本", "\u202e", "\ufeff", "x" * 5000, "=1+1", "../..", "\ud7ff",
)  # fmt: skip
DEFAULTS = (
    "override /staffing: mixed", "override /hydra/launcher: joblib", "/staffing: mixed", "_self_", "baseline", "mine",
    "/staffing@hydra.callbacks: mixed", "override /incident: [a, b]", "${x}: y", "../x", "", "null", "{a: 1, b: 2}",
)  # fmt: skip
HEADS = ("", "", "# @package _global_\n", "# @package hydra\n", "# @package\n", "\ufeff", "---\n", "%YAML 9.9\n---\n")
keys = st.sampled_from(KEYS) | st.sampled_from(KEYS) | st.sampled_from(ODD_KEYS)
scalars = st.sampled_from(SCALARS) | st.sampled_from(TEXTS) | st.text(max_size=8).map(repr)


def block(entries: list[tuple[str, str]]) -> str:
    return "".join(
        f"{key}:\n{indented(value)}" if value.endswith("\n") else f"{key}: {value}\n" for key, value in entries
    )


def indented(text: str) -> str:
    return "".join(f"  {line}\n" for line in text.splitlines())


def listed(items: list[str]) -> str:
    return "".join(f"- {item.strip()}\n" for item in items)


nodes = st.recursive(
    scalars,
    lambda inner: (
        st.lists(st.tuples(keys, inner), min_size=1, max_size=4).map(block)
        | st.lists(inner, max_size=3).map(listed)
        | st.lists(inner.map(str.strip), max_size=3).map(lambda items: f"[{', '.join(items)}]")
    ),
    max_leaves=8,
)
defaults = st.lists(st.sampled_from(DEFAULTS), max_size=3).map(
    lambda items: block([("defaults", listed(items) or "[]")])
)


@st.composite
def near_misses(draw: st.DrawFn) -> str:
    """Return a scenario that sets one thing of the configuration, to anything."""
    path = draw(st.sampled_from(LEAVES))
    value = draw(st.sampled_from(SCALARS) | junk.map(lambda value: yaml.dump(value, default_flow_style=True)))
    text = value if draw(st.booleans()) else str(at(FULL, path))
    for step in reversed(path):
        text = f"{step}:\n{indented(text)}" if text.endswith("\n") or ": " in text else f"{step}: {text}\n"
    return text


def bombs() -> st.SearchStrategy[str]:
    def bomb(levels: int, times: int, kind: str) -> str:
        first, line, again = {
            "alias": ("a0: &a0 [x]\n", "a{n}: &a{n} [{again}]\n", "*a{n}, "),
            "merge": ("a0: &a0 {x: 1}\n", "a{n}: &a{n} {{<<: [{again}]}}\n", "*a{n}, "),
            "reference": ("a0: x\n", "a{n}: '{again}'\n", "${{a{n}}}"),
        }[kind]
        return first + "".join(line.format(n=n, again=again.format(n=n - 1) * times) for n in range(1, levels))

    deep = st.integers(10, 4000).map(lambda depth: f"purpose: {'[' * depth}{']' * depth}\n")
    return deep | st.builds(
        bomb, st.integers(2, 12), st.integers(2, 9), st.sampled_from(["alias", "merge", "reference"])
    )


SHIPPED = [file.read_text(encoding="utf-8") for file in sorted(scenarios_dir().glob("*.yaml"))]
SHIPPED += [file.read_text(encoding="utf-8") for file in sorted((conf_dir() / "staffing").glob("*.yaml"))]


@st.composite
def damaged(draw: st.DrawFn, files: st.SearchStrategy[str]) -> bytes:
    """Return a file to which something happened: cut, joined, spliced, or saved in another encoding."""
    text = draw(files)
    for _ in range(draw(st.integers(0, 2))):
        place = draw(st.integers(0, len(text)))
        kind = draw(st.sampled_from(["cut", "insert", "swap", "repeat", "take"]))
        other = draw(st.sampled_from([*SCALARS, ":", "\t", "\n", " ", "\x00", "\x1b[31m", ",", ";", "-", "\r\n"]))
        text = {
            "cut": text[:place],
            "insert": text[:place] + other + text[place:],
            "swap": text[place:] + text[:place],
            "repeat": text + text[:place],
            "take": text[:place] + text[place + 1 :],
        }[kind]
    encoding = draw(st.sampled_from(["utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"]))
    return text.encode(encoding, errors="surrogatepass" if encoding == "utf-8" else "replace")


scenarios = damaged(
    st.builds("{}{}{}".format, st.sampled_from(HEADS), defaults | st.just(""), near_misses() | nodes | bombs())
    | st.sampled_from(SHIPPED)
)

# --- designs ------------------------------------------------------------------------------------------------------

PATHS = [".".join(map(str, path)) for path in parts(default_hub())]
HEADINGS = (
    "scenario", "staffing", "run.seed", "run.sede", "hydra.run.dir", "+hydra.callbacks.x", "run.design", "", "a;b",
    "a b", "scenario@x", "++run.seed", "~run.seed", "é", "'x'",
)  # fmt: skip
CELLS = (
    "", "baseline", "mixed", "1", "2.5", "1,2", "[a,b]", "{a: 1}", "glob(*)", "choice(1,2)", "${run.seed}",
    "${oc.env:HOME}", "9" * 5000, "'", '"', "=1+1", "~/x", "null", "x" * 5000, "../x", "\x00", "é", "[" * 3000,
)  # fmt: skip


@st.composite
def tables(draw: st.DrawFn) -> str:
    heading = draw(st.lists(st.sampled_from(HEADINGS) | st.sampled_from(PATHS), min_size=1, max_size=3))
    width = st.integers(len(heading), len(heading)) | st.integers(0, 4)
    sign = draw(st.sampled_from([",", ",", ",", ";", "\t"]))
    rows = [
        [draw(st.sampled_from(CELLS)) for _ in range(draw(width))] for _ in range(draw(st.integers(0, 4)))
    ]  # fmt: skip
    quote = draw(st.sampled_from(['"{}"', "{}", '"{}']))
    return "\n".join([sign.join(heading), *(sign.join(quote.format(cell) for cell in row) for row in rows)])


designs = damaged(tables())

# --- what holds ---------------------------------------------------------------------------------------------------


@pytest.fixture
def given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., None]:
    """Give a file to `hub`, whose replications are not simulated here, and look at how it ends."""
    ran: list[HubConfig] = []
    numbers = itertools.count()

    def run_shortly(config: HubConfig, folder: Path, overrides: list[str]) -> int:
        ran.append(config)
        return 0

    def sweep_shortly(cells: list[CellRun], folder: Path) -> int:
        ran.extend(cell.config for cell in cells)
        return 0

    monkeypatch.setattr(one_run, "run_and_report", run_shortly)
    monkeypatch.setattr(sweep, "run_sweep", sweep_shortly)

    def ends_well(name: str, content: bytes, *typed: str) -> None:
        folder = Path(tempfile.mkdtemp(prefix=str(next(numbers)), dir=tmp_path))
        monkeypatch.chdir(folder)
        (folder / "scenario").mkdir()
        (folder / name).write_bytes(content)
        ran.clear()
        with time_limit(SECONDS):
            code = main([*typed, "--config-dir", str(folder), "run.jobs=1"])
        printed = capfd.readouterr()
        assert "Traceback" not in printed.out + printed.err
        assert code in (0, BAD_INPUT)
        assert {path.name for path in folder.iterdir()} <= {"scenario", name}
        if code == BAD_INPUT:
            assert not ran
            assert_plain(printed.err.splitlines())
        shutil.rmtree(folder)

    return ends_well


def test_whatever_stands_in_a_scenario_ends_in_a_run_or_in_plain_lines(for_all, given):
    @for_all(15, 400, scenarios)
    def holds(content):
        given("scenario/mine.yaml", content, "scenario=mine")


def test_whatever_stands_in_a_design_ends_in_a_sweep_or_in_plain_lines(for_all, given):
    @for_all(10, 100, designs)
    def holds(content):
        given("plans.csv", content, "-m", "run.design=plans.csv")
