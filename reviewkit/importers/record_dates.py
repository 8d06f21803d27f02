"""The year and the date of publication, of all that a record says of them. Pure."""

import functools
from typing import NamedTuple

from reviewkit.importers import normalise


class Dates(NamedTuple):
    """A year, the date, the values that say more than they do, and what is wrong with others."""

    year: int | None
    published: str | None
    kept: tuple[tuple[str, str], ...]
    complaints: tuple[str, ...]


# A file of thousands of records has few dates.
@functools.lru_cache(maxsize=8192)
def dates_in(
    year_tag: str, raw_year: str, further: tuple[tuple[str, str], ...], hinted: str
) -> Dates:
    """Return what a record's values say: the year's, further ones with their tags, a hint's."""
    year = normalise.year_of(raw_year)
    printed = list(further)
    kept: list[tuple[str, str]] = []
    complaints: list[str] = []
    if year is not None:
        printed.insert(0, (year_tag, raw_year))
    elif raw_year:
        complaints.append(f"{year_tag}: no year in {shown(raw_year)}")
        kept.append((year_tag, raw_year))

    published = _hinted_date(hinted, year) or str(year or "")
    for tag, raw in printed:
        date = normalise.iso_date(raw, year=_year_in(published))
        if date is None and tag not in {"", year_tag}:
            complaints.append(f"{tag}: no date in {shown(raw)}")
        if not _says_it_all(date, raw, published):
            kept.append((tag, raw.strip()))

        published = _more_precise(published, date)

    return Dates(_year_in(published), published or None, tuple(kept), tuple(complaints))


def _hinted_date(hinted: str, year: int | None) -> str | None:
    """Return the date that a hint finds, if it is in the year."""
    date = normalise.iso_date(hinted)
    return date if date and year in {None, _year_in(date)} else None


def _is_in_year(date: str, published: str) -> bool:
    return not published or date[:4] == published[:4]


def _says_it_all(date: str | None, raw: str, published: str) -> bool:
    """Return whether the record's date says all that is printed."""
    if date is None:
        return False
    return _is_in_year(date, published) and raw.strip() in {date, date[:4]}


def _more_precise(published: str, date: str | None) -> str:
    """Return the longer of two dates; a date of another year is none."""
    if date is None or not _is_in_year(date, published):
        return published
    return max(published, date, key=len)


def _year_in(date: str) -> int | None:
    """Return the year of an ISO date; None for an empty text."""
    return int(date[:4]) if date else None


def shown(raw: str) -> str:
    """Return the beginning of a value, in quotes, for a message."""
    text = " ".join(raw.split())
    if len(text) > 60:
        text = text[:57] + "..."
    return repr(text)
