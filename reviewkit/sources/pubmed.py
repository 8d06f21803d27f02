"""A search of PubMed: build, id list, records, every id accounted for. It keeps no state.

Given the same pages it gives the same run: every time and count comes from them.
"""

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlencode

from reviewkit.model.records import Role, RunKind, RunStatus, SearchRun
from reviewkit.query.compile import EVERY_PHRASE, CompiledQuery
from reviewkit.query.dialects.pubmed import PUBMED
from reviewkit.sources import eutils
from reviewkit.sources.base import RECORD_MONITOR, Counted, Export, NetworkSearch, Source
from reviewkit.sources.eutils import Build, Listed
from reviewkit.sources.page_source import PageSource, Progress, check_fall, may_ask_again, refused
from reviewkit.sources.pubmed_fetch import fetch_all, left_out
from reviewkit.sources.pubmed_listing import (
    DEFAULT_SETTINGS,
    ROUNDS,
    PubmedSearch,
    PubmedSettings,
    ask_pubmed,
    list_all,
)
from reviewkit.sources.pubmed_records import records


def search(
    pages: PageSource,
    query: CompiledQuery,
    *,
    fetch: bool = True,
    progress: Progress | None = None,
    settings: PubmedSettings = DEFAULT_SETTINGS,
) -> SearchRun:
    """The run of `query`, sent byte for byte; with `fetch=False` the id list alone.

    `progress` gets (records so far, records in all). `pages` is finished on success; `records`
    reads what was fetched. Raises NotARealAnswer, RemoteError, NotCached, and what the cache
    raises.
    """
    known = (*settings.acknowledged, *query.acknowledged)
    settings = replace(settings, acknowledged=known)
    this = PubmedSearch(pages=pages, query=query.text, settings=settings, progress=progress)
    build = this.build()
    listed, searched_at = list_all(this)
    received: set[str] = set(listed.ids)
    if fetch:
        listed, received = _fetch_whole_list(this, listed)
    elif not listed.count and may_ask_again(pages, eutils.ask_list(query.text, most=settings.cap)):
        listed, _ = list_all(this)  # "0" is believed when it was said twice
    check_fall(pages, listed.count, where=SOURCE.label)
    pages.finish()
    ids = tuple(sorted(listed.ids, key=int))
    missing = tuple(pmid for pmid in ids if pmid not in received)

    return replace(
        _run_of(this, query.strategy, build, searched_at),
        count=listed.count,
        received=len(received) if fetch else None,
        identifiers=ids,
        missing=missing,
        translation=listed.translation,
        warnings=tuple(dict.fromkeys((*listed.messages, *this.warnings, *left_out(missing)))),
    )


def _run_of(this: PubmedSearch, strategy: str, build: Build, searched_at: str) -> SearchRun:
    """A complete run without its list."""
    return SearchRun(
        source=SOURCE.id,
        role=Role.DATABASE,
        strategy=strategy,
        query=this.query,
        searched_at=searched_at,
        status=RunStatus.COMPLETE,
        endpoint=this.pages.header.endpoint,
        count_unit=SOURCE.count_unit,
        build=build.name,
        build_records=build.records,
        build_updated=build.updated,
        pages=this.pages.used,
    )


def fetch_by_pmid(
    pages: PageSource,
    pmids: Sequence[str],
    *,
    progress: Progress | None = None,
    settings: PubmedSettings = DEFAULT_SETTINGS,
) -> SearchRun:
    """A run that asks for records by their PMIDs and searches for nothing.

    A PMID that brings no record was deleted or merged into another. `pages` is finished on success.
    Raises as `search` does.
    """
    this = PubmedSearch(pages=pages, query="", settings=settings, progress=progress)
    build = this.build()
    ids = tuple(sorted(dict.fromkeys(pmids), key=int))
    received = fetch_all(this, ids)
    pages.finish()

    return replace(
        _run_of(this, RECORD_MONITOR, build, pages.used[0].retrieved_at),
        kind=RunKind.MONITOR,
        count=len(ids),
        received=len(received),
        identifiers=ids,
        missing=tuple(pmid for pmid in ids if pmid not in received),
        warnings=tuple(this.warnings),
    )


def count_once(pages: PageSource, query: str, most: int) -> Counted:
    """The count of a query and its first ids, in one request. Raises as `search` does."""
    judge = eutils.judge_list((EVERY_PHRASE,), most=most)
    page = ask_pubmed(pages, eutils.ask_list(query, most=most), judge)
    pages.finish()
    listed = eutils.read_list(page.body)
    return Counted(
        count=listed.count,
        ids=listed.ids,
        translation=listed.translation,
        warnings=listed.messages,
        is_whole=len(listed.ids) == listed.count,
    )


def uid_clause(pmids: Sequence[str]) -> str:
    """These records as a clause."""
    return f"({' OR '.join(f'{pmid}[uid]' for pmid in pmids)})"


def search_page(query: CompiledQuery) -> str:
    """PubMed's own page with the query, for a browser."""
    return f"https://pubmed.ncbi.nlm.nih.gov/?{urlencode([('term', query.text)])}"


def _fetch_whole_list(this: PubmedSearch, listed: Listed) -> tuple[Listed, set[str]]:
    """The list and which of its ids brought a record.

    Where PubMed counts more at the end than it listed, the list may not be the whole: it is made
    anew, and what is new on it is fetched. Raises NotARealAnswer where it never holds still.
    """
    received: set[str] = set()
    fetched: set[str] = set()
    for _ in range(ROUNDS):
        new = sorted(set(listed.ids) - fetched, key=int)
        received |= fetch_all(this, new)
        fetched.update(new)
        after = this.count(this.query)
        if after != listed.count:
            this.warnings.append(
                f"the count moved from {listed.count:,} to {after:,} while records were fetched"
            )
        request = eutils.ask_list(this.query, most=this.settings.cap)
        if after <= listed.count or not may_ask_again(this.pages, request):
            return listed, received & set(listed.ids)

        before = listed.count
        again, _ = list_all(this)
        if again.count == before:
            return listed, received & set(listed.ids)
        listed = again

    what = f"the count moved each of {ROUNDS} times that records were fetched"
    hint = "PubMed is being updated; run again in an hour"
    raise refused(this.pages, this.pages.used, what, where=SOURCE.label, hint=hint)


SOURCE = Source(
    id="pubmed",
    label="PubMed",
    export=Export(
        choose="Save, *PubMed* (`.nbib`)",
        advice="everything; CSV has neither abstracts nor headings",
    ),
    dialect=PUBMED,
    network=NetworkSearch(
        service=eutils.SERVICE,
        search=search,
        read=records,
        read_new=records,
        fetch_by_pmid=fetch_by_pmid,
        count_once=count_once,
        uid_clause=uid_clause,
    ),
    search_page=search_page,
    has_complete_records=True,
    states_notices=True,
)
