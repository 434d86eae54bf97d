"""Bands of Agenda for Change in a workbook: those of support staff, and those that the sheet Prices leaves out."""

from __future__ import annotations

import pytest

from analysis.own_hub.imported import checked
from analysis.own_hub.options import options_of
from analysis.own_hub.read import read_workbook
from analysis.tell.input_warnings import input_warnings

pytestmark = pytest.mark.unit


def without_support_bands(book):
    """Make it a workbook from before bands 2 and 3, at prices of the user's own of another year."""
    page = book["Prices"]
    page.delete_rows(6, 2)
    for row in range(6, 14):
        for column in (2, 3, 4):
            page.cell(row, column).value *= 1.1
    labels = {book["Hub"].cell(row, 1).value: row for row in range(1, book["Hub"].max_row + 1)}
    book["Hub"].cell(labels["Price year of the sheet Prices"], 2).value = "2027/28"
    book["Hub"].cell(labels["Financial year whose prices you want, that one or later"], 2).value = "2027/28"


@pytest.mark.parametrize(("band", "pay"), [(2, 19232), (3, 21053.5)])
def test_an_administrator_of_band_2_or_3_is_paid_as_agenda_for_change_says(band, pay, filled_in, defaults):
    config = checked(options_of(read_workbook(filled_in({"Posts!B6": band})), defaults))
    bands = {line.band for role in config.staffing.roles.values() for line in role.lines.values()}
    assert str(band) in bands
    assert config.costs.pay_gbp_per_year[str(band)].mid == pay


def test_a_workbook_of_before_bands_2_and_3_is_read_at_prices_of_another_year(filled_in, defaults):
    config = checked(options_of(read_workbook(filled_in(change=without_support_bands)), defaults))
    assert config.costs.price_year == "2027/28"


def test_a_post_whose_band_has_no_pay_in_a_year_of_ones_own_is_refused(filled_in, refusal_of):
    lines = refusal_of(filled_in({"Posts!B6": "3"}, change=without_support_bands))
    assert any("sheet Posts, cell B6: the sheet Prices has no pay of band 3; add a row" in line for line in lines), (
        lines
    )


def test_on_costs_in_one_number_are_what_every_pound_of_pay_costs_more_and_warn_of_nothing(filled_in, defaults):
    def change(book):
        page = book["Hub"]
        [row] = [n for n in range(1, page.max_row + 1) if str(page.cell(n, 1).value).startswith("All on-costs")]
        page.cell(row, 2).value = "27%"

    config = checked(options_of(read_workbook(filled_in(change=change)), defaults))
    costs = config.costs.on_costs
    shares = costs.national_insurance_share + costs.pension_share + costs.apprenticeship_levy_share
    assert (round(shares, 9), costs.national_insurance_threshold_gbp_per_year) == (0.27, 0)
    assert not [warning.sentence for warning in input_warnings(config) if "on_costs" in warning.sentence]
