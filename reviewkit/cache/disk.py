"""Writing so that a crash, a full disk or a second process leaves either the whole or nothing.

No review words here.
"""

import errno
import filecmp
import os
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from reviewkit.model.errors import CacheError, system_reason

PART = ".part"  # how a file is named until it is whole
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS}


@contextmanager
def cache_errors(path: Path) -> Iterator[None]:
    """The system's errors as one CacheError that says what to do."""
    try:
        yield
    except OSError as error:
        where = str(error.filename or path)

        if error.errno in _FULL:
            hint = "free some space and run again: the pages that were fetched before are kept"
            raise CacheError("the disk is full", where=where, hint=hint) from error
        if error.errno in _REFUSED:
            hint = "check the folder's permissions, or name another cache with REVIEWKIT_CACHE"
            raise CacheError("may not be read or written", where=where, hint=hint) from error
        hint = "check the disk, or name another cache with REVIEWKIT_CACHE"
        raise CacheError(system_reason(error), where=where, hint=hint) from error


def write_whole(path: Path, *parts: bytes | memoryview) -> None:
    """Write the parts, one after the other, as one file: whole and on the disk, or not at all.

    Replaces the file that is there. Raises OSError.
    """
    write_pieces(path, parts)


def write_pieces(
    path: Path, parts: Iterable[bytes | memoryview], *, unless_same: bool = False
) -> None:
    """As `write_whole`, for parts that come one by one and are more than memory should hold.

    With `unless_same` a file that holds the same already is not touched.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex}{PART}")
    try:
        with part.open("xb") as file:
            file.writelines(parts)
            file.flush()
            os.fsync(file.fileno())
        if unless_same and path.is_file() and filecmp.cmp(part, path, shallow=False):
            return
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    keep_name(path.parent)


def append_whole(path: Path, line: bytes) -> None:
    """Append a line in one step; a part of it that a full disk let through is taken back.

    Raises OSError.
    """
    with path.open("ab", buffering=0) as file:
        size = file.seek(0, os.SEEK_END)
        written = 0
        try:
            while written < len(line):
                written += file.write(line[written:])
            os.fsync(file.fileno())
        except OSError:
            file.truncate(size)
            raise


def keep_name(folder: Path) -> None:
    """Put a folder's list of names on the disk, where the system can do that."""
    if os.name == "nt":
        return

    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
