"""What SQLite and the system say, in words: where there is no room, the advice is to make room."""

import errno
import sqlite3
from pathlib import Path

import pytest

from reviewkit.store.errors import as_store_error

PLACE = Path("review.db")


@pytest.mark.parametrize(
    ("error", "what", "hint"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "No space left", "free some space"),
        (OSError(errno.EFBIG, "File too large"), "File too large", "free some space"),
        (
            OSError(errno.EACCES, "Permission denied"),
            "Permission denied",
            "the folder's permissions",
        ),
        (sqlite3.OperationalError("disk I/O error"), "could not be read or written", "free some"),
        (sqlite3.OperationalError("database or disk is full"), "the disk is full", "free some"),
        (sqlite3.DatabaseError("file is not a database"), "cannot be used", "keep this file"),
    ],
)
def test_each_is_stated_as_what_it_is(error: Exception, what: str, hint: str) -> None:
    stated = as_store_error(error, PLACE)
    assert what in stated.what
    assert stated.hint.startswith(hint) or hint in stated.hint
