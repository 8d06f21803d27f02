"""`reviewkit resolve`: settle conflicts between reviewers."""

import os
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
    ScreenLanguageOption,
    chosen_project,
    screen_language,
)
from reviewkit.cli.reviewers import YesOption, known_reviewer
from reviewkit.cli.session_backup import backed_up_after
from reviewkit.model.errors import CheckNotMet
from reviewkit.model.messages import in_language, tr
from reviewkit.model.text import plural

if TYPE_CHECKING:  # costs half a second of imports, which `--help` must not pay
    from reviewkit.workflow.session.conflicts import ConflictSession


def resolve(
    reviewer: ReviewerOption = None,
    plain: PlainOption = False,
    keys: KeysOption = None,
    lang: ScreenLanguageOption = None,
    check: Annotated[
        bool, typer.Option("--check", help="Settle nothing; exit with 3 where conflicts remain.")
    ] = False,
    yes: YesOption = False,
    json: JsonOption = False,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
) -> None:
    """Settle conflicts: every reviewer's decision side by side; who settled it, and why, is kept.

    \b
    Examples: reviewkit resolve --reviewer librarian
    reviewkit resolve --check --json
    """
    from reviewkit.workflow.clock import read_clock, running_clock
    from reviewkit.workflow.session.conflicts import list_conflicts, open_conflicts

    language = screen_language(lang, os.environ)
    project = chosen_project(protocol, database=db)
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
    name = known_reviewer(project, reviewer, yes=yes)
    clock = running_clock(os.environ)
    with (
        in_language(language),
        backed_up_after(project),
        open_conflicts(project, name, clock=clock) as session,
    ):
        try:
            if wants_full_screen(plain=plain, keys=keys):
                _run_full_screen(session, keys)
            else:
                _run_plain(session)
            talk(tr("reviewkit status says what comes next."))
        except KeyboardInterrupt:
            talk(tr("Interrupted. Every decision is stored."))
            raise typer.Exit(130) from None


def _run_full_screen(session: "ConflictSession", preset: str | None) -> None:
    from reviewkit.tui.conflicts_screen import run
    from reviewkit.tui.keys import load_keys

    run(session, load_keys(preset=preset))


def _run_plain(session: "ConflictSession") -> None:
    from reviewkit.cli.plain_conflicts import PlainConflicts

    PlainConflicts(session).run(answers())
