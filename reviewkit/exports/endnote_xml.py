"""Records to EndNote XML, as EndNote writes and reads it: text in runs of style, one record a line.

Names of elements are those of EndNote's own exports.
"""

from collections.abc import Iterable, Iterator, Sequence
from xml.sax.saxutils import escape as escape_xml
from xml.sax.saxutils import quoteattr

from reviewkit.exports.extras import extras_of
from reviewkit.exports.outcome import ExportEntry, Outcome
from reviewkit.exports.ris import reference_type
from reviewkit.exports.values import in_one_cell, with_comma, year_text
from reviewkit.model.records import Record
from reviewkit.model.text import escape

_TYPES = {
    "JOUR": ("Journal Article", 17),
    "EJOUR": ("Electronic Article", 43),
    "BOOK": ("Book", 6),
    "CHAP": ("Book Section", 5),
    "CONF": ("Conference Proceedings", 10),
    "CPAPER": ("Conference Paper", 47),
    "THES": ("Thesis", 32),
    "RPRT": ("Report", 27),
    "ELEC": ("Web Page", 12),
    "DATA": ("Dataset", 59),
    "UNPB": ("Unpublished Work", 34),
}
# What XML 1.0 cannot hold.
_CONTROLS = dict.fromkeys([*(code for code in range(32) if code not in {9, 10}), 0xFFFE, 0xFFFF])


def write_endnote_xml(entries: Iterable[ExportEntry]) -> Iterator[str]:
    """Yield the XML, one piece per record. The record's key and its outcome are among the notes."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<xml><records>\n'
    for number, (record, outcome) in enumerate(entries, start=1):
        yield f"<record>{_record(record, number, outcome)}</record>\n"
    yield "</records></xml>\n"


def _record(record: Record, number: int, outcome: Outcome | None) -> str:
    name, code = _TYPES.get(reference_type(record), ("Generic", 13))
    extras = extras_of(record)
    people = [with_comma(person) for person in record.authors]
    people += [f"{group}," for group in record.collective_authors]
    contributors = _list("authors", "author", people)
    contributors += _list("secondary-authors", "author", extras.get("editors", ()))
    titles = _field("title", record.title) + _field("secondary-title", record.journal)
    titles += _field("translated-title", record.original_title)
    periodical = _field("full-title", record.journal)
    periodical += _field("abbr-1", record.journal_abbreviation)
    dates = _field("year", year_text(record))
    if record.published and len(record.published) > 4:
        dates += f"<pub-dates>{_field('date', record.published)}</pub-dates>"

    return "".join(
        (
            f"<rec-number>{number}</rec-number>",
            f"<ref-type name={quoteattr(name)}>{code}</ref-type>",
            _around("contributors", contributors),
            _field("auth-address", "\n".join(extras.get("affiliations", ()))),
            _around("titles", titles),
            _around("periodical", periodical),
            _field("pages", record.pages),
            _field("volume", record.volume),
            _field("number", record.issue),
            _field("edition", "; ".join(extras.get("edition", ()))),
            _list("keywords", "keyword", (*record.headings, *record.keywords)),
            _around("dates", dates),
            _field("pub-location", "; ".join(extras.get("place", ()))),
            _field("publisher", "; ".join(extras.get("publisher", ()))),
            _field("isbn", "\n".join(record.issns)),
            _field("accession-num", record.accession or record.pmid),
            _field("abstract", record.abstract),
            _field("notes", "\n".join(_notes(record, outcome))),
            _field("custom2", record.pmcid),
            _field("electronic-resource-num", record.doi),
            _around("urls", _list("related-urls", "url", record.links)),
            _provider(record),
            _field("language", "; ".join(record.languages)),
        )
    )


def _provider(record: Record) -> str:
    """Return what tells EndNote that the accession number is a PMID."""
    if record.pmid is None or record.accession is not None:
        return ""
    return _field("remote-database-provider", "NLM")


def _notes(record: Record, outcome: Outcome | None) -> Iterator[str]:
    yield f"reviewkit key: {record.key}"
    if record.pmid and record.accession:
        yield f"PMID: {record.pmid}"
    if record.published_online:
        yield f"published online: {record.published_online}"
    if record.created:
        yield f"entered the database: {record.created}"
    if record.types:
        yield f"types: {in_one_cell(record.types)}"
    if record.headings:
        yield f"headings: {in_one_cell(record.headings)}"
    for link in record.relations:
        yield f"{link.kind.value}: {link.target}"
    if outcome is not None:
        yield from _outcome_notes(outcome)


def _outcome_notes(outcome: Outcome) -> Iterator[str]:
    yield f"reviewkit status: {outcome.status.value}"
    for name in ("reason", "note", "tags", "reviewer", "study"):
        text = getattr(outcome, name)
        if text:
            yield f"reviewkit {name}: {text}"


def _field(name: str, text: str | None) -> str:
    if not text:
        return ""
    plain = escape_xml(escape(text.translate(_CONTROLS))).replace("\n", "&#xD;")
    return f'<{name}><style face="normal" font="default" size="100%">{plain}</style></{name}>'


def _list(name: str, item: str, texts: Sequence[str]) -> str:
    return _around(name, "".join(_field(item, text) for text in texts))


def _around(name: str, content: str) -> str:
    if not content:
        return ""
    return f"<{name}>{content}</{name}>"
