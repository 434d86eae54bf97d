"""`hub compare` from the command line: what it leaves, what it prints, what it refuses."""

import html
import io
import re
from collections.abc import Callable
from itertools import chain
from pathlib import Path

import pandas as pd
import pytest
from docx import Document
from hand_made_sweep import write_sweep
from openpyxl import load_workbook
from PIL import Image

from analysis.app.compared import Comparison as Shown
from analysis.commands import main
from analysis.comparison.read_sweep import read_sweep
from analysis.comparison.tables import TABLES
from analysis.estimates.intervals import Interval
from analysis.tell.columns import meaning_of
from analysis.tell.wording import change_in, level_in, plain, sentence
from sim.config import HubConfig

pytestmark = pytest.mark.integration

SENIOR_WTE = "staffing.roles.senior_clinician.lines.senior.wte"
DRAWN = ("overview", "cost_and_waits", "forest", "lists", "equity", "cost", "map")
FIGURES = {f"{name}.{kind}" for name in DRAWN for kind in ("png", "svg")}


@pytest.fixture(scope="module")
def told(sweep_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder that the command left, and what it printed; without Chromium, which has tests of its own."""
    folder: Path = tmp_path_factory.mktemp("compared") / "new"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("analysis.tell.style.chromium", lambda: None)
        out = io.StringIO()
        patch.setattr("sys.stdout", out)
        assert (
            main(
                [
                    "compare",
                    str(sweep_folder),
                    "--baseline",
                    "baseline/senior_led",
                    "--delta",
                    "2",
                    "--out",
                    str(folder),
                ]
            )
            == 0
        )
    return folder, out.getvalue()


def test_it_leaves_tables_figures_and_the_page(told: tuple[Path, str]) -> None:
    assert {path.name for path in told[0].iterdir()} == FIGURES | set(TABLES) | {
        "report.html",
        "board.json",
        "report.docx",
        "results.xlsx",
    }


def test_it_prints_every_figure_with_what_pairing_bought(told: tuple[Path, str]) -> None:
    headlines = pd.read_csv(told[0] / "headlines.csv")
    assert set(headlines["plan"]) == {"baseline,more_seniors", "growth,mixed", "twin,senior_led"}
    for figure in headlines["figure"]:
        assert told[1].count(figure) >= 3
    assert headlines["variance_reduction"].notna().any()
    assert "how many times smaller" in told[1]


def test_an_open_result_says_how_many_more_replications_it_needs(told: tuple[Path, str]) -> None:
    headlines = pd.read_csv(told[0] / "headlines.csv")
    open_ones = headlines[headlines["verdict"] == "not yet conclusive"]
    assert len(open_ones)
    assert "not yet conclusive: about " in told[1]


def test_it_never_claims_cost_effectiveness(told: tuple[Path, str]) -> None:
    assert "No claim about cost-effectiveness can be made" in told[1]
    assert "No claim about cost-effectiveness can be made" in (told[0] / "report.html").read_text()


def test_the_terminal_the_report_and_the_tables_are_plain(
    told: tuple[Path, str], words_to_avoid: Callable[[str], list[tuple[int, str]]]
) -> None:
    folder, printed = told
    assert words_to_avoid(printed) == []
    for file in (folder / "report.html", *folder.glob("*.csv")):
        assert words_to_avoid(re.sub(r"base64,[^\"]*", "", file.read_text(encoding="utf-8"))) == [], file.name


def test_with_too_few_replications_no_plan_is_selected(told: tuple[Path, str]) -> None:
    assert "selection needs 20" in told[1]
    assert pd.read_csv(told[0] / "choice.csv")["selected"].isna().all()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--baseline", "nobody"], "--baseline: got nobody;"),
        (["--baseline", "growth", "--delta", "0"], "--delta: got 0;"),
        (["--baseline", "growth", "--delta", "nan"], "--delta: got nan;"),
        (["--baseline", "growth", "--question", "Why? " * 50], "--question: got 249 characters; give at most 160"),
        (["--baseline", "growth", "--sensitivity", "/nowhere"], "--sensitivity: got /nowhere"),
    ],
)
def test_what_is_wrong_is_told_in_one_line_and_nothing_is_written(
    sweep_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main(["compare", str(sweep_folder), "--out", str(tmp_path / "out"), *arguments]) == 2
    error = capsys.readouterr().err.strip()
    assert said in error
    assert "\n" not in error
    assert not list(tmp_path.iterdir())


def test_a_folder_that_holds_something_is_left_alone(
    sweep_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "report.html").write_text("of last week")
    assert main(["compare", str(sweep_folder), "--baseline", "growth", "--out", str(tmp_path)]) == 2
    assert capsys.readouterr().err == f"--out: got {tmp_path}, which holds files already; choose a new folder\n"
    assert [path.read_text() for path in tmp_path.iterdir()] == ["of last week"]


def test_what_cannot_be_a_folder_is_refused(
    sweep_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    for out, said in ((tmp_path / "file", "which is a file"), (tmp_path / "file" / "in", "which cannot be written")):
        assert main(["compare", str(sweep_folder), "--baseline", "growth", "--out", str(out)]) == 2
        error = capsys.readouterr().err.strip()
        assert error.startswith(f"--out: got {out}, {said}")
        assert "\n" not in error


@pytest.mark.parametrize("how", [KeyboardInterrupt, pytest.param(ValueError, marks=pytest.mark.heavy)])
def test_a_comparison_that_is_cut_short_leaves_nothing(
    sweep_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: type[BaseException]
) -> None:
    def cut_short(*_: object) -> str | None:
        raise how

    monkeypatch.setattr("analysis.tell.style.print_pdf", cut_short)  # the last thing that is done
    for module in ("analysis.comparison.report.png", "analysis.tell.style.png", "analysis.tell.style.svg"):
        monkeypatch.setattr(module, lambda _: b"not drawn")  # what takes the time
    command = ["compare", str(sweep_folder), "--baseline", "growth", "--out", str(tmp_path / "out")]
    if how is KeyboardInterrupt:
        assert main(command) == 130
    else:
        with pytest.raises(how):
            main(command)
    assert not list(tmp_path.iterdir())


def test_every_column_of_a_comparison_is_in_the_data_dictionary(told: tuple[Path, str]) -> None:
    for name in TABLES:
        for column in pd.read_csv(told[0] / name, nrows=1).columns:
            assert meaning_of(name, column)


@pytest.fixture(scope="module")
def clear(hub_config: Callable[..., HubConfig], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, str]:
    """A sweep in which one plan is clearly the best, what the command left of it, and what it printed; no figures."""
    short = {"run.horizon_days": 182, "run.opening.mode": "empty", "run.replications": 5, "run.jobs": 1}
    busy = short | {"demand.multiplier": 2.0}
    plans = {
        "senior_led": hub_config(**busy, **{SENIOR_WTE: 1.0}),
        "more_seniors": hub_config(**busy, **{SENIOR_WTE: 5.0, "staffing_model": "more_seniors"}),
    }
    sweep: Path = tmp_path_factory.mktemp("clear_sweep")
    write_sweep(sweep, plans)
    folder: Path = tmp_path_factory.mktemp("clear") / "new"
    out, picture = io.StringIO(), io.BytesIO()
    Image.new("RGB", (1, 1)).save(picture, "png")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("analysis.tell.style.chromium", lambda: None)
        patch.setattr("sys.stdout", out)
        for drawn in ("analysis.comparison.report.png", "analysis.tell.style.png", "analysis.tell.style.svg"):
            patch.setattr(drawn, lambda _: picture.getvalue())
        command = ["compare", str(sweep), "--baseline", "senior_led", "--stage", "referral_to_assessment"]
        assert main([*command, "--delta", "2", "--out", str(folder)]) == 0
    return sweep, folder, out.getvalue()


def test_one_figure_is_the_same_to_the_digit_wherever_it_stands(clear: tuple[Path, Path, str]) -> None:
    sweep, folder, printed = clear
    name, cell = "More seniors", "more_seniors"
    rows = pd.read_csv(folder / "headlines.csv")
    row = rows[(rows["plan"] == cell) & rows["figure"].str.startswith("assessed within")].iloc[0]
    level, base = (level_in("%")(row[f"{which}_level"]) for which in ("plan", "baseline"))
    found = Interval(*(row[each] for each in ("difference", "simultaneous_low", "simultaneous_high")))
    change = change_in("%").interval(found)
    # The other tables, to the last digit that is written.
    levels = pd.read_csv(folder / "levels.csv")
    shares = levels[(levels["measure"] == "within_standard_share") & (levels["stage"] == "referral_to_assessment")]
    mine = shares[(shares["plan"] == cell) & (shares["dimension"] == "all")].iloc[0]
    assert mine["estimate"] * 100 == pytest.approx(row["plan_level"], rel=1e-9)
    cells = pd.read_csv(folder / "map.csv")
    [at] = cells[(cells["cell"] == cell) & (cells["figure"] == row["figure"])].to_dict("records")
    assert (at["level"], at["difference"]) == (row["plan_level"], row["difference"])
    # The workbook.
    sheet = load_workbook(folder / "results.xlsx")["Differences"]
    heads, *lines = ([cell.value for cell in line] for line in sheet.iter_rows())
    books = [dict(zip(heads, line, strict=True)) for line in lines]
    book = next(one for one in books if one["Difference"] == row["difference"])
    assert book["Plan level"] == row["plan_level"]
    # The answer's own sentence, on the page and in Word.
    page = re.sub(r"\s+", " ", html.unescape((folder / "report.html").read_text()))
    document = Document(str(folder / "report.docx"))
    first = f"Under “{name}” the most people are seen in time."
    answer = f"An estimated {level}% are {row['figure']} (under “Senior led” {base}%)."
    assert f"<b>{first}</b> {answer}" in page
    assert any(f"{first} {answer}" in part.text for part in document.paragraphs)
    # The table of plans, on the page and in Word, the terminal, and the page in a browser.
    [mine_on_page] = [part for part in page.split("<tr") if f"<b>{name}</b>" in part]
    assert f"<b>{level}</b>" in mine_on_page and change in mine_on_page
    [in_word] = [line for line in document.tables[0].rows if line.cells[0].text.startswith(name)]
    assert in_word.cells[2].text.split("\n")[0] == level and change in in_word.cells[2].text
    assert f"{level}" in printed and change in printed
    config = read_sweep(sweep).plans[cell].config
    shown = Shown.read(folder, sweep, {cell: name}, config, "referral_to_assessment")
    [here] = [one for one in shown.rows() if one["plan"] == name and row["figure"] in str(one["figure"]).lower()]
    assert level in str(here) and change in str(here)
    # Every sentence of the page in a browser is one of the report, to the letter.
    told = " ".join([*shown.sentences(), *chain(*shown.behind_the_answer().values())]).replace("\\", "")
    assert shown.sentences()[0] == f"**{first}** {' '.join(map(plain, shown.said['answer'][1:]))}"
    assert f"{first}** {answer}" in told
    for line in re.sub(r"\*\*", "", told).split(". "):
        assert line in re.sub(r"</?b>", "", page)
    [cells] = [part for part in page.split("<tr>") if part.startswith(f"<td>{sentence(row['figure'])}, % *</td>")]
    assert f'<td class="number">{here["difference"]}</td>' in cells
    assert f"<td>{str(here['verdict']).removeprefix('▲ ')}</td>" in cells


def test_requests_of_teams_stand_wherever_the_figures_of_a_comparison_do(clear: tuple[Path, Path, str]) -> None:
    sweep, folder, printed = clear
    rows = pd.read_csv(folder / "headlines.csv")
    [row] = rows[rows["figure"] == "requests for team support that wait"].to_dict("records")
    change = change_in("requests").interval(Interval(*(row[each] for each in ("difference", "low", "high"))))
    measures = read_sweep(sweep).of("more_seniors", "measures")
    mine = measures[(measures["measure"] == "queue_mean") & (measures["stage"] == "team_support")]
    mine = mine[mine["dimension"] == "all"]
    assert row["plan_level"] == pytest.approx(mine["numerator"].sum() / mine["denominator"].sum(), rel=1e-6)
    [line] = [line for line in printed.splitlines() if f" {row['figure']}, requests" in line]
    assert change in line
    page = re.sub(r"\s+", " ", html.unescape((folder / "report.html").read_text()))
    parts = page.split("<tr>")
    assert any(part.startswith(f"<td>{sentence(row['figure'])}, requests</td>") and change in part for part in parts)
    sheet = load_workbook(folder / "results.xlsx")["Differences"]
    assert row["difference"] in [cell.value for line in sheet.iter_rows() for cell in line]


def test_each_wait_that_decides_is_told_by_group_in_table_appendix_and_workbook(told: tuple[Path, str]) -> None:
    equity = pd.read_csv(told[0] / "equity.csv")
    shares = equity[equity["measure"] == "within_standard_share"]
    assert set(shares["stage"]) == {"referral_to_assessment", "referral_to_therapy"}
    assert set(shares[shares["stage"] == "referral_to_therapy"]["dimension"]) == {"staff_group", "gender", "ethnicity"}
    page = (told[0] / "report.html").read_text()
    sheet = load_workbook(told[0] / "results.xlsx")["Equity"]
    found = {cell.value for line in sheet.iter_rows() for cell in line}
    for wait in ("Assessed within 28 days of referral", "In therapy within 126 days of referral"):
        assert f"<h3>{wait}, %, and gap to the reference group" in page and wait in found
