"""Conflicts between reviewers on the full screen: what each said side by side, settled with a reason and a why."""

import os
from collections.abc import Callable

from rich.text import Text

from reviewkit.model.errors import UsageError
from reviewkit.model.records import Stage
from reviewkit.screening.models import LinkLabel
from reviewkit.tui.actions import ScreenKind
from reviewkit.tui.app import run_screen
from reviewkit.tui.conflict_page import conflict_lines
from reviewkit.tui.keys import Keys
from reviewkit.tui.modes import Choice, Question
from reviewkit.tui.readable import readable
from reviewkit.tui.record_page import criteria_panel, criteria_strip, reason_choices
from reviewkit.tui.review_screen import ReviewScreen
from reviewkit.tui.text_parts import CHOICE_KEYS, count, spread
from reviewkit.tui.theme import choose_theme
from reviewkit.workflow.session.conflicts import ConflictSession, ConflictView

_STAGES = {Stage.TITLE_ABSTRACT: "title and abstract", Stage.FULL_TEXT: "full text"}


def run(session: ConflictSession, keys: Keys) -> None:
    """Settle conflicts on the full screen until the person leaves. Raises KeyboardInterrupt for Ctrl-C."""
    run_screen(ConflictsScreen(session, keys), choose_theme(keys.theme, os.environ))


class ConflictsScreen(ReviewScreen):
    """The full screen of a session over conflicts."""

    KIND = ScreenKind.RESOLVE

    def __init__(self, session: ConflictSession, keys: Keys) -> None:
        super().__init__(keys, choose_theme(keys.theme, os.environ))
        self.session = session
        self._view = session.view

    def top_line(self, width: int) -> Text:
        theme = self.theme
        at = f" at {_STAGES[self._view.stage]}" if self._view else ""
        left = Text.assemble(
            (f"Conflict{at}", theme.label),
            (f" · {readable(self.session.reviewer)} settles", theme.quiet),
        )
        told = f"{count(self.session.settled)} settled, {count(self._view.left if self._view else 0)} left"
        return spread(left, Text(told, style=theme.text), width)

    def done(self) -> float:
        left = self._view.left if self._view else 0
        settled = self.session.settled
        return settled / (settled + left) if settled + left else 1.0

    def body_lines(self, width: int) -> list[Text]:
        if self._view is None:
            return [Text("No conflict waits.", style=self.theme.title)]
        return conflict_lines(self._view, self.theme, width)

    def panel_lines(self, width: int) -> list[Text]:
        return self._criteria(criteria_panel, width)

    def strip_lines(self, width: int) -> list[Text]:
        return self._criteria(criteria_strip, width)

    def _criteria(self, show: Callable[..., list[Text]], width: int) -> list[Text]:
        return (
            show(self._view.criteria, self.session.reasons, self.theme, width) if self._view else []
        )

    def act_include(self) -> None:
        self._in_view()
        self._ask_why("Settle it: include. Why? Enter keeps it.", self.session.include)

    def act_exclude(self) -> None:
        view, reasons = self._in_view(), self.session.reasons
        options = dict(zip(CHOICE_KEYS, range(1, len(reasons) + 1), strict=False))
        self.choose(
            Choice(
                question="Settle it: exclude, for which reason? Its key, or Enter for the one that was named.",
                lines=lambda width: reason_choices(view.criteria, reasons, self.theme, width),
                options=[*options, "enter"],
                take=lambda key: self._exclude(options.get(key)),
            )
        )

    def act_reason(self, number: int) -> None:
        self._in_view()
        if number > len(self.session.reasons):
            raise UsageError(
                f"there is no reason {number}",
                hint=f"reasons go from 1 to {len(self.session.reasons)}",
            )
        self._exclude(number)

    def _exclude(self, reason: int | None) -> None:
        words = f": {self.session.reasons[reason - 1]}" if reason else ""
        self._ask_why(
            f"Settle it: exclude{words}. Why? Enter keeps it.",
            lambda why: self.session.exclude(reason, why),
        )

    def _ask_why(self, question: str, settle: Callable[[str | None], str]) -> None:
        def take(text: str) -> None:
            self._shown(settle(text.strip() or None))

        self.ask(Question(question=question, take=take))

    def act_skip(self) -> None:
        self._shown(self.session.skip())

    def act_undo(self) -> None:
        self._shown(self.session.undo())

    def act_open_doi(self) -> None:
        self._open(LinkLabel.DOI)

    def act_open_pubmed(self) -> None:
        self._open(LinkLabel.PUBMED)

    def _open(self, label: LinkLabel) -> None:
        link = next((link for link in self._in_view().links if link.label == label), None)
        if link is None:
            raise UsageError(f"this record has no {label}")
        self.open_address(link.url, label)

    def act_copy(self) -> None:
        self.copy(self._in_view().citation)

    def press_name(self, name: str) -> None:
        kind, _, rest = name.partition(":")
        if kind == "link" and self._view and self.mode is None:
            link = self._view.links[int(rest)]
            self.open_address(link.url, link.label)
        else:
            super().press_name(name)

    def _in_view(self) -> ConflictView:
        if self._view is None:
            raise UsageError("no conflict waits", hint="undo opens the latest one again")
        return self._view

    def _shown(self, said: str) -> None:
        self._view = self.session.view
        self.draw(said)


__all__ = ["ConflictsScreen", "run"]
