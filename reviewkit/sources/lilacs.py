"""A search of LILACS through BVS: every listed record once, none lost. It keeps no state.

Given the same pages it gives the same run. BVS sends the records with the list: there is no second
step. Several servers answer in turn and may order ties differently, so the list is read until as
many different entries came as BVS counts.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from reviewkit.importers.parsed_file import Problem
from reviewkit.model.errors import NotARealAnswer
from reviewkit.model.records import CountUnit, Record, Role, RunStatus, SearchRun
from reviewkit.model.text import plural
from reviewkit.query.compile import CompiledQuery
from reviewkit.query.dialects.iahx import iahx
from reviewkit.sources import bvs
from reviewkit.sources.base import Export, NetworkSearch, Source
from reviewkit.sources.bvs import Door, ListPage
from reviewkit.sources.bvs_documents import document_name, flat, merge_documents, read_document
from reviewkit.sources.lilacs_count import count_once
from reviewkit.sources.page_sizes import read_in_pages
from reviewkit.sources.page_source import (
    ListBrokeOff,
    PageSource,
    Progress,
    are_even,
    ask_for_whole,
    check_fall,
    may_ask_again,
    refused,
)

DATABASE = "LILACS"
_IN_VAIN = 3  # readings of the list, one after the other, that bring nothing new
_LONGEST_NAMED = 20  # records named in one warning

Entry = tuple[str, tuple[str, ...]]


@dataclass(slots=True, kw_only=True)
class _Search:
    """One search under way.

    `size` is how many entries a page is asked for. `covered` counts entries of BVS's list, `shift`
    is what its `from` adds to a position. `counts` are BVS's counts, page by page, of this reading
    of the list; `earlier_counts` those of the readings before. `entries` are the different entries
    since the count last moved: a copy in a further collection names other databases. `listed` are
    those of all readings, and `readings` is how often the list was read. `reading` are those of
    this reading, `lengths` how many documents its pages hold.
    """

    pages: PageSource
    query: CompiledQuery
    door: Door
    shift: int
    size: int
    progress: Progress | None
    covered: int = 0
    docs: list[dict[str, Any]] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    earlier_counts: list[int] = field(default_factory=list)
    entries: set[Entry] = field(default_factory=set)
    listed: set[Entry] = field(default_factory=set)
    readings: int = 0
    reading: set[Entry] = field(default_factory=set)
    reading_before: set[Entry] = field(default_factory=set)
    lengths: list[int] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether as many different entries came as BVS counts, and no more.

        Where the pages are uneven, two readings must agree.
        """
        if len(set(self.counts)) > 1 or len(self.entries) != self.counts[-1]:
            return False
        return are_even(self.lengths) or self.reading == self.reading_before

    @property
    def all_counts(self) -> list[int]:
        return [*self.earlier_counts, *self.counts]

    def note_count(self, count: int) -> None:
        """Note the count of a page; where it moved, what was listed before proves nothing."""
        if self.all_counts and self.all_counts[-1] != count:
            self.entries.clear()
        self.counts.append(count)

    def take(self, docs: Iterable[Mapping[str, Any]]) -> None:
        """Add the documents of a page."""
        for doc in docs:
            entry = _entry_of(doc)
            if entry not in self.listed:
                self.docs.append(dict(doc))
            self.listed.add(entry)
            self.entries.add(entry)
            self.reading.add(entry)

    def begin_reading(self) -> None:
        """Read the list from its start."""
        self.reading_before, self.reading = self.reading, set()
        self.lengths = []
        self.covered, self.shift = 0, self.door.first
        self.earlier_counts += self.counts
        self.counts = []

    def forget(self) -> None:
        """Begin anew: the pages do not fit together, so some of their entries may be none."""
        self.docs.clear()
        self.entries.clear()
        self.listed.clear()

    def refused(self, what: str) -> NotARealAnswer:
        """The error of a list that is not whole; its pages are asked for again."""
        hint = f"run again: the list is asked for anew; if it stays, {bvs.WAY_OUT}"
        label = self.door.service.label
        return refused(self.pages, self.pages.used, what, where=label, hint=hint)

    def next(self, count: int) -> tuple[ListPage, str]:
        """The page that follows on what is covered, and when it came."""
        request = bvs.ask_page(self.door, self.query, first=self.covered + self.shift, count=count)
        judge = bvs.judge_page(self.door, self.query, covered=self.covered)
        try:
            page = ask_for_whole(self.pages, request, judge, _records_of, where=SOURCE.label)
        except ListBrokeOff as error:
            raise self.refused(error.what) from error

        return bvs.read_page(page.body), page.ref.retrieved_at

    @property
    def page_size(self) -> int:
        """Entries per page. Each reading cuts the list elsewhere: servers may take exact turns."""
        return self.size - self.size * 13 // 100 * (self.readings % 5)

    def start_of(self, page: ListPage) -> int:
        """The position of a page's first record, from 0."""
        if page.start is None:
            return self.covered
        return page.start

    def report(self, count: int) -> None:
        if self.progress:
            self.progress(min(self.covered, count), count)


def search(
    pages: PageSource,
    query: CompiledQuery,
    *,
    fetch: bool = True,
    portal: bool = False,
    progress: Progress | None = None,
) -> SearchRun:
    """The run of `query`; with `fetch=False` its count alone. `pages` is finished on success.

    It goes through the API, or through the portal where `portal` is set. A stored run goes through
    the door that it came by. Raises NotARealAnswer, RemoteError, NotCached, and what the cache
    raises.
    """

    def read(size: int) -> tuple[_Search, ListPage, str]:
        door = _door(pages, query, portal=portal, count=size)
        this = _Search(
            pages=pages, query=query, door=door, shift=door.first, size=size, progress=progress
        )
        first, searched_at = _first_page(this, size)
        if fetch:
            _read_until_whole(this, first)
        return this, first, searched_at

    largest = bvs.PAGE if fetch else 1
    is_stored = partial(_has_begun, pages, query)
    this, first, searched_at = read_in_pages(pages, largest, is_stored, read)
    check_fall(pages, first.count, where=SOURCE.label)
    pages.finish()

    merged = merge_documents(this.docs)
    docs = {name: doc for name, doc in merged.items() if not _is_outside(doc)}
    outside = {name: doc for name, doc in merged.items() if _is_outside(doc)}
    return SearchRun(
        source=query.source,
        role=Role.DATABASE,
        strategy=query.strategy,
        query=query.written,
        searched_at=searched_at,
        status=RunStatus.COMPLETE,
        endpoint=pages.header.endpoint,
        count=this.all_counts[-1] if fetch else first.count,
        count_unit=SOURCE.count_unit,
        received=len(docs) if fetch else None,
        identifiers=tuple(docs),
        translation=first.translation,
        warnings=tuple(_warnings(this, merged, outside)),
        pages=pages.used,
    )


def _first_page(this: _Search, page_size: int) -> tuple[ListPage, str]:
    """The first page of the list, and when it came. "0" is believed when it was said twice."""
    page, searched_at = this.next(page_size)
    request = bvs.ask_page(this.door, this.query, first=this.door.first, count=page_size)
    if page.count or not may_ask_again(this.pages, request):
        return page, searched_at
    return this.next(page_size)


def records(
    run: SearchRun, pages: PageSource, *, on_problem: Callable[[Problem], None] | None = None
) -> Iterator[Record]:
    """The records of a run in the order of its list, each once. Raises DamagedCache."""
    wanted = set(run.identifiers)
    for name, doc in merge_documents(_documents(run, pages)).items():
        if name not in wanted:
            continue
        record, problems = read_document(doc, source=run.source)
        for problem in problems:
            if on_problem:
                on_problem(problem)
        yield record


def _records_of(body: bytes) -> Iterator[Record]:
    """The records on a page."""
    return (read_document(doc, source=SOURCE.id)[0] for doc in bvs.read_page(body).docs)


def _documents(run: SearchRun, pages: PageSource) -> Iterator[Mapping[str, Any]]:
    for ref in run.pages:
        yield from bvs.read_page(pages.read(ref)).docs


def _door(pages: PageSource, query: CompiledQuery, *, portal: bool, count: int) -> Door:
    """The wanted door; the other one where the pages came by that."""
    wanted, other = bvs.API, bvs.PORTAL
    if portal:
        wanted, other = other, wanted

    if _came_by(other, pages, query, count) and not _came_by(wanted, pages, query, count):
        return other
    return wanted


def _came_by(door: Door, pages: PageSource, query: CompiledQuery, count: int) -> bool:
    """Whether the run holds a first page of so many entries that came by this door."""
    return pages.holds(bvs.ask_page(door, query, first=door.first, count=count))


def _has_begun(pages: PageSource, query: CompiledQuery, count: int) -> bool:
    """Whether the run holds a first page of so many entries, by either door."""
    return any(_came_by(door, pages, query, count) for door in (bvs.API, bvs.PORTAL))


def _read_list(this: _Search, first: ListPage) -> None:
    """Read page after page until BVS's list ends, wherever its numbers begin."""
    page, corrections = first, 0
    while True:
        this.note_count(page.count)
        start = this.start_of(page)
        if start > this.covered:
            corrections += 1
            _ask_earlier(this, start, corrections)
        else:
            corrections = 0
            _take_page(this, page, start)
        this.report(page.count)
        if this.covered >= page.count:
            return

        before = this.covered
        page, _ = this.next(this.page_size)
        _must_continue(this, page, before)


def _ask_earlier(this: _Search, start: int, corrections: int) -> None:
    """Shift the next request forward: the page begins too late, and nothing may be skipped."""
    this.shift -= start - this.covered
    if corrections > 2 or this.covered + this.shift < 0:
        raise this.refused(f"begins its list at {start} where {this.covered} was asked for")


def _take_page(this: _Search, page: ListPage, start: int) -> None:
    """Add the records of a page that are not covered yet."""
    overlap = this.covered - start
    if len(page.docs) > overlap:
        this.shift += overlap
    this.take(page.docs[overlap:])
    this.lengths.append(len(page.docs))
    this.covered = max(this.covered, start + len(page.docs))


def _read_until_whole(this: _Search, first: ListPage) -> None:
    """Read the list until as many different entries came as BVS counts.

    A record that any reading lists is listed. Raises NotARealAnswer where readings bring nothing
    new, and entries still lack.
    """
    in_vain = 0
    while True:
        before = len(this.listed)
        _read_list(this, first)
        this.readings += 1
        if this.is_whole:
            return
        in_vain += 1
        if len(this.listed) > before and len(this.entries) < this.counts[-1]:
            in_vain = 0

        if in_vain >= _IN_VAIN or _ends_in_store(this):
            raise this.refused(
                f"counted {this.counts[-1]:,} records and listed {len(this.entries):,} different "
                f"ones in {this.readings} readings"
            )
        if len(this.entries) > this.counts[-1] or not are_even(this.lengths):
            this.forget()
        this.begin_reading()
        first, _ = this.next(this.page_size)


def _ends_in_store(this: _Search) -> bool:
    """Whether these are stored pages, and there is no further reading among them."""
    request = bvs.ask_page(this.door, this.query, first=this.door.first, count=this.page_size)
    return this.pages.complete and not this.pages.holds(request)


def _entry_of(doc: Mapping[str, Any]) -> Entry:
    """What makes an entry of BVS's list another one: its record, and the databases it names."""
    return document_name(doc), tuple(sorted(flat(doc).get("db", [])))


def _must_continue(this: _Search, page: ListPage, before: int) -> None:
    """Raise NotARealAnswer where the list ends before all counted entries came."""
    start = before if page.start is None else page.start
    if start <= before and start + len(page.docs) <= before < page.count:
        raise this.refused(f"stopped its list after {before} of {page.count} records")


def _warnings(
    this: _Search, docs: Mapping[str, Mapping[str, Any]], outside: Mapping[str, Mapping[str, Any]]
) -> Iterator[str]:
    counts = this.all_counts
    if len(set(counts)) > 1:
        yield f"the count moved from {counts[0]:,} to {counts[-1]:,} while records were fetched"
    if len(docs) < len(this.entries):
        yield (
            f"BVS listed {len(this.entries):,} entries of {len(docs):,} records; "
            "copies in further collections were put together"
        )
    if outside:
        named = [_named(name, doc) for name, doc in outside.items()]
        if len(named) > _LONGEST_NAMED:
            named[_LONGEST_NAMED:] = [f"and {len(named) - _LONGEST_NAMED:,} more"]
        yield (
            f"{plural(len(outside), 'record')} of other databases left out, "
            f"because BVS did not keep to {DATABASE}: {', '.join(named)}"
        )


def _named(name: str, doc: Mapping[str, Any]) -> str:
    return f"{name} ({', '.join(flat(doc)['db'])})"


def _is_outside(doc: Mapping[str, Any]) -> bool:
    """Whether a record names databases, and LILACS is not among them."""
    names = {name.casefold() for name in flat(doc).get("db", [])}
    return bool(names) and DATABASE.casefold() not in names


SOURCE = Source(
    id="lilacs",
    label="LILACS",
    export=Export(
        choose="Export, *RIS*", advice="titles and abstracts in every language; CSV is read too"
    ),
    dialect=iahx(database=DATABASE),
    network=NetworkSearch(
        service=bvs.API.service,
        search=search,
        read=records,
        count_once=count_once,
        key=bvs.KEY,
        way_out=bvs.WAY_OUT,
    ),
    portal=NetworkSearch(
        service=bvs.PORTAL.service,
        search=partial(search, portal=True),
        read=records,
        way_out=bvs.WAY_OUT,
    ),
    search_page=bvs.portal_page,
    # BVS counts a record once for each of its collections.
    count_unit=CountUnit.ENTRIES,
)
