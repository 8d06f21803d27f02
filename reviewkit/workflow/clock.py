"""The time as reviewkit uses it: in UTC, fixed by SOURCE_DATE_EPOCH."""

import datetime
from collections.abc import Callable, Mapping

from reviewkit.model.errors import UsageError

_EPOCH = "SOURCE_DATE_EPOCH"


def running_clock(environment: Mapping[str, str]) -> Callable[[], datetime.datetime]:
    """A clock to read again and again, to the millisecond; `SOURCE_DATE_EPOCH` stops it."""
    if environment.get(_EPOCH):
        fixed = read_clock(environment)
        return lambda: fixed

    return lambda: datetime.datetime.now(datetime.UTC)


def timestamp(moment: datetime.datetime) -> str:
    """ISO 8601 in UTC to the millisecond: the order of the texts is the order of time."""
    return moment.astimezone(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read_clock(environment: Mapping[str, str]) -> datetime.datetime:
    """The time in UTC, to the second.

    `SOURCE_DATE_EPOCH` sets it (https://reproducible-builds.org/specs/source-date-epoch/). Raises
    UsageError where that is no number of seconds.
    """
    epoch = environment.get(_EPOCH)
    if not epoch:
        return datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    try:
        return datetime.datetime.fromtimestamp(_seconds(epoch), tz=datetime.UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(
            f"{epoch[:40]!r} is no time",
            where=_EPOCH,
            hint="give the seconds since 1970 as digits, for example 1776000000, or unset it",
        ) from error


def _seconds(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise ValueError(text)
    return int(text)
