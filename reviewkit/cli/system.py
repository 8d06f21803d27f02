"""What the operating system refuses, in words; the streams that a command begins with."""

import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path

from reviewkit.cli.console import ascii_only, show_error
from reviewkit.model.errors import (
    TYPE_AGAIN,
    ReviewkitError,
    UsageError,
    not_utf8,
    system_reason,
)

_KEPT = "what a command stores, it stores whole or not at all"


def open_streams() -> None:
    """Replace a closed stdin or stderr by one without content, so that no file takes its number.

    Raises ReviewkitError where stdout is closed: a result would be lost.
    """
    if sys.stdin is None:
        sys.stdin = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115  open to the end
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  open to the end
    if sys.stdout is None:
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  open to the end
        raise ReviewkitError(
            "standard output is closed, nothing was done",
            hint="run it with an open output; > /dev/null throws the result away",
        )


def run_and_flush(command: Callable[[], None]) -> None:
    """Run a command, and write what is still to be written while errors are shown. Raises OSError.

    After an error, Python does not try to write the same again at its end. Raises UsageError for
    typed bytes that are no UTF-8, ReviewkitError for text that the output cannot hold.
    """
    try:
        command()
    except UnicodeEncodeError as error:
        raise _refused_text(error) from error
    finally:
        try:
            sys.stdout.flush()
        except OSError:
            _drop_output()
            raise


def _refused_text(error: UnicodeEncodeError) -> Exception:
    """Return the error in words; as it is where neither what was typed nor the output explains it.

    A byte of the command line that is no UTF-8 is a surrogate in Python.
    """
    if any("\udc80" <= sign <= "\udcff" for sign in error.object):
        return UsageError(not_utf8(error), hint=f"{TYPE_AGAIN}; {_KEPT}")
    if not ascii_only():
        return error
    return ReviewkitError(
        f"the output is in {sys.stdout.encoding}, which has no "
        f"{error.object[error.start : error.end]!a}",
        hint=f"set PYTHONIOENCODING=utf-8, or write to a file; {_KEPT}",
    )


def _drop_output() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def show_system_error(error: OSError | MemoryError) -> None:
    """Show what the system refused, and what holds of the review after it."""
    if isinstance(error, MemoryError):
        show_error("there is not enough memory", hint=f"end other programs, run again; {_KEPT}")
        return

    if isinstance(error, BrokenPipeError):
        return  # the reader has seen enough

    where = f"{error.filename}: " if error.filename else ""
    hint = "check the file, its folder and the permissions"
    if error.errno == errno.ENOSPC:
        hint = "free some space, or send the output elsewhere"
    show_error(f"{where}the system refused it: {system_reason(error)}", hint=f"{hint}; {_KEPT}")
