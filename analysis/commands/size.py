"""`hub size`: the cheapest staffing that sees enough people in time in most simulated futures."""

from __future__ import annotations

import datetime
import sys
from dataclasses import replace
from pathlib import Path

from analysis.commands.arguments import VerbParser, config_asked_for
from analysis.tell.console import steps

FOUND, NOT_FOUND = 0, 3
OUTPUTS = Path("outputs")
FUTURES_DIFFER = "uncertainty=futures"
"""What a sizing takes unless it is told otherwise; what is given after it wins."""
SIZE = """\
Find the cheapest staffing plan that sees enough people in time in most simulated futures, and print it as a card.

  hub size scenario=major_incident
  hub size scenario=major_incident target.days=56 target.share=0.8 target.assurance=0.8
  hub size scenario=major_incident sizing=whole_pathway
  hub size scenario=major_incident sizing.hire.senior_clinician.most_wte.agency=4 sizing.counted.from_week=0

target.KEY, more_targets.NAME.KEY and sizing.KEY say what to look for; everything else is as for hub run. It takes
minutes. If you interrupt it, the same command carries on where it stopped: run.store keeps what is finished. Exit
status: 0 with a certified plan, 3 without one (the target cannot be met, or no plan met it often enough), 2 if the
input was refused."""


def size(arguments: list[str]) -> int:
    """Run `hub size`."""
    parser = VerbParser("size", SIZE)
    parser.takes("overrides", help="the target, and changes to the configuration as for hub run")
    parser.takes("--config-dir")
    parser.takes("--out", help="where the card goes (default: a new folder in outputs)")
    parser.add_argument("-c", "--cfg", choices=("job",), help="print the keys of the sizing; simulate nothing")
    args = parser.read(arguments)
    from analysis.sizing.question import as_yaml, read_question, split_overrides

    ours, hubs = split_overrides(args.overrides)
    question = read_question(ours, args.config_dir)
    if args.cfg:
        print(as_yaml(question), end="")
        return FOUND
    unheeded = {
        "hydra": "the card goes to --out DIR",
        "run.replications": "sizing.search, sizing.certify and sizing.card say how many",
    }
    config = config_asked_for([FUTURES_DIFFER, *hubs], args.config_dir, unheeded)
    from analysis.sizing.card import card_lines, write_card, write_files
    from analysis.sizing.sizing import check
    from analysis.sizing.sizing import size as sized
    from analysis.sizing.stress import stress
    from analysis.tell.input_warnings import input_warnings
    from sim.disk.folders import new_folder
    from sim.run.manifest import NOT_SIMULATED

    place = args.out or OUTPUTS / f"{datetime.datetime.now():%Y-%m-%d_%H-%M-%S-%f}_size_{config.scenario}"
    check(config, question)  # a refusal stands alone
    for line in (warning.sentence for warning in input_warnings(config)):
        print(f"WARNING  {line}", file=sys.stderr)
    with new_folder(place) as folder:
        with steps("simulating; stop it at any time and start again: it goes on from the store") as say:
            unchanged = ("scenario=", *(f"run.{key}=" for key in NOT_SIMULATED))  # named already, or change no result
            asked = tuple(given for given in args.overrides if not given.startswith(unchanged))
            answer = replace(sized(config, question, say), changed=asked)
            shown = None if answer.shown is None else stress(answer, answer.shown)
        files = [*write_card(answer, shown, folder), *write_files(answer, shown, folder)]
    print("\n".join(card_lines(answer, shown)))
    print(f"\nWritten: {', '.join(str(place / file.relative_to(folder)) for file in files)}")
    return FOUND if answer.certified else NOT_FOUND
