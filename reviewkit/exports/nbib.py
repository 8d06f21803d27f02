"""Records to MEDLINE text (.nbib), as PubMed exports it, for tools that read nothing else."""

import re
from collections.abc import Iterable, Iterator

from reviewkit.exports.extras import extras_of
from reviewkit.exports.outcome import ExportEntry, Outcome
from reviewkit.exports.values import short_name, with_comma, year_text
from reviewkit.model.records import Record, RelationKind

_PRINTED_ISSN = re.compile(r"\d{4}-\d{3}[\dX] \([A-Za-z]+\)")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_RELATIONS = {
    RelationKind.HAS_COMMENT: "CIN",
    RelationKind.COMMENT_ON: "CON",
    RelationKind.HAS_ERRATUM: "EIN",
    RelationKind.ERRATUM_OF: "EFR",
    RelationKind.RETRACTED_BY: "RIN",
    RelationKind.RETRACTION_OF: "ROF",
    RelationKind.HAS_CONCERN: "ECI",
    RelationKind.CONCERN_ABOUT: "ECF",
    RelationKind.HAS_UPDATE: "UIN",
    RelationKind.UPDATE_OF: "UOF",
}


def write_nbib(entries: Iterable[ExportEntry]) -> Iterator[str]:
    """Yield the MEDLINE text, one piece per record, unwrapped.

    The record's key is among its article identifiers.
    """
    for record, outcome in entries:
        lines = [f"{tag:<4}- {value}" for tag, value in _lines(record) if value]
        if outcome is not None:
            lines.append(_outcome_line(outcome))
        yield "\n".join(lines) + "\n\n"


def _lines(record: Record) -> Iterator[tuple[str, str | None]]:
    """Yield the record's tags and values in PubMed's order; an empty value for what it lacks."""
    yield "PMID", record.pmid
    yield from _each("IS", _issns(record))
    yield "VI", _flat(record.volume)
    yield "IP", _flat(record.issue)
    yield "DP", _medline_date(record)
    yield "TI", _flat(record.title)
    yield "PG", _flat(record.pages)
    yield "AB", _paragraphs(record.abstract)
    yield from _people(record)
    yield from _each("CN", record.collective_authors)
    yield from _each("LA", record.languages)
    yield from _each("PT", record.types)
    if len(record.published_online or "") == 10:  # PubMed knows whole days only
        yield "DEP", (record.published_online or "").replace("-", "")
    yield "TT", _flat(record.original_title)
    yield "TA", _flat(record.journal_abbreviation)
    yield "JT", _flat(record.journal)

    yield from _relations(record)
    yield from _each("MH", record.headings)
    yield from _each("OT", record.keywords)
    yield "PMC", record.pmcid
    extras = extras_of(record)
    yield from _each("PB", extras.get("publisher", ()))
    yield from _each("PL", extras.get("place", ()))
    yield from _each("FED", extras.get("editors", ()))
    if len(record.created or "") == 10 and record.created:
        yield "CRDT", f"{record.created.replace('-', '/')} 00:00"
    if record.doi:
        yield "AID", f"{_flat(record.doi)} [doi]"
    yield "AID", f"{_flat(record.key)} [reviewkit]"
    yield "OID", _flat(record.accession)
    # As AID, not LID: readers that use Bio.Medline join several LID into one.
    yield from _each("AID", (f"{link} [url]" for link in record.links))


def _relations(record: Record) -> Iterator[tuple[str, str | None]]:
    for link in record.relations:
        if link.kind in _RELATIONS:
            yield _RELATIONS[link.kind], _target(link.target)


def _issns(record: Record) -> tuple[str, ...]:
    """Return the ISSNs as PubMed prints them, with their medium; "Undetermined" is its own word."""
    printed: list[str] = _PRINTED_ISSN.findall(" ".join(record.other.get("IS", ())))
    known = " ".join(printed)
    rest = [issn for issn in record.issns if issn not in known]
    return (*printed, *(f"{issn} (Undetermined)" for issn in rest))


def _people(record: Record) -> Iterator[tuple[str, str | None]]:
    """Yield each author's full name and, for readers that pair them, the short one after it."""
    for name in record.authors:
        yield "FAU", _flat(with_comma(name))
        yield "AU", _flat(short_name(name))


def _each(tag: str, values: Iterable[str]) -> Iterator[tuple[str, str | None]]:
    for value in values:
        yield tag, _flat(value)


def _outcome_line(outcome: Outcome) -> str:
    status = f"reviewkit status: {outcome.status.value}"
    if outcome.reason:
        status += f": {outcome.reason}"
    if outcome.tags:
        status += f"; tags: {outcome.tags}"
    if outcome.study:
        status += f"; reviewkit study: {outcome.study}"
    return f"GN  - {_flat(status)}"


def _flat(value: str | None) -> str | None:
    if not value:
        return None
    return " ".join(value.split())


def _paragraphs(abstract: str | None) -> str | None:
    """Return the abstract, each further paragraph after a line of six blanks, as MEDLINE has it."""
    if not abstract:
        return None
    paragraphs = map(_flat, abstract.splitlines())
    return "\n      \n      ".join(paragraph for paragraph in paragraphs if paragraph)


def _medline_date(record: Record) -> str | None:
    """Return the date of publication as MEDLINE prints it: "2024 Oct 3"."""
    if not record.published:
        return year_text(record)

    year, month, day = f"{record.published}--".split("-")[:3]
    parts = [year]
    if month:
        parts.append(_MONTHS[int(month) - 1])
    if day:
        parts.append(str(int(day)))
    return " ".join(parts)


def _target(target: str) -> str:
    kind, _, value = target.partition(":")
    return {"pmid": f"PMID: {value}", "doi": f"doi: {value}"}.get(kind, target)
