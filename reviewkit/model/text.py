"""Text for people and files: counted nouns, durations, text that steers no terminal. Pure."""

import html
import json
import re
import unicodedata
from typing import Any

# Persian and Indic words are spelled with these two; every other format character is left out.
_JOINERS = frozenset("\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}")
_SPACES = frozenset("\t\n\r\v\f\x85\u2028\u2029")
_LINE_BREAKS = frozenset("\n\x85\u2029")
_CONTROLS = frozenset({"Cc", "Cs", "Co"})

# Only references closed by a semicolon: the "&lang=pt" of an address stays as it is.
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")

# No script writes more combining marks on one letter; more would paint over the lines around it.
MOST_MARKS = 4


def plural(count: int, noun: str, nouns: str = "") -> str:
    """Return "1 record" or "2,000 records".

    `nouns` is the plural where it is not the noun with an s.
    """
    if count == 1:
        return f"1 {noun}"
    return f"{count:,} {nouns or noun + 's'}"


def duration(seconds: float) -> str:
    """Return a duration with its unit: "40 s", "12 min", "3 h 20 min", "14 h"."""
    if seconds < 90:
        return f"{seconds:.0f} s"

    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"

    hours, rest = divmod(minutes, 60)
    if hours < 10 and rest:
        return f"{hours} h {rest} min"

    return f"{round(minutes / 60):,} h"


def printable(text: str, *, lines: bool = True) -> str:
    """Return the text without anything that could steer a terminal.

    Control characters become U+FFFD, format characters go, spaces of every kind become a space.
    Line breaks stay unless `lines` is false.
    """
    if is_printable(text):
        return text

    kept = []
    marks = 0
    for character in text:
        marks += 1
        if not unicodedata.combining(character):
            marks = 0
        if marks <= MOST_MARKS:
            kept.append(printable_character(character, lines=lines))

    return "".join(kept)


def on_one_line(text: str) -> str:
    r"""Return the text as `printable` does, on one line: a line break is shown as \n."""
    return printable(text.replace("\r", "\\r").replace("\n", "\\n"), lines=False)


# Text that was encoded twice by way of Windows-1252 has these five: that page leaves them empty.
# They are kept, for such text can be mended. Two begin a command, and no character that ends one is
# kept.
_OF_DOUBLE_ENCODING = frozenset({0x81, 0x8D, 0x8F, 0x90, 0x9D})
# All other control characters but for the tab and line breaks.
_STEERING = {*range(9), 11, 12, *range(14, 32), *range(127, 160)} - _OF_DOUBLE_ENCODING
_NO_STEERING = dict.fromkeys(_STEERING, "\N{REPLACEMENT CHARACTER}")
# JSON escapes the first 32 by itself.
_ESCAPED_IN_JSON = {code: f"\\u{code:04x}" for code in range(127, 160)}


def in_file(text: str) -> str:
    """Return the text for a file that somebody may print on a terminal: U+FFFD for what steers it.

    Letters, tabs and line breaks stay as they are.
    """
    return text.translate(_NO_STEERING)


def in_json(text: str) -> str:
    """Return JSON in which every control character is escaped: its values are the same."""
    return text.translate(_ESCAPED_IN_JSON)


def to_json(value: Any, **layout: Any) -> str:
    """Return a value as JSON with letters of every script, and no control character raw."""
    return in_json(json.dumps(value, ensure_ascii=False, **layout))


def is_printable(text: str) -> bool:
    """Return whether `printable` would leave the text as it is, judged fast: false may be wrong."""
    return text.isprintable() and (
        text.isascii() or not any(unicodedata.combining(character) for character in text)
    )


def printable_character(character: str, *, lines: bool) -> str:
    """Return what a terminal may show for one character: itself, a space, U+FFFD or nothing."""
    if character in _SPACES:
        if lines and character in _LINE_BREAKS:
            return "\n"
        return " "

    category = unicodedata.category(character)
    if category in _CONTROLS:
        return "\N{REPLACEMENT CHARACTER}"
    if category == "Cf" and character not in _JOINERS:
        return ""

    return character


def storable(name: str) -> str:
    """Return a file's name as UTF-8 can hold it; a byte that is no UTF-8 as `\\udce3`.

    An archive from another system brings such names.
    """
    return name.encode("utf-8", "backslashreplace").decode()


def unescape(text: str) -> str:
    """Return the text with its HTML character references ("&amp;", "&#233;") as characters."""
    if "&" not in text:
        return text
    return _REFERENCE.sub(lambda match: html.unescape(match[0]), text)


def escape(text: str) -> str:
    """Return the text so that `unescape` gives it back: only a reference's ampersand changes."""
    if "&" not in text:
        return text
    return _REFERENCE.sub(lambda match: "&amp;" + match[0][1:], text)
