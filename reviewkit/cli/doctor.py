"""`reviewkit doctor`: examine the installation and the review."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reviewkit.cli.console import data, data_json
from reviewkit.cli.options import (
    CacheOption,
    DatabaseOption,
    JsonOption,
    ProtocolOption,
    chosen_project,
)
from reviewkit.model.errors import CheckNotMet
from reviewkit.model.text import plural

if TYPE_CHECKING:  # costs imports that `--help` must not pay
    from reviewkit.workflow.setup.doctor import Examination

_HEALTHY = {
    False: "Nothing is wrong.",
    True: "Nothing is wrong. What is missing is optional; the line below each adds it.",
}


def doctor(
    protocol: ProtocolOption = None,
    json: JsonOption = False,
    db: DatabaseOption = None,
    cache: CacheOption = None,
    compare: Annotated[
        Path | None,
        typer.Option(
            "--compare",
            help="A backup or a file of decisions: its last event has to be here.",
            metavar="FILE",
        ),
    ] = None,
) -> None:
    """Examine versions, settings, the cache and the database; say what could be added.

    The database's rules, every event's hash, the lists of its runs and its flow are checked. It
    changes nothing and shows no secret. Exit code 3 where something is wrong.

    \b
    Examples: reviewkit doctor
    reviewkit doctor --compare /media/stick/review.db.20260412T132000Z.backup
    """
    # the rest is paid for only when the command runs
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.setup.doctor import examine

    project = None
    if protocol or Path("protocols").is_dir():
        project = chosen_project(protocol, database=db, cache=cache)
    examined = examine(project, os.environ, now=read_clock(os.environ), kept=compare)
    if json:
        data_json(
            {
                "seen": dict(examined.seen),
                "faults": list(examined.faults),
                "notices": list(examined.notices),
                "missing": [{"what": one.what, "line": one.line} for one in examined.missing],
            }
        )
    else:
        _show(examined)
    if examined.faults:
        raise CheckNotMet(
            plural(len(examined.faults), "fault was found", "faults were found"),
            hint="keep the files as they are. reviewkit repair rebuilds the database from what can "
            "be read. reviewkit restore FILE brings a backup back. Damaged pages of the cache can "
            "be searched again",
        )


def _show(examined: "Examination") -> None:
    for name, value in examined.seen:
        data(f"{name}: {value}")
    for one in examined.missing:
        data(f"missing: {one.what}\n  {one.line}")
    for notice in examined.notices:
        data(f"notice: {notice}")
    for fault in examined.faults:
        data(f"fault: {fault}")
    if not examined.faults and not examined.notices:
        data(_HEALTHY[bool(examined.missing)])
