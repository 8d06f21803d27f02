"""How long pieces of work tell of their way. They call a function; who shows what is up to the caller."""

from collections.abc import Callable

# What is counted, how much is done, and how much there is to do.
Progress = Callable[[str, int, int], None]


def silent(label: str, done: int, total: int) -> None:
    """Nothing is shown."""
