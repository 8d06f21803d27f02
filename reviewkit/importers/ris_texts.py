"""An RIS file cut into its records, and the values of those that keep every rule.

Nearly all records are nothing but "TAG  - value" lines between TY and ER: none of their lines needs
a look at another.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import chain, product
from string import ascii_uppercase, digits
from typing import NamedTuple

from reviewkit.importers.lines import Line

_ER = "\nER  -"
_TY = "TY  -"
# The tags that may follow TY in a plain record.
_TAGS = frozenset(map("".join, product(ascii_uppercase, ascii_uppercase + digits))) - {"TY", "ER"}
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


class RecordLines(NamedTuple):
    """The lines of one record, the number of the first, and the ER line.

    `end` is empty, and `more` are the lines that follow, where a file does not end its records.
    """

    first: int
    lines: list[str]
    end: str = ""
    more: Iterator[Line] = iter(())

    def numbered(self) -> Iterator[Line]:
        ended = [*self.lines, self.end] if self.end else self.lines
        return chain(enumerate(ended, self.first), self.more)


def record_lines(pieces: Iterable[Line]) -> Iterator[RecordLines]:
    """Yield the lines of each record of a file; what follows the last ER line comes last."""
    pieces = iter(pieces)
    number, rest = 1, ""
    for first, piece in pieces:
        text = f"{rest}\n{piece}"
        number = number if rest else first
        at = search = 0

        while (end := text.find(_ER, search)) >= 0:
            search = text.find("\n", end + 1)
            if search < 0:
                search = len(text)
            if not text[end + len(_ER) : search].strip(" \t"):
                lines = text[at + 1 : end].split("\n") if at < end else []
                yield RecordLines(number, lines, text[end + 1 : search])
                number += len(lines) + 1
                at = search

        rest = text[at:]
        if len(rest) > _LONGEST:
            break

    if rest:
        yield RecordLines(number, rest[1:].split("\n"), more=_lines(pieces))


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


def plain_values(record: RecordLines) -> tuple[int, dict[str, list[str]]] | None:
    """Return the line of a record's TY, and its values by tag; None where the record is not plain.

    A plain one has nothing but fields, from TY to ER, and lines that certainly continue them.
    Fields without a value are left out.
    """
    at = _opening(record)
    if at is None:
        return None

    raw = {"TY": [record.lines[at].removeprefix(_TY).strip()]}
    last = "TY"
    for line in record.lines[at + 1 :]:
        tag, _, printed = line.partition("  -")
        if tag in _TAGS and (value := printed.strip()):
            if tag in raw:
                raw[tag].append(value)
            else:
                raw[tag] = [value]
            last = tag
        elif _is_empty(line):
            last = ""
        elif last and _continues(line):
            extend(raw[last], last, line)
        else:
            return None

    return record.first + at, raw


def _opening(record: RecordLines) -> int | None:
    """Return where the TY line is; None where it has no value, another line is before it, or no ER
    line ends the record.
    """
    for at, line in enumerate(record.lines if record.end else ()):
        text = line.strip()
        if line.startswith(_TY) and len(text) > len(_TY):
            return at
        if text and not is_furniture(text):
            return None
    return None


def _is_empty(line: str) -> bool:
    """Return whether a line is blank, or has a tag without a value."""
    text = line.strip()
    return not text or (text.endswith("  -") and text[:-3] in _TAGS and line[2:5] == "  -")


def _continues(line: str) -> bool:
    """Return whether a line without a tag certainly belongs to the field before it."""
    return line[2:5] != "  -"
