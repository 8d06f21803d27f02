"""RIS to records, line by line: every dialect, and files that keep none of the rules.

rispy splits tag from value. No line is lost: what is outside a record, or starts or ends one
wrongly, is a problem with its line.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import rispy
from rispy.config import TYPE_OF_REFERENCE_MAPPING

from reviewkit.importers.lines import Line, TextLines
from reviewkit.importers.mapping import FieldMap
from reviewkit.importers.parsed_file import ParsedItem, ParsedItems, Problem, ProblemKind
from reviewkit.importers.record_builder import build_record
from reviewkit.importers.ris_dialects import FIELD_MAPS, record_dialect
from reviewkit.importers.ris_texts import extend, is_furniture, record_texts
from reviewkit.model.records import RelationKind

# Words for the kinds that reviews meet; the rest as rispy names them.
_KINDS = {
    **TYPE_OF_REFERENCE_MAPPING,
    "JOUR": "Journal Article",
    "EJOUR": "Journal Article",
    "BOOK": "Book",
    "CHAP": "Book Chapter",
    "CONF": "Conference Paper",
    "CPAPER": "Conference Paper",
    "THES": "Thesis",
    "GEN": "",
}
_END = re.compile(r"ER(?:\s*+-\s*+(.*))?$")
_LOOSE = re.compile(r"\s{0,4}([A-Z][A-Z0-9]) {0,3}-(?: +|$)(.*)")
_GLUED = re.compile(r"(?<!\s)\s{3,}+(?=[A-Z][A-Z0-9]  - )")
_OWN_NOTE = re.compile(
    r"(?:reviewkit key|PMID|published online|entered the database|"
    rf"{'|'.join(kind.value for kind in RelationKind)}): *\S"
)
_CITATION = frozenset({"TI", "T1", "AU", "A1", "JF", "JO", "T2", "AB"})


class TagLine(rispy.RisParser):  # type: ignore[misc]  # rispy ships no types
    """rispy's line rule, and a looser one for files whose TY line breaks the specification."""

    def __init__(self, *, loose: bool) -> None:
        super().__init__()
        self._loose = loose
        self._tags: set[str] = set()

    def parse_line(self, line: str) -> tuple[str | None, str]:
        """Return the tag and its value; None and the text where the line has no tag."""
        if line[2:5] == "  -":
            tag = line[:2].upper() if self._loose else line[:2]
            if self._is_tag(tag):
                return tag, line[5:].strip()
            return None, line.strip()
        if end := _END.fullmatch(line.rstrip()):
            return "ER", (end[1] or "").strip()
        if self._loose and (match := _LOOSE.match(line)):
            return match[1], match[2].strip()

        return None, line.strip()

    def _is_tag(self, tag: str) -> bool:
        if tag in self._tags:
            return True
        if not (tag.isupper() and tag[0].isalpha() and tag.isascii()):
            return False

        self._tags.add(tag)
        return True


class _Entry:
    """The record that is being read."""

    __slots__ = ("filled", "last", "line", "raw")

    def __init__(self, line: int, raw: dict[str, list[str]], *, filled: bool = False) -> None:
        self.line = line
        self.raw = raw
        self.filled = filled  # no value is blank
        self.last: str | None = None

    def add(self, tag: str, text: str) -> None:
        self.last = tag
        self.raw.setdefault(tag, []).append(text)

    def extend(self, line: str) -> None:
        """Add a line without a tag."""
        if self.last is not None:
            extend(self.raw[self.last], self.last, line)

    @property
    def typed(self) -> bool:
        return "TY" in self.raw

    @property
    def has_content(self) -> bool:
        """Whether it is a record by itself: it has its type, or a field of a citation."""
        return self.typed or not _CITATION.isdisjoint(self.raw)


_Found = tuple[_Entry | None, Sequence[Problem]]


def parse_ris(lines: TextLines, dialect: str, *, source: str, loose: bool = False) -> ParsedItems:
    """Yield every record and every problem of an RIS text, in file order. Raises nothing itself.

    `dialect` is the first one that the file shows. Merged exports have several, so each record is
    read as its own.
    """
    seen = {dialect} - {"ris"}
    for entry, problems in _with_late_tags(_entries(lines, loose=loose)):
        yield from problems
        if entry is not None:
            own = record_dialect(entry.raw)
            if own:
                seen.add(own)
            elif len(seen) <= 1:
                own = dialect
            yield from _build(entry, FIELD_MAPS[own or "ris"], source)


# Ovid writes it after the ER line of its record.
_LATE = "NL"


def _with_late_tags(found: Iterable[_Found]) -> Iterator[_Found]:
    """Yield what is found, each record with the tag that stands after its ER line."""
    held: _Found = (None, ())
    for entry, problems in found:
        if held[0] is not None and entry is not None and next(iter(entry.raw)) == _LATE:
            values = entry.raw[_LATE]
            held[0].raw.setdefault(_LATE, []).append(values.pop(0))
            if not values:
                del entry.raw[_LATE]
            if not entry.raw:  # nothing but that stands at the end of the file
                continue

        if entry is not None or problems:
            yield held
            held = (entry, problems)
    yield held


def _entries(lines: TextLines, *, loose: bool) -> Iterator[_Found]:
    """Yield each record's values, or None for problems outside any record."""
    reader = _Reader(TagLine(loose=loose))
    if loose:
        yield from reader.entries(lines)
        return

    for record in record_texts(lines.blocks()):
        if record.raw:
            reader.type_first = True
            yield _Entry(record.line, record.raw, filled=True), ()
        else:
            yield from reader.entries(record.numbered())


class _Reader:
    """The lines of a file, with a look at the next line that is not blank."""

    def __init__(self, parser: TagLine) -> None:
        self._lines: Iterator[Line] = iter(())
        self._ahead: deque[Line] = deque()
        self._parser = parser
        # Whether a record of the file began with its TY line, as the specification has it.
        self.type_first = False
        self._entry: _Entry | None = None
        self._blank = False

    def _next(self) -> Line | None:
        if self._ahead:
            return self._ahead.popleft()
        return next(self._lines, None)

    def _following(self) -> str:
        """Return the next line that is not blank, without taking it; "" at the end."""
        for _, line in self._ahead:
            if line.strip():
                return line
        for number, line in self._lines:
            self._ahead.append((number, line))
            if line.strip():
                return line
        return ""

    def _ends_record(self, line: str, text: str) -> bool:
        """Return whether an ER line ends the record: in an abstract "ER" is a receptor, too."""
        if self._entry is None or (line[2:5] == "  -" and not text):
            return True

        following = self._following()
        tag, _ = self._parser.parse_line(following)
        if not following or tag == "TY" or is_furniture(following.strip()):
            return True
        return tag is not None and not self.type_first and next(iter(self._entry.raw)) != "TY"

    def entries(self, lines: Iterable[Line]) -> Iterator[_Found]:
        """Yield the records of these lines, the last one cut off where they end inside it."""
        self._lines = iter(lines)
        number = 0
        while (numbered := self._next()) is not None:
            number, line = numbered
            if not line:
                self._blank = True
                continue

            tag, text = self._parser.parse_line(line)
            if tag == "ER" and not self._ends_record(line, text):
                tag, text = None, line
            if tag is None:
                yield None, self._take_untagged(number, line)
            elif tag == "ER":
                yield self._finish(_end_problems(self._entry, number, text))
            else:
                if tag == "TY" and self._begins_next():
                    yield self._finish([self._unended(number)])
                self._add(tag, text, number)

        if self._entry is not None:
            what = f"the file ends inside the record of line {self._entry.line}: no ER line"
            yield self._finish([_damage(number, what)])

    def _take_untagged(self, number: int, line: str) -> list[Problem]:
        problems = _take_untagged(self._entry, number, line, after_blank=self._blank)
        self._blank = not line.strip()
        return problems

    def _add(self, tag: str, text: str, number: int) -> None:
        self._blank = False
        if self._entry is None:
            self._entry = _Entry(number, {})
        self._entry.add(tag, text)

    def _finish(self, problems: list[Problem]) -> _Found:
        """Return the record that is being read, with its problems; begin anew."""
        entry = self._entry
        if entry is not None and not self.type_first:
            self.type_first = next(iter(entry.raw)) == "TY"
        self._entry, self._blank = None, False
        return entry, problems

    def _begins_next(self) -> bool:
        """Return whether a TY line begins a further record: TY need not be a record's first tag."""
        entry = self._entry
        return entry is not None and entry.has_content and (entry.typed or self._blank)

    def _unended(self, number: int) -> Problem:
        line = self._entry.line if self._entry else number
        what = f"the record of line {line} has no ER line; the next record starts here"
        return _damage(number, what)


def _take_untagged(
    entry: _Entry | None, number: int, line: str, *, after_blank: bool
) -> list[Problem]:
    """Add a line without a tag to the record; return a problem where it belongs to none."""
    text = line.strip()
    if not text:
        return []

    furniture = is_furniture(text)
    if entry is not None and not (after_blank and furniture):
        entry.extend(line)
        return []
    if furniture:
        return []

    return [_damage(number, f"text outside any record: {text[:60]!r}")]


def _end_problems(entry: _Entry | None, number: int, text: str) -> list[Problem]:
    if entry is None:
        return [_damage(number, "an end of record (ER) without a record")]

    problems = []
    if not entry.typed:
        problems.append(_damage(entry.line, "the record has no TY line"))
    if text:
        problems.append(_damage(number, f"text after the end of the record: {text[:60]!r}"))
    return problems


def _build(entry: _Entry, fields: FieldMap, source: str) -> list[ParsedItem]:
    raw = entry.raw
    for tag in ("UR", "DO", "LK"):
        if tag in raw and "  - " in "".join(raw[tag]):
            _unglue(raw, tag)

    if fields.marks_groups:
        _prepare_own(raw)
    else:
        _add_type(raw)
    if raw.get("SP") == ["No"] and raw.get("EP") == [
        "Specified"
    ]:  # Ovid's "No Pagination Specified"
        del raw["SP"], raw["EP"]
    if raw.get("DP") == ["NLM"] and "AN" in raw:
        # EndNote keeps a PubMed record's PMID as its accession number.
        raw["PMID"] = raw["AN"][:1]
    items = build_record(raw, fields, source=source, line=entry.line, filled=entry.filled)
    if fields.marks_groups:
        return list(map(_without_own_notes, items))
    return items


def _without_own_notes(item: ParsedItem) -> ParsedItem:
    """Return the item without the notes of reviewkit's own export that its fields hold now."""
    if isinstance(item, Problem):
        return item

    record = item.record
    notes = tuple(note for note in record.other.get("N1", ()) if not _OWN_NOTE.match(note))
    other = {tag: values for tag, values in record.other.items() if tag != "N1"}
    if notes:
        other["N1"] = notes
    return item._replace(record=replace(record, other=other))


def _prepare_own(raw: dict[str, list[str]]) -> None:
    """Drop the keywords that reviewkit's own export wrote for other programs: its headings."""
    if "MH" in raw:
        raw["KW"] = [term for term in raw.get("KW", ()) if term not in raw["MH"]]


def _add_type(raw: dict[str, list[str]]) -> None:
    """Put the kind of reference into words, where no other tag does."""
    if any(raw.get("M3", ())) or any(raw.get("PT", ())) or "TY" not in raw:
        return
    kind = _KINDS.get(raw["TY"][0].upper())
    if kind:
        raw["M3"] = [kind]


def _unglue(raw: dict[str, list[str]], tag: str) -> None:
    """Undo how Rayyan folds the next line into a link or DOI: "10.1000/1     LK  - https://..."."""
    for index, value in enumerate(raw[tag]):
        first, *others = _GLUED.split(value)
        raw[tag][index] = first
        for other in others:
            raw.setdefault(other[:2], []).append(other[6:].strip())


def _damage(line: int, what: str) -> Problem:
    return Problem(kind=ProblemKind.DAMAGE, line=line, what=what)
