"""The second door: two to six plans side by side, pair by pair, as `hub -m` and `hub compare` do it."""

from __future__ import annotations

import os
from collections.abc import Container
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from analysis.app import compared_charts as charts
from analysis.app.compared import Compared
from analysis.app.doors.shown import (
    File,
    archive,
    downloads,
    outcome,
    show_chart,
    show_printed,
    show_problem,
    show_table,
    side_by_side,
    stamp,
    watch,
)
from analysis.app.here import BASELINE, DELTA, PLAN, RUNS, STAGE, house, kept_plans, visit
from analysis.app.job import COMPARISON, RESULTS
from analysis.app.limits import LIMITS
from analysis.app.plans import Plan, design_of, keep_design, plan_from, unlike
from analysis.app.runs import Background
from analysis.app.view import DECISION, QUICK, View, options, purpose
from analysis.tell.wording import sentence, words
from sim.errors import ConfigProblem, HubError
from sim.stages import CAN_BE_LEFT, COMPARED

RUN, LINKED = "compare", "compare-linked"
CHOICES = (QUICK, 50, 100, DECISION)


@dataclass(frozen=True)
class Asked:
    """What is to be compared, and how."""

    plans: list[Plan]
    baseline: int
    stage: str
    points: float
    replications: int

    def link(self) -> dict[str, Any]:
        """Return it as parameters of a link."""
        how = {BASELINE: str(self.baseline), STAGE: self.stage, DELTA: f"{self.points:g}", RUNS: str(self.replications)}
        return {PLAN: [plan.link() for plan in self.plans], **how}


def compare() -> None:
    """Show the door."""
    st.title("Compare staffing")
    st.markdown(
        "Every plan meets the same people with the same luck, so a difference between plans is the plan's own doing. "
        f"Choose two to {LIMITS.plans} plans."
    )
    asked = _form()
    if asked is None:
        return
    run = visit().runs.get(RUN)
    mine = run is not None and run.request["link"] == asked.link()
    label = "Compare them" if not mine else "Compare them again"
    wanted = asked.plans == st.session_state[LINKED] and RUNS in st.query_params
    if st.button(label, type="primary") or (run is None and wanted):
        try:
            _start(asked)
        except HubError as problem:
            show_problem(problem)
            return
        st.rerun()
    if run is None:
        st.info(
            "Nothing has been compared yet. A comparison shows each plan's waits and cost, the differences with their "
            "intervals, and who waits longer; the report is one page for a board."
        )
        return
    if not run.over:
        watch(run, "Comparing: replications of all plans", RUN)
        return
    if not mine:
        st.info("The plans or the way to compare them have changed since; compare them again.")
        return
    if outcome(run):
        _answer(run, asked)


def _form() -> Asked | None:
    """Show what can be compared; None where fewer than two plans are chosen."""
    _from_link()
    scenarios, models = options("scenario"), options("staffing")
    columns = st.columns([1, 2], gap="large")
    default = View.default()
    with columns[0]:
        scenario = st.selectbox(
            "Scenario", scenarios, index=scenarios.index(default.scenario), format_func=lambda n: sentence(words(n))
        )
        st.caption(purpose(scenario))
    with columns[1]:
        chosen = st.multiselect(
            "Staffing models",
            models,
            default=[] if kept_plans() else [default.staffing, next(m for m in models if m != default.staffing)],
            format_func=lambda name: sentence(words(name)),
            key="compare-models",
            max_selections=LIMITS.plans,
        )
        kept = _kept()
    plans = [Plan(sentence(words(model)), View(scenario, model)) for model in chosen] + kept
    if len(plans) < 2:  # noqa: PLR2004 (a comparison is of two)
        st.info("Choose at least two plans. Under Explore you can keep what you have set up as a plan of your own.")
        return None
    return _how(plans)


def _from_link() -> None:
    """Take the plans of a link, once."""
    if LINKED in st.session_state:
        return
    st.session_state[LINKED] = []
    for parameter in st.query_params.get_all(PLAN)[: LIMITS.plans]:
        try:
            st.session_state[LINKED].append(plan_from(parameter))
        except ConfigProblem as problem:
            show_problem(f"A plan of the link could not be opened. {problem}")
    kept_plans().extend(st.session_state[LINKED])


def _kept() -> list[Plan]:
    if not kept_plans():
        st.caption("Under Explore you can keep what you have set up as a plan of your own; it then stands here.")
        return []
    names = [f"{number}. {plan.name}" for number, plan in enumerate(kept_plans(), start=1)]
    chosen = st.multiselect("Plans of your own", names, default=names, max_selections=LIMITS.plans)
    return [plan for name, plan in zip(names, kept_plans(), strict=True) if name in chosen]


def _how(plans: list[Plan]) -> Asked:
    link = st.query_params
    columns = st.columns(4, gap="medium", vertical_alignment="bottom")
    first = _whole(link.get(BASELINE, ""), range(len(plans)), 0)
    baseline = columns[0].selectbox(
        "Baseline", range(len(plans)), index=first, format_func=lambda number: plans[number].name
    )
    stage = columns[1].selectbox(
        "Wait weighed against cost",
        COMPARED,
        index=COMPARED.index(link[STAGE]) if link.get(STAGE) in COMPARED else 0,
        format_func=lambda name: sentence(words(name)),
    )
    delta = _between(link.get(DELTA, ""), 0.5, 50.0, 5.0)
    points = columns[2].number_input(
        "Smallest difference that matters (percentage points)", 0.5, 50.0, delta, 0.5, format="%g"
    )
    index = CHOICES.index(_whole(link.get(RUNS, ""), CHOICES, CHOICES[2]))
    replications = columns[3].selectbox("Replications of each plan", CHOICES, index=index)
    return Asked(plans, baseline, stage, points, replications)


def _whole(text: str, among: Container[int], otherwise: int) -> int:
    """Return the number that a link gives, if it is one of those that can be."""
    try:
        number = int(text)
    except ValueError:
        return otherwise
    return number if number in among else otherwise


def _between(text: str, low: float, high: float, otherwise: float) -> float:
    try:
        number = float(text)
    except ValueError:
        return otherwise
    return number if low <= number <= high else otherwise


def _start(asked: Asked) -> None:
    house().start(visit(), RUN, lambda folder: _request(asked, folder))
    st.query_params.from_dict(asked.link())


def _request(asked: Asked, folder: Path) -> dict[str, Any]:
    store = house().store_of(visit(), [plan.view for plan in asked.plans])
    names = keep_design(asked.plans, folder, asked.replications)
    options_given = ["--baseline", names[asked.baseline], "--stage", asked.stage, "--delta", f"{asked.points:g}"]
    return {
        "kind": "compare",
        "replications": asked.replications,
        "store": os.path.relpath(store, folder),
        "options": options_given,
        "names": names,
        "link": asked.link(),
    }


def _answer(run: Background, asked: Asked) -> None:
    names = run.request["names"]
    called = dict(zip(names, unlike([plan.name for plan in asked.plans]), strict=True))
    config = asked.plans[asked.baseline].view.config(asked.replications)
    found = Compared.read(run.folder / COMPARISON, run.folder / RESULTS, called, config, asked.stage)
    quick = asked.replications <= QUICK
    ending = " Good for exploring, not for decisions." if quick else ""
    kind = "Quick look" if quick else "Decision-grade"
    stamp(f"{kind}: {asked.replications} replications of each plan, in pairs.{ending}", not quick)
    with st.container(border=True, key="answer"):
        st.markdown("\n\n".join(found.sentences()))
    _charts(found)
    with st.expander("The comparison as hub compare prints it"):
        show_printed((run.folder / "printed.txt").read_text(encoding="utf-8"), "The comparison as text")
    _take_away(run, asked, called)


def _charts(found: Compared) -> None:
    st.header("Cost against waits")
    show_chart("The plans, and the frontier", charts.frontier(found), "frontier", "Down and to the left is better.")
    st.header("Difference by difference")
    side_by_side(
        "primary",
        [
            lambda: show_chart("Seen in time", charts.differences(found, 0), "difference-wait"),
            lambda: show_chart("Cost", charts.differences(found, 1), "difference-cost"),
        ],
    )
    show_table(found.rows(), "Differences from the baseline")
    st.caption(
        "Difference: plan less baseline, with its 95% interval over pairs of replications. Figures marked * hold for "
        "all plans and both * figures at once."
    )
    st.header("The lists, week by week")
    side_by_side(
        "lists",
        [
            partial(show_chart, f"Waiting for {stage.words}", charts.lists(found, stage.name), f"list-{stage.name}")
            for stage in CAN_BE_LEFT
        ],
    )
    st.header("Who waits longer")
    watched = charts.concerns_of(found)
    concern = st.selectbox("What to look at, group by group", list(watched), index=1)
    show_chart(concern, charts.equity(found, watched[concern]), "equity")
    st.caption("Lines: 95% interval. Open marks and *: fewer than 30 people a replication, read with care.")
    st.header("What the plans cost")
    show_chart("Cost a year by kind", charts.cost(found), "cost")


def _take_away(run: Background, asked: Asked, called: dict[str, str]) -> None:
    st.header("Take it away")
    folder = run.folder / COMPARISON
    written = (
        ("Report (HTML)", "report.html", "text/html"),
        ("Report (PDF)", "report.pdf", "application/pdf"),
        ("Differences (CSV)", "headlines.csv", "text/csv"),
    )
    files: list[File] = [
        (label, (folder / name).read_bytes(), name, kind) for label, name, kind in written if (folder / name).is_file()
    ]
    files.append(("Plans (CSV)", design_of(asked.plans), "plans.csv", "text/csv"))
    files.append(("Everything (ZIP)", archive(run.folder), "comparison.zip", "application/zip"))
    downloads(files)
    with st.expander("What the plans are called in the files"):
        show_table([{"here": name, "in the files": cell} for cell, name in called.items()], "Names of the plans")
    st.markdown("The same from the command line, with the plans' CSV:")
    given = " ".join(f"'{text}'" if " " in text or "," in text else text for text in run.request["options"])
    st.code(
        f"hub -m run.design=plans.csv run.replications={asked.replications} hydra.sweep.dir=outputs/{RESULTS}\n"
        f"hub compare outputs/{RESULTS} {given} --out outputs/comparison",
        language=None,
        wrap_lines=True,
    )
