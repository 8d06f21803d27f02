"""The entries of a BibTeX text: type, key and fields, with what was wrong and in which line.

Rules of BibTeX ("BibTeXing", Patashnik 1988) and of biblatex 3.19: values in braces, quotes or
bare, joined by "#". What real exports break is repaired and told: keys with commas and blanks,
missing commas, braces that do not match. One pass; no rule looks at a text twice.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from reviewkit.importers.lines import Line

# Mendeley writes types such as @web_page and @book_section.
_START = re.compile(r"@\s*([A-Za-z][\w-]*)\s*[{(]")
_LINE_START = re.compile(r"^\s*@\s*[A-Za-z][\w-]*\s*[{(]")
_NAME = re.compile(r"[\s,]*([^\s=,{}()\"#%']+)\s*=\s*")
# A field in braces without any inside, and a comma after it: as nearly all are.
_PLAIN_FIELD = re.compile(rf"{_NAME.pattern}{{([^{{}}]*+)}}\s*(?=,)")
# Scopus numbers a field that comes again: "funding_text 1={", with a blank of fixed width.
_SPACED_NAME = re.compile(r"[\s,]*([A-Za-z][\w-]*(?:[ \u00a0][\w-]{1,30}){1,3})\s*=\s*(?=[{\"])")
_FIRST_FIELD = re.compile(r",\s*[^\s=,{}()\"#%']+\s*=\s*[{\"\w]")
_NO_KEY = re.compile(r"\s*[^\s=,{}()\"#%']+\s*=\s*[{\"\w]")
_LONGEST_KEY = 2_000
_MOST_PROBLEMS = 20  # of one entry; more would only repeat that it is broken
_NEXT_FIELD = re.compile(r"\n[ \t]*+,?[ \t]*+[A-Za-z][\w-]*+[ \t]*+=[ \t]*[{\"\d]")
_STRAY_FIELD = re.compile(r"[\s,]*[A-Za-z][\w-]*\s*=\s*[{\"]")
_BARE = re.compile(r"[^\s,#{}()\"=]+")
_MARK = re.compile(r"[{}\"]")
_BLANK = re.compile(r"\s*")
_DEPTHS = {"{": 1, "}": -1, '"': 0}
_SKIPPED = frozenset({"comment", "preamble"})


@dataclass(slots=True, kw_only=True)
class BibtexEntry:
    """One entry as it stands: lower-case type, key, the values of each field, its first line.

    `problems` are lines and what is wrong in them.
    """

    kind: str
    key: str
    line: int
    fields: dict[str, list[str]] = field(default_factory=dict)
    problems: list[tuple[int, str]] = field(default_factory=list)


def read_entries(lines: Iterable[Line]) -> Iterator[BibtexEntry]:
    """Yield every entry, with the abbreviations of @string put in."""
    macros: dict[str, str] = {}
    for start, text in _blocks(lines):
        at = 0
        scanner = _Scanner(text, start, macros)
        while match := _START.search(text, at):
            kind = match[1].lower()
            if kind in _SKIPPED:
                at = match.end()
                continue

            if kind == "string":
                at = scanner.read_macro(match.end())
                continue

            entry, at = scanner.read_entry(match, kind)
            yield entry


def _blocks(lines: Iterable[Line]) -> Iterator[tuple[int, str]]:
    """Yield the text from one "@type{" at the start of a line to the next, with its first line."""
    start, block = 1, list[str]()
    for number, line in lines:
        if "@" in line and _LINE_START.match(line) and block:
            yield start, "\n".join(block)
            start, block = number, []
        elif not block:
            start = number
        block.append(line)

    if block:
        yield start, "\n".join(block)


class _Unbalanced(Exception):
    """A brace or quote has no end."""


class _Scanner:
    """The text of one block, read from left to right."""

    def __init__(self, text: str, start: int, macros: dict[str, str]) -> None:
        self._text = text
        self._start = start
        self._macros = macros
        self._unmatched = 0
        self._counted = 0
        self._breaks = 0

    def line_at(self, at: int) -> int:
        """Return the number of the line; places are asked for from left to right."""
        if at < self._counted:
            return self._start + self._text.count("\n", 0, at)
        self._breaks += self._text.count("\n", self._counted, at)
        self._counted = at
        return self._start + self._breaks

    def read_macro(self, at: int) -> int:
        """Note an abbreviation of @string; return where it ends."""
        match = _NAME.match(self._text, at)
        if match is None:
            return at
        try:
            value, end = self._value(match.end())
        except _Unbalanced:
            return len(self._text)
        self._macros[match[1].lower()] = value
        return end

    def read_entry(self, match: re.Match[str], kind: str) -> tuple[BibtexEntry, int]:
        """Return the entry that begins at the match, and where it ends."""
        self._unmatched = 0
        key, at = self._key(match.end())
        entry = BibtexEntry(kind=kind, key=key, line=self.line_at(match.start()))
        while True:
            at = self._fields(entry, at)
            # An unmatched "}" in a value ends the entry too early: its other fields come after it.
            if not _STRAY_FIELD.match(self._text, at):
                return entry, at
            self._note(entry, at, "a closing brace too many; what follows was read as well")

    def _key(self, at: int) -> tuple[str, int]:
        """Return the key and where the fields begin: it may hold commas and blanks."""
        text = self._text
        if _NO_KEY.match(text, at):
            return "", at

        first = _FIRST_FIELD.search(text, at, at + _LONGEST_KEY)
        end = text.find("}", at, at + _LONGEST_KEY)
        if first is not None and not 0 <= end < first.start():
            return text[at : first.start()].strip(" \t\r\n,"), first.start()
        if end < 0:
            end = min(len(text), at + _LONGEST_KEY)
        return text[at:end].strip(" \t\r\n,"), end

    def _fields(self, entry: BibtexEntry, at: int) -> int:
        """Read fields up to the end of the entry; return where that is."""
        text = self._text
        while at < len(text):
            plain = _PLAIN_FIELD.match(text, at) if self._unmatched <= _MOST_PROBLEMS else None
            if plain is not None:
                entry.fields.setdefault(plain[1].lower(), []).append(plain[2])
                at = plain.end()
                continue

            match = _NAME.match(text, at) or _SPACED_NAME.match(text, at)
            if match is None:
                at = self._after_fields(entry, at)
                if at < 0:
                    return -at
                continue

            value, at = self._kept_value(entry, match)
            name = " ".join(match[1].lower().split())
            entry.fields.setdefault(name, []).append(value)
            at = _end_of(_BLANK, text, at)
            if at < len(text) and text[at] not in ",})":
                self._note(entry, at, "a comma is missing here; it was read as if it were there")

        what = "the entry has no closing brace; it was read as far as it goes"
        entry.problems.append((entry.line, what))
        return len(text)

    def _after_fields(self, entry: BibtexEntry, at: int) -> int:
        """Return where the next field is; minus the end of the entry where it is over."""
        text = self._text
        while at < len(text) and (text[at].isspace() or text[at] == ","):
            at += 1
        if at >= len(text):
            return at
        if text[at] in "})":
            return -(at + 1)

        following = _NEXT_FIELD.search(text, at)
        end = following.start() if following else len(text)
        shown = " ".join(text[at:end].split())[:60]
        self._note(entry, at, f"this is no field, and was left out: {shown!r}")
        return end

    def _kept_value(self, entry: BibtexEntry, match: re.Match[str]) -> tuple[str, int]:
        """Return a field's value; where a brace has no end, what stands before the next field."""
        if self._unmatched > _MOST_PROBLEMS:  # looking for every end again would take for ever
            return self._cut_value(match.end())

        strict = self._value_or_none(match.end())
        if strict is not None and self._goes_on(strict[1]):
            return strict

        # Exports that write "\{" do not count it as a brace.
        lenient = self._value_or_none(match.end(), escapes=True)
        if lenient is not None and (strict is None or self._goes_on(lenient[1])):
            return lenient
        if strict is not None:
            return strict

        if not self._text[match.end() :].isspace():
            self._note(entry, match.start(1), f"{match[1]} has braces that do not match")

        self._unmatched += 1
        return self._cut_value(match.end())

    def _cut_value(self, at: int) -> tuple[str, int]:
        """Return what stands before the next line that begins a field."""
        following = _NEXT_FIELD.search(self._text, at)
        end = following.start() if following else len(self._text)
        value = self._text[at:end].strip().rstrip(" \t\r\n,}")
        return value.lstrip('{"'), end

    def _goes_on(self, at: int) -> bool:
        """Return whether a field may end here: a comma, the entry's end or a name follows."""
        at = _end_of(_BLANK, self._text, at)
        return self._text[at : at + 1] in {"", ",", "}", ")"} or bool(_NAME.match(self._text, at))

    def _value_or_none(self, at: int, *, escapes: bool = False) -> tuple[str, int] | None:
        try:
            return self._value(at, escapes=escapes)
        except _Unbalanced:
            return None

    def _value(self, at: int, *, escapes: bool = False) -> tuple[str, int]:
        """Return the parts of a value, joined, and where it ends. Raises _Unbalanced."""
        text = self._text
        parts = []
        while True:
            at = _end_of(_BLANK, text, at)
            opening = text[at : at + 1]
            if opening in {"{", '"'}:
                end = self._closing(at, quoted=opening == '"', escapes=escapes)
                parts.append(text[at + 1 : end])
                at = end + 1
            else:
                bare = _BARE.match(text, at)
                if bare is None:
                    break
                parts.append(self._macros.get(bare[0].lower(), bare[0]))
                at = bare.end()

            after = _end_of(_BLANK, text, at)
            if text[after : after + 1] != "#":
                break
            at = after + 1

        return "".join(parts), at

    def _closing(self, at: int, *, quoted: bool, escapes: bool) -> int:
        """Return where the brace or quote that opens at `at` is closed. Raises _Unbalanced."""
        text = self._text
        depth = int(not quoted)
        closing = '"' if quoted else "}"
        for mark in _MARK.finditer(text, at + 1):
            if escapes and text[mark.start() - 1] == "\\":
                continue
            depth += _DEPTHS[mark[0]]
            if depth == 0 and mark[0] == closing:
                return mark.start()
            if depth < 0:
                break

        raise _Unbalanced

    def _note(self, entry: BibtexEntry, at: int, what: str) -> None:
        if len(entry.problems) < _MOST_PROBLEMS:
            entry.problems.append((self.line_at(at), what))


def _end_of(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at
