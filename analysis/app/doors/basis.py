"""What is this based on: every number with its source and grade, how the model was checked, and its limits."""

from __future__ import annotations

from collections import Counter

import streamlit as st

from analysis.app.doors.shown import show_table
from analysis.app.downloads import register_of, validation_report
from analysis.app.here import view
from sim.evidence.register import CHANGED, GRADES, Row, grades_in_use, read_register

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


def basis() -> None:
    """Show the door."""
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
    report = validation_report()
    if report:
        st.markdown(report)
    else:
        st.markdown(
            "Every replication is audited: nobody is lost, nobody is in two places, no minute of staff time is used "
            "twice, and the pay ledger adds up; a breach ends the run. Theory, limits, a second simulation engine and "
            "published figures are checked by `make validate`, which writes its table to docs/validation.md; this "
            "copy has no such table yet."
        )


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
    st.download_button("The whole register (CSV)", register_of(), "evidence.csv", "text/csv", on_click="ignore")


def _shown(row: Row) -> dict[str, str]:
    return {
        "number": row.path,
        "grade": row.grade,
        "value": f"{row.value} {row.unit}",
        "plausible": f"{row.low} to {row.high}" if row.low else "-",
        "source and note": f"{row.source}. {row.note}".strip(". "),
    }
