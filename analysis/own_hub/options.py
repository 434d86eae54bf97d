"""From a workbook that was read to options that every verb takes, each value with the cell that it came from."""

from __future__ import annotations

import copy
import datetime
from collections.abc import Mapping
from typing import Any

from analysis.own_hub.dated import changes_of
from analysis.own_hub.doubts import doubts_of
from analysis.own_hub.option_files import OPTION, OURS, Option, Told, tidy, written
from analysis.own_hub.read import Filled, Found, Row
from analysis.own_hub.sheets import (
    ALL_ON_COSTS,
    CHANGES,
    FIRST_DAY,
    GROUPS,
    JOB_PLANS,
    LIST_NAMES,
    LISTS,
    MODALITIES,
    MONTHS_AHEAD,
    POSTS,
    PRICES,
)
from analysis.own_hub.typed import NAMELESS, key_of
from analysis.own_hub.uptake import demand_of
from analysis.tell.wording import words
from sim.calendar import month_later
from sim.composed import put
from sim.config.staffing import ACTIVITIES
from sim.errors import ConfigProblem, nearest
from sim.launch.options import Options

PARTS = ("population", "demand", "staffing", "costs")
"""Groups of options that a workbook fills, beside its scenario."""
ROUNDING, ROUNDED_SHARES = 1e-9, 0.005
"""How far shares may be from the whole: in sums of ours, and as somebody rounds them."""
MOST_MONTHS = 120


def options_of(filled: Filled, base: Mapping[str, Any]) -> list[Option]:
    """Return the files that a workbook comes to, beside the values of a composed configuration for the rest.

    Raises ConfigProblem with a line for each cell that contradicts another.
    """
    problems: list[str] = []
    groups = _named(filled.tables[GROUPS.title], base["population"]["staff_groups"], problems)
    trees = {
        "population": _population(groups, filled, base, problems),
        "demand": demand_of(groups, filled, base),
        "staffing": _staffing(filled, base, problems),
        "costs": _costs(filled, base, problems),
        "scenario": _scenario(filled, base, problems),
    }
    doubts = doubts_of(filled, groups, base)
    filled.remarks.extend(doubts.remarks)
    if problems := [*problems, *doubts.refused]:
        raise ConfigProblem(problems)
    of_plans = {key: where for (title, key), where in filled.headings.items() if title == JOB_PLANS.title}
    headings = {key.removeprefix("share:"): where for key, where in of_plans.items()}
    return [written(part, tree, filled.file)._replace(headings=headings) for part, tree in trees.items()]


def _named(rows: list[Row], known: Mapping[str, Any], problems: list[str]) -> dict[str, Row]:
    """Return the rows of a table by key; a default's words are its key again."""
    ours = {words(key).casefold(): key for key in known}
    found: dict[str, Row] = {}
    for row in rows:
        name = row["name"]
        key = ours.get(str(name.value).casefold()) or key_of(str(name.value))
        if key == NAMELESS:
            problems.append(f"{name.where}: got '{name.value}'; a name needs a letter or a digit")
        if key in found:
            problems.append(
                f"{name.where}: '{name.value}' and '{found[key]['name'].value}' are too much alike; rename one"
            )
        found[key] = row
    return found


def _population(
    rows: Mapping[str, Row], filled: Filled, base: Mapping[str, Any], problems: list[str]
) -> dict[str, Any]:
    if not rows:
        problems.append(f"{filled.file}, sheet {GROUPS.title}: no row is filled in; write at least one staff group")
    groups: dict[str, Any] = {}
    for key, row in rows.items():
        women = row["women"]
        other, minority = row["white_other"], row["minority_ethnic"]
        british = 1.0 - other.value - minority.value
        if british < -ROUNDING:
            problems.append(f"{minority.where}: minority ethnic and white other are over 100% together; correct one")
        groups[key] = {
            "headcount": _of(row["headcount"]),
            "sector": _of(row["sector"]),
            "gender": {"women": _of(women), "men": Told(tidy(1.0 - women.value), f"the rest of {women.where}")},
            "ethnicity": {
                "white_british": Told(tidy(max(british, 0.0)), f"the rest of {other.where}"),
                "white_other": _of(other),
                "minority_ethnic": _of(minority),
            },
            "shift_worker_share": _of(row["shift_worker_share"]),
            "icu_or_emergency_share": _of(row["icu_or_emergency_share"]),
        }
    reference = dict(base["population"]["reference"])
    if reference["staff_group"] not in groups and groups:
        largest = max(groups, key=lambda key: groups[key]["headcount"].value)
        reference["staff_group"] = Told(largest, "the largest group")
    return {"staff_groups": groups, "reference": reference}


def _staffing(filled: Filled, base: Mapping[str, Any], problems: list[str]) -> dict[str, Any]:
    """Return a whole staffing model: the roles of the workbook, the rest as it is by default."""
    known = base["staffing"]["roles"]
    rows = _named(filled.tables[JOB_PLANS.title], known, problems)
    by_name = {str(row["name"].value).casefold(): key for key, row in rows.items()}
    roles: dict[str, Any] = {
        key: _role(turn, key, row, known, by_name, problems) for turn, (key, row) in enumerate(rows.items(), 1)
    }
    for number, row in enumerate(filled.tables[POSTS.title], 1):
        role = by_name.get(str(row["role"].value).casefold())
        if role is None:
            near = nearest(str(row["role"].value), [str(each["name"].value) for each in rows.values()])
            problems.append(f"{row['role'].where}: the sheet {JOB_PLANS.title} has no role {row['role'].value}; {near}")
            continue
        start = row["from_day"].value if "from_day" in row else filled.settings[FIRST_DAY.key].value
        if "to_day" in row and row["to_day"].value <= start:
            problems.append(
                f"{row['to_day'].where}: funded until {row['to_day'].value}, but it begins on {start}; correct one"
            )
        roles[role]["lines"][f"line_{number}"] = {
            "band": Told(str(row["band"].value).lower(), row["band"].where),
            "wte": Told(float(row["wte"].value), row["wte"].where),
            "kind": _of(row["kind"]),
            "pay_point": _of(row["pay_point"]) if "pay_point" in row else Told("mid", OURS),
        } | {day: Told(row[day].value.isoformat(), row[day].where) for day in ("from_day", "to_day") if day in row}
    for key in [key for key, role in roles.items() if not role["lines"]]:
        problems.append(
            f"{rows[key]['name'].where}: the sheet {POSTS.title} has no post of the role "
            f"{rows[key]['name'].value}; add one, or empty the row"
        )
    rest = {key: copy.deepcopy(value) for key, value in base["staffing"].items() if key != "roles"}
    for key, found in filled.settings.items():
        if key.startswith("staffing."):
            put(rest, key.removeprefix("staffing."), _of(found))
    return rest | {"roles": roles}


def _role(
    turn: int, key: str, row: Row, known: Mapping[str, Any], by_name: Mapping[str, str], problems: list[str]
) -> dict[str, Any]:
    ours = known.get(key, {})
    shares = {
        name: row[f"share:{name}"] for name in ACTIVITIES if f"share:{name}" in row and row[f"share:{name}"].value > 0
    }
    total = sum(found.value for found in shares.values())
    if abs(total - 1) > ROUNDED_SHARES:
        problems.append(
            f"{row['name'].where}: the shares of {row['name'].value} add up to {total:.1%}; they must add up to 100%"
        )
    plans = ours.get("job_plan", {})
    role: dict[str, Any] = {
        "turn": Told(turn, "the order of the rows"),
        "client_facing_hours_per_week": _number(row, "client_facing_hours_per_week", 22.5),
        "supervision_hours_per_week": _number(row, "supervision_hours_per_week", 1.0),
        "most_supervision_given_hours_per_week": _number(row, "most_supervision_given_hours_per_week", 0.0),
        "caseload_cap_per_wte": _number(row, "caseload_cap_per_wte", 0.0),
        "out_of_hours_share": _number(row, "out_of_hours_share", 0.0),
        "modalities": [Told(name, row[name].where) for name in MODALITIES if name in row and row[name].value == "yes"],
        "job_plan": {
            name: {
                "share": Told(tidy(found.value / total), found.where),
                "flexes": Told(plans.get(name, {}).get("flexes", True), OURS),
            }
            for name, found in shares.items()
        },
        "covers": list(ours.get("covers", [])),
        "lines": {},
    }
    if "load_band" in ours:
        role["load_band"] = copy.deepcopy(ours["load_band"])
    if "supervised_by" in row:
        supervisor = by_name.get(str(row["supervised_by"].value).casefold())
        if supervisor is None:
            near = nearest(str(row["supervised_by"].value), list(by_name))
            problems.append(f"{row['supervised_by'].where}: there is no role {row['supervised_by'].value}; {near}")
        role["supervised_by"] = Told(supervisor, row["supervised_by"].where)
    return role


def _number(row: Row, key: str, otherwise: float) -> Told:
    return (
        Told(float(row[key].value), row[key].where) if key in row else Told(otherwise, f"{OURS}, as the cell is empty")
    )


def _costs(filled: Filled, base: Mapping[str, Any], problems: list[str]) -> dict[str, Any]:
    known = base["costs"]["pay_gbp_per_year"]
    pay: dict[str, Any] = {}
    for row in filled.tables[PRICES.title]:
        band = str(row["name"].value).lower()
        if band not in known:
            problems.append(f"{row['name'].where}: got {row['name'].value}; choose from {', '.join(known)}")
            continue
        if not row["entry"].value <= row["mid"].value <= row["top"].value:
            given = ", ".join(f"{row[point].value:,g}" for point in ("entry", "mid", "top"))
            problems.append(f"{row['mid'].where}: got {given}; pay must rise from entry over middle to top")
        pay[band] = {point: Told(float(row[point].value), row[point].where) for point in ("entry", "mid", "top")}
    year = filled.settings["costs.price_year"]
    shipped = f"afc_{str(year.value).replace('/', '_')}"
    if shipped not in (there := Options().of("costs")):
        shipped = there[-1]
        filled.remarks.append(
            f"{year.where}: no prices of {year.value} are shipped; what recruitment, set-up and care elsewhere cost is "
            f"that of {shipped.removeprefix('afc_').replace('_', '/')}"
        )
        pay |= _unused(pay, known, filled, problems)
    tree: dict[str, Any] = {"defaults": [shipped], "pay_gbp_per_year": pay}
    for key, found in filled.settings.items():
        if key.startswith("costs.") and key != ALL_ON_COSTS.key:
            put(tree, key.removeprefix("costs."), _of(found))
    if (all_in_one := filled.settings.get(ALL_ON_COSTS.key)) is not None:
        pension = min(filled.settings["costs.on_costs.pension_share"].value, all_in_one.value)
        tree["on_costs"] = {
            "national_insurance_share": Told(tidy(all_in_one.value - pension), f"{all_in_one.where}: without pension"),
            "national_insurance_threshold_gbp_per_year": Told(0.0, all_in_one.where),
            "pension_share": Told(pension, all_in_one.where),
            "apprenticeship_levy_share": Told(0.0, all_in_one.where),
        }
    return tree


def _unused(pay: Mapping[str, Any], known: Mapping[str, Any], filled: Filled, problems: list[str]) -> dict[str, Any]:
    """Return pay for bands that nobody has and the sheet Prices leaves out, in a year that has no pay of ours."""
    rows = [*filled.tables[POSTS.title], *filled.tables[CHANGES.title]]
    posts = {str(row["band"].value).lower(): row["band"] for row in rows if "band" in row}
    missing = [band for band in known if band not in pay]
    problems += [
        f"{posts[band].where}: the sheet {PRICES.title} has no pay of band {band}; add a row with its pay"
        for band in missing
        if band in posts
    ]
    least = min((points["entry"].value for points in pay.values()), default=1.0)
    told = Told(least, f"sheet {PRICES.title}: no row, and no post of this band")
    return {band: dict.fromkeys(("entry", "mid", "top"), told) for band in missing}


def _scenario(filled: Filled, base: Mapping[str, Any], problems: list[str]) -> dict[str, Any]:
    roles = _named(filled.tables[JOB_PLANS.title], base["staffing"]["roles"], [])
    typed = {str(row["name"].value).casefold(): key for key, row in roles.items()}
    tree: dict[str, Any] = {"changes": changes_of(filled, typed, problems)}
    for key, found in filled.settings.items():
        if key.partition(".")[0] in PARTS:
            continue
        if key == MONTHS_AHEAD.key:
            start = filled.settings[FIRST_DAY.key].value
            if not 1 <= found.value <= MOST_MONTHS:
                problems.append(f"{found.where}: got {found.value} months; look 1 to {MOST_MONTHS} ahead")
                continue
            days = (month_later(start, found.value) - month_later(start, 0)).days
            put(tree, key, Told(days, f"{found.where}: {found.value} months"))
        else:
            value = found.value.isoformat() if isinstance(found.value, datetime.date) else found.value
            put(tree, key, Told(value, found.where))
    put(tree, "run.keep", ["months"])  # so that hub track can hold a projection against what happened
    tree["defaults"] = [{f"override /{part}": OPTION} for part in PARTS]
    by_name = {str(row["name"].value).casefold(): row for row in filled.tables[LISTS.title]}
    said = {key: by_name[name.casefold()] for key, name in LIST_NAMES.items() if name.casefold() in by_name}
    given = {key: row for key, row in said.items() if "people" in row}
    if given:
        put(tree, "run.opening.mode", Told("backlog", f"sheet {LISTS.title}"))
        for key, row in given.items():
            last = "mean_sessions_left" if key == "caseload" else "mean_wait_days"
            ours = base["run"]["opening"]["backlog"][key][last]
            put(tree, f"run.opening.backlog.{key}.people", _of(row["people"]))
            mean = (
                Told(float(row["mean"].value), row["mean"].where) if "mean" in row else Told(ours, f"{OURS}, grade D")
            )
            put(tree, f"run.opening.backlog.{key}.{last}", mean)
        for key in [key for key in LIST_NAMES if key not in given]:
            put(tree, f"run.opening.backlog.{key}.people", Told(0, f"sheet {LISTS.title}: empty"))
    return {key: tree[key] for key in ("purpose", "defaults", *tree) if tree.get(key)}


def _of(found: Found) -> Told:
    return Told(found.value, found.where)
