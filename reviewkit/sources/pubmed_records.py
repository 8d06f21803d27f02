"""The records of a PubMed run, read from its pages of MEDLINE text."""

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import chain

from reviewkit.importers.medline import parse_medline
from reviewkit.importers.parsed_file import Problem, ProblemKind
from reviewkit.model.errors import DamagedCache
from reviewkit.model.records import PageRef, Record, SearchRun
from reviewkit.sources import eutils
from reviewkit.sources.medline_pages import is_utf8, pmids_in
from reviewkit.sources.page_source import PageSource

_NEXT_RECORD = re.compile(rb"(?<!\n)\n\n++(?=PMID- )")
_PMID = re.compile(rb"PMID- *(\d+)[ \n]*")


def records(
    run: SearchRun,
    pages: PageSource,
    *,
    known: Collection[str] = (),
    held: Collection[str] = (),
    on_problem: Callable[[Problem], None] | None = None,
) -> Iterator[Record]:
    """The records of a run, by PMID, read from its pages one page at a time. Raises DamagedCache.

    `known` are pages (SHA-256) that were read before, and `held` the PMIDs that came from them. A
    record that is there word for word is left out.
    """
    wanted = set(run.identifiers)
    batches = [batch for batch in _batches(run) if not _is_known(batch, known)]
    if not batches:
        return

    earlier = set(known) - {ref.sha256 for ref in run.pages}
    familiar = familiar_texts(pages, earlier, held)
    for batch in batches:
        # Only a batch of one page may be shortened: of a record on several pages the last copy
        # counts.
        texts_to_skip = familiar if len(batch) == 1 else frozenset()
        yield from _read_batch(pages, batch, texts_to_skip, wanted, on_problem)


def _is_known(batch: Iterable[PageRef], known: Collection[str]) -> bool:
    return all(ref.sha256 in known for ref in batch)


def _read_batch(
    pages: PageSource,
    batch: Iterable[PageRef],
    familiar: Collection[bytes],
    wanted: Collection[str],
    on_problem: Callable[[Problem], None] | None,
) -> Iterator[Record]:
    """The wanted records of a batch, by PMID."""
    by_pmid: dict[str, Record] = {}
    undecodable: dict[str, list[Problem]] = {}
    problems: list[Problem] = []
    for ref in batch:
        body = _without(pages.read(ref), familiar)
        undecodable |= _undecodable_records(body)
        text = parse_medline(body)
        by_pmid |= {record.source_id: record for record in text.records if record.pmid in wanted}
        problems += [
            Problem(kind=ProblemKind.VALUE, line=found.line, what=found.what)
            for found in text.problems
        ]

    # Of a record on several pages the last copy counts, and so do its problems.
    if on_problem:
        for problem in (*problems, *chain.from_iterable(undecodable.values())):
            on_problem(problem)
    return (by_pmid[pmid] for pmid in sorted(by_pmid, key=int))


def _batches(run: SearchRun) -> Iterator[list[PageRef]]:
    """The pages with records, batch by batch.

    A page that asks again for what its batch lacked belongs to that batch, and its records count.
    """
    batch: list[PageRef] = []
    highest = 0
    for ref in run.pages:
        pmids = eutils.asked_records(ref.request)
        if pmids is None:
            continue
        if int(pmids[0]) > highest:
            if batch:
                yield batch
            batch, highest = [], int(pmids[-1])
        batch.append(ref)

    if batch:
        yield batch


def _undecodable_records(body: bytes) -> dict[str, list[Problem]]:
    """By PMID the problem of each line that is not UTF-8; an empty list for a record without."""
    if is_utf8(body):
        return {pmid: [] for pmid in pmids_in(body)}
    return {
        pmid: [
            Problem(
                kind=ProblemKind.DAMAGE,
                line=line,
                what=f"of PMID {pmid} is not UTF-8; read as Windows-1252",
            )
            for line in undecodable_lines(text)
        ]
        for pmid, text in texts_of(body)
    }


def undecodable_lines(text: bytes) -> list[int]:
    """The numbers (from 1) of the lines that are not UTF-8."""
    if is_utf8(text):
        return []
    lines = enumerate(text.split(b"\n"), start=1)
    return [number for number, line in lines if not is_utf8(line)]


def texts_of(body: bytes) -> list[tuple[str, bytes]]:
    """Each record's PMID and the text of the record.

    Empty where a PMID is there twice, or a text begins otherwise.
    """
    texts = [text.strip(b"\n") for text in _NEXT_RECORD.split(body)]
    heads = [_PMID.match(text) for text in texts]
    pmids = [head[1].decode() for head in heads if head]
    if len(set(pmids)) != len(texts):
        return []

    return list(zip(pmids, texts, strict=True))


def familiar_texts(
    pages: PageSource, known: Iterable[str], held: Collection[str]
) -> frozenset[bytes]:
    """The digests of the texts of records that were read from pages before."""
    digests = set()
    for sha256 in known:
        try:
            body = pages.read(PageRef(request="", sha256=sha256, retrieved_at=""))
        except DamagedCache:
            # Somebody cleared an old page away. Its records are read again, and no harm is done.
            continue
        digests |= {digest_of(text) for pmid, text in texts_of(body) if pmid in held}

    return frozenset(digests)


def _without(body: bytes, familiar: Collection[bytes]) -> bytes:
    """The page without the records whose text was read before, word for word."""
    if not familiar:
        return body
    texts = texts_of(body)
    if not texts:
        return body

    return b"\n\n".join(text for _, text in texts if digest_of(text) not in familiar)


def digest_of(text: bytes) -> bytes:
    return hashlib.sha256(text).digest()
