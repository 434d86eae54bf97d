"""A tour of one minute: five short steps in a window that the keyboard opens, turns and closes."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

INVITED, STEP = "tour-invited", "tour-step"


class Step(NamedTuple):
    """A page of the tour."""

    title: str
    text: str


STEPS = (
    Step(
        "What you see first",
        "The blue box is the answer for the Hub and the scenario on the left: how often people are seen in time, how "
        "long the list for therapy gets, and what the Hub costs a year. The four cards below it are the figures.",
    ),
    Step(
        "Change something",
        "On the left, choose a scenario and a staffing model, then move what you would decide: planners begin with who "
        "comes, commissioners with who works, crisis teams with the incident. The line under the title says what "
        "differs from the preset, and **Undo all changes** takes it back.",
    ),
    Step(
        "How sure is it?",
        "A yellow label is a quick look of 20 simulated futures, good for exploring. Before you decide, choose "
        "**Run it in the background**: it takes 100 to 500, and the label turns green. Letters A to D say how well a "
        "number is known; D is an assumption.",
    ),
    Step(
        "Compare plans, or size a surge",
        "**Keep this as a plan** puts what you have set up under **Compare staffing**, where plans meet the same "
        "people with the same luck. **Size a surge** finds the cheapest extra staff that meet a target.",
    ),
    Step(
        "Your own Hub",
        "**Your own figures** gives you a workbook to fill in and takes it back. Nothing leaves this machine, and "
        "it is removed when you leave. To print what you see, press Ctrl and P.",
    ),
)


def invite() -> None:
    """Offer the tour until it has been taken or declined in this visit."""
    if st.session_state.get(INVITED):
        return
    with st.container(horizontal=True, vertical_alignment="center", key="tour"):
        st.markdown("New here? A tour takes one minute.", width="content")
        if st.button("Take the tour"):
            st.session_state[STEP] = 0
            _window()
        if st.button("No, thank you"):
            _over()
            st.rerun()


def _over() -> None:
    st.session_state[INVITED] = True


@st.dialog("A tour of one minute", width="medium", on_dismiss=_over)
def _window() -> None:
    number = st.session_state.setdefault(STEP, 0)
    step = STEPS[number]
    st.subheader(f"{number + 1} of {len(STEPS)}: {step.title}")
    st.markdown(step.text)
    with st.container(horizontal=True):
        if st.button("Back", disabled=number == 0):
            _turn(number - 1)
        if number + 1 < len(STEPS):
            if st.button("Next", type="primary"):
                _turn(number + 1)
        elif st.button("Start", type="primary"):
            _over()
            st.rerun()


def _turn(number: int) -> None:
    st.session_state[STEP] = number
    st.rerun(scope="fragment")
