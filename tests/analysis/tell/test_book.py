"""Rows of a workbook are as tall as their texts, and no taller."""

from __future__ import annotations

import pytest

from analysis.tell.book import Block, new_book, page, tall

pytestmark = pytest.mark.unit

LINES = {
    ("Judgement; at most the 27 % without contact in Varese et al. 2024", 66): 1,
    ("date; advertised then, there weeks later; empty: in post on the first day", 14): 5,
    ("1 in 10 wait longer, days, from", 10): 3,
    ("https://github.com/MightyAtom220474/IAPT-Pathway-DES", 20): 3,
    ("one\ntwo", 40): 2,
    ("", 10): 1,
}
"""Texts of ten points, widths of their columns, and the lines that they take in LibreOffice and Excel."""


@pytest.mark.parametrize("text_and_width", LINES)
def test_a_row_is_as_tall_as_the_lines_of_its_text(text_and_width):
    sheet = page(new_book(), "one")
    assert tall(sheet, 1, [Block(*text_and_width, indented=False)]) == LINES[text_and_width] * 12 + 2
    assert (sheet.row_dimensions[1].height is not None) == (LINES[text_and_width] > 1)
