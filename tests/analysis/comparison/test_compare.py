"""A finished sweep compared: what its plans differ by, which names are baselines, and what is refused."""

import dataclasses
import json
import math
import shutil
from pathlib import Path

import pandas as pd
import pytest

from analysis.comparison.compare import compare
from analysis.comparison.comparison import Comparison
from analysis.comparison.pairs import BETTER, SAME, UNDECIDED
from analysis.comparison.plans import baselines
from analysis.comparison.read_sweep import read_sweep
from analysis.comparison.sentences import widened_lines
from analysis.comparison.tables import all_differences
from analysis.comparison.taken_apart import equity_table, widened_gaps
from analysis.comparison.values import FIGURE
from analysis.estimates.tables import estimate, look_up
from analysis.tell.wording import words
from sim.errors import HubError

pytestmark = pytest.mark.integration

BASE, SENIORS, MIXED, TWIN = "baseline,senior_led", "baseline,more_seniors", "growth,mixed", "twin,senior_led"


def test_a_scenario_compared_with_itself_is_exactly_zero_everywhere(compared: Comparison) -> None:
    twin = all_differences(compared).query("plan == @TWIN").dropna(subset=["difference", "low"])
    assert len(twin) > 500
    assert (twin[["difference", "low", "high"]] == 0).all(axis=None)
    assert (twin["p"] == 1).all()
    assert {answer.verdict for answer in compared.answers if answer.plan == TWIN} == {SAME}


def test_the_mean_of_a_plans_values_is_its_estimate(compared: Comparison) -> None:
    table = compared.by_replication[SENIORS].mean(axis=1)
    levels = compared.estimates[SENIORS].set_index(FIGURE)["estimate"]
    both = pd.concat([table, levels], axis=1).dropna()
    assert len(both) > 500
    assert both[0].to_numpy() == pytest.approx(both["estimate"].to_numpy(), rel=1e-9, abs=1e-12)


def test_a_difference_is_that_of_the_estimates(compared: Comparison) -> None:
    for answer in compared.answers:
        levels = [compared.level(plan, answer.headline.key).estimate for plan in (answer.plan, answer.baseline)]
        assert answer.found.difference == pytest.approx(levels[0] - levels[1], rel=1e-9, abs=1e-12)


def test_intervals_of_primary_figures_are_wider_than_their_own(compared: Comparison) -> None:
    for answer in compared.answers:
        own, together = answer.found.high - answer.found.low, answer.high - answer.low
        if answer.headline.primary:
            assert together > own or own == 0  # what never varies has no width
            assert answer.p_adjusted >= answer.found.p
        else:
            assert together == own


def test_pairing_cuts_the_variance_of_what_one_more_senior_changes(compared: Comparison) -> None:
    wait = next(h for h in compared.headlines if h.key[:2] == ("wait_days_median", "referral_to_assessment"))
    answer = compared.of(SENIORS, wait)
    assert answer is not None
    assert answer.found.correlation > 0.5
    assert answer.found.variance_reduction > 2


def test_a_baseline_can_be_a_cell_a_pair_a_scenario_or_a_staffing_model(sweep_folder: Path) -> None:
    plans = read_sweep(sweep_folder).plans
    for name in (BASE, "baseline/senior_led"):
        assert set(baselines(plans, name).values()) == {BASE}
    assert set(baselines(plans, "mixed").values()) == {MIXED}
    assert set(baselines(plans, "growth").values()) == {MIXED}


def test_where_several_cells_have_the_name_each_plan_meets_its_own_counterpart(sweep_folder: Path) -> None:
    plans = read_sweep(sweep_folder).plans
    assert baselines({name: plans[name] for name in (BASE, SENIORS, TWIN)}, "senior_led") == {SENIORS: BASE}
    assert baselines({name: plans[name] for name in (BASE, SENIORS, TWIN)}, "baseline") == {TWIN: BASE}
    # There is no such plan in the scenario of growth,mixed, so it is compared with nothing.
    assert baselines(plans, "senior_led") == {SENIORS: BASE}


def test_a_plan_is_compared_with_the_baseline_of_its_own_scenario(sweep_folder: Path) -> None:
    plans = read_sweep(sweep_folder).plans
    busy = {
        f"busy,{name}": dataclasses.replace(plans[cell], name=f"busy,{name}", world="busy")
        for name, cell in (("senior_led", BASE), ("more_seniors", SENIORS))
    }
    assert baselines({BASE: plans[BASE], SENIORS: plans[SENIORS]} | busy, "baseline/senior_led") == {
        SENIORS: BASE, "busy,more_seniors": "busy,senior_led",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["basline", "nobody"])
def test_an_unknown_baseline_is_refused_with_a_suggestion(sweep_folder: Path, name: str) -> None:
    with pytest.raises(HubError, match=f"--baseline: got {name}; (did you mean|choose from)"):
        compare(read_sweep(sweep_folder), name)


def changed(sweep_folder: Path, folder: Path) -> Path:
    shutil.copytree(sweep_folder, folder)
    return folder


def test_plans_of_different_seeds_are_refused(sweep_folder: Path, tmp_path: Path) -> None:
    folder = changed(sweep_folder, tmp_path / "sweep")
    path = folder / f"1_{SENIORS}" / "manifest.json"
    content = json.loads(path.read_text())
    content["config"]["run"]["seed"] = 7
    path.write_text(json.dumps(content))
    with pytest.raises(HubError, match=r"run\.seed: got 20240512 in .* and 7 in baseline,more_seniors"):
        read_sweep(folder)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("run", "horizon_days"), 90, r"run\.horizon_days: got 182 in .* and 90 in baseline,more_seniors"),
        (
            ("standards", "stages", "referral_to_assessment", "days"), 42,
            r"standards\.stages\.referral_to_assessment\.days: got 28 in .* and 42 in baseline,more_seniors",
        ),
    ],
)  # fmt: skip
def test_plans_whose_figures_mean_something_else_are_refused(
    sweep_folder: Path, tmp_path: Path, path: tuple[str, ...], value: int, said: str
) -> None:
    folder = changed(sweep_folder, tmp_path / "sweep")
    manifest = folder / f"1_{SENIORS}" / "manifest.json"
    content = json.loads(manifest.read_text())
    part = content["config"]
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    manifest.write_text(json.dumps(content))
    with pytest.raises(HubError, match=said):
        read_sweep(folder)


@pytest.mark.parametrize(
    ("lost", "said"),
    [
        ("waits.parquet", r"whose waits\.parquet is missing or damaged"),
        (f"1_{SENIORS}/manifest.json", r"holds no manifest\.json; run the sweep again"),
    ],
)
def test_a_sweep_that_has_lost_a_part_is_refused(sweep_folder: Path, tmp_path: Path, lost: str, said: str) -> None:
    folder = changed(sweep_folder, tmp_path / "sweep")
    (folder / lost).unlink()
    with pytest.raises(HubError, match=said):
        read_sweep(folder)


def test_the_folder_of_one_run_is_no_sweep(sweep_folder: Path) -> None:
    with pytest.raises(HubError, match=r"which holds one run; run two plans or more, as hub -m staffing=A,B"):
        read_sweep(sweep_folder / f"1_{SENIORS}")


def test_a_sweep_of_another_version_is_refused_in_one_line(sweep_folder: Path, tmp_path: Path) -> None:
    folder = changed(sweep_folder, tmp_path / "sweep")
    path = folder / f"1_{SENIORS}" / "manifest.json"
    content = json.loads(path.read_text())
    del content["config"]["run"]["seed"]
    path.write_text(json.dumps(content))
    with pytest.raises(HubError, match=r"SWEEP: got .* another version of hub has run \(run\.seed: missing"):
        read_sweep(folder)


def test_replications_that_one_plan_lacks_are_left_out_of_every_plan(sweep_folder: Path, tmp_path: Path) -> None:
    folder = changed(sweep_folder, tmp_path / "sweep")
    for name in ("measures", "waits", "weekly"):
        table = pd.read_parquet(folder / f"{name}.parquet")
        table[(table["cell"] != SENIORS) | (table["replication"] != 1)].to_parquet(folder / f"{name}.parquet")
    sweep = read_sweep(folder)
    assert sweep.numbers == [0, 2, 3, 4]
    assert {answer.found.pairs for answer in compare(sweep, BASE).answers} == {4}


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (lambda cells: [cells[0] | {"status": "failed"}, *cells[1:]], "are not finished"),
        (lambda cells: cells[:1], "holds one plan"),
        (lambda cells: None, r"whose manifest\.json lists no cells"),
    ],
)
def test_what_is_no_finished_sweep_is_refused(sweep_folder: Path, tmp_path: Path, cells, said: str) -> None:
    content = json.loads((sweep_folder / "manifest.json").read_text())
    for part in sweep_folder.iterdir():
        (tmp_path / part.name).symlink_to(part)
    (tmp_path / "manifest.json").unlink()
    (tmp_path / "manifest.json").write_text(json.dumps(content | {"cells": cells(content["cells"])}))
    with pytest.raises(HubError, match=said):
        read_sweep(tmp_path)


ESCAPE = "\x1b]0;owned\x07"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("cell", f"plan{ESCAPE}"),
        ("cell", 7),
        ("scenario", ESCAPE),
        ("staffing", None),
        ("folder", "../elsewhere"),
        ("folder", "/etc"),
        ("levers", [1]),
        ("levers", {ESCAPE: 1}),
        ("config_hash", 1.5),
        ("replications", "many"),
        ("status", {"finished": True}),
    ],
)
def test_a_cell_that_no_sweep_lists_so_is_refused_in_a_line(
    sweep_folder: Path, tmp_path: Path, key: str, value: object
) -> None:
    content = json.loads((sweep_folder / "manifest.json").read_text())
    content["cells"][1][key] = value
    refused = refusal_of(sweep_folder, tmp_path, "manifest.json", content)
    assert "manifest.json was changed" in refused and key in refused


@pytest.mark.parametrize(
    ("key", "value"),
    [("warnings", "none"), ("code", {}), ("packages", [ESCAPE]), ("config", [1, 2]), ("python", ESCAPE)],
)
def test_a_manifest_of_a_cell_that_no_run_writes_is_refused_in_a_line(
    sweep_folder: Path, tmp_path: Path, key: str, value: object
) -> None:
    place = f"1_{SENIORS}/manifest.json"
    content = json.loads((sweep_folder / place).read_text()) | {key: value}
    assert f"was changed ({SENIORS}: {key}" in refusal_of(sweep_folder, tmp_path, place, content)


def test_a_configuration_that_was_changed_after_the_run_is_refused(sweep_folder: Path, tmp_path: Path) -> None:
    place = f"1_{SENIORS}/manifest.json"
    content = json.loads((sweep_folder / place).read_text())
    content["config"]["demand"]["multiplier"] = 3.0
    assert f"of {SENIORS} is not of what was run" in refusal_of(sweep_folder, tmp_path, place, content)


@pytest.mark.parametrize("text", ["[]", "null", '"x"', "[" * 100_000, "\xff"])
def test_a_manifest_that_is_no_table_is_refused_in_a_line(sweep_folder: Path, tmp_path: Path, text: str) -> None:
    folder = changed(sweep_folder, tmp_path / "sweep")
    (folder / "manifest.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(HubError, match=r"whose manifest\.json is damaged"):
        read_sweep(folder)


def test_two_cells_of_one_name_are_refused(sweep_folder: Path, tmp_path: Path) -> None:
    content = json.loads((sweep_folder / "manifest.json").read_text())
    content["cells"].append(content["cells"][0])
    assert "twice" in refusal_of(sweep_folder, tmp_path, "manifest.json", content)


def refusal_of(sweep_folder: Path, tmp_path: Path, place: str, content: object) -> str:
    """Put content in the place of a manifest and return the line with which the sweep is refused."""
    folder = changed(sweep_folder, tmp_path / "sweep")
    (folder / place).write_text(json.dumps(content))
    with pytest.raises(HubError) as problem:
        read_sweep(folder)
    assert "\n" not in str(problem.value) and "\x1b" not in str(problem.value)
    return str(problem.value)


def test_a_folder_without_a_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(HubError, match=r"SWEEP: got .* holds no manifest\.json"):
        read_sweep(tmp_path)


def test_gaps_are_differences_to_the_reference_group_and_never_its_own(compared: Comparison) -> None:
    table = equity_table(compared)
    own = table[table["group"] == table["reference"]]
    assert (own["gap"].dropna() == 0).all()
    women, men = (
        look_up(compared.estimates[SENIORS], "access_rate", "", "gender", gender).estimate * 1000
        for gender in ("women", "men")
    )
    row = table.query("plan == @SENIORS and measure == 'access_rate' and group == 'men'").iloc[0]
    assert row["gap"] == pytest.approx(men - women)


def test_groups_of_few_people_are_marked(compared: Comparison) -> None:
    table = equity_table(compared)
    assert (table["small"] == (table["people"] < 30)).all()
    assert 0 < table["small"].sum() < len(table)


def test_more_demand_widens_gaps_in_access_while_everybodys_access_improves(compared: Comparison) -> None:
    found = widened_gaps(compared, equity_table(compared))
    in_access = [gap for gap in found if (gap.plan, gap.concern.measure.measure) == (MIXED, "access_rate")]
    assert "care_homes" in {gap.group for gap in in_access}
    assert all(gap.gap_after < gap.gap_before < 0 for gap in in_access)
    assert not [gap for gap in found if gap.plan == TWIN]


def test_a_gap_is_flagged_only_where_it_is_wider_than_before(compared: Comparison) -> None:
    table = equity_table(compared)
    men = (table["plan"] == MIXED) & (table["measure"] == "access_rate") & (table["group"] == "men")
    falls_back = {"change": -2.3, "change_low": -3.0, "change_high": -1.6}
    for gap, flagged in ((-0.3, False), (-1.5, True), (0.4, False)):  # from +2.0, from +0.8, from +2.7
        changed = table.copy()
        for column, value in (falls_back | {"gap": gap}).items():
            changed.loc[men, column] = value
        found = [one for one in widened_gaps(compared, changed) if (one.plan, one.group) == (MIXED, "men")]
        assert [one.concern.measure.measure == "access_rate" for one in found][:1] == [True] * flagged


def test_no_gap_is_flagged_in_a_figure_that_the_comparison_does_not_call_better(compared: Comparison) -> None:
    seen = compared.headlines[0]
    table = equity_table(compared)
    men = (table["plan"] == SENIORS) & (table["measure"] == seen.measure.measure) & (table["group"] == "men")
    table.loc[men, ["gap", "change", "change_low", "change_high"]] = (-3.0, -2.0, -3.0, -1.0)
    for verdict, flagged in ((BETTER, True), (UNDECIDED, False), (SAME, False)):
        answers = [dataclasses.replace(answer, verdict=verdict) for answer in compared.answers]
        found = widened_gaps(dataclasses.replace(compared, answers=answers), table)
        assert (("men", SENIORS, seen.key) in [(gap.group, gap.plan, gap.concern.key) for gap in found]) == flagged


def test_a_group_has_one_level_whoever_shows_it(compared: Comparison) -> None:
    row = equity_table(compared).query("plan == @SENIORS and measure == 'within_standard_share' and group == 'men'")
    key = ("within_standard_share", "referral_to_assessment", "gender", "men")
    assert tuple(row[["estimate", "low", "high"]].to_numpy()[0]) == compared.level(SENIORS, key).times(100)
    assert row["high"].iloc[0] <= 100


def test_a_future_of_several_hubs_meets_the_standard_once_or_not_at_all(
    sweep_folder: Path, compared: Comparison
) -> None:
    sweep = read_sweep(sweep_folder)
    three = dataclasses.replace(sweep, measures=pd.concat([sweep.measures.assign(hub=hub) for hub in range(3)]))
    assert compare(three, BASE).assurance(SENIORS) == compared.assurance(SENIORS)


def test_replications_of_one_draw_are_one_pair_and_missing_ones_are_counted_singly(compared: Comparison) -> None:
    from analysis.comparison.compare import _answers

    arguments = compared.by_replication, compared.baseline_of, compared.headlines, compared.steps, None, 0.95
    single, double = (_answers(*arguments, per_draw) for per_draw in (1, 2))
    more = [(one.more, two.more) for one, two in zip(single, double, strict=True) if one.more is not None]
    assert more
    assert all(two == 2 * one for one, two in more)


def test_two_hubs_are_compared_as_one(sweep_folder: Path) -> None:
    measures = read_sweep(sweep_folder).of(BASE, "measures")
    twice = pd.concat([measures, measures.assign(hub=1)])
    one, two = (look_up(estimate(part), "cost_per_year_gbp").estimate for part in (measures, twice))
    assert two == pytest.approx(2 * one)
    assert not math.isnan(two)


def test_the_gaps_that_a_plan_widens_in_one_figure_are_told_in_one_line(compared: Comparison) -> None:
    found = widened_gaps(compared, equity_table(compared))
    figures = {(gap.plan, gap.concern) for gap in found}
    lines = widened_lines(compared, found)
    assert len(lines) == len(figures) < len(found)
    (access,) = [line for line in lines if "first referrals" in line]
    assert all(words(gap.group) in access for gap in found if gap.concern.measure.measure == "access_rate")
