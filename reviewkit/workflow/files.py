"""Files that a person names: read only if they end, written whole or not at all."""

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from reviewkit.cache.disk import write_pieces
from reviewkit.model.errors import ReviewkitError, UsageError, system_reason


def with_end(path: Path) -> Path:
    """Return the path of a file that is to be read whole.

    Raises OSError for a device: /dev/zero goes on until the memory is full.
    """
    is_device = path.is_char_device() or path.is_block_device()
    if is_device and str(path) != os.devnull:
        raise OSError(errno.EINVAL, "it is a device, not a file", str(path))
    return path


def named_place(path: Path) -> Path:
    """Return where a file that a person names is to be written, as `named_folder`.

    Raises UsageError for the name of a folder too.
    """
    named_folder(path)
    if path.is_dir():
        raise UsageError("is a folder", where=str(path), hint="name the file to write")
    return path


def named_folder(path: Path) -> Path:
    """Return where a folder that a person names is, or is to be made.

    Raises UsageError where the folder around it is not there: a mistyped name must make none. Ask
    before the work that fills it, not after it.
    """
    with _write_errors(path):
        folders = (path.parent, path.resolve().parent)
        missing = next((folder for folder in folders if not folder.is_dir()), None)
        if missing is None:
            return path
        what = "is a file, not a folder" if missing.exists() else "is no folder here"
    raise UsageError(
        f"{missing} {what}",
        where=str(path),
        hint="correct the name, or make the folder first",
    )


def write_output(path: Path, content: bytes | Iterable[bytes]) -> None:
    """Replace a file that a person named, as `write_own`. Its folder is never made.

    Raises UsageError where the folder is not there, ReviewkitError where it cannot be written.
    """
    write_own(named_place(path), content)


def write_own(path: Path, content: bytes | Iterable[bytes]) -> None:
    """Replace a file in one step, and only if its content differs; raise ReviewkitError if it
    cannot. Content that comes in pieces is never held whole. The folder is made where it lacks.

    A link stays a link. What is no file, such as /dev/null or a named pipe, is written to.
    """
    pieces = [content] if isinstance(content, bytes) else content
    with _write_errors(path):
        target = path.resolve()
        if target.exists() and not (target.is_file() or target.is_dir()):
            _write_to(target, pieces)
            return

        write_pieces(target, pieces, unless_same=True)


@contextmanager
def _write_errors(path: Path) -> Iterator[None]:
    """The system's errors as one ReviewkitError that says what to do."""
    try:
        yield
    except OSError as error:
        raise ReviewkitError(
            f"cannot be written: {system_reason(error)}",
            where=str(path),
            hint="check the folder and the space left, or name another file",
        ) from error


def _write_to(device: Path, pieces: Iterable[bytes]) -> None:
    with device.open("wb") as stream:
        stream.writelines(pieces)
