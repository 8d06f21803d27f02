"""`reviewkit import`: the files that databases, reference managers and screening tools export."""

import os
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reviewkit.cli.asking import read_day
from reviewkit.cli.completion import source_ids
from reviewkit.cli.console import AFTER_RECORDS_CAME, data, data_json, talk
from reviewkit.cli.options import (
    CacheOption,
    DatabaseOption,
    JsonOption,
    ProtocolOption,
    chosen_project,
    login_name,
)
from reviewkit.cli.progress import show_progress
from reviewkit.cli.reading import EncodingOption, FormatOption, MapOption, column_mapping
from reviewkit.model.errors import UsageError
from reviewkit.model.text import plural, storable

if TYPE_CHECKING:
    from reviewkit.workflow.project import ReviewProject
    from reviewkit.workflow.searching.input_files import FileImport, ImportOptions, InputFile

_SHOWN_LINES = 20


def import_files(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Export files; - reads standard input.", metavar="FILE..."),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--source",
            help="Which source of the protocol it is.",
            show_default="the one the file names",
            autocompletion=source_ids,
        ),
    ] = None,
    date: Annotated[
        str | None,
        typer.Option(
            "--date", help="The day of the search, such as 2026-04-10.", show_default="not stated"
        ),
    ] = None,
    query: Annotated[
        str | None,
        typer.Option("--query", help="The query as it was typed.", show_default="not stated"),
    ] = None,
    none: Annotated[
        bool, typer.Option("--none", help="The search found no record; there is no file.")
    ] = False,
    format_: FormatOption = None,
    columns: MapOption = None,
    encoding: EncodingOption = None,
    part_of: Annotated[
        str | None,
        typer.Option(
            "--part-of",
            help="The files are a further part of the search of this day.",
            show_default="the last search, if it is of the same day",
            metavar="DAY",
        ),
    ] = None,
    new_search: Annotated[
        bool, typer.Option("--new-search", help="The files begin a search of their own.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Take nothing in if a part of a file is lost.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Take a file whose titles, years or authors are empty.")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Show every problem, not one line per kind.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be read; change nothing.")
    ] = False,
    json: JsonOption = False,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
    cache: CacheOption = None,
) -> None:
    """Import export files as a search of their source, so that they count in the flow.

    The files themselves are kept.

    \b
    Examples: reviewkit import lilacs.ris --source lilacs --date 2026-04-10
    reviewkit import --none --source embase --date 2026-04-10
    """
    # Half a second of imports (sqlite-utils, pydantic, the parsers): only when the command runs.
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.searching.empty_search import none_named
    from reviewkit.workflow.searching.import_files import import_files as store_files
    from reviewkit.workflow.searching.import_files import preview_files
    from reviewkit.workflow.searching.input_files import ImportOptions

    named = _files(files or [], none=none)
    project = chosen_project(protocol, database=db, cache=cache)
    options = ImportOptions(
        source=source,
        date=read_day(date, where="--date"),
        query=query,
        format=format_,
        encoding=encoding,
        mapping=column_mapping(columns),
        strict=strict,
        force=force,
        name_new=json,
        part_of=read_day(part_of, where="--part-of"),
        new_search=new_search,
        by=login_name() or "import",
    )
    if none:
        _store_empty(project, options, dry_run=dry_run, json=json)
        return

    inputs = [_input_file(path) for path in named]
    with none_named(source), show_progress() as progress:
        now = partial(read_clock, os.environ)
        if dry_run:
            parts = preview_files(project, inputs, options)
        else:
            parts = store_files(project, inputs, options, now=now, progress=progress)
    if json:
        data_json({"dry_run": dry_run, "files": [part.as_json() for part in parts]})
    else:
        _show(parts, dry_run=dry_run, verbose=verbose)
        if not (date or part_of):
            _say_undated(parts)


def _files(files: list[Path], *, none: bool) -> list[Path]:
    """Return the files. Raises UsageError where there is none, or where --none says so in vain."""
    if none and files:
        raise UsageError(
            "--none says that there is no file",
            where=str(files[0]),
            hint="leave --none out, or the file",
        )
    if not none and not files:
        raise UsageError(
            "missing argument 'FILE...'",
            hint="for example: reviewkit import lilacs.ris --source lilacs; "
            "where the search found no record: --none --source SOURCE --date DAY",
        )
    return files


def _store_empty(
    project: "ReviewProject", options: "ImportOptions", *, dry_run: bool, json: bool
) -> None:
    """Store a search without records. Raises UsageError for what only a file can need."""
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.searching.empty_search import store_empty_search

    of_files = {
        "--format": options.format,
        "--map": options.mapping,
        "--encoding": options.encoding,
        "--part-of": options.part_of,
        "--new-search": options.new_search,
        "--strict": options.strict,
        "--force": options.force,
    }
    given = [option for option, value in of_files.items() if value]
    if given:
        raise UsageError("there is no file to read", where=given[0], hint=f"leave {given[0]} out")
    if options.source is None or options.date is None:
        raise UsageError(
            "--none needs the source and the day of the search",
            hint="--none --source SOURCE --date DAY; --query says what was typed",
        )

    search = store_empty_search(
        project,
        options.source,
        options.date,
        options.query,
        now=read_clock(os.environ),
        dry_run=dry_run,
    )
    if json:
        data_json({"dry_run": dry_run, "files": [], "empty_search": search.as_json()})
        return
    data(search.sentence())
    if not dry_run and not search.stored_before and not search.query:
        talk("The query was not stated. A report needs it: see --query.")


def _input_file(path: Path) -> "InputFile":
    from reviewkit.workflow.searching.input_files import InputFile

    if str(path) == "-":
        return InputFile(name="standard input", content=sys.stdin.buffer)
    return InputFile(name=storable(str(path)), content=path)


def _show(parts: "list[FileImport]", *, dry_run: bool, verbose: bool) -> None:
    for part in parts:
        for line in _preview_lines(part) if dry_run else _import_lines(part):
            data(line)
        for tool, count in part.noted.items():
            data(f"  {count:,} of them have decisions made in {tool}; decisions are not imported")
        _show_problems(part, verbose=verbose)
        _show_first([f"warning: {difference}" for difference in part.differences])

    if not dry_run and any(part.records and not part.imported_before for part in parts):
        talk(AFTER_RECORDS_CAME)


def _say_undated(parts: "list[FileImport]") -> None:
    """Say which day stands for that of the search, and how to give the right one."""
    if any(part.run and not part.imported_before for part in parts):
        talk(
            "No --date was given: today stands for the day of the search. If it was another day, "
            "import again with --date: it takes the place of this import."
        )


def _import_lines(part: "FileImport") -> Iterator[str]:
    yield part.sentence()
    for sentence in part.search_sentences():
        yield f"  {sentence}"


def _show_problems(part: "FileImport", *, verbose: bool) -> None:
    if not verbose:
        _show_first(part.summary)
        return
    for problem in part.problems:
        data(f"  {problem}")


def _show_first(lines: list[str]) -> None:
    for line in lines[:_SHOWN_LINES]:
        data(f"  {line}")
    if len(lines) > _SHOWN_LINES:
        data(f"  … and {len(lines) - _SHOWN_LINES:,} more; --verbose shows them all")


def _preview_lines(part: "FileImport") -> Iterator[str]:
    """Yield the first records and how they were read, for a person to check."""
    count = plural(part.records, "record")
    yield (
        f"{part.name}: {part.kind}, {part.encoding}{part.guess}, {count} for {part.source}; "
        "nothing was changed."
    )
    for name, column in part.mapping.items():
        yield f"  {name} = {column}"

    for record in part.first:
        people = [*record.authors, *record.collective_authors]
        shown = "; ".join(people[:3]) or "no author"
        if len(people) > 3:
            shown += " et al."
        yield f"  {record.key}  {record.title or 'no title'}"
        yield f"    {shown} ({record.year or 'no year'}) {record.journal or ''}".rstrip()
