"""Pages: first and last, from abbreviated, prefixed, numbered and spreadsheet-damaged forms."""

import re
from enum import IntEnum
from typing import NamedTuple


class Counting(IntEnum):
    """What the numbers count: a volume's pages, articles, or the pages of one article from 1 on."""

    UNKNOWN = 0
    PAGES = 1
    ARTICLES = 2
    FROM_ONE = 3


class PageRange(NamedTuple):
    """First page as printed, folded ("s12"), its digits and the last page's, and what they count.

    Digits are 0 if not known.
    """

    first: str
    start: int
    end: int
    counting: Counting


NO_PAGES = PageRange("", 0, 0, Counting.UNKNOWN)

_MONTH_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec"
_MONTHS = {name: place for place, name in enumerate(_MONTH_NAMES.split(), 1)}
_DAMAGED = re.compile(r"^(?:(\d{1,2})[-/ ]([a-z]{3})|([a-z]{3})[-/ ](\d{1,2}))$")
_NONE = re.compile(
    r"\(?no[ .]?pagination\)?|n\.? ?pag\.?|unpaginated|not available|\bonline\b|no page\w*",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^(?:pp?g?|pages?|art(?:icle)?|article number|artn|no|article no)\b[.: ]*", re.IGNORECASE
)
_NUMBER = re.compile(r"(?P<letters>[a-z]{0,6})\s?0*(?P<digits>\d{1,12})(?P<after>[a-z]?)")
_PIECES = re.compile("[;,+]")
# "143:1-143:12": an article's number and its own pages; "183:1639-183:1667" has the volume's pages.
_IN_ARTICLE = re.compile(r"^(\d{1,6}):(\d{1,6})-\1:(\d{1,6})$")
_DASH = re.compile(r"[\u2010-\u2015\u2212~]|--+")
# "Suppl-29", "t-8": a conversion lost the first page.
_BEHEADED = re.compile(r"^[a-z]+-\d+$")


def parse_pages(raw: str | None) -> PageRange:
    """Return the pages of "221-8", "S3-S12", "e00441" or "01-Oct" (a spreadsheet's 1-10).

    Roman numbers and words are NO_PAGES.
    """
    if not raw:
        return NO_PAGES
    text = _LEAD.sub("", _NONE.sub("", _DASH.sub("-", raw)).strip(' "').lower())
    if not text or "e+" in text:
        return NO_PAGES

    damaged = _DAMAGED.match(text)
    if damaged:
        return _undamaged(damaged)
    if _BEHEADED.match(text):
        return NO_PAGES
    in_article = _IN_ARTICLE.match(text)
    if in_article:
        return _of_article(*in_article.groups())

    # "233-8, 230-5": the pieces of a split article are in any order; it begins on the lowest page.
    ranges = filter(None, map(_range, _PIECES.split(text)))
    return min(ranges, key=lambda pages: pages.start, default=NO_PAGES)


def _undamaged(match: re.Match[str]) -> PageRange:
    """Return the pages of a date that a spreadsheet made of them."""
    day, month, month_first, day_last = match.groups()
    if (month or month_first) not in _MONTHS:
        return NO_PAGES
    if month:
        start, end = int(day), _MONTHS[month]
    else:
        start, end = _MONTHS[month_first], int(day_last)
    if start == 1:
        return PageRange(str(start), start, end, Counting.FROM_ONE)
    return PageRange(str(start), start, end, Counting.PAGES)


def _of_article(article: str, first: str, last: str) -> PageRange:
    """Return the article's number; the pages instead, if they are those of a volume."""
    number, start, end = int(article), int(first), int(last)
    if start == 1:
        return PageRange(str(number), number, 0, Counting.ARTICLES)
    return PageRange(str(start), start, end, Counting.PAGES)


def _range(piece: str) -> PageRange | None:
    matches = list(_NUMBER.finditer(piece))
    if not matches:
        return None

    letters, digits, after = matches[0]["letters"], matches[0]["digits"], matches[0]["after"]
    end = ""
    if len(matches) > 1 and "-" in piece:
        end = _unabbreviated(digits, matches[1]["digits"])
    counting = _counting(letters, digits, end)
    return PageRange(f"{letters}{digits}{after}", int(digits), int(end or 0), counting)


def _unabbreviated(start: str, end: str) -> str:
    """Return the last page in full: "221" and "8" are 228."""
    if len(end) >= len(start):
        return end
    return start[: len(start) - len(end)] + end


def _counting(letters: str, digits: str, end: str) -> Counting:
    if end and digits == "1" and not letters:
        return Counting.FROM_ONE
    if not end and _is_article_number(letters, digits):
        return Counting.ARTICLES
    return Counting.PAGES


def _is_article_number(letters: str, digits: str) -> bool:
    """Return whether a page without an end is an article number: "e441", "art1234", "123456"."""
    if letters == "e" or len(digits) > 5:
        return True
    return letters not in {"", "s"} and len(digits) > 3
