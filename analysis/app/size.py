"""Size a surge: the cheapest staffing plan found that keeps a target, as `hub size` finds it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import streamlit as st

from analysis.app import sidebar, widgets
from analysis.app.background import CARD, BackgroundRun
from analysis.app.levers import CRISIS_TEAMS
from analysis.app.plans import keep_referrals, options_as_seen_from
from analysis.app.view import LIMITS, Limits, View, refuse_beyond, refuse_unfit
from analysis.app.visits import HIRE, TARGET, house, keep, view, visit
from analysis.sizing.question import Question, read_question
from analysis.tell.wording import plain, sentence, words
from sim.errors import ConfigProblem
from sim.launch.pieces import typed
from sim.stages import FROM_REFERRAL

RUN = "size"
SURGE = "major_incident"
HARD = {
    "quick": ("A first idea (minutes)", ("sizing.search.most_replications=1600", "sizing.certify.replications=100")),
    "full": ("For a decision (up to half an hour)", ()),
}
"""How hard to look, in words and as overrides: a first idea, or as hub size does by itself."""
READ_AS = {"stage": str, "days": int, "share": float, "assurance": float, "hard": str}
"""What a link says of a target, as target.KEY; the rest is hire.ROLE.KIND."""
MOST_HIRED = 30.0
MOST_DAYS, LEAST = 365, 0.01
"""Bounds of the form: days to wait, and a share of people or futures."""
ROOM = 190
"""Width of a field, pixels: four stand in a row on a desk, two on a tablet."""
FILES = (
    ("Card (HTML)", "card.html", "text/html"),
    ("Card (PDF)", "card.pdf", "application/pdf"),
    ("Every number (JSON)", "sizing.json", "application/json"),
    ("Plans of other kinds (CSV)", "plans.csv", "text/csv"),
    ("What becomes of every list (CSV)", "lists.csv", "text/csv"),
    ("Plan as a staffing model (YAML)", "staffing/sized.yaml", "text/yaml"),
)


@dataclass(frozen=True)
class SizingForm:
    """What must hold, who can be hired, and how hard to look for the cheapest plan."""

    stage: str
    days: int
    share: float
    assurance: float
    hire: Mapping[str, float]
    """Most WTE by `ROLE.KIND`."""
    hard: str = "quick"

    @classmethod
    def default(cls) -> SizingForm:
        """Return what hub size asks by itself."""
        question = read_question()
        target = question.target
        hire = {f"{role}.{kind}": most for role, one in question.hire.items() for kind, most in one.most_wte.items()}
        return cls(target.stage, target.days, target.share, target.assurance, hire)

    @classmethod
    def from_link(cls, parameters: Mapping[str, str]) -> SizingForm:
        """Return the target that a link names; ConfigProblem where it names what is not there, or no numbers."""
        refuse_unfit(parameters)
        default = cls.default()
        hire, asked = dict(default.hire), dict[str, Any]()
        for name, text in parameters.items():
            where, _, key = name.partition(".")
            try:
                if where == "hire" and key in hire:
                    hire[key] = float(text)
                elif where == "target" and key in READ_AS:
                    asked[key] = READ_AS[key](text)
            except ValueError:
                raise ConfigProblem([f"{name}: got {text[:40]!r}; must be a number"]) from None
        found = replace(default, hire=hire, **asked)
        found.question()
        return found

    def link(self) -> dict[str, str]:
        """Return the target as parameters of a link."""
        asked = {f"target.{key}": getattr(self, key) for key in READ_AS}
        asked |= {f"hire.{item}": most for item, most in self._hired().items()}
        return {key: f"{value:g}" if isinstance(value, float) else str(value) for key, value in asked.items()}

    def overrides(self) -> list[str]:
        """Return what hub size would be given for it."""
        hired = [(*item.partition(".")[::2], most) for item, most in self._hired().items()]
        return [
            f"target.stage={self.stage}",
            f"target.days={self.days}",
            f"target.share={self.share!r}",
            f"target.assurance={self.assurance!r}",
            *(f"sizing.hire.{role}.most_wte.{kind}={most!r}" for role, kind, most in hired),
            *HARD[self.hard][1],
        ]

    def question(self) -> Question:
        """Return the question; ConfigProblem where a value is out of bounds."""
        for key, known in (("hard", tuple(HARD)), ("stage", FROM_REFERRAL)):
            if (got := getattr(self, key)) not in known:
                raise ConfigProblem([f"target.{key}: got {got[:40]!r}; choose from {', '.join(known)}"])
        bounds = [
            ("target.days", self.days, 1, MOST_DAYS),
            ("target.share", self.share, LEAST, 1 - LEAST),
            ("target.assurance", self.assurance, LEAST, 1 - LEAST),
            *((f"hire.{item}", most, 0, MOST_HIRED) for item, most in self.hire.items()),
        ]
        for key, value, low, high in bounds:
            if not low <= value <= high:
                raise ConfigProblem([f"{key}: got {value:,}; must be {low:g} to {high:g}"])
        return read_question(self.overrides())

    def _hired(self) -> dict[str, float]:
        """Return the most WTE of those of whom more or fewer can be hired than hub size takes by itself."""
        default = SizingForm.default().hire
        return {item: most for item, most in self.hire.items() if most != default[item]}


def sizing_arguments(now: View, target: SizingForm, store: str, limits: Limits = LIMITS) -> list[str]:
    """Return the arguments of hub size for a view and a target, or refuse either (ConfigProblem).

    The store is named as seen from where hub size will run; own referrals lie there, too.
    """
    target.question()
    refuse_beyond(now.config(1), limits)
    return [*now.overrides_with_referrals, *target.overrides(), f"run.store={store}"]


def size() -> None:
    """Show this part of the page."""
    if "view" not in st.session_state and "scenario" not in st.query_params:
        keep(replace(view(), scenario=SURGE))  # those who come here first begin with an incident
    now = sidebar.begin(
        "Size a surge",
        "Which extra staff do you need, and when must you ask for them, so that people are still seen in time? The "
        "search starts from the staff that the Hub has and adds posts.",
        levers="The surge and the Hub",
        first=CRISIS_TEAMS,
    )
    if not now.preset.incident:
        st.info("This scenario has no incident: the plan will be for its everyday demand.")
    target, pressed = _form()
    if target is None:
        return
    asked = {"view": now.link(), "target": target.link()}
    run = visit().runs.get(RUN)
    wanted = st.query_params.to_dict() == now.link() | target.link()
    if pressed or (run is None and wanted):
        widgets.start_run(lambda: _start(now, target, asked))
        return
    if run is None:
        st.info(
            "Nothing has been sized yet. The card names the posts, when to ask for them, what they cost, what breaks "
            "the plan and what it costs to start later. While the search runs, you can follow its progress here."
        )
    elif not run.over:
        widgets.watch(run, "Sizing", RUN, account=True)
    elif run.request["asked"] != asked:
        st.info("The question has changed since; find the plan again.")
    elif widgets.outcome(run):
        _answer(run)


def _form() -> tuple[SizingForm | None, bool]:
    """Show the question as a form; return it, if it can be asked, and whether it was asked just now."""
    try:
        linked = {key: text for key, text in st.query_params.items() if key.startswith((TARGET, HIRE))}
        first = SizingForm.from_link(linked)
    except ConfigProblem as problem:
        widgets.show_problem(f"The target of the link could not be opened. {problem}")
        first = SizingForm.default()
    with st.form("target", border=True):
        st.subheader("The target")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            stage = widgets.choose_named("Wait", FROM_REFERRAL, first.stage, width=ROOM + 50)
            days = st.number_input("Lasts at most (days)", 1, MOST_DAYS, first.days, width=ROOM)
            share = st.number_input("For at least (% of people)", 1, 99, round(first.share * 100), width=ROOM)
            sure = st.number_input("In at least (% of futures)", 1, 99, round(first.assurance * 100), width=ROOM)
        st.caption(f"Counted: people referred in {read_question().counted.in_words} from the first decision.")
        hire = _hire(first)
        hard = st.radio("How hard to look", HARD, list(HARD).index(first.hard), lambda key: HARD[key][0],
                        horizontal=True)  # fmt: skip
        pressed = st.form_submit_button("Find the cheapest plan", type="primary")
    target = SizingForm(stage, days, share / 100, sure / 100, hire, hard)
    try:
        target.question()
    except ConfigProblem as problem:
        widgets.show_problem(problem)
        return None, False
    return target, pressed


def _hire(first: SizingForm) -> dict[str, float]:
    hire = {}
    with st.expander("Who can be hired at most (WTE)"):
        st.caption(
            "Guesses: give the local figures. In the first weeks fewer are available than these, in proportion to "
            "the team there is; coordinators come with those they support. The card lists what was assumed."
        )
        for role in dict.fromkeys(item.partition(".")[0] for item in first.hire):
            mine = [item for item in first.hire if item.startswith(f"{role}.")]
            for column, item in zip(st.columns(len(mine), vertical_alignment="bottom"), mine, strict=True):
                label = f"{sentence(words(role))}, {words(item.partition('.')[2])} (WTE)"
                hire[item] = column.number_input(
                    label, 0.0, MOST_HIRED, first.hire[item], 0.5, format="%g", key=f"hire-{item}"
                )
    return hire


def _start(now: View, target: SizingForm, asked: dict[str, Any]) -> None:
    store = house().store_of(visit(), [now])

    def request(folder: Path) -> dict[str, Any]:
        arguments = sizing_arguments(now, target, os.path.relpath(store, folder))
        keep_referrals([now], folder)
        options = options_as_seen_from(folder, [now])
        return {
            "kind": "size",
            "arguments": arguments,
            "config_dir": options,
            "shown": now.folder.shown,
            "asked": asked,
        }

    house().start(visit(), RUN, request)
    st.query_params.from_dict(now.link() | target.link())


def _answer(run: BackgroundRun) -> None:
    folder = run.folder / CARD
    quick = run.request["asked"]["target"]["target.hard"] == "quick"
    effort = "A first idea: a short search. Not for decisions." if quick else "Decision-grade search."
    widgets.stamp(effort, decisive=not quick)
    with st.container(border=True, key="answer"):
        st.markdown(f"**{plain(json.loads((folder / 'sizing.json').read_text(encoding='utf-8'))['headline'])}**")
    st.iframe((folder / "card.html").read_text(encoding="utf-8"), height="content", alt="The sizing card", tab_index=0)
    with st.expander("The card as text, as hub size prints it"):
        widgets.show_printed((run.folder / "printed.txt").read_text(encoding="utf-8"), "The card as text")
    with st.expander("The account of the search"):
        st.code("\n".join(run.account), language=None, wrap_lines=True)
    st.header("Take it away")
    widgets.downloads([*widgets.files_of(folder, FILES), widgets.archive(folder, "sizing.zip")])
    told = [text for text in run.request["arguments"] if "run.store=" not in text]
    widgets.show_command(typed(["hub", "size", *run.request["shown"], *told]))
