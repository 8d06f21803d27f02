"""Calls in threads of their own: begun now, wanted later, or ended at a deadline."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

Result = TypeVar("Result")


class Started(Generic[Result]):
    """A call that is under way in a thread. It does not keep the program alive."""

    def __init__(self, call: Callable[[], Result]) -> None:
        self._call = call
        self._results: list[Result] = []
        self._errors: list[BaseException] = []
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._results.append(self._call())
        except BaseException as error:  # noqa: BLE001  it is raised in the thread that asks for it
            self._errors.append(error)

    @property
    def is_under_way(self) -> bool:
        return self._thread.is_alive()

    def result(self, seconds: float | None = None) -> Result:
        """What the call returns. Raises what it raises, and TimeoutError when it takes longer."""
        self._thread.join(seconds)
        if self._errors:
            raise self._errors[0]
        if not self._results:
            raise TimeoutError
        return self._results[0]


def within(seconds: float, call: Callable[[], Result]) -> Result:
    """What `call` returns. Raises what it raises, and TimeoutError when it takes longer.

    A read timeout of a socket begins anew with every byte: header bytes that drip would never end.
    The thread of a call that took too long is left to itself.
    """
    return Started(call).result(seconds)
