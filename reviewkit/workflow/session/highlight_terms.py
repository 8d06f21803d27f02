"""The terms that a screening session highlights: the protocol's, and the reviewer's own."""

from reviewkit.model.errors import UsageError
from reviewkit.model.messages import tr
from reviewkit.screening.highlights import compile_term, compile_terms, protocol_terms
from reviewkit.screening.models import Term, TermKind
from reviewkit.store import annotations
from reviewkit.workflow.session.current_record import CurrentRecord, RecordStep
from reviewkit.workflow.session.session_store import SessionStore


class HighlightTerms:
    """Terms to highlight. The reviewer's own ones are kept for later sessions."""

    def __init__(self, session_store: SessionStore, current: CurrentRecord) -> None:
        self._session_store = session_store
        self._current = current
        self._reviewer = session_store.config.reviewer
        self._own: tuple[Term, ...] = ()
        self._read()

    @property
    def all(self) -> tuple[Term, ...]:
        """Every highlighted term: the protocol's, then the reviewer's own."""
        return (*protocol_terms(self._session_store.config.protocol), *self._own)

    @property
    def own(self) -> tuple[Term, ...]:
        """The reviewer's own terms."""
        return self._own

    def add(self, text: str, *, kind: TermKind = TermKind.OWN, pattern: bool = False) -> RecordStep:
        """Highlight a term. Raises UsageError for an empty one or a wrong pattern."""
        term = Term(text=text.strip(), kind=kind, pattern=pattern)
        compile_term(term)

        store = self._session_store.store
        with store.transaction():
            annotations.add_term(store, self._reviewer, term)
        self._read()
        return self._current.show_again(tr("Highlighting {text}.", text=repr(term.text)))

    def remove(self, text: str) -> RecordStep:
        """Stop highlighting one of the reviewer's own terms."""
        if text not in {term.text for term in self._own}:
            raise UsageError(
                tr("{text} is no term of your own", text=repr(text)),
                hint=tr("the protocol's terms are changed in the protocol"),
            )

        store = self._session_store.store
        with store.transaction():
            annotations.remove_term(store, self._reviewer, text)
        self._read()
        return self._current.show_again(tr("No longer highlighting {text}.", text=repr(text)))

    def _read(self) -> None:
        self._own = annotations.terms_of(self._session_store.store, self._reviewer)
        self._current.terms = compile_terms(self.all)
