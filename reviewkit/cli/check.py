"""`reviewkit check`: validate the protocol and show the queries that will be sent."""

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from reviewkit.cli.console import data, data_json, show_changes, talk
from reviewkit.cli.options import (
    DatabaseOption,
    JsonOption,
    ProtocolArgument,
    ProtocolOption,
    chosen_project,
)
from reviewkit.model.text import plural


def check(
    protocol: ProtocolArgument = None,
    option: ProtocolOption = None,
    json: JsonOption = False,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of protocols, for editors.")
    ] = False,
    db: DatabaseOption = None,
) -> None:
    """Validate the protocol and show the queries that will be sent.

    Example: reviewkit check protocols/als_dysbiosis.toml
    """
    # pydantic, sqlite-utils and the rest are paid for only when used
    from reviewkit.protocol.parse import protocol_schema
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.setup.check import check_protocol, protocol_changes, role_notices
    from reviewkit.workflow.setup.unnamed_sources import review_notices

    if schema:
        data_json(protocol_schema())
        return

    project = chosen_project(protocol or option, database=db)
    checked = check_protocol(project)
    now = read_clock(os.environ)
    notices = (*role_notices(project), *review_notices(project, now=now))
    changes = protocol_changes(project, now=now)
    if json:
        listed = [change.as_json() for change in changes]
        data_json({**checked, "notices": list(notices), "protocol_changes": listed})
        _refuse_broken(checked["queries"])
        return

    data(
        f"{project.protocol_path}: the protocol is valid. "
        f"Review {checked['review']}, protocol SHA-256 {checked['sha256'][:12]}."
    )
    for named, code in checked["languages"].items():
        data(f"Language {named!r} is read as {code!r} (ISO 639-2).")
    for notice in notices:
        data(f"warning: {notice}")
    _show_queries(checked["queries"])
    show_changes(change.sentence for change in changes)
    _refuse_broken(checked["queries"])


def _is_broken(query: Mapping[str, Any]) -> bool:
    return "error" in {one["severity"] for one in query["problems"]}


def _refuse_broken(queries: Sequence[Mapping[str, Any]]) -> None:
    """Exit with 3 where a query cannot be sent as it stands."""
    broken = [f"{one['source']}, {one['strategy']}" for one in queries if _is_broken(one)]
    if broken:
        talk(f"Cannot be sent as it stands: {'; '.join(broken)}. See: reviewkit lint")
        raise typer.Exit(3)


def _show_queries(queries: Sequence[Mapping[str, Any]]) -> None:
    for query in queries:
        mark = " (primary)" if query["primary"] else ""
        data(f"\n{query['source']}, strategy {query['strategy']}{mark}: {query['label']}")
        data(f"  {query['text'] or query['why_not']}")
        for name, value in query["parameters"]:
            data(f"  {name} = {value}")
        _show_problems(query["problems"])
        if query["expansion"] is not None:
            data(f"  lines put in: {query['expansion']}")


def _show_problems(problems: Sequence[Mapping[str, Any]]) -> None:
    """Each problem; of notes with the same code the first one, and how many more there are."""
    notes = Counter(one["code"] for one in problems if one["severity"] == "note")
    shown: set[str] = set()
    for one in problems:
        code, is_note = one["code"], one["severity"] == "note"
        if is_note and code in shown:
            continue
        shown.add(code)
        more = notes[code] - 1
        rest = f" (and {plural(more, 'more place')})" if is_note and more else ""
        data(f"  {one['severity']} {code} at {one['line']}:{one['column']}: {one['reason']}{rest}")
