"""What time it is, as far as reviewkit is concerned."""

import datetime
from collections.abc import Callable, Mapping


def running_clock(environment: Mapping[str, str]) -> Callable[[], datetime.datetime]:
    """A clock to be read again and again, to the millisecond; `SOURCE_DATE_EPOCH` makes it stand still."""
    if environment.get("SOURCE_DATE_EPOCH", "").isdigit():
        fixed = read_clock(environment)
        return lambda: fixed
    return lambda: datetime.datetime.now(datetime.UTC)


def timestamp(moment: datetime.datetime) -> str:
    """ISO 8601 in UTC to the millisecond, so that text order is the order of time."""
    return moment.astimezone(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read_clock(environment: Mapping[str, str]) -> datetime.datetime:
    """The time in UTC, to the second; `SOURCE_DATE_EPOCH` sets it, as reproducible-builds.org specifies."""
    epoch = environment.get("SOURCE_DATE_EPOCH", "")
    if epoch.isdigit():
        return datetime.datetime.fromtimestamp(int(epoch), tz=datetime.UTC)
    return datetime.datetime.now(datetime.UTC).replace(microsecond=0)
