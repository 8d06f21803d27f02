"""The contract of the three sessions: screening, conflicts between reviewers, uncertain pairs.

A session shows one item at a time. An action stores its result, commits it, and returns a `Step`.
A user interface asks and shows; it decides and stores nothing itself.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import ClassVar, Generic, Self, TypeVar

from reviewkit.model.errors import UsageError
from reviewkit.model.messages import mark, tr
from reviewkit.screening.models import SessionProgress
from reviewkit.store import Store

View = TypeVar("View")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(Generic[View]):
    """The result of an action: a sentence for the reviewer, and the item now in view.

    `view` is `None` when no item is left.
    """

    message: str
    view: View | None


class Session(ABC, Generic[View]):
    """One reviewer at work on items of one kind. Use it as a context manager.

    An action that cannot be done raises UsageError with the reason and changes nothing.
    """

    NOTHING_TO_UNDO = mark("there is nothing to undo")
    # Why an action on the item in view cannot be done when none is, and what to do then.
    NOTHING_IN_VIEW: ClassVar[tuple[str, str]]

    def __init__(self, store: Store, *, review: str, reviewer: str) -> None:
        self._store = store
        self.review = review
        self.reviewer = reviewer
        self._undo_actions: list[Callable[[], Step[View]]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the database. Every action was committed, so nothing is lost without this call."""
        self._store.close()

    @property
    @abstractmethod
    def view(self) -> View | None:
        """The item in view; `None` when no item is left."""

    def require_view(self) -> View:
        """Return the item in view. Raises UsageError when none is."""
        if self.view is None:
            what, hint = self.NOTHING_IN_VIEW
            raise UsageError(tr(what), hint=tr(hint))
        return self.view

    @property
    @abstractmethod
    def progress(self) -> SessionProgress:
        """How many items are done, and how many are left."""

    @abstractmethod
    def skip(self) -> Step[View]:
        """Show the next item; this one comes again after the others. Nothing is stored."""

    def undo(self) -> Step[View]:
        """Take back the latest step of this session and show its item again.

        The history keeps both. Raises UsageError where there is nothing to take back.
        """
        if not self._undo_actions:
            return self._undo_earlier()

        # The action is forgotten only after it worked.
        step = self._undo_actions[-1]()
        self._undo_actions.pop()
        return step

    def _undo_earlier(self) -> Step[View]:
        """Take back the latest step of an earlier session. Raises UsageError without one."""
        raise UsageError(tr(self.NOTHING_TO_UNDO))

    def _step(self, message: str) -> Step[View]:
        return Step(message=message, view=self.view)
