"""Ovid's citation text ("<8>", then field names at the margin and values indented) to records."""

import re
from collections.abc import Iterable

from reviewkit.importers.lines import Line
from reviewkit.importers.mapping import Field, FieldMap, Hint
from reviewkit.importers.names import tidy
from reviewkit.importers.parsed_file import ParsedItems, Problem, ProblemKind
from reviewkit.importers.record_builder import build_record


def _at_semicolons(value: str) -> list[str]:
    return value.split(";")


_DEGREES = frozenset(
    ["MD", "PhD", "MSc", "MPH", "BSc", "RN", "DrPH", "DPhil", "PharmD", "FRCP", "FACSM", "MS", "MA"]
)


def _without_degrees(name: str) -> str:
    """Return "van Vugt, Arie" of "van Vugt, Arie MD, PhD +": signs point to institutions."""
    words = name.split(" ")
    while len(words) > 2 and _is_no_name(words[-1]):
        words.pop()
        words[-1] = words[-1].rstrip(",")

    return " ".join(words)


def _is_no_name(word: str) -> bool:
    return word.replace(".", "").rstrip(",") in _DEGREES or not word.strip("0123456789*+#,")


def without_marks(name: str) -> str:
    """The name without degrees, and without what points to its institutions."""
    tidied = _without_degrees(tidy(name))
    if not re.search(r"\d", name):
        return tidied

    marked = tidied.rstrip(".*")
    bare = marked.rstrip("0123456789, ")
    # Only a comma or a blank at the end is no number.
    has_number = any(map(str.isdigit, marked[len(bare) :]))
    return (bare if has_number else tidied).rstrip(" .")


_FIELDS = FieldMap(
    name="ovid",
    tags={
        Field.OWN_ID: ("Unique Identifier", "Accession Number"),
        Field.TITLE: ("Title",),
        Field.ORIGINAL_TITLE: ("Original Title",),
        Field.AUTHORS: ("Author", "Authors", "Author(s)"),
        Field.ISSN: ("ISSN", "ISSN Print", "ISSN Electronic"),
        Field.ABBREVIATION: ("Journal Abbreviation", "NLM Journal Name"),
        Field.JOURNAL: ("Journal Name", "Journal"),
        Field.YEAR: ("Year of Publication", "Publication Year"),
        Field.PUBLISHED: ("Date of Publication", "Publication Date"),
        Field.VOLUME: ("Volume",),
        Field.ISSUE: ("Issue", "Issue Part"),
        Field.PAGES: ("Page", "Pages"),
        Field.DOI: ("DOI Number", "Digital Object Identifier", "DOI"),
        Field.LANGUAGE: ("Language",),
        Field.ABSTRACT: ("Abstract",),
        Field.HEADINGS: ("MeSH Subject Headings", "Subject Headings", "Emtree Heading"),
        Field.KEYWORDS: ("Author Keywords", "Keyword Heading", "Keywords"),
        Field.TYPES: ("Publication Type", "Document Type"),
        Field.LINKS: ("URL", "Link to the Ovid Full Text", "Link to the External Link Resolver"),
    },
    splits=dict.fromkeys(
        ("Author", "Authors", "Author(s)", "Author Keywords", "Keyword Heading"), _at_semicolons
    ),
    author=without_marks,
    hints=(
        Hint("Source", re.compile(r"^(\S.*?)\.(?:\s{2,}|\s*(?=\d)|\s*$)"), Field.JOURNAL),
        Hint("Source", re.compile(r"[.\s](\w+)(?:\s*\([^()]*\))?\s*:\s*\w"), Field.VOLUME),
        Hint("Source", re.compile(r"\(([^()]+)\)\s*:"), Field.ISSUE),
        Hint("Source", re.compile(r":\s*(\w[\w-]*)"), Field.PAGES),
        Hint(
            "Source",
            re.compile(
                r"[,.]\s*(\d{4}\s+[A-Z][a-z]+(?:\s+\d{1,2})?"
                r"|(?:\d{1,2}\s+)?(?:[A-Z][a-z]+\s+)?(?:\d{1,2},?\s+)?\d{4})[.\s]*$"
            ),
            Field.PUBLISHED,
        ),
        # "Publish Ahead of Print, POST ACCEPTANCE, 30 November 2015"
        Hint("Status", re.compile(r"(\d{1,2} [A-Z][a-z]+ \d{4})\s*$"), Field.PUBLISHED),
    ),
)
_START = re.compile(r"<(\d{1,9})(?:\. ?)?>\s*$")
KIND = re.compile(r"(?:(?<!\s)\s++)?\[([A-Z][A-Za-z ]++)\]\.?\s*+$")


def parse_ovid(lines: Iterable[Line], *, source: str) -> ParsedItems:
    """Every record and every problem of an Ovid citation text, in file order."""
    raw: dict[str, list[str]] = {}
    start, name, fresh, number = 0, "", True, 0
    for number, line in lines:
        text = line.strip()
        if _START.match(line):
            yield from _read(raw, source, start)
            raw, start, name = {}, number, ""
        elif not text:
            fresh = True
        elif line[:1].isspace():
            if not start or not name:
                yield _damage(number, f"text outside any field: {text[:60]!r}")
            elif fresh or not raw[name]:
                raw[name].append(text)
            else:
                raw[name][-1] += f" {text}"
            fresh = False
        elif start:
            name, fresh = text, True
            raw.setdefault(name, [])
        else:
            yield _damage(number, f"text outside any record: {text[:60]!r}")

    yield from _read(raw, source, start)


def _read(raw: dict[str, list[str]], source: str, start: int) -> ParsedItems:
    if not start:
        return iter(())
    if not any(raw.values()):
        return iter([_damage(start, "a record without any field")])

    if raw.get("Title") and (
        kind := KIND.search(raw["Title"][0])
    ):  # Journals@Ovid prints the kind after the title
        raw.setdefault("Document Type", [kind[1]])
        raw["Title"][0] = raw["Title"][0][: kind.start()]
    for name in ("Accession Number", "Author Keywords", "Language", "Document Type"):
        raw[name] = [value.rstrip(" .") for value in raw.get(name, ())]
    return iter(build_record(raw, _FIELDS, source=source, line=start))


def _damage(line: int, what: str) -> Problem:
    return Problem(kind=ProblemKind.DAMAGE, line=line, what=what)
