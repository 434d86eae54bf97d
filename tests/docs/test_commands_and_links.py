"""Every command of the pages is one that hub takes, those of the first pages run, and every link leads somewhere."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from urllib.parse import unquote

import pytest

import resilience_hub
from analysis.commands import main
from analysis.tell.incidents import incident_sentences
from sim.errors import HubError

ROOT = Path(__file__).parents[2]
PAGES = ["docs/start/planner.md", "docs/start/commissioner.md", "docs/start/crisis_team.md"]
QUICK = [
    "run.replications=2", "run.horizon_days=200", "run.opening.run_in_days=30", "run.jobs=1", "run.store=null",
]  # fmt: skip
GUIDES = ["docs/user_guide.md", "docs/changes.md", "docs/policies.md", "docs/sizing.md", "docs/comparing.md"]
NEEDS_RESULTS = ("compare", "sensitivity")
"""Verbs of the guides that have tests of their own: they take what others leave, or long."""
SIMULATED = ("sweep", "compare", "diff")
"""Verbs that are run whole; of others it is looked at what they would simulate."""


def commands(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    blocks = [block for _, block in re.findall(r"^```(\w*)\n(.*?)^```", text, re.DOTALL | re.MULTILINE)]
    return [line for block in blocks for line in re.findall(r"^(hub(?: .*?)?)(?: {3,}.*)?$", block, re.MULTILINE)]


@pytest.fixture
def asked(monkeypatch):
    """What was to be simulated by commands that are not run to their end."""
    found = []

    def ran(config, *_):
        found.append(config)
        return 0

    def sized(config, question, say):
        found.append(config)
        raise HubError("asked for")

    monkeypatch.setattr("analysis.runs.one_run.run_and_report", ran)
    monkeypatch.setattr("analysis.sizing.sizing.size", sized)
    return found


def write_files_of(page, folder):
    """Write each file that a page shows: its name in the line before the block."""
    text = (ROOT / page).read_text(encoding="utf-8")
    for name, content in re.findall(r"`([\w/]+\.yaml)`[^`]*\n\n```yaml\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")


@pytest.mark.integration
def test_the_incident_that_a_crisis_team_writes_bears_its_own_name_and_date(tmp_path, monkeypatch, asked):
    monkeypatch.chdir(tmp_path)
    write_files_of("docs/start/crisis_team.md", tmp_path)
    assert main(["--config-dir", "mine", "scenario=our_incident"]) == 0
    [told] = incident_sentences(asked[-1])
    assert told.startswith("Incident hospital fire on 30 June 2027: 1,200 people exposed")


@pytest.mark.integration
@pytest.mark.parametrize("page", PAGES)
def test_every_command_of_a_page_runs_in_its_order(page, tmp_path, monkeypatch, asked, capsys):
    monkeypatch.chdir(tmp_path)
    write_files_of(page, tmp_path)
    found = commands(page)
    assert found
    for command in found:
        words, before = shlex.split(command)[1:], len(asked)
        verb = words[0] if words and "=" not in words[0] else ""
        given = [word for word in words if not word.startswith("run.replications=")]
        status = main([*given, *(QUICK if verb == "sweep" else [])])
        err = capsys.readouterr().err
        assert status == (2 if verb == "size" else 0), f"{command}\n{err}"
        assert len(asked) == before + (verb not in SIMULATED), command


@pytest.mark.integration
@pytest.mark.parametrize("page", GUIDES)
def test_every_command_of_a_guide_is_one_that_hub_takes(page, tmp_path, monkeypatch, asked, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("analysis.runs.sweep.run_sweep", lambda cells, *_: asked.append(cells) or 0)
    designs = re.findall(r"```\n(scenario,staffing,.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)
    for design in designs:
        (tmp_path / "plans.csv").write_text(design)
    found = [
        command for command in commands(page) if shlex.split(command)[1:2] not in [[verb] for verb in NEEDS_RESULTS]
    ]
    assert found
    for command in found:
        status, shown = main(shlex.split(command)[1:]), capsys.readouterr()
        assert status == (2 if " size " in command else 0), f"{command}\n{shown.err}"
        assert status == 0 or shown.err.endswith("asked for\n"), f"{command}\n{shown.err}"


@pytest.mark.integration
@pytest.mark.drawn
def test_the_five_lines_for_a_chart_are_a_chart(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    [block] = re.findall(
        r"```python\n(.*?)```", (ROOT / "docs/start/analyst.md").read_text(encoding="utf-8"), re.DOTALL
    )
    lines = block.replace("import resilience_hub as hub\n", "").replace("simulate(replications=20)", "simulate(2, 1)")
    quick = lines.replace('staffing="mixed_skill"', 'staffing="mixed_skill", run__horizon_days=200')
    assert quick.count("_days=200") == quick.count("simulate(2, 1)") == 1
    assert len([line for line in block.splitlines() if line]) == 5
    *before, last = quick.strip().splitlines()
    names = {"hub": resilience_hub}
    exec("\n".join(before), names)
    assert eval(last, names)._repr_png_()


def pages():
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def anchors(page):
    """Return what a code host calls the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    bare = (re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text) for text in headings)
    return {re.sub(r"[^\w\- ]", "", text).strip().lower().replace(" ", "-") for text in bare}


@pytest.mark.unit
def test_every_link_of_a_page_leads_somewhere_where_code_is_hosted_too():
    dead = []
    for page in pages():
        text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        for link in re.findall(r"\]\(([^)\s]+)\)", text):
            if re.match(r"[a-z]+:", link):
                continue
            path, _, anchor = unquote(link).partition("#")
            target = (page.parent / path).resolve() if path else page
            if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
                dead.append(f"{page.relative_to(ROOT)}: {link}")
    assert dead == []


@pytest.mark.unit
def test_every_page_is_in_the_contents_of_the_site_once():
    docs = ROOT / "docs"
    listed = []
    for page in docs.rglob("*.md"):
        for block in re.findall(r"```{toctree}\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
            lines = [line.strip() for line in block.splitlines() if line.strip() and not line.startswith(":")]
            found = (file for line in lines for file in page.parent.glob(f"{line}.md"))
            listed += [file.relative_to(docs).as_posix() for file in found]
    assert sorted([*listed, "index.md"]) == sorted(page.relative_to(docs).as_posix() for page in docs.rglob("*.md"))


@pytest.mark.unit
def test_no_page_names_options_of_ones_own_before_the_verb():
    found = [
        f"{page.relative_to(ROOT)}: {match[0]}"
        for page in pages()
        if page.name != "CHANGELOG.md"
        for match in re.finditer(r"hub (?:--config-dir \S+ .{20})", page.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.integration
def test_commands_between_the_lines_that_take_options_of_ones_own_run(tmp_path, monkeypatch, asked):
    """The role of docs/architecture.md as it stands; fitted and sized options as stand-ins of the same names."""
    for part, name, text in (
        ("scenario", "calibrated", "# @package _global_\npurpose: Fitted.\n"),
        ("staffing", "sized", "defaults: [senior_led, _self_]\n"),
        ("scenario", "extra_senior", "# @package _global_\npurpose: One more.\n"),
    ):
        (tmp_path / part).mkdir(exist_ok=True)
        (tmp_path / part / f"{name}.yaml").write_text(text)
    monkeypatch.chdir(ROOT)
    ran = set()
    for page in ("architecture", "calibration", "sizing", "user_guide"):
        text = (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")
        for command in re.findall(r"hub run --config-dir [^`\n]+", text):
            words = [str(tmp_path) if word in ("DIR", "FOLDER") else word for word in shlex.split(command)[1:]]
            assert main([*words, f"hydra.run.dir={tmp_path / 'out'}"]) == 0, command
            ran.add(page)
    assert (len(ran), len(asked)) == (4, 4)
