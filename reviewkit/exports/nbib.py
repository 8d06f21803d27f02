"""Records to MEDLINE text (.nbib), as PubMed exports it, for tools that read nothing else."""

from collections.abc import Iterable, Iterator

from reviewkit.exports.outcome import NO_OUTCOMES, Outcome, Outcomes
from reviewkit.model.records import Record, RelationKind

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


def write_nbib(records: Iterable[Record], outcomes: Outcomes = NO_OUTCOMES) -> Iterator[str]:
    """The MEDLINE text, one piece per record, unwrapped. The record's key stands as an article identifier."""
    for record in records:
        lines = (
            f"{tag:<4}- {value}" for tag, value in _lines(record, outcomes.get(record.key)) if value
        )
        yield "\n".join(lines) + "\n\n"


def _lines(record: Record, outcome: Outcome | None) -> Iterator[tuple[str, str | None]]:
    yield "PMID", record.pmid
    yield from (("IS", issn) for issn in record.issns)
    yield "VI", _flat(record.volume)
    yield "IP", _flat(record.issue)
    yield "DP", _medline_date(record)
    yield "TI", _flat(record.title)
    yield "PG", _flat(record.pages)
    yield "AB", _paragraphs(record.abstract)
    yield from (("FAU", _flat(name)) for name in record.authors)
    yield from (("CN", _flat(group)) for group in record.collective_authors)
    yield from (("LA", code) for code in record.languages)
    yield from (("PT", _flat(kind)) for kind in record.types)
    yield "DEP", (record.published_online or "").replace("-", "")
    yield "TT", _flat(record.original_title)
    yield "TA", _flat(record.journal_abbreviation)
    yield "JT", _flat(record.journal)
    yield from (
        (_RELATIONS[link.kind], _target(link.target))
        for link in record.relations
        if link.kind in _RELATIONS
    )
    yield from (("MH", _flat(term)) for term in record.headings)
    yield from (("OT", _flat(term)) for term in record.keywords)
    yield "PMC", record.pmcid
    yield "CRDT", f"{record.created.replace('-', '/')} 00:00" if record.created else None
    yield "AID", f"{_flat(record.doi)} [doi]" if record.doi else None
    yield "AID", f"{_flat(record.key)} [reviewkit]"
    yield "OID", _flat(record.accession)
    # As AID, not LID: readers built on Bio.Medline join several LID into one.
    yield from (("AID", _flat(link)) for link in record.links)
    if outcome is not None:
        reason = f": {outcome.reason}" if outcome.reason else ""
        yield "GN", _flat(f"reviewkit status: {outcome.status.value}{reason}")


def _flat(value: str | None) -> str | None:
    return " ".join(value.split()) if value else None


def _paragraphs(abstract: str | None) -> str | None:
    """The abstract with each further paragraph after a line of six blanks, as MEDLINE text may have it."""
    if not abstract:
        return None
    return "\n      \n      ".join(line for part in abstract.splitlines() if (line := _flat(part)))


def _medline_date(record: Record) -> str | None:
    if not record.published:
        return str(record.year) if record.year is not None else None
    year, month, day = f"{record.published}--".split("-")[:3]
    said = (year, _MONTHS[int(month) - 1] if month else "", str(int(day)) if day else "")
    return " ".join(part for part in said if part)


def _target(target: str) -> str:
    kind, _, value = target.partition(":")
    return {"pmid": f"PMID: {value}", "doi": f"doi: {value}"}.get(kind, target)
