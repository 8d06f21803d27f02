"""A search of PubMed: stamp, id list, records, every id accounted for. It asks a page source and keeps no state.

Given the same pages it gives the same run: every time and count comes from them.
"""

import datetime
import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from reviewkit.cache import RawPage
from reviewkit.http import Judge, Request
from reviewkit.importers.medline import MedlineProblem, parse_medline
from reviewkit.model.errors import DamagedCache, NotARealAnswer, RemoteError
from reviewkit.model.records import PageRef, Record, Role, RunStatus, SearchRun
from reviewkit.query.compile import CompiledQuery
from reviewkit.sources import eutils
from reviewkit.sources.eutils import BATCH, CAP, EmptyAnswer, Listed
from reviewkit.sources.page_source import PageSource, Progress, ask
from reviewkit.sources.slices import CountsMoved, tile

RECORD_MONITOR = "watch"
_ROUNDS = 3  # how often a list is made anew when PubMed changes under it


@dataclass(slots=True, kw_only=True)
class _Search:
    """One search under way."""

    pages: PageSource
    query: str
    acknowledged: Collection[str]
    cap: int
    warnings: list[str] = field(default_factory=list)

    def list(self, query: str, *, most: int) -> tuple[Listed, str]:
        """A judged ESearch answer, and when it came."""
        page = _ask(
            self.pages,
            eutils.ask_list(query, most=most),
            eutils.judge_list(self.acknowledged, most=most),
        )
        return eutils.read_list(page.body), page.ref.retrieved_at

    def count(self, query: str) -> int:
        return self.list(query, most=0)[0].count


def search(
    pages: PageSource,
    *,
    query: str,
    strategy: str,
    fetch: bool = True,
    acknowledged: Collection[str] = (),
    cap: int = CAP,
    batch: int = BATCH,
    progress: Progress | None = None,
) -> SearchRun:
    """The run of `query`, sent byte for byte; with `fetch=False` the id list alone. `pages` is finished on success.

    `acknowledged` are phrases that PubMed may say it does not know; `progress` gets (records so far, records in all).
    `records` reads what was fetched. Raises NotARealAnswer, RemoteError, NotCached, and what the cache raises.
    """
    build = eutils.read_build(_ask(pages, eutils.ask_build(), eutils.judge_build).body)
    this = _Search(pages=pages, query=query, acknowledged=acknowledged, cap=cap)
    listed, searched_at = _list_all(this)
    ids = tuple(sorted(listed.ids, key=int))
    received: set[str] = set()
    if fetch:
        received = _fetch_all(this, ids, batch, progress)
        after = this.count(query)
        if after != listed.count:
            what = f"the count moved from {listed.count:,} to {after:,} while records were fetched; the list is kept"
            this.warnings.append(what)
    pages.finish()
    return SearchRun(
        source="pubmed",
        role=Role.DATABASE,
        strategy=strategy,
        query=query,
        searched_at=searched_at,
        status=RunStatus.COMPLETE,
        endpoint=pages.header.endpoint,
        count=listed.count,
        received=len(received) if fetch else None,
        identifiers=ids,
        missing=tuple(one for one in ids if one not in received) if fetch else (),
        translation=listed.translation,
        build=build.name,
        build_records=build.records,
        build_updated=build.updated,
        warnings=tuple(dict.fromkeys((*listed.messages, *this.warnings))),
        pages=pages.used,
    )


def records(
    run: SearchRun,
    pages: PageSource,
    *,
    known: Collection[str] = (),
    held: Collection[str] = (),
    on_problem: Callable[[MedlineProblem], None] | None = None,
) -> Iterator[Record]:
    """The records of a run, by PMID, read from its pages one page at a time. Raises DamagedCache.

    `known` are pages (SHA-256) that were read before, and `held` the PMIDs that came from them: what stands there word
    for word is passed over.
    """
    wanted = set(run.identifiers)
    batches = [batch for batch in _batches(run) if not all(ref.sha256 in known for ref in batch)]
    familiar = (
        _familiar(pages, set(known) - {ref.sha256 for ref in run.pages}, held)
        if batches
        else frozenset()
    )
    for batch in batches:
        held_now: dict[str, Record] = {}
        for ref in batch:
            body = pages.read(ref)
            # Of a record that came on several pages the last one stands, read before or not.
            text = parse_medline(
                _unfamiliar(body, familiar) if familiar and len(batch) == 1 else body
            )
            for record in text.records:
                if record.pmid in wanted:
                    held_now[record.pmid] = record
            for problem in text.problems:
                if on_problem:
                    on_problem(problem)
        yield from _in_order(held_now)


_NEXT_RECORD = re.compile(rb"\n\n+(?=PMID- )")
_PMID = re.compile(rb"PMID- *(\d+)[ \n]*")


def _texts(body: bytes) -> list[tuple[str, bytes]]:
    """Each record's text after its PMID; nothing where a PMID stands twice, or a text begins otherwise."""
    texts = [text.strip(b"\n") for text in _NEXT_RECORD.split(body)]
    heads = [_PMID.match(text) for text in texts]
    pmids = [head[1].decode() for head in heads if head]
    return list(zip(pmids, texts, strict=True)) if len(set(pmids)) == len(texts) else []


def _familiar(pages: PageSource, known: Iterable[str], held: Collection[str]) -> frozenset[bytes]:
    """The digests of the texts of records that were read from pages before."""
    found = set()
    for sha256 in known:
        try:
            body = pages.read(PageRef(request="", sha256=sha256, retrieved_at=""))
        except DamagedCache:
            # An old page that somebody cleared away: its records are read again, that is all.
            continue
        found |= {_digest(text) for pmid, text in _texts(body) if pmid in held}
    return frozenset(found)


def _unfamiliar(body: bytes, familiar: Collection[bytes]) -> bytes:
    """The page without the records that were read before, word for word."""
    texts = _texts(body)
    return (
        b"\n\n".join(text for _, text in texts if _digest(text) not in familiar) if texts else body
    )


def _digest(text: bytes) -> bytes:
    return hashlib.sha256(text).digest()


def _batches(run: SearchRun) -> Iterator[list[PageRef]]:
    """The pages with records, batch by batch.

    A page that asks again for what its batch lacked belongs to that batch, and its records stand.
    """
    batch: list[PageRef] = []
    highest = 0
    for ref in run.pages:
        asked = eutils.asked_records(ref.request)
        if asked is None:
            continue
        if int(asked[0]) > highest:
            if batch:
                yield batch
            batch, highest = [], int(asked[-1])
        batch.append(ref)
    if batch:
        yield batch


def fetch_by_pmid(
    pages: PageSource, pmids: Sequence[str], *, batch: int = BATCH, progress: Progress | None = None
) -> SearchRun:
    """A run that asks for records by their PMIDs and searches for nothing: "watch". `pages` is finished on success.

    A PMID that brings no record was deleted or merged into another. Raises as `search` does.
    """
    build = eutils.read_build(_ask(pages, eutils.ask_build(), eutils.judge_build).body)
    this = _Search(pages=pages, query="", acknowledged=(), cap=CAP)
    ids = tuple(sorted(dict.fromkeys(pmids), key=int))
    received = _fetch_all(this, ids, batch, progress)
    pages.finish()
    return SearchRun(
        source="pubmed",
        role=Role.DATABASE,
        strategy=RECORD_MONITOR,
        query="",
        searched_at=pages.used[0].retrieved_at,
        status=RunStatus.COMPLETE,
        endpoint=pages.header.endpoint,
        count=len(ids),
        received=len(received),
        identifiers=ids,
        missing=tuple(one for one in ids if one not in received),
        build=build.name,
        build_records=build.records,
        build_updated=build.updated,
        warnings=tuple(this.warnings),
        pages=pages.used,
    )


def search_page(query: CompiledQuery) -> str:
    """PubMed's own page with the query, for a browser."""
    return f"https://pubmed.ncbi.nlm.nih.gov/?{urlencode([('term', query.text)])}"


def _in_order(held: dict[str, Record]) -> Iterator[Record]:
    return (held[pmid] for pmid in sorted(held, key=int))


def _ask(pages: PageSource, request: Request, judge: Judge) -> RawPage:
    return ask(pages, request, judge, where="PubMed")


def _list_all(this: _Search) -> tuple[Listed, str]:
    """The whole id list, by slices of create date where PubMed does not hand it out at once."""
    told = ""
    for _ in range(_ROUNDS):
        whole, at = this.list(this.query, most=this.cap)
        if whole.count <= this.cap:
            return whole, at
        try:
            ids = _list_slices(this, whole.count)
        except CountsMoved as moved:
            told = f"the counts moved while the list was made: {moved}"
            this.warnings.append(f"{told}; it was made anew")
            continue
        return Listed(
            count=whole.count, ids=ids, translation=whole.translation, messages=whole.messages
        ), at
    raise NotARealAnswer(told, where="PubMed", hint="PubMed is being updated; run again in an hour")


def _list_slices(this: _Search, count: int) -> tuple[str, ...]:
    """Every id of a query above the cap. Slices plus what has no create date must be the whole, or CountsMoved."""
    first = datetime.date(1800, 1, 1)
    # The run's own year, not today's: a stored run is cut where it was cut when it was made.
    last = datetime.date(int(this.pages.header.started_at[:4]) + 1, 12, 31)

    def within(first: datetime.date, last: datetime.date) -> str:
        return f"({this.query}) AND {first:%Y/%m/%d}:{last:%Y/%m/%d}[crdt]"

    dated = this.count(within(first, last))
    if dated > count:
        raise CountsMoved(count, dated)
    slices = tile(
        first, last, dated, cap=this.cap, count_between=lambda a, b: this.count(within(a, b))
    )
    parts = [(within(part.first, part.last), part.count) for part in slices]
    if count - dated > this.cap:
        what = f"{count - dated:,} records have no create date to slice them by; PubMed hands out at most {this.cap:,}"
        raise RemoteError(
            what,
            where="PubMed",
            hint="narrow the query, or split it into strategies that together say the same",
        )
    if count > dated:
        parts.append((f"({this.query}) NOT {first:%Y/%m/%d}:{last:%Y/%m/%d}[crdt]", count - dated))
    ids: dict[str, None] = {}
    for query, expected in parts:
        listed, _ = this.list(query, most=this.cap)
        if listed.count != expected:
            raise CountsMoved(expected, listed.count)
        ids.update(dict.fromkeys(listed.ids))
    if len(ids) != count:
        raise CountsMoved(count, len(ids))
    return tuple(ids)


def _fetch_all(
    this: _Search, ids: Sequence[str], batch: int, progress: Progress | None
) -> set[str]:
    received: set[str] = set()
    for start in range(0, len(ids), batch):
        if progress:
            progress(start, len(ids))
        received |= _fetch_batch(this, ids[start : start + batch])
    if progress:
        progress(len(ids), len(ids))
    return received


def _fetch_batch(this: _Search, ids: Sequence[str]) -> set[str]:
    """Which of the ids brought a record. Those that did not are asked for once more before they count as missing.

    The last record that came is asked for again with them: where a page was cut off, it may be cut itself.
    """
    came = _fetch_once(this, ids)
    lacking = [one for one in ids if one not in came]
    # If all are lacking there is no doubt: only an empty set, told as one, gets here.
    if not (lacking and came):
        return came
    last = [one for one in ids if one in came][-1]
    return came | _fetch_once(this, sorted([*lacking, last], key=int))


def _fetch_once(this: _Search, ids: Sequence[str]) -> set[str]:
    none = eutils.ask_whether_none(ids)
    try:
        page = (
            None
            if this.pages.holds(none)
            else _ask(this.pages, eutils.ask_records(ids), eutils.judge_records)
        )
    except EmptyAnswer:
        page = None
    if page is None:
        # Text says nothing both of a fault and of records that are gone; XML tells them apart.
        _ask(this.pages, none, eutils.judge_none)
        return set()
    came = eutils.pmids_in(page.body)
    asked = set(ids)
    if strange := [one for one in came if one not in asked]:
        what = f"sent records that were not asked for ({', '.join(strange[:5])})"
        if len(strange) == len(came):
            raise NotARealAnswer(what, where="PubMed", hint="run again; if it stays, report it")
        this.warnings.append(f"PubMed {what}; they were left out")
    return asked & set(came)
