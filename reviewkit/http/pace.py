"""How fast a service is asked: one request after another, from all threads and processes."""

import logging
import re
import threading
from pathlib import Path

from filelock import FileLock, Timeout

from reviewkit.http.messages import Clock

_LOG = logging.getLogger("reviewkit.http")
_LOCK_SECONDS = 5.0
_FURTHEST_TURN = 60.0  # seconds: a turn further ahead was noted before the machine restarted


class Pace:
    """Gives out turns, `per_second` of them; `None` for as fast as it goes.

    The limits of services count per address or key, not per process: jobs of several reviews that
    begin at the same minute must not ask three times as fast. So the next turn is noted in the file
    `noted`, in seconds of the machine's monotonic clock, which all its processes share. A process
    that cannot write there keeps its own pace.
    """

    def __init__(self, per_second: float | None, clock: Clock, noted: Path | None = None) -> None:
        # A little slower than allowed: what leaves evenly may arrive bunched.
        self._interval = 0.0
        self._noted: Path | None = None
        if per_second:
            self._interval = 1.03 / per_second
            self._noted = noted
        self._clock = clock
        self._lock = threading.Lock()
        self._next = 0.0

    def wait(self) -> None:
        """Return when it is this caller's turn."""
        with self._lock:
            now = self._clock.elapsed()
            at = self._take_turn(now)
            self._next = at + self._interval

        if at > now:
            self._clock.sleep(at - now)

    def _take_turn(self, now: float) -> float:
        own = max(now, self._next)
        if self._noted is None:
            return own

        try:
            self._noted.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(f"{self._noted}.lock", timeout=_LOCK_SECONDS):
                at, noted = own, _read(self._noted)
                if noted - now <= _FURTHEST_TURN:
                    at = max(own, noted)
                self._noted.write_text(f"{at + self._interval:.3f}\n", encoding="ascii")
        except (OSError, Timeout) as error:
            _LOG.warning("the pace is not shared with other processes: %s", error)
            self._noted = None
            return own
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
