"""Pages: first and last, out of abbreviated, prefixed, article-numbered and spreadsheet-damaged forms."""

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
    """First page as printed, folded ("s12"); its digits and the last page's, 0 where not known; what they count."""

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
_DASH = re.compile(r"[\u2010-\u2015\u2212~]|--+")
# "Suppl-29", "t-8": a conversion ate the first page.
_BEHEADED = re.compile(r"^[a-z]+-\d+$")


def parse_pages(raw: str | None) -> PageRange:
    """The pages of "221-8", "S3-S12", "e00441", "01-Oct" (a spreadsheet's 1-10); roman and wordy ones stay unknown."""
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
    # "233-8, 230-5": the pieces of a split article stand in any order; the lowest page is its first.
    ranges = [found for piece in _PIECES.split(text) if (found := _range(piece))]
    return min(ranges, key=lambda pages: pages.start) if ranges else NO_PAGES


def _undamaged(found: re.Match[str]) -> PageRange:
    day, month, month_first, day_last = found.groups()
    if (month or month_first) not in _MONTHS:
        return NO_PAGES
    start, end = (int(day), _MONTHS[month]) if month else (_MONTHS[month_first], int(day_last))
    return PageRange(str(start), start, end, Counting.FROM_ONE if start == 1 else Counting.PAGES)


def _range(piece: str) -> PageRange | None:
    found = list(_NUMBER.finditer(piece))
    if not found:
        return None
    letters, digits, after = found[0]["letters"], found[0]["digits"], found[0]["after"]
    end = found[1]["digits"] if len(found) > 1 and "-" in piece else ""
    if end and len(end) < len(digits):
        end = digits[: len(digits) - len(end)] + end
    counting = Counting.PAGES
    if end and digits == "1" and not letters:
        counting = Counting.FROM_ONE
    elif not end and (
        letters == "e" or (letters != "s" and letters and len(digits) > 3) or len(digits) > 5
    ):
        counting = Counting.ARTICLES
    return PageRange(f"{letters}{digits}{after}", int(digits), int(end or 0), counting)
