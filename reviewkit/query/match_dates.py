"""Whether a record's dates lie in a range: yes where all its possible days do, no where none. Pure.

Both ends of a range belong to it. A year or month of the query means all its days.
"""

import datetime
import re
from collections.abc import Iterable
from functools import lru_cache

from reviewkit.model.records import Answer
from reviewkit.query.match_values import Known
from reviewkit.query.read_record import ReadRecord
from reviewkit.query.tree import Term

_Days = tuple[datetime.date, datetime.date]
_DATE = re.compile(r"(\d{4})(?:[-/](\d{1,2}))?(?:[-/](\d{1,2}))?")
_TAGS = {
    "entry": "EDAT",
    "indexing": "MHDA",
    "completion": "DCOM",
    "revision": "LR",
}


@lru_cache(maxsize=8192)
def days_of(printed: str) -> _Days | None:
    """The first and last day of a year, month or day; `None` where it is no date."""
    match = _DATE.match(printed.strip())
    if match is None:
        return None
    year, month, day = int(match[1]), int(match[2] or 0), int(match[3] or 0)
    try:
        first = datetime.date(year, month or 1, day or 1)
        if day:
            return first, first
        return first, _last_day(year, month or 12)
    except ValueError:
        return None


def _last_day(year: int, month: int) -> datetime.date:
    if month == 12:
        return datetime.date(year, 12, 31)
    return datetime.date(year, month + 1, 1) - datetime.timedelta(days=1)


def in_dates(term: Term, read: ReadRecord, known: Known) -> Answer:
    """Whether the date lies in the range.

    Of two dates of publication the printed one decides; which the index takes where only the
    electronic one fits is not documented.
    """
    wanted = _range(term)
    if wanted is None:
        return Answer.UNKNOWN
    record = read.record
    if term.detail == "publication":
        printed = [record.published or str(record.year or "")]
        return _published(printed, [record.published_online or ""], wanted)
    if term.detail == "create":
        return _answer([record.created or ""], wanted) or Answer.UNKNOWN

    tag = _TAGS.get(term.detail, "")
    return _answer(_spaced(record.other.get(tag, ())), wanted) or Answer.UNKNOWN


def _published(printed: list[str], online: list[str], wanted: _Days) -> Answer:
    by_print = _answer(printed, wanted)
    if by_print is Answer.NO and _answer(online, wanted) not in {None, Answer.NO}:
        return Answer.UNKNOWN
    return by_print or Answer.UNKNOWN


def _spaced(values: Iterable[str]) -> list[str]:
    """Days such as 20201115 with slashes between."""
    return [re.sub(r"^(\d{4})(\d\d)(\d\d)", r"\1/\2/\3", value) for value in values]


def _range(term: Term) -> _Days | None:
    first, last = days_of(term.text), days_of(term.until or term.text)
    if first is None or last is None:
        return None
    return first[0], last[1]


def _answer(values: Iterable[str], wanted: _Days) -> Answer | None:
    """The answer for a date that is known; `None` where none is."""
    found = [days for days in map(days_of, values) if days]
    if not found:
        return None
    first, last = found[0]
    if wanted[0] <= first and last <= wanted[1]:
        return Answer.YES
    if last < wanted[0] or wanted[1] < first:
        return Answer.NO
    return Answer.UNKNOWN
