"""`hub compare` from the command line: what it leaves, what it prints, what it refuses."""

import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from analysis.commands import main
from analysis.comparison.tables import TABLES
from analysis.tell.columns import meaning_of

pytestmark = pytest.mark.integration

DRAWN = ("overview", "forest", "lists", "equity", "cost", "map")
FIGURES = {f"{name}.{kind}" for name in DRAWN for kind in ("png", "svg")}


@pytest.fixture(scope="module")
def told(sweep_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder that the command left, and what it printed; without Chromium, which has tests of its own."""
    folder: Path = tmp_path_factory.mktemp("compared") / "new"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("analysis.tell.style.chromium", lambda: None)
        import io

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
    assert {path.name for path in told[0].iterdir()} == FIGURES | set(TABLES) | {"report.html", "results.xlsx"}


def test_it_prints_every_figure_with_what_pairing_bought(told: tuple[Path, str]) -> None:
    headlines = pd.read_csv(told[0] / "headlines.csv")
    assert set(headlines["plan"]) == {"baseline,more_seniors", "growth,mixed", "twin,senior_led"}
    for figure in headlines["figure"]:
        assert told[1].count(figure) >= 3
    assert headlines["variance_reduction"].notna().any()
    assert "by what factor it cut" in told[1]


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


@pytest.mark.parametrize("how", [KeyboardInterrupt, ValueError])
def test_a_comparison_that_is_cut_short_leaves_nothing(
    sweep_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: type[BaseException]
) -> None:
    def cut_short(*_: object) -> str | None:
        raise how

    monkeypatch.setattr("analysis.tell.style.print_pdf", cut_short)  # the last thing that is done
    for module in ("analysis.comparison.report", "analysis.tell.style"):
        monkeypatch.setattr(f"{module}.png", lambda _: b"not drawn")  # what takes the time
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
