"""The records of a PubMed run, read from its pages of MEDLINE text."""

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator

from reviewkit.importers.medline import MedlineProblem, parse_medline
from reviewkit.model.errors import DamagedCache
from reviewkit.model.records import PageRef, Record, SearchRun
from reviewkit.sources import eutils
from reviewkit.sources.page_source import PageSource

OnProblem = Callable[[MedlineProblem], None]

_NEXT_RECORD = re.compile(rb"\n\n+(?=PMID- )")
_PMID = re.compile(rb"PMID- *(\d+)[ \n]*")


def records(
    run: SearchRun,
    pages: PageSource,
    *,
    known: Collection[str] = (),
    held: Collection[str] = (),
    on_problem: OnProblem | None = None,
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
    familiar = _familiar(pages, earlier, held)
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
    on_problem: OnProblem | None,
) -> Iterator[Record]:
    """The wanted records of a batch, by PMID."""
    by_pmid: dict[str, Record] = {}
    for ref in batch:
        text = parse_medline(_without(pages.read(ref), familiar))
        for record in text.records:
            if record.pmid and record.pmid in wanted:
                by_pmid[record.pmid] = record
        for problem in text.problems:
            if on_problem:
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


def _texts(body: bytes) -> list[tuple[str, bytes]]:
    """Each record's PMID and the text of the record.

    Empty where a PMID is there twice, or a text begins otherwise.
    """
    texts = [text.strip(b"\n") for text in _NEXT_RECORD.split(body)]
    heads = [_PMID.match(text) for text in texts]
    pmids = [head[1].decode() for head in heads if head]
    if len(set(pmids)) != len(texts):
        return []

    return list(zip(pmids, texts, strict=True))


def _familiar(pages: PageSource, known: Iterable[str], held: Collection[str]) -> frozenset[bytes]:
    """The digests of the texts of records that were read from pages before."""
    digests = set()
    for sha256 in known:
        try:
            body = pages.read(PageRef(request="", sha256=sha256, retrieved_at=""))
        except DamagedCache:
            # Somebody cleared an old page away. Its records are read again, and no harm is done.
            continue
        digests |= {_digest(text) for pmid, text in _texts(body) if pmid in held}

    return frozenset(digests)


def _without(body: bytes, familiar: Collection[bytes]) -> bytes:
    """The page without the records whose text was read before, word for word."""
    if not familiar:
        return body
    texts = _texts(body)
    if not texts:
        return body

    return b"\n\n".join(text for _, text in texts if _digest(text) not in familiar)


def _digest(text: bytes) -> bytes:
    return hashlib.sha256(text).digest()
