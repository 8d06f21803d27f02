"""MEDLINE text read a record at a time: nearly all have nothing but fields and continued lines.

One search for all fields of a record costs a third of looking at line after line. What is odd in
any way goes to the reader of lines.
"""

import re
from collections.abc import Iterable, Iterator

from reviewkit.importers.lines import Line
from reviewkit.importers.medline import Finish, MedlineEntry, medline_entry, read_medline
from reviewkit.importers.medline_fields import Fields, MedlineProblem, fields_of

_NEXT = re.compile(r"(?<!\n)\n\n++(?=PMID- )")
_FIELD = re.compile(r"\n([A-Z][A-Z0-9](?:[A-Z0-9]| ){2})- (.*)")
_LONGEST = 1_000_000  # characters; what is longer is no record
_CONTINUED = "\n      "
# What a continued line has that joining would change: further blanks, or no text of its own.
_ODD = ("  " + _CONTINUED, _CONTINUED + " ", _CONTINUED + "\n", "\t")


def read_medline_texts(
    pieces: Iterable[Line], *, source: str, finish: Finish
) -> Iterator[MedlineEntry | MedlineProblem]:
    """Yield what `read_medline` yields, of many lines at once."""
    for number, text in _record_texts(pieces):
        fields = _plain_fields(text)
        if fields is None:
            yield from read_medline(
                enumerate(text.split("\n"), number), source=source, finish=finish
            )
            continue

        problems: list[MedlineProblem] = []
        yield medline_entry(fields, source, number, problems, finish)
        yield from problems


def _record_texts(pieces: Iterable[Line]) -> Iterator[Line]:
    """Yield each record's lines with the number of the first; several where they are not parted."""
    number, rest = 1, ""
    for first, piece in pieces:
        text = f"{rest}\n{piece}" if rest else piece
        number = number if rest else first
        at = 0

        for gap in _NEXT.finditer(text):
            yield number, text[at : gap.start()]
            number += text.count("\n", at, gap.end())
            at = gap.end()

        rest = text[at:]
        if len(rest) > _LONGEST:
            yield number, rest
            rest = ""

    if rest:
        yield number, rest


def _plain_fields(text: str) -> Fields | None:
    """Return the values by tag where every line is a field or continues one; else None."""
    if not text.startswith("PMID- ") or any(map(text.__contains__, _ODD)):
        return None

    joined = "\n" + text.replace(" " + _CONTINUED, " ").replace(_CONTINUED, " ").rstrip("\n")
    found: list[tuple[str, str]] = _FIELD.findall(joined)
    if len(found) != joined.count("\n") or joined.count("\nPMID- ") > 1:
        return None

    return fields_of(found)
