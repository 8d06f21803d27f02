"""`reviewkit dedupe review`: answer the uncertain pairs, on the full screen or line by line."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from reviewkit.cli.console import data, talk, wants_full_screen
from reviewkit.cli.options import (
    DatabaseOption,
    KeysOption,
    PlainOption,
    ProtocolOption,
    ReviewerOption,
    reviewer_or_login,
)
from reviewkit.model.errors import UsageError

if TYPE_CHECKING:  # costs half a second of imports, which `--help` must not pay
    from reviewkit.workflow.session.pairs import PairSession, PairView, Step

_KEYS = """\
s          the same record
d          different works
r [number] related: how the first is to the second
n          skip for now
u          take back the last answer
q          quit; every answer is stored already"""


def review(
    reviewer: ReviewerOption = None,
    plain: PlainOption = False,
    keys: KeysOption = None,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
) -> None:
    """Answer the uncertain pairs, the most useful question first; leave at any time.

    Example: reviewkit dedupe review --reviewer ana
    """
    from reviewkit.workflow.clock import running_clock
    from reviewkit.workflow.duplicates.dedupe import run_dedupe
    from reviewkit.workflow.project import find_protocol, open_project
    from reviewkit.workflow.session.pairs import open_pairs_session

    project = open_project(find_protocol(protocol, folder=Path.cwd()), database=db)
    clock = running_clock(os.environ)
    interrupted = False
    with open_pairs_session(project, reviewer_or_login(reviewer), clock=clock) as session:
        try:
            if wants_full_screen(plain=plain, keys=keys):
                _run_full_screen(session, keys)
            else:
                _ask(session)
        except KeyboardInterrupt:
            interrupted = True
        answered, left = session.answered, session.left
    if answered:
        run_dedupe(project, dry_run=False, now=clock())
    talk(f"{answered} answered and linked, {left} wait.")
    if interrupted:
        raise typer.Exit(130)


def _run_full_screen(session: "PairSession", preset: str | None) -> None:
    from reviewkit.tui.keys import load_keys
    from reviewkit.tui.pairs_screen import run

    run(session, load_keys(preset=preset))


def _ask(session: "PairSession") -> None:
    from reviewkit.workflow.session.pairs import RELATIONS

    def related(number: str) -> "Step":
        if not number.isdigit() or not 1 <= int(number) <= len(RELATIONS):
            told = ", ".join(f"{i} {kind.replace('_', ' ')}" for i, kind in enumerate(RELATIONS, 1))
            raise UsageError("a relation is chosen by its number", hint=told)
        return session.related(RELATIONS[int(number) - 1])

    verbs: dict[str, Callable[[str], Step]] = {
        "s": lambda _: session.same(),
        "d": lambda _: session.different(),
        "r": related,
        "n": lambda _: session.skip(),
        "u": lambda _: session.undo(),
    }
    _show(session.view)
    for line in sys.stdin:
        verb, _, rest = line.strip().partition(" ")
        if verb == "q":
            break
        if verb in verbs:
            try:
                data(verbs[verb](rest.strip()).message)
            except UsageError as error:
                data(f"Not done: {error}." + (f" {error.hint}." if error.hint else ""))
            _show(session.view)
        elif verb:
            data(_KEYS)


def _show(view: "PairView | None") -> None:
    if view is None:
        return
    data(f"\n{view.first.key} and {view.second.key}: {view.words} (score {view.score:.3f})")
    for field in view.explanation.fields:
        if field.value_a == field.value_b:
            data(f"  {field.name}: the same: {field.value_a}")
        else:
            data(f"  {field.name}: first: {field.value_a or 'none'}")
            data(f"  {field.name}: second: {field.value_b or 'none'}")
    data("s same, d different, r related, n skip, u undo, q quit")
