"""Printed values made comparable: text, dates, pages, ISSN. Identifiers are in `model.identifiers`.

Pure; nothing raises. What cannot be read is None or empty, and the caller keeps the raw value.
"""

import datetime
import functools
import re

from reviewkit.model.text import unescape

_MARKUP = re.compile(r"</?(?:i|b|u|em|strong|sub|sup|inf|scp|italic|bold|jats:\w+)>", re.IGNORECASE)
_DASHES = re.compile(r"(?:(?<!\s)\s++)?(?:--++|[‐‑‒–—―−])\s*")
_NUMERIC = re.compile(r"^(\d{4})(?:[-/.](\d{1,2})(?!\d)(?:[-/.](\d{1,2})(?!\d))?)?")
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})?$")
_YEAR = re.compile(r"(?<!\d)(1[4-9]\d\d|20\d\d|21\d\d)(?!\d)")
_DAY_LAST = re.compile(r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$")
_WORD = re.compile(r"[^\W\d_]{3,}")
_WHOLE_PAGES = re.compile(r"(\d+)-(\d+)", re.ASCII)
_ISSN = re.compile(r"(?<![\dXx-])(\d{4})[-‐–]?(\d{3}[\dXx])(?![\dXx]|-\d)")

_CONTROLS = "\t\n\r\v\f\x1c\x1d\x1e\x1f"
_ODD_SPACES = (
    _CONTROLS
    + "\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000"
    + "".join(map(chr, range(0x2000, 0x200B)))
)

# First three letters of a month in English, Spanish, Portuguese, French, German.
_MONTHS = {
    "jan": 1, "ene": 1, "feb": 2, "fev": 2, "fév": 2, "mar": 3, "mär": 3, "apr": 4, "abr": 4,
    "avr": 4, "may": 5, "mai": 5, "jun": 6, "jul": 7, "aug": 8, "ago": 8, "aoû": 8, "sep": 9,
    "set": 9, "oct": 10, "out": 10, "okt": 10, "nov": 11, "dec": 12, "dic": 12, "dez": 12,
    "déc": 12,
}  # fmt: skip


def one_line(raw: str) -> str:
    """Return the text on one line, each run of white space as one blank."""
    return " ".join(unescape(raw).split())


def is_one_line(text: str) -> bool:
    """Return whether `one_line` would leave the text as it is, judged fast: false may be wrong."""
    return "&" not in text and "  " not in text and text.isprintable() and text == text.strip(" ")


def is_same_line(one: str, other: str) -> bool:
    """Return whether two texts are the same as `one_line` has them."""
    if one == other:
        return True
    if len(one) + len(other) < _SHORT:
        return _is_same_short_line(one, other)
    word, its_word = one.partition(" ")[0], other.partition(" ")[0]
    if word != its_word and _is_word(word) and _is_word(its_word):
        return False
    return one_line(one) == one_line(other)


_SHORT = 120  # a file has few journals, whose names and abbreviations are compared each time


@functools.lru_cache(maxsize=4096)
def _is_same_short_line(one: str, other: str) -> bool:
    return one_line(one) == one_line(other)


def _is_word(text: str) -> bool:
    """Return whether a text without blanks is one word as it is: false may be wrong."""
    return text != "" and text.isprintable() and "&" not in text


def without_markup(text: str) -> str:
    """Return the text without the tags for italics and the like that titles may have."""
    if "<" not in text:
        return text
    return _MARKUP.sub("", text)


# The tags of JATS and HTML that abstracts have, and where one ends a line.
_TAG = re.compile(
    r"</?(?:jats:[a-z-]+|i|b|u|p|em|strong|sub|sup|inf|scp|italic|bold)(?:\s[^<>]{0,200})?/?>",
    re.IGNORECASE,
)
_BLOCK_END = re.compile(r"</(?:jats:)?(?:p|title)>|<br ?/?>|\(#br\)", re.IGNORECASE)


def has_tags(raw: str) -> bool:
    """Return whether the text may have tags, which `paragraphs` leaves out."""
    return "<" in raw or ("&" in raw and "&lt;" in raw) or _has_break(raw)


def _has_break(text: str) -> bool:
    """Return whether CNKI's mark of a line's end is there: one sign is found ten times as fast."""
    return "#" in text and "(#br)" in text


def paragraphs(raw: str) -> str:
    """Return the text with its line ends kept, and no blanks around lines or text, and no tags."""
    text = unescape(raw)
    if "<" in text or _has_break(text):
        text = _TAG.sub("", _BLOCK_END.sub("\n", text))
    if _has_odd_spaces(text):
        return "\n".join(filter(None, (" ".join(line.split()) for line in text.splitlines())))
    while "  " in text:
        text = text.replace("  ", " ")
    return text.strip(" ")


def _has_odd_spaces(text: str) -> bool:
    """Return whether white space other than blanks is there: most texts need no taking apart."""
    spaces = _CONTROLS if text.isascii() else _ODD_SPACES
    return any(map(text.__contains__, spaces))


@functools.lru_cache(maxsize=8192)
def iso_date(raw: str, *, year: int | None = None) -> str | None:
    """Return the date in ISO 8601, as precise as the text is certain; None where none is there.

    It is "2024", "2024-02" or "2024-02-03". `year` completes a text without one ("SEP 22").
    A range of months, a season, or 04/05/2020 gives the year alone.
    """
    text = raw.strip()
    match = _COMPACT.match(text)
    if match:
        return _joined(int(match[1]), int(match[2]), int(match[3] or 0))

    match = _NUMERIC.match(text)
    if match and not _WORD.search(text[match.end() :].split("/")[0]):
        return _joined(int(match[1]), int(match[2] or 0), int(match[3] or 0))

    match = _DAY_LAST.match(text)
    if match:
        return _joined_day_last(int(match[3]), int(match[1]), int(match[2]))

    return _date_in_words(text, year)


def _date_in_words(text: str, year: int | None) -> str | None:
    match = _YEAR.search(text)
    if match:
        year = int(match[1])
        text = f"{text[: match.start()]} {text[match.end() :]}"
    if year is None:
        return None

    return _joined(year, *_month_and_day(text))


def _month_and_day(text: str) -> tuple[int, int]:
    months = [_MONTHS.get(word[0][:3].casefold(), 0) for word in _WORD.finditer(text)]
    named = [month for month in months if month]
    days = [int(number) for number in re.findall(r"(?<!\d)\d{1,2}(?!\d)", text)]
    if len(named) != 1:
        return 0, 0
    if len(days) != 1:
        return named[0], 0

    return named[0], days[0]


def _joined_day_last(year: int, one: int, two: int) -> str | None:
    if one > 12 >= two:
        return _joined(year, two, one)
    if two > 12 >= one:
        return _joined(year, one, two)
    if one == two:
        return _joined(year, one, two)

    return _joined(year, 0, 0)


def _joined(year: int, month: int, day: int) -> str | None:
    if not 1400 <= year <= 2199:
        return None
    if not 1 <= month <= 12:
        return f"{year:04d}"

    try:
        return datetime.date(year, month, day).isoformat()
    except ValueError:
        return f"{year:04d}-{month:02d}"


def year_of(raw: str) -> int | None:
    """Return the first year from 1400 to 2199 that the text names."""
    date = iso_date(raw)
    return int(date[:4]) if date else None


@functools.lru_cache(maxsize=8192)
def page_range(raw: str) -> str:
    """Return the pages with plain hyphens and the last page whole: "117-126" of "pp. 117–26".

    Anything else stays as printed.
    """
    whole = _WHOLE_PAGES.fullmatch(raw)
    if whole and len(whole[1]) <= len(whole[2]):
        return raw

    text = _DASHES.sub("-", " ".join(raw.split()))
    text = re.sub(r"^(?i:pp?\.?)\s*(?=\d)", "", text)
    text = re.sub(r"(?<=\w)\s*-\s*(?=\w)", "-", text)
    span = re.fullmatch(r"([A-Za-z]*)(\d+)-(?:\1)?(\d+)", text)
    if not span:
        return text

    lead, first, last = span[1], span[2], span[3]
    if len(last) < len(first):
        last = first[: len(first) - len(last)] + last
    if int(last) < int(first):
        return text

    return f"{lead}{first}-{lead}{last}"


def first_and_last_page(pages: str) -> tuple[str, str | None]:
    """Return the two ends of a page range; the whole text and None where it is no plain range."""
    span = re.fullmatch(r"(\w+)-(\w+)", page_range(pages))
    if span is None:
        return pages, None
    return span[1], span[2]


@functools.lru_cache(maxsize=8192)
def issns_of(raw: str) -> tuple[str, ...]:
    """Return every ISSN in the text as NNNN-NNNX, in order, once. An ISBN holds none."""
    text = re.sub(r"(?<!\d)(?:97[89][-\s]?(?:\d[-\s]?){9}\d|(?:\d[-\s]?){9}[\dXx])(?!\d)", " ", raw)
    return tuple(dict.fromkeys(f"{issn[1]}-{issn[2].upper()}" for issn in _ISSN.finditer(text)))


def items_of_cell(value: str) -> list[str]:
    """Return what `exports.values.in_one_cell` joined.

    A semicolon ends an item unless a backslash is before it.
    """
    parts = re.findall(r"(?:[^\\;]|\\.)+", value, re.DOTALL)
    return [re.sub(r"\\(.)", r"\1", part, flags=re.DOTALL).strip() for part in parts]
