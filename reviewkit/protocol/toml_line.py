"""What a line that is no TOML was meant to be. Pure.

Each guess is tried by `toml_syntax`: only what tomllib can read is offered.
"""

import re
from collections.abc import Iterator

_COMMENT = re.compile(r"(?<!\s)\s++#")
_QUOTE_MARKS = "\"'“”‘’"
_CURLY = "“”„‟″«»"
_CURLY_PAIR = re.compile(rf"[{_CURLY}]([^{_CURLY}\"]*)[{_CURLY}]")
_CURLY_SINGLE = re.compile(r"(?<=[=\[,{\s])[‘’‚]([^‘‚\"]*?)[’‘](?=\s*(?:[,\]}#]|$))")
_STRAIGHT = re.compile(r"(\"(?:[^\"\\]|\\.)*\")")
_PAIR = re.compile(r"^(\s*)([\w.\-]+)\s*=\s*(.*)$")
_OTHER_EQUALS = re.compile(r"^(\s*)([\w.\-]+)\s*(?::=|:|=>|==)\s*(.+)$")
_NO_EQUALS = re.compile(r"^(\s*)([\w.\-]+)\s+([\"'“\[{0-9].*)$")
_SPACED_KEY = re.compile(r"^(\s*)(\w+(?:[ \t]+\w+)+)\s*=\s*(.*)$")
_HEADING = re.compile(r"^\s*+\[++\s*+([\w.]++)\s*+\]*+\s*+$")
_OTHER_COMMENT = re.compile(r"^(\s*)(?://|--|;)\s*(.*)$")
_DAY = re.compile(r"^[\"']?(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})[\"']?$")
_PLAIN = re.compile(r"^(?:true|false|[+-]?\d[\d_]*(?:\.\d+)?|\d{4}-\d\d-\d\d)$")

TRUTHS = dict.fromkeys(("yes", "on", "true"), "true") | dict.fromkeys(
    ("no", "off", "false"), "false"
)

QUOTES = "quotes of a word processor; TOML takes straight ones"
HEADING = "a table's heading stands in brackets: [review], or [[sources]] where there are several"
EQUALS = "a key and its value are joined by ="
SPACE = "a key has no blanks"
COMMENT = "a comment begins with #"
TRUTH = "must be true or false, in small letters"
DAY = "must be a date such as 2026-04-10"
TEXT = "text needs a quote on both sides"
LIST = "a list needs square brackets on both sides, commas and a quote on both sides of each text"
TABLE = "needs curly brackets on both sides, commas and a quote on both sides of each text"
BACKSLASH = "text with a backslash stands in single quotes"
INNER = "text with a quote in it stands in single quotes"
TRAILING = "nothing stands behind the value"


def guesses(line: str, *, lists: frozenset[str] = frozenset()) -> Iterator[tuple[str, str]]:
    """Yield what the line may have been meant to be, each with what is wrong with it.

    `lists` are the tables of which there may be several.
    """
    # A number sign before the last quotation mark may stand inside a text.
    after_texts = max(line.rfind(mark) for mark in "\"'“”") + 1
    match = _COMMENT.search(line, after_texts)
    body = line[: match.start()] if match else line
    comment = line[len(body) :]
    straight = straightened(body)

    if straight != body:
        yield straight + comment, QUOTES
    for text in dict.fromkeys((body, straight)):
        why = QUOTES if text != body else ""
        for guess, reason in _of_line(text, lists):
            yield guess + comment, why or reason


def straightened(text: str) -> str:
    """Return a line with straight quotes where curly ones hold a value."""
    parts = _STRAIGHT.split(text)
    parts[::2] = [_CURLY_SINGLE.sub(r'"\1"', _CURLY_PAIR.sub(r'"\1"', part)) for part in parts[::2]]
    paired = "".join(parts)
    if any(letter in "".join(paired.split('"')[::2]) for letter in _CURLY):
        return re.sub(f"[{_CURLY}]", '"', text)
    return paired


def _of_line(line: str, lists: frozenset[str]) -> Iterator[tuple[str, str]]:
    if match := _HEADING.match(line):
        name = match[1]
        yield (f"[[{name}]]" if name in lists else f"[{name}]"), HEADING
    if match := _OTHER_COMMENT.match(line):
        yield f"{match[1]}# {match[2]}", COMMENT
    yield from _of_pair(line)

    yield from _of_other_pair(line)
    if match := _SPACED_KEY.match(line):
        key = "_".join(match[2].split())
        yield f"{match[1]}{key} = {match[3]}", SPACE
    if "=" not in line and not line.lstrip().startswith("["):
        # Perhaps an item of a list over several lines.
        for value, reason in _of_value(line.strip().rstrip(",")):
            yield f"{line[: len(line) - len(line.lstrip())]}{value},", reason


def _of_other_pair(line: str) -> Iterator[tuple[str, str]]:
    """Yield a key and a value that something else joins than =."""
    for pattern in (_OTHER_EQUALS, _NO_EQUALS):
        if match := pattern.match(line):
            yield f"{match[1]}{match[2]} = {match[3]}", EQUALS
            for value, _ in _of_value(match[3].strip()):
                yield f"{match[1]}{match[2]} = {value}", EQUALS


def _of_pair(line: str) -> Iterator[tuple[str, str]]:
    match = _PAIR.match(line)
    if match is None:
        return
    for value, reason in _of_value(match[3].strip()):
        yield f"{match[1]}{match[2]} = {value}", reason


def _of_value(value: str) -> Iterator[tuple[str, str]]:
    """Yield what a value was meant to be, the most certain first."""
    if value.casefold() in TRUTHS:
        yield TRUTHS[value.casefold()], TRUTH
    if value[-1:] in {",", ";", "."} and value[0] not in "[{":
        yield value[:-1].rstrip(), TRAILING
        yield quoted(value[:-1].strip("\"' ")), TEXT
    if match := _DAY.match(value):
        yield f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}", DAY

    if value.startswith("["):
        yield _list(value), LIST
    elif value.startswith("{") and "=" in value:
        yield _table(value), TABLE
    elif value.casefold() not in {"", "none", "null", "nil"}:
        yield from _of_text(value)


def _of_text(value: str) -> Iterator[tuple[str, str]]:
    inner = value.strip("\"'")
    if "\\" in inner and "'" not in inner:
        yield f"'{inner}'", BACKSLASH
    if '"' in inner and "'" not in inner:
        yield f"'{inner}'", INNER
    if inner:
        yield quoted(inner), TEXT


def _list(value: str) -> str:
    """Return a list with its brackets closed and its words in quotes."""
    value = value.rstrip(", ")
    if value.count("[") > 1:
        return value + "]" * (value.count("[") - value.count("]"))
    parts = re.split(r"[,;]|\"\s+\"", value.strip("[] "))
    return f"[{', '.join(_plain(part.strip()) for part in parts if part.strip())}]"


def _table(value: str) -> str:
    """Return an inline table with its brackets closed and its words in quotes."""
    pairs = []
    for part in re.split(r"[,;]", value.strip("{} ")):
        key, _, held = part.partition("=")
        if held.strip():
            pairs.append(f"{key.strip()} = {_plain(held.strip())}")
    return f"{{ {', '.join(pairs)} }}"


def _plain(word: str) -> str:
    """Return a word as a value: a number or a truth as it is, all else in quotes."""
    if _PLAIN.match(word):
        return word
    return quoted(word.strip(_QUOTE_MARKS))


def quoted(text: str) -> str:
    """Return text in quotes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
