"""How fast a reviewer goes, told honestly. Pure."""

import datetime
import itertools
from collections.abc import Sequence

# A longer gap is a break, not a decision.
BREAK_SECONDS = 300.0
# Of late: enough to be steady, few enough to follow the reviewer's day.
RECENT = 50
# With fewer gaps a pace would be a guess.
ENOUGH = 3


def seconds_each(times: Sequence[datetime.datetime]) -> float | None:
    """The mean time between the latest decisions in seconds, breaks left out; `None` until there is enough to tell."""
    recent = sorted(times)[-RECENT - 1 :]
    gaps = [(later - earlier).total_seconds() for earlier, later in itertools.pairwise(recent)]
    worked = [gap for gap in gaps if gap <= BREAK_SECONDS]
    return sum(worked) / len(worked) if len(worked) >= ENOUGH else None
