"""How fast a reviewer decides. Pure."""

import datetime
import itertools
import math
from collections.abc import Iterator, Sequence

from reviewkit.model.messages import tr, tr_n
from reviewkit.model.text import duration
from reviewkit.screening.models import ScreeningProgress

# A longer gap is a break, not a decision.
BREAK_SECONDS = 300.0
# The latest decisions that count: enough to be steady, few enough to follow the reviewer's day.
RECENT = 50
# With fewer gaps a pace would be a guess.
ENOUGH = 3
# An hour is as long as a session is taken to be, where its end is not known yet.
SESSION_SECONDS = 3600


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


def per_hour(seconds: float | None) -> int | None:
    """Return how many decisions an hour has at a pace; `None` without a pace."""
    if not seconds:
        return None
    return round(3600 / seconds)


def sessions_left(seconds: float | None) -> int | None:
    """Return how many sessions of an hour the rest takes; `None` without a pace."""
    if seconds is None:
        return None
    return math.ceil(seconds / SESSION_SECONDS)


def pace_sentences(progress: ScreeningProgress) -> Iterator[str]:
    """Yield how fast this session is, and what is left; no estimate from too few decisions."""
    decided = tr_n(progress.session, "{n} record in this session", "{n} records in this session")
    if progress.session_per_hour:
        decided = tr(
            "{decided}, {per_hour} an hour", decided=decided, per_hour=progress.session_per_hour
        )
    yield decided

    sessions = sessions_left(progress.seconds_left)
    if sessions is None or progress.seconds_left is None or not progress.left:
        yield tr("{left} left", left=progress.left)
        return
    yield tr_n(
        sessions,
        "{left} left: about {time}, a session of an hour or less",
        "{left} left: about {time}, or {n} sessions of an hour",
        left=progress.left,
        time=duration(progress.seconds_left),
    )
