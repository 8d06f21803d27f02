"""Corrections of the record in view: its fields, and which other records are its duplicates."""

from collections.abc import Callable, Sequence
from functools import partial

from rich.text import Text

from reviewkit.model.errors import UsageError
from reviewkit.model.messages import tr
from reviewkit.model.record_fields import RecordField, empty_value, read_value, value_words
from reviewkit.screening.models import RecordSummary
from reviewkit.tui.modes import Choice, Listing, Question
from reviewkit.tui.readable import readable
from reviewkit.tui.review_screen import Handler, ReviewScreen
from reviewkit.tui.text_parts import CHOICE_KEYS, choices
from reviewkit.workflow.correcting.edit import FieldChange
from reviewkit.workflow.session.current_record import RecordStep
from reviewkit.workflow.session.screening import ScreeningSession

_ToPair = Callable[[str], RecordStep]


class CorrectionActions:
    """Each correction is stored at once; undo takes it back."""

    def __init__(self, screen: ReviewScreen, session: ScreeningSession) -> None:
        self._screen = screen
        self._session = session

    def handlers(self) -> dict[str, Handler]:
        corrections = self._session.corrections
        return {
            "edit": self.edit,
            "duplicate": lambda: self._ask_other(
                tr("Duplicate of which record? Its key, DOI, PMID, or words of its title:"),
                corrections.duplicate_of,
            ),
            "not_duplicate": self.not_duplicate,
        }

    def edit(self) -> None:
        """Ask which field, then for its text, then why."""
        self._session.require_view()
        field_by_key = dict(zip(CHOICE_KEYS, RecordField, strict=False))
        names = [tr(field.words) for field in RecordField]
        self._screen.choose(
            Choice(
                question=tr("Correct which field?"),
                lines=lambda width: choices(names, self._screen.theme, width),
                options=[*field_by_key],
                take=lambda key: self._ask_value(field_by_key[key]),
            )
        )

    def _ask_value(self, field: RecordField) -> None:
        value = value_words(self._session.corrections.value_of(field))
        question = tr(
            "{words}: Enter goes on, Esc leaves it, an empty one empties the field.",
            words=tr(field.words),
        )
        self._screen.ask(
            Question(
                question=question[0].upper() + question[1:],
                value=readable(value),
                take=lambda text: self._take_value(field, readable(value), text),
            )
        )

    def _take_value(self, field: RecordField, shown: str, text: str) -> None:
        if text == shown:
            self._screen.draw(
                tr("The {words} is the same already.", words=tr(field.words)), keep_place=True
            )
            return

        change = FieldChange(field=field, value=empty_value(field))
        if text.strip():
            change = FieldChange(field=field, value=read_value(field, text))

        def store(why: str) -> None:
            step = self._session.corrections.edit(change, why.strip() or None)
            self._screen.draw(step.message, keep_place=True)

        self._screen.ask(Question(question=tr("Why? (optional) Enter saves."), take=store))

    def not_duplicate(self) -> None:
        """Choose among the record's duplicates, where it has any; else ask for the other record."""
        copies = self._session.require_view().copies
        answer = self._session.corrections.not_duplicate_of
        if not copies:
            self._ask_other(
                tr("Not a duplicate of which record? Its key, DOI, PMID, or words of its title:"),
                answer,
            )
            return

        copy_by_key = dict(zip(CHOICE_KEYS, copies, strict=False))
        self._screen.choose(
            Choice(
                question=tr("Which one is not a duplicate of this record?"),
                lines=lambda width: choices(list(copies), self._screen.theme, width),
                options=[*copy_by_key],
                take=lambda key: self._draw(answer(copy_by_key[key])),
            )
        )

    def _ask_other(self, question: str, answer: _ToPair) -> None:
        self._session.require_view()
        take = partial(self._find_other, answer)
        self._screen.ask(Question(question=question, take=take))

    def _find_other(self, answer: _ToPair, text: str) -> None:
        """Take a key at once; let the reviewer pick among what words find."""
        matches = self._session.corrections.find_other(text)
        if not matches:
            raise UsageError(
                tr("no other record of this review is {text}", text=repr(text)),
                hint=tr("try words of its title"),
            )
        if [match.record for match in matches] == [text.strip()]:
            self._draw(answer(text.strip()))
        else:
            self._pick(matches, answer)

    def _pick(self, matches: Sequence[RecordSummary], answer: _ToPair) -> None:
        self._screen.pick(
            Listing(
                title=tr("Which record is it? Enter takes it."),
                count=len(matches),
                row=lambda place, _width: self._row(matches[place]),
                take=lambda place: self._draw(answer(matches[place].record)),
            )
        )

    def _row(self, summary: RecordSummary) -> Text:
        theme = self._screen.theme
        return Text.assemble(
            (f"{summary.year or '':>4}  ", theme.quiet),
            (f"{readable(summary.title) or tr('No title')}  ", theme.text),
            (summary.record, theme.quiet),
        )

    def _draw(self, step: RecordStep) -> None:
        self._screen.draw(step.message)
