"""Who gains and who loses: staff groups under each plan, who is behind, and gaps that a plan widens."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from analysis.comparison.answer import wait_for
from analysis.comparison.comparison import Comparison
from analysis.comparison.pairs import Difference, difference, row_of
from analysis.comparison.sentences import change_of
from analysis.comparison.taken_apart import Widened, of_concern
from analysis.comparison.teams import team_sentences
from analysis.estimates.headline import Headline
from analysis.tell.wording import change_in, count, counted, grouped, listed, words

MOST_FLAGS, MOST_GAPS = 1, 2
"""Flags on the first page, and groups named in each."""
MOST_WHO, MOST_BEHIND = 2, 3
"""Plans, or scenarios, told of in which groups lose; and plans told of under which a group is behind, worst first."""
FEW_OPTIONS = 3
"""With more plans than this the page has room for the essential alone."""
MOST_LOSERS = 2
"""Groups named of those that lose."""


def group_changes(comparison: Comparison, plan: str, wait: Headline) -> dict[str, Difference]:
    """Return by how much each staff group is seen in time more or less often under a plan than under its baseline.

    In percentage points with interval; the same differences as `differences.csv` has, times 100.
    """
    own, base = (comparison.by_replication[cell] for cell in (plan, comparison.baseline_of[plan]))
    keys = {group: (*wait.measure, "staff_group", group) for group in comparison.config.population.staff_groups}
    pairs = {group: (row_of(own, key) * wait.scale, row_of(base, key) * wait.scale) for group, key in keys.items()}
    found = {group: difference(*pair, comparison.confidence) for group, pair in pairs.items()}
    return {group: change for group, change in found.items() if change.pairs}


def gain_or_lose(found: dict[str, Difference]) -> str:
    """Say in short how many groups clearly gain and lose, if any do: `4 gain, 1 loses`."""
    gain, lose = sum(one.low > 0 for one in found.values()), sum(one.high < 0 for one in found.values())
    parts = [f"{'all ' * (gain == len(found))}{gain} gain{'s' * (gain == 1)}"] if gain else []
    parts += [f"{'all ' * (lose == len(found))}{lose} lose{'s' * (lose == 1)}"] if lose else []
    return ", ".join(parts)


def loser_sentences(comparison: Comparison) -> list[str]:
    """Name the staff groups that clearly lose most under each option, for each wait that decides."""
    lines, several = [], len(comparison.grid.scenarios) > 1
    home = f" in {comparison.grid.said_scenario(comparison.home)}" if several else ""
    for plan in (plan for plan in comparison.options if plan in comparison.baseline_of):
        told = []
        for wait in comparison.deciding:
            found = group_changes(comparison, plan, wait)
            losses = sorted((group for group, one in found.items() if one.high < 0), key=lambda group: found[group].low)
            those = [f"{words(group)} ({change_in('%')(found[group].difference)})" for group in losses[:MOST_LOSERS]]
            more = [counted(len(losses) - MOST_LOSERS, "other group")] if len(losses) > MOST_LOSERS else []
            told += [f"for {wait_for(wait)} {listed([*those, *more])}"] if those else []
        lines += [f"Fewer in time under {comparison.said(plan)}{home}, in points: {'; '.join(told)}."] if told else []
    left = len(lines) - MOST_WHO
    also = [f"Staff groups lose under {counted(left, 'other plan')} too: see Appendix C."] if left > 0 else []
    away = _losers_elsewhere(comparison)
    none = "No staff group is clearly seen in time less often than under the baseline."
    none = f"{none[:-1]}{home if away else ' in any scenario'}." if several else none
    return [*(lines[:MOST_WHO] or [none]), *also, *away]


def _losers_elsewhere(comparison: Comparison) -> list[str]:
    """Say of the other scenarios how many staff groups clearly lose there, under which plan and for what."""
    lines, groups = [], len(comparison.config.population.staff_groups)
    for scenario in (one for one in comparison.grid.scenarios if one != comparison.home):
        told = []
        for plan, cell in comparison.grid.in_scenario(scenario).items():
            if cell not in comparison.baseline_of or not comparison.is_option(cell):
                continue
            losing = {
                wait: sum(one.high < 0 for one in group_changes(comparison, cell, wait).values())
                for wait in comparison.deciding
            }
            if each := [f"{number} for {wait_for(wait)}" for wait, number in losing.items() if number]:
                told.append(f"under {comparison.grid.said_plan(plan)} {listed(each)}")
        if told:
            where = comparison.grid.said_scenario(scenario)
            lines.append(f"Of {groups} staff groups clearly fewer in time in {where}: {'; '.join(told)}.")
    most = MOST_WHO if len(comparison.options) <= FEW_OPTIONS else 1  # many plans take the room
    left = len(lines) - most
    return [*lines[:most], *[f"So it is in {counted(left, 'more scenario')}: see differences.csv."] * (left > 0)]


def who_sentences(comparison: Comparison, equity: pd.DataFrame, widened: list[Widened]) -> list[str]:
    """Say who loses, whether teams wait longer, who is seen in time least often, and where a plan widens a gap."""
    losers = loser_sentences(comparison) if len(comparison.options) > 1 else []
    behind = behind_sentence(comparison, equity)
    return [*losers, *team_sentences(comparison), behind, *_gap_sentences(comparison, widened)]


def behind_sentence(comparison: Comparison, equity: pd.DataFrame) -> str:
    """Name the group that is furthest behind the one it is measured against, where it is clear: of all options.

    One group for each option and wait that decides, the worst first; the others are counted.
    """
    found, against = [], dict[str, None]()
    for wait in comparison.deciding:
        mine = of_concern(equity, wait)
        against |= dict.fromkeys(words(str(one)) for one in mine["reference"])
        sure = mine[mine["plan"].isin(comparison.options) & ~mine["small"] & (mine["gap_high"] < 0)]
        found += [(wait, row) for row in sure.sort_values("gap").groupby("plan").head(1).to_dict("records")]
    if not found:
        what = listed([*map(wait_for, comparison.deciding)], last="or")
        against_whom = f"the one it is measured against ({', '.join(against)})"
        return f"No group of 30 people or more is clearly seen in time for {what} less often than {against_whom}."
    found.sort(key=lambda one: one[1]["gap"])
    told = grouped((wait_for(wait), _behind_in_short(comparison, row)) for wait, row in found[:MOST_BEHIND])
    each = "; ".join(f"for {what} {', '.join(those)}" for what, those in told.items())
    left = len(found) - MOST_BEHIND
    more = f"; so it is in {counted(left, 'more case')}, see Appendix C" if left > 0 else ""
    return f"Least often seen in time: {each}{more}."


def _behind_in_short(comparison: Comparison, row: Mapping[Hashable, Any]) -> str:
    group, reference = (words(str(row[who])) for who in ("group", "reference"))
    return f"under {comparison.said(str(row['plan']))} {group}, {count(abs(row['gap']))} points behind {reference}"


def _gap_sentences(comparison: Comparison, widened: list[Widened]) -> list[str]:
    """Say where a plan improves the mean and widens a gap, if one does; the largest groups first."""
    names = comparison.names_at_home
    largest = sorted(
        (gap for gap in widened if gap.plan in names), key=lambda gap: (gap.small, -abs(gap.gap_after - gap.gap_before))
    )
    together = grouped(((gap.plan, gap.concern.words), gap) for gap in largest)
    lines = []
    for (plan, what), gaps in [*together.items()][:MOST_FLAGS]:
        more = [counted(len(gaps) - MOST_GAPS, "other gap")] if len(gaps) > MOST_GAPS else []
        those = listed([*(_gap_in_short(gap) for gap in gaps[:MOST_GAPS]), *more])
        improves = f"Under {comparison.said(plan)} the figure “{what}” is better on average"
        lines.append(f"{improves}, but gaps to the reference group widen: {those}.")
    if left := len(together) - len(lines):
        lines.append(f"{counted(left, 'more case')} of this: see Appendix A.")
    return [*lines, *_flags_elsewhere(comparison, widened)]


def _flags_elsewhere(comparison: Comparison, widened: list[Widened]) -> list[str]:
    """Say in which other scenarios a plan improves the mean and widens a gap: this page is of one scenario."""
    away = dict.fromkeys(
        comparison.scenario_of(gap.plan) for gap in widened if gap.plan not in comparison.names_at_home
    )
    if not away:
        return []
    names = listed([*map(comparison.grid.said_scenario, away)])
    return [f"In {names} a plan improves a figure on average but widens gaps: see the appendix."]


def _gap_in_short(gap: Widened) -> str:
    few = ", under 30 people" if gap.small else ""
    return f"{words(gap.group)} ({change_of(gap)} {'points' if gap.concern.unit == '%' else gap.concern.unit}{few})"
