"""Notes, tags, highlight terms and the report's retrieval, for the record in view."""

from reviewkit.model.errors import UsageError
from reviewkit.model.messages import mark, tr
from reviewkit.screening.models import RetrievalOutcome, TermKind
from reviewkit.tui.modes import Choice, Question
from reviewkit.tui.readable import readable
from reviewkit.tui.review_screen import Handler, ReviewScreen
from reviewkit.tui.text_parts import CHOICE_KEYS, choices
from reviewkit.workflow.session.current_record import RecordStep
from reviewkit.workflow.session.screening import ScreeningSession

_RETRIEVALS = {
    "1": (mark("sought"), RetrievalOutcome.SOUGHT),
    "2": (mark("retrieved"), RetrievalOutcome.RETRIEVED),
    "3": (mark("not retrieved"), RetrievalOutcome.NOT_RETRIEVED),
}
_TERM_SIGNS = {"+": TermKind.INCLUDE, "-": TermKind.EXCLUDE}


class AnnotationActions:
    """Questions about the record in view; each answer is stored at once."""

    def __init__(self, screen: ReviewScreen, session: ScreeningSession) -> None:
        self._screen = screen
        self._session = session

    def handlers(self) -> dict[str, Handler]:
        return {
            "note": self.note,
            "tag": self.tag,
            "term_add": self.add_term,
            "term_remove": self.remove_term,
            "retrieval": self.retrieval,
            "study": self.study,
        }

    def note(self) -> None:
        note = self._session.require_view().note
        notes = self._session.notes
        self._screen.ask(
            Question(
                question=tr(
                    "Note: Enter keeps it, Esc leaves it as it was, an empty one removes it."
                ),
                value=readable(note),
                take=lambda text: self._draw(notes.write_note(text)),
            )
        )

    def tag(self) -> None:
        self._session.require_view()
        notes = self._session.notes
        used = notes.all_tags
        question = tr("Tag to put on, or to take off.")
        if used:
            question += tr(" In use: {text}.", text=", ".join(used[:8]))

        self._screen.ask(
            Question(
                question=question,
                suggestions=[readable(tag) for tag in used],
                take=lambda text: self._draw(notes.toggle_tag(text)),
            )
        )

    def study(self) -> None:
        studies = self._session.studies
        studies.check_stage()
        self._session.require_view()
        known = studies.names
        question = tr("Study that this report belongs to; the same name again takes the link back.")
        if known:
            question += tr(
                " There are: {text}.", text=", ".join(readable(name) for name in known[:5])
            )

        self._screen.ask(
            Question(
                question=question,
                suggestions=[readable(name) for name in known],
                take=lambda text: self._draw(studies.toggle(text)),
            )
        )

    def add_term(self) -> None:
        question = tr("Highlight: word* · +word for inclusion · -word for exclusion · /pattern/")
        self._screen.ask(Question(question=question, take=self._add_term))

    def _add_term(self, text: str) -> None:
        kind = _TERM_SIGNS.get(text[:1], TermKind.OWN)
        words = text
        if kind is not TermKind.OWN:
            words = text[1:]

        pattern = len(words) > 2 and words.startswith("/") and words.endswith("/")
        if pattern:
            words = words[1:-1]
        self._draw(self._session.terms.add(words, kind=kind, pattern=pattern))

    def remove_term(self) -> None:
        own = [term.text for term in self._session.terms.own]
        if not own:
            raise UsageError(
                tr("you have no highlight terms of your own"),
                hint=tr("the protocol's terms are changed in the protocol"),
            )

        term_by_key = dict(zip(CHOICE_KEYS, own, strict=False))
        self._screen.choose(
            Choice(
                question=tr("No longer highlight which of your own terms?"),
                lines=lambda width: choices(own, self._screen.theme, width),
                options=[*term_by_key],
                take=lambda key: self._draw(self._session.terms.remove(term_by_key[key])),
            )
        )

    def retrieval(self) -> None:
        self._session.retrieval.check_stage()
        self._session.require_view()

        names = [tr(words) for words, _ in _RETRIEVALS.values()]
        self._screen.choose(
            Choice(
                question=tr("What came of seeking the report?"),
                lines=lambda width: choices(names, self._screen.theme, width),
                options=[*_RETRIEVALS],
                take=self._ask_retrieval_detail,
            )
        )

    def _ask_retrieval_detail(self, key: str) -> None:
        words, outcome = _RETRIEVALS[key]

        def store(text: str) -> None:
            self._draw(self._session.retrieval.set_outcome(outcome, text.strip() or None))

        question = tr("Report {words}: where, or why not? Enter keeps it.", words=tr(words))
        self._screen.ask(Question(question=question, take=store))

    def _draw(self, step: RecordStep) -> None:
        self._screen.draw(step.message, keep_place=True)
