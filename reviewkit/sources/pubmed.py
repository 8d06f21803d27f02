"""A search of PubMed: build, id list, records, every id accounted for. It keeps no state.

Given the same pages it gives the same run: every time and count comes from them.
"""

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from reviewkit.cache import RawPage
from reviewkit.http import Judge, Request
from reviewkit.model.errors import RemoteError
from reviewkit.model.records import Role, RunKind, RunStatus, SearchRun
from reviewkit.model.text import plural
from reviewkit.query.compile import EVERY_PHRASE, CompiledQuery
from reviewkit.query.dialects.pubmed import PUBMED
from reviewkit.sources import eutils
from reviewkit.sources.base import RECORD_MONITOR, Counted, Export, NetworkSearch, Source
from reviewkit.sources.eutils import BATCH, CAP, Build, EmptyAnswer, Listed
from reviewkit.sources.medline_pages import pmids_in
from reviewkit.sources.page_source import PageSource, Progress, ask, refused
from reviewkit.sources.pubmed_records import records
from reviewkit.sources.slices import CountsMoved, tile

_ROUNDS = 3  # how often a list is made again when PubMed changes meanwhile


@dataclass(frozen=True, slots=True, kw_only=True)
class PubmedSettings:
    """How PubMed is asked: phrases that it may not know, its longest list, ids per batch."""

    acknowledged: Collection[str] = ()
    cap: int = CAP
    batch: int = BATCH


DEFAULT_SETTINGS = PubmedSettings()


@dataclass(slots=True, kw_only=True)
class _Search:
    """One search under way."""

    pages: PageSource
    query: str
    settings: PubmedSettings
    progress: Progress | None = None
    warnings: list[str] = field(default_factory=list)

    def list(self, query: str, *, most: int) -> tuple[Listed, str]:
        """A judged ESearch answer, and when it came."""
        judge = eutils.judge_list(self.settings.acknowledged, most=most)
        page = _ask(self.pages, eutils.ask_list(query, most=most), judge)

        return eutils.read_list(page.body), page.ref.retrieved_at

    def count(self, query: str) -> int:
        return self.list(query, most=0)[0].count

    def build(self) -> Build:
        """Which PubMed answers."""
        return eutils.read_build(_ask(self.pages, eutils.ask_build(), eutils.judge_build).body)


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
    this = _Search(pages=pages, query=query.text, settings=settings, progress=progress)
    build = this.build()
    listed, searched_at = _list_all(this)
    ids = tuple(sorted(listed.ids, key=int))
    received: set[str] = set(ids)
    if fetch:
        received = _fetch_all(this, ids)
        _check_count(this, listed.count)
    pages.finish()
    missing = tuple(pmid for pmid in ids if pmid not in received)

    return replace(
        _run_of(this, query.strategy, build, searched_at),
        count=listed.count,
        received=len(received) if fetch else None,
        identifiers=ids,
        missing=missing,
        translation=listed.translation,
        warnings=tuple(dict.fromkeys((*listed.messages, *this.warnings, *_left_out(missing)))),
    )


def _run_of(this: _Search, strategy: str, build: Build, searched_at: str) -> SearchRun:
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
    this = _Search(pages=pages, query="", settings=settings, progress=progress)
    build = this.build()
    ids = tuple(sorted(dict.fromkeys(pmids), key=int))
    received = _fetch_all(this, ids)
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
    page = _ask(pages, eutils.ask_list(query, most=most), judge)
    pages.finish()
    listed = eutils.read_list(page.body)
    return Counted(
        count=listed.count,
        ids=listed.ids,
        translation=listed.translation,
        warnings=listed.messages,
    )


def uid_clause(pmids: Sequence[str]) -> str:
    """These records as a clause."""
    return f"({' OR '.join(f'{pmid}[uid]' for pmid in pmids)})"


def search_page(query: CompiledQuery) -> str:
    """PubMed's own page with the query, for a browser."""
    return f"https://pubmed.ncbi.nlm.nih.gov/?{urlencode([('term', query.text)])}"


def _ask(pages: PageSource, request: Request, judge: Judge) -> RawPage:
    return ask(pages, request, judge, where=eutils.SERVICE.label)


def _check_count(this: _Search, before: int) -> None:
    """Warn where the count moved while records were fetched."""
    after = this.count(this.query)
    if after != before:
        this.warnings.append(
            f"the count moved from {before:,} to {after:,} while records were fetched; "
            "the list is kept"
        )


def _list_all(this: _Search) -> tuple[Listed, str]:
    """The whole id list, and when it was made.

    It is made by slices of create date where PubMed does not hand it out at once.
    """
    cap, message = this.settings.cap, ""
    for _ in range(_ROUNDS):
        whole, at = this.list(this.query, most=cap)
        if whole.count <= cap:
            return whole, at
        try:
            ids = _list_slices(this, whole.count)
        except CountsMoved as moved:
            message = f"the counts moved while the list was made: {moved}"
            this.warnings.append(f"{message}; it was made anew")
            continue
        listed = Listed(
            count=whole.count, ids=ids, translation=whole.translation, messages=whole.messages
        )
        return listed, at

    hint = "PubMed is being updated; run again in an hour"
    used = this.pages.used
    raise refused(this.pages, used, message, where=eutils.SERVICE.label, hint=hint)


def _list_slices(this: _Search, count: int) -> tuple[str, ...]:
    """Every id of a query above the cap.

    Slices and what has no create date must together be the whole; else raises CountsMoved.
    """
    ids: dict[str, None] = {}
    for query, expected in _parts(this, count):
        listed, _ = this.list(query, most=this.settings.cap)
        if listed.count != expected:
            raise CountsMoved(expected, listed.count)
        ids.update(dict.fromkeys(listed.ids))
    if len(ids) != count:
        raise CountsMoved(count, len(ids))

    return tuple(ids)


def _parts(this: _Search, count: int) -> list[tuple[str, int]]:
    """The queries that share a list above the cap, each with its count."""
    cap = this.settings.cap
    first = datetime.date(1800, 1, 1)
    # The run's own year, not today's: a stored run is cut where it was cut when it was made.
    last = datetime.date(int(this.pages.header.started_at[:4]) + 1, 12, 31)

    def within(first: datetime.date, last: datetime.date) -> str:
        return f"({this.query}) AND {first:%Y/%m/%d}:{last:%Y/%m/%d}[crdt]"

    dated = this.count(within(first, last))
    if dated > count:
        raise CountsMoved(count, dated)
    slices = tile(first, last, dated, cap=cap, count_between=lambda a, b: this.count(within(a, b)))
    parts = [(within(part.first, part.last), part.count) for part in slices]

    undated = count - dated
    if undated > cap:
        raise RemoteError(
            f"{undated:,} records have no create date to slice them by; "
            f"PubMed hands out at most {cap:,}",
            where=eutils.SERVICE.label,
            hint="narrow the query, or split it into strategies that together say the same",
        )
    if undated:
        parts.append((f"({this.query}) NOT {first:%Y/%m/%d}:{last:%Y/%m/%d}[crdt]", undated))

    return parts


def _fetch_all(this: _Search, ids: Sequence[str]) -> set[str]:
    received: set[str] = set()
    for start in range(0, len(ids), this.settings.batch):
        if this.progress:
            this.progress(start, len(ids))
        received |= _fetch_batch(this, ids[start : start + this.settings.batch])
    if this.progress:
        this.progress(len(ids), len(ids))

    return received


def _fetch_batch(this: _Search, ids: Sequence[str]) -> set[str]:
    """Which of the ids brought a record; the others are requested once more.

    The last record that came is asked for again with them: where a page was cut off, that record
    may be cut too.
    """
    received = _fetch_once(this, ids)
    lacking = [pmid for pmid in ids if pmid not in received]
    # If all are lacking there is no doubt: PubMed has said that the set is empty.
    if not (lacking and received):
        return received

    last = [pmid for pmid in ids if pmid in received][-1]
    received |= _fetch_once(this, sorted([*lacking, last], key=int))
    still_lacking = [pmid for pmid in ids if pmid not in received]
    if still_lacking:
        _confirm_none(this, still_lacking)

    return received


def _confirm_none(this: _Search, ids: Sequence[str]) -> None:
    """Ask in XML whether these records exist, which the text left out.

    Raises NotARealAnswer where they do; the pages that left them out are then asked for again.
    """
    request = eutils.ask_whether_none(ids)
    if this.pages.complete and not this.pages.holds(request):
        return  # a run that was stored before this was asked
    page = this.pages.get(request, judge=eutils.judge_set)
    there = eutils.pmids_in_set(page.body)
    if not there:
        return

    wanted = set(ids)
    wrong = [
        ref for ref in this.pages.used if wanted & set(eutils.asked_records(ref.request) or ())
    ]
    what = f"left out {plural(len(there), 'record')} that it has: {', '.join(there[:20])}"
    hint = "run again: these records are asked for anew; if it stays, report it"
    label = eutils.SERVICE.label
    raise refused(this.pages, [*wrong, page.ref], what, where=label, hint=hint)


def _left_out(ids: Sequence[str]) -> list[str]:
    """A warning that names the listed records that PubMed did not send."""
    if not ids:
        return []
    shown = ", ".join(ids[:50])
    if len(ids) > 50:
        shown += f", and {len(ids) - 50} more"
    return [f"{plural(len(ids), 'listed record')} did not come, asked for twice: {shown}"]


def _fetch_once(this: _Search, ids: Sequence[str]) -> set[str]:
    page = _fetch_page(this, ids)
    if page is None:
        # An empty text may be a fault, or say that the records are gone. XML tells the two apart.
        _ask(this.pages, eutils.ask_whether_none(ids), eutils.judge_none)
        return set()

    requested, received = set(ids), pmids_in(page.body)
    unrequested = [pmid for pmid in received if pmid not in requested]
    if unrequested:
        what = f"sent records that were not asked for ({', '.join(unrequested[:5])})"
        if len(unrequested) == len(received):
            hint = "run again; if it stays, report it"
            raise refused(this.pages, [page.ref], what, where=eutils.SERVICE.label, hint=hint)
        this.warnings.append(f"PubMed {what}; they were left out")

    return requested & set(received)


def _fetch_page(this: _Search, ids: Sequence[str]) -> RawPage | None:
    """The page with these records; `None` where the answer is empty, or was before."""
    if this.pages.holds(eutils.ask_whether_none(ids)):
        return None
    try:
        return _ask(this.pages, eutils.ask_records(ids), eutils.judge_records)
    except EmptyAnswer:
        return None


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
