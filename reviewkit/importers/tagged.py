"""Texts with a tag before each value: Refer (.enw), RefWorks, Ovid, NoteExpress, CNKI. One reader.

A style says what a tag looks like and where a record begins. Facts are from each format's
documentation and from the exports that the tests read.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from reviewkit.importers.lines import Line
from reviewkit.importers.mapping import FieldMap
from reviewkit.importers.parsed_file import ParsedItems, Problem, ProblemKind
from reviewkit.importers.record_builder import build_record

Raw = dict[str, list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TagStyle:
    """How a format writes a field: `field` has two groups, the tag and the value.

    A record begins at a line that `start` fits, at a `first` tag, and after a blank line where
    `blank_ends`. Lines before its first tag are of the tag `opening`. After a
    `heading` lines say nothing until the first record. `prepare` puts values in
    order before they are mapped.
    """

    fields: FieldMap
    field: re.Pattern[str]
    start: re.Pattern[str] | None = None
    first: frozenset[str] = frozenset()
    blank_ends: bool = False
    furniture: re.Pattern[str] | None = None
    heading: re.Pattern[str] | None = None
    opening: str = ""
    prepare: Callable[[Raw], None] = lambda _: None


def parse_tagged(lines: Iterable[Line], style: TagStyle, *, source: str) -> ParsedItems:
    """Yield every record and every problem of a tagged text, in file order."""
    reader = _Reader(style)
    for number, line in lines:
        raw, start = reader.take(number, line)
        if raw:
            yield from _build(raw, style, source, start)
        yield from reader.problems
        reader.problems.clear()

    if reader.raw:
        yield from _build(reader.raw, style, source, reader.start)


def _build(raw: Raw, style: TagStyle, source: str, line: int) -> ParsedItems:
    style.prepare(raw)
    return iter(build_record(raw, style.fields, source=source, line=line))


class _Reader:
    """The record that is being read: its values, its first line, and the tag read last."""

    def __init__(self, style: TagStyle) -> None:
        self._style = style
        self.raw: Raw = {}
        self.start = 0
        self.problems: list[Problem] = []
        self._last = ""
        self._blank = False
        self._in_heading = False

    def take(self, number: int, line: str) -> tuple[Raw, int]:
        """Read a line; return the record that it ends, and its first line; else nothing."""
        style = self._style
        if not line.strip():
            self._blank = True
            return {}, 0

        if style.start is not None and style.start.match(line):
            return self._begin(number)
        match = style.field.match(line)
        if match is None:
            self._continue(number, line)
            return {}, 0

        ended: tuple[Raw, int] = ({}, 0)
        if self._ends_at(match[1]):
            ended = self._begin(number)
        self._add(match[1], (match[2] or "").strip(), number)
        return ended

    def _ends_at(self, tag: str) -> bool:
        """Return whether a field begins a further record."""
        if tag in self._style.first and (self._blank or tag in self.raw):
            return bool(self.raw.keys() - self._style.first)
        return self._blank and self._style.blank_ends and tag in self.raw

    def _begin(self, number: int) -> tuple[Raw, int]:
        ended = (self.raw, self.start)
        self.raw, self.start, self._last, self._blank = {}, number, "", False
        self._last = self._style.opening
        return ended

    def _add(self, tag: str, text: str, number: int) -> None:
        self.start = self.start or number
        self._last, self._blank = tag, False
        values = self.raw.setdefault(tag, [])
        if text:
            values.append(text)

    def _continue(self, number: int, line: str) -> None:
        """Add a line without a tag to the value before it; a problem where there is none."""
        text = line.strip()
        furniture = self._style.furniture
        if furniture is not None and furniture.fullmatch(text):
            return
        heading = self._style.heading
        if heading is not None and not self._last and heading.match(text):
            self._in_heading = True
        if self._in_heading and not self._last:
            return
        if not self._last:
            what = f"text outside any record: {text[:60]!r}"
            self.problems.append(Problem(kind=ProblemKind.DAMAGE, line=number, what=what))
            return

        values = self.raw.setdefault(self._last, [])
        if values:
            values[-1] = f"{values[-1]} {text}"
        else:
            values.append(text)
