"""An RIS file cut into the texts of its records, and the values of those that keep every rule.

Nearly all records are nothing but "TAG  - value" lines between TY and ER. To split them at their
tags costs a third of looking at line after line.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from reviewkit.importers.lines import Line
from reviewkit.importers.mapping import FilledValues

_ER = "ER  -"
_TAG = re.compile(r"\n([A-Z][A-Z0-9])  -")
# What exporters write around records: "12. ", "Record #3 of 18", "Provider: ...", "<8>".
_FURNITURE = re.compile(
    r"\d+\.|<\d+>|Record #\d+ of \d+|EF|Scopus"
    r"|(?:Provider|Content|Database|Export Date|EXPORT DATE|Link to this record"
    r"|Link to the (?:Ovid Full Text|External Link Resolver)[\w ]{0,30}):.*"
)
# A continuation line at the margin is a further value of these tags (EndNote, Web of Science).
_LISTED = frozenset({"KW", "SN", "DB", "AD", "UR", "AU", "A1", "MH", "CY", "L1", "L2", "L3"})
_MULTILINE = frozenset({"AB", "N2", "N1"})
_LONGEST = 1_000_000  # characters; a longer text has no ER lines, and is read line by line


class RecordText(NamedTuple):
    """The lines of one record: the first one's number, their text, and the ER line.

    `text` begins with a line break, and has so many of them. `end` is empty, and `more` are the
    lines that follow, where a file does not end its records.
    """

    line: int
    text: str
    breaks: int
    end: str = ""
    more: Iterator[Line] = iter(())

    def lines(self) -> Iterator[Line]:
        _, *lines = f"{self.text}{self.end}".split("\n")
        return chain(enumerate(lines, self.line), self.more)


def record_texts(pieces: Iterable[Line]) -> Iterator[RecordText]:
    """Yield the text of each record of a file; what follows the last ER line comes last."""
    pieces = iter(pieces)
    number, rest = 1, ""
    for first, piece in pieces:
        text = f"{rest}\n{piece}"
        number = number if rest else first
        at = search = 0

        while (end := text.find(_ER, search) - 1) >= 0:
            search = text.find("\n", end + 1)
            if search < 0:
                search = len(text)
            if text[end] == "\n" and not text[end + 6 : search].strip(" \t"):
                record = text[at:end]
                breaks = record.count("\n")
                yield RecordText(number, record, breaks, text[end:search])
                number += breaks + 1
                at = search

        rest = text[at:]
        if len(rest) > _LONGEST:
            yield RecordText(number, rest, 0, "", _lines(pieces))
            return

    if rest:
        yield RecordText(number, rest, 0)


def _lines(pieces: Iterator[Line]) -> Iterator[Line]:
    for first, text in pieces:
        yield from enumerate(text.split("\n"), first)


def is_furniture(text: str) -> bool:
    """Return whether a line is one that exporters write around records; it says nothing."""
    return _FURNITURE.fullmatch(text) is not None


def extend(values: list[str], tag: str, line: str) -> None:
    """Add a line without a tag: to the tag's last value, or as a further value of a list tag."""
    text = line.strip()
    if tag in _LISTED and not line[:1].isspace():
        values.append(text)
    elif tag in _MULTILINE:
        values[-1] = f"{values[-1]}\n{text}"
    else:
        values[-1] = f"{values[-1]} {text}".strip()


def plain_values(record: RecordText) -> tuple[int, FilledValues] | None:
    """Return the line of a record's TY, and its values by tag; None where the record is not plain.

    A plain one has nothing but fields, from TY to ER, and lines that certainly continue them.
    Fields without a value are left out.
    """
    before, *parts = _TAG.split(record.text)
    tags, values = parts[::2], parts[1::2]
    if not record.end or tags[:1] != ["TY"] or tags.count("TY") > 1 or "ER" in tags:
        return None
    if before and not before.isspace() and not _is_lead(before):
        return None

    first = before.count("\n")
    if record.breaks == first + len(tags):
        return record.line + first, _values_of(tags, values)
    continued = _continued_values(tags, values)
    return None if continued is None else (record.line + first, continued)


def _is_lead(before: str) -> bool:
    """Return whether the lines before a record say nothing."""
    return all(not line or is_furniture(line) for line in map(str.strip, before.split("\n")))


def _values_of(tags: list[str], values: list[str]) -> FilledValues:
    raw = FilledValues()
    for tag, value in zip(tags, map(str.strip, values), strict=True):
        if not value:
            continue

        if tag in raw:
            raw[tag].append(value)
        else:
            raw[tag] = [value]

    return raw


def _continued_values(tags: list[str], texts: list[str]) -> FilledValues | None:
    """Return the values of fields of which some have several lines; None where a line is odd."""
    raw = FilledValues()
    for tag, text in zip(tags, texts, strict=True):
        values = _continued(tag, text) if "\n" in text else [text.strip()]
        if values is None:
            return None

        filled = [value for value in values if value.strip()]
        if filled:
            raw.setdefault(tag, []).extend(filled)

    return raw


def _continued(tag: str, text: str) -> list[str] | None:
    """Return the values of a field's lines; None where one may be no continuation."""
    first, *lines = text.rstrip("\n").split("\n")
    values = [first.strip()]
    for line in lines:
        if not line.strip() or line.startswith("ER") or line[2:5] == "  -":
            return None
        extend(values, tag, line)

    return values
