"""Records to BibTeX in UTF-8 for BibTeX, BibLaTeX, Zotero, JabRef. Special characters are escaped, one field a line."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from reviewkit.exports.outcome import NO_OUTCOMES, Outcome, Outcomes
from reviewkit.exports.ris import reference_type
from reviewkit.exports.values import in_one_cell, with_comma
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
_SPECIAL = re.compile(r"[&%$#_{}~^\\\n]")
_WRITTEN = {
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "\\": r"\textbackslash{}",
    "\n": r" \par ",
}


def write_bibtex(records: Iterable[Record], outcomes: Outcomes = NO_OUTCOMES) -> Iterator[str]:
    """The BibTeX text, one piece per entry. Keys are family name and year, with a letter where they meet again.

    The field `reviewkit` holds the record's key, so that `sources.files` knows the entry again.
    """
    taken: dict[str, int] = {}
    for record in records:
        kind = _KINDS.get(reference_type(record), "misc")
        lines = "".join(
            f"  {name} = {{{value}}},\n"
            for name, value in _fields(record, kind, outcomes.get(record.key))
        )
        yield f"@{kind}{{{_key(record, taken)},\n{lines}}}\n\n"


def _key(record: Record, taken: dict[str, int]) -> str:
    name = (record.authors or record.collective_authors or ("anon",))[0].split(",")[0]
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    key = f"{re.sub(r'[^A-Za-z]', '', plain).lower() or 'anon'}{record.year or 'nd'}"
    taken[key] = taken.get(key, 0) + 1
    return key if taken[key] == 1 else f"{key}-{taken[key]}"


def _fields(record: Record, kind: str, outcome: Outcome | None) -> Iterator[tuple[str, str]]:
    people = [_tex(with_comma(name)) for name in record.authors]
    people += [f"{{{_tex(group)}}}" for group in record.collective_authors]
    values = (
        ("author", " and ".join(people)),
        ("title", f"{{{_tex(record.title)}}}" if record.title else ""),
        ("original_title", _tex(record.original_title)),
        ("journal" if kind == "article" else "booktitle", _tex(record.journal)),
        ("shortjournal", _tex(record.journal_abbreviation)),
        ("year", str(record.year) if record.year is not None else ""),
        ("date", record.published or ""),
        ("epubdate", record.published_online or ""),
        ("created", record.created or ""),
        ("volume", _tex(record.volume)),
        ("number", _tex(record.issue)),
        ("pages", _tex(record.pages)),
        ("doi", _tex(record.doi)),
        ("pmid", _tex(record.pmid)),
        ("pmcid", _tex(record.pmcid)),
        ("accession", _tex(record.accession)),
        ("issn", "; ".join(record.issns)),
        ("language", "; ".join(record.languages)),
        ("type", _tex(in_one_cell(record.types))),
        ("mesh", _tex(in_one_cell(record.headings))),
        ("keywords", _tex(in_one_cell(record.keywords))),
        ("url", " ".join(_tex(link) for link in record.links)),
        (
            "relations",
            _tex(in_one_cell(f"{link.kind.value}: {link.target}" for link in record.relations)),
        ),
        ("abstract", _tex(record.abstract)),
        ("status", outcome.status.value if outcome else ""),
        ("reason", _tex(outcome.reason) if outcome else ""),
        ("reviewkit", _tex(record.key)),
    )
    return ((name, value) for name, value in values if value)


def _tex(value: str | None) -> str:
    """The value with what TeX would take for a command escaped; a line end is a paragraph."""
    return _SPECIAL.sub(lambda found: _WRITTEN.get(found[0], f"\\{found[0]}"), escape(value or ""))
