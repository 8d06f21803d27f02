"""Commands in forks of one process that has imported everything: a tenth of the time, and killed
where a test says.

Run as a program it is that process: a JSON line in asks for a command, a JSON line out tells how it
ended.
"""

import importlib
import json
import mmap
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self

from tests.conftest import PROJECT
from tests.helpers.command import environment

_IMPORTED = (
    "platformdirs",
    "requests.sessions",
    "reviewkit.cli",
    "reviewkit.cli.asking",
    "reviewkit.workflow.updates.notify",
    "reviewkit.workflow.updates.update",
    "reviewkit.workflow.updates.update_text",
    "reviewkit.workflow.reproducing.outputs",
    "reviewkit.workflow.reproducing.reproduce",
)
_READY = "ready"
_CONNECT = sqlite3.connect
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_STEPS = frozenset(
    {"os.rename", "os.remove", "os.truncate", "os.mkdir", "fcntl.flock", "http.client.send"}
)


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a command ended: `returncode` is -9 where it was killed; `steps` are what it did that the
    outside can see.
    """

    returncode: int
    stdout: str
    stderr: str
    steps: int
    seconds: float

    @property
    def killed(self) -> bool:
        return self.returncode == -signal.SIGKILL


class Forks:
    """The process that forks. Use it as a context manager."""

    def __init__(self, settings: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.helpers.forked"],
            cwd=PROJECT,
            env=environment({"OPENBLAS_NUM_THREADS": "1", **settings}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        assert self._answer() == _READY
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.communicate()

    def _answer(self) -> Any:
        assert self._process.stdout
        return json.loads(self._process.stdout.readline())

    def run(
        self,
        *arguments: str | Path,
        cwd: Path,
        settings: Mapping[str, str] = MappingProxyType({}),
        after_steps: int | None = None,
        after_seconds: float | None = None,
    ) -> Ended:
        """The command, to its end or until it is killed: before its nth step (from 1), or after so
        many seconds.
        """
        asked = {
            "arguments": [str(one) for one in arguments],
            "cwd": str(cwd),
            "settings": dict(settings),
            "after_steps": after_steps,
            "after_seconds": after_seconds,
        }
        assert self._process.stdin
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        return Ended(**self._answer())


class _Steps:
    """What a process did so far that the outside can see, counted where its parent can read it."""

    def __init__(self) -> None:
        self._shared = mmap.mmap(-1, 8)
        self.counting = False
        self.last = 0

    @property
    def done(self) -> int:
        return int.from_bytes(self._shared[:], "little")

    @done.setter
    def done(self, number: int) -> None:
        self._shared[:] = number.to_bytes(8, "little")

    def step(self, message: str = "") -> None:
        if self.done + 1 == self.last:
            os.kill(os.getpid(), signal.SIGKILL)
        self.done += 1

    def hear(self, event: str, lines: tuple[Any, ...]) -> None:
        """Python's audit events: files, locks, requests."""
        if self.counting and (
            event in _STEPS or (event == "open" and lines[2] is not None and lines[2] & _WRITING)
        ):
            self.step()

    def connect(self, *values: Any, **more: Any) -> sqlite3.Connection:
        """A connection whose every statement is a step."""
        connection: sqlite3.Connection = _CONNECT(*values, **more)
        connection.set_trace_callback(self.step)
        return connection


def _run(asked: Mapping[str, Any], steps: _Steps) -> dict[str, Any]:
    steps.done = 0
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        begun = time.monotonic()
        pid = os.fork()
        if pid == 0:
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)
            _be_the_command(asked, steps)
        if asked["after_seconds"] is not None:
            # The signal of a child that has ended already is pending, and seen at once.
            signal.sigtimedwait([signal.SIGCHLD], asked["after_seconds"])
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        seconds = time.monotonic() - begun
        signal.sigtimedwait([signal.SIGCHLD], 0)
        texts = {}
        for name, file in (("stdout", out), ("stderr", err)):
            file.seek(0)
            texts[name] = file.read().decode()
    return {
        "returncode": os.waitstatus_to_exitcode(status),
        "steps": steps.done,
        "seconds": seconds,
        **texts,
    }


def _be_the_command(asked: Mapping[str, Any], steps: _Steps) -> None:
    code: object = 1
    try:
        from reviewkit.cli import main as command

        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
        os.chdir(asked["cwd"])
        os.environ.update(asked["settings"])
        sys.argv = ["reviewkit", *asked["arguments"]]
        steps.last = asked["after_steps"] or 0
        steps.counting = True
        sqlite3.connect = steps.connect  # type: ignore[assignment]  # it has more overloads
        command()
        code = 0
    except SystemExit as left:
        code = left.code
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else int(code is not None))


def main() -> None:
    """Import what the commands import, then serve: each fork then has only its own work to do."""
    for name in _IMPORTED:
        importlib.import_module(name)

    steps = _Steps()
    sys.addaudithook(steps.hear)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
    sys.stdout.write(json.dumps(_READY) + "\n")
    sys.stdout.flush()
    for line in sys.stdin:
        document = _run(json.loads(line), steps)
        sys.stdout.write(json.dumps(document) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
