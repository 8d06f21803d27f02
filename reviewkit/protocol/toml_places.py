"""Where each key and value of a TOML text stands: tomllib does not say. Pure."""

import re
from dataclasses import dataclass

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BETWEEN = re.compile(r"(?:[ \t\r\n,]|#[^\n]*)*")
_CLOSING = re.compile(r"[ \t\]]*")
_SPACE = re.compile(r"[ \t]*")
_KEY = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'|[^\s=.\[\]\"'#]+")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'', re.DOTALL
)
_BARE = re.compile(r"[^,\]}\n#]*")

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """The span of a key and that of its value; a heading and an item of a list have one only."""

    key: tuple[int, int] | None
    value: tuple[int, int] | None

    @property
    def start(self) -> int:
        """Return where it begins."""
        return (self.key or self.value or (0, 0))[0]


def toml_places(text: str) -> dict[Path, Place]:
    """Return the place of every path in a TOML text that tomllib can read.

    A list's items count from 0, a table of a list ([[sources]]) as its items.
    """
    scanner = _Scanner(text)
    scanner.read()
    return scanner.places


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.places: dict[Path, Place] = {}
        self.counts: dict[Path, int] = {}
        self.table: Path = ()

    def read(self) -> None:
        """Read the whole text."""
        self._skip(_BLANK)
        while self.position < len(self.text):
            before = self.position
            if self.text[self.position] == "[":
                self._read_heading()
            else:
                self._read_pair(self.table)
            self._skip(_BLANK)
            # Nothing that tomllib can read stands still; an endless loop would be worse than a
            # mistake without its line.
            if self.position == before:
                return

    def _skip(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.position)
        if match is None:
            return ""
        self.position = match.end()
        return match.group()

    def _read_heading(self) -> None:
        """Read [table] or [[table]], which the following pairs belong to."""
        is_list = self.text.startswith("[[", self.position)
        self.position += 1 + is_list
        start = self.position
        names = self._key_parts()
        span = (start, self.position)

        path = self._inside(names[:-1]) + tuple(names[-1:])
        self._keep_with_parents(path, span)
        if is_list:
            self.counts[path] = self.counts.get(path, -1) + 1
            path = (*path, self.counts[path])
            self._keep_with_parents(path, span)
        self.table = path
        self._skip(_CLOSING)

    def _inside(self, names: list[str]) -> Path:
        """Return the path of a heading's parents: in a list of tables, that of its last table."""
        path: Path = ()
        for name in names:
            path = (*path, name)
            if path in self.counts:
                path = (*path, self.counts[path])
        return path

    def _keep_with_parents(self, path: Path, span: tuple[int, int]) -> None:
        for length in range(1, len(path) + 1):
            self.places.setdefault(path[:length], Place(span, None))

    def _key_parts(self) -> list[str]:
        names = []
        self._skip(_SPACE)
        while name := self._skip(_KEY):
            names.append(name.strip("\"'") if name[0] in "\"'" else name)
            end = self.position
            self._skip(_SPACE)
            if not self.text.startswith(".", self.position):
                self.position = end
                break
            self.position += 1
            self._skip(_SPACE)
        return names

    def _read_pair(self, table: Path) -> None:
        start = self.position
        names = self._key_parts()
        span = (start, self.position)
        path = (*table, *names)
        self._skip(_SPACE)
        self.position += 1  # the equals sign
        self._skip(_SPACE)

        value_start = self.position
        for length in range(len(table) + 1, len(path)):
            self.places.setdefault(path[:length], Place(span, None))
        self.places.setdefault(path, Place(span, (value_start, value_start)))
        self._read_value(path)
        self.places[path] = Place(span, (value_start, self.position))

    def _read_value(self, path: Path) -> None:
        match self.text[self.position : self.position + 1]:
            case "[":
                self._read_list(path)
            case "{":
                self._read_inline_table(path)
            case '"' | "'":
                self._skip(_STRING)
            case _:
                bare = self._skip(_BARE)
                self.position -= len(bare) - len(bare.rstrip())

    def _read_list(self, path: Path) -> None:
        self.position += 1  # the opening bracket
        number = 0
        while not self._is_closed("]"):
            start = self.position
            self.places[*path, number] = Place(None, (start, start))
            self._read_value((*path, number))
            self.places[*path, number] = Place(None, (start, self.position))
            number += 1

    def _read_inline_table(self, path: Path) -> None:
        self.position += 1  # the opening bracket
        while not self._is_closed("}"):
            self._read_pair(path)

    def _is_closed(self, bracket: str) -> bool:
        """Return whether the closing bracket follows, and step over it."""
        self._skip(_BETWEEN)
        if self.position < len(self.text) and self.text[self.position] != bracket:
            return False
        self.position += 1
        return True
