"""Records to BibTeX in UTF-8 for BibTeX, BibLaTeX, Zotero and JabRef.

Special characters are escaped in the ways that Zotero's translator reads too. A blank line parts
two paragraphs.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from reviewkit.exports.extras import extras_of
from reviewkit.exports.outcome import ExportEntry, Outcome
from reviewkit.exports.ris import reference_type
from reviewkit.exports.values import in_one_cell, with_comma, year_text
from reviewkit.model.records import Record
from reviewkit.model.text import escape

_KINDS = {
    "JOUR": "article",
    "EJOUR": "article",
    "BOOK": "book",
    "CHAP": "incollection",
    "CONF": "inproceedings",
    "CPAPER": "inproceedings",
    "THES": "phdthesis",
    "RPRT": "techreport",
}
_JOURNAL_FIELDS = {"article": "journal"}
_SPECIAL = re.compile(r"[&%$#_{}~^\\]|\n@?")
_BRACES = re.compile(r"[{}]")
_UNSAFE_IN_LINK = re.compile(r"[{}\\\s]")
_SUFFIXES = frozenset({"jr", "jr.", "sr", "sr.", "ii", "iii", "iv", "2nd", "3rd"})
# So far from the margin no line is of another format.
_PARAGRAPH = "\n\n        "
_WRITTEN = {
    "~": r"\~{}",
    "^": r"\^{}",
    "\\": r"\textbackslash{}",
    "\n": _PARAGRAPH,
    "\n@": f"{_PARAGRAPH}{{@}}",  # no entry begins here
}
# As words: for BibTeX an escaped brace is a brace all the same, and must have its other one.
_BRACES_ALONE = {"{": r"\textbraceleft{}", "}": r"\textbraceright{}"}


def write_bibtex(entries: Iterable[ExportEntry]) -> Iterator[str]:
    """Yield the BibTeX text, one piece per entry.

    Keys are family name and year, with a number where they meet again. The field `reviewkit` holds
    the record's key, so that `importers` knows the entry again.
    """
    taken: dict[str, int] = {}
    for record, outcome in entries:
        kind = _KINDS.get(reference_type(record), "misc")
        fields = _fields(record, kind) | _outcome_fields(outcome)
        fields["reviewkit"] = _tex(record.key)
        lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
        yield f"@{kind}{{{_key(record, taken)},\n{lines}}}\n\n"


def _key(record: Record, taken: dict[str, int]) -> str:
    name = (record.authors or record.collective_authors or ("anon",))[0].split(",")[0]
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    key = f"{re.sub(r'[^A-Za-z]', '', plain).lower() or 'anon'}{record.year or 'nd'}"
    taken[key] = taken.get(key, 0) + 1
    if taken[key] == 1:
        return key

    return f"{key}-{taken[key]}"


def _fields(record: Record, kind: str) -> dict[str, str]:
    """Return the record's fields for BibTeX, by name; empty texts for what it does not say."""
    journal = _JOURNAL_FIELDS.get(kind, "booktitle")
    relations = (f"{link.kind.value}: {link.target}" for link in record.relations)

    return {
        "author": " and ".join(_people(record)),
        "title": _braced(record.title),
        "original_title": _tex(record.original_title),
        journal: _tex(record.journal),
        "shortjournal": _tex(record.journal_abbreviation),
        "year": year_text(record),
        "date": _tex(record.published),
        "epubdate": _tex(record.published_online),
        "created": _tex(record.created),
        "volume": _tex(record.volume),
        "number": _tex(record.issue),
        "pages": _tex(record.pages),
        "doi": _verbatim(record.doi),
        "pmid": _tex(record.pmid),
        "pmcid": _tex(record.pmcid),
        "accession": _tex(record.accession),
        "issn": "; ".join(record.issns),
        "language": "; ".join(record.languages),
        "type": _tex(in_one_cell(record.types)),
        "mesh": _tex(in_one_cell(record.headings)),
        "keywords": _tex(in_one_cell(record.keywords)),
        "url": " ".join(map(_verbatim, record.links)),
        "relations": _tex(in_one_cell(relations)),
        "groups": _tex(in_one_cell(record.collective_authors)),
        **_extra_fields(record),
        "abstract": _tex(record.abstract),
    }


def _outcome_fields(outcome: Outcome | None) -> dict[str, str]:
    if outcome is None:
        return {}
    return {
        "status": outcome.status.value,
        "reason": _tex(outcome.reason),
        "study": _tex(outcome.study),
        "tags": _tex(outcome.tags),
    }


def _extra_fields(record: Record) -> dict[str, str]:
    """Return publisher, place, editors and the like under the names that BibTeX has for them."""
    extras = extras_of(record)
    fields = {name: _tex("; ".join(extras.get(key, ()))) for name, key in _EXTRAS.items()}
    fields["editor"] = " and ".join(map(_person, extras.get("editors", ())))
    return fields


_EXTRAS = {
    "publisher": "publisher",
    "address": "place",
    "edition": "edition",
    "series": "series",
    "affiliation": "affiliations",
    "note": "notes",
}


def _people(record: Record) -> list[str]:
    return [*map(_person, record.authors), *map(_braced, record.collective_authors)]


def _person(name: str) -> str:
    """Return the name in BibTeX's order: "Family, Given", and "Family, Jr, Given"."""
    parts = [part.strip() for part in with_comma(name).split(",")]
    if len(parts) == 3 and parts[2].casefold() in _SUFFIXES:
        parts = [parts[0], parts[2], parts[1]]
    joined = ", ".join(parts)
    # More commas, or "and", are no person's name for BibTeX.
    if len(parts) > 3 or not all(parts) or " and " in f" {joined} ".casefold():
        return _braced(name)
    return _tex(joined)


def _verbatim(value: str | None) -> str:
    """Return a DOI or link as it is, as biblatex reads them; what would break a field is encoded.

    Its braces, backslashes and blanks become "%7B" and the like, which mean the same in a link.
    """
    return _UNSAFE_IN_LINK.sub(lambda match: quote(match[0]), value or "")


def _braced(value: str | None) -> str:
    """Return the value in braces, so that no program changes its case or takes it apart."""
    if not value:
        return ""
    return f"{{{_tex(value)}}}"


def _tex(value: str | None) -> str:
    """Return the value with TeX's special characters escaped; a line end is a paragraph."""
    text = escape(value or "")
    alone = _unpaired(text)

    def escaped(match: re.Match[str]) -> str:
        if match.start() in alone:
            return _BRACES_ALONE[match[0]]
        return _WRITTEN.get(match[0], f"\\{match[0]}")

    return _SPECIAL.sub(escaped, text)


def _unpaired(text: str) -> set[int]:
    """Return where a brace stands that has no other one."""
    opened: list[int] = []
    alone: set[int] = set()
    for brace in _BRACES.finditer(text):
        if brace[0] == "{":
            opened.append(brace.start())
        elif opened:
            opened.pop()
        else:
            alone.add(brace.start())

    return alone | set(opened)
