"""The plain interface of all sessions: a line asks, a line answers. It decides and stores nothing.

For screen readers, simple terminals and pipes. The three sessions add their own keys and lines.
"""

import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from reviewkit.model.errors import UsageError
from reviewkit.model.foreign import whole_number
from reviewkit.model.messages import tr
from reviewkit.screening.models import CriterionView, Link
from reviewkit.tui.readable import readable
from reviewkit.workflow.session.base import Session, Step

View = TypeVar("View")
_KEY_WIDTH = 20
_FIRST_KEYS = ("i", "e", "m", "u", "?")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainKey:
    """A key of the plain interface: its arguments and what it does, in words for the help."""

    key: str
    words: str
    run: Callable[[str], None]
    arguments: str = ""

    @property
    def help_line(self) -> str:
        usage = f"{self.key} {self.arguments}".strip()
        return f"{usage:<{_KEY_WIDTH - 1}} {self.words}"


def write_line(line: str) -> None:
    """Write to stdout at once: a screen reader speaks what has arrived."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class PlainSession(ABC, Generic[View]):
    """Reads one answer per line, until the lines end or one of them is `q`.

    A subclass gives its own keys and the lines of its views.
    """

    SKIP_KEY = "s"

    def __init__(
        self,
        session: Session[View],
        write: Callable[[str], None] = write_line,
        *,
        reasons: Sequence[str] = (),
    ) -> None:
        self._session = session
        self._write_line = write
        self._reasons = reasons
        keys = [*self.own_keys(), *self._shared_keys()]
        self._keys = {key.key: key for key in keys}

    @abstractmethod
    def own_keys(self) -> Iterable[PlainKey]:
        """The keys of this session alone."""

    @abstractmethod
    def title(self) -> str:
        """What is done here, and in whose name, for the first line."""

    @abstractmethod
    def view_lines(self, view: View) -> Iterable[str]:
        """The item in view, line by line."""

    @abstractmethod
    def nothing_left(self) -> str:
        """The sentence for when no item is in view."""

    def is_first_time(self) -> bool:
        """Whether this reviewer has decided on nothing yet, and is told five keys."""
        return False

    def last_lines(self) -> Iterable[str]:
        """What is said when the reviewer leaves, after how far it is."""
        return ()

    def progress_line(self) -> str:
        """How far it is, in one sentence that a screen reader can speak."""
        progress = self._session.progress
        return tr(
            "{done} of {total} done, {left} left.",
            done=progress.done,
            total=progress.total,
            left=progress.left,
        )

    def run(self, lines: Iterable[str]) -> None:
        """Show the first item and answer line after line."""
        self.write(f"{self._session.review}. {self.title()}")
        self._list_reasons()
        if self.is_first_time():
            self._show_first_keys()
        self.write(tr("Type ? and Enter for all keys."))
        self.show()

        for line in lines:
            key, argument = self.split(line)
            if key in {"q", "quit"}:
                break
            if key:
                self._answer(key, argument)
        self.write(self.progress_line())
        for line in self.last_lines():
            self.write(line)

    def split(self, line: str) -> tuple[str, str]:
        """Return the key of a line, and the rest."""
        key, _, argument = line.strip().partition(" ")
        return key, argument.strip()

    def write(self, line: str) -> None:
        self._write_line(readable(line))

    def step(self, step: Step[View]) -> None:
        """Say what came of an action, and show the item that is now in view."""
        self.write(step.message)
        self.show()

    def show(self) -> None:
        """Show the item in view."""
        view = self._session.view
        self.write("")
        if view is None:
            self.write(self.nothing_left())
            return

        for line in self.view_lines(view):
            self.write(line)
        self.write(self.progress_line())

    def _answer(self, key: str, argument: str) -> None:
        known = self._keys.get(key.lower())
        if known is None:
            self._refuse(key)
            return

        try:
            known.run(argument)
        except UsageError as error:
            hint = ""
            if error.hint:
                hint = f" {error.hint}."
            self.write(tr("Not done: {error}.{hint}", error=error, hint=hint))

    def _refuse(self, key: str) -> None:
        """Say that there is no such key. A number alone excludes on the full screen, not here."""
        if 1 <= (whole_number(key) or 0) <= len(self._reasons):
            words = tr("No key is called {key}. To exclude for that reason: e {key}", key=key)
            self.write(words)
        else:
            self.write(tr("No key is called {key}. ? shows all keys.", key=key))

    def _shared_keys(self) -> Iterator[PlainKey]:
        yield PlainKey(key=self.SKIP_KEY, words=tr("skip for now"), run=self._skip)
        yield PlainKey(key="u", arguments=tr("[times]"), words=tr("undo"), run=self._undo)
        yield PlainKey(key="a", words=tr("show it again"), run=lambda _: self.show())
        if self._reasons:
            words = tr("the exclusion reasons with their numbers")
            yield PlainKey(key="x", words=words, run=lambda _: self._list_reasons())
        yield PlainKey(key="?", words=tr("these keys"), run=lambda _: self._help())

    def _skip(self, _: str) -> None:
        self.step(self._session.skip())

    def _undo(self, argument: str) -> None:
        for _ in range((whole_number(argument) or 1) - 1):
            self.write(self._session.undo().message)
        self.step(self._session.undo())

    def reason_and_text(self, argument: str) -> tuple[int | None, str | None]:
        """Return a reason's number and the text behind it; its wording stands for its number."""
        number, text = split_number(argument)
        wordings = [reason.casefold() for reason in self._reasons]
        if number is None and text and text.casefold() in wordings:
            return wordings.index(text.casefold()) + 1, None
        return number, text

    def _list_reasons(self) -> None:
        for number, reason in enumerate(self._reasons, 1):
            self.write(tr("Exclusion reason {number}: {reason}", number=number, reason=reason))

    def _show_first_keys(self) -> None:
        self.write(tr("Five keys to begin with; Enter after each:"))
        for key in _FIRST_KEYS:
            self._write_line(self._keys[key].help_line)

    def _help(self) -> None:
        for key in self._keys.values():
            self._write_line(key.help_line)
        self._write_line(
            tr("{text}quit; everything is stored already", text=f"{'q':<{_KEY_WIDTH}}")
        )


def split_number(argument: str) -> tuple[int | None, str | None]:
    """Return the number an argument begins with, and the text behind it; `None` if missing."""
    number, _, text = argument.partition(" ")
    typed = whole_number(number)
    if typed is None:
        return None, argument or None
    return typed, text.strip() or None


def criterion_line(criterion: CriterionView) -> str:
    """A criterion with the machine's answer."""
    line = tr(
        "{text} criterion, {wording}: {answer_words}",
        text=tr(criterion.kind),
        wording=criterion.wording,
        answer_words=tr(criterion.answer_words),
    )
    line = line[:1].upper() + line[1:]
    if criterion.evidence:
        line += f" ({criterion.evidence})"

    return line


def link_line(link: Link) -> str:
    return f"{link.label}: {link.url}"
