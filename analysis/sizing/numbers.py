"""The whole answer of a sizing as plain values: `sizing.json`."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.sizing.conditions import range_from, statement
from analysis.sizing.overleaf import plan_rows, plans_table
from analysis.sizing.plan import cost_gbp
from analysis.sizing.sizing import Answer
from analysis.sizing.stress import Stress
from analysis.sizing.verdict import Verdict
from analysis.sizing.wording import answer_hash, headline, instead
from analysis.tell.input_warnings import input_warnings
from sim.run.manifest import code_version, config_hash


def numbers(answer: Answer, stress: Stress | None) -> dict[str, Any]:
    """Return the whole answer as plain values."""
    menu, attained, tally = answer.menu, answer.attainability, answer.tally

    def judged(verdict: Verdict) -> dict[str, Any]:
        cost = round(cost_gbp(menu, verdict.plan))
        found = {"plan_units": verdict.plan, "cost_gbp": cost, "status": verdict.status}
        return found | {"met": verdict.met, "of": verdict.of, "met_is_at_most": verdict.at_most}

    return {
        "headline": headline(answer),
        "instead": instead(answer),
        "statement": statement(answer),
        "hash": answer_hash(answer),
        "config_hash": config_hash(answer.config),
        "code": code_version(),
        "question": answer.question.model_dump(mode="json"),
        "warnings": [warning.sentence for warning in input_warnings(answer.config)],
        "attainable": attained.verdict.passed,
        "most_share": list(attained.most_share),
        "remedies": list(attained.remedies),
        "reasons": attained.reasons.numbers(),
        "other_plans": _other_plans(answer, stress),
        "certified": answer.certified,
        "options": [
            {"role": o.role, "kind": o.kind, "step_wte": o.step_wte, "price_gbp": prices}
            for o, prices in zip(menu.options, menu.price_gbp.round().tolist(), strict=True)
        ],
        "decision_days": list(menu.decision_days),
        "plan_units": answer.plan,
        "nearest": _nearest(answer),
        "cost_gbp": None if answer.plan is None else round(cost_gbp(menu, answer.plan)),
        "least_wte": answer.bounds.least_wte,
        "no_effect": list(answer.bounds.no_effect),
        "certificates": [
            {"plan_units": c.plan} | {key: getattr(c, key) for key in ("met", "of", "needed", "planned", "passed")}
            for c in answer.certificates
        ],
        "neighbours": [judged(verdict) for verdict in answer.neighbours],
        "close": [judged(verdict) for verdict in answer.close],
        "excluded_plans_checked": answer.check.checked,
        "excluded_plans_that_held": answer.check.violations,
        "exhausted": answer.exhausted,
        "replications": {"used": tally.used, "to_search": tally.searched, "from_store": tally.from_store},
        "plans_tried": answer.plans_tried,
        "range_comes_from": [[of._asdict() for of in goal] for goal in range_from(answer)],
        "card": None if stress is None else stress.numbers(),
    }


def _nearest(answer: Answer) -> dict[str, Any] | None:
    """Return the nearest plan and what it reaches, where no plan met the target."""
    if (near := answer.nearest) is None:
        return None
    cost = round(cost_gbp(answer.menu, near.plan))
    return {"plan_units": near.plan, "cost_gbp": cost, "reached_share": near.shares, "met": near.met, "of": near.of}


def _other_plans(answer: Answer, stress: Stress | None) -> list[dict[str, Any]]:
    """Return the cheapest plan beside those of other kinds, and the kinds without one."""
    table = pd.DataFrame() if stress is None else plans_table(answer, plan_rows(answer, stress))
    rows = [{str(name): value for name, value in row.items()} for row in table.to_dict(orient="records")]
    without = [other for other in answer.others if other.plan is None]
    return [*rows, *({"plan": one.name, "most_staff_held": one.met[0], "of": one.met[1]} for one in without)]
