"""Which keys of a configuration are for a board to decide, and which happen to it: one table, the longest prefix wins.

A plan is what a sweep sets on the side of decisions, a scenario what it sets on the side of the world. A user's own
word (`hub sweep --decisions KEY --world KEY`, or `decisions:` and `world:` in a file of plans) goes before the table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, get_args

from sim.config.changes import Change
from sim.errors import ConfigProblem, nearest

DECISION, WORLD = "decision", "world"
SCENARIO = "scenario"
SIDES: dict[str, str] = {
    # Who works at the Hub, and how.
    "staffing": DECISION,
    "staffing.absence": WORLD,
    "staffing.absence.handover_after_days": DECISION,
    "staffing.recruitment": WORLD,  # how long it takes to find somebody, who leaves, and a freeze from outside
    "staffing.recruitment.refill_approval_weeks": DECISION,
    "staffing.funding_cut": WORLD,
    # What it does, and by what rules.
    "policies": DECISION,
    "pathway": DECISION,
    "pathway.assessment.outcome_share": WORLD,  # what people turn out to need
    "pathway.modality_share": WORLD,
    "pathway.lists.unreachable_share": WORLD,
    "pathway.attendance": WORLD,
    "pathway.attendance.assessment_misses_allowed": DECISION,
    "pathway.attendance.therapy_misses_in_a_row_allowed": DECISION,
    "pathway.attendance.matched_clinician": DECISION,
    "pathway.patience": WORLD,
    "pathway.navigation.accepted_share": WORLD,
    "pathway.navigation.opted_in_share": WORLD,
    "pathway.navigation.decision_days": WORLD,
    "pathway.navigation.wait_median_days": WORLD,
    "pathway.navigation.wait_sigma": WORLD,
    "pathway.navigation.bounced_back_share": WORLD,
    "pathway.re_referral": WORLD,
    "pathway.team_support": WORLD,
    "pathway.follow_up": WORLD,
    # Whom it reaches.
    "demand": WORLD,
    "demand.barriers.managers.supported_share": DECISION,
    # All that comes from outside.
    "population": WORLD,
    "incident": WORLD,
    "screening": WORLD,
    "costs": WORLD,
    "standards": WORLD,
    "hubs": WORLD,
    "run": WORLD,
    "uncertainty": WORLD,
    "scenario": WORLD,
    "purpose": WORLD,
}
"""By dotted path. What stands under none of these is the world's: nothing becomes an option by accident."""
CHANGES = "changes"
PART_OF = {"plan": DECISION, "scenario": WORLD}
"""What a dated change says of itself; each kind says one by itself (sim.config.changes)."""
USUALLY = {
    str(get_args(kind.model_fields["kind"].annotation)[0]): str(kind.model_fields["part_of"].default)
    for kind in Change.__subclasses__()
}
ONLY_PLAN = "as configured"
"""What the plan is called where all that differs is the world's."""
IMPOSED = "staffing"
"""A scenario that sets something of this imposes it: then it is the world's."""


class OwnWord(NamedTuple):
    """What a user says is a decision, and what is the world: keys, or `scenario=NAME`."""

    decisions: tuple[str, ...] = ()
    world: tuple[str, ...] = ()

    def and_also(self, other: OwnWord) -> OwnWord:
        """Return both words together."""
        return OwnWord((*self.decisions, *other.decisions), (*self.world, *other.world))


UNSAID = OwnWord()


class Sides:
    """Tells decisions from the world by the table and a user's own word.

    Raises ConfigProblem when the word calls a key both.
    """

    def __init__(self, own: OwnWord = UNSAID) -> None:
        if both := sorted(set(own.decisions) & set(own.world)):
            raise ConfigProblem([f"--decisions: got {both[0]}, which --world has too; say it in one of them"])
        self.own = own
        self._said = dict.fromkeys(own.decisions, DECISION) | dict.fromkeys(own.world, WORLD)

    def of(self, key: str, config: Mapping[str, Any] | None = None) -> str:
        """Return the side of a key; that of a dated change is what it says in `config`."""
        steps = key.split(".")
        prefixes = [".".join(steps[:length]) for length in range(len(steps), 0, -1)]
        for table in (self._said, SIDES):
            if side := next((table[prefix] for prefix in prefixes if prefix in table), None):
                return side
        if steps[0] == CHANGES and config is not None and len(steps) > 1:
            change = (config.get(CHANGES) or {}).get(steps[1]) or {}
            part_of = change.get("part_of", USUALLY.get(str(change.get("kind"))))
            return PART_OF.get(str(part_of), WORLD)
        return WORLD

    def of_scenario(self, name: str, keys: Iterable[str], config: Mapping[str, Any] | None = None) -> str:
        """Return the side of a scenario, whose file sets some keys.

        It is a plan where it spends on reach and sets nothing else; what it sets of the staffing is imposed.
        """
        for said in (f"{SCENARIO}={name}", SCENARIO):
            if side := self._said.get(said):
                return side
        kinds = {WORLD if key.split(".")[0] == IMPOSED else self.of(key, config) for key in keys}
        return DECISION if kinds == {DECISION} else WORLD

    def refuse_unused(self, levers: Sequence[str], scenarios: Iterable[str]) -> None:
        """Raise ConfigProblem for a key of the user's word that no cell of the sweep sets."""
        known = [*levers, *(f"{SCENARIO}={name}" for name in dict.fromkeys(scenarios)), SCENARIO, IMPOSED]
        problems = [
            f"--{option}: got {key}, which no cell of this sweep sets by itself; {nearest(key, known)}"
            for option, keys in (("decisions", self.own.decisions), ("world", self.own.world))
            for key in keys
            if not any(f"{one}.".startswith(f"{key}.") for one in known)
        ]
        if problems:
            raise ConfigProblem(problems)


class Sorted(NamedTuple):
    """A cell as a plan in a scenario."""

    plan: str
    scenario: str
    decisions: tuple[str, ...]
    """The keys of its levers that are decisions."""


def sort_cell(
    sides: Sides, choice: tuple[str, str], levers: Mapping[str, Any], scenario_is_plan: bool = False,
    config: Mapping[str, Any] | None = None, usual: str = "baseline", short: Mapping[str, str] | None = None,
) -> Sorted:  # fmt: skip
    """Name the plan and the scenario of a cell after what it sets on either side.

    `choice` is its scenario and staffing model, `usual` the scenario that a plan stands in whose own scenario is a
    decision, and `short` what each lever is called.
    """
    scenario, staffing = choice
    decisions = tuple(key for key in levers if sides.of(key, config) == DECISION)
    told = {key: f"{(short or {}).get(key, key)}={value}" for key, value in levers.items()}
    staff_decided = sides.of(IMPOSED) == DECISION
    mine = [*[scenario] * scenario_is_plan, *[staffing] * staff_decided, *(told[key] for key in decisions)]
    theirs = [usual if scenario_is_plan else scenario, *[staffing] * (not staff_decided)]
    theirs += [told[key] for key in levers if key not in decisions]
    return Sorted(",".join(mine) or ONLY_PLAN, ",".join(theirs), decisions)
