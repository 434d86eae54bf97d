"""How readily each staff group refers: worked out from what a workbook says of referrals."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from analysis.own_hub.option_files import OURS, Told, tidy
from analysis.own_hub.read import Filled, Found, Row
from analysis.own_hub.sheets import MONTHS
from sim.calendar import month_later


def demand_of(rows: Mapping[str, Row], filled: Filled, base: Mapping[str, Any]) -> dict[str, Any]:
    """Return how readily each group refers: from its referrals, else from those of all, else as in its sector."""
    demand, population = base["demand"], base["population"]["staff_groups"]
    again = 1.0 + base["pathway"]["re_referral"]["share"]
    exposure = {key: _exposure(row, demand["relative_uptake"]) for key, row in rows.items()}
    uptake: dict[str, Told] = {}
    for key, row in rows.items():
        if key in demand["uptake_per_person_year"]:
            uptake[key] = Told(demand["uptake_per_person_year"][key], f"{OURS}, grade D")
        else:
            sector = row["sector"].value if "sector" in row else ""
            uptake[key] = Told(
                tidy(_of_sector(sector, demand, population)), f"as in the sector {sector} by default, grade D"
            )
    unsaid = [key for key, row in rows.items() if "referrals" not in row and exposure[key] > 0]
    for key, row in rows.items():
        if "referrals" in row and exposure[key] > 0:
            said = row["referrals"]
            told = f"{said.where}: {said.value} a year, people who come again apart"
            uptake[key] = Told(tidy(said.value / again / exposure[key]), told)
    a_year = referrals_a_year(filled)
    if a_year is not None and unsaid:
        others = sum(row["referrals"].value for row in rows.values() if "referrals" in row)
        expected = sum(uptake[key].value * exposure[key] for key in unsaid) * again
        if expected > 0 and a_year.value > others:
            times = (a_year.value - others) / expected
            for key in unsaid:
                uptake[key] = Told(
                    tidy(uptake[key].value * times),
                    f"{a_year.where}: {a_year.value:,.0f} a year, shared out as by default",
                )
    return {"defaults": ["steady"], "uptake_per_person_year": uptake}


def referrals_a_year(filled: Filled) -> Found | None:
    """Return the referrals of a year, as the sheet Months has them; None if it has none."""
    months = [row for row in filled.tables[MONTHS.title] if "referrals" in row and "month" in row]
    if not months:
        return None
    days = sum(days_of_month(row["month"].value) for row in months)
    return Found(sum(row["referrals"].value for row in months) * 365.25 / days, f"{filled.file}, sheet {MONTHS.title}")


def days_of_month(first: datetime.date) -> int:
    """Return the days of the month that a date lies in."""
    return (month_later(first) - month_later(first, 0)).days


def _exposure(row: Row, relative: Mapping[str, Mapping[str, float]]) -> float:
    """Return the people of a group, each counted by how readily somebody like them refers."""
    women, other, minority = row["women"].value, row["white_other"].value, row["minority_ethnic"].value
    gender = women * relative["gender"]["women"] + (1 - women) * relative["gender"]["men"]
    ethnicity = (1 - other - minority) * relative["ethnicity"]["white_british"]
    ethnicity += other * relative["ethnicity"]["white_other"] + minority * relative["ethnicity"]["minority_ethnic"]
    return float(row["headcount"].value * gender * ethnicity)


def _of_sector(sector: str, demand: Mapping[str, Any], groups: Mapping[str, Any]) -> float:
    alike = [name for name, group in groups.items() if group["sector"] == sector] or list(groups)
    people = sum(groups[name]["headcount"] for name in alike)
    return float(sum(demand["uptake_per_person_year"][name] * groups[name]["headcount"] for name in alike) / people)
