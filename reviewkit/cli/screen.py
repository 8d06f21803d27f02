"""`reviewkit screen`: decide on records, one after another, by keyboard, line by line, or from a file."""

import getpass
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reviewkit.cli.console import data, full_screen_can_run, talk
from reviewkit.cli.options import (
    DatabaseOption,
    KeysOption,
    PlainOption,
    ProtocolOption,
    ReviewerOption,
    StageOption,
)
from reviewkit.records import Stage
from reviewkit.screening.nouns import Order

if TYPE_CHECKING:  # costs half a second of imports, which `--help` must not pay
    from reviewkit.workflow.session import ScreeningSession


OrderOption = Annotated[Order, typer.Option("--order", help="In which order the records come.")]
SeedOption = Annotated[int, typer.Option("--seed", help="Of a random order, and of the ranking.")]
SeedsOption = Annotated[str, typer.Option("--seeds", help="Keys of records known to be relevant, separated by commas.")]
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
    typer.Option("--decisions", help="Take decisions from a CSV or JSON lines file (- is standard input)."),
]


def screen(
    reviewer: ReviewerOption = None,
    stage: StageOption = Stage.TITLE_ABSTRACT,
    order: OrderOption = Order.RANKED,
    seed: SeedOption = 1,
    seeds: SeedsOption = "",
    blind: BlindOption = None,
    plain: PlainOption = False,
    keys: KeysOption = None,
    decisions: DecisionsOption = None,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
) -> None:
    """Screen records: every decision is stored before the next record is shown.

    \b
    Examples: reviewkit screen --reviewer ana
    reviewkit screen --reviewer ana --plain --stage full_text
    reviewkit screen --reviewer ana --decisions decided.csv
    """
    from reviewkit.workflow.clock import running_clock
    from reviewkit.workflow.place import find_protocol, open_place
    from reviewkit.workflow.screen import open_session

    full_screen = not plain and not decisions and full_screen_can_run()
    place = open_place(find_protocol(protocol, folder=Path.cwd()), database=db)
    with open_session(
        place,
        reviewer=reviewer or getpass.getuser(),
        stage=stage,
        order=Order.ID if decisions else order,
        seed=seed,
        blind=blind,
        seeds=[seed.strip() for seed in seeds.split(",") if seed.strip()],
        clock=running_clock(os.environ),
    ) as session:
        if decisions:
            _take_in(session, decisions)
        elif full_screen:
            _run_full_screen(session, keys)
        else:
            _run_plain(session)


def _take_in(session: "ScreeningSession", path: Path) -> None:
    from reviewkit.workflow.script import read_script, read_text, run_script

    given = str(path) == "-"
    text = sys.stdin.read() if given else read_text(path)
    where = "standard input" if given else str(path)
    done = run_script(session, read_script(text, where=where), where=where)
    data(f"{done.made} decided, {done.unchanged} stood already.")


def _run_full_screen(session: "ScreeningSession", preset: str | None) -> None:
    from reviewkit.tui.keys import load_keys
    from reviewkit.tui.screen import run

    try:
        run(session, load_keys(preset=preset))
    except KeyboardInterrupt:
        talk("Interrupted. Every decision is stored.")
        raise typer.Exit(130) from None


def _run_plain(session: "ScreeningSession") -> None:
    from reviewkit.cli.plain_session import PlainFace

    def write(line: str) -> None:
        # At once: a screen reader speaks what has arrived.
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    try:
        PlainFace(session, write).run(_answers())
    except KeyboardInterrupt:
        talk("Interrupted. Every decision is stored.")
        raise typer.Exit(130) from None


def _answers() -> Iterator[str]:
    """The lines of standard input; a prompt before each where a person types them."""
    asks = sys.stdin.isatty()
    while True:
        if asks:
            sys.stdout.write("> ")
            sys.stdout.flush()
        line = sys.stdin.readline()
        if not line:
            return
        yield line
