"""The evidence register knows every number in conf/, and says so when it does not."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis import evidence
from analysis.commands import main
from analysis.evidence import config_numbers, problems
from sim.config import validate
from sim.errors import HubError
from sim.evidence import CHANGED, COLUMNS, GRADES, grades_in_use, read_register
from sim.launch.compose import compose
from sim.launch.files import CONFIG_NAME, group_defaults

CONF = {
    "config.yaml": "defaults:\n  - run: default\nhubs: {count: 1}\nhydra: {job: {num: 3}}\n",
    "costs/default.yaml": (
        'price_year: 2021/22\nfrom: 2021-04-01\nband: "7"\ncounted: true\ncsv: null\npay: {"7": {mid: 42948}}\n'
    ),
    "demand/steady.yaml": "season: [1.110, 0.89]\ncampaigns:\n  - {after_days: 84}\nrate: 1e-3\n",
    "demand/growing.yaml": "growth: 0.5\nrate: 2e-3\n",
    "incident/none.yaml": "# Nothing happens.\n",
}
ROWS = """\
config:hubs.count,1,hubs,,,fixed,setting,,Choice of the planner,
costs/default:pay.7.mid,42948,GBP per year,40057,45839,uniform,B,PAY-7,Pay scales 2021/22,Midpoint
demand/growing:growth,0.5,per year,0,1,uniform,D,,Assumption,
demand/growing:rate,0.002,per person-year,0.001,0.003,beta,D,,Assumption,
demand/steady:season[0],1.110,ratio,1,1.2,fixed,A,S-1,The study,
demand/steady:season[1],0.89,ratio,0.8,1,fixed,A,S-1,The study,
demand/steady:campaigns[0].after_days,84,days,70,98,fixed,C,I-4,"From memory, not checked",
demand/steady:rate,0.001,per person-year,0,0.01,beta,D,,Assumption,
"""
Edit = Callable[[str, str], Path]


@pytest.fixture
def conf(tmp_path: Path) -> Path:
    """A small conf/ whose register is complete."""
    folder = tmp_path / "conf"
    for name, text in CONF.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    (folder / "evidence.csv").write_text(",".join(COLUMNS) + "\n" + ROWS)
    return folder


@pytest.fixture
def edited(conf: Path) -> Edit:
    """Replace a piece of the small register."""

    def edit(old: str, new: str) -> Path:
        register = conf / "evidence.csv"
        text = register.read_text()
        assert old in text
        register.write_text(text.replace(old, new, 1))
        return conf

    return edit


@pytest.fixture
def at_hand(conf: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the command find the small conf/."""
    monkeypatch.setattr(evidence, "conf_dir", lambda: conf)
    monkeypatch.setattr("sim.evidence.conf_dir", lambda: conf)
    return conf


@pytest.mark.integration
def test_every_number_in_conf_has_its_row_and_every_row_its_number():
    assert problems() == []


@pytest.mark.integration
def test_every_number_of_the_default_run_has_a_grade():
    counts = grades_in_use(compose())
    assert counts[CHANGED] == 0
    assert set(counts) == set(GRADES)
    chosen = {f"{group}/{option}" for group, option in group_defaults().items()} | {CONFIG_NAME}
    assert sum(counts.values()) == sum(row.option in chosen for row in read_register())


@pytest.mark.integration
@pytest.mark.parametrize("asked", ["scenario=baseline", "scenario=pandemic_wave", "uncertainty=psa"])
def test_nothing_counts_as_changed_that_nobody_changed(asked):
    assert grades_in_use(validate(compose(asked)))[CHANGED] == 0


@pytest.mark.integration
def test_a_changed_number_is_counted_as_changed_and_a_setting_stays_one():
    before = grades_in_use(compose())
    after = grades_in_use(compose("run.replications=7", "standards.stages.referral_to_therapy.days=99"))
    assert after - before == {CHANGED: 1}
    assert before - after == {"B": 1}


@pytest.mark.integration
def test_an_incident_brings_its_own_numbers():
    of_the_incident = [row for row in read_register() if row.path.startswith("incident/manchester_arena:")]
    added = grades_in_use(compose("incident=manchester_arena")) - grades_in_use(compose())
    assert sum(added.values()) == len(of_the_incident)
    assert CHANGED not in added


@pytest.mark.integration
def test_a_derived_option_keeps_the_grades_of_what_it_inherits():
    assert grades_in_use(compose("screening=itq"))[CHANGED] == 0


@pytest.mark.unit
def test_numbers_are_found_in_lists_and_flow_mappings_but_not_texts_dates_booleans_nulls_or_hydra_settings(conf):
    assert {path: number.value for path, number in config_numbers(conf).items()} == {
        "config:hubs.count": "1",
        "costs/default:pay.7.mid": "42948",
        "demand/growing:growth": "0.5",
        "demand/growing:rate": "2e-3",
        "demand/steady:season[0]": "1.110",
        "demand/steady:season[1]": "0.89",
        "demand/steady:campaigns[0].after_days": "84",
        "demand/steady:rate": "1e-3",
    }


@pytest.mark.unit
def test_a_number_knows_its_file_and_line(conf):
    assert config_numbers(conf)["demand/steady:campaigns[0].after_days"].where == "conf/demand/steady.yaml:3"


@pytest.mark.unit
def test_a_complete_register_has_no_problems(conf):
    assert problems(conf) == []


@pytest.mark.unit
@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (ROWS.splitlines()[3] + "\n", "", "conf/demand/growing.yaml:2 demand/growing:rate: 2e-3 has no row; add one"),
        ("season[1],0.89", "season[2],0.89", "conf/evidence.csv:7 demand/steady:season[2]: no such number in conf/"),
        ("1.110,", "1.111,", "season[0]: value 1.111, but conf/demand/steady.yaml:1 has 1.110; change value"),
        ("days,70,98", "days,85,98", "after_days: low 85, value 84, high 98; must be in this order"),
        ("days,70,98", "days,70,83", "after_days: low 70, value 84, high 83; must be in this order"),
        ("days,70,98", "days,,98", "after_days: low missing, value 84, high 98; must be in this order"),
        ("uniform,B", ",B", "pay.7.mid: distribution missing; must be one of fixed, beta"),
        ("uniform,B", "unifrom,B", "pay.7.mid: distribution unifrom; must be one of fixed, beta"),
        ("hubs,,,", "hubs,2,3,", "hubs.count: low 2, value 1, high 3; must be in this order"),
        ("uniform,B", "uniform,E", "pay.7.mid: grade E; must be one of A, B, C, D, setting"),
        ("uniform,B", "uniform,", "pay.7.mid: grade missing"),
        ("GBP per year", "", "pay.7.mid: unit missing"),
        ("Pay scales 2021/22", " ", "pay.7.mid: source missing"),
        ("demand/growing:growth,", ROWS.splitlines()[2] + "\ndemand/growing:growth,", "growth: has a row already"),
    ],
)
def test_each_kind_of_problem_is_told_with_its_place(edited, old, new, told):
    found = problems(edited(old, new))
    assert any(told in line for line in found), found


@pytest.mark.unit
def test_a_row_for_a_renamed_number_suggests_the_new_name(edited):
    found = problems(edited("demand/growing:growth,", "demand/growing:growht,"))
    assert any("did you mean demand/growing:growth?" in line for line in found)


@pytest.mark.unit
def test_a_value_may_be_written_in_another_way(edited):
    assert problems(edited("1.110,", "1.11,")) == []


@pytest.mark.unit
def test_grades_are_counted_for_the_chosen_options_only(conf):
    steady = {
        "hubs": {"count": 1},
        "demand": {"season": [1.11, 0.89], "campaigns": [{"after_days": 84}], "rate": 0.001},
    }
    assert grades_in_use(steady, conf) == {"setting": 1, "A": 2, "C": 1, "D": 1}
    growing = {"hubs": {"count": 4, "named": "x", "follow": True}, "demand": {"growth": 0.5, "rate": 0.002, "own": 3}}
    assert grades_in_use(growing, conf) == {"setting": 1, "D": 2, CHANGED: 1}


@pytest.mark.unit
def test_options_that_share_a_value_count_with_the_weaker_grade(edited):
    folder = edited("demand/steady:rate,0.001,per person-year,0,0.01,beta,D", "demand/steady:rate,0.002,x,0,1,beta,A")
    assert grades_in_use({"demand": {"rate": 0.002}}, folder) == {"D": 1}


@pytest.mark.unit
@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("path,value", "value,path", "the columns must be path, value"),
        (",Midpoint", ",Mid,point", "csv:3: got more or fewer than 10 cells"),
    ],
)
def test_a_register_that_cannot_be_read_is_refused(edited, old, new, told):
    with pytest.raises(HubError, match=told):
        read_register(edited(old, new))


@pytest.mark.unit
def test_the_command_prints_counts_first_and_then_plain_rows(at_hand, capsys):
    assert main(["evidence"]) == 0
    counts, table = capsys.readouterr().out.split("\n\n")
    assert [line.split()[:2] for line in counts.splitlines()] == [
        ["A", "2"],
        ["B", "1"],
        ["C", "1"],
        ["D", "3"],
        ["setting", "1"],
    ]
    header, *rows = [line.split("\t") for line in table.rstrip("\n").split("\n")]
    assert header == list(COLUMNS)
    assert [row[COLUMNS.index("grade")] for row in rows] == ["A", "A", "B", "C", "D", "D", "D", "setting"]


@pytest.mark.unit
def test_a_path_that_no_number_has_is_refused(at_hand, capsys):
    assert main(["evidence", "--path", "nothing"]) == 2
    assert capsys.readouterr().err.startswith("--path: got nothing; no number's path holds it")


@pytest.mark.unit
@pytest.mark.parametrize(
    ("arguments", "paths"),
    [
        (["--grade", "D", "--path", "steady"], ["demand/steady:rate"]),
        (["--path", "pay"], ["costs/default:pay.7.mid"]),
    ],
)
def test_the_command_shows_only_what_is_asked_for(at_hand, capsys, arguments, paths):
    assert main(["evidence", *arguments]) == 0
    table = capsys.readouterr().out.split("\n\n")[1]
    assert [line.split("\t")[0] for line in table.splitlines()[1:]] == paths


@pytest.mark.unit
def test_a_terminal_gets_a_table(at_hand, capsys, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "70")
    assert main(["evidence", "--grade", "A"]) == 0
    shown = capsys.readouterr().out
    assert "┃" in shown
    assert "…" not in shown


@pytest.mark.unit
def test_the_check_exits_with_1_and_names_the_line(at_hand, edited, capsys):
    assert main(["evidence", "--check"]) == 0
    assert capsys.readouterr().out == "Each of the 8 numbers in conf/ and shipped scenarios has its row.\n"
    edited("1.110,", "1.111,")
    assert main(["evidence", "--check"]) == 1
    assert capsys.readouterr().out.startswith("conf/evidence.csv:6 demand/steady:season[0]: value 1.111")


@pytest.mark.unit
def test_a_missing_register_is_told_in_one_line(at_hand, capsys):
    (at_hand / "evidence.csv").unlink()
    assert main(["evidence", "--check"]) == 2
    assert capsys.readouterr().err.endswith(
        "evidence.csv: there is no such file; install the package again, or give a folder that holds it\n"
    )


@pytest.mark.integration
def test_the_command_stops_quietly_when_its_reader_does():
    command = "import sys; from analysis.commands import main; sys.exit(main(['evidence']))"
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-c", command], stdout=writing, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")  # as any command that was not read to its end


@pytest.mark.unit
def test_help_names_every_option(capsys):
    with pytest.raises(SystemExit) as left:
        main(["evidence", "--help"])
    assert left.value.code == 0
    told = capsys.readouterr().out
    assert all(option in told for option in ("--grade", "--path", "--check"))
