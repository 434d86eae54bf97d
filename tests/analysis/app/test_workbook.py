"""A workbook by upload: the page simulates what `hub import` and `hub` do, and the workbook leaves with its visit."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from analysis.app.background import CHECKED, Runs
from analysis.app.last_year import config_of_months, months_taken, verdicts
from analysis.app.option_folder import OwnHub, take_workbook
from analysis.app.plans import NamedView, cells_of, keep_design, own_hub_of
from analysis.app.quick_look import QuickLooks, result_of_folder
from analysis.app.size import SizingForm, sizing_arguments
from analysis.app.view import View, from_link, refuse_beyond
from analysis.app.visits import House
from analysis.app.workbook import options_of, values_of
from analysis.commands import main
from analysis.own_hub.actual import as_lists
from analysis.own_hub.check import happened
from analysis.own_hub.months_csv import NATIONAL, read_csv
from analysis.own_hub.months_kept import read_months
from analysis.own_hub.write import empty_workbook
from sim.errors import ConfigProblem, HubError
from sim.run.manifest import config_hash

IN_THE_END = 600
TYPED = {
    "Hub!B6": "Our Hub",
    "Hub!B8": 6,
    "Staff groups!C6": "41,000",
    "Posts!C6": 1.5,
    "Lists!B6": 5,  # so that it opens with its lists, without years before
    "Months!B6": 20,
    "Months!C6": 15,
    "Months!B7": 25,
    "Months!B8": 22,
}


@pytest.fixture(scope="module")
def empty() -> bytes:
    return empty_workbook("2022-04-01")


@pytest.fixture(scope="module")
def filled(empty: bytes) -> Callable[..., bytes]:
    def make(typed: dict[str, Any], change: Callable[[Workbook], object] | None = None) -> bytes:
        book = load_workbook(io.BytesIO(empty))
        for place, value in typed.items():
            sheet, _, cell = place.partition("!")
            book[sheet][cell] = value
        if change:
            change(book)
        content = io.BytesIO()
        book.save(content)
        return content.getvalue()

    return make


@pytest.fixture
def hub(filled: Callable[..., bytes], tmp_path: Path) -> OwnHub:
    (tmp_path / "visit").mkdir()
    return take_workbook("my-hub.xlsx", filled(TYPED), tmp_path / "visit" / "hub-1", refuse_beyond)


@pytest.mark.integration
def test_the_page_simulates_a_workbook_to_the_byte_as_import_and_hub_do(
    hub: OwnHub, filled: Callable[..., bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "my-hub.xlsx").write_bytes(filled(TYPED))
    assert main(["import", str(mine / "my-hub.xlsx")]) == 0
    run = ["--config-dir", str(mine), "scenario=my_hub", "run.replications=4", "run.store=null", "run.jobs=1"]
    assert main([*run, f"hydra.run.dir={tmp_path / 'run'}"]) == 0
    capsys.readouterr()
    for option in hub.made:
        assert (mine / option.path).read_text() == option.text == (Path(str(hub.folder)) / option.path).read_text()

    view = View.of_hub(hub)
    look = QuickLooks(tmp_path / "store").ask(view.config(4))
    assert look.finished.wait(IN_THE_END) and look.result is not None, look.problem
    assert look.result.summary() == (tmp_path / "run" / "summary.csv").read_bytes()
    assert config_hash(view.config(4)) == config_hash(result_of_folder(view.config(4), tmp_path / "run").config)
    assert view.command("run.replications=4").startswith("hub run --config-dir my_hub scenario=my_hub staffing=my_hub")


@pytest.mark.integration
def test_the_levers_start_from_the_workbook_and_move_it(hub: OwnHub) -> None:
    view = View.of_hub(hub)
    levers = {lever.name: lever for lever in view.levers}
    first = next(name for name in levers if name.startswith("wte."))
    assert levers[first].preset == 1.5
    moved = view.with_change(first, 2.0)
    assert moved.config(1).staffing != view.config(1).staffing
    assert "my_hub" in view.folder.options("staffing") and "my_hub" not in View.default().folder.options("staffing")


@pytest.mark.integration
def test_every_value_of_a_workbook_is_shown_with_its_cell(hub: OwnHub) -> None:
    rows = {row["key"]: row for row in values_of(hub)}
    headcount = next(row for key, row in rows.items() if key.endswith("headcount"))
    assert headcount["value"] == "41000" and headcount["from"] == "sheet Staff groups, cell C6"
    assert len({row["from"] for row in rows.values()}) > 100
    assert options_of(hub)[:2] == b"PK"


@pytest.mark.unit
def test_all_refused_cells_are_told_at_once_and_nothing_is_left(filled: Callable[..., bytes], tmp_path: Path) -> None:
    folder = tmp_path / "hub-1"
    for typed, cells in (
        ({"Posts!C6": "two", "Staff groups!D6": "most", "Lists!B6": "many"}, ("Posts, cell C6", "cell D6", "cell B6")),
        ({"Job plans!B6": 50}, ("sheet Job plans, cell B6",)),  # found when it is composed
        ({"Hub!B6": "jane.doe@nhs.net"}, ("sheet Hub, cell B6: looks like an e-mail address",)),
        ({"Hub!B8": 100}, ("run.horizon_days",)),  # more than the page runs
    ):
        with pytest.raises(ConfigProblem) as problem:
            take_workbook("my-hub.xlsx", filled(typed), folder, refuse_beyond)
        assert all(cell in str(problem.value) for cell in cells), problem.value
        assert str(tmp_path) not in str(problem.value)
        assert not folder.exists()


@pytest.mark.unit
@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("my-hub.xlsm", b"PK", "my-hub.xlsm: got a .xlsm file; save it as .xlsx"),
        ("my-hub.xlsx", b"\0" * 50_000_000, "my-hub.xlsx: got 50 MB"),
        ("my-hub.xlsx", b"not a workbook", "my-hub.xlsx: is not an Excel workbook"),
    ],
)
def test_what_is_no_workbook_is_refused_as_on_the_command_line(
    name: str, content: bytes, told: str, tmp_path: Path
) -> None:
    with pytest.raises(HubError) as problem:
        take_workbook(name, content, tmp_path / "hub-1", refuse_beyond)
    assert str(problem.value).startswith(told)
    path = tmp_path / name
    path.write_bytes(content)
    assert main(["import", str(path)]) == 2


@pytest.mark.integration
def test_last_year_is_checked_as_hub_check_does(
    hub: OwnHub, filled: Callable[..., bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    actual = happened(hub.filled)
    config, _ = config_of_months(View.of_hub(hub), hub, actual)
    run_of_two = config.model_copy(
        update={"run": config.run.model_copy(update={"replications": 2, "store": None, "jobs": 1})}
    )
    assert [*actual.values()] == [20, 15, 25, 22]
    asked = {"kind": "check", "config": run_of_two.model_dump(mode="json"), "happened": as_lists(actual)}
    run = Runs().start(tmp_path / "run", asked)
    assert run.ended.wait(IN_THE_END) and run.state == "done", run.problem
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "my-hub.xlsx").write_bytes(filled(TYPED))
    assert main(["import", str(mine / "my-hub.xlsx")]) == 0
    main(["check", str(mine), "--replications", "2", "--jobs", "1", "run.store=null", "--out", str(tmp_path / "out")])
    capsys.readouterr()
    months = tmp_path / "run" / CHECKED / "months.csv"
    assert months.read_text() == (tmp_path / "out" / "months.csv").read_text()
    rows = verdicts(read_months(months))
    assert [row["months inside"][-4:] for row in rows] == ["of 3", "of 1"]


@pytest.mark.unit
def test_months_of_national_data_are_shown_as_they_are_published(hub: OwnHub) -> None:
    content = f"month,{','.join(NATIONAL)}\n2021-05,30,105,<5,25\n2021-04,45,130,*,40\n"
    actual = read_csv("mhsds-f06.csv", content.encode())
    april, may = months_taken(actual)
    assert [april["month"], may["month"]] == ["April 2021", "May 2021"]
    assert [*april.values()][1:] == ["45", "*", "130", "40"]
    assert [*may.values()][1:] == ["30", "<5", "105", "25"]
    config, _ = config_of_months(View.of_hub(hub), hub, actual)
    assert (str(config.run.start_date), config.run.horizon_days) == ("2021-04-01", 61)


@pytest.mark.integration
def test_plans_of_a_workbook_are_compared_and_sized_with_its_options(hub: OwnHub, tmp_path: Path) -> None:
    view = View.of_hub(hub)
    first = next(lever.name for lever in view.levers if lever.name.startswith("wte."))
    plans = [
        NamedView("Now", view),
        NamedView("More", view.with_change(first, 3.0)),
        NamedView("Theirs", View.default()),
    ]
    folder = Path(str(hub.folder)).parent / "run-1"
    assert len(keep_design(plans, folder, 2)) == 3
    cells = cells_of(folder / "plans.csv", 2, None, str(hub.folder))
    assert [cell.scenario for cell in cells] == ["my_hub", "my_hub", "baseline"]
    other = OwnHub(tmp_path / "hub-2", hub.filled, hub.made)
    with pytest.raises(ConfigProblem, match="different workbooks"):
        own_hub_of([view, replace(view, hub=other)])
    assert sizing_arguments(view, SizingForm.default(), "../store")[:2] == ["scenario=my_hub", "staffing=my_hub"]


@pytest.mark.unit
def test_a_link_to_a_workbook_holds_nothing_of_it_and_opens_nowhere_else(hub: OwnHub) -> None:
    link = View.of_hub(hub).link()
    assert link == {"scenario": "my_hub", "staffing": "my_hub", "own": "hub-1"}
    with pytest.raises(ConfigProblem, match="upload it"):
        from_link(link)


@pytest.mark.integration
def test_a_workbook_and_what_was_made_of_it_are_gone_with_its_visit_and_never_seen_by_another(
    filled: Callable[..., bytes],
) -> None:
    there = {"mine", "other"}
    house = House(connected=there.__contains__)
    mine, other = house.visit("mine"), house.visit("other")
    hub = take_workbook("my-hub.xlsx", filled(TYPED), mine.folder / "hub-1", refuse_beyond)
    view = View.of_hub(hub)
    look = house.looks.ask(house.config(view, 2, mine))
    assert look.finished.wait(IN_THE_END) and look.result is not None, look.problem
    assert list((mine.folder / "store").rglob("*.tables"))
    assert not [path for path in house.folder.rglob("*") if path.is_file() and mine.folder not in path.parents
                and b"Our Hub" in path.read_bytes()]  # fmt: skip
    assert list(other.folder.iterdir()) == [] and "my_hub" not in View.default().folder.options("scenario")
    assert house.looks.ask(house.config(view, 2, mine)) is look
    there.remove("mine")
    house.see_who_is_away(0.0)
    house.see_who_is_away(1000.0)
    assert not mine.folder.exists() and other.folder.exists()
    assert not [kept for kept in house.looks._kept.values() if kept.config.scenario == "my_hub"]
    house.close()
    shutil.rmtree(house.folder, ignore_errors=True)
