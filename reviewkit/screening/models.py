"""What a reviewer is shown and what comes of an action: frozen views, the same for every face. Pure.

A view holds only what its reviewer may know: what blinding hides is not in it at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from reviewkit.model.records import Answer, Decision, Record, Stage, Verdict

STAGE_WORDS = {Stage.TITLE_ABSTRACT: "title and abstract", Stage.FULL_TEXT: "full text"}


class Order(StrEnum):
    """In which order the records come."""

    RANKED = "ranked"
    RANDOM = "random"
    DATE = "date"
    SOURCE = "source"
    ID = "id"


class Only(StrEnum):
    """Which records a filter leaves in view, by the reviewer's own decisions."""

    TODO = "todo"
    MAYBE = "maybe"
    INCLUDED = "included"
    EXCLUDED = "excluded"
    DECIDED = "decided"
    SKIPPED = "skipped"
    ALL = "all"


class TermKind(StrEnum):
    """Why a term is highlighted: it speaks for inclusion, for exclusion, or the reviewer asked for it."""

    INCLUDE = "include"
    EXCLUDE = "exclude"
    OWN = "own"


class RetrievalOutcome(StrEnum):
    """What came of seeking a report. `sought` is open; only `not_retrieved` takes the report out of the flow."""

    SOUGHT = "sought"
    RETRIEVED = "retrieved"
    NOT_RETRIEVED = "not_retrieved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A highlighted term: words (a final * stands for any ending) or, with `pattern`, a regular expression."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionView:
    """A criterion of the protocol with what the machine found: `answer` is `None` where only a person can tell.

    "Yes" speaks for the record: an inclusion criterion is met, an exclusion criterion does not apply.
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
        match self.answer:
            case None:
                return "for you to judge"
            case Answer.UNKNOWN:
                return "not known"
            case Answer.YES:
                return "met" if self.kind == "inclusion" else "does not apply"
            case Answer.NO:
                return "not met" if self.kind == "inclusion" else "applies"


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
    """What came of seeking one report, who says so, when, and where it was sought or found."""

    record: str
    reviewer: str
    outcome: RetrievalOutcome
    detail: str | None
    at: str


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
    decision without breaks, `seconds_left` that times `left`; both are `None` while there are too
    few decisions.
    """

    included: int
    excluded: int
    maybe: int
    session: int
    seconds_each: float | None
    seconds_left: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordView:
    """One record as its reviewer may see it. `highlights` has the spans per field: title, abstract, keywords.

    Keywords are highlighted in `"; ".join(record.keywords)`. `own` is the reviewer's standing decision at this
    stage, `own_history` all of them, oldest first. `others` is empty and `others_hidden` true while blinding hides
    decisions that exist or may come. `why` has the words that weigh most in the ranking, or `None` where there is
    none or it may not be shown. `copies` are the duplicates that this record leads; `filled` says by field which of
    them gave what the record itself lacks.
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

    @property
    def copies_line(self) -> str:
        """The copies in one line, each with the fields that were taken from it."""
        told = []
        for copy in self.copies:
            names = [name.replace("_", " ") for name, giver in self.filled.items() if giver == copy]
            told.append(f"{copy} (from it: {', '.join(names)})" if names else copy)
        return ", ".join(told)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSummary:
    """A record that was found: enough for one line of a list."""

    record: str
    title: str
    year: int | None
    verdict: Verdict | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What stays in view: every part that is given must hold. `text` is words for the full-text index."""

    only: Only = Only.TODO
    text: str = ""
    tag: str = ""
    source: str = ""
    year_from: int | None = None
    year_to: int | None = None
