"""`dedupe review` on the full screen: two records side by side, one key each. The session decides and stores."""

import os

from rich.text import Text

from reviewkit.model.errors import UsageError
from reviewkit.tui.actions import ScreenKind
from reviewkit.tui.app import run_screen
from reviewkit.tui.keys import Keys
from reviewkit.tui.modes import Choice
from reviewkit.tui.pair_page import pair_lines, reason_lines, reason_strip, relation_words
from reviewkit.tui.readable import readable
from reviewkit.tui.review_screen import ReviewScreen
from reviewkit.tui.text_parts import CHOICE_KEYS, choices, count, spread
from reviewkit.tui.theme import choose_theme
from reviewkit.workflow.session.pairs import RELATIONS, PairSession, Step


def run(session: PairSession, keys: Keys) -> None:
    """Answer pairs on the full screen until the person leaves. Raises KeyboardInterrupt for Ctrl-C; all is stored."""
    run_screen(PairsScreen(session, keys), choose_theme(keys.theme, os.environ))


class PairsScreen(ReviewScreen):
    """The full screen of a session over uncertain pairs."""

    KIND = ScreenKind.PAIRS

    def __init__(self, session: PairSession, keys: Keys) -> None:
        super().__init__(keys, choose_theme(keys.theme, os.environ))
        self.session = session

    def top_line(self, width: int) -> Text:
        theme, session = self.theme, self.session
        told = f"{count(session.answered)} answered, {count(session.left)} left"
        left = Text.assemble(
            ("Duplicates? ", theme.label),
            (f"{readable(session.reviewer)} · {readable(session.review)}", theme.quiet),
        )
        return spread(left, Text(told, style=theme.text), width)

    def done(self) -> float:
        total = self.session.answered + self.session.left
        return self.session.answered / total if total else 1.0

    def body_lines(self, width: int) -> list[Text]:
        view = self.session.view
        if view is None:
            told = "The answers stand at the next linking, and may bring further questions."
            return [
                Text("No pair waits for you.", style=self.theme.title),
                Text(""),
                Text(told, style=self.theme.text),
            ]
        return pair_lines(view, self.theme, width, tight=self.size.height < 30)

    def panel_lines(self, width: int) -> list[Text]:
        return reason_lines(self.session.view, self.theme, width) if self.session.view else []

    def strip_lines(self, width: int) -> list[Text]:
        return reason_strip(self.session.view, self.theme, width) if self.session.view else []

    def act_same(self) -> None:
        self._stepped(self.session.same())

    def act_different(self) -> None:
        self._stepped(self.session.different())

    def act_skip(self) -> None:
        self._stepped(self.session.skip())

    def act_undo(self) -> None:
        self._stepped(self.session.undo())

    def act_related(self) -> None:
        view = self.session.view
        if view is None:
            raise UsageError("no pair waits", hint="undo takes back the latest answer")
        names = [relation_words(view.explanation, kind) for kind in RELATIONS]
        options = dict(zip(CHOICE_KEYS, RELATIONS, strict=False))
        self.choose(
            Choice(
                question="Two works that belong together: how?",
                lines=lambda width: choices(names, self.theme, width),
                options=[*options],
                take=lambda key: self._stepped(self.session.related(options[key])),
            )
        )

    def _stepped(self, step: Step) -> None:
        self.draw(step.message)


__all__ = ["PairsScreen", "run"]
