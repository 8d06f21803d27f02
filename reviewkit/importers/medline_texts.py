"""MEDLINE text read a record at a time: nearly all have nothing but fields and continued lines.

A look at the first six characters of each line costs a third of a search in it. What is odd in any
way goes to the reader of lines.
"""

from collections.abc import Iterable, Iterator

from reviewkit.importers.lines import Block
from reviewkit.importers.medline import Finish, MedlineEntry, medline_entry, read_medline
from reviewkit.importers.medline_fields import MedlineProblem, fields_of

_LONGEST = 1_000_000  # characters; what is longer is no record


def read_medline_texts(
    blocks: Iterable[Block], *, source: str, finish: Finish
) -> Iterator[MedlineEntry | MedlineProblem]:
    """Yield what `read_medline` yields, of many lines at once."""
    for number, lines in _record_lines(blocks):
        fields = fields_of(lines)
        if fields is None:
            yield from read_medline(enumerate(lines, number), source=source, finish=finish)
            continue

        problems: list[MedlineProblem] = []
        yield medline_entry(fields, source, number, problems, finish)
        yield from problems


def _record_lines(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield each record's lines with the number of the first; several where they are not parted."""
    number = 1
    rest: list[str] = []
    for first, lines in blocks:
        if not rest:
            number = first
        rest += lines
        at = 0
        for blank in _blank_lines(rest):
            if rest[blank + 1].startswith("PMID- "):
                yield number + at, rest[at:blank]
                at = blank + 1

        number += at
        rest = rest[at:]
        if sum(map(len, rest)) > _LONGEST:
            yield number, rest
            rest = []

    while rest and not rest[-1]:
        rest.pop()
    if rest:
        yield number, rest


def _blank_lines(lines: list[str]) -> Iterator[int]:
    """Yield the place of each empty line between others; `index` finds them in a third of a loop's
    time.
    """
    at, last = 0, len(lines) - 1
    while at < last:
        try:
            at = lines.index("", at + 1, last)
        except ValueError:
            return
        yield at
