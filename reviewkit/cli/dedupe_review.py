"""`reviewkit dedupe review`: answer the uncertain pairs, on the full screen or line by line."""

import os
from typing import TYPE_CHECKING, Annotated

import typer

from reviewkit.cli.console import answers, talk, wants_full_screen
from reviewkit.cli.options import (
    DatabaseOption,
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
from reviewkit.model.messages import in_language, tr

if TYPE_CHECKING:  # costs half a second of imports, which `--help` must not pay
    from reviewkit.workflow.session.pairs import PairSession


def review(
    reviewer: ReviewerOption = None,
    plain: PlainOption = False,
    keys: KeysOption = None,
    doubts: Annotated[
        bool, typer.Option("--doubts", help="Ask also the pairs that are less sure.")
    ] = False,
    lang: ScreenLanguageOption = None,
    yes: YesOption = False,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
) -> None:
    """Answer the uncertain pairs, the most useful question first; leave at any time.

    Example: reviewkit dedupe review --reviewer clinician
    """
    from reviewkit.workflow.clock import running_clock
    from reviewkit.workflow.duplicates.dedupe import run_dedupe
    from reviewkit.workflow.session.pairs import open_pairs_session

    language = screen_language(lang, os.environ)
    project = chosen_project(protocol, database=db)
    clock = running_clock(os.environ)
    interrupted = False
    name = known_reviewer(project, reviewer, yes=yes)
    with (
        in_language(language),
        backed_up_after(project),
        open_pairs_session(project, name, clock=clock, doubts=doubts) as session,
    ):
        try:
            if wants_full_screen(plain=plain, keys=keys):
                _run_full_screen(session, keys)
            else:
                _run_plain(session)
        except KeyboardInterrupt:
            interrupted = True
        progress = session.progress

    summary = None
    if progress.done:
        summary = run_dedupe(project, dry_run=False, now=clock())
    with in_language(language):
        done, left = progress.done, progress.left
        talk(tr("{done} answered and linked, {left} left.", done=done, left=left))
        if summary:
            talk(tr("Next: {text}", text=summary.next_step()))
    if interrupted:
        raise typer.Exit(130)


def _run_full_screen(session: "PairSession", preset: str | None) -> None:
    from reviewkit.tui.keys import load_keys
    from reviewkit.tui.pairs_screen import run

    run(session, load_keys(preset=preset))


def _run_plain(session: "PairSession") -> None:
    from reviewkit.cli.plain_pairs import PlainPairs

    PlainPairs(session).run(answers())
