"""`hub size`: from a waiting-time target to the cheapest staffing plan found, on one card."""

from __future__ import annotations

import datetime
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from analysis.commands.arguments import ONLY_RUNS, VerbParser

FOUND, NOT_FOUND = 0, 3
OUTPUTS = Path("outputs")
DESCRIPTION = """\
Find the cheapest staffing plan so that a share of people is seen in time in a share of futures, and print it on a card.

  hub size scenario=major_incident
  hub size scenario=major_incident target.days=14 target.share=0.9 target.assurance=0.8
  hub size scenario=major_incident sizing=assessment_and_therapy
  hub size scenario=major_incident sizing.hire.senior_clinician.most_wte.agency=4 sizing.counted.from_week=0

target.KEY, more_targets.NAME.KEY and sizing.KEY change conf/sizing; everything else is as for hub run. Exit status: 0
with a certified plan, 3 with another answer (unattainable, or nothing certified), 2 if the input was refused. Finished
replications are kept in run.store: interrupted, the same command goes on where it stopped."""


def size(arguments: list[str]) -> int:
    """Run `hub size`."""
    parser = VerbParser("size", DESCRIPTION)
    parser.takes("overrides", help="the target, and changes to the configuration as for hub run")
    parser.takes("--config-dir")
    parser.takes("--out", help="where the card goes (default: a new folder in outputs)")
    args = parser.read(arguments)
    from analysis.sizing.question import read_question, split_overrides
    from sim.config import validate
    from sim.launch.compose import compose

    ours, hubs = split_overrides(args.overrides)
    question = read_question(ours, args.config_dir)
    unheeded = ONLY_RUNS | {
        "hydra": "the card goes to --out DIR",
        "run.replications": "sizing.search, sizing.certify and sizing.card say how many",
    }
    config = validate(compose(*hubs, config_dir=args.config_dir, unheeded=unheeded))
    from analysis.sizing.card import card_lines, write_card, write_files
    from analysis.sizing.sizing import check
    from analysis.sizing.sizing import size as sized
    from analysis.sizing.stress import stress
    from analysis.tell.input_warnings import input_warnings
    from sim.disk.folders import new_folder

    place = args.out or OUTPUTS / f"{datetime.datetime.now():%Y-%m-%d_%H-%M-%S-%f}_size_{config.scenario}"
    check(config, question)  # a refusal stands alone
    for line in (warning.sentence for warning in input_warnings(config)):
        print(f"WARNING  {line}", file=sys.stderr)
    with new_folder(place) as folder:
        with _progress() as say:
            answer = sized(config, question, say)
            shown = None if answer.plan is None else stress(answer, answer.plan)
        files = [*write_card(answer, shown, folder), *write_files(answer, shown, folder)]
    print("\n".join(card_lines(answer, shown)))
    print(f"\nWritten: {', '.join(str(place / file.relative_to(folder)) for file in files)}")
    return FOUND if answer.certified else NOT_FOUND


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Give what to call with what is being done: each text is a line, with minutes and seconds since the start.

    On a terminal a clock runs below the lines, so that nobody need wonder whether it still works.
    """
    began = time.monotonic()

    def line(text: str) -> str:
        minutes, seconds = divmod(int(time.monotonic() - began), 60)
        return f"{minutes:>2}:{seconds:02d} {text}"

    if not sys.stderr.isatty():
        yield lambda text: print(line(text), file=sys.stderr, flush=True)
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True, highlight=False, markup=False)
    columns = SpinnerColumn(), TextColumn("simulating; stop it at any time and start again: it goes on from the store")
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as clock:
        clock.add_task("", total=None)
        yield lambda text: console.print(line(text), soft_wrap=True)
