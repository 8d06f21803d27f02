"""How fast a reviewer decides. Pure."""

import datetime
import itertools
from collections.abc import Sequence

# A longer gap is a break, not a decision.
BREAK_SECONDS = 300.0
# The latest decisions that count: enough to be steady, few enough to follow the reviewer's day.
RECENT = 50
# With fewer gaps a pace would be a guess.
ENOUGH = 3


def seconds_each(times: Sequence[datetime.datetime]) -> float | None:
    """Return the mean time between the latest decisions in seconds, without breaks.

    `None` while there are fewer than ENOUGH gaps.
    """
    recent = sorted(times)[-RECENT - 1 :]
    gaps = [(later - earlier).total_seconds() for earlier, later in itertools.pairwise(recent)]
    worked = [gap for gap in gaps if gap <= BREAK_SECONDS]
    if len(worked) < ENOUGH:
        return None
    return sum(worked) / len(worked)
