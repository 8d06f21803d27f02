"""`reviewkit resolve`: settle conflicts between reviewers."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reviewkit.cli.console import answers, data, data_json, talk, wants_full_screen
from reviewkit.cli.options import (
    DatabaseOption,
    JsonOption,
    KeysOption,
    PlainOption,
    ProtocolOption,
    ReviewerOption,
    reviewer_or_login,
)
from reviewkit.cli.plain_record import STAGES, decision_words
from reviewkit.model.errors import CheckNotMet, UsageError
from reviewkit.model.text import plural
from reviewkit.tui.readable import readable

if TYPE_CHECKING:  # costs half a second of imports, which `--help` must not pay
    from reviewkit.workflow.session.conflicts import ConflictSession, ConflictView

_KEYS = """\
i [why]            include
e [number] [why]   exclude, for the reason of that number
s                  skip for now
u [times]          undo
x                  the exclusion reasons with their numbers
q                  quit; everything is stored already"""


def resolve(
    reviewer: ReviewerOption = None,
    plain: PlainOption = False,
    keys: KeysOption = None,
    check: Annotated[
        bool, typer.Option("--check", help="Settle nothing; exit with 3 where conflicts remain.")
    ] = False,
    json: JsonOption = False,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
) -> None:
    """Settle conflicts: every reviewer's decision side by side; who settled it, and why, is kept.

    \b
    Examples: reviewkit resolve --reviewer li
    reviewkit resolve --check --json
    """
    from reviewkit.workflow.clock import read_clock, running_clock
    from reviewkit.workflow.project import find_protocol, open_project
    from reviewkit.workflow.session.conflicts import list_conflicts, open_conflicts

    project = open_project(find_protocol(protocol, folder=Path.cwd()), database=db)
    if check or json:
        waiting = list_conflicts(project, now=read_clock(os.environ))
        if json:
            data_json({"conflicts": waiting})
        else:
            data(f"{plural(len(waiting), 'conflict waits', 'conflicts wait')}.")
        if check and waiting:
            raise CheckNotMet(
                plural(len(waiting), "conflict remains", "conflicts remain"),
                hint="reviewkit resolve --reviewer NAME",
            )
        return
    with open_conflicts(
        project, reviewer_or_login(reviewer), clock=running_clock(os.environ)
    ) as session:
        try:
            if wants_full_screen(plain=plain, keys=keys):
                _run_full_screen(session, keys)
            else:
                _ask(session)
        except KeyboardInterrupt:
            talk("Interrupted. Everything settled is stored.")
            raise typer.Exit(130) from None


def _run_full_screen(session: "ConflictSession", preset: str | None) -> None:
    from reviewkit.tui.conflicts_screen import run
    from reviewkit.tui.keys import load_keys

    run(session, load_keys(preset=preset))


def _ask(session: "ConflictSession") -> None:
    _show(session.view)
    verbs: dict[str, Callable[[str], str]] = {
        "i": lambda text: session.include(text or None),
        "e": lambda text: _exclude(session, text),
        "s": lambda _: session.skip(),
        "u": lambda text: " ".join(
            session.undo() for _ in range(int(text) if text.isdigit() else 1)
        ),
    }
    for line in answers():
        verb, _, rest = line.strip().partition(" ")
        if verb == "q":
            break
        if verb in verbs:
            try:
                _write(verbs[verb](rest.strip()))
            except UsageError as error:
                _write(f"Not done: {error}." + (f" {error.hint}." if error.hint else ""))
            _show(session.view)
        elif verb == "x":
            for number, reason in enumerate(session.reasons, 1):
                _write(f"Exclusion reason {number}: {reason}")
        elif verb:
            sys.stdout.write(_KEYS + "\n")
    _write(f"{plural(len(session.conflicts()), 'conflict waits', 'conflicts wait')}.")


def _exclude(session: "ConflictSession", text: str) -> str:
    number, _, why = text.partition(" ")
    return (
        session.exclude(int(number), why.strip() or None)
        if number.isdigit()
        else session.exclude(None, text or None)
    )


def _show(view: "ConflictView | None") -> None:
    if view is None:
        return
    record = view.record
    _write("")
    _write(f"Conflict at {STAGES[view.stage]}: {record.key}; {view.left} wait.")
    _write(view.citation)
    _write(f"Abstract: {record.abstract or 'none in the record'}")
    for criterion in view.criteria:
        evidence = f" ({criterion.evidence})" if criterion.evidence else ""
        _write(
            f"{criterion.kind.capitalize()} criterion, {criterion.wording}: {criterion.told}{evidence}"
        )
    for link in view.links:
        _write(f"{link.label}: {link.url}")
    for decision in view.decisions:
        _write(f"{decision.reviewer}: {decision_words(decision)}")
    for name, note in view.notes:
        _write(f"Note of {name}: {note}")
    _write("i include, e exclude, s skip, u undo, x reasons, q quit")


def _write(line: str) -> None:
    sys.stdout.write(readable(line) + "\n")
    sys.stdout.flush()
