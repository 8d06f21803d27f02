"""How fast a service is asked: one request after another, from all threads and processes."""

import logging
import re
import threading
from collections import deque
from pathlib import Path

from filelock import FileLock, Timeout

from reviewkit.http.messages import Clock

_LOG = logging.getLogger("reviewkit.http")
_LOCK_SECONDS = 5.0
_FURTHEST_TURN = 100.0  # seconds: a turn further ahead was noted before the machine restarted


class Pace:
    """Gives out turns, `per_second` of them; `None` for as fast as it goes.

    The limits of services count per address or key, not per process: jobs of several reviews that
    begin at the same minute must not ask three times as fast. So the next turn is noted in the file
    `noted`, in seconds of the machine's monotonic clock, which all its processes share. A process
    that cannot write there keeps its own pace.
    """

    def __init__(self, per_second: float | None, clock: Clock, noted: Path | None = None) -> None:
        # A little slower than allowed: what leaves evenly may arrive bunched.
        self.interval = self._window = 0.0
        self._noted: Path | None = None
        self._left: deque[float] = deque(maxlen=max(1, int(per_second or 1)))
        if per_second:
            self.interval, self._window = 1.03 / per_second, (self._left.maxlen or 1) / per_second
            self._noted = noted
        self._clock = clock
        self._queue, self._lock = threading.Lock(), threading.Lock()
        self._next = 0.0
        self._rest_until = 0.0

    def wait(self) -> None:
        """Return when it is this caller's turn. One that came to lie in a rest is given up.

        A busy machine may wake a caller late. So many requests as a second allows are never less
        than a second before the next one.
        """
        with self._queue:
            while self._await_turn() < self._rest_until:
                pass
            now = self._clock.elapsed()
            if len(self._left) == self._left.maxlen and self._left[0] + self._window > now:
                self._clock.sleep(self._left[0] + self._window - now)
            self._left.append(self._clock.elapsed())

    def _await_turn(self) -> float:
        """When the turn was that this caller waited for."""
        with self._lock:
            now = self._clock.elapsed()
            at = self._take(now, earliest=now, step=self.interval)

        if at > now:
            self._clock.sleep(at - now)
        return at

    def hold(self, seconds: float) -> None:
        """Give out no turn for so many seconds: the service asked for a rest."""
        if seconds > 0:
            with self._lock:
                now = self._clock.elapsed()
                self._rest_until = self._take(now, earliest=now + seconds, step=0.0)

    def _take(self, now: float, *, earliest: float, step: float) -> float:
        """The next turn that is not before `earliest`; `step` seconds after it is the next one."""
        at = max(earliest, self._next)
        if self._noted is not None:
            at = self._note(self._noted, now, at, step)
        self._next = at + step

        return at

    def _note(self, noted: Path, now: float, at: float, step: float) -> float:
        """The turn `at`, or the one that other processes left; the next one is noted for them."""
        try:
            noted.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(f"{noted}.lock", timeout=_LOCK_SECONDS):
                theirs = _read(noted)
                if theirs - now <= _FURTHEST_TURN:
                    at = max(at, theirs)
                noted.write_text(f"{at + step:.3f}\n", encoding="ascii")
        except (OSError, Timeout) as error:
            _LOG.warning("the pace is not shared with other processes: %s", error)
            self._noted = None
        return at


def _read(noted: Path) -> float:
    """The next turn in seconds; 0 where none is noted, or where a crash cut the note off."""
    try:
        text = noted.read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        return 0.0
    if not re.fullmatch(r"\d{1,15}\.\d{3}\n", text):
        return 0.0
    return float(text)


def note_of(folder: Path, base_url: str) -> Path:
    """The file that notes the turns at a service's host, named after the host."""
    host = re.sub(r"^\w+://", "", base_url).partition("/")[0]
    return folder / re.sub(r"[^\w.-]", "_", host)
