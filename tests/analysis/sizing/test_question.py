"""What is asked of a sizing is checked before anything runs, and refused in a line."""

import pytest

from analysis.commands import main
from analysis.sizing.fluid import KINDS
from analysis.sizing.question import BESIDE, read_question, split_overrides
from sim.errors import ConfigProblem
from sim.stages import PASSED

pytestmark = pytest.mark.unit

OFFERED = [
    (role, kind)
    for role in ("senior_clinician", "assistant_psychologist", "coordinator")
    for kind in ("substantive", "fixed_term", "agency")
]
"""Everybody who works towards an assessment."""


def refused(*overrides, config_dir=None):
    with pytest.raises(ConfigProblem) as problem:
        read_question(overrides, config_dir)
    assert len(problem.value.lines) == 1
    return problem.value.lines[0]


@pytest.mark.parametrize(
    ("override", "told"),
    [
        ("target.stage=referal_to_assessment", "did you mean referral_to_assessment?"),
        ("target.stage=therapy", "target.stage: got 'therapy'; counted from referral"),
        ("target.days=0", "target.days: got 0; must be 1 or more"),
        ("target.days=soon", "target.days: got 'soon'; must be a whole number"),
        ("target.share=1.2", "target.share: got 1.2; must be less than 1"),
        ("target.dayz=3", "target.dayz: got 3; there is no such key: did you mean target.days?"),
        ("target.days=", "target.days: got no value; write target.days=VALUE"),
        ("target=3", "target: got 3; must be a mapping"),
        ("sizing=nothing_of_the_sort", "sizing: got nothing_of_the_sort; choose from"),
        ("sizing.decision_weeks=[4,0]", "sizing.decision_weeks: got [4, 0]; each must be larger than the one before"),
        ("sizing.search.looks=[20,20]", "sizing.search.looks: got [20, 20]; each must be larger than the one before"),
        ("sizing.counted.to_week=2", "sizing.counted.to_week: got 2; must be after from_week 8"),
        ("sizing.hire.therapist.step_wte=0.3", "step_wte: got 0.3; must be 0.5 or 1.0"),
        ("sizing.hire.therapist.most_wte.agency=2.5", "most_wte.agency: got 2.5; must be a multiple of step_wte 1"),
        (
            "sizing.card.later_weeks=[4,2]",
            "sizing.card.later_weeks: got [4, 2]; each must be larger than the one before",
        ),
        ("target.days={", "target.days: got {; put text with spaces or symbols in quotes"),
        ("more_targets.again={stage: referral_to_assessment, days: 7, share: 0.5}", "give each stage one target"),
    ],
)
def test_what_cannot_be_answered_is_refused_in_a_line(override, told):
    assert told in refused(override)


def test_values_win_over_an_option_and_an_option_over_the_defaults(tmp_path):
    (tmp_path / "sizing").mkdir()
    (tmp_path / "sizing" / "mine.yaml").write_text("target: {days: 14, share: 0.6}\n")
    question = read_question(["sizing=mine", "target.share=0.7"], str(tmp_path))
    assert (question.target.days, question.target.share, question.target.assurance) == (14, 0.7, 0.8)


def test_several_targets_hold_together():
    goals = read_question(["sizing=assessment_and_therapy"]).goals
    assert [goal.stage for goal in goals] == ["referral_to_assessment", "referral_to_therapy"]


def test_a_surge_is_sized_for_assessment_therapy_and_navigation_together():
    question = read_question(["sizing=whole_pathway"])
    assert [goal.stage for goal in question.goals] == ["referral_to_assessment", "referral_to_therapy", "navigation"]


def test_navigation_counts_from_assessment_and_so_is_asked_for_beside_it():
    navigation = "more_targets.n={stage: navigation, days: 28, share: 0.8}"
    assert "more_targets: got navigation; ask for referral_to_assessment" in refused(
        "target.stage=screening", navigation
    )
    assert "counted from referral" in refused("target.stage=navigation")


def test_the_command_line_is_parted_into_what_is_asked_and_what_the_hub_is():
    ours, hubs = split_overrides(
        ["scenario=major_incident", "target.days=14", "sizing.search.looks=[20]", "run.jobs=1"]
    )
    assert ours == ["target.days=14", "sizing.search.looks=[20]"]
    assert hubs == ["scenario=major_incident", "run.jobs=1"]


@pytest.mark.integration
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["target.stage=x"], "target.stage: got 'x'"),
        (["scenario=x"], "scenario: got x"),
        (["hubs.count=2"], "hubs.count: got 2; a sizing is of one Hub"),
        (["run.horizon_days=100"], "run.horizon_days: got 100; the last deadline is on day 252"),
        (["sizing.search.looks=[5,10]"], "10 futures without a failure prove no assurance of 0.8: end with 14 or more"),
        (["sizing.certify.replications=15"], "they prove no assurance of 0.8: give it 19 or more"),
        (["sizing.decision_weeks=[0,40]"], "got [0, 40]; the last deadline is in week 36: decide earlier"),
        (["targt.days=3"], "targt.days: got 3; there is no such key: did you mean target.days?"),
        (["--out", __file__, "target.days=14"], "which is a file; choose a new folder"),
        (["--out", "/proc/card"], "--out: got /proc/card, which cannot be written"),
        (["sizing.start_day=-7"], "sizing.start_day: got -7"),
        ([*(f"sizing.hire.{role}.most_wte.{kind}=0" for role, kind in OFFERED)], "sizing.hire: nobody on offer"),
    ],
)
def test_bad_input_ends_with_status_2_and_leaves_nothing(arguments, told, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    status = main(["size", *arguments])
    error = capsys.readouterr().err
    assert status == 2
    assert told in error
    assert len(error.strip().splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_a_sizing_file_does_not_decide_where_a_run_is_kept(tmp_path):
    (tmp_path / "sizing").mkdir()
    (tmp_path / "sizing" / "mine.yaml").write_text("start_day: 3\nrun: {store: /x}\n")
    told = refused("sizing=mine", config_dir=str(tmp_path))
    assert "mine.yaml:2: run.store: got /x; only the command line sets it" in told


def test_sizing_knows_what_every_list_of_the_hub_takes_of_staff():
    assert list(KINDS) == [*(stage.name for stage in PASSED), *BESIDE]
