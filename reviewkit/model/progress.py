"""How work reports its progress: it calls a function, and the caller decides what is shown."""

from collections.abc import Callable

# Called with what is counted, how much is done, and how much there is to do.
Progress = Callable[[str, int, int], None]


def silent(label: str, done: int, total: int) -> None:
    """Show nothing."""
