"""BibTeX and BibLaTeX to records, entry by entry, so that a broken entry costs only itself.

bibtexparser 2 reads. A block that fails is a problem with its line. An entry with a key met before
is kept. LaTeX accents become letters.
"""

import logging
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from bibtexparser.entrypoint import parse_string
from bibtexparser.library import Library
from bibtexparser.middlewares.enclosing import RemoveEnclosingMiddleware
from bibtexparser.middlewares.names import (
    InvalidNameError,
    parse_single_name_into_parts,
    split_multiple_persons_names,
)
from bibtexparser.model import Entry as Block
from bibtexparser.model import ParsingFailedBlock, String
from pylatexenc.latex2text import LatexNodes2Text  # type: ignore[import-untyped]  # ships no types
from pylatexenc.latexwalker import (  # type: ignore[import-untyped]  # ships no types
    LatexWalkerError,
)

from reviewkit.importers.lines import Line
from reviewkit.importers.mapping import Field, FieldMap, Hint
from reviewkit.importers.names import is_group
from reviewkit.importers.normalise import items_of_cell
from reviewkit.importers.parsed_file import ParsedItem, ParsedItems, Problem, ProblemKind
from reviewkit.importers.record_builder import build_record

# What these log comes back as a failed block or as the text itself; a user need not see it.
for _name in ("bibtexparser", "pylatexenc"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)

_START = re.compile(r"^\s*@\s*[A-Za-z]+\s*[{(]")
_MACRO = re.compile(r"[A-Za-z][\w:.+/'-]*")
_LATEX = re.compile(r"\\|[{}]|~|--|\$")


def _at_marks(value: str) -> list[str]:
    if ";" in value:
        return re.split(r"\s*;\s*", value)
    return re.split(r"\s*,\s+", value)


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
    hints=(Hint("reviewkit", re.compile(r"^(\S.*)$"), Field.OWN_ID),),
    splits=dict.fromkeys(
        ("type", "mesh", "keywords", "issn", "language", "relations"), items_of_cell
    ),
    marks_groups=True,
)
_KINDS = {
    "article": "Journal Article",
    "book": "Book",
    "inbook": "Book Chapter",
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


def parse_bibtex(lines: Iterable[Line], *, source: str) -> ParsedItems:
    """Yield every entry and every problem of a BibTeX text, in file order."""
    macros: dict[str, str] = {}
    decode = LatexNodes2Text(math_mode="verbatim", keep_comments=True).latex_to_text
    for start, text in _blocks(lines):
        library = parse_string(text, parse_stack=[RemoveEnclosingMiddleware()])
        yield from _block_items(library, start, text, macros, source, decode)


def _blocks(lines: Iterable[Line]) -> Iterator[tuple[int, str]]:
    """Yield the text of each entry with its first line.

    An entry goes from one "@type{" at the start of a line to the next.
    """
    start, entry_lines = 1, list[str]()
    for number, line in lines:
        line = line.removeprefix("\ufeff")  # noqa: PLW2901  the mark of a joined file
        if _START.match(line) and entry_lines:
            yield start, "\n".join(entry_lines)
            start, entry_lines = number, []
        elif not entry_lines:
            start = number
        entry_lines.append(line)

    if entry_lines:
        yield start, "\n".join(entry_lines)


def _block_items(
    library: Library,
    start: int,
    text: str,
    macros: dict[str, str],
    source: str,
    decode: Callable[[str], str],
) -> Iterator[ParsedItem]:
    for block in library.blocks:
        line = start + (block.start_line or 0)
        if isinstance(block, String):
            macros[block.key.lower()] = str(block.value)
        elif isinstance(block, Block):
            yield from _entry_items(block, line, macros, source, decode)
        elif isinstance(block, ParsingFailedBlock):
            saved = block.ignore_error_block or _repaired(block.raw or text)
            why = " ".join(str(block.error).split())
            if isinstance(saved, Block):
                yield _broken(line, f"kept as far as it could be read: {why[:160]}")
                yield from _entry_items(saved, line, macros, source, decode)
            else:
                refused = _broken(line, f"it could not be read: {why[:160]}")
                yield replace(refused, kind=ProblemKind.REFUSED)


def _broken(line: int, what: str) -> Problem:
    what = f"a broken BibTeX block, {what}"
    return Problem(kind=ProblemKind.DAMAGE, line=line, what=what)


def _repaired(raw: str) -> Block | None:
    """Return the entry with the closing braces that it lacks, if that makes it readable."""
    for missing in ("}", "}}", "\n}", '"}'):
        library = parse_string(
            raw.rstrip().rstrip(",") + missing, parse_stack=[RemoveEnclosingMiddleware()]
        )
        if len(library.entries) == 1 and not library.failed_blocks and library.entries[0].fields:
            return library.entries[0]

    return None


def _entry_items(
    block: Block, line: int, macros: dict[str, str], source: str, decode: Callable[[str], str]
) -> Iterator[ParsedItem]:
    if block.entry_type.lower() in _NO_WORK:
        what = f"@{block.entry_type}{{{block.key}}} holds no work of its own; it brings no record"
        yield Problem(kind=ProblemKind.VALUE, line=line, what=what)
        return

    raw: dict[str, list[str]] = {"citation key": [block.key], "entry type": [block.entry_type]}
    for item in block.fields:
        value = _resolved(str(item.value), macros)
        raw.setdefault(item.key.lower(), []).append(value)

    _prepare(raw, decode)
    fields = _OWN_FIELDS if "reviewkit" in raw else _FIELDS
    yield from build_record(raw, fields, source=source, line=line)


def _resolved(value: str, macros: dict[str, str]) -> str:
    if _MACRO.fullmatch(value):
        return macros.get(value.lower(), value)
    return value


def _prepare(raw: dict[str, list[str]], decode: Callable[[str], str]) -> None:
    """Put LaTeX into letters, names into a list, a year and month into one date."""
    if "reviewkit" in raw:
        _prepare_own(raw)
        return

    authors = _authors(raw.get("author", []), raw, decode)
    for name, values in raw.items():
        if name in {"url", "doi", "citation key", "entry type", "reviewkit"}:
            raw[name] = [re.sub(r"\\([_&%#{}$~])", r"\1", value) for value in values]
        elif name != "author":
            raw[name] = [_plain(value, decode) for value in values]

    if "author" in raw:
        raw["author"] = authors
    _join_year_and_month(raw)
    _move_values(raw)
    _add_type(raw)


def _join_year_and_month(raw: dict[str, list[str]]) -> None:
    if "month" in raw and "year" in raw:
        month = raw.pop("month")[0].strip()
        year = raw["year"][0].strip()[:4]
        if month.isdigit():
            raw["year month"] = [f"{year}-{int(month):02d}"]
        else:
            raw["year month"] = [f"{year} {month}"]


def _move_values(raw: dict[str, list[str]]) -> None:
    """Move what exporters put under other names: SciELO's DOI, Scopus's index terms, a subtitle."""
    if "doi" not in raw and raw.get("crossref", [""])[0].startswith("10."):
        raw["doi"] = raw.pop("crossref")
    if "author_keywords" in raw and "keywords" in raw:  # Scopus: the other ones are its index terms
        raw["keywords-plus"] = raw.pop("keywords")
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
        raw[name] = [_untex(value) for value in values]
    if "url" in raw:
        raw["url"] = raw["url"][0].split(" ")
    for value in authors:
        for author in split_multiple_persons_names(value):
            if author.startswith("{"):
                raw.setdefault("own group", []).append(_untex(author[1:-1]))
            else:
                raw.setdefault("author", []).append(_untex(author))


def _untex(value: str) -> str:
    return _ESCAPED.sub(lambda match: _WRITTEN.get(match[0]) or match[0][1:], value)


_WRITTEN = {
    r"\textasciitilde{}": "~",
    r"\textasciicircum{}": "^",
    r"\textbackslash{}": "\\",
    r" \par ": "\n",
}
_ESCAPED = re.compile(r"\\text(?:asciitilde|asciicircum|backslash)\{\}| \\par |\\[&%$#_{}]")


def _authors(
    values: list[str], raw: dict[str, list[str]], decode: Callable[[str], str]
) -> list[str]:
    names: list[str] = []
    for value in values:
        parts = split_multiple_persons_names(value.strip())
        if len(parts) == 1 and value.count(",") > 1:  # SciELO: "Silva, Ana,  Souza, Rui"
            parts = re.split(r",\s{2,}", value.strip())
        for part in parts:
            name = part.strip().rstrip(",")
            if name.casefold() == "others":
                raw["more authors"] = ["and others"]
            elif name.startswith("{") and name.endswith("}") and "," not in name:
                names.append(
                    _plain(name, decode) + ","
                )  # a name in braces is a body's, not to be taken apart
            elif name:
                names.append(_plain(_family_first(name, raw), decode))

    return names


def _family_first(name: str, raw: dict[str, list[str]]) -> str:
    if "," in name or " " not in name or name.startswith("{") or is_group(name):
        return name

    try:
        parts = parse_single_name_into_parts(name, strict=False)
    except InvalidNameError:
        return name

    raw.setdefault("author as printed", []).append(name)
    family = " ".join((*parts.von, *parts.last))
    return ", ".join(part for part in (family, " ".join(parts.first), " ".join(parts.jr)) if part)


def _plain(value: str, decode: Callable[[str], str]) -> str:
    if not _LATEX.search(value):
        return value

    braced = re.sub(r"(?<!\\)%", r"\\%", value)
    if not re.search(r"\\[A-Za-z\"'`^~=.cuvHdbrk]|~|\$|--", value):
        return re.sub(r"\\([_&%#{}$])", r"\1", re.sub(r"(?<!\\)[{}]", "", value))

    try:
        return decode(braced)
    except (LatexWalkerError, RecursionError, IndexError, ValueError):
        return re.sub(r"[{}]", "", value)
