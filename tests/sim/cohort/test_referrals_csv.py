"""Real referrals from a table: used as given, completed by draws, refused with line numbers."""

import datetime
import os

import numpy as np
import pytest

from sim.cohort import draw_cohort
from sim.config.referrals import read_referrals

pytestmark = pytest.mark.integration

DAY = 1440
YEAR = {"run.horizon_days": 365, "run.start_date": "2022-04-01", "run.opening.mode": "empty"}
HEADER = "referred_on,staff_group,gender,ethnicity,gad7,phq9,ptsd,audit,wsas\n"


@pytest.fixture
def table(tmp_path):
    """Write a table of referrals and return the changes that use it."""

    def written(text, encoding="utf-8"):
        file = tmp_path / "referrals.csv"
        file.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return YEAR | {"demand.referrals_csv": str(file)}

    return written


def test_referrals_replace_the_drawn_ones_on_their_dates(hub_config, table):
    rows = "2022-04-02,ambulance\n2022-04-01T09:30,care_homes\n2023-03-31,police_fire\n"
    cohort = draw_cohort(hub_config(**table("referred_on,staff_group\n" + rows)), 0)
    # A date alone counts as noon; in order of referral, not of the file.
    assert cohort.referred_minute.tolist() == [9 * 60 + 30, DAY + 720, 364 * DAY + 720]
    groups = list(hub_config().population.staff_groups)
    assert [groups[g] for g in cohort.staff_group] == ["care_homes", "ambulance", "police_fire"]
    assert cohort.client_ids == ["0/referrals_csv/1", "0/referrals_csv/0", "0/referrals_csv/2"]


def test_what_is_given_is_used_and_what_is_missing_is_drawn(hub_config, table):
    given = HEADER + "2022-05-01,ambulance,men,minority_ethnic,21,20,33,8,40\n" * 300
    blank = HEADER + "2022-05-01,ambulance,,,,,,,\n" * 300
    mixed = HEADER + "2022-05-01,ambulance,men,,0,,0,,\n" * 300
    config = hub_config(**table(given))
    cohort = draw_cohort(config, 0)
    assert set(cohort.gender) == {config.population.genders.index("men")}
    assert set(cohort.ethnicity) == {config.population.ethnicities.index("minority_ethnic")}
    assert (cohort.points == [21, 20, 33, 8, 40]).all()
    assert (cohort.measures_positive == 5).all()
    assert (cohort.tier == 3).all()

    alike = {"demand.relative_uptake.gender": {"women": 1.0, "men": 1.0}}  # so that clients are as the staff group is
    drawn = draw_cohort(hub_config(**table(blank) | alike), 0)
    women = (drawn.gender == config.population.genders.index("women")).mean()
    share = config.population.staff_groups["ambulance"].gender["women"]
    assert abs(women - share) < 4 * np.sqrt(share * (1 - share) / 300)
    assert len({tuple(row) for row in drawn.points.tolist()}) > 100

    partly = draw_cohort(hub_config(**table(mixed) | alike), 0)
    assert (partly.points[:, [0, 2]] == 0).all()
    np.testing.assert_array_equal(partly.points[:, [1, 3, 4]], drawn.points[:, [1, 3, 4]])
    np.testing.assert_array_equal(partly.ethnicity, drawn.ethnicity)
    cut_off = [measure.cut_off for measure in config.screening.measures.values()]
    np.testing.assert_array_equal(partly.measures_positive, (partly.points >= cut_off).sum(axis=1))


def test_columns_may_come_in_any_order_and_with_spaces(hub_config, table):
    cohort = draw_cohort(hub_config(**table(" staff_group , gad7 ,referred_on\n care_homes , 7 , 2022-04-03 \n")), 0)
    assert cohort.points[0, 0] == 7
    assert cohort.referred_minute.tolist() == [2 * DAY + 720]


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_tables_saved_by_a_spreadsheet_are_read(hub_config, table, line_end, encoding):
    text = line_end.join(["referred_on,staff_group", "2022-04-02,ambulance", "2022-04-03,ambulance", ""])
    cohort = draw_cohort(hub_config(**table(text, encoding)), 0)
    assert (cohort.referred_minute // DAY).tolist() == [1, 2]


def test_referrals_before_the_start_are_taken_in_a_run_in(hub_config, refusal, table):
    text = "referred_on,staff_group\n2022-03-01,ambulance\n"
    run_in = {"run.opening.mode": "run_in", "run.opening.run_in_days": 60}
    cohort = draw_cohort(hub_config(**table(text) | run_in), 0)
    assert (cohort.referred_minute // DAY).tolist() == [(datetime.date(2022, 3, 1) - datetime.date(2022, 4, 1)).days]
    assert refusal(**table(text)) == [
        "demand.referrals_csv: line 2: referred_on: got '2022-03-01', outside the run, 2022-04-01 to 2023-03-31; "
        "set run.start_date=2022-03-01, or leave such rows out"
    ]


def test_incident_people_still_come_beside_real_referrals(hub_config, table):
    config = hub_config("scenario=major_incident", **table("referred_on,staff_group\n2022-04-02,ambulance\n"))
    kinds = {name.split("/")[1] for name in draw_cohort(config, 0).client_ids}
    assert kinds == {"referrals_csv", "incident"}


def test_real_referrals_come_alike_in_every_replication_with_their_own_luck(hub_config, table):
    config = hub_config(**table("referred_on,staff_group\n" + "2022-04-02,ambulance\n" * 50))
    one, other = draw_cohort(config, 0), draw_cohort(config, 1)
    np.testing.assert_array_equal(one.referred_minute, other.referred_minute)
    assert (one.points != other.points).any()


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("2022-04-02,nurses,,,,,,,", "staff_group: got 'nurses'; must be one of nhs_hospital_community, "),
        ("2022-04-02,,,,,,,,", "staff_group: empty; must be one of nhs_hospital_community, "),
        ("2022-04-02,ambulance,woman,,,,,,", "gender: got 'woman'; must be one of women, men"),
        ("2022-04-02,ambulance,,British,,,,,", "ethnicity: got 'British'; must be one of white_british, "),
        ("02/04/2022,ambulance,,,,,,,", "referred_on: got '02/04/2022', whose day and month could change places"),
        ("2022-02-30,ambulance,,,,,,,", "referred_on: got '2022-02-30'; there is no such day or time"),
        (",ambulance,,,,,,,", "referred_on: got ''; must be YYYY-MM-DD or DD/MM/YYYY, with HH:MM after it or not"),
        ("2023-04-01,ambulance,,,,,,,", "referred_on: got '2023-04-01', outside the run, 2022-04-01 to 2023-03-31"),
        ("2022-04-02,ambulance,,,22,,,,", "gad7: got '22'; must be a whole number from 0 to 21"),
        ("2022-04-02,ambulance,,,,,,,41", "wsas: got '41'; must be a whole number from 0 to 40"),
        ("2022-04-02,ambulance,,,,9.5,,,", "phq9: got '9.5'; must be a whole number from 0 to 27"),
        ("2022-04-02,ambulance,,,,,-1,,", "ptsd: got '-1'; must be a whole number from 0 to 80"),
        ("2022-04-02,ambulance,,,,,,many,", "audit: got 'many'; must be a whole number from 0 to 40"),
        ("2022-04-02,ambulance,,,,,,٣,", "audit: got '٣'; must be a whole number from 0 to 40"),
        ("2022-04-02,ambulance", "has another number of fields than the header"),
        ("2022-04-02,ambulance,,,,,,,,7", "has another number of fields than the header"),
    ],
)
def test_a_bad_row_is_named_by_its_line(refusal, table, row, problem):
    good = "2022-04-02,ambulance,women,white_british,1,2,3,4,5\n"
    (line,) = refusal(**table(HEADER + good + row + "\n" + good))
    assert line.startswith(f"demand.referrals_csv: line 3: {problem}")


def test_a_score_may_be_written_with_a_point_and_noughts(table, hub_config):
    row = "2022-04-02,ambulance,women,white_british,12.0,2,3,4,5\n"
    (referral,) = read_referrals(hub_config(**YEAR | table(HEADER + row)))
    assert referral.points == (12, 2, 3, 4, 5)


def test_every_bad_row_is_listed_up_to_ten(refusal, table):
    lines = refusal(**table("referred_on,staff_group\n" + "2022-04-02,ambulance\nnever,nobody\n" * 14))
    assert len(lines) == 11
    assert [line.split(": ")[1] for line in lines[:10]] == [f"line {2 * n + 3}" for n in range(10)]
    assert lines[10] == "demand.referrals_csv: ... and 4 more"


@pytest.mark.parametrize("column", ["name", "nhs_number", "date_of_birth", "GAD7"])
def test_a_column_that_is_not_used_is_refused_lest_it_identify_somebody(refusal, table, column):
    (line,) = refusal(**table(f"referred_on,staff_group,{column}\n2022-04-02,ambulance,x\n"))
    assert line.startswith(f"demand.referrals_csv: line 1: column {column!r} is not used; remove it")


def test_a_missing_column_is_named(refusal, table):
    assert refusal(**table("staff_group\nambulance\n")) == [
        "demand.referrals_csv: line 1: no column 'referred_on'; add it"
    ]


def test_an_empty_table_is_refused(refusal, table):
    assert refusal(**table("")) == [
        f"demand.referrals_csv: line 1: no column {name!r}; add it" for name in ("referred_on", "staff_group")
    ]
    assert refusal(**table("referred_on,staff_group\n")) == ["demand.referrals_csv: no rows below the header"]


def test_a_table_in_another_encoding_is_refused(refusal, table):
    text = "referred_on,staff_group\n2022-04-02,ambulância\n"
    for encoding in ("latin-1", "utf-16"):
        (line,) = refusal(**table(text, encoding))
        assert line.startswith("demand.referrals_csv: not a readable CSV in UTF-8 (")
        assert "\n" not in line


def test_a_table_that_is_not_there_is_refused(refusal, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for name, told in {
        "nowhere.csv": "there is no such file",
        "": "it is not a file",
        "pipe": "it is not a file",
    }.items():
        path = tmp_path / name
        assert refusal(**YEAR | {"demand.referrals_csv": str(path)}) == [
            f"demand.referrals_csv: got {str(path)!r}; {told}"
        ]


@pytest.mark.parametrize("line", ["tok=SECRET", "root:x:0:0:root", "c3dvcmRmaXNo" * 4])
def test_a_heading_that_is_no_name_is_not_shown(refusal, table, line):
    told = "\n".join(refusal(**table(f"referred_on,staff_group,{line},{line}\n2022-04-02,ambulance,x,y\n")))
    assert "line 1: column 3 is not used; remove it" in told and "line 1: column 4 appears twice" in told
    assert line[:10] not in told


def test_one_hubs_referrals_cannot_be_those_of_several(refusal, table):
    changes = table("referred_on,staff_group\n2022-04-02,ambulance\n") | {"hubs.count": 3}
    assert refusal(**changes) == ["demand.referrals_csv: one Hub's referrals, but hubs.count is 3; set it to 1"]


def test_a_table_that_was_corrected_is_read_again(hub_config, refusal, table):
    assert refusal(**table("referred_on,staff_group\n2022-04-02,nobody\n"))
    cohort = draw_cohort(hub_config(**table("referred_on,staff_group\n2022-04-02,ambulance\n")), 0)
    assert len(cohort) == 1


def test_of_referrals_of_another_year_the_first_is_named_with_the_start_to_set(refusal, table):
    rows = "".join(f"2024-{month:02d}-07,ambulance\n" for month in range(1, 13))
    assert refusal(**table("referred_on,staff_group\n" + rows)) == [
        "demand.referrals_csv: line 2: referred_on: got '2024-01-07', outside the run, 2022-04-01 to 2023-03-31, "
        "as do 11 more; set run.start_date=2024-01-07, or leave such rows out"
    ]
    [line] = refusal(**table("referred_on,staff_group\n" + rows) | {"run.horizon_days": 200})
    assert "set run.start_date=2024-01-07 and run.horizon_days=336, or" in line


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_columns_may_be_separated_as_spreadsheets_do(hub_config, table, separator):
    text = "referred_on,staff_group,gad7\n13/05/2022,ambulance,7\n".replace(",", separator)
    cohort = draw_cohort(hub_config(**table(text)), 0)
    assert (cohort.points[0, 0], cohort.referred_minute[0] // DAY) == (7, 42)


@pytest.mark.parametrize("separator", "/-.")
def test_uk_dates_are_read_where_one_of_them_shows_that_the_day_comes_first(hub_config, table, separator):
    text = "referred_on,staff_group\n03/05/2022 09:30,ambulance\n13/5/2022,ambulance\n"
    cohort = draw_cohort(hub_config(**table(text.replace("/", separator))), 0)
    assert cohort.referred_minute.tolist() == [32 * DAY + 9 * 60 + 30, 42 * DAY + 720]


def test_dates_that_mean_the_same_either_way_are_read(hub_config, table):
    cohort = draw_cohort(hub_config(**table("referred_on,staff_group\n05/05/2022,ambulance\n")), 0)
    assert cohort.referred_minute[0] // DAY == 34


@pytest.mark.parametrize(
    ("dates", "problem"),
    [
        (
            ["03/05/2022", "04/06/2022"],
            "line 2: referred_on: got '03/05/2022', whose day and month could change places; ",
        ),
        (
            ["03/05/2022", "05/13/2022"],
            "line 2: referred_on: got '03/05/2022', with the month first; write the dates as ",
        ),
        (
            ["13/05/2022", "05/14/2022"],
            "line 2: referred_on: got '13/05/2022', whose day and month could change places; ",
        ),
        (["13/05/22"], "line 2: referred_on: got '13/05/22'; must be YYYY-MM-DD or DD/MM/YYYY"),
        (["31/06/2022"], "line 2: referred_on: got '31/06/2022'; there is no such day or time"),
        (["2022-05-03 24:30"], "line 2: referred_on: got '2022-05-03 24:30'; there is no such day or time"),
        (["2022-05-03T09:30Z"], "line 2: referred_on: got '2022-05-03T09:30Z'; must be YYYY-MM-DD or DD/MM/YYYY"),
    ],
)
def test_dates_that_leave_a_doubt_are_explained(refusal, table, dates, problem):
    rows = "".join(f"{date},ambulance\n" for date in dates)
    line, *_ = refusal(**table("referred_on,staff_group\n" + rows))
    assert line.startswith(f"demand.referrals_csv: {problem}")


def test_dates_of_one_doubt_are_told_in_one_line_with_their_number_and_the_first_places(refusal, table):
    rows = "".join(f"{day:02d}/05/2022,ambulance\n" for day in (3, 4, 6, 7, 8, 9))
    (line,) = refusal(**table("referred_on,staff_group\n" + rows))
    assert line == (
        "demand.referrals_csv: line 2: referred_on: got '03/05/2022', whose day and month could change places; "
        "write the dates as YYYY-MM-DD (5 more, in lines 3, 4, 5, ...)"
    )
