"""An RIS file cut into its records, and the values of those that keep every rule.

Nearly all records are nothing but "TAG  - value" lines between TY and ER: none of their lines needs
a look at another.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import chain, product
from string import ascii_uppercase, digits
from typing import NamedTuple

from reviewkit.importers.lines import Block, Line

_ER = "ER  -"
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


class RecordText(NamedTuple):
    """The lines of one record with its ER line, the number of the first, and its values by tag.

    `line` is the number of the TY line: what exporters write around records may be before it.
    `raw` is empty where the record is not plain. `more` are the lines that follow, where a file
    does not end its records.
    """

    first: int
    lines: list[str]
    line: int
    raw: dict[str, list[str]]
    more: Iterator[Line] = iter(())

    def numbered(self) -> Iterator[Line]:
        return chain(enumerate(self.lines, self.first), self.more)


def record_texts(blocks: Iterable[Block]) -> Iterator[RecordText]:
    """Yield each record of a file; what follows the last ER line comes last.

    A plain record has nothing but fields, from TY to ER, and lines that certainly continue them.
    Fields without a value are left out.
    """
    blocks = iter(blocks)
    number = 1
    rest: list[str] = []
    for first, lines in blocks:
        if not rest:
            number = first
        rest += lines
        end = 0
        for record in _ended_records(rest, number):
            yield record
            end += len(record.lines)

        number += end
        rest = rest[end:]
        if sum(map(len, rest)) > _LONGEST:
            break

    if rest:
        yield RecordText(number, rest, number, {}, _lines(blocks))


def _ended_records(lines: list[str], number: int) -> Iterator[RecordText]:
    """Yield each record that an ER line ends. `number` is the first line's."""
    start = opening = 0
    raw: dict[str, list[str]] = {}
    last: str | None = ""
    for at, line in enumerate(lines):
        tag, _, printed = line.partition("  - ")
        if tag in _TAGS and raw and (value := printed.strip()):
            if tag in raw:
                raw[tag].append(value)
            else:
                raw[tag] = [value]
            last = tag
        elif line.startswith(_ER) and not line[len(_ER) :].strip(" \t"):
            yield RecordText(number + start, lines[start : at + 1], number + opening, raw)
            start, raw, last = at + 1, {}, ""
        elif last is not None:
            last = _take_odd(raw, last, line)
            if line.startswith(_TY):
                opening = at


def _take_odd(raw: dict[str, list[str]], last: str, line: str) -> str | None:
    """Add any other line; return the tag that the next one may continue, "" where it may not.

    None, and no values, where the record is not plain.
    """
    text = line.strip()
    tag = line[:2] if line[2:5] == "  -" else ""
    if not raw:
        return _open(raw, tag, text)
    if tag in _TAGS:
        return _add(raw, tag, line[5:].strip())
    if not text:
        return ""
    if tag or not last:
        raw.clear()
        return None

    extend(raw[last], last, line)
    return last


def _open(raw: dict[str, list[str]], tag: str, text: str) -> str | None:
    """Add the TY line; before it nothing stands but what exporters write around records."""
    if tag == "TY" and text != _TY:
        return _add(raw, tag, text.removeprefix(_TY).strip())
    return "" if not text or is_furniture(text) else None


def _add(raw: dict[str, list[str]], tag: str, value: str) -> str:
    if not value:
        return ""
    raw.setdefault(tag, []).append(value)
    return tag


def _lines(blocks: Iterator[Block]) -> Iterator[Line]:
    for first, lines in blocks:
        yield from enumerate(lines, first)


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
