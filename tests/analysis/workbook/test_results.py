"""`results.xlsx` of a run, a sweep and a comparison: the figures of the CSV files, dates, and no formula."""

from __future__ import annotations

import datetime
import math
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import get_column_interval

from analysis.commands import main
from analysis.estimates.headline import FIGURES
from analysis.runs.read_run import manifest_of
from analysis.tell.book import MOST_WIDE, Column, Dresser, new_book, table
from analysis.tell.glossary import GLOSSARY
from analysis.tell.wording import read_csv
from analysis.workbook import ALWAYS
from analysis.workbook.about import add_about
from analysis.workbook.parts import part_of_run
from analysis.workbook.sheets import add_assumptions
from sim.config import HubConfig
from sim.config.changes import Funding
from sim.evidence import grades_in_use, numbers_in_use

pytestmark = pytest.mark.integration
SMALL = ["run.replications=2", "run.horizon_days=60", "run.opening.run_in_days=30", "run.jobs=1", "run.store=null"]
HOSTILE = ["=1+1", "+44", "-2+3", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0", "#N/A", "\x07bell", "plain"]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run with its workbook, whose purpose and lever would be formulas."""
    folder = tmp_path_factory.mktemp("one") / "run"
    assert main([*SMALL, "purpose='=1+1'", "demand.multiplier=1.1", f"hydra.run.dir={folder}"]) == 0
    assert main(["excel", str(folder)]) == 0
    return folder


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished sweep with its workbook, of a scenario that is called like a formula."""
    here = tmp_path_factory.mktemp("several")
    (here / "mine" / "scenario").mkdir(parents=True)
    (here / "mine" / "scenario" / "-busy.yaml").write_text("purpose: '@home'\ndemand:\n  multiplier: 1.5\n")
    asked = ["scenario=baseline,'-busy'", f"hydra.sweep.dir={here / 'sweep'}", f"--config-dir={here / 'mine'}"]
    assert main(["sweep", *asked, *SMALL]) == 0
    assert main(["excel", str(here / "sweep")]) == 0
    return here / "sweep"


@pytest.fixture(scope="module")
def comparison(sweep: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A comparison of that sweep."""
    folder = tmp_path_factory.mktemp("compared") / "new"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("analysis.tell.style.chromium", lambda: None)
        assert main(["compare", str(sweep), "--baseline", "baseline", "--out", str(folder)]) == 0
    return folder


def rows_of(folder: Path, sheet: str) -> list[dict[str, object]]:
    book = openpyxl.load_workbook(folder / "results.xlsx")
    heads, *rows = book[sheet].iter_rows(values_only=True)
    return [dict(zip(map(str, heads), row, strict=True)) for row in rows]


def test_headlines_are_the_figures_of_summary_csv_to_the_last_digit(run: Path) -> None:
    summary = read_csv(run / "summary.csv")
    everyone = summary[summary["dimension"] == "all"]
    known = {round(value, 12) for name in ("estimate", "low", "high") for value in everyone[name].dropna()}
    headlines = rows_of(run, "Headlines")
    assert len(headlines) >= len(FIGURES)
    shown = [row[name] for row in headlines for name in ("Estimate", "From", "To") if row[name] is not None]
    assert shown and all(round(float(str(value)), 12) in known for value in shown)
    [cost] = [row for row in headlines if row["Figure"] == "Cost a year"]
    mine = everyone[everyone["measure"] == "cost_per_year_gbp"].iloc[0]
    assert (cost["Estimate"], cost["From"], cost["To"]) == (mine["estimate"], mine["low"], mine["high"])
    assert {row["About"] for row in headlines} == {"Standards", "Waits", "Lists", "Reach", "Cost"}
    assert all(row["Of whom, or of what"] for row in headlines)


def test_lists_stand_under_real_dates_week_by_week(run: Path) -> None:
    weeks = rows_of(run, "Lists by week")
    assert [row["Week"] for row in weeks] == list(range(1, 10))
    assert weeks[0]["From"] == datetime.datetime(2021, 4, 1) and weeks[1]["From"] == datetime.datetime(2021, 4, 8)
    assert weeks[-1]["To"] == datetime.datetime(2021, 5, 30), "the last day that is simulated"
    assert all(isinstance(row["Waiting for assessment, median"], int | float) for row in weeks)


def test_every_number_in_use_has_its_grade_and_guesses_are_called_guesses(run: Path) -> None:
    import json

    config = json.loads((run / "manifest.json").read_text())["config"]
    told = rows_of(run, "Assumptions")
    used = numbers_in_use(config)
    assert len(told) == len(used)
    guesses = {row["Key"] for row in told if row["Grade"] == "D: a guess"}
    assert guesses == {each.key for each in used if each.row and each.row.grade == "D"}
    assert told[0]["Grade"] == "D: a guess"


def test_words_are_explained_from_the_one_list_of_words(run: Path) -> None:
    assert {row["Word"]: row["What it means"] for row in rows_of(run, "Words")} == GLOSSARY
    assert list(GLOSSARY) == sorted(GLOSSARY, key=lambda word: (word[0].isdigit(), word.lower()))


def test_a_sweep_has_its_plans_side_by_side_as_sweep_csv_has_them(sweep: Path) -> None:
    swept, told = read_csv(sweep / "sweep.csv"), rows_of(sweep, "Side by side")
    assert [list(row.values())[-3:] for row in told] == swept.iloc[:, -3:].to_numpy().tolist()
    assert {row["Plan"] for row in rows_of(sweep, "Headlines")} == {row["Plan"] for row in told}


def test_a_comparison_has_the_paired_differences_of_its_tables(comparison: Path) -> None:
    kept = read_csv(comparison / "headlines.csv")
    told = rows_of(comparison, "Differences")
    columns = {
        "Difference": "difference",
        "Difference, from (as in the report)": "simultaneous_low",
        "Difference, to (as in the report)": "simultaneous_high",
        "Difference, from (this figure alone)": "low",
        "Difference, to (this figure alone)": "high",
    }
    assert [heading for heading in told[0] if heading in columns] == list(columns)
    for heading, column in columns.items():
        shown = [math.nan if row[heading] is None else row[heading] for row in told]
        assert shown == pytest.approx(kept[column].tolist(), rel=0, abs=0, nan_ok=True)
    assert [row["Verdict"] for row in told] == kept["verdict"].tolist()


def test_guesses_are_counted_of_the_plan_that_rests_on_most_of_them_as_on_the_page_for_a_board(
    run: Path, hub_config: Callable[..., HubConfig]
) -> None:
    part = part_of_run(manifest_of(run, "", ""), run, "")
    struck = hub_config("incident=manchester_arena")
    guesses = grades_in_use(struck)["D"]
    assert guesses > grades_in_use(part.config)["D"]
    book, parts = new_book(), [part, replace(part, name="Struck", config=struck)]
    add_about(book, parts, Dresser(), [])
    add_assumptions(book, parts, Dresser())
    about = {str(row[0].value): str(row[1].value) for row in book["About"].iter_rows(min_col=1, max_col=2)}
    assert about["D: a guess"].startswith(f"{guesses} numbers")
    assert about["Counted for"].startswith("Struck")
    assert sum(row[0].value == "D: a guess" for row in book["Assumptions"].iter_rows()) == guesses


def test_the_page_for_a_board_counts_as_many_guesses_as_the_workbook(comparison: Path) -> None:
    page = " ".join((comparison / "report.html").read_text(encoding="utf-8").split())
    told = sum(row["Grade"] == "D: a guess" for row in rows_of(comparison, "Assumptions"))
    assert f"behind this page {told} are guesses" in page


def test_the_workbook_of_ones_own_hub_has_its_name_above_it_and_keys_as_they_are_written(
    run: Path, tmp_path: Path
) -> None:
    part = part_of_run(manifest_of(run, "", ""), run, "")
    own = part.config.model_copy(update={"scenario": "my_hub_fitted", "purpose": "South West Hub"})
    warnings = ["costs.on_costs.pension_share=0.27 lies outside its range", "lists grow"]
    about = new_book()
    add_about(about, [replace(part, config=own, manifest=part.manifest | {"warnings": warnings})], Dresser(), [])
    texts = [cell.value for row in about["About"].iter_rows() for cell in row]
    assert texts[0] == "South West Hub"
    assert {warnings[0], "Lists grow"} <= set(texts)


def test_dated_changes_stand_with_their_dates_on_the_first_sheet_and_among_the_assumptions(run: Path) -> None:
    part = part_of_run(manifest_of(run, "", ""), run, "")
    cut = Funding(kind="funding", from_day=30, funded_share=0.8)
    book, parts = new_book(), [replace(part, config=part.config.model_copy(update={"changes": {"funding_3": cut}}))]
    add_about(book, parts, Dresser(), [])
    add_assumptions(book, parts, Dresser())
    about = [row[1].value for row in book["About"].iter_rows()]
    assert "Funding 3: 80% of the establishment is funded, from 1 May 2021" in about
    units = {row[8].value: row[5].value for row in book["Assumptions"].iter_rows()}
    assert units["changes.funding_3.from_day"] == "day, 1 May 2021"


@pytest.mark.parametrize("folder", ["run", "sweep", "comparison"])
def test_no_cell_is_a_formula_and_each_sheet_prints_on_a4(folder: str, request: pytest.FixtureRequest) -> None:
    book = openpyxl.load_workbook(request.getfixturevalue(folder) / "results.xlsx")
    assert book.sheetnames[0] == "About" and set(ALWAYS) <= set(book.sheetnames)
    for sheet in book:
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", int(sheet.PAPERSIZE_A4))
        printed = sheet.print_area.rpartition(":")[2].strip("$0123456789") if sheet.print_area else "B"
        widths = [sheet.column_dimensions[letter].width for letter in get_column_interval("A", printed)]
        assert sum(widths) / sheet.page_setup.fitToWidth <= MOST_WIDE and sheet.freeze_panes
        for row in sheet.iter_rows():
            assert all(cell.data_type in "snd" for cell in row)
    with zipfile.ZipFile(request.getfixturevalue(folder) / "results.xlsx") as parts:
        assert not any(b"<f>" in parts.read(name) for name in parts.namelist())


def test_what_looks_like_a_formula_is_a_text_and_stays_one_when_it_is_edited(tmp_path: Path) -> None:
    book = new_book()
    table(book, "Names", [Column("=name"), Column("value", "0.0")], [[name, 1.0] for name in HOSTILE], Dresser())
    book.save(tmp_path / "names.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "names.xlsx")["Names"]
    assert [sheet.cell(row, 1).value for row in range(2, 11)] == [
        *HOSTILE[:7],
        "\N{REPLACEMENT CHARACTER}bell",
        "plain",
    ]
    assert {sheet.cell(row, 1).data_type for row in range(1, 11)} == {"s"}
    assert [sheet.cell(row, 1).quotePrefix for row in (1, 2, 5, 10)] == [True, True, True, False]


def test_a_number_that_is_none_leaves_its_cell_empty(tmp_path: Path) -> None:
    book = new_book()
    table(book, "Numbers", [Column("a"), Column("b", "0.0")], [["x", math.nan], ["y", math.inf]], Dresser())
    assert [book["Numbers"].cell(row, 2).value for row in (2, 3)] == [None, "∞"]


def test_a_workbook_goes_elsewhere_if_asked_and_nothing_else_changes(run: Path, tmp_path: Path) -> None:
    before = sorted(path.name for path in run.iterdir())
    assert main(["excel", str(run), "--to", str(tmp_path / "board.xlsx")]) == 0
    assert (tmp_path / "board.xlsx").is_file() and sorted(path.name for path in run.iterdir()) == before


@pytest.mark.parametrize(
    ("made", "told"),
    [
        ("nothing", "holds no manifest.json; give the folder of a finished run or sweep"),
        ("comparison", "a comparison; results.xlsx is in it already"),
        ("damaged", "whose weekly.parquet is missing or damaged"),
        ("elsewhere", "name a file that ends with .xlsx"),
    ],
)
def test_what_holds_no_results_is_refused_in_a_line_and_nothing_is_written(
    made: str, told: str, run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, to = tmp_path / "odd", tmp_path / ("to.csv" if made == "elsewhere" else "to.xlsx")
    folder.mkdir()
    if made == "comparison":
        (folder / "differences.csv").touch()
    if made == "damaged":
        shutil.copytree(run, folder, dirs_exist_ok=True)
        (folder / "weekly.parquet").write_bytes(b"PAR1")
    assert main(["excel", str(folder), "--to", str(to)]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert told in line and len(line) <= 300 + len(str(tmp_path)) and not to.exists()


def test_the_sheet_on_equity_says_its_measures_in_words_in_rows_that_are_not_tall(comparison: Path) -> None:
    said = {str(row["Measure"]) for row in rows_of(comparison, "Equity")}
    assert "1 in 10 waits to assessment exceed" in said
    assert not [name for name in said if "p90" in name or "share" in name]
    sheet = openpyxl.load_workbook(comparison / "results.xlsx")["Equity"]
    assert max(sheet.row_dimensions[row].height or 0 for row in range(2, sheet.max_row + 1)) < 4 * 14


def test_the_first_sheet_says_which_numbers_were_changed(run: Path, hub_config: Callable[..., HubConfig]) -> None:
    part = part_of_run(manifest_of(run, "", ""), run, "")
    book, changed = new_book(), hub_config("standards.stages.referral_to_therapy.days=99")
    add_about(book, [replace(part, config=changed)], Dresser(), [])
    texts = {str(row[0].value): str(row[1].value) for row in book["About"].iter_rows(min_col=1, max_col=2)}
    assert texts["Changed"].startswith(
        "1 number set by the scenario or by you: Standards stages referral to therapy days"
    )


def test_no_chapter_of_the_first_sheet_is_parted_by_the_end_of_a_page(run: Path) -> None:
    short, part = openpyxl.load_workbook(run / "results.xlsx")["About"], part_of_run(manifest_of(run, "", ""), run, "")
    assert (short.page_setup.fitToHeight, len(short.row_breaks)) == (1, 0)
    book, warned = new_book(), part.manifest | {"warnings": [f"number {number} " * 15 for number in range(12)]}
    add_about(book, [replace(part, manifest=warned)], Dresser(), [])
    sheet = book["About"]
    assert {each.id + 1 for each in sheet.row_breaks.brk} <= {
        row for row in range(3, sheet.max_row) if sheet.cell(row, 1).font.bold
    }
    assert len(sheet.row_breaks) and not sheet.sheet_properties.pageSetUpPr.fitToPage
