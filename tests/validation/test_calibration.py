"""The default Hub as it ships, and one fitted anew, against the figures of the study."""

import re
from pathlib import Path

import pytest
from validation_table import FAILED, PASSED, Row

from analysis.calibration.targets import FITTED, PULL, SILENT, amount, read_targets, run_figures, tolerance, verdict
from analysis.commands import main
from sim.config import validate
from sim.launch.compose import compose

pytestmark = pytest.mark.heavy

REPLICATIONS = 200
PAGE = Path(__file__).parents[2] / "docs" / "calibration.md"


def shipped_column():
    """Return what the page of calibration says of the Hub that ships, by id."""
    rows = [line.strip("| \n").split(" | ") for line in PAGE.read_text(encoding="utf-8").splitlines() if "|" in line]
    return {row[0]: row[4] for row in rows if len(row) == 7}


def test_the_hub_that_ships_is_inside_every_tolerance_of_the_study(verdicts):
    figures = run_figures(validate(compose()), REPLICATIONS, -1)
    outside, page = [], shipped_column()
    for target in read_targets():
        if target.use in (SILENT, PULL):
            continue
        said, is_outside = verdict(target, figures[target.model])
        estimate, low, high = (amount(value, target.unit) for value in figures[target.model])
        verdicts.told(
            Row(
                case=f"default Hub, {REPLICATIONS} runs of four years",
                quantity=f"{target.id}, {target.figure} ({said})",
                reference=tolerance(target),
                simulated=estimate,
                interval=f"{low} to {high}",
                verdict=FAILED if is_outside else PASSED,
            )
        )
        outside += [target.id] * is_outside
        without_unit = [bound.removesuffix(" %") for bound in (low, high)]
        assert page[target.id] == f"{estimate} ({without_unit[0]}–{without_unit[1]})"
    assert not outside


def test_a_fit_ends_inside_every_tolerance_of_what_it_was_fitted_to(verdicts, tmp_path, capsys):
    main(["calibrate", "--out", str(tmp_path)])
    said = capsys.readouterr().out
    fitted = sum(target.use == FITTED for target in read_targets())
    inside = len(re.findall(r"\| (?:our estimate, )?fitted: inside", said))
    verdicts.of_all("a fit from the beginning", "fitted figures inside their tolerance", "all", inside, fitted)
    config = validate(compose("scenario=calibrated", config_dir=str(tmp_path)))
    assert config.screening.measures["wsas"].positive_share == 0.8
