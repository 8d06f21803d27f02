"""`reviewkit log`: the runs of a review."""

import os
from typing import Any

from reviewkit.cli.console import data, data_json
from reviewkit.cli.options import DatabaseOption, JsonOption, ProtocolOption, chosen_project
from reviewkit.model.text import plural


def log(
    protocol: ProtocolOption = None, json: JsonOption = False, db: DatabaseOption = None
) -> None:
    """List every run, oldest first: number, day, source, strategy, count; failed ones too.

    Example: reviewkit log --json
    """
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.reporting.differences import read_log

    project = chosen_project(protocol, database=db)
    runs = read_log(project, now=read_clock(os.environ))
    if json:
        data_json({"runs": runs})
        return
    for run in runs:
        data(_line(run))


def _line(run: dict[str, Any]) -> str:
    line = (
        f"{run['run']:>4}  {run['searched_at'][:16]}  {run['source']:<12} "
        f"{run['strategy']:<24} {_outcome(run)}"
    )
    if run["update"]:
        line += f"  (update {run['update']})"
    return line


def _outcome(run: dict[str, Any]) -> str:
    if run["status"] == "failed":
        return f"failed: {run['error']}"
    if run["count"] is None:
        return "- records"
    return plural(run["count"], "record")
