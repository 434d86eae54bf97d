"""What each column of the files of results means, and its unit: for the data dictionary, docs/data.md."""

from __future__ import annotations

from sim.config.screening import MEASURES
from sim.config.staffing import ACTIVITIES
from sim.stages import MILESTONES

OWN = "of the row"
"""The unit of a column whose rows have units of their own, in the column `unit`."""
SAME = "people, days or contacts"
Meaning = tuple[str, str]
"""Unit and meaning."""

NAMES: dict[str, Meaning] = {
    "cell": ("", "name of the run; of a sweep, which of its runs"),
    "scenario": ("", "what happens: the scenario by name"),
    "staffing": ("", "who works there: the staffing model by name"),
    "plan": ("", "the plan that is compared: its run by name"),
    "baseline": ("", "what it is compared with: that run by name"),
    "hub": ("", "number of the Hub, from 0"),
    "replication": (
        "",
        "number of the simulated future, from 0; the same number has the same people in every plan of one seed",
    ),
    "measure": ("", "what is counted; docs/stages.md lists and explains them all"),
    "stage": ("", "which wait or list it is about, such as assessment; empty where a measure is about none"),
    "dimension": (
        "",
        "what people are grouped by: all (everyone), staff_group, gender, ethnicity, tier (need), modality (kind of "
        "therapy), role, activity",
    ),
    "group": ("", "which group of these, such as ambulance; all: everyone"),
    "unit": ("", "unit of the figure"),
    "role": ("", "role of a post; empty in rows of people"),
    "week": ("week", "week of the run, from 1; the last may be cut short"),
}
"""What many files share."""
INTERVAL: dict[str, Meaning] = {
    "estimate": (
        OWN,
        "the answer: the average over all simulated futures; of a share, of everyone in all futures together; of the "
        "median and the 90th percentile of waits, that of everybody seen in all futures together, by whole days",
    ),
    "low": (
        OWN,
        "lower end of the 95% interval: how far the estimate might move if the simulation were run again. For "
        "analysts: of a median or 90th percentile whole replications are resampled, and with fewer than 20 it is that "
        "of t over up to ten groups of them",
    ),
    "high": (OWN, "upper end of that interval"),
    "range_low": (
        OWN,
        "9 in 10 simulated futures lie between this and the next column (5th and 95th percentile); of the median and "
        "the 90th percentile of waits, each future's own, by whole days like the estimate",
    ),
    "range_high": (OWN, "upper end of that range"),
    "replications": ("", "how many simulated futures had a value"),
}
DIFFERENCE: dict[str, Meaning] = {
    "difference": (
        OWN,
        "plan less baseline, mean over pairs of replications; of ratios, medians and 90th percentiles, that of the "
        "estimates of all replications together, linearised for the interval",
    ),
    "low": (OWN, "lower end of the 95% interval of the difference"),
    "high": (OWN, "upper end of that interval"),
    "p": ("", "p of the paired t test"),
    "correlation": ("", "of plan and baseline over replications"),
    "variance_reduction": ("", "by what factor pairing cut the variance of the difference"),
    "pairs": ("", "pairs of replications"),
}
PERSON: dict[str, Meaning] = {
    "client_id": ("", "the person, the same in every run of a seed; `hub story` takes it"),
    "source": ("", "what brought the person: background, an incident, or one waiting when the Hub opened"),
    "staff_group": ("", "staff group"),
    "gender": ("", "gender"),
    "ethnicity": ("", "ethnicity"),
    "tier": ("", "how severe the need is, from the screening"),
    "risk": ("", "whether the screening showed a risk to life"),
    "outcome": ("", "what the assessment comes to"),
    "modality": ("", "kind of therapy; none where there is none"),
}
FILES: dict[str, tuple[str, dict[str, Meaning]]] = {
    "measures.parquet": ("every figure of every replication", {
        "value": (OWN, "the figure; empty where nobody is in its denominator"),
        "numerator": (OWN, "of a ratio, what is divided; else the value"),
        "denominator": ("", "of a ratio, by what it is divided; else empty"),
    }),
    "waits.parquet": ("how many people waited how long", {
        "wait_days": ("days", "whole days waited"),
        "outcome": ("", "seen, gave up (left) or still waiting at the end"),
        "count": ("people", "people with that wait and outcome"),
    }),
    "weekly.parquet": ("lists and work, week by week", {
        "list": ("people", "length of the list at the end of the week"),
        "caseload": ("people", "people in individual therapy with the role at the end of the week"),
        "arrivals": ("people", "joined the list in the week"),
        "completions": ("people", "were seen in the week"),
        "minutes": ("minutes", "time that the role used in the week"),
    }),
    "in_time.parquet": ("who was seen in time, for searches (not left by hub run)", {
        "eligible": ("people", "people who should be seen"),
        "in_time": ("people", "of these, seen within the standard"),
    }),
    "journeys.parquet": ("one row for each referral (run.keep=[journeys])", PERSON | {
        "episode": ("", "0 for a first referral, 1 for the next of the same person"),
        **{f"{m.name}_day": ("day", f"when “{m.name.replace('_', ' ')}” was reached; empty if never")
           for m in MILESTONES},
        "ended": ("", "how it ended"),
        "sessions_attended": ("sessions", "visits to therapy attended"),
        "sessions_missed": ("sessions", "visits to therapy missed"),
        "transferred": ("", "times that another clinician took over"),
        "staff_minutes": ("minutes", "staff time used for the referral"),
    }),
    "cohort.parquet": ("one row for each person who came, and what is decided before (run.keep=[cohort])",
        PERSON | {
        "referred_day": ("day", "when referred, from the first day"),
        **{name: ("points", f"score of {name.upper()}") for name in MEASURES},
        "measures_positive": ("", "scores above their threshold"),
        "shift_worker": ("", "whether shifts keep the person from some appointments"),
        "newly_reached": ("", "whether spending on reach brought the person"),
        "screens": ("", "whether the screen will be completed"),
        "screen_delay_days": ("days", "from referral to the completed screen"),
        "offered": ("", "whether an assessment will be offered"),
        "reachable": ("", "whether the Hub will reach the person"),
        "assessment_minutes": ("minutes", "length of the assessment"),
        "course_sessions": ("sessions", "length of the course of therapy"),
        "drop_out_session": ("session", "after which the person will drop out"),
        "navigation_contacts": ("contacts", "contacts that navigation takes"),
        "accepted": ("", "whether care elsewhere will accept the person"),
        "opted_in": ("", "whether the person will take up what is offered"),
        "external_wait_days": ("days", "wait for care elsewhere"),
        "re_referred": ("", "whether the person will be referred again"),
    }),
    "events.parquet": ("log of events as the vidigi package reads it (run.keep=[events])", {
        "run_number": ("", "number of the replication"),
        "entity_id": ("", "number of the referral"),
        "client_id": ("", "the person"),
        "pathway": ("", "staff group"),
        "event_type": ("", "arrival_departure, queue, resource_use or resource_use_end"),
        "event": ("", "what happens"),
        "time": ("day", "when, from the first day"),
        "resource_id": ("", "number of the post, from 1; empty where none is needed"),
    }),
    "months.parquet": ("what a Hub would report by month (run.keep=[months])", {
        "month": ("", "month, as 2022-04"),
        "figure": ("", "what is counted, as on the sheet Months of the workbook"),
        "value": (SAME, "its value"),
    }),
    "staff_days.parquet": ("one row for each post and day at work (run.keep=[staff_days])", {
        "post_id": ("", "the post"),
        "role": ("", "its role"),
        "line": ("", "its line of funding"),
        "band": ("", "its band"),
        "day": ("day", "day of the run, from 0"),
        "minutes_available": ("minutes", "client-facing time of the day"),
        **{name: ("minutes", f"of it used for {name.replace('_', ' ')}") for name in ACTIVITIES},
        "idle": ("minutes", "of it used for nothing"),
    }),
    "summary.csv": ("the figures of one run, with how sure the simulation is of each", INTERVAL),
    "months.csv": ("what happened beside the model, month by month (check, fit and track with --out)", {
        "figure": ("", "what is counted, as on the sheet Months of the workbook"),
        "month": ("", "first day of the month"),
        "happened": (SAME, "what happened, as it was given: a number, or * or <5 where it was kept back"),
        "median": (SAME, "half of the simulated futures lie above it"),
        "range_low": (SAME, "9 in 10 simulated futures lie between this and the next column"),
        "range_high": (SAME, "upper end of that range"),
        "verdict": ("", "whether what happened lies inside that range, above or below it"),
        "at_least": (SAME, "least that it may have been, where it is rounded or kept back; else what happened"),
        "at_most": (SAME, "most that it may have been"),
        "mean": (SAME, "average of the simulated futures"),
    }),
    "fit.csv": ("what a fit moved (fit with --out)", {
        "key": ("", "the number by its key in the configuration"),
        "before": ("", "its value in your workbook, or the default"),
        "after": ("", "the value that fits your months best; as before where they cannot tell"),
        "low": ("", "lower end of its 95% interval; empty where the months cannot tell"),
        "high": ("", "upper end of that interval"),
        "told_by": ("", "which of your figures told it, and by how many months"),
        "why_not": ("", "why the months cannot tell it"),
    }),
    "headlines.csv": ("a comparison: the headline figures", {
        "figure": ("", "the figure in words"),
        "primary": ("", "whether it is one of the two by which plans are judged"),
        "baseline_level": (OWN, "estimate under the baseline"),
        "plan_level": (OWN, "estimate under the plan"),
        **DIFFERENCE,
        "simultaneous_low": (OWN, "lower end of the interval that holds for all plans and both primary figures"),
        "simultaneous_high": (OWN, "upper end of that interval"),
        "p_holm": ("", "p with Holm's correction; of primary figures"),
        "verdict": ("", "better, worse, no difference that matters, not yet conclusive or not judged"),
        "because": ("", "what is said where it is not judged"),
        "more_replications": ("", "how many more would settle it; empty if it is settled or too many"),
        "baseline_people": ("people", "people per replication that the figure is of, under the baseline"),
        "plan_people": ("people", "the same under the plan"),
    }),
    "differences.csv": ("a comparison: the paired difference of every measure", DIFFERENCE),
    "levels.csv": ("a comparison: estimates of every plan", INTERVAL),
    "steps.csv": ("a comparison: how far people get", {
        "step": ("", "how far, in words"),
        "baseline_share": ("share", "of everyone referred, under the baseline"),
        "plan_share": ("share", "the same under the plan"),
        "low": ("share", "lower end of the 95% interval of the difference"),
        "high": ("share", "upper end of that interval"),
        "lost": ("", "whether clearly fewer get so far"),
        "gained": ("", "whether clearly more get so far"),
    }),
    "equity.csv": ("a comparison: every plan by group", INTERVAL | {
        "reference": ("", "group that others are compared with"),
        "gap": (OWN, "estimate less that of the reference group"),
        "gap_low": (OWN, "lower end of the 95% interval of the gap"),
        "gap_high": (OWN, "upper end of that interval"),
        "people": ("people", "people per replication in the group"),
        "small": ("", "whether these are fewer than 30"),
        "gap_arises_by": ("", "what can make such a gap in the model"),
        "change": (OWN, "gap less that under the baseline"),
        "change_low": (OWN, "lower end of the 95% interval of the change"),
        "change_high": (OWN, "upper end of that interval"),
    }),
    "map.csv": ("a comparison: every plan in every scenario", {
        "plan": ("", "the plan, by name"),
        "scenario": ("", "the scenario, by name; empty: all that count"),
        "cell": ("", "the cell; empty: not run"),
        "figure": ("", "the figure in words"),
        "unit": ("", "its unit"),
        "best_plan": ("", "the best plan of the scenario"),
        "level": (OWN, "the plan's own estimate"),
        "level_low": (OWN, "lower end of its 95% interval"),
        "level_high": (OWN, "upper end of that interval"),
        "regret": (OWN, "how far behind the best plan of the scenario"),
        "regret_low": (OWN, "lower end of its 95% interval"),
        "regret_high": (OWN, "upper end of that interval"),
        "loses_people": ("", "whether fewer clearly get as far as under the baseline"),
        "baseline": ("", "the cell that it is compared with"),
        "verdict": ("", "what the difference to it comes to"),
        "difference": (OWN, "plan less baseline"),
        "difference_low": (OWN, "lower end of its 95% interval"),
        "difference_high": (OWN, "upper end of that interval"),
    }),
    "regret.csv": ("a comparison: plans across scenarios", {
        "plan": ("", "the plan, by name"),
        "figure": ("", "the figure in words"),
        "unit": ("", "its unit"),
        "scenarios": ("", "how many scenarios count"),
        "worst_scenario": ("", "where the level is worst"),
        "worst_level": (OWN, "the level there"),
        "worst_level_low": (OWN, "lower end of its 95% interval"),
        "worst_level_high": (OWN, "upper end of that interval"),
        "regret_scenario": ("", "where it is furthest behind"),
        "most_regret": (OWN, "how far behind the best plan at most"),
        "most_regret_low": (OWN, "lower end of its 95% interval"),
        "most_regret_high": (OWN, "upper end of that interval"),
        "weighted_level": (OWN, "mean by the weights given"),
        "weighted_level_low": (OWN, "lower end of its 95% interval"),
        "weighted_level_high": (OWN, "upper end of that interval"),
        "weighted_regret": (OWN, "mean regret by the weights given"),
        "weighted_regret_low": (OWN, "lower end of its 95% interval"),
        "weighted_regret_high": (OWN, "upper end of that interval"),
    }),
    "satisficing.csv": ("a comparison: how often each standard is met", {
        "plan": ("", "the plan, by name"),
        "standard": ("", "the standard, or all of them"),
        "asked_percent": ("%", "the share that it asks for"),
        "futures_differ_by": ("", "what makes futures differ"),
        "scenario": ("", "the scenario, by name; empty: all that count"),
        "futures": ("", "simulated futures"),
        "futures_met": ("share", "of futures that meet it"),
        "futures_met_low": ("share", "lower end of its 95% interval"),
        "futures_met_high": ("share", "upper end of that interval"),
        "scenarios": ("", "how many scenarios count"),
        "scenarios_met": ("share", "of scenarios that meet it by their estimates"),
        "scenarios_met_low": ("share", "lower end of its 95% interval"),
        "scenarios_met_high": ("share", "upper end of that interval"),
    }),
    "switching.csv": ("a comparison: where a difference changes its sign", {
        "plan": ("", "the plan, by name"),
        "baseline": ("", "the plan that it is compared with"),
        "scenario": ("", "the scenario, by name; empty: all that count"),
        "figure": ("", "the figure in words"),
        "unit": ("", "its unit"),
        "source": ("", "draws or paired runs"),
        "key": ("", "the driver by its key"),
        "driver": ("", "the driver in words"),
        "range_low": ("", "low end of its range"),
        "range_high": ("", "high end of its range"),
        "slope": (OWN, "what one unit of the driver does to the difference"),
        "slope_low": (OWN, "lower end of its 95% interval"),
        "slope_high": (OWN, "upper end of that interval"),
        "at_low": (OWN, "difference at the low end of the range"),
        "at_low_low": (OWN, "lower end of its 95% interval"),
        "at_low_high": (OWN, "upper end of that interval"),
        "at_high": (OWN, "difference at the high end of the range"),
        "at_high_low": (OWN, "lower end of its 95% interval"),
        "at_high_high": (OWN, "upper end of that interval"),
        "switches_at": ("", "value of the driver at which the sign changes"),
        "switches_at_low": ("", "lower end of its 95% interval"),
        "switches_at_high": ("", "upper end of that interval"),
        "verdict": ("", "whether the sign changes within the range"),
    }),
    "choice.csv": ("a comparison: which plans may be the best", {
        "loses_people": ("", "whether fewer of those referred clearly get as far as under the baseline"),
        "standard": ("", "the wait that decides: each standard in turn"),
        "may_be_best": ("", "whether no other plan is clearly better on the primary wait"),
        "selected": ("", "whether it is selected (--delta); empty if none was asked for"),
        "dropped_after_replications": ("", "after how many replications selection dropped it"),
        "probability_not_beaten": ("share", "of futures in which no plan is both cheaper and quicker"),
        "meets_standard": ("share", "of futures that meet the standard of the primary wait"),
        "meets_standard_low": ("share", "lower end of its 95% interval"),
        "meets_standard_high": ("share", "upper end of that interval"),
        "verdict_on_all_standards": ("", "what the deciding waits come to together; better only if none is open"),
    }),
    "why.csv": ("a comparison with --why: what each lever is worth", {
        "figure": ("", "the figure in words"),
        "lever": ("", "what the plan changes"),
        "worth": (OWN, "what the lever changes in the figure"),
        "low": (OWN, "lower end of its 95% interval"),
        "high": (OWN, "upper end of that interval"),
    }),
}  # fmt: skip
"""Files of results, what each is, and columns that mean something of their own in it."""


def meaning_of(file: str, column: str) -> Meaning:
    """Return unit and meaning of a column; KeyError if it is not described."""
    own = FILES[file][1]
    return own[column] if column in own else NAMES[column]
