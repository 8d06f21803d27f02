"""The import of one source's files: which records are new, and to which search they belong."""

import datetime
import os
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import BinaryIO

from reviewkit.cache import Cache, RunKey
from reviewkit.dedupe.merge import describe_place, fill_gaps, places_differ
from reviewkit.importers import ParsedFile, read_unlabelled
from reviewkit.importers.gzip_stream import open_bytes
from reviewkit.model.errors import FileMistakes, Mistake, UsageError
from reviewkit.model.progress import Progress, silent
from reviewkit.model.records import PageRef, Record, Role, RunStatus, SearchRun
from reviewkit.protocol.model import ProtocolSource, Strategy
from reviewkit.store import Store
from reviewkit.store.records import add_records, store_each
from reviewkit.store.runs import add_listed_run, records_of_run, runs_with_pages
from reviewkit.store.searches import SearchRow, join_search, searches_of
from reviewkit.store.source_names import names_of_source, refuse_old_name
from reviewkit.store.withdrawals import Withdrawal, add_withdrawal, records_of_only
from reviewkit.store.word_index import indexed_at_once
from reviewkit.workflow.clock import timestamp
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.searching.input_files import FileImport, ImportOptions
from reviewkit.workflow.searching.known_records import Found, KnownRecords
from reviewkit.workflow.searching.name_index import NumberSet

NO_DATE = "the day of the search was not told; this is when the file was imported"
# The query of what people type in: it is no search that a file continues.
ADDED_BY_HAND = "added by hand"
_LONGEST_TITLE = 60
_MB = 1_000_000
# Smaller files are read before a person asks how long it takes.
_LARGE = 5 * _MB
_RECORDS_A_STEP = 500


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
    progress: Progress = silent

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
        undated = self._undated(earlier)
        dated = (run for number, run in earlier.items() if number not in undated)
        if any(map(self._is_same_import, dated)):
            self._count_again(parts)
            return

        search = self._search_to_continue(undated)
        changed: dict[str, Record] = {}
        entries = _Entries(
            known=KnownRecords(self.store, names_of_source(self.store, self.source.id)),
            changed=changed,
            earlier=self._earlier_reading(earlier, parts),
        )
        listed = _Listed()
        with indexed_at_once(self.store):
            for _ in store_each(self.store, self._new_records(parts, entries, listed)):
                pass
        run = self._run(pages, len(listed.numbers), at, search)
        number = add_listed_run(
            self.store,
            run,
            listed.numbers,
            protocol=self.project.protocol_sha256,
            counts_in_flow=True,
        )
        if search:
            join_search(self.store, number, search.search)
        replaced = self._replace(undated, number)
        for part in parts:
            part.run, part.continues, part.replaced = number, search, replaced

        # Stored records change only now: their earlier content is kept under the newest run, which
        # must be this one.
        add_records(self.store, changed.values())
        key = RunKey(source=self.source.id, strategy=f"{self.strategy.id}.import", query=run.query)
        self.cache.note_run(key, pages, started_at=at)

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

    def _undated(self, earlier: Mapping[int, SearchRun]) -> list[int]:
        """Return the imports of these files without a day, where the day is stated now.

        The day on which a file was imported is no day of a search.
        """
        reading = self.options.reading
        if not (self.options.date or self.options.part_of):
            return []
        return [
            number
            for number, run in earlier.items()
            if NO_DATE in run.warnings
            and all(page.request.endswith(reading or page.request) for page in run.pages)
        ]

    def _replace(self, undated: Sequence[int], number: int) -> tuple[int, ...]:
        """Take imports without a day out of the flow; return those that were taken out."""
        if records_of_only(self.store, undated):
            return ()  # the file is read otherwise now
        for run in undated:
            withdrawal = Withdrawal(
                run=run,
                why=f"its day was not stated; imported again with the day, as run {number}",
                reviewer=self.options.by,
                withdrawn_at=timestamp(self.moment),
            )
            protocol = self.project.protocol_sha256
            add_withdrawal(self.store, withdrawal, withdrawn=True, protocol=protocol)
        return tuple(undated)

    def _search_to_continue(self, replaced: Sequence[int]) -> SearchRow | None:
        """Return the search whose next part the files are; `None` where they begin one.

        What they replace they do not continue.
        """
        options, searches = self.options, self._searches_of_files(replaced)
        if options.part_of:
            return _search_of_day(searches, options.part_of, self.source.id)
        if options.new_search or not searches:
            return None

        last, day = searches[-1], options.date or self.moment.date()
        if last.day != day.isoformat():
            return None
        is_same_query = options.query is None or last.query in {"", options.query}
        return last if is_same_query else None

    def _searches_of_files(self, replaced: Sequence[int]) -> list[SearchRow]:
        return [
            search
            for search in searches_of(self.store, self.source.id, self.strategy.id)
            if _is_of_files(search) and not set(search.datasets) <= set(replaced)
        ]

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
        count: int,
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
            count=count,
            received=count,
            warnings=warnings,
            pages=pages,
        )

    def _new_records(
        self, parts: Sequence[FileImport], entries: "_Entries", listed: "_Listed"
    ) -> Iterator[Record]:
        """Yield the files' new records, each to be stored before the next one is drawn.

        `listed` gets every record of the files once.
        """
        for part in parts:
            claimed = NumberSet()
            for place, entry in enumerate(self._records(part)):
                found = entries.find(entry, place, claimed)
                if found.record is None or found.number is None:
                    record = entries.named(part, entry, found, claimed)
                    yield record
                    number = entries.known.add(record)
                else:
                    number = found.number
                    leads = bool(self.options.reading)
                    entries.complete(part, found.record, entry, number, leads=leads)

                claimed.add(number)
                listed.add(number)
            self._check(part)

    def _check(self, part: FileImport) -> None:
        if self.options.strict and part.damage:
            raise FileMistakes(
                tuple(Mistake(path=part.name, found="", wanted=what) for what in part.damage),
                where=part.name,
                hint="correct the file, or import it without --strict",
            )

    def _records(self, part: FileImport) -> Iterator[Record]:
        with open_bytes(self.cache.pages.path(part.sha256)) as stream:
            parsed = parse(stream, self.options, name=part.name, source=self.source.id)
            size = os.fstat(stream.fileno()).st_size
            for place, record in enumerate(part.draw(parsed)):
                if size >= _LARGE and place % _RECORDS_A_STEP == 0:
                    label = f"{Path(part.name).name} (MB)"
                    self.progress(label, stream.tell() // _MB, size // _MB)
                yield record


class _Listed:
    """The records of a search, each once, in order."""

    def __init__(self) -> None:
        self.numbers: array[int] = array("q")
        self._is_there = NumberSet()

    def add(self, number: int) -> None:
        """Add a record at the end, unless it is there."""
        if number not in self._is_there:
            self._is_there.add(number)
            self.numbers.append(number)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entries:
    """Tells the new entries of files from those that are stored.

    `changed` gets what stored records become. `earlier` are the records of an earlier reading.
    """

    known: KnownRecords
    changed: dict[str, Record]
    earlier: tuple[Record, ...]

    def find(self, entry: Record, place: int, claimed: NumberSet) -> Found:
        if self.earlier:
            return self.known.found(self.earlier[place])
        return self.known.find(entry, claimed=claimed)

    def named(self, part: FileImport, entry: Record, found: Found, claimed: NumberSet) -> Record:
        """Return a new record under its key; say where it shares an identifier with another one.

        The records of `claimed` are in this file.
        """
        record = self.known.free_name(entry)
        part.new += 1
        if part.new_records is not None:
            part.new_records.append(record.key)
        if found.others:
            title = (record.title or "no title")[:_LONGEST_TITLE]
            part.noticed.append(f"{record.key} {found.others[0].why_another()}: {title!r}")
        elif record.source_id != entry.source_id:
            where = "is that of a stored record"
            if self.known.is_called(entry.source_id, claimed):
                where = "was met before in this file"
            part.noticed.append(
                f"the identifier {entry.source_id} {where}; "
                f"the record is kept as {record.source_id}"
            )
        if found.elsewhere:
            part.differences.append(
                f"{found.elsewhere.key} is at {describe_place(found.elsewhere)}; this file has the "
                f"same title at {describe_place(record)}: kept as {record.key}"
            )
        return record

    def complete(
        self, part: FileImport, stored: Record, entry: Record, number: int, *, leads: bool
    ) -> None:
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
        self.known.change(number, completed)
        self.changed[stored.key] = completed


def _changed_fields(before: Record, after: Record) -> tuple[str, ...]:
    names = (field.name for field in fields(Record))
    return tuple(name for name in names if getattr(before, name) != getattr(after, name))


def _is_of_files(search: SearchRow) -> bool:
    """Return whether a file may continue a search: one of files, neither empty nor by hand."""
    return search.imported and search.files > 0 and search.query != ADDED_BY_HAND


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
