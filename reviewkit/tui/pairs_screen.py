"""`dedupe review` on the full screen: two records side by side, one key each."""

import os
from collections.abc import Mapping

from rich.text import Text

from reviewkit.model.messages import tr
from reviewkit.screening.models import SessionProgress
from reviewkit.tui.actions import ScreenKind
from reviewkit.tui.app import run_screen
from reviewkit.tui.keys import Keys
from reviewkit.tui.modes import Choice
from reviewkit.tui.pair_page import pair_lines, reason_lines, reason_strip, relation_words
from reviewkit.tui.readable import readable
from reviewkit.tui.review_screen import Handler, ReviewScreen
from reviewkit.tui.screen_content import ScreenContent, Space
from reviewkit.tui.text_parts import CHOICE_KEYS, choices, spread
from reviewkit.tui.theme import choose_theme
from reviewkit.workflow.session.pairs import RELATIONS, PairSession, PairStep

# On lower screens the fields stand without blank lines between them.
_ROOMY = 30


def run(session: PairSession, keys: Keys) -> None:
    """Answer pairs on the full screen until the person leaves.

    Raises KeyboardInterrupt for Ctrl-C.
    """
    run_screen(PairsScreen(session, keys), choose_theme(keys.theme, os.environ))


class PairsContent(ScreenContent):
    """The texts of the pairs' screen."""

    def __init__(self, session: PairSession) -> None:
        self._session = session

    @property
    def progress(self) -> SessionProgress:
        return self._session.progress

    def top_line(self, space: Space) -> Text:
        session, theme = self._session, space.theme
        who = f"{readable(session.reviewer)} · {readable(session.review)}"
        left = Text.assemble((tr("Duplicates? "), theme.label), (who, theme.quiet))
        words = tr("{done} answered, {left} left", done=self.progress.done, left=self.progress.left)
        return spread(left, Text(words, style=theme.text), space.width)

    def body_lines(self, space: Space) -> list[Text]:
        theme = space.theme
        if self._session.view is None:
            words = tr("The next linking uses the answers, and may bring further questions.")
            return [
                Text(tr("No pair waits for you."), style=theme.title),
                Text(""),
                Text(words, style=theme.text),
            ]
        return pair_lines(self._session.view, theme, space.width, tight=space.height < _ROOMY)

    def panel_lines(self, space: Space) -> list[Text]:
        if self._session.view is None:
            return []
        return reason_lines(self._session.view, space.theme, space.width)

    def strip_lines(self, space: Space) -> list[Text]:
        if self._session.view is None:
            return []
        return reason_strip(self._session.view, space.theme, space.width)


class PairsScreen(ReviewScreen):
    """The full screen of a session over uncertain pairs."""

    KIND = ScreenKind.PAIRS

    def __init__(self, session: PairSession, keys: Keys) -> None:
        super().__init__(PairsContent(session), keys, choose_theme(keys.theme, os.environ))
        self._session = session

    def handlers(self) -> Mapping[str, Handler]:
        session = self._session
        return {
            "same": lambda: self._draw_step(session.same()),
            "different": lambda: self._draw_step(session.different()),
            "related": self._choose_relation,
            "same_group": lambda: self._draw_step(session.same_group()),
            "different_group": lambda: self._draw_step(session.different_group()),
            "different_kind": lambda: self._draw_step(session.different_kind()),
            "skip": lambda: self._draw_step(session.skip()),
            "undo": lambda: self._draw_step(session.undo()),
        }

    def _choose_relation(self) -> None:
        view = self._session.require_view()
        names = [relation_words(view.explanation, kind) for kind in RELATIONS]
        relation_by_key = dict(zip(CHOICE_KEYS, RELATIONS, strict=False))
        self.choose(
            Choice(
                question=tr("Two works that belong together: how?"),
                lines=lambda width: choices(names, self.theme, width),
                options=[*relation_by_key],
                take=lambda key: self._draw_step(self._session.related(relation_by_key[key])),
            )
        )

    def _draw_step(self, step: PairStep) -> None:
        self.draw(step.message)


__all__ = ["PairsScreen", "run"]
