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

_END = re.compile(r"\nER  -[ \t]*(?=\n|$)")
_TAG = re.compile(r"\n([A-Z][A-Z0-9])  -")
# What exporters write around records: "12. ", "Record #3 of 18", "Provider: ...", "<8>".
_FURNITURE = re.compile(
    r"\d+\.|<\d+>|Record #\d+ of \d+|EF|Scopus"
    r"|(?:Provider|Content|Database|Export Date|EXPORT DATE|Link to this record):.*"
)
# A continuation line at the margin is a further value of these tags (EndNote, Web of Science).
_LISTED = frozenset({"KW", "SN", "DB", "AD", "UR", "AU", "A1", "MH", "CY", "L1", "L2", "L3"})
_MULTILINE = frozenset({"AB", "N2", "N1"})
_LONGEST = 1_000_000  # characters; a longer text has no ER lines, and is read line by line


class RecordText(NamedTuple):
    """The lines of one record, its ER line too: the first one's number, and the text.

    `more` are the lines after them where a file does not end its records.
    """

    line: int
    text: str
    more: Iterator[Line] = iter(())

    def lines(self) -> Iterator[Line]:
        return chain(enumerate(self.text.split("\n"), self.line), self.more)


def record_texts(pieces: Iterable[Line]) -> Iterator[RecordText]:
    """Yield the text of each record of a file; what follows the last ER line comes last."""
    pieces = iter(pieces)
    number, rest = 1, ""
    for first, piece in pieces:
        text = f"{rest}\n{piece}" if rest else piece
        number = number if rest else first
        at = 0

        for end in _END.finditer(text):
            record = text[at : end.end()]
            yield RecordText(number, record)
            number += record.count("\n") + 1
            at = end.end() + 1

        rest = text[at:]
        if len(rest) > _LONGEST:
            yield RecordText(number, rest, _lines(pieces))
            return

    if rest:
        yield RecordText(number, rest)


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


def plain_values(text: str) -> tuple[int, FilledValues] | None:
    """Return how many lines are before a record, and its values by tag; None where it is not plain.

    A plain one has nothing but fields, from TY to ER, and lines that certainly continue them.
    Fields without a value are left out.
    """
    before, *parts = _TAG.split(f"\n{text}")
    tags, values = parts[::2], parts[1::2]
    if not _keeps_the_rules(tags, values) or not (before.isspace() or _is_lead(before)):
        return None

    first = before.count("\n")
    if text.count("\n") + 1 == first + len(tags):
        return first, _values_of(tags, values)
    continued = _continued_values(tags, values)
    return None if continued is None else (first, continued)


def _keeps_the_rules(tags: list[str], values: list[str]) -> bool:
    """Return whether the only TY is the first, and the only ER the last, and empty."""
    if not tags or tags[0] != "TY" or tags[-1] != "ER" or values[-1].strip():
        return False
    return tags.count("TY") == 1 and tags.count("ER") == 1


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
        values = _continued(tag, text)
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
