"""`reviewkit release`: freeze a version of the review."""

import dataclasses
import os
from pathlib import Path
from typing import Annotated

import typer

from reviewkit.cli.console import data, data_json
from reviewkit.cli.options import DatabaseOption, JsonOption, ProtocolOption


def release(
    name: Annotated[str, typer.Argument(help="What the version is called.", metavar="NAME")],
    protocol: ProtocolOption = None,
    json: JsonOption = False,
    db: DatabaseOption = None,
) -> None:
    """Freeze a version: counts, flow, record lists, protocol hash. It is never changed after that.

    reviewkit prisma --release NAME draws it again; --template updated shows it beside what has come since.

    Example: reviewkit release "v2"
    """
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.project import find_protocol, open_project
    from reviewkit.workflow.reporting.release import release as freeze

    project = open_project(find_protocol(protocol, folder=Path.cwd()), database=db)
    made = freeze(project, name, now=read_clock(os.environ))
    if json:
        data_json(dataclasses.asdict(made))
        return
    before = f", after {made.previous}" if made.previous else ""
    data(
        f"{made.name} is frozen{before}: {made.records} records, {made.states['included']} of them included."
    )
    waiting = made.states["awaiting_screening"] + made.states["awaiting_assessment"]
    if waiting:
        data(f"{waiting} records were still waiting; in the next version they flow as new ones.")
    data(f"Searched through {made.searched_through or 'no day: nothing was searched'}.")
    data(f"Protocol {made.protocol_sha256[:12]}.")
