"""The page itself, as Streamlit runs it: the doors in a row, one style, and what must always be said."""

from __future__ import annotations

import streamlit as st

from analysis.app.doors.basis import basis
from analysis.app.doors.compare import compare
from analysis.app.doors.explore import explore
from analysis.app.doors.flow import flow
from analysis.app.doors.own_figures import own_figures
from analysis.app.doors.size import size
from sim import __version__

STYLE = """
<style>
.hub-table {overflow-x: auto; overflow-wrap: anywhere;}
.hub-table th {overflow-wrap: normal;}
.hub-table table {border-collapse: collapse; width: 100%; font-size: 0.95rem;}
.hub-table th, .hub-table td {text-align: left; padding: 0.35rem 0.75rem; border-bottom: 1px solid #767676;
  font-variant-numeric: tabular-nums; vertical-align: top;}
.hub-table thead th {border-bottom: 2px solid #222222;}
.hub-table tbody th {font-weight: 400;}
.st-key-answer {background: #EAF3FA; border-left: 6px solid #0072B2; font-size: 1.1rem;}
:focus-visible {outline: 3px solid #D55E00 !important; outline-offset: 2px;}
h1 {font-size: 2.1rem !important;}
h2 {font-size: 1.6rem !important; margin-top: 0.8rem;}
h3 {font-size: 1.2rem !important;}
.block-container {padding-top: 4.5rem; max-width: 1500px;}
</style>
"""
FOOTER = (
    "Intervals are over replications: how well the simulation knows its own averages, not how sure we are about the "
    "real Hub. Waits and cost rest on assumptions of grade D, the weakest evidence. **No claim about "
    f"cost-effectiveness can be made from these figures.** Version {__version__}."
)


def main() -> None:
    """Show the door that was chosen."""
    st.set_page_config(page_title="Resilience Hub simulator", layout="wide", initial_sidebar_state="expanded")
    st.html(STYLE)
    doors = [
        st.Page(explore, title="Explore a scenario", url_path="explore", default=True),
        st.Page(compare, title="Compare staffing", url_path="compare"),
        st.Page(size, title="Size a surge", url_path="size"),
        st.Page(flow, title="People flow", url_path="flow"),
        st.Page(own_figures, title="Your own figures", url_path="own-figures"),
        st.Page(basis, title="What is this based on", url_path="basis"),
    ]
    st.navigation(doors, position="top").run()
    st.divider()
    st.caption(FOOTER)


main()
