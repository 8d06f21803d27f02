"""A search of LILACS through BVS: every listed record once, none lost. It keeps no state.

Given the same pages it gives the same run. BVS sends the records with the list: there is no second
step.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from reviewkit.importers.parsed_file import Problem
from reviewkit.model.errors import NotARealAnswer
from reviewkit.model.records import CountUnit, Record, Role, RunStatus, SearchRun
from reviewkit.query.compile import CompiledQuery
from reviewkit.query.dialects.iahx import iahx
from reviewkit.sources import bvs
from reviewkit.sources.base import Export, NetworkSearch, Source
from reviewkit.sources.bvs import Door, ListPage
from reviewkit.sources.bvs_documents import flat, merge_documents, read_document
from reviewkit.sources.page_source import PageSource, Progress, ask


@dataclass(slots=True, kw_only=True)
class _Search:
    """One search under way.

    `covered` counts entries of BVS's list, `shift` is what its `from` adds to a position. `counts`
    are BVS's counts, page by page, of this reading of the list; `earlier_counts` those of the one
    before.
    """

    pages: PageSource
    query: CompiledQuery
    door: Door
    shift: int
    progress: Progress | None
    covered: int = 0
    docs: list[dict[str, Any]] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    earlier_counts: list[int] = field(default_factory=list)

    def next(self, count: int) -> tuple[ListPage, str]:
        """The page that follows on what is covered, and when it came."""
        request = bvs.ask_page(self.door, self.query, first=self.covered + self.shift, count=count)
        judge = bvs.judge_page(self.door, self.query, covered=self.covered)
        page = ask(self.pages, request, judge, where=self.door.service.label)

        return bvs.read_page(page.body), page.ref.retrieved_at

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
    page_size = bvs.PAGE if fetch else 1
    door = _door(pages, query, portal=portal, count=page_size)
    this = _Search(pages=pages, query=query, door=door, shift=door.first, progress=progress)
    first, searched_at = this.next(page_size)
    if fetch:
        _read_list(this, first)
        _read_again(this)
    pages.finish()

    docs = merge_documents(this.docs)
    return SearchRun(
        source=query.source,
        role=Role.DATABASE,
        strategy=query.strategy,
        query=query.written,
        searched_at=searched_at,
        status=RunStatus.COMPLETE,
        endpoint=pages.header.endpoint,
        count=first.count,
        count_unit=SOURCE.count_unit,
        received=len(docs) if fetch else None,
        identifiers=tuple(docs),
        translation=first.translation,
        warnings=tuple(_warnings(this, docs)),
        pages=pages.used,
    )


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


def _documents(run: SearchRun, pages: PageSource) -> Iterator[Mapping[str, Any]]:
    for ref in run.pages:
        yield from bvs.read_page(pages.read(ref)).docs


def _door(pages: PageSource, query: CompiledQuery, *, portal: bool, count: int) -> Door:
    """The wanted door; the other one where the pages came by that."""
    wanted, other = bvs.API, bvs.PORTAL
    if portal:
        wanted, other = other, wanted

    def came_by(door: Door) -> bool:
        return pages.holds(bvs.ask_page(door, query, first=door.first, count=count))

    if came_by(other) and not came_by(wanted):
        return other
    return wanted


def _read_list(this: _Search, first: ListPage) -> None:
    """Read page after page until BVS's list ends, wherever its numbers begin."""
    page, corrections = first, 0
    while True:
        this.counts.append(page.count)
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
        page, _ = this.next(bvs.PAGE)
        _must_continue(this, page, before)


def _ask_earlier(this: _Search, start: int, corrections: int) -> None:
    """Shift the next request forward: the page begins too late, and nothing may be skipped."""
    this.shift -= start - this.covered
    if corrections > 2 or this.covered + this.shift < 0:
        what = f"begins its list at {start} where {this.covered} was asked for"
        hint = "run again; if it stays, report it"
        raise NotARealAnswer(what, where=this.door.service.label, hint=hint)


def _take_page(this: _Search, page: ListPage, start: int) -> None:
    """Add the records of a page that are not covered yet."""
    overlap = this.covered - start
    if len(page.docs) > overlap:
        this.shift += overlap
    this.docs.extend(dict(doc) for doc in page.docs[overlap:])
    this.covered = max(this.covered, start + len(page.docs))


def _read_again(this: _Search) -> None:
    """Read the whole list once more where the count moved: positions moved too, and hid records.

    A record that either reading lists is listed.
    """
    request = bvs.ask_page(this.door, this.query, first=this.door.first, count=bvs.PAGE)
    stored_before = this.pages.complete and not this.pages.holds(request)
    if len(set(this.counts)) == 1 or stored_before:
        return

    this.covered, this.shift = 0, this.door.first
    this.earlier_counts, this.counts = this.counts, []
    first, _ = this.next(bvs.PAGE)
    _read_list(this, first)


def _must_continue(this: _Search, page: ListPage, before: int) -> None:
    """Raise NotARealAnswer where the list ends before all counted entries came."""
    start = before if page.start is None else page.start
    if start <= before and start + len(page.docs) <= before < page.count:
        what = f"stopped its list after {before} of {page.count} records"
        hint = "run again; what was fetched is kept"
        raise NotARealAnswer(what, where=this.door.service.label, hint=hint)


def _warnings(this: _Search, docs: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    listed, counts = this.covered, [*this.earlier_counts, *this.counts]
    if len(set(counts)) > 1:
        yield f"the count moved from {counts[0]:,} to {counts[-1]:,} while records were fetched"
    if len(docs) < listed:
        yield (
            f"BVS listed {listed:,} entries of {len(docs):,} records; "
            "copies in further collections were put together"
        )

    database = dict(this.query.parameters).get("filter[db][]")
    outside = sum(_is_outside(doc, database) for doc in docs.values() if database)
    if outside:
        yield (
            f"{outside:,} of the records do not name {database} as their database: "
            "BVS may not have kept to it"
        )


def _is_outside(doc: Mapping[str, Any], database: str | None) -> bool:
    """Whether a record names databases, and this one is not among them."""
    names = {name.casefold() for name in flat(doc).get("db", [])}
    return bool(names) and (database or "").casefold() not in names


SOURCE = Source(
    id="lilacs",
    label="LILACS",
    export=Export(
        choose="Export, *RIS*", advice="titles and abstracts in every language; CSV is read too"
    ),
    dialect=iahx(database="LILACS"),
    network=NetworkSearch(
        service=bvs.API.service,
        search=search,
        read=records,
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
