"""BibTeX and BibLaTeX to records, entry by entry, so that a broken entry costs only itself.

`importers.bibtex_entries` reads the entries. Cross-references and xdata are inherited, LaTeX
becomes text, and every field that a record has no name for stays in `other`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from reviewkit.importers.bibtex_entries import BibtexEntry, read_entries
from reviewkit.importers.bibtex_inherit import with_inherited
from reviewkit.importers.bibtex_text import family_first, plain_text, split_people
from reviewkit.importers.lines import Line
from reviewkit.importers.mapping import Field, FieldMap, Hint
from reviewkit.importers.names import is_group
from reviewkit.importers.normalise import iso_date, items_of_cell
from reviewkit.importers.parsed_file import ParsedItem, ParsedItems, Problem, ProblemKind
from reviewkit.importers.record_builder import build_record

# Mendeley writes no blank after it; the one in "1,2-dichloroethane" and "N,N-dimethyl" is none.
_COMMA = re.compile(r",\s+|(?<=[^\W\d_]{2}),(?=[^\W_])")


def _at_marks(value: str) -> list[str]:
    if ";" in value:
        return value.split(";")
    return _COMMA.split(value)


_FIELDS = FieldMap(
    name="bibtex",
    tags={
        Field.TITLE: ("title",),
        Field.ORIGINAL_TITLE: ("origtitle", "original_title"),
        Field.AUTHORS: ("author",),
        Field.COLLECTIVE: ("own group",),
        Field.ONLINE: ("epubdate",),
        Field.CREATED: ("created",),
        Field.JOURNAL: ("journal", "journaltitle", "booktitle", "maintitle"),
        Field.ABBREVIATION: ("abbrev_source_title", "shortjournal", "journal-iso", "journaliso"),
        Field.ISSN: ("issn", "eissn"),
        Field.YEAR: ("year",),
        Field.PUBLISHED: ("date", "year month"),
        Field.VOLUME: ("volume",),
        Field.ISSUE: ("number", "issue"),
        Field.PAGES: ("pages", "art_number", "article-number", "eid"),
        Field.DOI: ("doi",),
        Field.DOI_LINK: ("url",),
        Field.PMID: ("pmid", "pubmed_id", "pubmedid"),
        Field.PMCID: ("pmcid", "pmc"),
        Field.ACCESSION: ("unique-id", "accession_number", "accession"),
        Field.LANGUAGE: ("language", "langid"),
        Field.ABSTRACT: ("abstract",),
        Field.HEADINGS: ("keywords-plus", "mesh"),
        Field.KEYWORDS: ("author_keywords", "keywords", "keyword"),
        Field.TYPES: ("document_type", "type"),
        Field.LINKS: ("url",),
        Field.RELATIONS: ("relations",),
    },
    splits={
        "language": _at_marks,
        "author_keywords": lambda value: value.split(";"),
        "keywords": _at_marks,
        "keyword": _at_marks,
        "keywords-plus": lambda value: value.split(";"),
        "mesh": lambda value: value.split(";"),
        "issn": lambda value: re.split(r"[;,]\s*", value),
    },
    hints=(
        Hint("citation key", re.compile(r"^((?:ISI|WOS|PMID|PPR|PMC|MEDLINE):\S+)$"), Field.OWN_ID),
        Hint("citation key", re.compile(r"^(?:PMID|pmid):(\d+)$"), Field.PMID),
        Hint("url", re.compile(r"[?&]eid=(2-s2\.0-\d+)"), Field.ACCESSION),
        Hint("url", re.compile(r"[?&]pid=(S[\dX-]{10,}\w*)"), Field.ACCESSION),
        Hint("url", re.compile(r"[?&]AN=(\w+)"), Field.ACCESSION),
    ),
)  # fmt: skip
_OWN_FIELDS = replace(
    _FIELDS,
    tags={**_FIELDS.tags, Field.COLLECTIVE: ("groups",)},
    hints=(Hint("reviewkit", re.compile(r"^(\S.*)$"), Field.OWN_ID),),
    splits=dict.fromkeys(
        ("type", "mesh", "keywords", "issn", "language", "relations", "groups"), items_of_cell
    ),
    marks_groups=True,
)
_KINDS = {
    "article": "Journal Article",
    "book": "Book",
    "inbook": "Book Chapter",
    "book_section": "Book Chapter",
    "incollection": "Book Chapter",
    "inproceedings": "Conference Paper",
    "conference": "Conference Paper",
    "phdthesis": "Thesis",
    "mastersthesis": "Thesis",
    "thesis": "Thesis",
    "techreport": "Report",
    "report": "Report",
}
# Entry types of BibLaTeX that hold no work of their own.
_NO_WORK = frozenset({"set", "xdata"})
_VERBATIM = frozenset({"url", "doi", "citation key", "entry type", "reviewkit", "eprint"})
_ONCE = ("title", "year", "date", "journal", "booktitle", "doi", "abstract")
_ESCAPED_IN_LINK = re.compile(r"\\([_&%#{}$~])")


def parse_bibtex(lines: Iterable[Line], *, source: str) -> ParsedItems:
    """Yield every entry and every problem of a BibTeX text, in file order."""
    for entry in with_inherited(read_entries(lines)):
        yield from _entry_items(entry, source)


def _entry_items(entry: BibtexEntry, source: str) -> Iterator[ParsedItem]:
    for line, what in entry.problems:
        yield Problem(kind=ProblemKind.DAMAGE, line=line, what=f"in {_name(entry)}: {what}")

    if entry.kind in _NO_WORK:
        what = f"{_name(entry)} holds no work of its own; it brings no record"
        yield Problem(kind=ProblemKind.REFUSED, line=entry.line, what=what)
        return
    if not entry.fields:
        what = f"{_name(entry)} has no fields; it brings no record"
        yield Problem(kind=ProblemKind.REFUSED, line=entry.line, what=what)
        return

    for name in _ONCE:
        values = entry.fields.get(name, ())
        if len(values) > 1 and len(set(values)) > 1:
            what = f"{_name(entry)} has several values of {name}; the first one was taken"
            yield Problem(kind=ProblemKind.VALUE, line=entry.line, what=what)

    raw: dict[str, list[str]] = {"citation key": [entry.key], "entry type": [entry.kind]}
    raw |= entry.fields
    _prepare(raw)
    fields = _FIELDS
    if "reviewkit" in raw:
        fields = _OWN_FIELDS
    yield from build_record(raw, fields, source=source, line=entry.line)


def _name(entry: BibtexEntry) -> str:
    return f"@{entry.kind}{{{entry.key[:40]}}}"


def _prepare(raw: dict[str, list[str]]) -> None:
    """Put LaTeX into letters, names into a list, a year and month into one date."""
    if "reviewkit" in raw:
        _prepare_own(raw)
        return

    authors = _authors(raw.get("author", []), raw)
    for name, values in raw.items():
        if name in _VERBATIM:
            raw[name] = [_ESCAPED_IN_LINK.sub(r"\1", value.strip("{} ")) for value in values]
        elif name != "author":
            raw[name] = [plain_text(value) for value in values]

    if "author" in raw:
        raw["author"] = authors
    _join_year_and_month(raw)
    _move_values(raw)
    _add_type(raw)


def _is_month(text: str) -> bool:
    return text.isdecimal() and len(text) <= 2


def _join_year_and_month(raw: dict[str, list[str]]) -> None:
    if "month" in raw and "year" in raw:
        month = raw.pop("month")[0].strip()
        year = raw["year"][0].strip()[:4]
        date = f"{year}-{int(month):02d}" if _is_month(month) else f"{year} {month}"
        day = raw.get("day", [""])[0].strip()  # no field of BibTeX's, but often there
        if len(iso_date(f"{date}-{day}") or "") == 10 and day.isdecimal():
            date += f"-{raw.pop('day')[0].strip()}"
        raw["year month"] = [date]


def _move_values(raw: dict[str, list[str]]) -> None:
    """Move what exporters put under other names: SciELO's DOI, Scopus's index terms, a subtitle."""
    if "doi" not in raw and raw.get("crossref", [""])[0].startswith("10."):
        raw["doi"] = raw.pop("crossref")
    if "author_keywords" in raw and "keywords" in raw:  # Scopus: the other ones are its index terms
        raw["keywords-plus"] = raw.pop("keywords")
    kind = "".join(raw.get("eprinttype", raw.get("archiveprefix", []))).casefold()
    if kind in {"pubmed", "pmid"} and "pmid" not in raw and "eprint" in raw:
        raw["pmid"] = raw.pop("eprint")
    if raw.get("title") and raw.get("subtitle"):
        raw["title as printed"] = raw["title"]
        raw["title"] = [f"{raw['title'][0]}: {raw['subtitle'][0]}"]


def _add_type(raw: dict[str, list[str]]) -> None:
    """Put the type of entry into words, where no other field does."""
    kind = _KINDS.get(raw["entry type"][0].lower())
    if kind and "document_type" not in raw and "type" not in raw:
        raw["type"] = [kind]


def _prepare_own(raw: dict[str, list[str]]) -> None:
    """Undo exactly what `exports.bibtex` does."""
    authors = raw.pop("author", [])
    if raw.get("title"):
        raw["title"] = [raw["title"][0].removeprefix("{").removesuffix("}")]
    for name, values in raw.items():
        raw[name] = [_own_value(name, value) for value in values]
    if "url" in raw:
        raw["url"] = raw["url"][0].split(" ")
    for value in authors:
        for author in split_people(value):
            if author.startswith("{"):
                _add_braced(_untex(author[1:-1]), raw)
            else:
                raw.setdefault("author", []).append(family_first(_untex(author)))


def _own_value(name: str, value: str) -> str:
    if name == "editor":
        return "; ".join(map(family_first, split_people(_untex(value))))
    if name in {"url", "doi"}:  # files of versions before 0.2 have them escaped
        return _ESCAPED_IN_LINK.sub(r"\1", value)
    return _untex(value)


def _add_braced(name: str, raw: dict[str, list[str]]) -> None:
    """Add a name in braces: a group, or a person whose name BibTeX would take apart."""
    if "groups" not in raw:  # files of versions before 0.2
        raw.setdefault("own group", []).append(name)
    elif name not in items_of_cell(raw["groups"][0]):
        raw.setdefault("author", []).append(name)


def _untex(value: str) -> str:
    return _ESCAPED.sub(lambda match: _WRITTEN.get(match[0]) or match[0][1:], value)


_WRITTEN = {
    r"\~{}": "~",
    r"\^{}": "^",
    "\n\n        ": "\n",
    "{@}": "@",
    r"\textasciitilde{}": "~",  # of earlier versions, as the next one and "\\par"
    r"\textasciicircum{}": "^",
    r"\textbackslash{}": "\\",
    r"\textbraceleft{}": "{",
    r"\textbraceright{}": "}",
    r" \par ": "\n",
}
_ESCAPED = re.compile(
    r"\\text(?:asciitilde|asciicircum|backslash|braceleft|braceright)\{\}| \\par |\\[~^]\{\}"
    r"|\n\n {8}|\{@\}|\\[&%$#_{}]"
)


def _listed(value: str) -> list[str]:
    """Return the names of a list, also where other marks than "and" are between them."""
    parts = split_people(_without_outer_braces(value))
    if len(parts) == 1 and _SEMICOLONS.fullmatch(value):  # Web of Science, all databases
        return value.split(";")
    if len(parts) == 1 and value.count(",") > 1:  # SciELO: "Alpha, A.,  Beta, B."
        return re.split(r",\s{2,}", value.strip())
    return parts


_SEMICOLONS = re.compile(r"[^;{}&]+(?:;[^;{}&]+)+")


def _authors(values: list[str], raw: dict[str, list[str]]) -> list[str]:
    names: list[str] = []
    for value in values:
        for part in _listed(value):
            name = part.strip().rstrip(",")
            if name.casefold() == "others":
                raw["more authors"] = ["and others"]
            elif name.startswith("{") and name.endswith("}") and "," not in name:
                # A name in braces is a body's, not to be taken apart.
                names.append(plain_text(name) + ",")
            elif name:
                names.append(_person(name, raw))

    return names


def _without_outer_braces(value: str) -> str:
    """Return the list of names without braces around it all, as exporters write every value."""
    text = value.strip()
    if text.startswith("{") and text.endswith("}") and " and " in text:
        inner = text[1:-1]
        if "{" not in inner and "}" not in inner and all(map(_PERSON.match, inner.split(" and "))):
            return inner
    return text


# What may be a person: "Alpha, Beta" or "Beta de Alpha"; "serious institution" may not.
_PERSON = re.compile(r"\s*(?:[^,]+,|[^\W\d_a-z]\S*(?:\s+\S+)*\s+[^\W\d_a-z])")


def _person(name: str, raw: dict[str, list[str]]) -> str:
    plain = name if is_group(name) else family_first(name)
    if plain != name and "," not in name:
        raw.setdefault("author as printed", []).append(name)
    return plain_text(plain)
