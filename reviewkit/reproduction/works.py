"""Match the works that a published review includes with records. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from reviewkit.model.identifiers import doi_key, title_key
from reviewkit.model.records import Record
from reviewkit.protocol.model import Work

# Below this, titles of different works look alike. Dashes, case and markup are removed before.
_TITLE_RATIO = 95.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The record of a work, and what it was recognised by: "PMID", "DOI" or "title and year"."""

    work: str
    record: str
    by: str


def match_works(works: Sequence[Work], records: Iterable[Record]) -> dict[str, Match]:
    """Return the Match of each work that has a record, by work id.

    Identifiers come first, and a title never overrules one. A record is matched with one work only.
    """
    free = sorted(records, key=lambda record: record.key)
    matches: dict[str, Match] = {}
    for find in (_by_identifier, _by_title):
        for work in works:
            match = None if work.id in matches else find(work, free)
            if match:
                matches[work.id] = match
                free = [record for record in free if record.key != match.record]

    return matches


def led_matches(
    works: Sequence[Work], records: Iterable[Record], leads: Mapping[str, str]
) -> dict[str, Match]:
    """Return the Match of each work with the lead record of its copies, by work id.

    A work whose lead record is not among these records is left out.
    """
    known = {record.key: record for record in records}
    led = {
        name: Match(work=name, record=leads.get(match.record, match.record), by=match.by)
        for name, match in match_works(works, known.values()).items()
    }
    return {name: match for name, match in led.items() if match.record in known}


def _by_identifier(work: Work, records: Sequence[Record]) -> Match | None:
    for record in records:
        if work.pmid and record.pmid == work.pmid:
            return Match(work=work.id, record=record.key, by="PMID")

    for record in records:
        if work.doi and record.doi and doi_key(record.doi) == doi_key(work.doi):
            return Match(work=work.id, record=record.key, by="DOI")

    return None


def _by_title(work: Work, records: Sequence[Record]) -> Match | None:
    """Return the record with the most similar title, if it is similar enough;
    of equals the first.
    """
    wanted = title_key(work.title)
    scores = {record.key: _likeness(work, wanted, record) for record in records}
    best = max(scores, key=scores.__getitem__, default=None)
    if best is None or scores[best] < _TITLE_RATIO:
        return None
    return Match(work=work.id, record=best, by="title and year")


def _likeness(work: Work, wanted: str, record: Record) -> float:
    if (work.pmid and record.pmid) or (work.doi and record.doi):
        return 0.0  # both have the identifier, and it did not match above
    if work.year and record.year and abs(work.year - record.year) > 1:
        return 0.0
    return fuzz.ratio(wanted, title_key(record.title))


def work_as_record(work: Work) -> Record:
    """Return a reported work as a record of its own source, for works that no search returns."""
    return Record(
        source="reported",
        source_id=work.id,
        title=work.title,
        authors=work.authors,
        journal=work.journal,
        year=work.year,
        volume=work.volume,
        issue=work.issue,
        pages=work.pages,
        doi=work.doi,
        pmid=work.pmid,
        pmcid=work.pmcid,
    )
