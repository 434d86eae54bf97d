from __future__ import annotations

from dataclasses import replace

import pytest

from analysis.app.own_figures import figures_template, read_figures, referrals_template, take_referrals
from analysis.app.view import Limits, View
from sim.errors import ConfigProblem

BASE = View("baseline", "senior_led")


@pytest.mark.unit
def test_the_template_given_back_untouched_changes_nothing() -> None:
    assert read_figures(figures_template(BASE).encode(), BASE).changed == []
    moved = BASE.with_change("wte.therapist.therapist", 3.0)
    assert read_figures(figures_template(moved).encode(), BASE) == moved


@pytest.mark.unit
def test_figures_of_a_hub_take_the_place_of_the_preset_s() -> None:
    text = "figure,value\nincident,manchester_arena\nday.manchester_arena,30\nwte.therapist.therapist,2.4\nlead,\n"
    view = read_figures(text.encode(), BASE)
    assert view.changes == {"incident": "manchester_arena", "day.manchester_arena": 30, "wte.therapist.therapist": 2.4}


@pytest.mark.unit
@pytest.mark.parametrize(
    "column",
    [
        "nhs_number",
        "NHS No",
        "NhsNumber",
        "name",
        "Surname",
        "first-name",
        "date_of_birth",
        "d.o.b.",
        "BirthDate",
        "postcode",
        "Postal code",
        "email",
        "E mail",
        "patient_id",
        "staff id",
        "staffNumber",
        "Home address 1",
        "tel.",
        "NI",
        "ＮＨＳ number",
        "Id",
    ],
)
def test_a_column_that_may_identify_people_is_refused(column: str) -> None:
    for text in (f"figure,value,{column}\nlead,12,x\n", f"referred_on,staff_group,{column}\n2021-04-06,ambulance,x\n"):
        with pytest.raises(ConfigProblem, match="may identify people"):
            read_figures(text.encode(), BASE)
        with pytest.raises(ConfigProblem, match="may identify people"):
            take_referrals(text.encode())


@pytest.mark.unit
@pytest.mark.parametrize(
    ("cell", "what"),
    [
        ("943 476 5919", "an NHS number"),
        ("9434765919", "an NHS number"),
        ("jane.doe@nhs.net", "an e-mail address"),
        ("M13 9PL", "a postcode"),
        ("QQ123456C", "a National Insurance number"),
        ("07700 900123", "a telephone number"),
    ],
)
def test_what_identifies_people_is_refused_under_a_heading_that_does_not_say_so(cell: str, what: str) -> None:
    for text in (
        f"figure,value,what\nlead,12,{cell}\n",
        f"referred_on,staff_group,gender\n2021-04-06,ambulance,{cell}\n",
    ):
        for read in (lambda content: read_figures(content, BASE), take_referrals):
            with pytest.raises(ConfigProblem) as problem:
                read(text.encode())
            assert f"line 2: a cell looks like {what}" in str(problem.value) and cell not in str(problem.value)


@pytest.mark.unit
def test_ten_digits_without_the_check_digit_are_no_nhs_number() -> None:
    content = b"referred_on,staff_group,gad7\n2021-04-06,ambulance,9434765918\n"
    assert take_referrals(content).content == content


@pytest.mark.unit
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"\x00\xff\xfe not a table", "not a table of text"),
        (b"PK\x03\x04\x80\x81", "not a table of text"),
        (b"figure\nlead\n", "no column 'value'"),
        (b"figure,value,colour\nlead,12,red\n", "'colour' is not used"),
        (b"figure,value\nleed,12\n", "line 2: there is no figure 'leed'; did you mean lead"),
        (b"figure,value\nlead,12\nlead,13\n", "line 3: lead appears twice"),
        (b"figure,value\nlead,=1+1\n", "line 2: Time to fill a post"),
        (b"figure,value\nlead,9999\n", "line 2: Time to fill a post"),
        (b"figure,value\nlead,1,2\n", "line 2: has 3 cells"),
        (b'figure,value\n"lead,1\n', "not a table of text"),
    ],
)
def test_a_bad_file_gets_a_sentence(content: bytes, said: str) -> None:
    with pytest.raises(ConfigProblem) as problem:
        read_figures(content, BASE)
    assert said in str(problem.value)


@pytest.mark.unit
def test_a_file_that_is_too_large_is_not_read() -> None:
    with pytest.raises(ConfigProblem, match="at most 10"):
        take_referrals(b"referred_on,staff_group\n", Limits(upload_bytes=10))


@pytest.mark.integration
def test_the_template_for_referrals_is_accepted_and_a_bad_row_named() -> None:
    table = take_referrals(referrals_template().encode())
    config = replace(BASE, referrals=table).config(2)
    assert config.demand.referrals_csv == table
    bad = take_referrals(b"referred_on,staff_group\nyesterday,ambulance\n")
    with pytest.raises(ConfigProblem, match="line 2: referred_on: got 'yesterday'"):
        replace(BASE, referrals=bad).config(2)
    assert replace(BASE, referrals=table).config(2) == config, "a table that was taken before is still there"
