"""A search of LILACS through BVS: every listed record accounted for, each once. It asks a page
source, keeps no state.

Given the same pages it gives the same run. BVS hands out records with the list, so there is no
second step.
"""

from collections.abc import Callable, Iterator
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
from reviewkit.sources.bvs import Answer, Door
from reviewkit.sources.bvs_documents import flat, merge_documents, read_document
from reviewkit.sources.page_source import PageSource, Progress, ask


@dataclass(slots=True, kw_only=True)
class _Search:
    """One search under way. `covered` counts entries of BVS's list, `shift` what its `from` adds to
    a position.

    `counts` are BVS's, page by page, of this time through the list; `earlier` those of the time
    before.
    """

    pages: PageSource
    query: CompiledQuery
    door: Door
    shift: int
    covered: int = 0
    docs: list[dict[str, Any]] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    earlier: list[int] = field(default_factory=list)

    def next(self, count: int) -> tuple[Answer, str]:
        """The answer that goes on after what is covered, and when it came."""
        request = bvs.ask_page(self.door, self.query, first=self.covered + self.shift, count=count)
        judge = bvs.judge_page(self.door, self.query, covered=self.covered)
        page = ask(self.pages, request, judge, where=self.door.service.label)
        return bvs.read_page(page.body), page.ref.retrieved_at


def search(
    pages: PageSource,
    query: CompiledQuery,
    *,
    fetch: bool = True,
    portal: bool = False,
    progress: Progress | None = None,
) -> SearchRun:
    """The run of `query`; with `fetch=False` its count alone. `pages` is finished on success.

    Through the API, or through the portal where `portal` says so; a stored run through the door
    that it came by. Raises NotARealAnswer, RemoteError, NotCached, and what the cache raises.
    """
    door = _door(pages, query, portal=portal, count=bvs.PAGE if fetch else 1)
    this = _Search(pages=pages, query=query, door=door, shift=door.first)
    first, searched_at = this.next(bvs.PAGE if fetch else 1)
    if fetch:
        _take_all(this, first, progress)
        _take_again(this, progress)
    pages.finish()
    found = merge_documents(this.docs)
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
        received=len(found) if fetch else None,
        identifiers=tuple(found),
        translation=first.translation,
        warnings=tuple(_warnings(this, len(found))),
        pages=pages.used,
    )


def records(
    run: SearchRun, pages: PageSource, *, on_problem: Callable[[Problem], None] | None = None
) -> Iterator[Record]:
    """The records of a run in the order of its list, each once. Raises DamagedCache."""
    wanted = set(run.identifiers)
    docs = (doc for ref in run.pages for doc in bvs.read_page(pages.read(ref)).docs)
    for name, doc in merge_documents(docs).items():
        if name in wanted:
            record, problems = read_document(doc, source=run.source)
            for problem in problems:
                if on_problem:
                    on_problem(problem)
            yield record


def _door(pages: PageSource, query: CompiledQuery, *, portal: bool, count: int) -> Door:
    wanted, other = (bvs.PORTAL, bvs.API) if portal else (bvs.API, bvs.PORTAL)

    def came_by(door: Door) -> bool:
        return pages.holds(bvs.ask_page(door, query, first=door.first, count=count))

    return other if came_by(other) and not came_by(wanted) else wanted


def _take_all(this: _Search, first: Answer, progress: Progress | None) -> None:
    """Page after page until BVS's list is at its end, wherever its numbers begin."""
    answer, turns = first, 0
    while True:
        this.counts.append(answer.count)
        start = this.covered if answer.start is None else answer.start
        if start > this.covered:
            # The page begins too late: nothing may be skipped, so it is asked for again from
            # further on front.
            this.shift -= start - this.covered
            turns += 1
            if turns > 2 or this.covered + this.shift < 0:
                what = f"begins its list at {start} where {this.covered} was asked for"
                raise NotARealAnswer(
                    what, where=this.door.service.label, hint="run again; if it stays, report it"
                )
        else:
            turns = 0
            overlap = this.covered - start
            this.shift += overlap if len(answer.docs) > overlap else 0
            this.docs.extend(dict(doc) for doc in answer.docs[overlap:])
            this.covered = max(this.covered, start + len(answer.docs))
        if progress:
            progress(min(this.covered, answer.count), answer.count)
        if this.covered >= answer.count:
            return
        before = this.covered
        answer, _ = this.next(bvs.PAGE)
        _must_go_on(this, answer, before)


def _take_again(this: _Search, progress: Progress | None) -> None:
    """The whole list once more, where the count moved on the way: positions moved too, and passed
    records over.

    What either time listed is listed.
    """
    request = bvs.ask_page(this.door, this.query, first=this.door.first, count=bvs.PAGE)
    stored_before = this.pages.complete and not this.pages.holds(request)
    if len(set(this.counts)) == 1 or stored_before:
        return
    this.covered, this.shift = 0, this.door.first
    this.earlier, this.counts = this.counts, []
    first, _ = this.next(bvs.PAGE)
    _take_all(this, first, progress)


def _must_go_on(this: _Search, answer: Answer, before: int) -> None:
    start = before if answer.start is None else answer.start
    if start <= before and start + len(answer.docs) <= before < answer.count:
        what = f"stopped its list after {before} of {answer.count} records"
        hint = "run again; what was fetched is kept"
        raise NotARealAnswer(what, where=this.door.service.label, hint=hint)


def _warnings(this: _Search, distinct: int) -> Iterator[str]:
    listed, counts = this.covered, [*this.earlier, *this.counts]
    if len(set(counts)) > 1:
        yield f"the count moved from {counts[0]:,} to {counts[-1]:,} while records were fetched"
    if distinct < listed:
        yield f"BVS listed {listed:,} entries of {distinct:,} records; copies in further collections were put together"
    limit = dict(this.query.parameters).get("filter[db][]")
    if limit:
        named = [flat(doc).get("db", []) for doc in merge_documents(this.docs).values()]
        outside = sum(
            1
            for names in named
            if names and limit.casefold() not in {name.casefold() for name in names}
        )
        if outside:
            yield f"{outside:,} of the records do not name {limit} as their database: BVS may not have kept to it"


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
