"""The time as reviewkit uses it: in UTC, fixed by SOURCE_DATE_EPOCH."""

import datetime
from collections.abc import Callable, Mapping


def running_clock(environment: Mapping[str, str]) -> Callable[[], datetime.datetime]:
    """A clock to read again and again, to the millisecond; `SOURCE_DATE_EPOCH` stops it."""
    if environment.get("SOURCE_DATE_EPOCH", "").isdigit():
        fixed = read_clock(environment)
        return lambda: fixed

    return lambda: datetime.datetime.now(datetime.UTC)


def timestamp(moment: datetime.datetime) -> str:
    """ISO 8601 in UTC to the millisecond: the order of the texts is the order of time."""
    return moment.astimezone(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read_clock(environment: Mapping[str, str]) -> datetime.datetime:
    """The time in UTC, to the second.

    `SOURCE_DATE_EPOCH` sets it (https://reproducible-builds.org/specs/source-date-epoch/).
    """
    epoch = environment.get("SOURCE_DATE_EPOCH", "")
    if epoch.isdigit():
        return datetime.datetime.fromtimestamp(int(epoch), tz=datetime.UTC)
    return datetime.datetime.now(datetime.UTC).replace(microsecond=0)
