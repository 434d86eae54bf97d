"""The sheets that every workbook of results has: headlines, waits, reach, lists, cost, assumptions, words."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from analysis.estimates.headline import FIGURES, Measure
from analysis.estimates.intervals import range_by_week
from analysis.estimates.tables import list_by_week
from analysis.tell.book import ONE_DECIMAL, POUNDS, SHARE, TEXT, WHOLE, Column, Dresser, Shown, table
from analysis.tell.glossary import GLOSSARY
from analysis.tell.wording import full_date, key_words, sentence, words
from analysis.workbook.about import grade_words
from analysis.workbook.parts import AS_IN_CSV, Part
from sim.calendar import DAYS_PER_WEEK, DAYS_PER_YEAR, date_of
from sim.evidence import CHANGED, most_guesses, numbers_in_use
from sim.measures.rows import declared
from sim.stages import DRAWN, STAGES, WITH_STANDARD

if TYPE_CHECKING:
    from openpyxl import Workbook

    from sim.config import HubConfig

PLAN = Column("Plan", width=28, wrap=True)
FORMS = {"share": SHARE, "days": ONE_DECIMAL, "persons": ONE_DECIMAL, "referrals": ONE_DECIMAL, "sessions": WHOLE,
         "minutes": WHOLE, "ratio": "0.00", "week": ONE_DECIMAL, "GBP": POUNDS, "GBP a year": POUNDS,
         "GBP a person": POUNDS, "referrals a person-year": "0.0000"}  # fmt: skip
UNITS = {"share": "%", "persons": "people", "GBP": "£", "GBP a year": "£ a year", "GBP a person": "£",
         "referrals a person-year": "referrals"}  # fmt: skip
"""How units of measures are told where the cell shows the value in it."""
RESULT = ("Estimate", "From", "To", "9 in 10 futures: from", "9 in 10 futures: to")
PARTS = ("Standards", "Waits", "Lists", "Reach", "Cost")
"""Of the headlines, in their order."""
GROUPED = ("all", "staff_group", "gender", "ethnicity")
GUESSES_FIRST = ("D", "C", "B", "A", CHANGED, "setting")


def results(form: str = ONE_DECIMAL) -> list[Column]:
    """Return the columns of an estimate, its interval and its range."""
    return [Column(heading, form, 11) for heading in RESULT]


def _with_plan(parts: Sequence[Part]) -> list[Column]:
    return [PLAN] if len(parts) > 1 else []


def _of_plan(parts: Sequence[Part], part: Part) -> list[Any]:
    return [part.name] if len(parts) > 1 else []


def shown(values: Sequence[float], unit: str) -> list[Shown]:
    """Return values as their unit is shown."""
    return [Shown(value, FORMS.get(unit, ONE_DECIMAL)) for value in values]


def add_headlines(book: Workbook, parts: Sequence[Part], dresser: Dresser) -> None:
    """Add what a board asks first: standards, waits, lists, reach, cost; each with whom it is told of."""
    columns = [*_with_plan(parts), Column("About", width=11), Column("Figure", width=50, wrap=True), *results(),
               Column("Unit", width=10), Column("Of whom, or of what", width=46, wrap=True)]  # fmt: skip
    rows = (
        [
            *_of_plan(parts, part),
            about,
            sentence(figure),
            *shown(part.all_of(*measure), unit),
            UNITS.get(unit, unit),
            of,
        ]
        for part in parts
        for about, measure, figure, unit, of in sorted(_headlines(part), key=lambda row: PARTS.index(row[0]))
    )
    table(book, "Headlines", columns, rows, dresser, frozen=1 + len(_with_plan(parts)))


def _headlines(part: Part) -> Iterator[tuple[str, Measure, str, str, str]]:
    """Yield what a figure is about, where it stands, its words, its unit and of whom it is."""
    config = part.config
    years = config.run.horizon_days / DAYS_PER_YEAR
    for name, standard in config.standards.stages.items():
        known, goal = STAGES[name], f"standard: {standard.share:.0%}"
        told = f"{known.seen} within {standard.days} days of {known.since} ({goal})"
        yield (
            "Standards",
            Measure("within_standard_share", name),
            told,
            "share",
            _of_whom("within_standard_share", name),
        )
    for figure in FIGURES:
        measure, stage = figure.measure
        if measure == "within_standard_share":
            continue
        about = "Waits" if measure.startswith("wait_days") else "Lists" if stage else "Reach"
        about = "Cost" if measure.startswith("cost") or measure == "utilisation" else about
        told = figure.words.removesuffix(" a year") + f" over {years:.1f} years" if figure.a_year else figure.words
        told = told.replace(" within the standard", " within its standard")
        unit = declared(measure).unit
        yield about, figure.measure, told, unit, _of_whom(measure, stage, config.costs.price_year)
    told = "first referrals a year for each person of the catchment"
    yield "Reach", Measure("access_rate"), told, declared("access_rate").unit, "all staff who may refer themselves"


def _of_whom(measure: str, stage: str, price_year: str = "") -> str:
    """Return the denominator of a figure in words."""
    known = STAGES.get(stage)
    told = {
        "within_standard_share": "everyone eligible: people who gave up or still wait count as not seen in time",
        "wait_days_median": f"people who were {known.seen}, from {known.since}" if known else "",
        "wait_days_p90": f"people who were {known.seen}, from {known.since}" if known else "",
        "left_waiting_share": f"people who joined the list for {known.words}" if known else "",
        "queue_mean": "the average over all days",
        "waiting_at_end": "on the last day",
        "utilisation": "client-facing time of everyone in post",
        "cost_per_year_gbp": f"the whole Hub apart from set-up, at prices of {price_year}",
        "cost_per_supported_gbp": f"people supported: a first clinical contact; prices of {price_year}",
        "supported": "people with a first clinical contact",
        "referrals": "first and repeated referrals",
    }
    return told.get(measure, "everyone who came")


def add_waits(book: Workbook, parts: Sequence[Part], dresser: Dresser) -> None:
    """Add waits by stage and staff group."""
    columns = [
        *_with_plan(parts), Column("Stage", width=24), Column("Of whom", width=30),
        *(Column(f"{what}{end}", ONE_DECIMAL, 10) for what in ("Median days", "1 in 10 wait longer, days")
          for end in ("", ", from", ", to")),
        *(Column(f"Seen in time{end}", SHARE, 9) for end in ("", ", from", ", to")),
        *(Column(f"Gave up waiting{end}", SHARE, 9) for end in ("", ", from", ", to")),
    ]  # fmt: skip
    measures = ("wait_days_median", "wait_days_p90", "within_standard_share", "left_waiting_share")
    rows = (
        [*_of_plan(parts, part), sentence(words(stage)), sentence(words(group)),
         *(value for measure in measures for value in part.found(measure, stage, dimension, group))]
        for part in parts
        for stage in WITH_STANDARD
        for dimension, group in _groups(part, "wait_days_median", stage, ("all", "staff_group", "modality"))
    )  # fmt: skip
    table(book, "Waits", columns, rows, dresser, frozen=2 + len(_with_plan(parts)))


def _groups(part: Part, measure: str, stage: str, dimensions: Sequence[str]) -> list[tuple[str, str]]:
    """Return the groups that a measure is told of, by dimension in the order given."""
    mine = part.estimates[(part.estimates["measure"] == measure) & (part.estimates["stage"] == stage)]
    pairs = list(mine[["dimension", "group"]].astype(str).itertuples(index=False, name=None))
    return [pair for dimension in dimensions for pair in pairs if pair[0] == dimension]


def add_reach(book: Workbook, parts: Sequence[Part], dresser: Dresser) -> None:
    """Add who comes, and who is seen in time, group by group."""
    three = ("", ", from", ", to")
    columns = [
        *_with_plan(parts), Column("By", width=13), Column("Group", width=30), Column("Referrals", ONE_DECIMAL, 10),
        *(Column(f"First referrals a person and year{end}", "0.0000", 12) for end in three),
        *(Column(f"Over the reference group's{end}", "0.00", 11) for end in three),
        *(Column(f"Assessed in time{end}", SHARE, 10) for end in three),
    ]  # fmt: skip
    rows = (
        [*_of_plan(parts, part), "" if by == "all" else sentence(words(by)), sentence(words(group)),
         part.found("referrals", "", by, group)[0], *part.found("access_rate", "", by, group),
         *part.found("access_ratio", "", by, group),
         *part.found("within_standard_share", "referral_to_assessment", by, group)]
        for part in parts
        for by, group in _groups(part, "access_rate", "", GROUPED)
    )  # fmt: skip
    table(book, "Reach", columns, rows, dresser, frozen=2 + len(_with_plan(parts)))


def add_lists(book: Workbook, parts: Sequence[Part], dresser: Dresser) -> None:
    """Add the lists week by week, with dates: half of futures, and between what they lie in 9 of 10."""
    columns = [
        *_with_plan(parts), Column("Week", WHOLE, 7), Column("From", "d mmm yyyy", 13), Column("To", "d mmm yyyy", 13),
        *(Column(f"Waiting for {stage.words}{end}", ONE_DECIMAL, 14) for stage in DRAWN
          for end in (", median", ", 9 in 10: from", ", to")),
    ]  # fmt: skip
    rows = (
        [*_of_plan(parts, part), week, from_day, to_day, *figures]
        for part in parts
        for week, from_day, to_day, figures in _weeks(part)
    )
    table(book, "Lists by week", columns, rows, dresser, frozen=3 + len(_with_plan(parts)))


def _weeks(part: Part) -> Iterator[tuple[int, datetime.date, datetime.date, list[float]]]:
    run = part.config.run
    by_stage = [list_by_week(part.weekly, stage.name) for stage in DRAWN]
    ranges = [range_by_week(people) for _, people in by_stage]
    last = run.start_date + datetime.timedelta(days=run.horizon_days - 1)
    for place, week in enumerate(by_stage[0][0].tolist()):
        start = run.start_date + datetime.timedelta(days=(week - 1) * DAYS_PER_WEEK)
        end = min(start + datetime.timedelta(days=DAYS_PER_WEEK - 1), last)
        found = [float(AS_IN_CSV % of[place]) for low, middle, high in ranges for of in (middle, low, high)]
        yield week, start, end, found


def add_cost(book: Workbook, parts: Sequence[Part], dresser: Dresser) -> None:
    """Add what the Hub costs, by kind, role and activity."""
    columns = [*_with_plan(parts), Column("Cost", width=48, wrap=True), Column("Of", width=26, wrap=True),
               *results(POUNDS), Column("Unit", width=14)]  # fmt: skip
    rows = (
        [*_of_plan(parts, part), sentence(declared(measure).words), "" if group == "all" else sentence(words(group)),
         *shown(part.all_of(measure, stage, by, group), unit), _at_prices(unit, part)]
        for part in parts
        for measure, stage, by, group, unit in _costs(part)
    )  # fmt: skip
    table(book, "Cost", columns, rows, dresser, frozen=1 + len(_with_plan(parts)))


def _at_prices(unit: str, part: Part) -> str:
    return f"{UNITS.get(unit, unit)}, {part.config.costs.price_year}" if "GBP" in unit else UNITS.get(unit, unit)


def _costs(part: Part) -> list[tuple[str, str, str, str, str]]:
    columns = ["measure", "stage", "dimension", "group", "unit"]
    every = part.estimates[columns].astype(str).itertuples(index=False, name=None)
    return [row for row in every if row[0].startswith(("cost_", "staff_cost", "care_elsewhere"))]


def add_assumptions(book: Workbook, parts: Sequence[Part], dresser: Dresser) -> None:
    """Add every number of the plan with most guesses, guesses first; what sets others apart is on its own sheet."""
    columns = [Column("Grade", width=11), Column("Number", width=42, wrap=True), Column("Value", "#,##0.######", 11),
               Column("Low", "#,##0.######", 10), Column("High", "#,##0.######", 10),
               Column("Unit", width=16, wrap=True), Column("Source", width=44, wrap=True),
               Column("Note", width=50, wrap=True), Column("Key", width=60, printed=False)]  # fmt: skip
    config = parts[most_guesses([part.config for part in parts])].config
    used = [(row.grade if row else CHANGED, key, value, row) for key, value, row in numbers_in_use(config)]
    rows = [
        [grade_words(grade), sentence(key_words(key)), value,
         *((_number(row.low), _number(row.high), row.unit) if row else ("", "", _on(config, key, value))),
         row.source if row else "", row.note if row else "set by the scenario or by you", key]
        for grade, key, value, row in sorted(used, key=lambda one: GUESSES_FIRST.index(one[0]))
    ]  # fmt: skip
    table(book, "Assumptions", columns, rows, dresser, frozen=2)


def _on(config: HubConfig, key: str, value: float) -> str:
    """Return the date of a number that is a day of the run, as its unit."""
    is_day = key.rpartition(".")[2] in ("from_day", "to_day")
    return f"day, {full_date(date_of(config.run.start_date, int(value)))}" if is_day else ""


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def add_words(book: Workbook, parts: Sequence[Part], dresser: Dresser) -> None:
    """Add what each word means."""
    columns = [Column("Word", TEXT, 32), Column("What it means", TEXT, 100, wrap=True)]
    table(book, "Words", columns, GLOSSARY.items(), dresser)
