"""From a filled-in workbook to a Hub that can be simulated."""

from __future__ import annotations

import datetime

import pytest
import yaml
from openpyxl import load_workbook

from analysis.commands import main
from analysis.own_hub.options import options_of
from analysis.own_hub.read import read_workbook
from sim.config import validate
from sim.launch.compose import compose

pytestmark = pytest.mark.unit

KENT = [
    ("Acute trusts", "nhs", "31,000", "76%", "18%", "9%", "52%", "12%", 260),
    ("Community and mental health", "nhs", 9500, 0.81, 0.14, 0.07, 0.3, 0, 120),
    ("Care homes", "social_care", 16_400, 0.84, 0.16, 0.08, 0.7, 0, 12),
    ("Fire and rescue", "emergency", 1500, "15%", "4%", "3%", "80%", 0, 9),
]
POSTS = [
    ("Lead psychologist", "8c", 0.6, "substantive", "top", None, None),
    ("Lead psychologist", "8b", 1.0, "substantive", None, None, None),
    ("Therapist", 7, 1.0, "substantive", "mid", None, None),
    ("Therapist", "7", 1.0, "fixed term", "entry", "01/10/2023", "01/04/2025"),
    ("Therapist", "6", 0.8, "substantive", "mid", None, None),
    ("Navigator", "6", 1.0, "secondment", "mid", None, None),
    ("Navigator", "5", 0.6, "bank", "mid", None, None),
    ("Administrator", "4", 1.0, "substantive", "mid", None, None),
    ("Administrator", "4", 0.5, "substantive", "entry", None, None),
]


def _plans(headings):
    def row(name, hours, supervisor, caseload, gives, **shares):
        cells = {"Role": name, "Hours for clients": hours, "Supervised by": supervisor, "Caseload at most": caseload}
        cells |= dict.fromkeys(gives, "yes") | {
            key.replace("_", " ").capitalize(): share for key, share in shares.items()
        }
        return [cells.get(heading) for heading in headings]

    cbt, trauma, guided = "Gives CBT", "Gives trauma focused", "Gives guided self help"
    lead = {"assessment": "50%", "therapy": 0.3, "risk_call": 0.05, "team_support": 0.15}
    rest = {"administration": 0.4}
    return [
        row("Lead psychologist", 18, None, 8, [trauma, cbt], **lead),
        row("Therapist", 22.5, "lead psychologist", 20, [cbt, guided], therapy=0.85, group=0.15),
        row("Navigator", 22.5, "Lead psychologist", None, [], navigation=0.7, check_in=0.2, risk_call=0.1),
        row("Administrator", 15, "Lead psychologist", None, [], screening_review=1 - sum(rest.values()), **rest),
    ]  # fmt: skip


@pytest.fixture
def kent(filled_in):
    """A Hub of another region: four staff groups, nine posts, roles and prices of its own."""

    def fill(book):
        for title, rows in (("Staff groups", KENT), ("Posts", POSTS)):
            page = book[title]
            page.delete_rows(6, page.max_row)
            for row in rows:
                page.append(row)
        plans = book["Job plans"]
        headings = [cell.value for cell in plans[4]]
        plans.delete_rows(6, plans.max_row)
        for row in _plans(headings):
            plans.append(row)
        book["Hub"]["B6"], book["Hub"]["B7"], book["Hub"]["B8"] = "Kent", "01/04/2023", 24
        book["Lists"]["B7"], book["Lists"]["C7"] = 42, 31.5

    return filled_in(change=fill)


@pytest.fixture
def imported(kent):
    assert main(["import", str(kent)]) == 0
    return validate(compose("scenario=my_hub", config_dir=str(kent.parent)))


def test_a_hub_of_another_region_has_its_own_groups_posts_and_days(imported):
    assert imported.purpose == "Kent"
    assert list(imported.population.staff_groups) == [
        "acute_trusts", "community_and_mental_health", "care_homes", "fire_and_rescue",
    ]  # fmt: skip
    assert imported.population.staff_groups["acute_trusts"].ethnicity["white_british"] == pytest.approx(0.73)
    assert sum(len(role.lines) for role in imported.staffing.roles.values()) == len(POSTS)
    fixed = next(line for line in imported.staffing.roles["therapist"].lines.values() if line.kind == "fixed_term")
    assert (fixed.from_day, fixed.to_day) == (183, 731)
    assert imported.run.start_date == datetime.date(2023, 4, 1)
    assert imported.run.horizon_days == 731
    assert imported.run.opening.mode == "backlog"
    assert imported.run.opening.backlog.assessment.people == 42
    assert imported.run.opening.backlog.therapy.people == 0


def test_referrals_of_last_year_decide_how_readily_a_group_refers(kent, defaults):
    [demand] = [option.text for option in options_of(read_workbook(kent), defaults) if option.path.startswith("demand")]
    uptake = yaml.safe_load(demand)["uptake_per_person_year"]
    relative, again = defaults["demand"]["relative_uptake"], 1 + defaults["pathway"]["re_referral"]["share"]
    women, men = 0.15, 0.85 * relative["gender"]["men"]
    ethnicity = 0.93 + 0.03 * relative["ethnicity"]["white_other"] + 0.04 * relative["ethnicity"]["minority_ethnic"]
    assert uptake["fire_and_rescue"] * 1500 * (women + men) * ethnicity * again == pytest.approx(9)


def test_referrals_by_month_are_shared_out_where_groups_have_none(filled_in, defaults):
    typed = {f"Months!B{row}": 100 for row in range(6, 18)}
    [text] = [o.text for o in options_of(read_workbook(filled_in(typed)), defaults) if o.path.startswith("demand")]
    more = yaml.safe_load(text)["uptake_per_person_year"]
    default = defaults["demand"]["uptake_per_person_year"]
    times = {round(more[group] / default[group], 6) for group in default}
    assert len(times) == 1
    assert times.pop() > 1.5


def test_what_is_written_says_the_cell_of_every_value(kent):
    assert main(["import", str(kent)]) == 0
    staffing = (kent.parent / "staffing" / "my_hub.yaml").read_text(encoding="utf-8")
    assert "wte: 0.6 # sheet Posts, cell C6" in staffing
    assert "headcount: 1500 # sheet Staff groups, cell C9" in (kent.parent / "population" / "my_hub.yaml").read_text()


def test_an_import_that_is_refused_leaves_what_was_there(kent, capsys):
    assert main(["import", str(kent)]) == 0
    before = {path: path.read_bytes() for path in kent.parent.rglob("*.yaml")}
    book = load_workbook(kent)
    book["Posts"]["C6"] = "two"
    book.save(kent)
    assert main(["import", str(kent)]) == 2
    assert "sheet Posts, cell C6" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in kent.parent.rglob("*.yaml")} == before


def test_options_of_somebodys_own_are_not_written_over(kent, capsys):
    (kent.parent / "costs").mkdir()
    (kent.parent / "costs" / "my_hub.yaml").write_text("defaults: [afc_2021_22]\n")
    assert main(["import", str(kent)]) == 2
    assert "was not made by hub import" in capsys.readouterr().err


def test_a_workbook_is_not_written_over(tmp_path, capsys):
    assert main(["new", str(tmp_path / "mine")]) == 0
    assert main(["new", str(tmp_path / "mine")]) == 2
    assert "holds my-hub.xlsx already" in capsys.readouterr().err


def test_a_first_day_that_is_none_is_refused_and_makes_no_folder(tmp_path, capsys):
    assert main(["new", str(tmp_path / "mine"), "--first-day", "soon"]) == 2
    assert "--first-day: got 'soon'; type a date, as 2022-04-01 or 01/04/2022" in capsys.readouterr().err
    assert not (tmp_path / "mine").exists()


def test_keys_and_values_that_may_be_left_out_are_not_asked_for(capsys):
    with pytest.raises(SystemExit):
        main(["check"])
    assert capsys.readouterr().err.rstrip().endswith("the following arguments are required: FOLDER")
