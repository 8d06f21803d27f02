"""MEDLINE text read a record at a time: nearly all have nothing but fields and continued lines.

A look at the first six characters of each line costs a third of a search in it. What is odd in any
way goes to the reader of lines.
"""

from collections.abc import Iterable, Iterator

from reviewkit.importers.lines import Line
from reviewkit.importers.medline import Finish, MedlineEntry, medline_entry, read_medline
from reviewkit.importers.medline_fields import MedlineProblem, fields_of

_LONGEST = 1_000_000  # characters; what is longer is no record


def read_medline_texts(
    pieces: Iterable[Line], *, source: str, finish: Finish
) -> Iterator[MedlineEntry | MedlineProblem]:
    """Yield what `read_medline` yields, of many lines at once."""
    for number, lines in _record_lines(pieces):
        fields = fields_of(lines)
        if fields is None:
            yield from read_medline(enumerate(lines, number), source=source, finish=finish)
            continue

        problems: list[MedlineProblem] = []
        yield medline_entry(fields, source, number, problems, finish)
        yield from problems


def _record_lines(pieces: Iterable[Line]) -> Iterator[tuple[int, list[str]]]:
    """Yield each record's lines with the number of the first; several where they are not parted."""
    number, rest = 1, ""
    for first, piece in pieces:
        text = f"{rest}\n{piece}" if rest else piece
        number = number if rest else first
        at = begin = 0

        while (begin := text.find("PMID-", begin + 1)) > 0:
            if text.startswith("\n\nPMID- ", begin - 2):
                lines = text[at : begin - 2].split("\n")
                yield number, lines
                number += len(lines) + 1
                at = begin

        rest = text[at:]
        if len(rest) > _LONGEST:
            yield number, rest.split("\n")
            rest = ""

    if rest:
        yield number, rest.rstrip("\n").split("\n")
