"""`reviewkit backup` and `reviewkit restore`: a copy of the database, and the way back."""

import dataclasses
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reviewkit.cli.confirm import confirm
from reviewkit.cli.console import data, data_json, talk
from reviewkit.cli.options import DatabaseOption, JsonOption, ProtocolOption, chosen_project
from reviewkit.cli.reviewers import YesOption
from reviewkit.model.text import plural

if TYPE_CHECKING:  # costs half a second of imports, which `--help` must not pay
    from reviewkit.store.contents import Contents


def backup(
    to: Annotated[
        Path | None,
        typer.Option(
            "--to",
            help="A new file, or a folder.",
            metavar="FILE|FOLDER",
            show_default="beside the database",
        ),
    ] = None,
    json: JsonOption = False,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
) -> None:
    """Copy the database, also while others work on it; then read the copy and check it.

    Example: reviewkit backup --to /media/stick
    """
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.setup.backup import back_up

    project = chosen_project(protocol, database=db)
    made = back_up(project, to, now=read_clock(os.environ))
    if json:
        data_json(made.as_json())
        return
    data(str(made.path))
    data(f"  {_words(made.contents)}")
    data(f"  SHA-256 {made.sha256}")
    chain = made.contents.chain
    if chain.events:
        data(f"  last of {plural(chain.events, 'event')} {chain.head}")


def restore(
    file: Annotated[Path, typer.Argument(help="The backup.", metavar="FILE")],
    yes: YesOption = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Compare the two, and change nothing.")
    ] = False,
    json: JsonOption = False,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
) -> None:
    """Let a backup take the database's place. What it replaces is kept beside it.

    Example: reviewkit restore review.db.20260412T132000Z.backup
    """
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.setup.backup import examine_backup
    from reviewkit.workflow.setup.backup import restore as work

    project, now = chosen_project(protocol, database=db), read_clock(os.environ)
    there, here = examine_backup(project, file, now=now)
    if dry_run or not json:
        _show_both(there, here, json=json)
    if dry_run:
        talk("Nothing was changed: --dry-run.")
        return
    if _says_more(here, there) and not confirm("The backup holds less. Restore it?", yes=yes):
        talk("Nothing was changed.")
        return

    restored = work(project, file, now=now)
    kept = str(restored.kept) if restored.kept else None
    if json:
        data_json({**dataclasses.asdict(restored.contents), "kept": kept})
        return
    data(f"Restored: {project.database}")
    if kept:
        data(f"What it replaced is kept: {kept}")


def _show_both(there: "Contents", here: "Contents | None", *, json: bool) -> None:
    if json:
        found = dataclasses.asdict(here) if here else None
        data_json({"backup": dataclasses.asdict(there), "database": found})
        return
    data(f"backup:   {_words(there)}")
    data(f"database: {_words(here) if here else 'none that can be read'}")


def _says_more(here: "Contents | None", there: "Contents") -> bool:
    """Whether the database may hold what the backup does not; one that cannot be read may not."""
    if here is None:
        return False
    pairs = (
        (here.records, there.records),
        (here.decisions, there.decisions),
        (here.other_events, there.other_events),
    )

    return any(now > then for now, then in pairs)


def _words(contents: "Contents") -> str:
    counts = (
        plural(contents.records, "record"),
        plural(contents.runs, "run"),
        plural(contents.decisions, "decision"),
        plural(contents.other_events, "other event"),
    )
    return f"review {contents.review}, {', '.join(counts)}"
