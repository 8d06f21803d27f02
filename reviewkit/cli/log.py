"""`reviewkit log`: the runs of a review."""

import os
from pathlib import Path

from reviewkit.cli.console import data, data_json
from reviewkit.cli.options import DatabaseOption, JsonOption, ProtocolOption
from reviewkit.model.text import plural


def log(
    protocol: ProtocolOption = None, json: JsonOption = False, db: DatabaseOption = None
) -> None:
    """List every run, oldest first: number, day, source, strategy, count; failed ones too.

    Example: reviewkit log --json
    """
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.project import find_protocol, open_project
    from reviewkit.workflow.reporting.differences import read_log

    project = open_project(find_protocol(protocol, folder=Path.cwd()), database=db)
    runs = read_log(project, now=read_clock(os.environ))
    if json:
        data_json({"runs": runs})
        return
    for run in runs:
        told = f"failed: {run['error']}" if run["status"] == "failed" else _count(run["count"])
        of = f"  (update {run['update']})" if run["update"] else ""
        data(
            f"{run['run']:>4}  {run['searched_at'][:16]}  {run['source']:<12} {run['strategy']:<24} {told}{of}"
        )


def _count(count: int | None) -> str:
    if count is None:
        return "- records"
    return plural(count, "record")
