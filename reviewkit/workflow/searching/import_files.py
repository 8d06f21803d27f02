"""`import`: the files that databases and tools export, stored as a search of their source.

The file itself is kept in the cache. What a stored record says is never overwritten; what it lacks
is filled in.
"""

import dataclasses
import datetime
from collections.abc import Callable, Sequence
from pathlib import Path

from reviewkit.cache import Cache
from reviewkit.importers import Format, identify_file
from reviewkit.importers.gzip_stream import open_bytes
from reviewkit.model.errors import UsageError
from reviewkit.model.progress import Progress, silent
from reviewkit.store import write_lock
from reviewkit.store.protocols import add_protocol
from reviewkit.workflow.open_database import open_database
from reviewkit.workflow.project import ReviewProject, primary_strategy, source_of
from reviewkit.workflow.searching.empty_search import refuse_later_day
from reviewkit.workflow.searching.input_files import FileImport, ImportOptions, InputFile
from reviewkit.workflow.searching.source_import import SourceImport, parse

_SHOWN_RECORDS = 3
# New records come at the file's end: to hold more of it takes memory, and saves no time.
_KEEP_KIB = 8 * 1024


def preview_files(
    project: ReviewProject, files: Sequence[InputFile], options: ImportOptions
) -> list[FileImport]:
    """Return what an import would read, with the first records; keep nothing.

    Raises what `import_files` raises.
    """
    previews = []
    for file in files:
        source = options.source and source_of(project, options.source).id
        parsed = parse(file.content, options, name=file.name, source=source or "unknown")
        source = source or _named_source(project, parsed.format, parsed.dialect, file.name)
        part = FileImport(name=file.name, force=options.force, source=source)

        for record in part.draw(parsed):
            if len(part.first) < _SHOWN_RECORDS:
                part.first.append(dataclasses.replace(record, source=source))

        previews.append(part)

    return previews


def import_files(
    project: ReviewProject,
    files: Sequence[InputFile],
    options: ImportOptions,
    *,
    now: Callable[[], datetime.datetime],
    progress: Progress = silent,
) -> list[FileImport]:
    """Store the files' records, all or none: one run per source, in the protocol's role for it.

    `progress` is told of large files, in MB.
    Raises UsageError for a source, format or column that is not known; DamagedFile for what is no
    export or holds no record; FileMistakes under `strict` when anything in a file is wrong; and
    what the cache and the store raise.
    """
    strategy = primary_strategy(project)
    cache, moment = Cache(project.cache), now()
    _refuse_wrong_days(options, moment)
    by_source: dict[str, list[FileImport]] = {}
    for file in files:
        part = _keep(project, cache, file, options)
        by_source.setdefault(part.source, []).append(part)

    with (
        write_lock(project.database),
        open_database(project, now=moment) as store,
        store.transaction(keep_kib=_KEEP_KIB),
    ):
        add_protocol(
            store,
            project.protocol_sha256,
            review=project.protocol.review.id,
            toml=project.protocol_text,
        )
        for name, parts in by_source.items():
            SourceImport(
                project=project,
                source=source_of(project, name),
                store=store,
                cache=cache,
                strategy=strategy,
                options=options,
                moment=moment,
                progress=progress,
            ).store_parts(parts)

    imported: list[FileImport] = []
    for parts in by_source.values():
        imported.extend(parts)
    return imported


def _refuse_wrong_days(options: ImportOptions, moment: datetime.datetime) -> None:
    if options.part_of and options.new_search:
        raise UsageError("give --part-of or --new-search, not both", hint="leave one of them out")
    if options.part_of and options.date not in {None, options.part_of}:
        raise UsageError(
            f"a part of the search of {options.part_of} has its date",
            where="--date",
            hint="leave --date out, or leave --part-of out",
        )
    if options.date:
        refuse_later_day(options.date, moment)


def _keep(
    project: ReviewProject, cache: Cache, file: InputFile, options: ImportOptions
) -> FileImport:
    """Keep the file in the cache and return which source it is from.

    A file on disk is kept only once its first bytes show an export.
    """
    if isinstance(file.content, Path):
        with open_bytes(file.content) as stream:
            if stream.seekable():  # a pipe cannot be read twice
                identify_file(
                    stream, name=file.name, format=options.format, encoding=options.encoding
                )
                stream.seek(0)
            sha256 = cache.pages.keep(stream)
    else:
        sha256 = cache.pages.keep(file.content)

    if options.source:
        source = source_of(project, options.source).id
    else:
        source = _source_of_file(project, cache.pages.path(sha256), file.name, options)

    part = FileImport(name=file.name, force=options.force, source=source, sha256=sha256)
    if options.name_new:
        part.new_records = []
    return part


def _source_of_file(project: ReviewProject, path: Path, name: str, options: ImportOptions) -> str:
    """Return the protocol's source that the kept file names."""
    with open_bytes(path) as stream:
        detected = identify_file(
            stream, name=name, format=options.format, encoding=options.encoding
        )
    dialect = detected.dialect
    if detected.format is Format.XLSX:  # only the sheet itself shows whose columns they are
        dialect = parse(path, options, name=name, source="unknown").dialect
    return _named_source(project, detected.format, dialect, name)


def _named_source(project: ReviewProject, format_: str, dialect: str, name: str) -> str:
    """Return the protocol's source whose id the dialect is. Nothing is guessed.

    Raises UsageError where the file names no source of the protocol's.
    """
    known = [source.id for source in project.protocol.sources]
    if dialect in known:
        return dialect

    looks = ""
    if dialect not in {"", format_}:
        looks = f"; the file looks like an export of {dialect}"
    raise UsageError(
        f"which source is it from?{looks}",
        where=name,
        hint=f"add --source with one of {', '.join(known)}; "
        "add a further source to the protocol under [[sources]]",
    )
