"""Web of Science tagged text (.ciw, "plain text file") to records.

What is outside a record, or a record without its end, is a problem with its line.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from reviewkit.importers.lines import Line
from reviewkit.importers.mapping import Field, FieldMap
from reviewkit.importers.parsed_file import ParsedItems, Problem, ProblemKind
from reviewkit.importers.record_builder import build_record


def _at_semicolons(value: str) -> list[str]:
    return value.split(";")


_SHORT_NAMES = FieldMap(
    name="wos",
    tags={
        Field.OWN_ID: ("UT",),
        Field.TITLE: ("TI",),
        Field.AUTHORS: ("AU", "BA"),
        Field.COLLECTIVE: ("CA",),
        Field.JOURNAL: ("SO",),
        Field.ABBREVIATION: ("JI", "J9"),
        Field.ISSN: ("SN", "EI"),
        Field.YEAR: ("PY",),
        Field.PUBLISHED: ("PD",),
        Field.ONLINE: ("EA",),
        Field.VOLUME: ("VL",),
        Field.ISSUE: ("IS",),
        Field.PAGES: ("AR", "PS"),
        Field.FIRST_PAGE: ("BP",),
        Field.LAST_PAGE: ("EP",),
        Field.DOI: ("DI", "D2"),
        Field.PMID: ("PM",),
        Field.LANGUAGE: ("LA",),
        Field.ABSTRACT: ("AB",),
        Field.HEADINGS: ("ID",),
        Field.KEYWORDS: ("DE",),
        Field.TYPES: ("DT",),
    },
    splits=dict.fromkeys(("DE", "ID", "DT", "LA"), _at_semicolons),
    marks_groups=True,
)
_FULL_NAMES = replace(_SHORT_NAMES, tags={**_SHORT_NAMES.tags, Field.AUTHORS: ("AF", "BF")})
_LISTS = frozenset({"AU", "AF", "BA", "BF", "BE", "CA", "GP", "CR", "C1", "C3"})
_AROUND = frozenset({"FN", "VR", "EF"})


class _Entry:
    """The record that is being read: its values by tag, its first line, and the tag read last."""

    __slots__ = ("last", "line", "raw")

    def __init__(self, line: int) -> None:
        self.line = line
        self.raw: dict[str, list[str]] = {}
        self.last = ""

    def add(self, tag: str, text: str) -> None:
        self.raw.setdefault(tag, []).append(text)
        self.last = tag

    def extend(self, text: str) -> None:
        """Add a line without a tag: as a further value of a list tag, or to the last value."""
        values = self.raw[self.last]
        if self.last in _LISTS:
            values.append(text)
        else:
            values[-1] = f"{values[-1]} {text}"


def parse_wos(lines: Iterable[Line], *, source: str) -> ParsedItems:
    """Yield every record and every problem of a Web of Science tagged text, in file order."""
    for entry, problems in _entries(lines):
        if entry is not None:
            fields = _SHORT_NAMES
            if "AF" in entry.raw or "BF" in entry.raw:
                fields = _FULL_NAMES
            yield from build_record(entry.raw, fields, source=source, line=entry.line)
        yield from problems


def _entries(lines: Iterable[Line]) -> Iterator[tuple[_Entry | None, list[Problem]]]:
    """Yield each record's values with its problems, or None and a problem outside any record."""
    entry: _Entry | None = None
    number = 0

    for number, line in lines:
        if not line.strip():
            continue

        tag, text = _split(line.removeprefix("\ufeff"))
        if tag is None:
            yield None, _take_untagged(entry, number, text)
        elif tag == "ER":
            yield entry, _end_problems(entry, number)
            entry = None
        elif entry is None:
            entry = _new_entry(tag, text, number)
        elif tag == "PT":
            what = f"the record of line {entry.line} has no ER line; the next record starts here"
            yield entry, [_damage(number, what)]
            entry = _new_entry(tag, text, number)
        else:
            entry.add(tag, text)

    if entry is not None:
        what = f"the file ends inside the record of line {entry.line}: no ER line"
        yield entry, [_damage(number, what)]


# Lines that continue a value are at the margin in some files: only capitals are a tag.
_TAG = re.compile(r"([A-Z][A-Z0-9])(?: (.*)|$)")


def _split(line: str) -> tuple[str | None, str]:
    """Return the tag of a line and its text; None where it continues the line before."""
    match = _TAG.match(line)
    if match is None:
        return None, line.strip()
    return match[1], (match[2] or "").strip()


def _new_entry(tag: str, text: str, number: int) -> _Entry | None:
    """Return the record that a line begins; None for the lines around records."""
    if tag in _AROUND:
        return None
    entry = _Entry(number)
    entry.add(tag, text)
    return entry


def _take_untagged(entry: _Entry | None, number: int, text: str) -> list[Problem]:
    """Add a line without a tag to the record; return a problem where it belongs to none."""
    if entry is None:
        return [_damage(number, f"text outside any record: {text[:60]!r}")]
    entry.extend(text)
    return []


def _end_problems(entry: _Entry | None, number: int) -> list[Problem]:
    if entry is None:
        return [_damage(number, "an end of record (ER) without a record")]
    return []


def _damage(line: int, what: str) -> Problem:
    return Problem(kind=ProblemKind.DAMAGE, line=line, what=what)
