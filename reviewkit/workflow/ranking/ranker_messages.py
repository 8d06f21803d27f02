"""Messages between a session and its ranking: a JSON head, and numbers as bytes after it.

The streams are unbuffered: a buffer in which a thread waits would stop the program from ending.
"""

import json
import struct
from collections.abc import Iterable, Mapping
from io import RawIOBase
from typing import Any

_SIZES = struct.Struct("<IQ")
_PART = 1 << 20


def send(stream: RawIOBase, head: Mapping[str, Any], body: bytes = b"") -> None:
    """Write one message. Raises OSError if nobody reads any more."""
    encoded = json.dumps(head).encode()
    remaining = memoryview(_SIZES.pack(len(encoded), len(body)) + encoded + body)
    while remaining:
        remaining = remaining[stream.write(remaining) or 0 :]


def first_verdicts(included: Iterable[str], excluded: Iterable[str]) -> bytes:
    """Return the keys of the records decided on before a session, as the body of a message."""
    return "\0".join(["\n".join(included), "\n".join(excluded)]).encode()


def read_first_verdicts(body: bytes) -> dict[str, bool]:
    """Return by record whether it was included; nothing for an empty body."""
    included, _, excluded = body.decode().partition("\0")
    labels = dict.fromkeys(included.split("\n"), True) | dict.fromkeys(excluded.split("\n"), False)
    labels.pop("", None)
    return labels


def receive(stream: RawIOBase) -> tuple[dict[str, Any], bytes] | None:
    """Return the next message; None if the other side has ended, even within a message."""
    sizes = _read(stream, _SIZES.size)
    if sizes is None:
        return None

    head_length, body_length = _SIZES.unpack(sizes)
    head, body = _read(stream, head_length), _read(stream, body_length)
    if head is None or body is None:
        return None
    decoded: dict[str, Any] = json.loads(head)
    return decoded, body


def _read(stream: RawIOBase, length: int) -> bytes | None:
    content = bytearray()
    while len(content) < length:
        part = stream.read(min(length - len(content), _PART))
        if not part:
            return None
        content += part
    return bytes(content)
