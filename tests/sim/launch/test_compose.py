"""How conf/, a scenario and the command line become one configuration, and how mistakes are told."""

import gc
import os
import re
import shutil
import weakref
from pathlib import Path

import pytest

from sim.disk import conf_dir
from sim.errors import ConfigProblem
from sim.launch.compose import Composer, compose, compose_cells, composer_of
from sim.launch.files import group_defaults
from sim.launch.names import folders_of
from sim.launch.options import Options

pytestmark = pytest.mark.unit

OPTIONS = {
    "staffing/senior_led": "roles: {senior: {wte: 3}, therapist: {wte: 6}}",
    "staffing/mixed": "roles: {senior: {wte: 1}, therapist: {wte: 9}}",
    "incident/none": "{}",
    "incident/arena": "arena: {day: 180}",
    "incident/flood": "flood: {day: 30}",
    "run/default": "{seed: 1, replications: 50, start_date: 2021-04-01, keep: []}",
}
SCENARIOS = {
    "baseline": "purpose: Steady demand.",
    "lean": "purpose: One senior fewer.\nstaffing: {roles: {senior: {wte: 2}}}",
    "arena": "purpose: A bombing.\ndefaults:\n  - override /incident: arena\nrun: {seed: 7}",
    "two_hubs": "purpose: Two Hubs.\nhubs: {count: 2}",
}


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text + "\n", encoding="utf-8")


@pytest.fixture
def conf(tmp_path: Path) -> Path:
    """A small project under a path with spaces: the real config.yaml over a few options and scenarios."""
    folder = tmp_path / "planning team" / "conf"
    folder.mkdir(parents=True)
    shutil.copy(conf_dir() / "config.yaml", folder)
    for group, option in group_defaults(folder).items():
        if group != "scenario":
            write(folder / group / f"{option}.yaml", "{}")
    for option, text in OPTIONS.items():
        write(folder / f"{option}.yaml", text)
    for scenario, text in SCENARIOS.items():
        write(folder.parent / "scenarios" / f"{scenario}.yaml", text)
    return folder


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A user's own folder of scenarios."""
    folder = tmp_path / "my scenarios"
    write(folder / "scenario" / "bigger.yaml", "# @package _global_\npurpose: Mine.\nhubs: {count: 5}")
    return folder


def refusal(conf: Path, *overrides: str, multirun: bool = False, own: Path | None = None) -> list[str]:
    with pytest.raises(ConfigProblem) as refused:
        compose_cells(overrides, multirun, str(own) if own else None, conf)
    return refused.value.lines


def test_files_are_read_once_and_again_when_one_has_changed_or_appeared(conf: Path) -> None:
    before = composer_of(conf=conf)
    assert composer_of(conf=conf) is before
    write(conf / "staffing" / "mixed.yaml", "roles: {senior: {wte: 1}, therapist: {wte: 11}}")
    assert compose("staffing=mixed", conf=conf)["staffing"]["roles"]["therapist"]["wte"] == 11
    write(conf.parent / "scenarios" / "new.yaml", "purpose: One more.\nhubs: {count: 3}")
    assert compose("scenario=new", conf=conf)["hubs"]["count"] == 3


def test_a_change_of_the_same_length_within_a_tick_of_the_clock_is_seen(conf: Path) -> None:
    file = conf / "staffing" / "mixed.yaml"
    for wte in (3, 4):
        write(file, f"roles: {{senior: {{wte: 1}}, therapist: {{wte: {wte}}}}}")
        os.utime(file, ns=(10**18, 10**18))
        assert compose("staffing=mixed", conf=conf)["staffing"]["roles"]["therapist"]["wte"] == wte


def test_nothing_is_kept_of_a_folder_that_is_gone(conf: Path, own: Path) -> None:
    of_own = composer_of(str(own), conf)
    assert compose("scenario=bigger", config_dir=str(own), conf=conf)["hubs"]["count"] == 5
    assert composer_of(str(own), conf) is of_own
    write(own / "scenario" / "bigger.yaml", "purpose: Mine.\nhubs: {count: 6}")
    assert compose("scenario=bigger", config_dir=str(own), conf=conf)["hubs"]["count"] == 6
    left = weakref.ref(composer_of(str(own), conf))
    shutil.rmtree(own)
    del of_own
    compose(conf=conf)
    gc.collect()
    assert left() is None


def test_what_somebody_changes_of_a_configuration_reaches_nobody_else(conf: Path) -> None:
    compose(conf=conf)["run"]["seed"] = 99
    assert compose(conf=conf)["run"]["seed"] == 1


def test_a_file_is_named_as_it_is_seen_from_where_the_user_stands(conf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = composer_of(conf=conf).options
    for folder in (conf.parent, conf.parent.parent):
        monkeypatch.chdir(folder)
        composer_of(conf=conf).options.compose([])
        assert any(each.file == str((conf / "config.yaml").relative_to(folder)) for each in files.written)


def test_a_scenario_is_a_diff_over_the_defaults(conf: Path) -> None:
    lean = compose("scenario=lean", conf=conf)
    assert lean["staffing"]["roles"] == {"senior": {"wte": 2}, "therapist": {"wte": 6}}


def test_a_configuration_knows_its_scenario_staffing_and_purpose(conf: Path) -> None:
    lean = compose("scenario=lean", "staffing=mixed", conf=conf)
    assert (lean["scenario"], lean["staffing_model"], lean["purpose"]) == ("lean", "mixed", "One senior fewer.")


def test_a_configuration_is_plain_and_free_of_hydra(conf: Path) -> None:
    baseline = compose(conf=conf)
    assert "hydra" not in baseline
    assert type(baseline["run"]) is dict
    assert type(baseline["run"]["keep"]) is list
    assert baseline["run"]["start_date"] == "2021-04-01"


def test_a_scenario_wins_over_options_and_over_the_top_level_defaults(conf: Path) -> None:
    assert compose("scenario=lean", "staffing=mixed", conf=conf)["staffing"]["roles"]["senior"]["wte"] == 2
    assert compose("scenario=two_hubs", conf=conf)["hubs"]["count"] == 2


def test_the_command_line_wins_over_the_scenario(conf: Path) -> None:
    assert compose("scenario=arena", "run.seed=9", conf=conf)["run"]["seed"] == 9
    assert compose("scenario=arena", "incident=flood", conf=conf)["incident"] == {"flood": {"day": 30}}


def test_a_scenario_may_choose_another_option(conf: Path) -> None:
    assert compose("scenario=arena", conf=conf)["incident"] == {"arena": {"day": 180}}


def test_two_incidents_may_happen_in_one_scenario(conf: Path) -> None:
    assert set(compose("incident=[arena,flood]", conf=conf)["incident"]) == {"arena", "flood"}


def test_a_line_of_staff_is_added_with_a_plus_and_removed_with_a_tilde(conf: Path) -> None:
    roles = compose("+staffing.roles.navigator={wte: 1}", "~staffing.roles.therapist", conf=conf)["staffing"]["roles"]
    assert roles == {"senior": {"wte": 3}, "navigator": {"wte": 1}}


def test_a_sweep_is_every_combination_in_order(conf: Path) -> None:
    cells = compose_cells(["scenario=baseline,lean", "staffing=senior_led,mixed"], True, conf=conf)
    assert [(cell.scenario, cell.staffing) for cell in cells] == [
        ("baseline", "senior_led"),
        ("baseline", "mixed"),
        ("lean", "senior_led"),
        ("lean", "mixed"),
    ]
    assert cells[1].overrides == ("scenario=baseline", "staffing=mixed")


def test_a_glob_finds_every_scenario(conf: Path, own: Path) -> None:
    assert [cell.scenario for cell in compose_cells(["scenario=glob(*)"], True, conf=conf)] == sorted(SCENARIOS)
    with_own = compose_cells(["scenario=glob(*)"], True, str(own), conf)
    assert {cell.scenario for cell in with_own} == {*SCENARIOS, "bigger"}


def test_a_scenario_of_several_hubs_leaves_the_cells_after_it_as_they_are(conf: Path) -> None:
    cells = compose_cells(["scenario=two_hubs,baseline,arena"], multirun=True, conf=conf)
    assert [cell.config["hubs"]["count"] for cell in cells] == [2, 1, 1]


def test_a_glob_that_finds_nothing_is_refused(conf: Path) -> None:
    assert refusal(conf, "scenario=glob(z*)", multirun=True) == [
        "scenario: got glob(z*); nothing matches; hub run --help lists the options"
    ]


def test_a_range_is_swept_over(conf: Path) -> None:
    assert [cell.config["run"]["seed"] for cell in compose_cells(["run.seed=range(1,4)"], True, conf=conf)] == [1, 2, 3]


def test_composing_does_not_depend_on_where_one_stands(conf: Path, own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(own.parent)
    assert compose("scenario=bigger", config_dir="my scenarios", conf=conf)["hubs"]["count"] == 5
    monkeypatch.chdir("/")
    assert compose("scenario=lean", conf=conf)["scenario"] == "lean"


@pytest.mark.parametrize(
    ("name", "times", "folder"),
    [
        ("${hydra.runtime.choices.scenario}_of_${hydra.runtime.choices.staffing}", 1, "arena_of_mixed"),
        ("seed_${run.seed}", 2, "seed_9"),
        ("${hydra.job.override_dirname}", 2, None),
    ],
)
def test_a_run_is_composed_once_unless_the_name_of_its_folder_holds_a_value(
    conf: Path, name: str, times: int, folder: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    composer, asked = Composer(conf=conf), []
    once = composer.options.compose
    monkeypatch.setattr(composer.options, "compose", lambda *args: asked.append(args) or once(*args))
    overrides = ["scenario=arena", "staffing=mixed", "run.seed=9", f"hydra.run.dir='{name}'"]
    composer.cells(overrides, multirun=False, unheeded={})
    found = str(composer.folder(overrides, multirun=False))
    assert found == (folder or "run.seed=9,scenario=arena,staffing=mixed")
    assert len(asked) == times


def test_composing_leaves_hydra_as_it_was(conf: Path) -> None:
    from hydra import initialize_config_dir
    from hydra.core.global_hydra import GlobalHydra

    with initialize_config_dir(str(conf), version_base="1.3"):
        before = GlobalHydra.instance().hydra
        compose(conf=conf)
        assert GlobalHydra.instance().hydra is before


def test_every_scenario_says_what_it_is_for(conf: Path, own: Path) -> None:
    write(own / "scenario" / "broken.yaml", "purpose: [")
    assert Options(str(own), conf).purposes() == {
        "arena": "A bombing.",
        "baseline": "Steady demand.",
        "bigger": "Mine.",
        "broken": "",
        "lean": "One senior fewer.",
        "two_hubs": "Two Hubs.",
    }


def test_an_own_option_of_any_group_can_be_chosen(conf: Path, own: Path) -> None:
    write(own / "staffing" / "tiny.yaml", "roles: {senior: {wte: 0.5}}")
    tiny = compose("staffing=tiny", config_dir=str(own), conf=conf)
    assert (tiny["staffing_model"], tiny["staffing"]) == ("tiny", {"roles": {"senior": {"wte": 0.5}}})


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("hubs: {count: 5}\ndefaults:\n  - override /staffing: mixed", "forgotten"),
        (
            "# Mine\n# @package _global_\nhubs: {count: 5}\ndefaults:\n  - override /staffing: mixed",
            "not the first line",
        ),
        ("\ufeff# @package _global_\nhubs: {count: 5}\ndefaults:\n  - override /staffing: mixed", "from Notepad"),
    ],
)
def test_an_own_scenario_needs_no_package_line(conf: Path, own: Path, text: str, name: str) -> None:
    write(own / "scenario" / "bigger.yaml", text)
    bigger = compose("scenario=bigger", config_dir=str(own), conf=conf)
    assert (bigger["hubs"]["count"], bigger["staffing_model"]) == (5, "mixed"), name


def test_an_own_scenario_may_not_take_a_shipped_name(conf: Path, own: Path) -> None:
    write(own / "scenario" / "lean.yaml", "# @package _global_")
    [line] = refusal(conf, own=own)
    assert line == f"scenario: got {own / 'scenario' / 'lean.yaml'}, but lean is taken; give the file another name"


def test_an_own_folder_must_exist_and_hold_groups(conf: Path, tmp_path: Path) -> None:
    assert refusal(conf, own=tmp_path / "nowhere") == [
        f"--config-dir: got {tmp_path / 'nowhere'}; there is no such folder"
    ]
    [line] = refusal(conf, own=tmp_path)
    assert "it must hold a folder named after a group" in line


@pytest.mark.parametrize(
    ("override", "line"),
    [
        ("staffing=mixd", "staffing: got mixd; did you mean mixed?"),
        ("scenario=xyz", "scenario: got xyz; choose from arena, baseline, lean, two_hubs"),
        ("scenario=null", "scenario: got null; choose from arena, baseline, lean, two_hubs"),
        ("scenario=[baseline,lean]", "scenario: got no single option; choose one with scenario=NAME"),
        ("~scenario", "scenario: got no single option; choose one with scenario=NAME"),
        ("+scenario=lean", "scenario: got +scenario=lean; write scenario=OPTION"),
        ("Scenario=lean", "Scenario: got lean; there is no such key: did you mean scenario?"),
        ("Run.Seed=3", "Run.Seed: got 3; there is no such key: did you mean run.seed?"),
        ("staffing=Mixed", "staffing: got Mixed; did you mean mixed?"),
        ("staff=mixed", "staff: got mixed; there is no such key: did you mean staffing?"),
        ("run.sed=3", "run.sed: got 3; there is no such key: did you mean run.seed?"),
        ("replications=3", "replications: got 3; there is no such key: did you mean run.replications?"),
        ("run.seed.deeper=3", "run.seed.deeper: got 3; there is no such key: did you mean run.seed?"),
        (
            "staffing.roles.porter=1",
            "staffing.roles.porter: got 1; there is no such key: choose from staffing.roles.senior, "
            "staffing.roles.therapist; or add it as +staffing.roles.porter=VALUE",
        ),
        ("+run.seed=3", "run.seed: got 3; it exists already: leave out the +"),
        ("~run.sed", "run.sed: got ~run.sed; there is no such key: did you mean run.seed?"),
        ("run.seed", "run.seed: got no value; write run.seed=VALUE"),
        ("purpose=(a", "purpose: got (a; put text with spaces or symbols in quotes, as \"purpose='a b'\""),
        ("run.seed=${nope}", "run.seed: Interpolation key 'nope' not found; correct it or leave it out"),
        ("run.seed=???", "run.seed: Missing mandatory value: seed; correct it or leave it out"),
        ("scenario=baseline,lean", "scenario: got baseline,lean; add -m to run each"),
        ("scenario=glob(*)", "scenario: got glob(*); add -m to run each"),
        ("incident=arena,flood", "incident: got arena,flood; add -m to run each, or write a list as [a,b]"),
        ("", "command line: got ''; write KEY=VALUE, hub run --help lists the keys"),
        ("=3", "command line: got '=3'; write KEY=VALUE, hub run --help lists the keys"),
        ("mixed", "mixed: got no value; write staffing=mixed"),
        ("run.sèed=3", "run.sèed: got 3; there is no such key: hub --cfg job shows them all"),
        (
            "staffing.roles=[]",
            "staffing.roles: got a list; must be a mapping of names to values: take the dash or the brackets away",
        ),
        (
            "staffing.roles={}",
            "staffing.roles: got {}, which takes nothing away; take entries out one by one, as ~staffing.roles.senior",
        ),
        ("scenario=../lean", "scenario: got ../lean; did you mean lean?"),
        ("scenario=lean.yaml", "scenario: got lean.yaml; leave out the ending: lean"),
    ],
)
def test_a_slip_on_the_command_line_is_told_in_one_line(conf: Path, override: str, line: str) -> None:
    assert refusal(conf, override) == [line]


@pytest.mark.parametrize(
    ("override", "line"),
    [
        ("run.seed=range(4,1)", "run.seed: got range(4,1); it is empty"),
        ("run.seed=range(1,4,0)", "run.seed: got range(1,4,0); the step of a range must not be 0"),
        ("run.seed=range(0,1e9)", "-m: got more than 10,000 cells; sweep over fewer values at a time"),
        ("hubs.count=range(0,1,1e-9)", "-m: got more than 10,000 cells; sweep over fewer values at a time"),
    ],
)
def test_a_range_that_cannot_be_meant_is_refused_before_it_fills_the_memory(
    conf: Path, override: str, line: str
) -> None:
    assert refusal(conf, override, multirun=True) == [line]


def test_many_values_of_several_keys_are_too_many_cells_together(conf: Path) -> None:
    sweep = ["run.seed=range(0,101)", "run.replications=range(1,101)"]
    assert refusal(conf, *sweep, multirun=True) == ["-m: got more than 10,000 cells; sweep over fewer values at a time"]


def test_an_empty_mapping_may_be_given_where_there_is_nothing(conf: Path) -> None:
    assert compose("incident={}", "incident=none", conf=conf)["incident"] == {}


@pytest.mark.parametrize("override", ["hydra.mode=MULTIRUN", "hydra/launcher=joblib", "hydra.searchpath=[scenarios]"])
def test_hydras_settings_cannot_slip_unchecked_cells_in(conf: Path, override: str) -> None:
    with pytest.raises(ConfigProblem) as refused:
        compose_cells([override], False, conf=conf, unheeded={})
    [line] = refused.value.lines
    assert "of Hydra's settings only hydra.run.dir, hydra.sweep.dir, " in line and line.endswith(", to one value each")


@pytest.mark.parametrize("override", ["hydra/sweeper=optuna", "hydra.sweeper.params={a: b}"])
@pytest.mark.parametrize("multirun", [True, False])
def test_a_sweeper_of_hydras_is_refused_with_the_reason(conf: Path, override: str, multirun: bool) -> None:
    with pytest.raises(ConfigProblem) as refused:
        compose_cells([override], multirun, conf=conf, unheeded={})
    [line] = refused.value.lines
    told = "every cell is checked before the first one runs: list values, as a,b, or give run.design=FILE"
    assert line == f"{override.replace('=', ': got ', 1)}; {told}"


@pytest.mark.parametrize("override", ["hydra.job.name=mine", "hydra.verbose=true", "hydra.verbose=[sim,analysis]"])
def test_harmless_settings_of_hydras_are_taken(conf: Path, override: str) -> None:
    assert compose(override, conf=conf, unheeded={}) == compose(conf=conf)
    composer = Composer(conf=conf)
    named = ["hydra.job.name=mine", "hydra.run.dir='${hydra.job.name}'"]
    composer.cells(named, multirun=False, unheeded={})
    assert str(composer.folder(named, multirun=False)) == "mine"


def test_the_folders_of_cells_are_called_as_asked_for(conf: Path) -> None:
    sweep = ["scenario=baseline,lean", "run.seed=8,9"]
    assert [cell.folder for cell in compose_cells(sweep, True, conf=conf)] == [
        "0_baseline_senior_led_seed-8", "1_baseline_senior_led_seed-9",
        "2_lean_senior_led_seed-8", "3_lean_senior_led_seed-9",
    ]  # fmt: skip
    named = [*sweep, "hydra.sweep.subdir='${hydra.runtime.choices.scenario}/${run.seed}_${hydra.job.num}'"]
    cells = compose_cells(named, True, conf=conf, unheeded={})
    assert [cell.folder for cell in cells] == ["baseline/8_0", "baseline/9_1", "lean/8_2", "lean/9_3"]


def test_folders_of_cells_are_safe_short_and_all_different() -> None:
    names = ["a,b,x=[1, 2]", "a,b,x=..", 'a:b|c?*<>"/\\,d', "a" * 300, "ä" * 300, "ä" * 300, "a,b,key=-1.5 "]
    folders = folders_of(names)
    assert len({folder.lower() for folder in folders}) == len(names)
    for folder in folders:
        assert re.fullmatch(r"[\w.-]+", folder) and not folder.endswith((".", " ")) and len(folder.encode()) <= 110
    assert folders[6] == "6_a_b_key--1.5"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("same", "got same for more than one cell; put ${hydra.job.num} into it, the number of the cell"),
        ("../x${hydra.job.num}", "got ../x0; name a folder within that of the sweep"),
        ("/x${hydra.job.num}", "got /x0; name a folder within that of the sweep"),
    ],
)
def test_no_two_cells_share_a_folder_and_none_leaves_that_of_its_sweep(conf: Path, name: str, told: str) -> None:
    with pytest.raises(ConfigProblem) as refused:
        compose_cells(["run.seed=8,9", f"hydra.sweep.subdir='{name}'"], True, conf=conf, unheeded={})
    assert refused.value.lines == [f"hydra.sweep.subdir: {told}"]


def test_a_sweep_tells_the_problems_of_all_its_cells_once(conf: Path) -> None:
    assert refusal(conf, "scenario=baseline,xyz", "staffing=mixd,mixed", multirun=True) == [
        "staffing: got mixd; did you mean mixed? (in scenario=baseline, staffing=mixd)",
        "scenario: got xyz; choose from arena, baseline, lean, two_hubs "
        "(in scenario=xyz, staffing=mixd and 1 other cell)",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("run: {seed: 3\nhubs: 1", ["bigger.yaml:3: got bad YAML;"]),
        ("hubs: {count: 1}\nhubs: {count: 2}", ["bigger.yaml:3: got bad YAML; found duplicate key hubs"]),
        ("- a\n- b", ["scenario/bigger"]),
        ("defaults:\n  - override /incident: aren", ["incident: got aren; did you mean arena?"]),
        ("defaults:\n  - incident: arena", ["write `override /incident: arena`"]),
        ("defaults:\n  - override incident: arena", ["scenario/bigger", "`- override /GROUP: OPTION`"]),
        ("defaults:\n  - /incident: arena", ["Multiple values for incident", "`- override /GROUP: OPTION`"]),
        ("defaults: [bigger]", ["defaults: an option builds on itself in its defaults list"]),
        ("defaults: arena", ["scenario/bigger", "`- override /GROUP: OPTION`"]),
        ("run: {seed: '${run.nope}'}", ["run.seed: Interpolation key 'run.nope' not found", "bigger.yaml:2)"]),
    ],
)
def test_a_slip_in_an_own_scenario_is_told_in_one_line(conf: Path, own: Path, text: str, told: list[str]) -> None:
    write(own / "scenario" / "bigger.yaml", f"# @package _global_\n{text}")
    [line] = refusal(conf, "scenario=bigger", own=own)
    assert "\n" not in line
    for part in told:
        assert part in line


def test_a_scenario_in_bad_encoding_is_refused(conf: Path, own: Path) -> None:
    (own / "scenario" / "bigger.yaml").write_bytes(b"# @package _global_\npurpose: \xff\n")
    [line] = refusal(conf, "scenario=bigger", own=own)
    assert "bigger.yaml:2: got byte 0xff" in line and line.endswith("save the file as UTF-8")


def test_problems_survive_the_way_between_processes() -> None:
    import pickle

    again = pickle.loads(pickle.dumps(ConfigProblem(["run.seed: got -1", "hubs: got 0"])))
    assert again.lines == ["run.seed: got -1", "hubs: got 0"]
    assert str(again) == "run.seed: got -1\nhubs: got 0"
