"""`reviewkit repair`: a new database out of what can be read of a damaged one."""

import os
from pathlib import Path
from typing import Annotated

import typer

from reviewkit.cli.console import data, data_json, talk
from reviewkit.cli.options import DatabaseOption, JsonOption, ProtocolOption, chosen_project


def repair(
    also: Annotated[
        list[Path] | None,
        typer.Option(
            "--also",
            help="A backup or a second copy: what it alone has is taken too.",
            metavar="FILE",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what can be read, and change nothing.")
    ] = False,
    json: JsonOption = False,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
) -> None:
    """Rebuild the database from what can be read of it. The damaged file is kept.

    Decisions and everything else that people said come first, then records; duplicates and the
    search for words are made again. What could not be read is named, and written beside.

    \b
    Examples: reviewkit repair --dry-run
    reviewkit repair --also review.db.20260412T132000Z.backup
    """
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.setup.repair import repair_database, repair_sentences

    project = chosen_project(protocol, database=db)
    done = repair_database(project, also or (), now=read_clock(os.environ), dry_run=dry_run)
    if json:
        data_json(done.as_json() if done else {"whole": True, "kept_file": None})
        return
    if done is None:
        data("Nothing is wrong; nothing was changed.")
        return

    for sentence in repair_sentences(done.repair):
        data(sentence)
    if done.kept:
        data(f"Repaired: {project.database}")
        data(f"The damaged file is kept: {done.kept}")
        data(f"What could not be read: {done.report}")
    else:
        talk("Nothing was changed: --dry-run.")
