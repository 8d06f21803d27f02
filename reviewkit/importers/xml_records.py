"""XML record by record in constant memory, with the standard library's parser.

Entity declarations, internal or external, are refused before the parser sees them. No DTD is read.
"""

import itertools
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import BinaryIO

from reviewkit.importers.encodings import TextEncoding
from reviewkit.importers.lines import text_chunks
from reviewkit.importers.parsed_file import Problem, ProblemKind
from reviewkit.model.errors import DamagedFile

_COMMENT = re.compile(r"<!--(?:.*?-->|.*)|<\?(?:.*?\?>|.*)", re.DOTALL)
_ROOT = re.compile(r"<[A-Za-z_]")


def refuse_entities(head: str, *, where: str) -> None:
    """Raise DamagedFile where the text before the root element declares an entity.

    A DTD inside the file is refused too. A DOCTYPE that only names a DTD, as PubMed's does, is let
    through: nothing fetches it.
    """
    plain = _COMMENT.sub("", head)
    root = _ROOT.search(plain)
    prolog = plain
    if root:
        prolog = plain[: root.start()]
    if "<!ENTITY" in prolog or ("<!DOCTYPE" in prolog and "[" in prolog):
        raise DamagedFile(
            "the XML declares entities of its own, which can blow up or fetch other files; "
            "it was not read",
            where=where,
            hint="no database exports such a file; export the records again",
        )
    if root is None:
        raise DamagedFile(
            "no root element within the first 256 KB", where=where, hint="export the records again"
        )


# Bytes of one tag or text; expat reads a long one again with every piece that it is fed.
LONGEST_TOKEN = 4_000_000


_STATED = re.compile(r"\s*<\?xml[^>]{0,200}?\bencoding\s*=\s*[\"']([\w.-]+)")
_UNPRINTED = bytes([*range(9), 11, 12, *range(14, 32)])  # what XML 1.0 does not allow


def is_utf8(head: str, found: str) -> bool:
    """Return whether XML has to be UTF-8: it says so, or says nothing and has no other mark."""
    stated = _STATED.match(head)
    is_other = stated is not None and stated[1].casefold() not in {"utf-8", "utf8"}
    return not is_other and not found.startswith(("utf-16", "utf-32"))


class Tokens:
    """A stream of XML that raises DamagedFile at a tag or text longer than any real one.

    Where it `is_utf8`, a byte that is not is read as Windows-1252, and control characters are left
    out: either would end the reading. Both are problems.
    """

    def __init__(
        self, stream: BinaryIO, where: str, problems: list[Problem], *, is_utf8: bool
    ) -> None:
        self._stream = stream
        self._where = where
        self._problems = problems
        self._length = 0
        self._texts = text_chunks(stream, TextEncoding(name="utf-8"), problems)
        self._is_utf8 = is_utf8
        self._has_controls = False

    def read(self, size: int = -1, /) -> bytes:
        data = self._mended() if self._is_utf8 else self._stream.read(size)
        last = max(data.rfind(b"<"), data.rfind(b">"))
        if last >= 0:
            self._length = 0
        self._length += len(data) - max(last, 0)
        if self._length > LONGEST_TOKEN:
            what = "a tag or text in the XML is longer than 4 MB"
            raise DamagedFile(what, where=self._where, hint="no database exports such a file")

        return data

    def _mended(self) -> bytes:
        """Return the next piece in UTF-8; nothing at the end."""
        text = next(filter(None, self._texts), "")
        data = text.encode()
        plain = data.translate(None, _UNPRINTED)
        if len(plain) < len(data) and not self._has_controls:
            self._has_controls = True
            what = "control characters that XML does not allow were left out"
            self._problems.append(Problem(kind=ProblemKind.DAMAGE, line=None, what=what))

        return plain


# Expat has to see few bytes at a time: what they make is taken out of the tree before the next.
_PIECE = 1 << 14
_DEEPEST = 32  # elements around a record; of those further in, none is forgotten before its end


def elements(stream: Tokens, tags: frozenset[str], problems: list[Problem]) -> Iterator[ET.Element]:
    """Yield each element of one of the tags, whole, in the order of their ends; then forget it.

    Where the XML breaks off, a problem says so.
    """
    # The builder in C tells nothing of each element, which costs less than a list of events. The
    # file's root is put into an element of our own, so that it can be looked at while it grows.
    builder = ET.TreeBuilder()
    trunk = builder.start("file", {})
    parser = ET.XMLParser(target=builder)  # noqa: S314  entities are refused in the prolog
    stop: Exception | None = None

    try:
        for piece in _pieces(stream):
            parser.feed(piece)
            yield from _passed(trunk, tags)
        parser.close()
    except (ET.ParseError, DamagedFile, OSError, LookupError, ValueError) as error:
        stop = error

    yield from _ended(builder, trunk, tags)
    if isinstance(stop, DamagedFile | OSError):
        raise stop
    if stop is not None:
        problems.append(_break(stop))


def _pieces(stream: Tokens) -> Iterator[bytes]:
    while data := stream.read(_PIECE):
        for start in range(0, len(data), _PIECE):
            yield data[start : start + _PIECE]


def _passed(trunk: ET.Element, tags: frozenset[str]) -> Iterator[ET.Element]:
    """Yield the records that have something after them, so that they have ended; forget all of it.

    A record that may go on is left alone, with all that is in it.
    """
    parent = trunk
    for _ in range(_DEEPEST):
        for child in parent[:-1]:
            yield from _records_in(child, tags)
        del parent[:-1]
        if not len(parent) or parent[0].tag in tags:
            return
        parent = parent[0]


def _ended(
    builder: ET.TreeBuilder, trunk: ET.Element, tags: frozenset[str]
) -> Iterator[ET.Element]:
    """Yield the records left in the tree at the end of the file that had an end of their own."""
    without_end: list[ET.Element] = []
    while not without_end or without_end[-1] is not trunk:
        without_end.append(builder.end(""))  # closes the innermost element that is open

    is_open = set(without_end)
    for element in reversed(without_end):
        for child in element:
            if child not in is_open:
                yield from _records_in(child, tags)


def _records_in(element: ET.Element, tags: frozenset[str]) -> Iterator[ET.Element]:
    """Yield the records in an element, or itself, in the order of their ends."""
    found = list(itertools.chain.from_iterable(map(element.iter, tags)))
    if found == [element]:
        yield element
    elif found:
        records = set(found)
        for record in filter(records.__contains__, _by_end(element)):
            yield record
            record.clear()


def _by_end(element: ET.Element) -> Iterator[ET.Element]:
    """Return the element and all in it, in the order of their ends."""
    backwards: list[ET.Element] = []
    to_see = [element]
    while to_see:
        backwards.append(to_see.pop())
        to_see += backwards[-1]
    return reversed(backwards)


def _break(error: Exception) -> Problem:
    if isinstance(error, ET.ParseError):
        what = f"the XML breaks here ({error.msg.split(':')[0]}); nothing after it could be read"
        return Problem(kind=ProblemKind.DAMAGE, line=error.position[0], what=what)

    what = f"the XML could not be read: {error}"  # an encoding that does not exist
    return Problem(kind=ProblemKind.DAMAGE, line=1, what=what)


def text_of(element: ET.Element | None) -> str:
    """Return all text of the element, with that of inline markup, white space kept; "" for None."""
    if element is None:
        return ""
    if len(element):
        return "".join(element.itertext())
    return element.text or ""
