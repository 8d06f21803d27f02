"""Whether the write-ahead log beside a database is whole.

SQLite passes over what does not fit its checksum, and over all that follows, without a word. The
format is that of https://www.sqlite.org/fileformat2.html, section 4.
"""

import struct
from dataclasses import dataclass
from pathlib import Path

from reviewkit.model.text import plural

_HEADER, _FRAME = 32, 24
_BYTE_ORDERS = {0x377F0682: "<", 0x377F0683: ">"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LogState:
    """What is wrong with a log, and what was only cut off at its end; `None` where nothing is."""

    fault: str | None = None
    notice: str | None = None


def examine_log(log: Path) -> LogState:
    """Read a log to its end, and change nothing. Raises OSError."""
    data = log.read_bytes() if log.exists() else b""
    if len(data) <= _HEADER:
        return LogState()

    magic, _, size, _, salt, more_salt, *sums = struct.unpack(">8I", data[:_HEADER])
    order = _BYTE_ORDERS.get(magic)
    if order is None or _checksum(data[:24], (0, 0), order) != tuple(sums):
        lost = plural(len(data) // 1024, "kB", "kB")
        return LogState(fault=f"{log.name}: its head is damaged, {lost} of news cannot be read")

    step = _FRAME + size
    whole = (len(data) - _HEADER) // step
    frames = [data[_HEADER + step * n : _HEADER + step * (n + 1)] for n in range(whole)]
    own = [frame for frame in frames if frame[8:16] == struct.pack(">2I", salt, more_salt)]
    return _read_frames(log, own, tuple(sums), order, (len(data) - _HEADER) % step)


def _read_frames(
    log: Path, frames: list[bytes], sums: tuple[int, ...], order: str, rest: int
) -> LogState:
    """Check each page against its checksum, which goes on from the one before."""
    running = (sums[0], sums[1])
    for number, frame in enumerate(frames, 1):
        running = _checksum(frame[:8], running, order)
        running = _checksum(frame[_FRAME:], running, order)
        if running == struct.unpack(">2I", frame[16:24]):
            continue
        if number < len(frames):
            lost = plural(len(frames) - number + 1, "page")
            return LogState(fault=f"{log.name}: {lost} of what was stored last cannot be read")
        rest = 1
    if rest:
        return LogState(
            notice=f"{log.name} ends in the middle of a page: what was being stored when the "
            "machine stopped is not there, all that was stored before is"
        )
    return LogState()


def _checksum(data: bytes, running: tuple[int, int], order: str) -> tuple[int, int]:
    one, two = running
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for place in range(0, len(words), 2):
        one = (one + words[place] + two) & 0xFFFFFFFF
        two = (two + words[place + 1] + one) & 0xFFFFFFFF
    return one, two
