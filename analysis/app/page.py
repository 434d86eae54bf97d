"""The page as Streamlit runs it: its parts in a row, one style, what it is based on and what must always be said."""

from __future__ import annotations

import logging
from collections import Counter
from pathlib import Path

import streamlit as st

from analysis.app.compare import compare
from analysis.app.explore import explore
from analysis.app.flow import flow
from analysis.app.own_figures import own_figures
from analysis.app.size import size
from analysis.app.visits import view
from analysis.app.widgets import show_table
from sim import __version__
from sim.disk import conf_dir
from sim.evidence import CHANGED, GRADES, REGISTER, EvidenceRow, grades_in_use, read_register

MANY = 60
LIMITS_OF_THE_MODEL = """
- **No claim about cost-effectiveness.** The study says none is possible, and this simulator makes none.
- The study publishes who comes, how severe their need is and what they said half a year later. It publishes **no waits
  in days, no staffing and no cost of a Hub**: those are assumptions (grade D), and they dominate waits and cost.
- **Differences between plans are firmer than levels**: both plans meet the same people and the same luck.
- Intervals show how much the simulation's own averages would move if it were run again. They say nothing about how
  sure the assumptions are.
- It does not follow symptoms, does not predict individuals, and does not replace local data.
"""
NO_REPORT = (
    "Every replication is audited: nobody is lost, nobody is in two places, no minute of staff time is used twice, and "
    "the pay ledger adds up; a breach ends the run. Theory, limits, a second simulation engine and published figures "
    "are checked by `make validate`, which writes its table to docs/validation.md; this copy has no such table yet."
)


def basis() -> None:
    """Show this part of the page."""
    st.title("What is this based on")
    st.markdown(
        "The simulator follows every referral through a Hub, clinician by clinician. It rests on the NIHR evaluation "
        "of four Resilience Hubs: Varese F. et al. *Health and Social Care Delivery Research* 2024;12(29), "
        "doi:10.3310/HGQR5133. Every number it uses has a source and a grade."
    )
    st.header("Limits")
    st.markdown(LIMITS_OF_THE_MODEL)
    _grades()
    _register()
    st.header("How it was checked")
    report = conf_dir().parent / "docs" / "validation.md"
    lines = report.read_text(encoding="utf-8").splitlines() if report.is_file() else [NO_REPORT]
    st.markdown("\n".join(line for line in lines if not line.startswith("# ")))


def _grades() -> None:
    st.header("How strong the evidence is")
    used = grades_in_use(view().config(1))
    whole: Counter[str] = Counter(row.grade for row in read_register())
    rows = [
        {
            "grade": grade,
            "what it means": meaning,
            "numbers in the register": str(whole[grade]),
            "in what you look at": str(used[grade]),
        }
        for grade, meaning in GRADES.items()
    ]
    if used[CHANGED]:
        own = {"grade": "yours", "what it means": "set by the scenario or by you", "numbers in the register": "-"}
        rows.append(own | {"in what you look at": str(used[CHANGED])})
    show_table(rows, "Grades of the evidence")


def _register() -> None:
    st.header("The register")
    columns = st.columns([1, 2])
    grade = columns[0].selectbox("Grade", ["all", *GRADES])
    text = columns[1].text_input("Search for", placeholder="wte, sessions, take_up, ...", max_chars=60).strip().lower()
    found = [row for row in read_register() if grade in ("all", row.grade) and text in " ".join(row[1:]).lower()]
    st.markdown(f"{len(found)} numbers." + (f" The first {MANY}:" if len(found) > MANY else ""))
    show_table([_shown(row) for row in found[:MANY]], "The evidence register")
    whole = (conf_dir() / REGISTER).read_bytes()
    st.download_button("The whole register (CSV)", whole, "evidence.csv", "text/csv", on_click="ignore")


def _shown(row: EvidenceRow) -> dict[str, str]:
    return {
        "number": row.path,
        "grade": row.grade,
        "value": f"{row.value} {row.unit}",
        "plausible": f"{row.low} to {row.high}" if row.low else "-",
        "source and note": f"{row.source}. {row.note}".strip(". "),
    }


HERE = Path(__file__).parent
FOOTER = (
    "Intervals show how much the simulation's own averages would move if it were run again, not how sure we are about "
    "the real Hub. Waits and cost rest on assumptions of grade D, the weakest evidence. **No claim about "
    f"cost-effectiveness can be made from these figures.** Version {__version__}."
)


def main() -> None:
    """Show the part that was chosen."""
    st.set_page_config(page_title="Resilience Hub simulator", layout="wide", initial_sidebar_state="auto")
    st.html(f"<style>{(HERE / 'page.css').read_text(encoding='utf-8')}</style>")
    st.logo((HERE / "logo.svg").read_text(encoding="utf-8"), size="large")
    parts = [
        st.Page(explore, title="Explore a scenario", url_path="explore", default=True),
        st.Page(compare, title="Compare staffing", url_path="compare"),
        st.Page(size, title="Size a surge", url_path="size"),
        st.Page(flow, title="People flow", url_path="flow"),
        st.Page(own_figures, title="Your own figures", url_path="own-figures"),
        st.Page(basis, title="What is this based on", url_path="basis"),
    ]
    chosen = st.navigation(parts, position="top")
    try:
        chosen.run()
    except Exception:  # told in a sentence here; what happened is in the log of hub app
        logging.getLogger(__name__).exception("A page failed")
        st.error("Something went wrong on this page. Reload it, or choose another page.")
    st.divider()
    st.caption(FOOTER)


main()
