"""Where a script run of the page stands: the house, the visit and the view of this visitor."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime import get_instance
from streamlit.runtime.scriptrunner import get_script_run_ctx

from analysis.app.plans import Plan
from analysis.app.target import PREFIXES
from analysis.app.view import View, from_link
from analysis.app.visits import House, Visit
from sim.errors import ConfigProblem

RUNS, PLAN, BASELINE, DELTA, STAGE = "runs", "plan", "baseline", "delta", "stage"
NO_LEVERS = (RUNS, PLAN, BASELINE, DELTA, STAGE)
"""Parameters of a link that are no levers: replications of a run, plans side by side and how they are compared."""


@st.cache_resource(show_spinner=False, on_release=House.close)
def house() -> House:
    """Return what all visitors share."""
    runtime = get_instance()
    return House(connected=runtime.is_active_session)


def visit() -> Visit:
    """Return this visitor's own; it is closed some minutes after the browser has gone."""
    context = get_script_run_ctx()
    if context is None:
        raise RuntimeError("a visit is of a page that is being served")
    return house().visit(context.session_id)


def view() -> View:
    """Return what this visitor looks at: of the session, or of the link at its beginning."""
    if "view" not in st.session_state:
        try:
            st.session_state.view = from_link(_levers_of_link())
        except ConfigProblem as problem:
            st.session_state.view = View.default()
            st.session_state.link_problem = str(problem)
    found: View = st.session_state.view
    return found


def _levers_of_link() -> dict[str, str]:
    given = st.query_params.to_dict()
    return {name: text for name, text in given.items() if name not in NO_LEVERS and not name.startswith(PREFIXES)}


def epoch() -> int:
    """Return a number that widgets carry in their keys, so that they begin anew when it changes."""
    return int(st.session_state.get("epoch", 0))


def set_view(changed: View) -> None:
    """Let this visitor look at something else; widgets begin anew."""
    st.session_state.view = changed
    st.session_state.epoch = epoch() + 1


def keep(changed: View) -> None:
    """Remember what the widgets say."""
    st.session_state.view = changed


def kept_plans() -> list[Plan]:
    """Return the plans that this visitor has kept for comparing; the list may be changed."""
    if "kept-plans" not in st.session_state:
        st.session_state["kept-plans"] = []
    found: list[Plan] = st.session_state["kept-plans"]
    return found
