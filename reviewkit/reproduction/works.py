"""Match the works that a published review includes with records. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from reviewkit.model.identifiers import doi_key, title_key
from reviewkit.model.messages import in_english
from reviewkit.model.records import Check, Record
from reviewkit.protocol.eligibility import check_record
from reviewkit.protocol.model import Protocol
from reviewkit.protocol.reported import Work
from reviewkit.query.evaluate import any_known

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

    return Match(work=work.id, record=best, by=in_english("title and year"))


def _likeness(work: Work, wanted: str, record: Record) -> float:
    if (work.pmid and record.pmid) or (work.doi and record.doi):
        return 0.0  # both have the identifier, and it did not match above
    if work.year and record.year and abs(work.year - record.year) > 1:
        return 0.0
    return fuzz.ratio(wanted, title_key(record.title))


def records_of_work(work: Work, records: Iterable[Record]) -> list[Record]:
    """Return the records of the work by title and year, and by author where both name any."""
    wanted = title_key(work.title)
    return [
        record
        for record in records
        if _likeness(work, wanted, record) >= _TITLE_RATIO and _shares_author(work, record)
    ]


def _shares_author(work: Work, record: Record) -> bool:
    printed, found = _family_names(work.authors), _family_names(record.authors)
    return not printed or not found or bool(printed & found)


def _family_names(authors: Sequence[str]) -> frozenset[str]:
    first_words = (name.split()[0] for name in authors if name.split())
    return frozenset(word.strip(",").casefold() for word in first_words)


def checks_of_work(protocol: Protocol, key: str, records: Sequence[Record]) -> tuple[Check, ...]:
    """Return what the records of a work show together on each criterion that a machine checks."""
    by_criterion: dict[str, list[Check]] = {}
    for record in records:
        for check in check_record(protocol, record):
            by_criterion.setdefault(check.criterion, []).append(check)

    return tuple(_joint(key, checks) for checks in by_criterion.values())


def _joint(key: str, checks: Sequence[Check]) -> Check:
    answer = any_known(check.answer for check in checks)
    evidence = next(check.evidence for check in checks if check.answer is answer)
    return replace(checks[0], record=key, answer=answer, evidence=evidence)


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
