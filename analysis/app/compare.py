"""Compare staffing: two to six plans side by side, pair by pair, as `hub -m` and `hub compare` do it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from analysis.app import plan_charts as charts
from analysis.app import widgets
from analysis.app.background import COMPARISON, RESULTS, BackgroundRun
from analysis.app.compared import Comparison
from analysis.app.option_folder import shipped
from analysis.app.plans import (
    DESIGN,
    NamedView,
    keep_design,
    options_as_seen_from,
    own_hub_of,
    plan_from,
    unlike,
)
from analysis.app.view import DECISION, LIMITS, QUICK, View
from analysis.app.visits import BASELINE, DELTA, PLAN, QUESTION, RUNS, STAGE, house, kept_plans, view, visit
from analysis.comparison.answer import LONGEST_QUESTION
from analysis.comparison.taken_apart import concerns, told_of_gaps
from analysis.tell.wording import sentence, words
from sim.errors import ConfigProblem
from sim.launch.pieces import typed
from sim.launch.plan_files import LONGEST
from sim.stages import COMPARED, DRAWN

RUN, LINKED = "compare", "compare-linked"
CHOICES = (QUICK, 50, 100, DECISION)
LEAST_POINTS, MOST_POINTS = 0.5, 50.0
WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FILES = (
    ("Report (HTML)", "report.html", "text/html"),
    ("Report (PDF)", "report.pdf", "application/pdf"),
    ("Workbook (Excel)", "results.xlsx", widgets.EXCEL),
    ("Page for a board (Word)", "report.docx", WORD_TYPE),
    ("Differences (CSV)", "headlines.csv", "text/csv"),
)


@dataclass(frozen=True)
class Asked:
    """What is to be compared, and how."""

    plans: list[NamedView]
    baseline: int
    stage: str
    points: float
    replications: int
    question: str = ""

    def link(self) -> dict[str, Any]:
        """Return it as parameters of a link."""
        how = {BASELINE: str(self.baseline), STAGE: self.stage, DELTA: f"{self.points:g}", RUNS: str(self.replications)}
        how |= {QUESTION: self.question} if self.question else {}
        return {PLAN: [plan.link() for plan in self.plans], **how}


def compare() -> None:
    """Show this part of the page."""
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
    wanted = asked.plans == st.session_state[LINKED] and RUNS in st.query_params
    if st.button("Compare them again" if mine else "Compare them", type="primary") or (run is None and wanted):
        widgets.start_run(lambda: _start(asked))
        return
    if run is None:
        st.info(
            "Nothing has been compared yet. A comparison shows each plan's waits and cost, the differences with their "
            "intervals, and who waits longer; the report is one page for a board."
        )
    elif not run.over:
        widgets.watch(run, "Comparing: replications of all plans", RUN)
    elif not mine:
        st.info("The plans or the way to compare them have changed since; compare them again.")
    elif widgets.outcome(run):
        _answer(run, asked)


def _form() -> Asked | None:
    """Show what can be compared; None where fewer than two plans are chosen."""
    _from_link()
    own = view().hub
    offered = own or shipped()
    models = offered.options("staffing")
    left, right = st.columns([1, 2], gap="large")
    default = View.default() if own is None else View.of_hub(own)
    with left:
        scenario = widgets.choose_named("Scenario", offered.options("scenario"), default.scenario)
        st.caption(offered.purposes.get(scenario, ""))
    with right:
        chosen = st.multiselect(
            "Staffing models",
            models,
            default=[] if kept_plans() else [default.staffing, next(m for m in models if m != default.staffing)],
            format_func=lambda name: sentence(words(name)),
            key="compare-models",
            max_selections=LIMITS.plans,
        )
        staffing = chosen[0] if chosen else default.staffing
        policies = st.multiselect(
            f"Policies, each with {words(staffing)}",
            [option for option in offered.options("policies") if option != "none"],
            format_func=lambda name: sentence(words(name)),
            key="compare-policies",
            max_selections=LIMITS.plans,
        )
        kept = _kept()
    plans = [NamedView(sentence(words(model)), View(scenario, model, hub=own)) for model in chosen]
    plans += [
        NamedView(
            f"{sentence(words(staffing))} with {words(policy)}", View(scenario, staffing, {"policies": policy}, hub=own)
        )
        for policy in policies
    ]
    plans += kept
    if len(plans) < 2:  # noqa: PLR2004 (a comparison is of two)
        st.info("Choose at least two plans. Under Explore you can keep what you have set up as a plan of your own.")
        return None
    return _how(_named(plans))


def _named(plans: list[NamedView]) -> list[NamedView]:
    """Let each plan be given the name that it has in every table, figure and file."""
    with st.expander("Name the plans, and say what is asked"):
        columns = st.columns(2, gap="medium")
        found = []
        for number, plan in enumerate(plans, start=1):
            with columns[(number - 1) % 2]:
                name = st.text_input(
                    f"Name of plan {number}", plan.name, max_chars=LONGEST, key=f"compare-name-{number}-{plan.name}"
                )
            found.append(NamedView(name.strip() or plan.name, plan.view))
        linked = st.query_params.get(QUESTION, "")[:LONGEST_QUESTION]
        st.text_input(
            "Question of your board, the title of the report (optional)", linked, max_chars=LONGEST_QUESTION,
            key="compare-question",
        )  # fmt: skip
    return found


def _from_link() -> None:
    """Take the plans of a link, once."""
    if LINKED in st.session_state:
        return
    st.session_state[LINKED] = []
    for parameter in st.query_params.get_all(PLAN)[: LIMITS.plans]:
        try:
            st.session_state[LINKED].append(plan_from(parameter))
        except ConfigProblem as problem:
            widgets.show_problem(f"A plan of the link could not be opened. {problem}")
    kept_plans().extend(st.session_state[LINKED])


def _kept() -> list[NamedView]:
    if not kept_plans():
        st.caption("Under Explore you can keep what you have set up as a plan of your own; it is then listed here.")
        return []
    names = [f"{number}. {plan.name}" for number, plan in enumerate(kept_plans(), start=1)]
    chosen = st.multiselect("Plans of your own", names, default=names, max_selections=LIMITS.plans)
    return [plan for name, plan in zip(names, kept_plans(), strict=True) if name in chosen]


def _how(plans: list[NamedView]) -> Asked:
    """Show how plans can be compared, beginning with what the link says where it says what can be."""
    link = st.query_params
    columns = st.columns(4, gap="medium", vertical_alignment="bottom")
    first = int(_among(range(len(plans)).__contains__, link.get(BASELINE, ""), 0))
    with columns[0]:
        baseline = st.selectbox("Baseline", range(len(plans)), first, lambda number: plans[number].name)
    with columns[1]:
        linked = link.get(STAGE, "")
        chosen = linked if linked in COMPARED else COMPARED[0]
        stage = widgets.choose_named("Wait weighed against cost", COMPARED, chosen)
    with columns[2]:
        delta = _among(lambda points: LEAST_POINTS <= points <= MOST_POINTS, link.get(DELTA, ""), 5.0)
        label = "Smallest difference that matters (percentage points)"
        points = st.number_input(label, LEAST_POINTS, MOST_POINTS, delta, 0.5, format="%g")
    with columns[3]:
        often = int(_among(CHOICES.__contains__, link.get(RUNS, ""), CHOICES[2]))
        replications = st.selectbox("Replications of each plan", CHOICES, CHOICES.index(often))
    return Asked(plans, baseline, stage, points, replications, str(st.session_state["compare-question"]).strip())


def _among(can_be: Callable[[float], bool], text: str, otherwise: float) -> float:
    """Return the number that a link gives, if it is one of those that can be."""
    try:
        number = float(text)
    except ValueError:
        return otherwise
    return number if can_be(number) else otherwise


def _start(asked: Asked) -> None:
    house().start(visit(), RUN, lambda folder: _request(asked, folder))
    st.query_params.from_dict(asked.link())


def _request(asked: Asked, folder: Path) -> dict[str, Any]:
    store = house().store_of(visit(), [plan.view for plan in asked.plans])
    names = keep_design(asked.plans, folder, asked.replications)
    given = ["--baseline", names[asked.baseline], "--stage", asked.stage, "--delta", f"{asked.points:g}"]
    given += ["--question", asked.question] if asked.question else []
    return {
        "kind": "compare",
        "replications": asked.replications,
        "store": os.path.relpath(store, folder),
        "options": given,
        "config_dir": options_as_seen_from(folder, [plan.view for plan in asked.plans]),
        "names": names,
        "link": asked.link(),
    }


def _answer(run: BackgroundRun, asked: Asked) -> None:
    names = run.request["names"]
    called = dict(zip(names, unlike([plan.name for plan in asked.plans]), strict=True))
    config = asked.plans[asked.baseline].view.config(asked.replications)
    found = Comparison.read(run.folder / COMPARISON, run.folder / RESULTS, called, config, asked.stage)
    quick = asked.replications <= QUICK
    ending = " Good for exploring, not for decisions." if quick else ""
    kind = "Quick look" if quick else "Decision-grade"
    widgets.stamp(f"{kind}: {asked.replications} replications of each plan, in pairs.{ending}", not quick)
    with st.container(border=True, key="answer"):
        st.markdown("\n\n".join(found.sentences()))
    for heading, lines in found.behind_the_answer().items():
        with st.expander(heading):
            st.markdown("\n".join(f"- {line}" for line in lines))
    _charts(found)
    with st.expander("The comparison as hub compare prints it"):
        widgets.show_printed((run.folder / "printed.txt").read_text(encoding="utf-8"), "The comparison as text")
    st.header("Take it away")
    files = widgets.files_of(run.folder / COMPARISON, FILES)
    design = widgets.files_of(run.folder, [("Plans (CSV)", DESIGN, "text/csv")])
    widgets.downloads([*files, *design, widgets.archive(run.folder, "comparison.zip")])
    with st.expander("What the plans are called in the files"):
        names_of = [{"here": name, "in the files": cell} for cell, name in called.items()]
        widgets.show_table(names_of, "Names of the plans")
    shown = (own_hub_of(plan.view for plan in asked.plans) or shipped()).shown
    asked_for = f"run.design=plans.csv run.replications={asked.replications} hydra.sweep.dir=outputs/{RESULTS}"
    widgets.show_command(
        f"{typed(['hub', 'sweep', *shown])} {asked_for}\n"
        f"hub compare outputs/{RESULTS} {typed(run.request['options'])} --out outputs/comparison"
    )


def _charts(found: Comparison) -> None:
    if len(found.options) > 1:
        st.header("Cost against waits")
        good = "Down and to the left is better."
        widgets.show_chart("The plans, and the frontier", charts.frontier(found), "frontier", good)
    st.header("Difference by difference")
    seen, cost = charts.differences(found, 0), charts.differences(found, 1)
    widgets.charts_beside("primary", [("Seen in time", seen, "difference-wait"), ("Cost", cost, "difference-cost")])
    widgets.show_table(found.rows(), "Differences from the baseline")
    st.caption(
        "Difference: plan less baseline, with its 95% interval over pairs of replications. Figures marked * hold for "
        "all plans and both * figures at once."
    )
    st.header("The lists, week by week")
    lists = [(f"Waiting for {one.words}", charts.lists(found, one.name), f"list-{one.name}") for one in DRAWN]
    widgets.charts_beside("lists", lists)
    st.header("Who waits longer")
    watched = {sentence(one.words): one for one in concerns(found.config, found.stage)}
    concern = st.selectbox("What to look at, group by group", list(watched), index=1)
    widgets.show_chart(concern, charts.equity(found, watched[concern]), "equity")
    st.caption("Lines: 95% interval. Open marks and *: fewer than 30 people per replication, read with care.")
    st.caption(told_of_gaps(found.equity))
    st.header("What the plans cost")
    widgets.show_chart("Cost a year by kind", charts.cost(found), "cost")
