"""From what months are simulated: what is known of the first day is used where it can be run to."""

from __future__ import annotations

import datetime

import pytest

from analysis.commands import main, own_hub
from analysis.own_hub.opening import start_of
from sim.config import changed, validate
from sim.launch.compose import compose

pytestmark = pytest.mark.unit
APRIL = datetime.date(2022, 4, 1)


@pytest.fixture(scope="module")
def config():
    """A Hub whose lists are of 1 April 2022, to be simulated for two years."""
    with_lists = validate(compose("run.opening.mode=backlog", "run.horizon_days=730"))
    return changed(with_lists, {"run.start_date": APRIL})


@pytest.mark.parametrize(
    ("first", "mode", "start", "days", "told"),
    [
        ("2022-04-01", "backlog", "2022-04-01", 90, "from the lists of 1 April 2022 (sheet Lists) on."),
        ("2022-07-01", "backlog", "2022-04-01", 181, "from the lists of 1 April 2022 (sheet Lists) on."),
        ("2022-04-01", "empty", "2022-04-01", 90, "from an empty Hub on 1 April 2022"),
        ("2022-04-01", "run_in", "2022-04-01", 90, "had run for years by 1 April 2022: no lists are given."),
        ("2021-04-01", "backlog", "2021-04-01", 90, "had run for years by 1 April 2021: its lists are of a later day"),
        ("2024-04-01", "backlog", "2024-04-01", 90, "its lists are of 1 April 2022, from which 730 days are asked for"),
    ],
)
def test_months_are_simulated_from_the_lists_where_these_can_be_run_to(first, mode, start, days, told, config):
    known = config.run.opening.model_copy(update={"mode": mode})
    hub = config.model_copy(update={"run": config.run.model_copy(update={"opening": known})})
    found = start_of(hub, (datetime.date.fromisoformat(first), 90))
    opened = mode if "had run" not in told and "asked for" not in told else "run_in"
    assert found.overrides == [f"run.opening.mode={opened}", f"run.start_date={start}", f"run.horizon_days={days}"]
    assert told in found.told


def test_hub_check_starts_from_the_lists_of_the_day_on_which_the_months_begin_and_says_so(
    filled_in, monkeypatch, capsys
):
    lists = {"Lists!B7": 22, "Lists!C7": 24, "Lists!B8": 31, "Lists!C8": 60, "Lists!B9": 40, "Lists!C9": 6}
    months = {f"Months!{cell}": value for n in range(3) for cell, value in
              ((f"A{6 + n}", datetime.datetime(2022, 4 + n, 1)), (f"B{6 + n}", 50))}  # fmt: skip
    path = filled_in({"Hub!B7": datetime.datetime(2022, 4, 1), **lists, **months})
    assert main(["import", str(path)]) == 0
    asked = []
    monkeypatch.setattr(own_hub, "_replications", asked.append)
    monkeypatch.setattr("analysis.own_hub.check.simulated_months", lambda _: {})
    capsys.readouterr()
    assert main(["check", str(path.parent)]) == 0
    opening = asked[0].run.opening
    assert [opening.mode, opening.backlog.therapy.people, asked[0].run.horizon_days] == ["backlog", 31, 91]
    assert capsys.readouterr().out.startswith("Simulated from the lists of 1 April 2022 (sheet Lists) on.\n")
