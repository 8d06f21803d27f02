"""`reviewkit reproduce`: rerun a published review and compare it with its report."""

import shutil
from pathlib import Path
from typing import Annotated

import typer

from reviewkit.cli.console import data, data_text
from reviewkit.cli.options import (
    AcceptFallOption,
    CacheOption,
    DatabaseOption,
    JsonOption,
    OfflineOption,
    ProtocolArgument,
    ProtocolOption,
    chosen_project,
)
from reviewkit.model.errors import CheckNotMet, RemoteError


def _folder_to_fill(path: Path | None) -> Path | None:
    """Return the folder of the outputs. Raises UsageError where it cannot be made there."""
    from reviewkit.workflow.files import named_folder

    return None if path is None else named_folder(path)


def reproduce(
    protocol: ProtocolArgument = None,
    option: ProtocolOption = None,
    offline: OfflineOption = False,
    refresh: Annotated[
        bool,
        typer.Option("--refresh", help="Search again even where the cache holds a whole search."),
    ] = False,
    accept_fall: AcceptFallOption = False,
    check: Annotated[
        bool, typer.Option("--check", help="Exit with 3 where the reproduction differs.")
    ] = False,
    json: JsonOption = False,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help="Where the outputs go.",
            metavar="FOLDER",
            show_default="reviews/<id>",
            callback=_folder_to_fill,
        ),
    ] = None,
    db: DatabaseOption = None,
    cache: CacheOption = None,
) -> None:
    """Rerun a published review and compare it with its report.

    It searches, replays the review's selection, and draws both flows. Exit code 4: a service
    answered and failed; what came is written all the same.

    Example: reviewkit reproduce protocols/als_dysbiosis.toml --offline
    """
    # Half a second of imports (sqlite-utils, pydantic, requests), paid for only when the command
    # runs.
    from reviewkit.cli.asking import open_searcher
    from reviewkit.workflow.reproducing.outputs import describe, write_outputs
    from reviewkit.workflow.reproducing.reproduce import reproduce as run
    from reviewkit.workflow.searching.search import NetworkUse

    project = chosen_project(protocol or option, database=db, cache=cache, output=out)
    network_use = NetworkUse.WHERE_NEEDED
    if refresh:
        network_use = NetworkUse.ALWAYS
    if offline:
        network_use = NetworkUse.NEVER

    with open_searcher(network_use, accepts_fall=accept_fall) as searcher:
        result = run(project, searcher)

    outputs = write_outputs(project, result)
    width = shutil.get_terminal_size((100, 24)).columns
    if json:
        data_text(outputs.json)
    else:
        data(describe(project, result, outputs, width=width))
    if result.failed:
        raise RemoteError(
            f"the search of {', '.join(result.failed)} failed; the outputs hold what came",
            hint="run it again later: only what lacks is asked for",
        )
    if check and not result.comparison.reproduction.reproduced:
        raise CheckNotMet("the reproduction differs from the report", hint=f"read {outputs.report}")
