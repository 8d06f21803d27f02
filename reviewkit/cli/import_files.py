"""`reviewkit import`: take in the files that databases, reference managers and screening tools export."""

import datetime
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reviewkit.cli.console import AFTER_RECORDS_CAME, data, data_json, talk
from reviewkit.cli.options import CacheOption, DatabaseOption, JsonOption, ProtocolOption
from reviewkit.cli.reading import EncodingOption, FormatOption, MapOption, column_mapping
from reviewkit.model.errors import UsageError
from reviewkit.model.text import plural

if TYPE_CHECKING:
    from reviewkit.workflow.searching.import_files import FileImport

_SHOWN_PROBLEMS = 20


def import_files(
    files: Annotated[
        list[Path], typer.Argument(help="Export files; - reads standard input.", metavar="FILE...")
    ],
    source: Annotated[
        str | None,
        typer.Option(
            "--source",
            help="Which source of the protocol it is.",
            show_default="the one the file names",
        ),
    ] = None,
    date: Annotated[
        str | None,
        typer.Option(
            "--date", help="The day of the search, such as 2026-04-10.", show_default="not told"
        ),
    ] = None,
    query: Annotated[
        str | None,
        typer.Option("--query", help="The query as it was typed.", show_default="not told"),
    ] = None,
    format_: FormatOption = None,
    columns: MapOption = None,
    encoding: EncodingOption = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Take nothing in if anything in a file is wrong.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be read; change nothing.")
    ] = False,
    json: JsonOption = False,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
    cache: CacheOption = None,
) -> None:
    """Take export files in as a search of their source, so that they count in the flow. The files are kept.

    Example: reviewkit import lilacs.ris --source lilacs --date 2026-04-10
    """
    # Half a second of imports (sqlite-utils, pydantic, the parsers), paid for only when the command runs.
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.project import find_protocol, open_project
    from reviewkit.workflow.searching import import_files as work

    project = open_project(find_protocol(protocol, folder=Path.cwd()), database=db, cache=cache)
    telling = work.Telling(
        source=source,
        date=_day(date),
        query=query,
        format=format_,
        encoding=encoding,
        mapping=column_mapping(columns),
        strict=strict,
    )
    given = [
        work.Given(name="standard input", content=sys.stdin.buffer)
        if str(path) == "-"
        else work.Given(name=str(path), content=path)
        for path in files
    ]
    if dry_run:
        parts = work.look_at(project, given, telling)
    else:
        parts = work.import_files(project, given, telling, now=lambda: read_clock(os.environ))
    if json:
        data_json({"dry_run": dry_run, "files": [part.as_json() for part in parts]})
    else:
        _show(parts, dry_run=dry_run)


def _show(parts: "list[FileImport]", *, dry_run: bool) -> None:
    for part in parts:
        data(_looked_at(part) if dry_run else part.sentence())
        for tool, count in part.noted.items():
            data(
                f"  with decisions on {count:,} of them made in {tool}: the records came, these did not"
            )
        for problem in part.problems[:_SHOWN_PROBLEMS]:
            data(f"  {problem}")
        if len(part.problems) > _SHOWN_PROBLEMS:
            data(f"  … and {len(part.problems) - _SHOWN_PROBLEMS:,} more; --json lists them all")
    if not dry_run and any(part.new and part.records for part in parts):
        talk(AFTER_RECORDS_CAME)


def _looked_at(part: "FileImport") -> str:
    """The first records and how they were read, for a person to check."""
    kind = part.format if part.dialect in {"", part.format} else f"{part.format}, {part.dialect}"
    count = plural(part.records, "record")
    lines = [
        f"{part.name}: {kind}, {part.encoding}, {count} for {part.source}; nothing was changed."
    ]
    lines += [f"  {what} = {column}" for what, column in part.mapping.items()]
    for record in part.first:
        people = [*record.authors, *record.collective_authors]
        shown = "; ".join(people[:3]) + (" et al." if len(people) > 3 else "")
        lines.append(f"  {record.key}  {record.title or 'no title'}")
        lines.append(
            f"    {shown or 'no author'} ({record.year or 'no year'}) {record.journal or ''}".rstrip()
        )
    return "\n".join(lines)


def _day(told: str | None) -> datetime.date | None:
    if told is None:
        return None
    try:
        return datetime.date.fromisoformat(told)
    except ValueError as error:
        raise UsageError(
            f"no such day: {told}", where="--date", hint="write it as 2026-04-10"
        ) from error
