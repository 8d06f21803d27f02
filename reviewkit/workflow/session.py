"""A screening session: one reviewer, one stage, one record after another, without any idea of its face.

Every action that decides is stored, and committed, before the next record is shown. Faces ask and show; nothing else.
"""

from collections.abc import Sequence

from reviewkit.records import Decision, Stage
from reviewkit.screening.nouns import Filter, Hit, Order, RecordView, RetrievalOutcome, Step, Term, TermKind


class ScreeningSession:
    """What a face works with. `open_session` makes one; use it as a context manager.

    Every action returns a Step: a sentence to show, and the record now in view (`None` when nothing is left). An
    action that cannot be done raises UsageError with the reason and changes nothing: show it and go on.
    """

    review: str
    reviewer: str
    stage: Stage
    order: Order
    seed: int
    blind: bool
    # In the order in which digits choose them: the first is 1.
    reasons: tuple[str, ...]
    # Whether `exclude` needs a reason at this stage (full text: one counted reason per report).
    reason_needed: bool
    filter: Filter

    @property
    def view(self) -> RecordView | None:
        """The record in view; `None` when nothing is left under this filter."""
        raise NotImplementedError

    @property
    def terms(self) -> tuple[Term, ...]:
        """Every highlighted term: the protocol's, then the reviewer's own."""
        raise NotImplementedError

    @property
    def all_tags(self) -> tuple[str, ...]:
        """The tags this reviewer has used in this review, for completion."""
        raise NotImplementedError

    def include(self, note: str | None = None) -> Step:
        raise NotImplementedError

    def exclude(self, reason: str | int | None = None, note: str | None = None) -> Step:
        """`reason` is a reason's wording or its number, from 1."""
        raise NotImplementedError

    def maybe(self, note: str | None = None) -> Step:
        """Decide later: it is stored, and the record comes back under the filter `maybe`."""
        raise NotImplementedError

    def skip(self) -> Step:
        """Show the next one; this one comes again at the end of this session. Nothing is stored."""
        raise NotImplementedError

    def undo(self) -> Step:
        """Take back the latest decision that was not taken back yet, of this session or an earlier one.

        Its record comes into view again. The history keeps both.
        """
        raise NotImplementedError

    def back(self) -> Step:
        """Show the record that was in view before this one, with its decision. Nothing is changed."""
        raise NotImplementedError

    def forward(self) -> Step:
        """After `back`: towards the record that was in view last; then the next one to be decided."""
        raise NotImplementedError

    def jump(self, record: str) -> Step:
        """Show a record by its key, decided or not, in whatever filter."""
        raise NotImplementedError

    def find(self, text: str, limit: int = 50) -> tuple[Hit, ...]:
        """Records of this stage whose title or abstract has these words, the best match first."""
        raise NotImplementedError

    def list_records(self, limit: int = 1000) -> tuple[Hit, ...]:
        """What the present filter leaves in view, in the order in which it comes."""
        raise NotImplementedError

    def set_filter(self, wanted: Filter) -> Step:
        raise NotImplementedError

    def write_note(self, text: str) -> Step:
        """Set the reviewer's note on the record in view; an empty text removes it (the history keeps it)."""
        raise NotImplementedError

    def toggle_tag(self, tag: str) -> Step:
        raise NotImplementedError

    def add_term(self, text: str, *, kind: TermKind = TermKind.OWN, pattern: bool = False) -> Step:
        """Highlight a term of the reviewer's own, in this and later sessions."""
        raise NotImplementedError

    def remove_term(self, text: str) -> Step:
        raise NotImplementedError

    def set_retrieval(self, outcome: RetrievalOutcome, detail: str | None = None) -> Step:
        """Full text only: the report in view was sought, retrieved, or could not be retrieved."""
        raise NotImplementedError

    def history(self, limit: int = 200) -> Sequence[Decision]:
        """This reviewer's decisions at this stage, the newest first, taken back ones too."""
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError
