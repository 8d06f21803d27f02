"""Which included works an answer holds: by number, or by the records that came with it."""

from collections.abc import Iterable, Sequence

from reviewkit.model.identifiers import doi_key, title_key
from reviewkit.model.records import Record
from reviewkit.model.words import words
from reviewkit.protocol.reported import Work
from reviewkit.sources.base import Counted

Works = frozenset[str]


def found_works(answer: Counted, works: Sequence[Work]) -> tuple[Works, Works]:
    """The works that the answer surely holds, and those that it surely does not hold.

    Nothing is said of a work where the list is not whole, where a source that lists numbers meets a
    work without one, and where a record may be the work under another title.
    """
    found, absent = _by_number(answer.ids, works)
    if answer.records is not None:
        found, absent = _by_record(answer.records, works)
    return found, absent if answer.is_whole else frozenset()


def _by_number(numbers: Iterable[str], works: Iterable[Work]) -> tuple[Works, Works]:
    listed = set(numbers)
    numbered = {work.id: work.pmid in listed for work in works if work.pmid}
    found = frozenset(work for work, is_listed in numbered.items() if is_listed)
    return found, frozenset(numbered) - found


def _by_record(records: Sequence[Record], works: Iterable[Work]) -> tuple[Works, Works]:
    found = frozenset(work.id for work in works if _holds(records, work))
    absent = frozenset(work.id for work in works if not _may_hold(records, work))
    return found, absent


def _holds(records: Iterable[Record], work: Work) -> bool:
    return any(_is(record, work) for record in records)


def _is(record: Record, work: Work) -> bool:
    if work.pmid and record.pmid == work.pmid:
        return True
    if work.doi and doi_key(record.doi) == doi_key(work.doi):
        return True
    titles = {title_key(record.title), title_key(record.original_title)}
    return title_key(work.title) in titles


def _may_hold(records: Iterable[Record], work: Work) -> bool:
    return any(_is(record, work) or _may_be(record, work) for record in records)


def _may_be(record: Record, work: Work) -> bool:
    """Whether nothing says that the record is another work: DOI, year or first author."""
    if work.doi and record.doi and doi_key(record.doi) != doi_key(work.doi):
        return False
    if work.year and record.year and abs(work.year - record.year) > 1:
        return False
    ours, theirs = _family(work.authors), _family(record.authors)

    return not (ours and theirs) or ours == theirs


def _family(authors: Sequence[str]) -> str:
    """The first word of the first author's name; empty without one."""
    return next(iter(words(authors[0])), "") if authors else ""
