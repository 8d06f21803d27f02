"""Requests keep their distance in one process, and across processes that know of each other by a
file alone.
"""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from reviewkit.http import Clock, system_clock
from reviewkit.http.pace import Pace, note_of

TAKE_TURNS = """
import sys, time
from pathlib import Path
from reviewkit.http import system_clock
from reviewkit.http.pace import Pace
pace = Pace(20.0, system_clock(), Path(sys.argv[1]))
sys.stdin.readline()
for _ in range(8):
    pace.wait()
    print(time.monotonic())
"""


class Standing:
    """A clock that moves only where somebody sleeps."""

    def __init__(self, at: float = 1000.0) -> None:
        self.at = at
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds

    def clock(self) -> Clock:
        return Clock(
            now=system_clock().now, elapsed=lambda: self.at, sleep=self.sleep, jitter=lambda: 1.0
        )


def test_who_wakes_late_does_not_come_too_close_to_the_next() -> None:
    time, left = Standing(), []
    late = iter((0.0, 0.4, 0.0, 0.0, 0.3, *[0.0] * 9))

    def oversleep(seconds: float) -> None:
        time.at += seconds + next(late)

    pace = Pace(2.0, replace(time.clock(), sleep=oversleep))
    for _ in range(7):
        pace.wait()
        left.append(time.at)
    # A third one within a second would be too many.
    assert min(later - first for first, later in zip(left, left[2:], strict=False)) >= 1.0
    assert left[-1] - left[0] <= 6 * 0.515 + 0.7, "no more is lost than what was overslept"


@pytest.mark.slow
def test_processes_share_one_pace(tmp_path: Path) -> None:
    noted = tmp_path / "pace" / "host"
    started = [
        subprocess.Popen(
            [sys.executable, "-c", TAKE_TURNS, str(noted)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for process in started:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    printed = [process.communicate()[0].split() for process in started]
    turns = sorted(float(turn) for turns in printed for turn in turns)
    assert len(turns) == 24
    # Three that each kept to 20 a second alone would be through in a third of the time.
    assert turns[-1] - turns[0] >= 22 / 20


def test_a_turn_is_not_given_out_twice(tmp_path: Path) -> None:
    noted, time = tmp_path / "host", Standing()
    paces = [Pace(2.0, time.clock(), noted) for _ in range(3)]
    for pace in paces:
        pace.wait()
    assert time.slept == [pytest.approx(0.515), pytest.approx(0.515)]


@pytest.mark.parametrize("left", ["999999.000\n", "10", "", "no time", "\xff\xfe"])
def test_a_note_of_another_day_or_cut_off_holds_nobody_up(tmp_path: Path, left: str) -> None:
    noted, time = tmp_path / "host", Standing()
    noted.write_text(left, encoding="latin-1")
    Pace(2.0, time.clock(), noted).wait()
    assert time.slept == []
    assert noted.read_text(encoding="ascii") == "1000.515\n"


def test_where_nothing_can_be_noted_each_keeps_its_own_pace(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "pace").write_text("a file, not a folder", encoding="utf-8")
    time = Standing()
    pace = Pace(2.0, time.clock(), tmp_path / "pace" / "host")
    for _ in range(3):
        pace.wait()
    assert sum(time.slept) == pytest.approx(1.03)
    assert caplog.text.count("is not shared") == 1


def test_a_server_of_ones_own_is_asked_as_fast_as_it_goes(tmp_path: Path) -> None:
    time = Standing()
    pace = Pace(None, time.clock(), tmp_path / "host")
    for _ in range(3):
        pace.wait()
    assert time.slept == []
    assert not [*tmp_path.iterdir()]


def test_the_note_is_named_after_the_host(tmp_path: Path) -> None:
    assert (
        note_of(tmp_path, "https://eutils.ncbi.nlm.nih.gov/entrez/eutils/").name
        == "eutils.ncbi.nlm.nih.gov"
    )
    assert note_of(tmp_path, "http://127.0.0.1:8080/a/../b/").name == "127.0.0.1_8080"
