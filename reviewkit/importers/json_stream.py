"""JSON of any size to the objects of its list of records, one in memory at a time.

The list is the whole text, or stands under a name that services give it, or each line is an object.
"""

import json
from collections.abc import Iterator
from typing import Any

from reviewkit.importers.parsed_file import Problem, ProblemKind
from reviewkit.model.foreign import whole_characters

# Characters of one item; a record with 10,000 references has some 2,000,000.
LARGEST_ITEM = 8_000_000
# What services and tools call the list of their records, and what it may stand in.
_LISTS = frozenset(
    ["items", "references", "References", "results", "data", "studies", "result", "publications"]
)
_AROUND = frozenset(["message", "resultList"])
_BLANK = " \t\r\n,"


class _BrokenJson(Exception):
    """The text is no JSON from here on."""


class _Text:
    """The text that has come, the place reached in it, and the pieces that are to come."""

    def __init__(self, chunks: Iterator[str]) -> None:
        self._chunks = chunks
        self._text = ""
        self._at = 0
        self._decoder = json.JSONDecoder()

    def peek(self) -> str:
        """Return the next character that is no blank or comma; "" at the end."""
        while True:
            while self._at < len(self._text):
                character = self._text[self._at]
                if character not in _BLANK and character != "\ufeff":
                    return character
                self._at += 1

            if not self._more():
                return ""

    def skip(self, character: str) -> bool:
        """Go past the character if it is the next one."""
        if self.peek() != character:
            return False
        self._at += 1
        return True

    def value(self) -> Any:
        """Return the next value. Raises _BrokenJson where there is none."""
        self.peek()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
                value = whole_characters(value)
            except (ValueError, RecursionError) as error:
                long = len(self._text) - self._at >= LARGEST_ITEM
                if long or not self._more():
                    shown = self._text[self._at : self._at + 60]
                    raise _BrokenJson(f"the JSON breaks off at {shown!r}") from error
                continue

            # A number at the end of a piece may go on in the next one.
            if end == len(self._text) and self._more():
                continue
            self._at = end
            return value

    def _more(self) -> bool:
        """Add the next piece; return whether there was one."""
        for chunk in self._chunks:
            if chunk:
                self._text = self._text[self._at :] + chunk
                self._at = 0
                return True
        return False


def json_items(chunks: Iterator[str]) -> Iterator[Any]:
    """Yield the objects of the text one by one; a Problem where the JSON breaks.

    Several texts one after the other, as in JSON lines, are read too.
    """
    text = _Text(chunks)
    try:
        while text.peek():
            if text.skip("["):
                yield from _list(text)
            elif text.skip("{"):
                yield from _object(text)
            else:
                yield text.value()
    except _BrokenJson as error:
        yield Problem(kind=ProblemKind.REFUSED, line=None, what=str(error))


def _list(text: _Text) -> Iterator[Any]:
    """Yield the values of a list whose bracket was read."""
    while not text.skip("]"):
        if not text.peek():
            raise _BrokenJson("the JSON ends inside a list")
        yield text.value()


def _object(text: _Text) -> Iterator[Any]:
    """Yield the records under one of the names for lists, else the object itself."""
    values: dict[str, Any] = {}
    found = False
    while not text.skip("}"):
        name = text.value()
        if not isinstance(name, str) or not text.skip(":"):
            raise _BrokenJson(f"a name and a colon should stand at {str(name)[:40]!r}")

        if name in _LISTS and text.peek() == "[" and not _is_record(values):
            text.skip("[")
            found = True
            yield from _list(text)
        elif name in _AROUND and text.skip("{"):
            found = True
            yield from _object(text)
        else:
            values[name] = text.value()

    if not found:
        yield values


def _is_record(values: dict[str, Any]) -> bool:
    """Return whether the object is a record itself, whose own lists are its values."""
    return "title" in values or "DOI" in values
