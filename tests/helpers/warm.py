"""The real command in a process and on a terminal of its own, forked from one that has its imports:
0.1 s, not 1 s.
"""

import multiprocessing
import os
import pty
import select
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from types import TracebackType

import reviewkit.cli
import reviewkit.cli.plain_session
import reviewkit.tui.screening_screen
import reviewkit.workflow.ranking.ranked
import reviewkit.workflow.session.open_screening
import reviewkit.workflow.session.script_run  # loaded here so that the children have them
from tests.helpers.command import environment

_GIVE_UP = 60.0


def _child(arguments: Sequence[str], terminal: str, settings: dict[str, str]) -> None:
    """Become the command, with `terminal` as what it reads, writes and is controlled by."""
    os.setsid()
    descriptor = os.open(terminal, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(descriptor, standard)
    os.environ.clear()
    os.environ.update(settings)
    sys.stdin = os.fdopen(0, "r", encoding="utf-8")
    sys.stdout = os.fdopen(1, "w", encoding="utf-8")
    sys.stderr = os.fdopen(2, "w", encoding="utf-8")
    sys.argv = ["reviewkit", *arguments]
    reviewkit.cli.main()


@cache
def _nursery() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.helpers.warm"])
    return context


class Command:
    """A running command and the other end of its terminal."""

    def __init__(self, process: BaseProcess, terminal: int) -> None:
        self.process = process
        self.terminal = terminal

    def send(self, text: str) -> None:
        os.write(self.terminal, text.encode())

    def read_some(self) -> str:
        """Return what it has written since the last reading; wait for something."""
        if not select.select([self.terminal], [], [], _GIVE_UP)[0]:
            raise TimeoutError("nothing more came")
        piece = os.read(self.terminal, 65536)
        return piece.decode(errors="ignore").replace("\r\n", "\n")

    def read(self, until: str = "") -> str:
        """What it writes, until it has written `until` last, or else until it ends."""
        got = b""
        while not (until and got.decode(errors="ignore").endswith(until)):
            if not select.select([self.terminal], [], [], _GIVE_UP)[0]:
                raise TimeoutError(f"no {until!r} came after: {got.decode()[-500:]}")
            try:
                piece = os.read(self.terminal, 65536)
            except OSError:  # the other end is closed: it has ended
                break
            got += piece
        return got.decode().replace("\r\n", "\n")

    def __enter__(self) -> "Command":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.process.kill()
        self.process.join()
        os.close(self.terminal)


@contextmanager
def command(*arguments: str, **settings: str) -> Iterator[Command]:
    """A command on a terminal; killed at the end if it still runs."""
    near, far = pty.openpty()
    values = environment({"TERM": "dumb", **settings})
    process = _nursery().Process(target=_child, args=(arguments, os.ttyname(far), values))
    process.start()
    # Held open until the child has it, or the first read would find the terminal closed.
    with Command(process, near) as started:
        held: int | None = far
        if select.select([near], [], [], _GIVE_UP)[0]:
            os.close(far)
            held = None
        yield started
        if held is not None:
            os.close(held)
