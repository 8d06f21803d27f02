"""What a reviewer is shown, the same for every user interface. Pure.

A view holds only what its reviewer may know: what blinding hides is not in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from reviewkit.model.messages import mark
from reviewkit.model.records import Answer, Decision, Record, Stage, Verdict


class Order(StrEnum):
    """The order in which records come."""

    RANKED = "ranked"
    RANDOM = "random"
    DATE = "date"
    SOURCE = "source"
    ID = "id"


class Only(StrEnum):
    """Which records a filter shows, by the reviewer's own decisions."""

    TODO = "todo"
    MAYBE = "maybe"
    INCLUDED = "included"
    EXCLUDED = "excluded"
    DECIDED = "decided"
    SKIPPED = "skipped"
    ALL = "all"


class TermKind(StrEnum):
    """Why a term is highlighted: for inclusion, for exclusion, or by the reviewer's own wish."""

    INCLUDE = "include"
    EXCLUDE = "exclude"
    OWN = "own"


class RetrievalOutcome(StrEnum):
    """Whether a report was retrieved.

    `sought` is open; only `not_retrieved` takes the report out of the flow.
    """

    SOUGHT = "sought"
    RETRIEVED = "retrieved"
    NOT_RETRIEVED = "not_retrieved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A highlighted term: words (a final * means any ending), or a regular expression."""

    text: str
    kind: TermKind
    pattern: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A highlighted stretch of a text, in characters from `start` up to but without `end`."""

    start: int
    end: int
    kind: TermKind
    term: str


_INCLUSION_ANSWERS = {
    Answer.YES: mark("met"),
    Answer.NO: mark("not met"),
    Answer.UNKNOWN: mark("not known"),
}
_EXCLUSION_ANSWERS = {
    Answer.YES: mark("does not apply"),
    Answer.NO: mark("applies"),
    Answer.UNKNOWN: "not known",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionView:
    """A criterion of the protocol with the machine's answer; `None` where only a person can judge.

    "Yes" is in the record's favour: an inclusion criterion is met, an exclusion criterion does not
    apply.
    """

    criterion: str
    kind: str
    wording: str
    checked_by: str
    answer: Answer | None
    evidence: str | None

    @property
    def answer_words(self) -> str:
        """The machine's answer in words that do not depend on the criterion's kind."""
        if self.answer is None:
            return mark("for you to judge")
        if self.kind == "inclusion":
            return _INCLUSION_ANSWERS[self.answer]
        return _EXCLUSION_ANSWERS[self.answer]


class LinkLabel(StrEnum):
    """Where a link leads: to the page of an identifier, or to an address of the record's own."""

    DOI = "DOI"
    PUBMED = "PubMed"
    PMC = "PMC"
    LINK = "link"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Where a record can be read, and the https address."""

    label: LinkLabel
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherDecision:
    """Another reviewer's current decision.

    `published` marks the replayed selection of the published review.
    """

    decision: Decision
    published: bool

    @property
    def reviewer_words(self) -> str:
        """The reviewer's name, marked where it is the published review's."""
        name, mark = self.decision.reviewer, "the published review"
        if self.published and mark not in name:
            return f"{name} ({mark})"
        return name


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrieval:
    """Whether one report was retrieved, who says so, when, and where it was sought or found."""

    record: str
    reviewer: str
    outcome: RetrievalOutcome
    detail: str | None
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectedField:
    """A field that a person corrected: what the source gives, why, who and when."""

    field: str
    source_value: str
    why: str | None
    reviewer: str
    at: str

    @property
    def words(self) -> str:
        """The correction in one line."""
        field = self.field.replace("_", " ")
        line = f"{field}, by {self.reviewer} on {self.at[:10]}"
        if self.why:
            line += f" ({self.why})"
        return f"{line}; the source gives: {self.source_value or 'nothing'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionProgress:
    """How many items of a session are done, and how many are left."""

    done: int
    left: int

    @property
    def total(self) -> int:
        return self.done + self.left


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningProgress(SessionProgress):
    """How far this reviewer is at this stage; only the reviewer's own verdicts are counted.

    `session` counts the decisions of this session. `seconds_each` is the mean time per recent
    decision without breaks: of this session as soon as it has enough of them. `seconds_left` is
    that times `left`. `session_per_hour` is how many decisions an hour this session has. They are
    `None` while there are too few decisions.
    """

    included: int
    excluded: int
    maybe: int
    session: int
    seconds_each: float | None
    seconds_left: float | None
    session_per_hour: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordView:
    """One record as its reviewer may see it.

    `highlights` has the spans by field: title, abstract, and keywords as `"; ".join(keywords)`.
    `own` is the reviewer's current decision at this stage, `own_history` all of them, oldest first.
    While blinding hides decisions that exist or may come, `others` is empty and `others_hidden`
    true. `why` has the words that weigh most in the ranking; `None` where there is none or it may
    not be shown. `copies` are this record's duplicates; `filled` says by field which of them gave
    what the record itself lacks.
    """

    record: Record
    stage: Stage
    citation: str
    criteria: tuple[CriterionView, ...]
    own: Decision | None
    own_history: tuple[Decision, ...]
    earlier_stage: Verdict | None
    others: tuple[OtherDecision, ...]
    others_hidden: bool
    note: str | None
    tags: tuple[str, ...]
    links: tuple[Link, ...]
    pdf: str | None
    retrieval: Retrieval | None
    why: tuple[tuple[str, float], ...] | None
    pilot: bool
    copies: tuple[str, ...]
    progress: ScreeningProgress
    highlights: Mapping[str, tuple[Span, ...]] = field(default_factory=dict, hash=False)
    filled: Mapping[str, str] = field(default_factory=dict, hash=False)
    corrections: tuple[CorrectedField, ...] = ()
    studies: tuple[str, ...] = ()

    @property
    def copies_line(self) -> str:
        """The copies in one line, each with the fields that were taken from it."""
        return ", ".join(map(self._copy_words, self.copies))

    def _copy_words(self, copy: str) -> str:
        names = [name.replace("_", " ") for name, giver in self.filled.items() if giver == copy]
        if not names:
            return copy
        return f"{copy} (from it: {', '.join(names)})"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSummary:
    """A record in one line of a list, with the reviewer's own verdict."""

    record: str
    title: str
    year: int | None
    verdict: Verdict | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What is shown: every part that is set must match. `text` is words for the full-text index."""

    only: Only = Only.TODO
    text: str = ""
    tag: str = ""
    source: str = ""
    year_from: int | None = None
    year_to: int | None = None
