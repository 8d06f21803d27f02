"""`reviewkit release`: freeze a version of the review."""

import dataclasses
import os
from typing import Annotated

import typer

from reviewkit.cli.console import data, data_json
from reviewkit.cli.options import DatabaseOption, JsonOption, ProtocolOption, chosen_project
from reviewkit.model.text import plural


def release(
    name: Annotated[str, typer.Argument(help="What the version is called.", metavar="NAME")],
    protocol: ProtocolOption = None,
    json: JsonOption = False,
    db: DatabaseOption = None,
) -> None:
    """Freeze a version: counts, flow, record lists, protocol hash. It is never changed again.

    `reviewkit prisma --release NAME` draws it again. With `--template updated`, the flow shows it
    beside what was added since.

    Example: reviewkit release "v2"
    """
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.reporting.release import release as freeze
    from reviewkit.workflow.reporting.update_status import searched_sentence

    project = chosen_project(protocol, database=db)
    released = freeze(project, name, now=read_clock(os.environ))
    if json:
        data_json(dataclasses.asdict(released))
        return

    before = f", after {released.previous}" if released.previous else ""
    included = released.states["included"]
    data(
        f"{released.name} is frozen{before}: "
        f"{plural(released.records, 'record')}, {included:,} included."
    )
    waiting = released.states["awaiting_screening"] + released.states["awaiting_assessment"]
    if waiting:
        records = plural(waiting, "record was", "records were")
        data(f"{records} still waiting: in the next version new ones.")
    data(searched_sentence(released.searched_through, released.unsearched))
    data(f"Protocol {released.protocol_sha256[:12]}.")
