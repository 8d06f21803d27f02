"""Conflicts between reviewers on the full screen: decisions side by side, settled with a reason."""

import os
from collections.abc import Callable, Mapping

from rich.text import Text

from reviewkit.model.messages import tr
from reviewkit.model.records import STAGE_WORDS
from reviewkit.screening.models import SessionProgress
from reviewkit.tui.actions import ScreenKind
from reviewkit.tui.app import run_screen
from reviewkit.tui.conflict_page import conflict_lines
from reviewkit.tui.keys import Keys
from reviewkit.tui.modes import Choice, Question
from reviewkit.tui.opening import OpeningActions
from reviewkit.tui.readable import readable
from reviewkit.tui.record_page import criteria_panel, criteria_strip, reason_choices
from reviewkit.tui.review_screen import Handler, ReviewScreen
from reviewkit.tui.screen_content import ScreenContent, Space
from reviewkit.tui.text_parts import CHOICE_KEYS, spread
from reviewkit.tui.theme import choose_theme
from reviewkit.workflow.session.conflicts import ConflictSession, ConflictStep


def run(session: ConflictSession, keys: Keys) -> None:
    """Settle conflicts on the full screen until the person leaves.

    Raises KeyboardInterrupt for Ctrl-C.
    """
    run_screen(ConflictsScreen(session, keys), choose_theme(keys.theme, os.environ))


class ConflictsContent(ScreenContent):
    """The texts of the conflicts' screen."""

    def __init__(self, session: ConflictSession) -> None:
        self._session = session

    @property
    def progress(self) -> SessionProgress:
        return self._session.progress

    def top_line(self, space: Space) -> Text:
        view, theme = self._session.view, space.theme
        label = tr("Conflict")
        if view:
            label = tr("Conflict at {text}", text=tr(STAGE_WORDS[view.stage]))

        settles = tr(" · {reviewer} settles", reviewer=readable(self._session.reviewer))
        left = Text.assemble((label, theme.label), (settles, theme.quiet))
        words = tr("{done} settled, {left} left", done=self.progress.done, left=self.progress.left)
        return spread(left, Text(words, style=theme.text), space.width)

    def body_lines(self, space: Space) -> list[Text]:
        if self._session.view is None:
            return [Text(tr("No conflict waits."), style=space.theme.title)]
        return conflict_lines(self._session.view, space.theme, space.width)

    def panel_lines(self, space: Space) -> list[Text]:
        view = self._session.view
        if view is None:
            return []
        return criteria_panel(view.criteria, self._session.reasons, space.theme, space.width)

    def strip_lines(self, space: Space) -> list[Text]:
        view = self._session.view
        if view is None:
            return []
        return criteria_strip(view.criteria, self._session.reasons, space.theme, space.width)


class ConflictsScreen(ReviewScreen):
    """The full screen of a session over conflicts."""

    KIND = ScreenKind.RESOLVE

    def __init__(self, session: ConflictSession, keys: Keys) -> None:
        super().__init__(ConflictsContent(session), keys, choose_theme(keys.theme, os.environ))
        self._session = session
        self._opening = OpeningActions(self, session.require_view)

    def handlers(self) -> Mapping[str, Handler]:
        return {
            **self._opening.handlers(),
            "include": self._include,
            "exclude": self._choose_exclusion,
            "skip": lambda: self._draw_step(self._session.skip()),
            "undo": lambda: self._draw_step(self._session.undo()),
        }

    def choose_reason(self, number: int) -> None:
        self._session.require_view()
        self._session.check_reason(number)
        self._exclude(number)

    def press_link(self, place: int) -> None:
        self._opening.open_place(place)

    def _include(self) -> None:
        self._session.require_view()
        self._ask_why(tr("Final decision: include."), self._session.include)

    def _choose_exclusion(self) -> None:
        view, reasons = self._session.require_view(), self._session.reasons

        number_by_key = dict(zip(CHOICE_KEYS, range(1, len(reasons) + 1), strict=False))
        self.choose(
            Choice(
                question=tr(
                    "Final decision: exclude, for which reason? "
                    "Its key, or Enter for the one that was named."
                ),
                lines=lambda width: reason_choices(view.criteria, reasons, self.theme, width),
                options=[*number_by_key, "enter"],
                take=lambda key: self._exclude(number_by_key.get(key)),
            )
        )

    def _exclude(self, reason: int | None) -> None:
        words = tr("exclude")
        if reason:
            words += f": {self._session.reasons[reason - 1]}"
        self._ask_why(
            tr("Final decision: {words}.", words=words),
            lambda why: self._session.exclude(reason, why),
        )

    def _ask_why(self, decision: str, settle: Callable[[str | None], ConflictStep]) -> None:
        self.ask(
            Question(
                question=tr("{decision} Reason (optional); Enter saves.", decision=decision),
                take=lambda text: self._draw_step(settle(text.strip() or None)),
            )
        )

    def _draw_step(self, step: ConflictStep) -> None:
        self.draw(step.message)


__all__ = ["ConflictsScreen", "run"]
