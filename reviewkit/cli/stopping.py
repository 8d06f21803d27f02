"""`reviewkit stopping`: what can be said of the relevant records not yet seen. It never says "done"."""

import dataclasses
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reviewkit.cli.console import data, data_json, talk
from reviewkit.cli.options import (
    DatabaseOption,
    JsonOption,
    ProtocolOption,
    ReviewerOption,
    reviewer_or_login,
)
from reviewkit.model.text import printable

if TYPE_CHECKING:  # costs half a second of imports, which `--help` must not pay
    from reviewkit.workflow.screening.stopping import Stopping


RecallOption = Annotated[
    float, typer.Option("--recall", help="The share of relevant records to be found.")
]
ConfidenceOption = Annotated[
    float, typer.Option("--confidence", help="Of the test and of the bounds.")
]
SvgOption = Annotated[Path | None, typer.Option("--svg", help="Write the recall curve as SVG.")]
SampleOption = Annotated[
    int,
    typer.Option(
        "--sample",
        min=0,
        help="Print so many unscreened records drawn at random, and nothing else.",
    ),
]
SeedOption = Annotated[int, typer.Option("--seed", help="Of the sample.")]
StopOption = Annotated[
    str | None,
    typer.Option(
        "--stop", help="Leave what nobody has decided on unscreened, for this rule in your words."
    ),
]
ResumeOption = Annotated[bool, typer.Option("--resume", help="Take the recorded stop back.")]


def stopping(
    recall: RecallOption = 0.95,
    confidence: ConfidenceOption = 0.95,
    svg: SvgOption = None,
    sample: SampleOption = 0,
    seed: SeedOption = 1,
    stop: StopOption = None,
    resume: ResumeOption = False,
    reviewer: ReviewerOption = None,
    json: JsonOption = False,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
) -> None:
    """Show what title and abstract screening so far says of the records not yet seen. You decide when to stop.

    Example: reviewkit stopping --recall 0.95 --svg curve.svg
    """
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.files import write_output
    from reviewkit.workflow.project import find_protocol, open_project
    from reviewkit.workflow.screening.stopping import (
        draw_sample,
        lift_stop,
        read_stopping,
        record_stop,
    )

    project, now = (
        open_project(find_protocol(protocol, folder=Path.cwd()), database=db),
        read_clock(os.environ),
    )
    if sample:
        for record in draw_sample(project, size=sample, seed=seed, now=now):
            data(printable(record))
        return
    if stop is not None:
        left = record_stop(project, by=reviewer_or_login(reviewer), rule=stop, now=now)
        talk(
            f"{left} records are left unscreened, by that rule. reviewkit stopping --resume takes it back."
        )
    if resume:
        lift_stop(project, by=reviewer_or_login(reviewer), now=now)
        talk("The stop is taken back.")
    told = read_stopping(project, recall_target=recall, confidence=confidence, now=now)
    if svg:
        from reviewkit.screening.curve import draw_svg

        write_output(svg, draw_svg(told.recall, total=told.total, title="Recall curve").encode())
    if json:
        data_json(dataclasses.asdict(told))
    else:
        _show(told)


def _show(told: "Stopping") -> None:
    from reviewkit.screening.curve import draw_text

    data(f"{told.screened} of {told.total} records screened, {told.found} found.")
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    if curve := draw_text(told.recall, total=told.total, ascii_only=not encoding.startswith("utf")):
        data(curve)
    data(f"\nTest\n  {told.test.sentence}\n  ({told.test.source})")
    data("\nRandom sample")
    if told.sample:
        data(f"  {told.sample.sentence}\n  ({told.sample.source})")
    elif not told.sample_size:
        data("  None was screened; none of what is left could change what the test says.")
    else:
        data(
            f"  None was screened. {told.sample_size} records drawn at random, none of them relevant, would show a "
            f"recall of {told.test.recall_target:.0%}:\n"
            f"  reviewkit stopping --sample {told.sample_size}; screen them and tag each `sample`."
        )
    data("\nRules of thumb, which promise nothing")
    for rule in told.heuristics:
        data(f"  {rule.name}: {'reached' if rule.met else 'not reached'}. {rule.sentence}")
        data(f"    {rule.no_promise} ({rule.source})")
    if told.stop:
        data(printable(f"\n{told.stop.records} records left unscreened: {told.stop.rule}"))
