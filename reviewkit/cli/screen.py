"""`reviewkit screen`: decide on records, by keyboard, line by line, or from a file."""

import dataclasses
import functools
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reviewkit.cli.console import answers, data, data_line, talk, wants_full_screen
from reviewkit.cli.options import (
    DatabaseOption,
    KeysOption,
    PlainOption,
    ProtocolOption,
    ReviewerOption,
    ScreenLanguageOption,
    StageOption,
    chosen_project,
    screen_language,
)
from reviewkit.cli.reviewers import YesOption, known_reviewer
from reviewkit.cli.session_backup import backed_up_after
from reviewkit.model.errors import UsageError
from reviewkit.model.messages import ENGLISH, in_language, tr
from reviewkit.model.records import Stage
from reviewkit.screening.models import Order

if TYPE_CHECKING:  # costs half a second of imports, which `--help` must not pay
    from collections.abc import Callable

    from reviewkit.workflow.project import ReviewProject
    from reviewkit.workflow.session.open_screening import SessionOptions
    from reviewkit.workflow.session.screening import ScreeningSession
    from reviewkit.workflow.session.script import ScriptStep

    # The steps of a file, and what it is called in messages.
    Script = tuple[tuple[ScriptStep, ...], str]
    from reviewkit.workflow.session.step_result import StepResult


OrderOption = Annotated[
    Order | None,
    typer.Option(
        "--order",
        help="In which order the records come.",
        show_default="ranked; with --decisions, id",
    ),
]
SeedOption = Annotated[int, typer.Option("--seed", help="Of a random order, and of the ranking.")]
SeedsOption = Annotated[
    str, typer.Option("--seeds", help="Keys of records known to be relevant, separated by commas.")
]
BlindOption = Annotated[
    bool | None,
    typer.Option(
        "--blind/--open",
        help="Hide colleagues' decisions until enough reviewers have decided, or show them.",
        show_default="blind where the stage needs two or more",
    ),
]
DecisionsOption = Annotated[
    Path | None,
    typer.Option(
        "--decisions", help="Take decisions from a CSV or JSON lines file (- is standard input)."
    ),
]
JsonLinesOption = Annotated[
    bool,
    typer.Option(
        "--json",
        help="With --decisions: what came of each step, and the record then in view, a line each.",
    ),
]


def screen(
    reviewer: ReviewerOption = None,
    stage: StageOption = Stage.TITLE_ABSTRACT,
    order: OrderOption = None,
    seed: SeedOption = 1,
    seeds: SeedsOption = "",
    blind: BlindOption = None,
    plain: PlainOption = False,
    keys: KeysOption = None,
    lang: ScreenLanguageOption = None,
    decisions: DecisionsOption = None,
    yes: YesOption = False,
    json: JsonLinesOption = False,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
) -> None:
    """Screen records: every decision is stored before the next record is shown.

    \b
    Examples: reviewkit screen --reviewer clinician
    reviewkit screen --reviewer clinician --plain --stage full_text
    reviewkit screen --reviewer clinician --decisions decided.csv
    """
    if json and not decisions:
        raise UsageError(
            "--json reports the steps of a file",
            hint="--decisions FILE --json; a person screens without",
        )

    # What a file's steps give is for programs, and so in English.
    language = ENGLISH if decisions else screen_language(lang, os.environ)
    # Before other imports: the ranking's process starts while the rest is imported.
    from reviewkit.workflow.ranking.process import given_up_on_error, start_process

    worker = None
    chosen_order = order or _default_order(decisions)
    if chosen_order is Order.RANKED and not decisions:
        worker = start_process()

    with given_up_on_error(worker):
        from reviewkit.workflow.clock import running_clock
        from reviewkit.workflow.session.open_screening import SessionOptions, open_session

        project = chosen_project(protocol, database=db)
        # The session waits for its first order: the ranking gets ready while this is imported.
        script = _read_lines(decisions) if decisions else None
        show = _way_to_show(script, plain=plain, keys=keys, lines=json)
        name = known_reviewer(project, reviewer, yes=yes, decides=True)

    options = SessionOptions(
        stage=stage,
        order=chosen_order,
        seed=seed,
        blind=blind,
        seeds=_split_keys(seeds),
    )
    clock = running_clock(os.environ)
    if script:
        _check_script(project, name, options, script)
    with (
        in_language(language),
        backed_up_after(project),
        open_session(
            project, reviewer=name, options=options, worker=worker, clock=clock
        ) as session,
    ):
        show(session)
        if not script:
            talk(tr("reviewkit status says what comes next."))


def _way_to_show(
    script: "Script | None", *, plain: bool, keys: str | None, lines: bool
) -> "Callable[[ScreeningSession], None]":
    full_screen = wants_full_screen(plain=plain or script is not None, keys=keys)
    if script:
        return functools.partial(_run_script, script=script, lines=lines)
    return _full_screen(keys) if full_screen else _run_plain


def _default_order(decisions: Path | None) -> Order:
    if decisions is None:
        return Order.RANKED
    return Order.ID


def _split_keys(seeds: str) -> list[str]:
    keys = [seed.strip() for seed in seeds.split(",")]
    return [key for key in keys if key]


def _read_lines(path: Path) -> "Script":
    """Return the steps of a file, or of standard input (-), and what it is called in messages."""
    from reviewkit.workflow.session.script import read_script, read_text

    if str(path) == "-":
        text, where = sys.stdin.read(), "standard input"
    else:
        text, where = read_text(path), str(path)

    return read_script(text, where=where), where


def _check_script(
    project: "ReviewProject",
    name: str,
    options: "SessionOptions",
    script: "Script",
) -> None:
    """Check the steps of a file in a session that stores nothing, not even the protocol."""
    from reviewkit.workflow.clock import running_clock
    from reviewkit.workflow.session.open_screening import open_session
    from reviewkit.workflow.session.script_run import check_script

    steps, where = script
    reading, clock = dataclasses.replace(options, read_only=True), running_clock(os.environ)
    with open_session(project, reviewer=name, options=reading, clock=clock) as session:
        check_script(session, steps, where=where)


def _run_script(session: "ScreeningSession", *, script: "Script", lines: bool) -> None:
    from reviewkit.workflow.session.script_run import run_script

    steps, where = script
    if lines:
        summary = run_script(session, steps, where=where, report=_result_writer(session))
        data_line(dataclasses.asdict(summary))
    else:
        summary = run_script(session, steps, where=where)
        data(f"{summary.made} decided, {summary.unchanged} stored already.")


def _result_writer(session: "ScreeningSession") -> "Callable[[ScriptStep, StepResult], None]":
    """Return a function that writes what came of a step, and the record then in view, as JSON."""

    def write(step: "ScriptStep", result: "StepResult") -> None:
        data_line(
            {
                "line": step.number,
                "message": result.message,
                "stored": result.stored,
                "found": [dataclasses.asdict(match) for match in result.found],
                "history": [dataclasses.asdict(decision) for decision in result.history],
                "progress": dataclasses.asdict(session.progress),
                "view": session.view and dataclasses.asdict(session.view),
            }
        )

    return write


def _full_screen(preset: str | None) -> "Callable[[ScreeningSession], None]":
    from reviewkit.tui.keys import load_keys
    from reviewkit.tui.screening_screen import run

    keys = load_keys(preset=preset)

    def show(session: "ScreeningSession") -> None:
        try:
            run(session, keys)
        except KeyboardInterrupt:
            talk(tr("Interrupted. Every decision is stored."))
            raise typer.Exit(130) from None

    return show


def _run_plain(session: "ScreeningSession") -> None:
    from reviewkit.cli.plain_screening import PlainScreening

    try:
        PlainScreening(session).run(answers())
    except KeyboardInterrupt:
        talk(tr("Interrupted. Every decision is stored."))
        raise typer.Exit(130) from None
