"""MEDLINE text read a record at a time: nearly all have nothing but fields and continued lines.

One search for all fields of a record costs a third of looking at line after line. What is odd in
any way goes to the reader of lines.
"""

import re
from collections.abc import Iterable, Iterator

from reviewkit.importers.lines import Line
from reviewkit.importers.medline import Finish, MedlineEntry, medline_entry, read_medline
from reviewkit.importers.medline_fields import Fields, MedlineProblem, fields_of

_FIELD = re.compile(r"\n([A-Z][A-Z0-9]{1,3}) {0,3}- ")
_LONGEST = 1_000_000  # characters; what is longer is no record


def read_medline_texts(
    pieces: Iterable[Line], *, source: str, finish: Finish
) -> Iterator[MedlineEntry | MedlineProblem]:
    """Yield what `read_medline` yields, of many lines at once."""
    for number, text, lines in _record_texts(pieces):
        fields = _plain_fields(text, lines)
        if fields is None:
            yield from read_medline(
                enumerate(text[1:].split("\n"), number), source=source, finish=finish
            )
            continue

        problems: list[MedlineProblem] = []
        yield medline_entry(fields, source, number, problems, finish)
        yield from problems


def _record_texts(pieces: Iterable[Line]) -> Iterator[tuple[int, str, int]]:
    """Yield the number of each record's first line, its lines with LF before each, and how many.

    Several records are yielded as one where no blank line parts them.
    """
    number, rest = 1, ""
    for first, piece in pieces:
        text = f"{rest}\n{piece}"
        number = number if rest else first
        at, begin = 0, 1

        while (begin := text.find("PMID-", begin + 1)) > 0:
            if text.startswith("\n\nPMID- ", begin - 2):
                record = text[at : begin - 2]
                lines = record.count("\n")
                yield number, record, lines
                number += lines + 1
                at = begin - 1

        rest = text[at:]
        if len(rest) > _LONGEST:
            yield number, rest, rest.count("\n")
            rest = ""

    record = rest.rstrip("\n")
    if record:
        yield number, record, record.count("\n")


def _plain_fields(text: str, lines: int) -> Fields | None:
    """Return the values by tag where every line is a field or continues one; else None."""
    before, *parts = _FIELD.split(text)
    if before or parts[:1] != ["PMID"]:
        return None
    return fields_of(parts[::2], parts[1::2], lines=lines)
