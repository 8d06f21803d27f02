"""`reviewkit log`: the runs of a review."""

import os
from collections.abc import Iterator
from typing import Any

from reviewkit.cli.console import data, data_json
from reviewkit.cli.options import DatabaseOption, JsonOption, ProtocolOption, chosen_project
from reviewkit.model.text import plural


def log(
    protocol: ProtocolOption = None, json: JsonOption = False, db: DatabaseOption = None
) -> None:
    """List every search, oldest first: run, day, source, strategy, count; failed ones too.

    A search that came in several parts has its datasets listed beneath.

    Example: reviewkit log --json
    """
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.reporting.differences import read_log

    project = chosen_project(protocol, database=db)
    runs = read_log(project, now=read_clock(os.environ))
    if json:
        data_json({"runs": runs})
        return
    for search in _searches(runs):
        for line in _lines(search):
            data(line)


def _searches(runs: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The runs of each search, by the search's first run."""
    searches: dict[int, list[dict[str, Any]]] = {}
    for run in runs:
        searches.setdefault(run["search"], []).append(run)
    return list(searches.values())


def _lines(search: list[dict[str, Any]]) -> Iterator[str]:
    """A search, and beneath it its datasets where there are several."""
    first = search[0]
    if len(search) == 1:
        yield _line(first, _outcome(first))
        return

    count = "no records"
    if first["search_count"] is not None:
        count = plural(first["search_count"], "record")
    yield _line(first, f"{count} in {plural(len(first['datasets']), 'dataset')}")
    for run in search:
        files = ", ".join(run["files"])
        yield f"      run {run['run']}: {_outcome(run)}  {files}".rstrip()


def _line(run: dict[str, Any], outcome: str) -> str:
    line = (
        f"{run['run']:>4}  {run['searched_at'][:16]:<16}  {run['source']:<12} "
        f"{run['strategy']:<24} {outcome}"
    )
    if run["update"]:
        line += f"  (update {run['update']})"
    return line


def _outcome(run: dict[str, Any]) -> str:
    if run["status"] == "failed":
        return f"failed: {run['error']}"
    count = "- records"
    if run["count"] is not None:
        count = plural(run["count"], "record")
    if run["query"] == "added by hand":
        count += ", added by hand"
    withdrawn = run["withdrawn"]
    if withdrawn is None:
        return count

    why = f": {withdrawn['why']}" if withdrawn["why"] else ""
    return f"{count}, taken out by {withdrawn['reviewer']} on {withdrawn['at'][:10]}{why}"
