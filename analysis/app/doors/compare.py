"""The second door: two to six plans side by side, pair by pair, as `hub -m` and `hub-compare` do it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from analysis.app.compared import Compared
from analysis.app.doors.shown import archive, outcome, show_problem, show_table, watch
from analysis.app.here import BASELINE, DELTA, PLAN, RUNS, STAGE, house, kept_plans, visit
from analysis.app.job import COMPARISON, RESULTS
from analysis.app.limits import LIMITS
from analysis.app.plans import Plan, design_of, keep_design, plan_from
from analysis.app.runs import Background
from analysis.app.view import DECISION, QUICK, View, options, purpose
from analysis.comparison.headlines import STAGES
from analysis.style import sentence, words
from sim.errors import ConfigProblem, HubError

RUN, LINKED = "compare", "compare-linked"
CHOICES = (QUICK, 50, 100, DECISION)
PICTURES = {
    "overview": ("Cost against waits", "Each plan's yearly cost against the share seen in time, with intervals."),
    "forest": ("Differences from the baseline", "Paired differences of each plan from the baseline, with intervals."),
    "lists": ("The lists, week by week", "People waiting by week under each plan, median and range of futures."),
    "equity": ("Who waits longer", "Share seen in time by group under each plan."),
    "cost": ("What the plans cost", "Yearly cost of each plan by kind."),
}


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
        f"Choose two to {LIMITS.plans}."
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
        st.info("Nothing has been compared yet.")
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
            default=[] if kept_plans() else models[:2],
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
    given = link.get(BASELINE, "0")
    first = int(given) if given.isdigit() and int(given) < len(plans) else 0
    baseline = columns[0].selectbox(
        "Baseline", range(len(plans)), index=first, format_func=lambda number: plans[number].name
    )
    stage = columns[1].selectbox(
        "Wait weighed against cost",
        STAGES,
        index=STAGES.index(link[STAGE]) if link.get(STAGE) in STAGES else 0,
        format_func=lambda name: sentence(words(name)),
    )
    try:
        delta = min(max(float(link.get(DELTA, "5")), 0.5), 50.0)
    except ValueError:
        delta = 5.0
    points = columns[2].number_input(
        "Smallest difference that matters (percentage points)", 0.5, 50.0, delta, 0.5, format="%g"
    )
    asked = link.get(RUNS, "")
    index = CHOICES.index(int(asked)) if asked.isdigit() and int(asked) in CHOICES else 2
    replications = columns[3].selectbox("Replications of each plan", CHOICES, index=index)
    return Asked(plans, baseline, stage, points, replications)


def _start(asked: Asked) -> None:
    house().start(visit(), RUN, lambda folder: _request(asked, folder))
    st.query_params.from_dict(asked.link())


def _request(asked: Asked, folder: Path) -> dict[str, Any]:
    own = any(plan.view.referrals is not None for plan in asked.plans)
    store = visit().folder / "store" if own else house().store
    names = keep_design(asked.plans, folder, asked.replications, store)
    options_given = ["--baseline", names[asked.baseline], "--stage", asked.stage, "--delta", f"{asked.points:g}"]
    return {
        "kind": "compare",
        "replications": asked.replications,
        "store": str(store),
        "options": options_given,
        "names": names,
        "link": asked.link(),
    }


def _answer(run: Background, asked: Asked) -> None:
    folder = run.folder / COMPARISON
    called = dict(zip(run.request["names"], [plan.name for plan in asked.plans], strict=True))
    found = Compared.read(folder, called)
    grade = "Quick look" if asked.replications <= QUICK else "Decision-grade"
    ending = " Good for exploring, not for decisions." if asked.replications <= QUICK else ""
    st.markdown(f"**{grade}: {asked.replications} replications of each plan, in pairs.{ending}**")
    with st.container(border=True, key="answer"):
        st.markdown("\n\n".join(found.sentences()))
    st.header("Difference by difference")
    show_table(found.rows(), "Differences from the baseline")
    st.caption(
        "Difference: plan less baseline, with its 95% interval over pairs of replications. Figures marked * hold for "
        "all plans and both * figures at once."
    )
    for name, (title, told) in PICTURES.items():
        st.header(title)
        st.image((folder / f"{name}.png").read_bytes(), width="stretch", caption=told)
    with st.expander("The comparison as hub-compare prints it"):
        st.code((run.folder / "printed.txt").read_text(encoding="utf-8"), language=None)
    _take_away(run, asked, folder)


def _take_away(run: Background, asked: Asked, folder: Path) -> None:
    st.header("Take it away")
    columns = st.columns(5)
    files = [("Report (HTML)", "report.html", "text/html"), ("Report (PDF)", "report.pdf", "application/pdf")]
    files.append(("Differences (CSV)", "headlines.csv", "text/csv"))
    for column, (label, name, kind) in zip(columns, files, strict=False):
        if (folder / name).is_file():
            content = (folder / name).read_bytes()
            column.download_button(label, content, name, kind, width="stretch", on_click="ignore")
    columns[3].download_button(
        "Plans (CSV)", design_of(asked.plans), "plans.csv", "text/csv", width="stretch", on_click="ignore"
    )
    columns[4].download_button(
        "Everything (ZIP)", archive(run.folder), "comparison.zip", "application/zip", width="stretch",
        on_click="ignore",
    )  # fmt: skip
    st.markdown("The same from the command line, with the plans' CSV:")
    given = " ".join(f"'{text}'" if " " in text or "," in text else text for text in run.request["options"])
    st.code(
        f"hub -m run.design=plans.csv run.replications={asked.replications} hydra.sweep.dir=outputs/{RESULTS}\n"
        f"hub-compare outputs/{RESULTS} {given} --out outputs/comparison",
        language=None,
        wrap_lines=True,
    )
