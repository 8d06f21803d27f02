"""Every mistake that keeps a text from being TOML. Pure.

tomllib stops at the first. So each wrong line is mended, or left out, and the rest read on.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field

from reviewkit.model.errors import Mistake
from reviewkit.protocol.toml_line import guesses

_LINE = re.compile(r" ?\(at line (\d+), column \d+\)| ?\(at end of document\)")
_MOST = 40
_OPEN_LIST = re.compile(r"^[^#\"']*=\s*\[")
_OPEN_TABLE = re.compile(r"=\s*\{\s*$")
_BEGINS = re.compile(r"^\s*(?:[\w.\-]+\s*=|\[)")

_IN_WORDS = {
    "Cannot overwrite a value": "this key stands twice in its table; keep one line",
    "Cannot declare": "this table stands twice; keep one, or write [[name]] where there may be "
    "several",
    "Duplicate inline table key": "this key stands twice in its table; keep one",
    "Unterminated string": "this text does not end: a quote is missing",
    "Invalid value": "no value that TOML knows; text stands in quotes, "
    "and a line of what is not known is left out",
    "Invalid initial character": "a table in curly brackets stands on one line",
    "Unclosed inline table": "a table in curly brackets stands on one line",
    "Expected '=' after a key": "neither a [table] nor a key = value; a comment begins with #",
    "Invalid statement": "neither a [table] nor a key = value; a comment begins with #",
}


@dataclass(slots=True)
class ReadableToml:
    """A text that tomllib can read, and what was wrong. `is_whole`: no line had to be left out."""

    text: str
    mistakes: list[Mistake] = field(default_factory=list)
    is_whole: bool = True


def readable_toml(text: str, *, lists: frozenset[str] = frozenset()) -> ReadableToml:
    """Return the text with its wrong lines mended or left out, and every one of these as a mistake.

    The lines keep their numbers. `lists` are the tables of which there may be several.
    """
    plain = text.replace("\r\n", "\n")
    read = ReadableToml(text=plain if plain.endswith("\n") else f"{plain}\n")
    lines = read.text.split("\n")

    while (wrong := _first_wrong(lines)) and len(read.mistakes) < _MOST:
        mended = _mend(lines, wrong, lists)
        if mended is None:
            _leave_out(lines, wrong, read)
        else:
            at, new, reason = mended
            read.mistakes.append(_mistake(at, lines[at], reason, mend=new))
            lines[at] = new

    if _first_wrong(lines):
        read.is_whole, lines = False, [""]
    read.text = "\n".join(lines)
    return read


def has_line(complaint: str) -> bool:
    """Return whether tomllib's words name a place; "too deep" names none."""
    return _LINE.search(complaint) is not None


def _first_wrong(lines: list[str]) -> tuple[int, str] | None:
    """Return the index of the first wrong line and tomllib's words; `None` where all is right."""
    try:
        tomllib.loads("\n".join(lines))
    except tomllib.TOMLDecodeError as error:
        match = _LINE.search(str(error))
        number = len(lines) - 1
        if match and match[1]:
            number = int(match[1]) - 1
        return number, _LINE.sub("", str(error))
    return None


def _mend(
    lines: list[str], wrong: tuple[int, str], lists: frozenset[str]
) -> tuple[int, str, str] | None:
    """Return a line's index, what it should be, and why: with it, reading gets further."""
    number, _ = wrong
    if joined := _joined(lines, number):
        return joined
    for at in _suspects(lines, number):
        for new, reason in guesses(lines[at], lists=lists):
            if new == lines[at]:
                continue
            next_wrong = _first_wrong([*lines[:at], new, *lines[at + 1 :]])
            if next_wrong is None or next_wrong[0] > number:
                return at, new, reason
    return None


def _joined(lines: list[str], number: int) -> tuple[int, str, str] | None:
    """Return a table in curly brackets over several lines as the one line that it should be.

    Its other lines become empty.
    """
    closing = [at for at, line in enumerate(lines) if at > number and "}" in line]
    if not _OPEN_TABLE.search(lines[number]) or not closing:
        return None

    last = closing[0]
    new = _one_line(lines[number : last + 1])
    others = [""] * (last - number)
    wrong = _first_wrong([*lines[:number], new, *others, *lines[last + 1 :]])
    if wrong and wrong[0] <= number:
        return None
    lines[number + 1 : last + 1] = others
    return number, new, _IN_WORDS["Unclosed inline table"]


def _one_line(table: list[str]) -> str:
    """Return a table of several lines as one; its comments are left out."""
    parts = [line.strip().rstrip(",") for line in table[1:-1]]
    pairs = ", ".join(part for part in parts if part and not part.startswith("#"))
    return f"{table[0].rstrip()} {pairs} {table[-1].strip()}"


def _suspects(lines: list[str], number: int) -> Iterator[int]:
    """Yield the wrong line, and the line above that opened a list which is not closed."""
    yield number
    if number == len(lines) - 1:
        # Text in single quotes that does not end is noticed only where the file ends.
        yield from (at for at, line in enumerate(lines) if line.count("'") % 2)
    for above in range(number - 1, -1, -1):
        if _OPEN_LIST.match(lines[above]) and lines[above].count("[") > lines[above].count("]"):
            yield above
        if _BEGINS.match(lines[above]):
            return


def _leave_out(lines: list[str], wrong: tuple[int, str], read: ReadableToml) -> None:
    """Make comments of a wrong line, and of what belongs to it."""
    number, complaint = wrong
    begins = _statement(lines, number, complaint)
    shown = number if lines[number].strip() and begins < number else begins
    last_way = _last_way(lines[shown])
    read.mistakes.append(_mistake(shown, lines[shown], _in_words(complaint), mend=last_way))

    number = begins
    last = number
    if lines[number].lstrip().startswith("["):
        while last + 1 < len(lines) and not lines[last + 1].lstrip().startswith("["):
            last += 1
    else:
        while last + 1 < len(lines) and not _BEGINS.match(lines[last + 1]):
            last += 1

    read.is_whole = False
    for left_out in range(number, last + 1):
        lines[left_out] = f"#{lines[left_out]}"


def _statement(lines: list[str], number: int, complaint: str) -> int:
    """Return where the wrong statement begins: above, where its text or its list is still open."""
    if "Unterminated" in complaint:
        return _opening(lines, number)
    above = [*_suspects(lines, number)]
    while number and (not lines[number].strip() or lines[number].lstrip().startswith("#")):
        number -= 1
    return above[-1] if len(above) > 1 else number


def _opening(lines: list[str], number: int) -> int:
    """Return where the text of several lines begins that does not end."""
    opening = [at for at, line in enumerate(lines[: number + 1]) if line.count('"""') % 2]
    return next(reversed(opening), number)


def _last_way(line: str) -> str:
    """Return the text closed where it is open, else the line as a comment."""
    if line.count('"""') % 2:
        return f'{line}"""'
    return f"# {line.strip()}"


def _in_words(complaint: str) -> str:
    for beginning, words in _IN_WORDS.items():
        if complaint.startswith(beginning):
            return words
    return complaint[:1].lower() + complaint[1:]


def _mistake(at: int, line: str, wanted: str, *, mend: str = "") -> Mistake:
    return Mistake(
        path="TOML", found="", wanted=wanted, line=at + 1, shown=line.strip(), mend=mend.strip()
    )
