"""The page for a board as a Word document, to be put into one's own board paper: the same words and figures."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import _Cell

FONT, SMALL = "Arial", 8
MARGIN_MM, WIDTH_MM, HEIGHT_MM, NAME_MM = 15, 210, 297, 48
SHADED = "E8F1F8"
ALT = "Share seen in time for each wait under each plan, with the standard as a line, by staff group, and lists by date"


Lines = Sequence[tuple[str, bool]]
"""Of a cell: each with whether it is bold."""


def can_be_written() -> bool:
    """Return whether python-docx is installed: it comes with the extra `word`."""
    return find_spec("docx") is not None


def word_page(page: Mapping[str, Any], picture: bytes) -> bytes:
    """Return the page for a board as `.docx`, from what `board_page` says and a figure as PNG that has its own key."""
    from docx import Document
    from docx.shared import Mm, Pt

    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(WIDTH_MM), Mm(HEIGHT_MM)
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Mm(MARGIN_MM))
    document.core_properties.title = page["question"]
    document.core_properties.author = "Resilience Hub simulator"
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(10)
    normal.paragraph_format.space_after = Pt(3)
    document.add_heading(page["question"], 1)
    where = f", in the scenario {page['home']} unless another is named" if page["home"] else ""
    about = f"Resilience Hub simulation of {page['period']}{where}: {page['pairs']} simulated futures of each plan."
    document.add_paragraph().add_run(about).font.size = Pt(SMALL)
    answer = document.add_paragraph()
    answer.add_run(page["answer"][0]).bold = True
    answer.add_run(" " + " ".join(page["answer"][1:]))
    _shade(answer._p.get_or_add_pPr())
    document.add_paragraph().add_run(page["caveat"]).font.size = Pt(SMALL)
    _plans(document, page)
    if page["by_scenario"]:
        document.add_paragraph().paragraph_format.space_after = Pt(0)
        _scenarios(document, page["by_scenario"])
    document.add_paragraph().add_run(" ".join(page["notes"])).font.size = Pt(SMALL)
    shown = document.add_picture(io.BytesIO(picture), width=Mm(WIDTH_MM - 2 * MARGIN_MM))
    shown._inline.docPr.set("descr", ALT)
    document.add_paragraph().add_run(page["of_figure"]).font.size = Pt(SMALL)
    for heading, lines in (
        ("Who gains and who loses", page["who"]),
        ("What would change the answer", page["would_change"]),
        ("What it rests on", [page["rests_on"], *page["limits"]]),
    ):
        document.add_heading(heading, 2)
        for line in lines:
            document.add_paragraph(line, style="List Bullet")
    foot = document.add_paragraph()
    foot.add_run(page["no_cost_effectiveness"]).bold = True
    foot.add_run(f" Costs at {page['prices']}. Made {page['written_on']} from run {page['sweep']}.")
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def _plans(document: Document, page: Mapping[str, Any]) -> None:
    """Add the table of plans."""
    heads = ["Plan", "Cost a year, £ thousand", *page["waits"], page["met_heading"], *filter(None, [page["last"]])]
    rows = []
    for option in page["options"]:
        baseline = [("(baseline)", False)] if option["is_baseline"] else []
        words = [(option["words"], False)] if option["words"] else []
        cells: list[Lines] = [[(option["name"], True), *baseline, *words]]
        cells += [_lines(found) for found in (option["cost"], *option["waits"])]
        cells += [[(option[name], False)] for name in ("met", "last")][: len(heads) - len(cells)]
        rows.append(cells)
    _table(document, heads, rows)


def _scenarios(document: Document, scenarios: Mapping[str, Any]) -> None:
    """Add the table of plans and scenarios."""
    heads = [f"In each scenario, {scenarios['waits']} (✓ meets the standard)", *scenarios["names"]]
    heads += ["Behind the best plan at most, points"] * scenarios["several"]
    rows = []
    for row in scenarios["rows"]:
        cells: list[Lines] = [[(row["name"], True)]]
        cells += [[(scenarios["between"].join(map(_seen, cell)), False)] for cell in row["cells"]]
        rows.append([*cells, [(row["behind"], False)]][: len(heads)])
    _table(document, heads, rows)


def _seen(found: Any) -> str:
    return f"{found.level} ({found.interval})" if found.interval else str(found.level)


def _table(document: Document, heads: Sequence[str], rows: Sequence[Sequence[Lines]]) -> None:
    """Add a table; its head stands on every page, and no row is torn."""
    from docx.shared import Mm

    table = document.add_table(rows=1, cols=len(heads), style="Table Grid")
    table.autofit = False
    rest = (WIDTH_MM - 2 * MARGIN_MM - NAME_MM) / (len(heads) - 1)
    widths = [Mm(NAME_MM), *[Mm(rest)] * (len(heads) - 1)]
    for cell, text in zip(table.rows[0].cells, heads, strict=True):
        _write(cell, [(text, True)])
    _mark(table.rows[0], "tblHeader")
    for cells in rows:
        row = table.add_row()
        for cell, lines in zip(row.cells, cells, strict=True):
            _write(cell, lines)
        _mark(row, "cantSplit")
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width  # LibreOffice goes by columns, Word by cells
        for cell in column.cells:
            cell.width = width


def _lines(found: Any) -> Lines:
    interval = [(f"({found.interval})", False)] if found.interval else []
    rest = [(text, False) for text in (found.change, *found.notes) if text]
    return [(found.level, True), *interval, *rest]


def _write(cell: _Cell, lines: Sequence[tuple[str, bool]]) -> None:
    """Fill a cell with lines, some of them bold."""
    from docx.shared import Pt

    paragraph = cell.paragraphs[0]
    for number, (text, bold) in enumerate(lines):
        run = paragraph.add_run(text)
        run.bold, run.font.size = bold, Pt(SMALL)
        if number < len(lines) - 1:
            run.add_break()


def _mark(row: Any, what: str) -> None:
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement(f"w:{what}"))


def _shade(properties: Any) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", SHADED)):
        shade.set(qn(f"w:{name}"), value)
    properties.append(shade)
