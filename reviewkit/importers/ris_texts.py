"""An RIS file cut into the texts of its records, and the values of those that keep every rule.

Nine records of ten are nothing but "TAG  - value" lines between TY and ER. One search for all of
their fields costs a third of looking at line after line.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from reviewkit.importers.lines import Line
from reviewkit.importers.mapping import FilledValues

_END = re.compile(r"\nER  -[ \t]*(?=\n|$)")
_FIELD = re.compile(r"\n([A-Z][A-Z0-9])  -(.*)")
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


def plain_values(text: str) -> FilledValues | None:
    """Return the values by tag of a record whose lines are all fields, from TY to ER; else None.

    Fields without a value are left out.
    """
    body = text.strip("\n")
    found: list[tuple[str, str]] = _FIELD.findall(f"\n{body}")
    if len(found) != body.count("\n") + 1 or not _keeps_the_rules(body):
        return None

    raw = FilledValues()
    for tag, value in found[:-1]:
        filled = value.strip()
        if not filled:
            continue

        if tag in raw:
            raw[tag].append(filled)
        else:
            raw[tag] = [filled]

    return raw


def _keeps_the_rules(body: str) -> bool:
    """Return whether the only TY line is the first, and the only ER line the last, and empty."""
    last = body.rfind("\nER  -")
    if not body.startswith("TY  -") or "\nTY  -" in body or last < 0:
        return False

    return body.find("\nER  -") == last and not body[last + 6 :].strip()
