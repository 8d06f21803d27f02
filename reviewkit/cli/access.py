"""`reviewkit access`: find out whether the reports are free in full."""

import os
from typing import TYPE_CHECKING, Annotated

import typer

from reviewkit.cli.console import data, data_json, talk
from reviewkit.cli.options import (
    CacheOption,
    DatabaseOption,
    JsonOption,
    OfflineOption,
    ProtocolOption,
    chosen_project,
)
from reviewkit.model.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviewkit.workflow.updates.access import ReportAccess


def access(
    everything: Annotated[
        bool,
        typer.Option("--all", help="All records; by default those sought, assessed or included."),
    ] = False,
    download: Annotated[
        bool,
        typer.Option("--download", help="Fetch openly licensed PDFs into reviews/<id>/fulltext/."),
    ] = False,
    again_after: Annotated[
        int, typer.Option(help="Ask again for answers older than so many days.", min=0, max=36500)
    ] = 30,
    protocol: ProtocolOption = None,
    offline: OfflineOption = False,
    json: JsonOption = False,
    db: DatabaseOption = None,
    cache: CacheOption = None,
) -> None:
    """Find out whether reports are free, from PMC, Unpaywall (UNPAYWALL_EMAIL) and Europe PMC.

    An error is unknown, never paid. Exit code 4 where a service failed.

    Example: reviewkit access --download
    """
    from reviewkit.cli.asking import open_transport
    from reviewkit.http import system_clock
    from reviewkit.sources.open_access import UNPAYWALL
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.updates.access import Asker, access_lines, find_access

    project = chosen_project(protocol, database=db, cache=cache)
    with open_transport() as (transport, services_with_key):
        asker = Asker(
            transport=None if offline else transport,
            clock=system_clock(lambda: read_clock(os.environ)),
            say=_once(),
            email=UNPAYWALL.name in services_with_key,
        )
        reports = find_access(
            project, asker, everything=everything, again_after_days=again_after, download=download
        )
    if json:
        data_json({"reports": [report.as_json() for report in reports]})
    else:
        for line in access_lines(reports):
            data(line)
    if any(_has_failed(report) for report in reports):
        raise typer.Exit(4)


def _once() -> "Callable[[str], None]":
    """Return a function that says a line, and says no line twice: a service fails on many records
    for one reason.
    """
    said: set[str] = set()

    def say(line: str) -> None:
        if line not in said:
            said.add(line)
            talk(printable(line))

    return say


def _has_failed(report: "ReportAccess") -> bool:
    """Whether a service failed on the report."""
    return any(answer.failed for answer in report.answers)
