"""Screening on the full screen: the session's record, its criteria, one key each."""

import os
from collections.abc import Mapping

from rich.text import Text

from reviewkit.model.errors import UsageError
from reviewkit.model.messages import tr
from reviewkit.tui.actions import ScreenKind
from reviewkit.tui.annotation_actions import AnnotationActions
from reviewkit.tui.app import run_screen
from reviewkit.tui.correction_actions import CorrectionActions
from reviewkit.tui.decision_actions import DecisionActions
from reviewkit.tui.keys import Keys
from reviewkit.tui.many_actions import ManyActions
from reviewkit.tui.navigation_actions import NavigationActions
from reviewkit.tui.opening import OpeningActions
from reviewkit.tui.review_screen import Handler, ReviewScreen
from reviewkit.tui.screening_content import ScreeningContent
from reviewkit.tui.theme import choose_theme
from reviewkit.workflow.session.screening import ScreeningSession


def run(session: ScreeningSession, keys: Keys) -> None:
    """Screen on the full screen until the reviewer leaves. Raises KeyboardInterrupt for Ctrl-C."""
    run_screen(ScreeningScreen(session, keys), choose_theme(keys.theme, os.environ))


class ScreeningScreen(ReviewScreen):
    """The screening session's full screen. Its actions are in one class per subject."""

    KIND = ScreenKind.SCREEN

    def __init__(self, session: ScreeningSession, keys: Keys) -> None:
        self._session = session
        self._content = ScreeningContent(session, keys)
        super().__init__(self._content, keys, choose_theme(keys.theme, os.environ))
        self._decisions = DecisionActions(self, session)
        self._many = ManyActions(self, session)
        self._annotations = AnnotationActions(self, session)
        self._corrections = CorrectionActions(self, session)
        self._navigation = NavigationActions(self, session)
        self._opening = OpeningActions(self, session.require_view)
        if key := keys.first_key(self.KIND, "keys"):
            self._message = Text(
                tr("{key} shows all keys. Every decision is stored at once.", key=key)
            )

    def handlers(self) -> Mapping[str, Handler]:
        return {
            **self._decisions.handlers(),
            **self._many.handlers(),
            **self._annotations.handlers(),
            **self._corrections.handlers(),
            **self._navigation.handlers(),
            **self._opening.handlers(),
            "open_pdf": self._open_pdf,
            "panel": self._toggle_panel,
        }

    def before_key(self) -> None:
        if self._content.show_hint:
            self._content.show_hint = False
            self.draw()

    def choose_reason(self, number: int) -> None:
        self._decisions.exclude_for(number)

    def press_link(self, place: int) -> None:
        self._opening.open_place(place)

    def _open_pdf(self) -> None:
        path = self._session.require_view().pdf
        if path is None:
            raise UsageError(
                tr("there is no local PDF of this record"),
                hint=tr("put it into the review's folder fulltext/"),
            )
        self._opening.open_address(path, "PDF")

    def _toggle_panel(self) -> None:
        self._content.full_panel = not self._content.full_panel
        self.draw(keep_place=True)


__all__ = ["ScreeningScreen", "run"]
