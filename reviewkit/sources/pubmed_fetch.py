"""The records of a PubMed list, batch by batch: every id accounted for, every record whole.

A record is in doubt where its page does not end with a line's end, where its text is not UTF-8, or
where it lacks what the stored record has. It is then asked for alone, until two answers agree or
one leaves no doubt.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from reviewkit.cache import RawPage
from reviewkit.importers.medline import parse_medline
from reviewkit.model.errors import CutOff, NotARealAnswer
from reviewkit.model.text import plural
from reviewkit.sources import eutils
from reviewkit.sources.eutils import EmptyAnswer
from reviewkit.sources.medline_pages import pmids_in
from reviewkit.sources.page_sizes import smaller
from reviewkit.sources.page_source import PageSource, refused
from reviewkit.sources.pubmed_listing import PubmedSearch, ask_pubmed
from reviewkit.sources.pubmed_records import (
    digest_of,
    familiar_texts,
    texts_of,
    undecodable_lines,
)

_FARTHEST = 16  # batches that may be in flight
_ANSWERS = 4  # how many further answers about one record are compared


def fetch_all(this: PubmedSearch, ids: Sequence[str]) -> set[str]:
    """The ids that brought a record. Batches get smaller where the answers do not come whole."""
    this.is_worse = _judge_of_records(this.pages)
    received: set[str] = set()
    start, size = 0, this.settings.batch
    while start < len(ids):
        if this.progress:
            this.progress(start, len(ids))
        size = _stored_size(this, ids[start:], size)
        batch = ids[start : start + size]
        _expect(this, ids[start:], size)

        try:
            page = _fetch_page(this, batch)
        except CutOff:
            following = smaller(len(batch))
            if following is None:
                raise
            size = following
            continue

        received |= _fetch_batch(this, batch, page)
        start += size
    if this.progress:
        this.progress(len(ids), len(ids))

    return received


def _expect(this: PubmedSearch, ids: Sequence[str], size: int) -> None:
    """Ask for the next batches before the answer to the first of them has come."""
    starts = range(0, min(len(ids), size * _FARTHEST), size)
    requests = [eutils.ask_records(ids[at : at + size]) for at in starts]
    this.pages.expect(requests, judge=eutils.judge_records)


def left_out(ids: Sequence[str]) -> list[str]:
    """A warning that names the listed records that PubMed did not send."""
    if not ids:
        return []
    shown = ", ".join(ids[:50])
    if len(ids) > 50:
        shown += f", and {len(ids) - 50} more"
    return [f"{plural(len(ids), 'listed record')} did not come, asked for twice: {shown}"]


def _stored_size(this: PubmedSearch, ids: Sequence[str], size: int) -> int:
    """The size of the batch that the run holds here; `size` where it holds none."""
    tried = size
    while tried:
        batch = ids[:tried]
        requests = (eutils.ask_records(batch), eutils.ask_whether_none(batch))
        if any(this.pages.holds(request) for request in requests):
            return tried
        tried = min(tried, len(ids)) // 4

    return size


def _fetch_batch(this: PubmedSearch, ids: Sequence[str], page: RawPage | None) -> set[str]:
    """Which of the ids brought a record; the others are requested once more.

    The last record that came is asked for again with them: where a page was cut off, that record
    may be cut too.
    """
    received = _received(this, ids, page)
    lacking = [pmid for pmid in ids if pmid not in received]
    # If all are lacking there is no doubt: PubMed has said that the set is empty.
    if not (lacking and received):
        return received

    last = [pmid for pmid in ids if pmid in received][-1]
    again = sorted([*lacking, last], key=int)
    received |= _received(this, again, _fetch_page(this, again))
    still_lacking = [pmid for pmid in ids if pmid not in received]
    if still_lacking:
        _confirm_none(this, still_lacking)

    return received


def _received(this: PubmedSearch, ids: Sequence[str], page: RawPage | None) -> set[str]:
    """Which of the requested ids the page brought, once none of its records is in doubt."""
    if page is None:
        # An empty text may be a fault, or say that the records are gone. XML tells the two apart.
        ask_pubmed(this.pages, eutils.ask_whether_none(ids), eutils.judge_none)
        return set()

    requested, received = set(ids), pmids_in(page.body)
    unrequested = [pmid for pmid in received if pmid not in requested]
    if unrequested:
        what = f"sent records that were not asked for ({', '.join(unrequested[:5])})"
        if len(unrequested) == len(received):
            hint = "run again; if it stays, report it"
            raise refused(this.pages, [page.ref], what, where=eutils.SERVICE.label, hint=hint)
        this.warnings.append(f"PubMed {what}; they were left out")
    _settle_doubts(this, requested, page)

    return requested & set(received)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Copy:
    """What one answer gives of a record. `in_doubt`: it may not be the whole record."""

    pmid: str
    text: bytes
    in_doubt: bool


def _settle_doubts(this: PubmedSearch, requested: set[str], page: RawPage) -> None:
    """Ask alone for each record of a page that is in doubt. Raises NotARealAnswer."""
    for copy in _copies(this, page.body):
        if copy.pmid in requested:
            _settle(this, copy)


def _settle(this: PubmedSearch, copy: _Copy) -> None:
    """Ask for a record until it is not in doubt. Raises NotARealAnswer where it stays so."""
    request, before = eutils.ask_records([copy.pmid]), copy

    for _ in range(_ANSWERS):
        if not this.pages.holds(request) and (not copy.in_doubt or this.pages.complete):
            return
        page = _fetch_page(this, [copy.pmid])
        if page is None:
            break
        before, copy = copy, _copy_of(this, copy.pmid, page.body)
        if copy.text == before.text:
            copy = replace(copy, in_doubt=False)

    if copy.in_doubt:
        raise _not_whole(this, copy.pmid)


def _copy_of(this: PubmedSearch, pmid: str, body: bytes) -> _Copy:
    """The record in an answer about it alone; an empty one where another record came."""
    copies = [copy for copy in _copies(this, body) if copy.pmid == pmid]
    return copies[-1] if copies else _Copy(pmid=pmid, text=b"", in_doubt=True)


def _not_whole(this: PubmedSearch, pmid: str) -> NotARealAnswer:
    """The error of a record whose answers differ; all of them are asked for again."""
    wrong = [ref for ref in this.pages.used if pmid in (eutils.asked_records(ref.request) or ())]
    what = f"sent record {pmid} in several forms, each with less than is known of it"
    hint = "run again: it is asked for anew; nothing was changed"
    return refused(this.pages, wrong, what, where=eutils.SERVICE.label, hint=hint)


def _judge_of_records(pages: PageSource) -> Callable[[str, bytes], bool]:
    """Whether a record's text lacks what the stored record has. A text that is stored does not."""
    earlier = pages.earlier
    if earlier is None:
        return lambda pmid, text: False

    familiar = familiar_texts(pages, earlier.pages, earlier.names)

    def is_worse(pmid: str, text: bytes) -> bool:
        if pmid not in earlier.names or digest_of(text) in familiar:
            return False
        return any(earlier.lost(record) for record in parse_medline(text).records)

    return is_worse


def _copies(this: PubmedSearch, body: bytes) -> Iterator[_Copy]:
    """Each record of a page. Only the last one may be cut: a line's end is its mark."""
    texts = texts_of(body)

    for number, (pmid, text) in enumerate(texts, start=1):
        is_cut = number == len(texts) and not body.endswith(b"\n")
        in_doubt = is_cut or undecodable_lines(text) != [] or this.is_worse(pmid, text)
        yield _Copy(pmid=pmid, text=text, in_doubt=in_doubt)


def _confirm_none(this: PubmedSearch, ids: Sequence[str]) -> None:
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


def _fetch_page(this: PubmedSearch, ids: Sequence[str]) -> RawPage | None:
    """The page with these records; `None` where the answer is empty, or was before."""
    if this.pages.holds(eutils.ask_whether_none(ids)):
        return None
    try:
        return ask_pubmed(this.pages, eutils.ask_records(ids), eutils.judge_records)
    except EmptyAnswer:
        return None
