"""The files of a sizing besides the card: every number as JSON, and the plan as a staffing option for `hub`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import yaml  # type: ignore[import-untyped]

from analysis.sizing.plan import Plan, cost_gbp, staffed
from analysis.sizing.sizing import Answer
from analysis.sizing.stress import Course, Stress, Trial
from analysis.sizing.verdict import Verdict
from analysis.sizing.wording import answer_hash, headline, statement
from analysis.tell.input_warnings import input_warnings
from sim.disk.whole import write_whole
from sim.run.manifest import code_version, config_hash

NUMBERS = "sizing.json"
OPTION = "sized"


def write_files(answer: Answer, stress: Stress | None, folder: Path) -> list[Path]:
    """Write what a sizing found and return the files."""
    written = [folder / NUMBERS]
    write_whole(written[0], json.dumps(content(answer, stress), indent=2, ensure_ascii=False) + "\n")
    if answer.plan is not None:
        path = folder / "staffing" / f"{OPTION}.yaml"
        path.parent.mkdir()
        write_whole(path, staffing_option(answer, answer.plan))
        written.append(path)
    return written


def staffing_option(answer: Answer, plan: Plan) -> str:
    """Return the staffing model with the plan's posts as an option of the group `staffing`."""
    staffing = staffed(answer.config, answer.menu, plan).staffing.model_dump(mode="json", exclude_none=True)
    note = (
        f"# {answer.config.staffing_model} with the posts that hub size found; hub --config-dir DIR staffing={OPTION}\n"
    )
    return note + str(yaml.safe_dump(staffing, sort_keys=False, allow_unicode=True))


def content(answer: Answer, stress: Stress | None) -> dict[str, Any]:
    """Return the whole answer as plain values."""
    menu = answer.menu
    return {
        "headline": headline(answer),
        "statement": statement(answer),
        "hash": answer_hash(answer),
        "config_hash": config_hash(answer.config),
        "code": code_version(),
        "question": answer.question.model_dump(mode="json"),
        "warnings": input_warnings(answer.config),
        "attainable": answer.attainability.verdict.passed,
        "most_share": list(answer.attainability.most_share),
        "remedies": list(answer.attainability.remedies),
        "certified": answer.certified,
        "options": [
            {"role": o.role, "kind": o.kind, "step_wte": o.step_wte, "price_gbp": prices}
            for o, prices in zip(menu.options, menu.price_gbp.round().tolist(), strict=True)
        ],
        "decision_days": list(menu.decision_days),
        "plan_units": answer.plan,
        "cost_gbp": None if answer.plan is None else round(cost_gbp(menu, answer.plan)),
        "least_wte": answer.bounds.least_wte,
        "no_effect": list(answer.bounds.no_effect),
        "certificates": [
            {"plan_units": c.plan} | {key: getattr(c, key) for key in ("met", "of", "needed", "planned", "passed")}
            for c in answer.certificates
        ],
        "neighbours": [_verdict(answer, verdict) for verdict in answer.neighbours],
        "close": [_verdict(answer, verdict) for verdict in answer.close],
        "excluded_plans_checked": answer.check.checked,
        "excluded_plans_that_held": answer.check.violations,
        "exhausted": answer.exhausted,
        "replications": {
            "used": answer.tally.used,
            "to_search": answer.tally.searched,
            "from_store": answer.tally.from_store,
        },
        "plans_tried": answer.plans_tried,
        "card": None if stress is None else _stress(stress),
    }


def _verdict(answer: Answer, verdict: Verdict) -> dict[str, Any]:
    cost = round(cost_gbp(answer.menu, verdict.plan))
    found = {"plan_units": verdict.plan, "cost_gbp": cost, "status": verdict.status}
    return found | {"met": verdict.met, "of": verdict.of, "met_is_at_most": verdict.at_most}


def _stress(stress: Stress) -> dict[str, Any]:
    return {
        "as_planned": _trial(stress.as_planned),
        "nobody_hired": _trial(stress.idle),
        "breaks": [_trial(trial) for trial in stress.breaks],
        "late": [{"weeks": weeks} | _trial(trial) for weeks, trial in stress.late],
        "with_plan": {stage: _course(course) for stage, course in stress.with_plan.items()},
        "without": {stage: _course(course) for stage, course in stress.without.items()},
    }


def _trial(trial: Trial) -> dict[str, Any]:
    goals = []
    for place in range(trial.shares.shape[1]):
        estimate, low, high = trial.mean(place)
        goals.append({"mean": estimate, "low": low, "high": high, "range": trial.range(place)})
    return {"name": trial.name, "goals": goals, "met": trial.met, "of": trial.of}


def _course(course: Course) -> dict[str, Any]:
    low, middle, high = np.quantile(course.weekly, (0.05, 0.5, 0.95), axis=0)
    recovered = np.isfinite(course.recovery_week)
    return {
        "list_low": low.tolist(),
        "list_median": middle.tolist(),
        "list_high": high.tolist(),
        "peak_median": float(np.median(course.peak)),
        "peak_week_median": float(np.median(course.peak_week)),
        "recovered": int(recovered.sum()),
        "recovery_week_median_of_recovered": float(np.median(course.recovery_week[recovered]))
        if recovered.any()
        else None,
        "cost_gbp_mean": float(course.cost_gbp.mean()),
    }
