"""Records to CSL-JSON (Zotero, Pandoc, citeproc), and to JSON lines with every field."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from reviewkit.exports.extras import extras_of
from reviewkit.exports.outcome import ExportEntry, Outcome
from reviewkit.exports.ris import reference_type
from reviewkit.exports.values import name_parts, year_text
from reviewkit.model.records import Record
from reviewkit.model.text import escape, to_json

_TYPES = {
    "JOUR": "article-journal",
    "EJOUR": "article-journal",
    "BOOK": "book",
    "CHAP": "chapter",
    "CONF": "paper-conference",
    "CPAPER": "paper-conference",
    "THES": "thesis",
    "RPRT": "report",
    "ELEC": "webpage",
    "DATA": "dataset",
    "UNPB": "manuscript",
    "NEWS": "article-newspaper",
    "MGZN": "article-magazine",
}


def write_csl_json(entries: Iterable[ExportEntry]) -> Iterator[str]:
    """Yield a CSL-JSON array, one piece per record. What CSL has no name for is under "custom"."""
    yield "["
    separator = ""
    for record, outcome in entries:
        item = to_json(_item(record, outcome))
        yield f"{separator}\n{item}"
        separator = ","

    yield "\n]\n"


def write_jsonl(entries: Iterable[ExportEntry]) -> Iterator[str]:
    """Yield one JSON object per line: every filled field of the record, and the outcome."""
    for record, outcome in entries:
        values = asdict(record).items()
        item = {name: value for name, value in values if value not in (None, (), {})}
        item["reviewkit_key"] = record.key

        if outcome is not None:
            stated = asdict(outcome).items()
            item["outcome"] = {name: value for name, value in stated if value is not None}
        yield to_json(item, sort_keys=True) + "\n"


def _item(record: Record, outcome: Outcome | None) -> dict[str, Any]:
    authors: list[dict[str, str]] = [_author(name) for name in record.authors]
    authors += [{"literal": escape(group)} for group in record.collective_authors]
    extras = extras_of(record)
    values: dict[str, Any] = {
        "id": record.key,
        "type": _TYPES.get(reference_type(record), "document"),
        "title": record.title,
        "original-title": record.original_title,
        "author": authors,
        "container-title": record.journal,
        "container-title-short": record.journal_abbreviation,
        "issued": _date(record.published or year_text(record)),
        "available-date": _date(record.published_online),
        "volume": record.volume,
        "issue": record.issue,
        "page": record.pages,
        "DOI": record.doi,
        "PMID": record.pmid,
        "PMCID": record.pmcid,
        "ISSN": ", ".join(record.issns),
        "URL": next(iter(record.links), None),
        "language": ", ".join(record.languages),
        "abstract": record.abstract,
        "keyword": ", ".join(record.keywords),
        "archive_location": record.accession,
        "publisher": "; ".join(extras.get("publisher", ())),
        "publisher-place": "; ".join(extras.get("place", ())),
        "editor": [_author(name) for name in extras.get("editors", ())],
        "edition": "; ".join(extras.get("edition", ())),
        "collection-title": "; ".join(extras.get("series", ())),
        "custom": _custom(record, outcome),
    }

    return {name: _escaped(value) for name, value in values.items() if value}


def _escaped(value: Any) -> Any:
    if isinstance(value, str):
        return escape(value)
    return value


def _author(name: str) -> dict[str, str]:
    family, given, suffix = name_parts(name)
    parts = {"family": family, "given": given, "suffix": suffix}
    return {part: escape(value) for part, value in parts.items() if value}


def _custom(record: Record, outcome: Outcome | None) -> dict[str, Any]:
    values: dict[str, Any] = {
        "reviewkit": record.key,
        "types": [escape(kind) for kind in record.types],
        "headings": [escape(term) for term in record.headings],
        "keywords": [escape(term) for term in record.keywords],
        "links": [escape(link) for link in record.links],
        "relations": [f"{link.kind.value}: {link.target}" for link in record.relations],
        "created": record.created,
    }
    if outcome is not None:
        values |= {
            "status": outcome.status.value,
            "reason": outcome.reason,
            "reviewer": outcome.reviewer,
            "tags": outcome.tags,
        }

    return {name: value for name, value in values.items() if value}


def _date(iso: str | None) -> dict[str, list[list[int]]] | None:
    if not iso:
        return None
    return {"date-parts": [[int(part) for part in iso.split("-")]]}
