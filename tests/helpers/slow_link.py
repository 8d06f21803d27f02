"""A slow link, as ssh may have: `python -m tests.helpers.slow_link BITS LATENCY LOG COMMAND...`.

What the command writes arrives at BITS a second, and each way takes LATENCY seconds. LOG gets the
number of bytes.
"""

import fcntl
import os
import pty
import select
import signal
import sys
import termios
import time
import tty
from collections import deque
from pathlib import Path

_TICK = 0.02


class _Way:
    """Bytes on their way: they leave at `rate` a second and arrive `latency` seconds later."""

    def __init__(self, into: int, rate: float, latency: float) -> None:
        self._into, self._rate, self._latency = into, rate, latency
        self._under_way: deque[tuple[float, bytes]] = deque()
        self._free = 0.0
        self.waiting = 0
        self.passed = 0

    def take(self, piece: bytes) -> None:
        now = time.monotonic()
        self._free = max(self._free, now) + len(piece) / self._rate
        self._under_way.append((self._free + self._latency, piece))
        self.waiting += len(piece)

    def deliver(self) -> None:
        while self._under_way and self._under_way[0][0] <= time.monotonic():
            piece = self._under_way.popleft()[1]
            os.write(self._into, piece)
            self.waiting -= len(piece)
            self.passed += len(piece)


def relay(child: int, rate: float, latency: float, log: Path) -> None:
    """Pass bytes between this terminal and the child's until the child ends."""
    keys, picture = _Way(child, 1e9, latency), _Way(1, rate, latency)
    shown = -1
    while True:
        # A link holds little: what does not fit has to wait where it was written.
        sources = [0, child] if picture.waiting < 4096 else [0]
        ready = select.select(sources, [], [], _TICK)[0]
        try:
            if 0 in ready:
                keys.take(os.read(0, 1024))
            if child in ready:
                # Small pieces, as a line sends them.
                picture.take(os.read(child, max(16, int(rate * _TICK))))
        except OSError:  # the child has ended
            break
        keys.deliver()
        picture.deliver()
        if picture.passed != shown:
            shown = picture.passed
            log.with_suffix(".part").write_text(str(shown))
            log.with_suffix(".part").replace(log)
    while picture.waiting:
        picture.deliver()
        time.sleep(_TICK)


def main(bits: str, latency: str, log: str, *command: str) -> None:
    process, child = pty.fork()
    if process == 0:
        os.execvp(command[0], command)  # noqa: S606  # the command is the test's own

    def resize(*_: object) -> None:
        fcntl.ioctl(child, termios.TIOCSWINSZ, fcntl.ioctl(0, termios.TIOCGWINSZ, b"\0" * 8))

    resize()
    signal.signal(signal.SIGWINCH, resize)
    before = termios.tcgetattr(0)
    tty.setraw(0)
    try:
        relay(child, int(bits) / 10, float(latency), Path(log))
    finally:
        termios.tcsetattr(0, termios.TCSADRAIN, before)


if __name__ == "__main__":
    main(*sys.argv[1:])
