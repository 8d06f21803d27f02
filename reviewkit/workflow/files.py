"""Files that a person names: read only if they end, written whole or not at all."""

import errno
import os
from collections.abc import Iterable
from pathlib import Path

from reviewkit.cache.disk import write_pieces
from reviewkit.model.errors import ReviewkitError, system_reason


def with_end(path: Path) -> Path:
    """Return the path of a file that is to be read whole.

    Raises OSError for a device: /dev/zero goes on until the memory is full.
    """
    is_device = path.is_char_device() or path.is_block_device()
    if is_device and str(path) != os.devnull:
        raise OSError(errno.EINVAL, "it is a device, not a file", str(path))
    return path


def write_output(path: Path, content: bytes | Iterable[bytes]) -> None:
    """Replace a file in one step, and only if its content differs; raise ReviewkitError if it
    cannot. Content that comes in pieces is never held whole.

    A link stays a link. What is no file, such as /dev/null or a named pipe, is written to.
    """
    pieces = [content] if isinstance(content, bytes) else content
    try:
        target = path.resolve()
        if target.exists() and not (target.is_file() or target.is_dir()):
            _write_to(target, pieces)
            return

        write_pieces(target, pieces, unless_same=True)
    except OSError as error:
        raise ReviewkitError(
            f"cannot be written: {system_reason(error)}",
            where=str(path),
            hint="check the folder and the space left, or name another place with --out",
        ) from error


def _write_to(device: Path, pieces: Iterable[bytes]) -> None:
    with device.open("wb") as stream:
        stream.writelines(pieces)
