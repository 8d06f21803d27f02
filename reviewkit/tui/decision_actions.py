"""Deciding on the record in view: include, exclude with a reason, maybe, skip, undo."""

from reviewkit.model.messages import tr
from reviewkit.tui.modes import Choice
from reviewkit.tui.readable import readable
from reviewkit.tui.record_page import reason_choices
from reviewkit.tui.review_screen import Handler, ReviewScreen
from reviewkit.tui.text_parts import CHOICE_KEYS
from reviewkit.workflow.session.current_record import RecordStep
from reviewkit.workflow.session.screening import ScreeningSession


class DecisionActions:
    """Each decision is stored before the next record is drawn."""

    def __init__(self, screen: ReviewScreen, session: ScreeningSession) -> None:
        self._screen = screen
        self._session = session

    def handlers(self) -> dict[str, Handler]:
        return {
            "include": self.include,
            "exclude": self.exclude,
            "maybe": self.maybe,
            "skip": self.skip,
            "undo": self.undo,
        }

    def include(self) -> None:
        title = self._title()
        self._draw_decided(self._session.include(), title)

    def maybe(self) -> None:
        title = self._title()
        self._draw_decided(self._session.maybe(), title)

    def exclude_for(self, number: int | None) -> None:
        """Exclude for a reason, by its number from 1; `None` names no reason."""
        title = self._title()
        self._draw_decided(self._session.exclude(number), title)

    def exclude(self) -> None:
        """Ask for the reason first, where the protocol has any."""
        view, reasons = self._session.require_view(), self._session.reasons
        if not reasons:
            self.exclude_for(None)
            return

        number_by_key = dict(zip(CHOICE_KEYS, range(1, len(reasons) + 1), strict=False))
        question, options = tr("Exclude, for which reason? Its key, or Enter for none."), ["enter"]
        if self._session.reason_needed:
            question, options = tr("Exclude, for which reason? Its key."), []

        self._screen.choose(
            Choice(
                question=question,
                lines=lambda width: reason_choices(
                    view.criteria, reasons, self._screen.theme, width
                ),
                options=[*number_by_key, *options],
                take=lambda key: self.exclude_for(number_by_key.get(key)),
            )
        )

    def skip(self) -> None:
        self._screen.draw(self._session.skip().message)

    def undo(self) -> None:
        self._screen.draw(self._session.undo().message)

    def _title(self) -> str:
        """The title of the record that is about to be decided on."""
        if self._session.view is None:
            return ""
        return readable(self._session.view.record.title)

    def _draw_decided(self, step: RecordStep, title: str) -> None:
        self._screen.draw(f"{step.message}  {title}".rstrip())
