"""Run the command as users do, in the test's process or in one of its own, and read its database as
rows.
"""

import io
import logging
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any
from unittest import mock

import pytest

import reviewkit.__main__ as door
from tests.conftest import PROJECT
from tests.servers.eutils_server import EutilsServer

_KEPT = ("PATH", "HOME", "XDG_CACHE_HOME", "SYSTEMROOT")
_NO_SETTINGS: Mapping[str, str] = MappingProxyType({})
_RUNNING = threading.Lock()


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """What the command needs of the machine's environment, and the settings of a test."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**kept, "PYTHONPATH": str(PROJECT), **settings}


def reviewkit(
    *arguments: str | Path,
    cwd: Path = PROJECT,
    settings: Mapping[str, str] = _NO_SETTINGS,
    stdin: str = "",
) -> subprocess.CompletedProcess[str]:
    """Run the command in this process, through the door of `python -m reviewkit`.

    Settings become environment variables. Use `reviewkit_process` where the process itself proves
    something: signals, locks of two commands, what is imported, time, what is still open at the
    end.
    """
    at_start = [name for name in settings if name == "TZ" or name.startswith("PYTHON")]
    assert not at_start, f"Python reads {at_start} when it starts: use reviewkit_process"
    assert _RUNNING.acquire(blocking=False), "one command at a time: use reviewkit_process"
    try:
        return _run_here([str(argument) for argument in arguments], cwd, settings, stdin)
    finally:
        _RUNNING.release()


def _run_here(
    arguments: list[str], cwd: Path, settings: Mapping[str, str], stdin: str
) -> subprocess.CompletedProcess[str]:
    with ExitStack() as stack:
        files = [stack.enter_context(tempfile.TemporaryFile()) for _ in _ERRORS_BY_STREAM]
        streams = [
            stack.enter_context(io.TextIOWrapper(file, encoding="utf-8", errors=errors))
            for file, errors in zip(files, _ERRORS_BY_STREAM.values(), strict=True)
        ]
        files[0].write(stdin.encode())
        files[0].seek(0)
        with _new_process(arguments, cwd, environment(settings), streams):
            code = _exit_code()
        for stream in streams[1:]:
            stream.flush()
        stdout, stderr = map(_text_in, files[1:])
    return subprocess.CompletedProcess(["reviewkit", *arguments], code, stdout, stderr)


# How Python opens the standard streams where no locale is set.
_ERRORS_BY_STREAM = {
    "stdin": "surrogateescape",
    "stdout": "surrogateescape",
    "stderr": "backslashreplace",
}


def _text_in(file: IO[bytes]) -> str:
    """What was written into a stream, read as `subprocess` reads it with `text=True`."""
    file.seek(0)
    return file.read().decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")


@contextmanager
def _new_process(
    arguments: list[str], cwd: Path, variables: Mapping[str, str], streams: Sequence[IO[str]]
) -> Iterator[None]:
    """Show the command what a new process has, and put all of it back at the end."""
    with mock.patch.dict(os.environ, variables, clear=True), pytest.MonkeyPatch.context() as patch:
        patch.chdir(cwd)
        # Click names the program after `__main__`; workers of the ranking import it.
        patch.setitem(sys.modules, "__main__", door)
        patch.setattr(sys, "argv", [str(door.__file__), *arguments])
        # Without a handler of pytest's, a warning is printed on stderr as a user sees it.
        patch.setattr(logging.getLogger(), "handlers", [])
        for name, stream in zip(_ERRORS_BY_STREAM, streams, strict=True):
            patch.setattr(sys, name, stream)
            patch.setattr(sys, f"__{name}__", stream)
        yield


def _exit_code() -> int:
    """Run the command's door; its exit code, with what Python prints of it."""
    try:
        door.main()
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return end.code or 0
        sys.stderr.write(f"{end.code}\n")
        return 1
    return 0


def reviewkit_process(
    *arguments: str | Path,
    cwd: Path = PROJECT,
    settings: Mapping[str, str] = _NO_SETTINGS,
    stdin: str = "",
) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own; settings become environment variables."""
    return subprocess.run(
        [sys.executable, "-m", "reviewkit", *map(str, arguments)],
        capture_output=True,
        text=True,
        env=environment(settings),
        cwd=cwd,
        input=stdin,
        check=False,
    )


def rows_of(database: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of the review, without the notes of sqlite-utils on times."""
    with closing(sqlite3.connect(database)) as connection:
        names = [
            name
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
            )
            if not name.startswith(("_sqlite", "sqlite_", "records_fts"))
        ]
        rows = {
            name: sorted(connection.execute(f"SELECT * FROM {name}"), key=repr) for name in names
        }
    connection.close()
    return rows


def copy_project(home: Path) -> Path:
    """The shipped protocol and list in a folder of their own; the protocol's path."""
    (home / "protocols").mkdir(parents=True)
    shutil.copy(PROJECT / "protocols" / "als_dysbiosis.toml", home / "protocols")
    shipped = PROJECT / "cache" / "als_dysbiosis"
    (home / "cache" / "als_dysbiosis").mkdir(parents=True)
    for name in ("compiled.ris", "manifest.json"):
        shutil.copy(shipped / name, home / "cache" / "als_dysbiosis" / name)
    return home / "protocols" / "als_dysbiosis.toml"


def outputs(home: Path) -> Path:
    """Where `copy_project`'s review leaves its outputs."""
    return home / "reviews" / "als_dysbiosis"


def reaching(server: EutilsServer) -> dict[str, str]:
    """The settings that lead to a local server, as fast as it goes."""
    return {"REVIEWKIT_EUTILS_URL": server.url, "REVIEWKIT_EUTILS_RATE": "unlimited"}
