"""Progress on stderr: a bar on a terminal, plain lines in a pipe."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from reviewkit.cli.console import talk
from reviewkit.model.progress import Progress
from reviewkit.model.text import printable


@contextmanager
def show_progress() -> Iterator[Progress]:
    """A function to call with a label, how much is done, and how much there is in all."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield _lines()
        return
    from rich.console import Console  # 0.1 s, paid for only on a terminal
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks = {}

        def show(label: str, done: int, total: int) -> None:
            if label not in tasks:
                tasks[label] = bar.add_task(printable(label), total=total)
            bar.update(tasks[label], completed=done, total=total)

        yield show


def _lines() -> Progress:
    """A line at the first step, at each tenth of the way and at the end: a log stays short."""
    shown: dict[str, int] = {}

    def show(label: str, done: int, total: int) -> None:
        tenth = 10
        if done < total:
            tenth = done * 10 // total
        if shown.get(label) != tenth:
            shown[label] = tenth
            talk(f"{printable(label)}: {done} of {total}")

    return show
