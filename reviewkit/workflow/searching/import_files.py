"""`import`: the files that databases and tools export, stored as a search of their source.

The file itself is kept in the cache. What a stored record says is never overwritten; what it lacks
is filled in.
"""

import dataclasses
import datetime
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from reviewkit.cache import Cache, RunKey
from reviewkit.dedupe.merge import describe_place, fill_gaps, places_differ
from reviewkit.importers import Format, ParsedFile, identify_file, read_file
from reviewkit.importers.gzip_stream import open_bytes
from reviewkit.model.errors import DamagedFile, FileMistakes, Mistake, UsageError
from reviewkit.model.records import PageRef, Record, Role, RunStatus, SearchRun
from reviewkit.protocol.model import ProtocolSource, Strategy
from reviewkit.store import Store, write_lock
from reviewkit.store.protocols import add_protocol
from reviewkit.store.records import add_records, has_records_of, record_by_key
from reviewkit.store.runs import add_listed_run, runs_with_pages
from reviewkit.workflow.project import ReviewProject, source_of
from reviewkit.workflow.searching.input_files import FileImport, ImportOptions, InputFile

NO_DATE = "the day of the search was not told; this is when the file was imported"
_SHOWN_RECORDS = 3


def preview_files(
    project: ReviewProject, files: Sequence[InputFile], options: ImportOptions
) -> list[FileImport]:
    """Return what an import would read, with the first records; keep nothing.

    Raises what `import_files` raises.
    """
    previews = []
    for file in files:
        source = options.source and source_of(project, options.source).id
        parsed = _parse(file.content, options, name=file.name, source=source or "unknown")
        source = source or _named_source(project, parsed.format, parsed.dialect, file.name)
        part = FileImport(name=file.name, source=source)

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
) -> list[FileImport]:
    """Store the files' records, all or none: one run per source, in the protocol's role for it.

    Raises UsageError for a source, format or column that is not known; DamagedFile for what is no
    export or holds no record; FileMistakes under `strict` when anything in a file is wrong; and
    what the cache and the store raise.
    """
    strategy = project.protocol.primary
    if strategy is None:
        raise UsageError(
            "the protocol has no strategy",
            where=str(project.protocol_path),
            hint="add [[strategies]]",
        )

    cache, moment = Cache(project.cache), now()
    by_source: dict[str, list[FileImport]] = {}
    for file in files:
        part = _keep(project, cache, file, options)
        by_source.setdefault(part.source, []).append(part)

    with (
        write_lock(project.database),
        Store(project.database, now=moment) as store,
        store.transaction(),
    ):
        add_protocol(
            store,
            project.protocol_sha256,
            review=project.protocol.review.id,
            toml=project.protocol_text,
        )
        for name, parts in by_source.items():
            _SourceImport(
                project=project,
                source=source_of(project, name),
                store=store,
                cache=cache,
                strategy=strategy,
                options=options,
                moment=moment,
            ).store_parts(parts)

    imported: list[FileImport] = []
    for parts in by_source.values():
        imported.extend(parts)
    return imported


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

    return FileImport(name=file.name, source=source, sha256=sha256)


def _source_of_file(project: ReviewProject, path: Path, name: str, options: ImportOptions) -> str:
    """Return the protocol's source that the kept file names."""
    with open_bytes(path) as stream:
        detected = identify_file(
            stream, name=name, format=options.format, encoding=options.encoding
        )
    dialect = detected.dialect
    if detected.format is Format.XLSX:  # only the sheet itself shows whose columns they are
        dialect = _parse(path, options, name=name, source="unknown").dialect
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


def _parse(
    content: Path | BinaryIO, options: ImportOptions, *, name: str, source: str
) -> ParsedFile:
    return read_file(
        content,
        source=source,
        format=options.format,
        encoding=options.encoding,
        mapping=options.mapping,
        name=name,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _SourceImport:
    """The import of one source's files, inside one transaction."""

    project: ReviewProject
    source: ProtocolSource
    store: Store
    cache: Cache
    strategy: Strategy
    options: ImportOptions
    moment: datetime.datetime

    def store_parts(self, parts: Sequence[FileImport]) -> None:
        """Store the files' records and the run that brought them, if the run is new."""
        at = self.moment.astimezone(datetime.UTC).isoformat(timespec="seconds")
        pages = tuple(
            PageRef(
                request=f"import {Path(part.name).name}{self.options.reading}",
                sha256=part.sha256,
                retrieved_at=at,
            )
            for part in parts
        )
        if self._imported_before(pages):
            for part in parts:
                part.new = False
                part.known = sum(1 for _ in self._records(part))
            return

        changed: dict[str, Record] = {}
        arrived = add_records(self.store, self._arriving(parts, changed))
        run = self._run(pages, tuple(arrived), at)
        add_listed_run(
            self.store, run, arrived, protocol=self.project.protocol_sha256, counts_in_flow=True
        )
        # Stored records change only now: their earlier content is kept under the newest run, which
        # must be this one.
        add_records(self.store, changed.values())
        key = RunKey(source=self.source.id, strategy=f"{self.strategy.id}.import", query=run.query)
        self.cache.note_run(key, pages, started_at=at)

    def _imported_before(self, pages: Sequence[PageRef]) -> bool:
        """Return whether a run has these very files, read in the same way, of the same search."""
        hashes = [page.sha256 for page in pages]
        earlier = runs_with_pages(self.store, self.source.id, self.strategy.id, hashes)
        return any(self._is_same_import(run) for run in earlier)

    def _is_same_import(self, run: SearchRun) -> bool:
        same_date = self.options.date is None or self.options.date.isoformat() == run.searched_at
        same_search = same_date and self.options.query in {None, run.query}
        reading = self.options.reading
        return same_search and all(
            page.request.endswith(reading or page.request) for page in run.pages
        )

    def _run(self, pages: tuple[PageRef, ...], identifiers: tuple[str, ...], at: str) -> SearchRun:
        searched_at = at
        warnings: tuple[str, ...] = (NO_DATE,)
        if self.options.date:
            searched_at, warnings = self.options.date.isoformat(), ()
        return SearchRun(
            source=self.source.id,
            role=Role(self.source.role),
            strategy=self.strategy.id,
            query=self.options.query or "",
            searched_at=searched_at,
            status=RunStatus.COMPLETE,
            count=len(identifiers),
            received=len(identifiers),
            identifiers=identifiers,
            warnings=warnings,
            pages=pages,
        )

    def _arriving(
        self, parts: Sequence[FileImport], changed: dict[str, Record]
    ) -> Iterator[Record]:
        """Yield every record of the files once, a stored one as it is stored.

        `changed` gets what stored records become.
        """
        seen: set[str] = set()
        # A source without records needs no look-up: a fair part of the time of a first import.
        empty = not has_records_of(self.store, self.source.id)
        for part in parts:
            for record in self._records(part):
                key = record.key
                stored = changed.get(key)
                if stored is None and (key in seen or not empty):
                    stored = record_by_key(self.store, key)
                part.known += stored is not None and key not in seen
                seen.add(key)
                if stored is None:
                    yield record
                    continue

                if key not in changed:
                    yield stored
                completed = self._completed(part, stored, record)
                if completed != stored:
                    changed[key] = completed

            self._check(part)

    def _completed(self, part: FileImport, stored: Record, record: Record) -> Record:
        """Return the stored record with its gaps filled; note where the file has another place."""
        # Who says how a file is to be read corrects an earlier reading, so the new one leads.
        if self.options.reading:
            return fill_gaps(record, [stored], keep_year=True).record

        if places_differ(stored, record):
            part.differences.append(
                f"{record.key} keeps {describe_place(stored)}; "
                f"this file has {describe_place(record)}"
            )

        return fill_gaps(stored, [record], keep_year=True).record

    def _check(self, part: FileImport) -> None:
        if not part.records:
            hint = "look at the file; export it again, or name its format with --format"
            raise DamagedFile("no record could be read from it", where=part.name, hint=hint)

        if self.options.strict and part.problems:
            raise FileMistakes(
                tuple(Mistake(path=part.name, found="", wanted=what) for what in part.problems),
                where=part.name,
                hint="correct the file, or import it without --strict",
            )

    def _records(self, part: FileImport) -> Iterator[Record]:
        path = self.cache.pages.path(part.sha256)
        parsed = _parse(path, self.options, name=part.name, source=self.source.id)
        return part.draw(parsed)
