"""XML record by record in constant memory, with the standard library's parser and nothing that XML can be abused for.

It refuses entity declarations, internal or external, before the parser sees them, and reads no DTD.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import BinaryIO

from reviewkit.importers.parsed_file import Problem, ProblemKind
from reviewkit.model.errors import DamagedFile

_COMMENT = re.compile(r"<!--.*?-->|<\?.*?\?>", re.DOTALL)
_ROOT = re.compile(r"<[A-Za-z_]")


def refuse_entities(head: str, *, where: str) -> None:
    """Raises DamagedFile when the text before the root element declares an entity or has a DTD of its own.

    A DOCTYPE that only names a DTD, as PubMed's does, is let through: nothing fetches it.
    """
    plain = _COMMENT.sub("", head)
    root = _ROOT.search(plain)
    prolog = plain[: root.start()] if root else plain
    if "<!ENTITY" in prolog or ("<!DOCTYPE" in prolog and "[" in prolog):
        raise DamagedFile(
            "the XML declares entities of its own, which can blow up or fetch other files; it was not read",
            where=where,
            hint="no database exports such a file; export the records again",
        )
    if root is None:
        raise DamagedFile(
            "no root element within the first 256 KB", where=where, hint="export the records again"
        )


LONGEST_TOKEN = 4_000_000  # bytes of one tag or text; expat reads a long one again with every piece that it is fed


class Tokens:
    """A stream of XML that ends with DamagedFile where a tag or text is longer than any real one."""

    def __init__(self, stream: BinaryIO, where: str) -> None:
        self._stream = stream
        self._where = where
        self._length = 0

    def read(self, size: int = -1, /) -> bytes:
        data = self._stream.read(size)
        last = max(data.rfind(b"<"), data.rfind(b">"))
        self._length = len(data) - last if last >= 0 else self._length + len(data)
        if self._length > LONGEST_TOKEN:
            what = "a tag or text in the XML is longer than 4 MB"
            raise DamagedFile(what, where=self._where, hint="no database exports such a file")
        return data


def elements(stream: Tokens, tags: frozenset[str], problems: list[Problem]) -> Iterator[ET.Element]:
    """Each element of one of the tags, whole, and emptied after use. Where the XML breaks off, a problem says so."""
    try:
        for _, element in ET.iterparse(stream, events=("end",)):  # noqa: S314  entities are refused in the prolog
            if element.tag in tags:
                yield element
                element.clear()
    except ET.ParseError as error:
        line = error.position[0]
        what = f"the XML breaks here ({error.msg.split(':')[0]}); nothing after it could be read"
        problems.append(Problem(kind=ProblemKind.DAMAGE, line=line, what=what))


def text_of(element: ET.Element | None) -> str:
    """All text of the element, that of inline markup included, white space as it stands; "" for None."""
    if element is None:
        return ""
    return "".join(element.itertext()) if len(element) else element.text or ""
