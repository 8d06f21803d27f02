"""The process in which the ranking runs, so that nothing it does holds up a key press. It says nothing by itself.

Light on purpose: it is started before anything else of a session is imported.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import cast

_PATIENCE = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """Somebody at work: `orders` goes there, `answers` comes from there. Closing `orders` ends the work."""

    orders: FileIO
    answers: FileIO
    wait: Callable[[], None]

    def end(self) -> None:
        """Let it end, and wait until it has."""
        self.orders.close()
        self.wait()


def start_process() -> Worker | None:
    """A ranking process, still without a review; `None` where no Python can be started beside this one."""
    if not sys.executable or getattr(sys, "frozen", False):
        return None
    home = str(Path(__file__).parents[3])
    path = os.pathsep.join([home, *filter(None, [os.environ.get("PYTHONPATH")])])
    # One thread each: more only wait for each other in products this small.
    threads = dict.fromkeys(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"], "1")
    try:
        child = subprocess.Popen(
            # -P: what lies in the folder one happens to be in is not imported.
            [sys.executable, "-P", "-m", "reviewkit.workflow.ranking.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env={**os.environ, **threads, "PYTHONPATH": path},
            # Ctrl-C and Ctrl-Z are for the session; when it ends, however it ends, so does its pipe.
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
    """The same work in a thread of this process: for tests, and where no other process can be had."""
    (their_orders, our_orders), (our_answers, their_answers) = os.pipe(), os.pipe()

    def work() -> None:
        with FileIO(their_orders, "rb") as orders, FileIO(their_answers, "wb") as answers:
            serve(orders, answers)

    # A daemon: leaving the session never waits for it.
    thread = threading.Thread(target=work, name="ranking", daemon=True)
    thread.start()
    return Worker(
        orders=FileIO(our_orders, "wb"),
        answers=FileIO(our_answers, "rb"),
        wait=lambda: thread.join(_PATIENCE),
    )
