"""Bytes to numbered text lines: one pass, constant memory, whatever the encoding and line ends.

No line of any length and no NUL gets through. A line in another encoding is a problem.
"""

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

from reviewkit.importers.parsed_file import Problem, ProblemKind
from reviewkit.model.errors import DamagedFile

CHUNK = 1 << 18
LONGEST_LINE = 4_000_000  # characters; the longest real one seen, an OpenAlex row, has 100,000
_BREAK = re.compile(r"\r\n|\r|\n")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


Line = tuple[int, str]
"""A line's number, from 1, and its text. A plain tuple: 100,000 records have five million lines."""


def encoding_of(head: bytes) -> str:
    """Return the encoding that the first bytes show.

    A byte order mark shows it, or the zeros of UTF-16; else it is UTF-8 where valid, else cp1252.
    """
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name

    even, odd = head[0:512:2].count(0), head[1:512:2].count(0)
    half = max(1, len(head[:512]) // 2)
    if odd > half * 0.4 and even < half * 0.1:
        return "utf-16-le"
    if even > half * 0.4 and odd < half * 0.1:
        return "utf-16-be"

    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(head)
    except UnicodeDecodeError:
        return "cp1252"

    return "utf-8"


def _fallback(error: UnicodeError) -> tuple[str, int]:
    """Read a byte that is not UTF-8 as Windows-1252 or else Latin-1, with a mark before it."""
    if not isinstance(error, UnicodeDecodeError):
        raise error

    byte = error.object[error.start : error.start + 1]
    try:
        letter = byte.decode("cp1252")
    except UnicodeDecodeError:
        letter = byte.decode("latin-1")

    return _MARK + letter, error.start + 1


_MARK = "\ufdd0"  # a noncharacter: no text holds it
_SIGNS = ("\0", _MARK, "\ufffd")  # what a piece of text must be looked at line by line for
codecs.register_error("reviewkit-cp1252", _fallback)


def text_chunks(stream: BinaryIO, encoding: str) -> Iterator[str]:
    """Yield the stream's text piece by piece.

    A byte outside UTF-8 or cp1252 is read as Windows-1252 and comes after a mark.
    """
    errors = "replace"
    if encoding == "cp1252" or encoding.startswith("utf-8"):
        errors = "reviewkit-cp1252"
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    while chunk := stream.read(CHUNK):
        yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)


def numbered_lines(
    stream: BinaryIO, encoding: str, problems: list[Problem], *, where: str = ""
) -> Iterator[Line]:
    """Yield every line with its number from 1, without its end; LF, CRLF and CR each end a line.

    A line with bytes outside the encoding is a problem. Raises DamagedFile on a NUL or a line
    longer
    than LONGEST_LINE.
    """
    number, rest = 0, ""
    for chunk in text_chunks(stream, encoding):
        text = rest + chunk
        complete, rest = _complete_lines(text)
        clean = _is_clean(text)

        for line in complete:
            number += 1
            yield number, line if clean else _checked(line, number, encoding, problems, where)

        if len(rest) > LONGEST_LINE:
            _checked(rest, number + 1, encoding, problems, where)

    if rest:
        for line in _BREAK.split(rest):
            number += 1
            yield number, _checked(line, number, encoding, problems, where)


def _complete_lines(text: str) -> tuple[list[str], str]:
    """Return the lines of the text that have an end, and the rest.

    A CR at the very end stays with the rest, because the LF of a CRLF may come with the next chunk.
    """
    if "\r" not in text:
        lines = text.split("\n")
        return lines, lines.pop()

    end = len(text) - text.endswith("\r")
    lines = _BREAK.split(text[:end])
    rest = lines.pop()
    return lines, rest + text[end:]


def _is_clean(text: str) -> bool:
    """Return whether no line of the text needs to be looked at by itself."""
    return len(text) <= LONGEST_LINE and not any(sign in text for sign in _SIGNS)


def _checked(text: str, number: int, encoding: str, problems: list[Problem], where: str) -> str:
    if len(text) > LONGEST_LINE:
        raise DamagedFile(
            f"line {number} is longer than {LONGEST_LINE:,} characters",
            where=where,
            hint="this is no export of a database or reference manager; look at it in an editor",
        )
    if "\0" in text:
        raise DamagedFile(
            f"line {number} holds a NUL byte, so this is not a text file",
            where=where,
            hint="export the records again, or repair the file and import it as text",
        )

    if _MARK in text:
        text = text.replace(_MARK, "")
        what = f"not valid {encoding}; the bytes were read as Windows-1252"
        problems.append(Problem(kind=ProblemKind.DAMAGE, line=number, what=what))
    if "\ufffd" in text and encoding.startswith("utf-16"):
        problems.append(Problem(kind=ProblemKind.DAMAGE, line=number, what=f"not valid {encoding}"))
    return text
