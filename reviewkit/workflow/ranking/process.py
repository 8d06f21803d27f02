"""Start the process in which the ranking runs, so that it never delays a key press.

This module imports little, because the process is started before the rest of a session.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import cast

_PATIENCE = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A running worker: it reads `orders` and writes `answers`. Closing `orders` ends it."""

    orders: FileIO
    answers: FileIO
    wait: Callable[[], None]

    def end(self) -> None:
        """End the worker, and wait until it has ended."""
        self.orders.close()
        self.wait()

    def give_up(self) -> None:
        """End a worker that no ranking reads from."""
        self.end()
        self.answers.close()


@contextmanager
def given_up_on_error(worker: Worker | None) -> Iterator[None]:
    """End the worker where anything fails before a session takes it."""
    try:
        yield
    except BaseException:
        if worker:
            worker.give_up()
        raise


def start_process() -> Worker | None:
    """Start a ranking process, without a review yet; None if no second Python can be started."""
    if not sys.executable or getattr(sys, "frozen", False):
        return None

    home = str(Path(__file__).parents[3])
    path = os.pathsep.join([home, *filter(None, [os.environ.get("PYTHONPATH")])])
    # One thread each: in products this small, more threads only wait for each other.
    threads = dict.fromkeys(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"], "1")
    try:
        child = subprocess.Popen(
            # -P: modules in the current folder are not imported.
            [sys.executable, "-P", "-m", "reviewkit.workflow.ranking.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env={**os.environ, **threads, "PYTHONPATH": path},
            # Ctrl-C and Ctrl-Z are for the session. When the session ends, its pipe ends too.
            start_new_session=True,
        )
    except OSError:
        return None

    def wait() -> None:
        try:
            child.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()

    return Worker(
        orders=cast("FileIO", child.stdin), answers=cast("FileIO", child.stdout), wait=wait
    )


def start_thread(serve: Callable[[FileIO, FileIO], None]) -> Worker:
    """Start the worker in a thread: for tests, and if no second process can be started."""
    (their_orders, our_orders), (our_answers, their_answers) = os.pipe(), os.pipe()

    def work() -> None:
        with FileIO(their_orders, "rb") as orders, FileIO(their_answers, "wb") as answers:
            serve(orders, answers)

    # A daemon, so that leaving the session never waits for it.
    thread = threading.Thread(target=work, name="ranking", daemon=True)
    thread.start()
    return Worker(
        orders=FileIO(our_orders, "wb"),
        answers=FileIO(our_answers, "rb"),
        wait=lambda: thread.join(_PATIENCE),
    )
