"""`reviewkit stopping`: estimate the relevant records not yet seen. It never says "done"."""

import dataclasses
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reviewkit.cli.console import ascii_only, data, data_json, talk
from reviewkit.cli.options import (
    DatabaseOption,
    JsonOption,
    ProtocolOption,
    ReviewerOption,
    chosen_project,
    in_a_folder,
)
from reviewkit.cli.reviewers import YesOption, known_reviewer
from reviewkit.model.errors import UsageError
from reviewkit.model.text import plural

if TYPE_CHECKING:  # costs half a second of imports, which `--help` must not pay
    from reviewkit.workflow.screening.stopping import Stopping


RecallOption = Annotated[
    float, typer.Option("--recall", help="The share of relevant records to be found.")
]
ConfidenceOption = Annotated[
    float, typer.Option("--confidence", help="Of the test and of the bounds.")
]
SvgOption = Annotated[
    Path | None, typer.Option("--svg", help="Write the recall curve as SVG.", callback=in_a_folder)
]
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
    yes: YesOption = False,
    json: JsonOption = False,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
) -> None:
    """Estimate, from title and abstract screening so far, what is still to be found.

    You decide when to stop.

    Example: reviewkit stopping --recall 0.95 --svg curve.svg
    """
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.files import write_output
    from reviewkit.workflow.screening.stopping import (
        draw_sample,
        lift_stop,
        read_stopping,
        record_stop,
    )

    if bool(sample) + (stop is not None) + resume > 1:
        raise UsageError(
            "--sample, --stop and --resume are steps of their own", hint="give one of them"
        )
    project = chosen_project(protocol, database=db)
    now = read_clock(os.environ)
    if sample:
        for record in draw_sample(project, size=sample, seed=seed, now=now):
            data(record)
        return
    if stop is not None:
        name = known_reviewer(project, reviewer, yes=yes)
        before = read_stopping(project, recall_target=recall, confidence=confidence, now=now)
        count = record_stop(project, before, by=name, rule=stop, now=now)
        talk(
            f"{plural(count, 'record is', 'records are')} left unscreened, by that rule. "
            "reviewkit stopping --resume takes it back."
        )
    if resume:
        lift_stop(project, by=known_reviewer(project, reviewer, yes=yes), now=now)
        talk("The stop is taken back.")
    current = read_stopping(project, recall_target=recall, confidence=confidence, now=now)
    if svg:
        from reviewkit.screening.curve import draw_svg

        write_output(
            svg, draw_svg(current.recall, total=current.total, title="Recall curve").encode()
        )
    if json:
        data_json(dataclasses.asdict(current))
    else:
        _show(current)


def _show(current: "Stopping") -> None:
    from reviewkit.screening.curve import draw_text

    data(
        f"{current.screened} of {plural(current.total, 'record')} screened, {current.found} found."
    )
    if curve := draw_text(current.recall, total=current.total, ascii_only=ascii_only()):
        data(curve)
    data(f"\nTest\n  {current.test.sentence}\n  ({current.test.source})")
    _show_sample(current)
    data("\nRules of thumb, which promise nothing")
    for rule in current.heuristics:
        data(f"  {rule.name}: {'reached' if rule.met else 'not reached'}. {rule.sentence}")
        data(f"    {rule.no_promise} ({rule.source})")
    if current.stop:
        data(f"\n{plural(current.stop.records, 'record')} left unscreened: {current.stop.rule}")


def _show_sample(current: "Stopping") -> None:
    data("\nRandom sample")
    size = current.sample_size
    if current.sample:
        data(f"  {current.sample.sentence}\n  ({current.sample.source})")
    elif not size:
        data("  None was screened; none of what is left could change what the test says.")
    else:
        data(
            f"  None was screened. {plural(size, 'record')} drawn at random, none relevant, "
            f"would show a recall of {current.test.recall_target:.0%}:\n"
            f"  reviewkit stopping --sample {size}; screen them and tag each `sample`."
        )
