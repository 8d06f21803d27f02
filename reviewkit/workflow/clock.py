"""What time it is, as far as reviewkit is concerned."""

import datetime
from collections.abc import Mapping


def read_clock(environment: Mapping[str, str]) -> datetime.datetime:
    """The time in UTC, to the second; `SOURCE_DATE_EPOCH` sets it, as reproducible-builds.org specifies."""
    epoch = environment.get("SOURCE_DATE_EPOCH", "")
    if epoch.isdigit():
        return datetime.datetime.fromtimestamp(int(epoch), tz=datetime.UTC)
    return datetime.datetime.now(datetime.UTC).replace(microsecond=0)
