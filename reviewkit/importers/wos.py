"""Web of Science tagged text (.ciw, "plain text file") to records. rispy's WokParser splits tag from value.

What stands outside a record, or a record without its end, is a problem with its line.
"""

from collections.abc import Iterable
from dataclasses import replace

import rispy

from reviewkit.importers.lines import Line
from reviewkit.importers.mapping import Field, FieldMap
from reviewkit.importers.parsed_file import ParsedItems, Problem, ProblemKind
from reviewkit.importers.record_builder import build_record


def _at_semicolons(value: str) -> list[str]:
    return value.split(";")


_SHORT = FieldMap(
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
        Field.PAGES: ("AR",),
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
_FULL = replace(_SHORT, tags={**_SHORT.tags, Field.AUTHORS: ("AF", "BF")})
_LISTS = frozenset({"AU", "AF", "BA", "BF", "BE", "CA", "GP", "CR", "C1", "C3"})
_AROUND = frozenset({"FN", "VR", "EF"})


def parse_wos(lines: Iterable[Line], *, source: str) -> ParsedItems:
    """Every record and every problem of a Web of Science tagged text, in file order."""
    split = rispy.WokParser().parse_line
    raw: dict[str, list[str]] = {}
    start, last, number = 0, "", 0
    for number, line in lines:
        if not line.strip():
            continue
        tag, text = split(line.removeprefix("\ufeff"))
        if tag in _AROUND and not raw:
            continue
        if tag == "ER":
            yield from (
                _read(raw, source, start)
                if raw
                else [_damage(number, "an end of record (ER) without a record")]
            )
            raw = {}
        elif tag is None:
            if not raw:
                yield _damage(number, f"text outside any record: {text[:60]!r}")
            elif last in _LISTS:
                raw[last].append(text)
            else:
                raw[last][-1] = f"{raw[last][-1]} {text}"
        elif tag == "PT" and raw:
            yield from _read(raw, source, start)
            yield _damage(
                number, f"the record of line {start} has no ER line; the next record starts here"
            )
            raw, start, last = {"PT": [text]}, number, "PT"
        else:
            start = start if raw else number
            raw.setdefault(tag, []).append(text)
            last = tag
    if raw:
        yield from _read(raw, source, start)
        yield _damage(number, f"the file ends inside the record of line {start}: no ER line")


def _read(raw: dict[str, list[str]], source: str, start: int) -> ParsedItems:
    reading = _FULL if "AF" in raw or "BF" in raw else _SHORT
    return iter(build_record(raw, reading, source=source, line=start))


def _damage(line: int, what: str) -> Problem:
    return Problem(kind=ProblemKind.DAMAGE, line=line, what=what)
