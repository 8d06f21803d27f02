"""How fast a reviewer decides, and what is said of what is left."""

import datetime
import itertools

import pytest

from reviewkit.screening.models import ScreeningProgress
from reviewkit.screening.pace import pace_sentences, per_hour, seconds_each, sessions_left

NOW = datetime.datetime(2026, 11, 22, tzinfo=datetime.UTC)


def after(*gaps: float) -> list[datetime.datetime]:
    """The times of decisions with these seconds between them."""
    return [NOW + datetime.timedelta(seconds=s) for s in itertools.accumulate((0, *gaps))]


def progress(
    *, left: int = 5, each: float | None = 10, hour: int | None = 360, done: int = 2
) -> ScreeningProgress:
    return ScreeningProgress(
        done=done,
        left=left,
        included=0,
        excluded=done,
        maybe=0,
        session=done,
        seconds_each=each,
        seconds_left=None if each is None else each * left,
        session_per_hour=hour,
    )


def test_three_gaps_make_a_pace_and_two_none() -> None:
    assert seconds_each(after(10, 20)) is None
    assert seconds_each(after(10, 20, 30)) == 20


def test_five_minutes_are_work_and_a_second_more_is_a_break() -> None:
    assert seconds_each(after(30, 30, 300)) == 120
    assert seconds_each(after(30, 30, 30, 301)) == 30


def test_the_latest_fifty_gaps_count_in_whatever_order_they_come() -> None:
    times = after(100, *[10] * 49, 60)
    assert seconds_each(times) == seconds_each(times[::-1]) == (49 * 10 + 60) / 50
    assert seconds_each(after(*[10] * 49, 60)) == (49 * 10 + 60) / 50


@pytest.mark.parametrize(
    ("seconds", "decided"), [(None, None), (0, None), (10, 360), (7, 514), (2, 1800)]
)
def test_a_pace_by_the_hour(seconds: float | None, decided: int | None) -> None:
    assert per_hour(seconds) == decided


@pytest.mark.parametrize(
    ("seconds", "sessions"), [(None, None), (0, 0), (1, 1), (3600, 1), (3601, 2)]
)
def test_an_hour_that_is_begun_is_a_session(seconds: float | None, sessions: int | None) -> None:
    assert sessions_left(seconds) == sessions


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        (
            progress(),
            [
                "2 records in this session, 360 an hour",
                "5 left: about 50 s, a session of an hour or less",
            ],
        ),
        (progress(each=None, hour=None, done=1), ["1 record in this session", "5 left"]),
        (progress(left=0, hour=None), ["2 records in this session", "0 left"]),
        (
            progress(left=721),
            [
                "2 records in this session, 360 an hour",
                "721 left: about 2 h, or 3 sessions of an hour",
            ],
        ),
    ],
)
def test_what_is_said_of_it(shown: ScreeningProgress, said: list[str]) -> None:
    assert [*pace_sentences(shown)] == said
