"""What a session and its ranking say to each other: a few words as JSON, and numbers as bytes behind them.

The streams are unbuffered: a buffer that a thread is waiting in would stop the program from ending.
"""

import json
import struct
from collections.abc import Mapping
from io import RawIOBase
from typing import Any

_SIZES = struct.Struct("<IQ")
_AT_ONCE = 1 << 20


def send(stream: RawIOBase, head: Mapping[str, Any], body: bytes = b"") -> None:
    """Write one message, at once. Raises OSError where nobody reads any more."""
    told = json.dumps(head).encode()
    left = memoryview(_SIZES.pack(len(told), len(body)) + told + body)
    while left:
        left = left[stream.write(left) or 0 :]


def receive(stream: RawIOBase) -> tuple[dict[str, Any], bytes] | None:
    """The next message; `None` when the other side has ended, in the middle of one too."""
    sizes = _read(stream, _SIZES.size)
    if sizes is None:
        return None
    told, length = _SIZES.unpack(sizes)
    head, body = _read(stream, told), _read(stream, length)
    if head is None or body is None:
        return None
    found: dict[str, Any] = json.loads(head)
    return found, body


def _read(stream: RawIOBase, length: int) -> bytes | None:
    got = bytearray()
    while len(got) < length:
        part = stream.read(min(length - len(got), _AT_ONCE))
        if not part:
            return None
        got += part
    return bytes(got)
