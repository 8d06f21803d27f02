"""The import of one source's files: which records are new, and to which search they belong."""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import BinaryIO

from reviewkit.cache import Cache, RunKey
from reviewkit.dedupe.merge import describe_place, fill_gaps, places_differ
from reviewkit.importers import ParsedFile, read_unlabelled
from reviewkit.model.errors import DamagedFile, FileMistakes, Mistake, UsageError
from reviewkit.model.records import PageRef, Record, Role, RunStatus, SearchRun
from reviewkit.protocol.model import ProtocolSource, Strategy
from reviewkit.store import Store
from reviewkit.store.records import add_records
from reviewkit.store.runs import add_listed_run, records_of_run, run_number_of, runs_with_pages
from reviewkit.store.searches import SearchRow, join_search, searches_of
from reviewkit.store.source_names import names_of_source, refuse_old_name
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.searching.input_files import FileImport, ImportOptions
from reviewkit.workflow.searching.known_records import Found, KnownRecords

NO_DATE = "the day of the search was not told; this is when the file was imported"
# The query of what people type in: it is no search that a file continues.
ADDED_BY_HAND = "added by hand"
_LONGEST_TITLE = 60


def parse(
    content: Path | BinaryIO, options: ImportOptions, *, name: str, source: str
) -> ParsedFile:
    """Return a file as the options say that it is to be read."""
    return read_unlabelled(
        content,
        source=source,
        format=options.format,
        encoding=options.encoding,
        mapping=options.mapping,
        name=name,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceImport:
    """The import of one source's files, inside one transaction."""

    project: ReviewProject
    source: ProtocolSource
    store: Store
    cache: Cache
    strategy: Strategy
    options: ImportOptions
    moment: datetime.datetime

    def store_parts(self, parts: Sequence[FileImport]) -> None:
        """Store the files' records and the run that brought them, if the run is new.

        Raises UsageError for a search that cannot be continued or a source that was renamed,
        DamagedFile, FileMistakes.
        """
        refuse_old_name(self.store, self.source.id)
        at = self.moment.astimezone(datetime.UTC).isoformat(timespec="seconds")
        pages = tuple(
            PageRef(
                request=f"import {Path(part.name).name}{self.options.reading}",
                sha256=part.sha256,
                retrieved_at=at,
            )
            for part in parts
        )
        earlier = runs_with_pages(
            self.store, self.source.id, self.strategy.id, [page.sha256 for page in pages]
        )
        if any(map(self._is_same_import, earlier.values())):
            self._count_again(parts)
            return

        search = self._search_to_continue()
        changed: dict[str, Record] = {}
        entries = _Entries(
            known=KnownRecords(self.store, names_of_source(self.store, self.source.id)),
            changed=changed,
            earlier=self._earlier_reading(earlier, parts),
        )
        arrived = add_records(self.store, self._arriving(parts, entries))
        run = self._run(pages, tuple(arrived), at, search)
        self._refuse_the_same(run)
        number = add_listed_run(
            self.store, run, arrived, protocol=self.project.protocol_sha256, counts_in_flow=True
        )
        if search:
            join_search(self.store, number, search.search)
        for part in parts:
            part.run, part.continues = number, search

        # Stored records change only now: their earlier content is kept under the newest run, which
        # must be this one.
        add_records(self.store, changed.values())
        key = RunKey(source=self.source.id, strategy=f"{self.strategy.id}.import", query=run.query)
        self.cache.note_run(key, pages, started_at=at)

    def _refuse_the_same(self, run: SearchRun) -> None:
        """Refuse a run that is stored already, second for second: it may have been taken out."""
        number = run_number_of(self.store, run)
        if number is not None:
            raise UsageError(
                f"this very import is stored already, as run {number}",
                hint=f"if it was taken out of the flow: reviewkit undo back {number}",
            )

    def _count_again(self, parts: Sequence[FileImport]) -> None:
        for part in parts:
            part.imported_before = True
            part.same = sum(1 for _ in self._records(part))

    def _is_same_import(self, run: SearchRun) -> bool:
        """Return whether a run has these very files, read in the same way, of the same search."""
        options = self.options
        same_date = options.date is None or options.date.isoformat() == run.searched_at[:10]
        if options.part_of:
            same_date = options.part_of.isoformat() == run.searched_at[:10]
        same_search = same_date and options.query in {None, run.query} and not options.new_search
        reading = options.reading
        return same_search and all(
            page.request.endswith(reading or page.request) for page in run.pages
        )

    def _search_to_continue(self) -> SearchRow | None:
        """Return the search whose next part the files are; `None` where they begin one."""
        options = self.options
        earlier = searches_of(self.store, self.source.id, self.strategy.id)
        searches = [search for search in earlier if _is_of_files(search)]
        if options.part_of:
            return _search_of_day(searches, options.part_of, self.source.id)
        if options.new_search or not searches:
            return None

        last, day = searches[-1], options.date or self.moment.date()
        if last.day != day.isoformat():
            return None
        is_same_query = options.query is None or last.query in {"", options.query}
        return last if is_same_query else None

    def _earlier_reading(
        self, earlier: Mapping[int, SearchRun], parts: Sequence[FileImport]
    ) -> tuple[Record, ...]:
        """Return, in the order of a file that is read anew, the records of its earlier reading.

        Whoever says how the file is to be read corrects them. Empty where the file was not read
        before, or where the two readings do not have as many records.
        """
        if not self.options.reading or len(parts) != 1 or not earlier:
            return ()
        path = self.cache.pages.path(parts[0].sha256)
        again = parse(path, self.options, name=parts[0].name, source=self.source.id)
        count = sum(1 for _ in again.records)
        listed = records_of_run(self.store, next(iter(earlier)))
        return tuple(listed) if len(listed) == count else ()

    def _run(
        self,
        pages: tuple[PageRef, ...],
        identifiers: tuple[str, ...],
        at: str,
        search: SearchRow | None,
    ) -> SearchRun:
        searched_at = at
        warnings: tuple[str, ...] = (NO_DATE,)
        if self.options.date:
            searched_at, warnings = self.options.date.isoformat(), ()
        elif self.options.part_of and search:
            searched_at, warnings = search.searched_at, ()
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

    def _arriving(self, parts: Sequence[FileImport], entries: "_Entries") -> Iterator[Record]:
        """Yield every record of the files once, a stored one as it is stored."""
        listed: set[str] = set()
        for part in parts:
            claimed: set[str] = set()
            for place, entry in enumerate(self._records(part)):
                found = entries.find(entry, place, claimed)
                if found.record is None:
                    record = entries.add(part, entry, found)
                else:
                    record = found.record
                    entries.complete(part, record, entry, leads=bool(self.options.reading))

                claimed.add(record.key)
                if record.key not in listed:
                    listed.add(record.key)
                    yield record
            self._check(part)

    def _check(self, part: FileImport) -> None:
        if not part.records:
            hint = "look at the file; export it again, or name its format with --format"
            raise DamagedFile("no record could be read from it", where=part.name, hint=hint)

        if self.options.strict and part.damage:
            raise FileMistakes(
                tuple(Mistake(path=part.name, found="", wanted=what) for what in part.damage),
                where=part.name,
                hint="correct the file, or import it without --strict",
            )

    def _records(self, part: FileImport) -> Iterator[Record]:
        path = self.cache.pages.path(part.sha256)
        parsed = parse(path, self.options, name=part.name, source=self.source.id)
        return part.draw(parsed)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entries:
    """Tells the new entries of files from those that are stored.

    `changed` gets what stored records become. `earlier` are the records of an earlier reading.
    """

    known: KnownRecords
    changed: dict[str, Record]
    earlier: tuple[Record, ...]

    def find(self, entry: Record, place: int, claimed: set[str]) -> Found:
        if self.earlier:
            return Found(record=self.earlier[place])
        return self.known.find(entry, claimed=claimed)

    def add(self, part: FileImport, entry: Record, found: Found) -> Record:
        """Note a new record, and say where it shares an identifier with another one."""
        record = self.known.free_name(entry)
        self.known.add(record)
        part.added.append(record.key)
        if found.others:
            kind, key = found.others[0]
            title = (record.title or "no title")[:_LONGEST_TITLE]
            part.noticed.append(
                f"{record.key} has the {kind} of {key} and another title or year; "
                f"both are kept: {title}"
            )
        elif record.source_id != entry.source_id:
            part.noticed.append(
                f"the identifier {entry.source_id} was met before in this file; "
                f"the record is kept as {record.source_id}"
            )
        if found.elsewhere:
            part.differences.append(
                f"{found.elsewhere.key} is at {describe_place(found.elsewhere)}; this file has the "
                f"same title at {describe_place(record)}: kept as {record.key}"
            )
        return record

    def complete(self, part: FileImport, stored: Record, entry: Record, *, leads: bool) -> None:
        """Fill the gaps of a stored record; note where the file has another place.

        An entry that leads corrects an earlier reading of its file.
        """
        entry = replace(entry, source_id=stored.source_id, source=stored.source)
        if leads:
            completed = fill_gaps(entry, [stored], keep_year=True).record
        else:
            completed = fill_gaps(stored, [entry], keep_year=True).record
            if places_differ(stored, entry):
                part.differences.append(
                    f"{stored.key} keeps {describe_place(stored)}; "
                    f"this file has {describe_place(entry)}"
                )

        filled = _changed_fields(stored, completed)
        if not filled:
            part.same += 1
            return
        part.updated[stored.key] = filled
        self.known.change(completed)
        self.changed[stored.key] = completed


def _changed_fields(before: Record, after: Record) -> tuple[str, ...]:
    names = (field.name for field in fields(Record))
    return tuple(name for name in names if getattr(before, name) != getattr(after, name))


def _is_of_files(search: SearchRow) -> bool:
    """Return whether a file may continue a search: one that was imported, not typed by hand."""
    return search.imported and search.query != ADDED_BY_HAND


def _search_of_day(searches: Sequence[SearchRow], day: datetime.date, source: str) -> SearchRow:
    """Return the only search of a day. Raises UsageError where there is none, or several."""
    of_day = [search for search in searches if search.day == day.isoformat()]
    if len(of_day) == 1:
        return of_day[0]

    days = ", ".join(dict.fromkeys(search.day for search in searches)) or "none"
    if of_day:
        raise UsageError(
            f"{len(of_day)} searches of {source} on {day}",
            where="--part-of",
            hint=f"--date {day} in its place continues the last one, --new-search begins another",
        )
    raise UsageError(
        f"no search of {source} on {day}",
        where="--part-of",
        hint=f"days with an imported search: {days}; leave --part-of out to begin a new one",
    )
