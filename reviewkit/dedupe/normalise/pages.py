"""Pages: first and last, out of abbreviated, prefixed, article-numbered and spreadsheet-damaged forms."""

import re
from typing import NamedTuple

_MONTHS = {m: i for i, m in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_DAMAGED = re.compile(r"^(?:(\d{1,2})[-/ ]([a-z]{3})|([a-z]{3})[-/ ](\d{1,2}))$")
_NONE = re.compile(
    r"\(?no[ .]?pagination\)?|n\.? ?pag\.?|unpaginated|not available|\bonline\b|no page\w*", re.IGNORECASE
)
_LEAD = re.compile(r"^(?:pp?g?|pages?|art(?:icle)?|article number|artn|no|article no)\b[.: ]*", re.IGNORECASE)
_NUMBER = re.compile(r"([a-z]{0,6})\s?0*(\d{1,12})([a-z]?)")
_DASH = re.compile(r"[\u2010-\u2015\u2212~]|--+")


class Pages(NamedTuple):
    """First and last page as printed, folded; the first page's bare digits; "" where not known."""

    first: str
    last: str
    digits: str


NO_PAGES = Pages("", "", "")


def parse_pages(raw: str | None) -> Pages:
    """The pages of "221-8", "S3-S12", "e00441", "01-Oct" (a spreadsheet's 1-10); roman and wordy ones stay unknown."""
    if not raw:
        return NO_PAGES
    text = _LEAD.sub("", _NONE.sub("", _DASH.sub("-", raw)).strip(' "').lower())
    if not text or re.search(r"\de\+\d", text):
        return NO_PAGES
    damaged = _DAMAGED.match(text)
    if damaged:
        day, month, month2, day2 = damaged.groups()
        if (month or month2) not in _MONTHS:
            return NO_PAGES
        pair = (int(day), _MONTHS[month]) if month else (_MONTHS[month2], int(day2))
        return Pages(str(pair[0]), str(pair[1]), str(pair[0]))
    # "233-8, 230-5": the pieces of a split article stand in any order; the lowest page is its first.
    ranges = [found for piece in re.split("[;,]", text) if (found := _range(piece))]
    return min(ranges, key=lambda pages: int(pages.digits)) if ranges else NO_PAGES


def _range(piece: str) -> Pages | None:
    found = [m.groups() for m in _NUMBER.finditer(piece)]
    if not found:
        return None
    prefix, digits, suffix = found[0]
    last = _last(found[0], found[1] if len(found) > 1 and "-" in piece else None)
    return Pages(f"{prefix}{digits}{suffix}", last, digits)


def _last(first: tuple[str, str, str], second: tuple[str, str, str] | None) -> str:
    if second is None:
        return ""
    start, end = first[1], second[1]
    if len(end) < len(start):
        end = start[: len(start) - len(end)] + end
    return end
