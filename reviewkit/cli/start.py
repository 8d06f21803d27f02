"""`reviewkit` alone: where the review stands; in a folder without one, how to begin."""

import os
from contextlib import suppress
from pathlib import Path

from reviewkit.cli.console import data
from reviewkit.cli.options import chosen_project
from reviewkit.cli.status import status

_FIRST_STEPS = """\
There is no review in this folder yet.

To begin one of your own
  reviewkit init                                 a few questions; it writes the protocol
  reviewkit import FILE --source ID --date DAY   an export file of a database
  reviewkit dedupe                               duplicates
  reviewkit screen                               your decisions
  reviewkit prisma --out flow.svg                the diagram

To learn with the files of a small made review
  reviewkit demo

To rerun a published review
  reviewkit reproduce PROTOCOL

To draw a diagram only
  reviewkit prisma --from-csv FILE --out flow.svg

reviewkit --help lists all commands."""


def start() -> None:
    """Show `status` where there is a protocol, else the first steps."""
    named = os.environ.get("REVIEWKIT_PROTOCOL")
    if named or any((Path.cwd() / "protocols").glob("*.toml")):
        _show_review(Path(named) if named else None)
        return
    data(_FIRST_STEPS)


def _show_review(protocol: Path | None) -> None:
    """Its status; before the first records, how to bring them in. That is no mistake here."""
    from reviewkit.workflow.open_review import NoRecordsYetError, first_step

    project = chosen_project(protocol, database=_database())
    if project.database.exists():
        with suppress(NoRecordsYetError):
            status(protocol=protocol, db=_database())
            return
    data(project.protocol.review.title)
    data(f"No records yet.\n\nNext\n  {first_step(project.protocol)}")


def _database() -> Path | None:
    named = os.environ.get("REVIEWKIT_DB")
    return Path(named) if named else None
