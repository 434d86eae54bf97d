"""Explore a scenario: move a lever, see within seconds what becomes of the waits, the staff and the cost."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Any

import streamlit as st

from analysis.app import charts, sidebar, tour, widgets
from analysis.app.background import RESULTS, BackgroundRun
from analysis.app.plans import NamedView, keep_referrals
from analysis.app.quick_look import QuickLook, Result, result_of_folder
from analysis.app.view import DECISION, LIMITS, QUICK, View
from analysis.app.visits import RUNS, house, kept_plans, remembered, view, visit
from analysis.estimates.intervals import assurance
from analysis.tell.barriers import gaps_sentence
from analysis.tell.policies import policy_sentences
from analysis.tell.style import BUSY, SMALL_GROUP
from analysis.tell.wording import beside_band, count, frequency, plain, pounds, sentence, share, words
from analysis.workbook import workbook_of
from sim.calendar import DAYS_PER_YEAR
from sim.config import HubConfig
from sim.errors import HubError
from sim.run.manifest import config_hash
from sim.stages import BY_GROUP, COMPARED, DRAWN, LEFT_LAST, SEEN_FIRST, STAGES

RUN = "explore"
CHOICES = (100, DECISION, 500)
GLANCE_SECONDS = 0.05
"""Between two glances at a quick look of which there is no news."""
STEP = QUICK // 4
"""Replications between two lengths of the bar that shows how far it is: a browser draws the page anew for each."""


def explore() -> None:
    """Show this part of the page."""
    now = sidebar.begin("Explore a scenario")
    tour.invite()
    runs = st.query_params.get(RUNS)  # the address bar says what is shown, so that a refresh or a sent link shows it
    st.query_params.from_dict(now.link() | ({RUNS: runs} if runs else {}))
    try:
        config = house().config(now, QUICK, visit())
        result = decided = _decided(now, config)
        if result is None:
            result = _quick_look(config).result
    except HubError as problem:
        widgets.show_problem(problem)
        return
    if result is None:
        return
    _headline(result, stands_behind(result, QUICK), "answer")
    if policies := policy_sentences(config):
        st.info("\n".join(f"- {plain(sentence(line))}." for line in policies))
    if result.warnings:
        st.warning("\n".join(f"- {plain(line)}" for line in result.warnings))
    _decide(now)
    _charts(result)
    with st.container(key="take-away"):
        _take_away(now, result, visit().runs[RUN] if decided else None)


def _quick_look(config: HubConfig) -> QuickLook:
    """Wait for a quick look; where it takes long, say above its progress what the first replications come to."""
    look = house().looks.ask(config)
    early, place = st.empty(), st.empty()
    shown, steps = False, -1
    try:
        while not look.finished.is_set():
            view()  # where Streamlit leaves for the next run if a lever has been moved meanwhile
            if look.so_far is not None and not shown:
                with early.container():
                    _headline(look.so_far, so_far(look.so_far, QUICK), "answer-so-far")
                shown = True
            if look.done // STEP > steps:
                steps = look.done // STEP
                told = f"Quick look: {look.done} of {QUICK} replications"
                place.progress(look.done / config.run.replications, text=told)
            look.news.wait(GLANCE_SECONDS)
            look.news.clear()
    finally:
        if not look.finished.is_set():
            look.abandoned = True
    early.empty()
    place.empty()
    if look.problem:
        widgets.show_problem(look.problem)
    return look


def _decided(now: View, config: HubConfig) -> Result | None:
    """Return the decision-grade result of what is shown, if there is one; start it where a link asks for it."""
    asked = st.query_params.get(RUNS, "")
    run = visit().runs.get(RUN)
    if asked in map(str, CHOICES) and (run is None or run.request["link"] != now.link()):
        if run is None:
            _start(now, int(asked))
        else:
            del st.query_params[RUNS]  # a lever was moved since
        return None
    if run is None or run.state != "done" or run.request["hash"] != config_hash(config):
        return None
    whole, folder = house().config(now, run.request["replications"], visit()), run.folder / RESULTS
    return remembered("result", str(folder), lambda: result_of_folder(whole, folder))


def _start(now: View, replications: int) -> None:
    config = house().config(now, replications, visit())

    def request(folder: Path) -> dict[str, Any]:
        keep_referrals([now], folder)
        content = config.model_dump(mode="json")
        content["run"]["store"] = os.path.relpath(content["run"]["store"], folder)
        key, link = config_hash(config), now.link()
        return {"kind": "run", "config": content, "replications": replications, "hash": key, "link": link}

    house().start(visit(), RUN, request)
    st.query_params[RUNS] = str(replications)


def _headline(result: Result, behind: str, key: str) -> None:
    widgets.stamp(behind, result.replications > QUICK)
    with st.container(border=True, key=key):
        st.markdown("\n\n".join(headline(result)))
    widgets.show_figures(key_figures(result))


def _decide(now: View) -> None:
    """Offer a decision-grade run, or show the one that goes."""
    run = visit().runs.get(RUN)
    if run is not None and not run.over:
        widgets.watch(run, "Decision-grade run", RUN)
        return
    if run is not None and run.request["link"] == now.link() and widgets.outcome(run):
        return
    with st.container(horizontal=True, vertical_alignment="bottom", key="decide"):
        replications = st.selectbox("Replications of a decision-grade run", CHOICES, index=1, width=300)
        pressed = st.button("Run it in the background", type="primary")
    if pressed:
        widgets.start_run(lambda: _start(now, replications))


def _charts(result: Result) -> None:
    st.header("The lists, week by week")
    lists = [
        (f"Waiting for {stage.words}", charts.list_over_time(result, stage.name), f"list-{stage.name}")
        for stage in DRAWN
    ]
    widgets.charts_beside("lists", lists)
    st.header("Who waits how long")
    waits = [
        (f"From {stage.since} to {stage.waits_for}", charts.waits_by_group(result, stage), f"wait-{stage.name}")
        for stage in BY_GROUP
    ]
    widgets.charts_beside("waits", waits)
    st.caption("Lines: 95% interval over replications. * fewer than 30 people per replication: read with care.")
    shares, said = charts.in_time_by_group(result, SEEN_FIRST), who_waits_longer(result)
    widgets.show_chart("Who waits longer", shares, "equity", said)
    st.caption(gaps_sentence(result.config))
    st.header("Staff and cost")
    load = ("Load by role", charts.load_by_role(result), "load", busiest(result))
    widgets.charts_beside("staff", [load, ("Cost a year by kind", charts.cost_by_kind(result), "cost")])


def _take_away(now: View, result: Result, run: BackgroundRun | None) -> None:
    """Offer the files, of a decision-grade run if there is one, and what composes this again."""
    st.header("Take it away")
    folder = None if run is None else run.folder / RESULTS
    summary = result.summary if folder is None else (folder / "summary.csv").read_bytes
    files: list[widgets.File] = [
        ("Summary (CSV)", summary, "summary.csv", "text/csv"),
        ("This as a scenario (YAML)", lambda: now.scenario_file(result.replications), "mine.yaml", "text/yaml"),
    ]
    if folder is not None:
        files.append(("Workbook (Excel)", lambda: workbook_of(folder, "the run"), "results.xlsx", widgets.EXCEL))
        files.append(widgets.archive(folder, "hub.zip"))
    widgets.downloads(files)
    _keep_plan(now)
    widgets.show_command(now.command(f"run.replications={result.replications}"))


def _keep_plan(now: View) -> None:
    """Offer to keep what is set up, for comparing."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input("Name of a plan to compare", f"Plan {len(kept_plans()) + 1}", max_chars=60, width=400)
        full = len(kept_plans()) >= LIMITS.plans
        pressed = st.button("Keep this as a plan", disabled=full or not name.strip())
    if full:
        st.caption(f"{LIMITS.plans} plans are kept, as many as can be compared; begin a new visit for others.")
    if pressed:
        kept_plans().append(NamedView(name.strip(), now))
        st.toast(f"{plain(name.strip())} is kept; you find it under Compare staffing.")


def headline(result: Result) -> list[str]:
    """Return the answer as sentences, the most important first."""
    told = [line for stage in COMPARED if (line := _in_futures(result, stage))]
    low, high = result.range_of("queue_end", LEFT_LAST.name)
    if not math.isnan(low):
        told.append(
            f"In 9 of 10 simulated futures the list for {LEFT_LAST.waits_for} ends between {count(round(low))} and "
            f"{count(round(high))} people."
        )
    total = result.of("cost_per_year_gbp")
    told.append(f"The Hub costs about {pounds.interval(total)} a year; nothing here says whether it is cost-effective.")
    return told


def _in_futures(result: Result, stage: str) -> str:
    standard = result.config.standards.stages.get(stage)
    if standard is None or math.isnan(result.of("within_standard_share", stage).estimate):
        return ""
    by_future = result.by_replication("within_standard_share", stage)
    told = frequency(assurance(by_future, standard.share).estimate)
    return (
        f"**{sentence(told)} simulated futures meet the standard for {STAGES[stage].waits_for}**: "
        f"{share(standard.share)} of those eligible {STAGES[stage].seen} within {standard.days} days of referral."
    )


def key_figures(result: Result) -> list[tuple[str, str, str]]:
    """Return the figures beside the answer: who comes, who is seen in time, and what it costs."""
    years = result.config.run.horizon_days / DAYS_PER_YEAR
    low, high = (bound / years for bound in result.range_of("referrals"))
    spread = "" if math.isnan(low) else f"{count.range(low, high)} in 9 of 10 futures"
    found = [("Refer themselves a year", f"{count(result.of('referrals').estimate / years)} people", spread)]
    for stage in COMPARED:
        standard = result.config.standards.stages.get(stage)
        in_time = result.of("within_standard_share", stage)
        if standard is not None and not math.isnan(in_time.estimate):
            value, interval = share.parts(in_time)
            aim = f"standard {share(standard.share)}"
            name = f"{sentence(STAGES[stage].seen)} within {standard.days} days"
            found.append((name, value, f"{_ends(interval)}; {aim}" if interval else aim))
    value, interval = pounds.parts(result.of("cost_per_year_gbp"))
    return [*found, ("Cost a year", value, _ends(interval))]


def _ends(interval: str) -> str:
    return f"95% interval {interval}" if interval else ""


def stands_behind(result: Result, asked: int) -> str:
    """Say how many replications stand behind a result, and what they are good for."""
    if result.replications < asked:
        return f"Quick look: {result.replications} replications, as many as there was time for. Not for decisions."
    if result.replications <= QUICK:
        return f"Quick look: {result.replications} replications. Good for exploring, not for decisions."
    return f"Decision-grade: {result.replications} replications."


def so_far(result: Result, asked: int) -> str:
    """Say that more replications are on their way."""
    return f"So far: {result.replications} of {asked} replications, not for decisions; the others follow."


def who_waits_longer(result: Result, stage: str = SEEN_FIRST) -> str:
    """Name the staff group that is seen in time least often, if the simulation can tell."""
    shares = {
        group: result.of("within_standard_share", stage, "staff_group", group)
        for group in charts.coming(result)
        if result.of("referrals", "", "staff_group", group).estimate >= SMALL_GROUP
    }
    if len(shares) < 2:  # noqa: PLR2004 (one group has nobody to wait longer than)
        return "Too few people of different staff groups to tell who waits longer."
    ranked = sorted(shares, key=lambda group: shares[group].estimate)
    worst, best = ranked[0], ranked[-1]
    if not shares[worst].high < shares[best].low:
        return "Between staff groups of 30 people or more no clear difference shows in who is seen in time."
    return (
        f"Least often seen in time: **{words(worst)}** ({share.interval(shares[worst])}); "
        f"most often: **{words(best)}** ({share.interval(shares[best])})."
    )


def busiest(result: Result) -> str:
    """Name the roles whose load leaves no slack."""
    roles = [role for role, given in result.config.staffing.roles.items() if given.wte > 0]
    used = {role: result.of("utilisation", "", "role", role).estimate for role in roles}
    busy = [f"{words(role)} ({share(load)})" for role, load in used.items() if load > BUSY]
    text = (
        f"Over {share(BUSY)} loaded, where waits grow steeply: {', '.join(busy)}." if busy else "No role is overloaded."
    )
    given = result.config.staffing.roles
    outside = [
        f"{words(role)} {share(load)}{side}" for role, load in used.items() if (side := beside_band(given[role], load))
    ]
    return f"{text} Not loaded as planned: {'; '.join(outside)}." if outside else text
