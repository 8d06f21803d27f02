"""The values of a review: records, searches and decisions. They hold data and do nothing.

Silence is kept: `None` means "not seen in the source", never "no" and never zero.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, make_dataclass
from enum import StrEnum
from typing import Any

from reviewkit.model.messages import mark


class Answer(StrEnum):
    """Three-valued: what is not known stays unknown."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class RelationKind(StrEnum):
    """How a record relates to another work. The first of each pair is said of the newer work."""

    ERRATUM_OF = "erratum_of"
    HAS_ERRATUM = "has_erratum"
    RETRACTION_OF = "retraction_of"
    RETRACTED_BY = "retracted_by"
    CONCERN_ABOUT = "concern_about"
    HAS_CONCERN = "has_concern"
    PREPRINT_OF = "preprint_of"
    HAS_PREPRINT = "has_preprint"
    ABSTRACT_OF = "abstract_of"
    HAS_ABSTRACT = "has_abstract"
    UPDATE_OF = "update_of"
    HAS_UPDATE = "has_update"
    COMMENT_ON = "comment_on"
    HAS_COMMENT = "has_comment"
    RELATED_TO = "related_to"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A stated link to another work.

    `target` is "pmid:…", "doi:…", a record's key, or a citation as printed.
    """

    kind: RelationKind
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The description of a report in one source. Values are as printed there.

    Authors are "Family, Given" or "Family FM", in order; groups are in `collective_authors`.
    Dates are ISO 8601, as precise as known: "2024", "2024-10", "2024-10-03".
    Languages are ISO 639-2 codes in lower case. `other` keeps every field that has no name here.
    """

    source: str
    source_id: str
    title: str | None = None
    original_title: str | None = None
    authors: tuple[str, ...] = ()
    collective_authors: tuple[str, ...] = ()
    journal: str | None = None
    journal_abbreviation: str | None = None
    issns: tuple[str, ...] = ()
    year: int | None = None
    published: str | None = None
    published_online: str | None = None
    created: str | None = None
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None
    doi: str | None = None
    pmid: str | None = None
    pmcid: str | None = None
    accession: str | None = None
    languages: tuple[str, ...] = ()
    abstract: str | None = None
    headings: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    relations: tuple[Relation, ...] = ()
    other: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)

    @property
    def key(self) -> str:
        """The record's name everywhere: "pubmed:36674517"."""
        return f"{self.source}:{self.source_id}"

    @property
    def journal_name(self) -> str | None:
        """The journal, or its abbreviation where the source gives nothing else."""
        return self.journal or self.journal_abbreviation


# Record's fields, not frozen yet; given by their place, which is faster than by name.
_Draft: Any = make_dataclass(
    "_Draft", [(one.name, one.type) for one in fields(Record)], slots=True, eq=False
)
_UNSAID = {one.name: one.default for one in fields(Record)}
_NAMES = list(_UNSAID)


def make_record(values: dict[str, Any]) -> Record:
    """Return `Record(**values)` in half of its time; `values` has what has no default, and `other`.

    A frozen dataclass sets each of its fields by a call. Here they are set, then frozen.
    """
    if list(values) != _NAMES:
        values = _UNSAID | values
    record: Any = _Draft(*values.values())
    record.__class__ = Record
    made: Record = record
    return made


class Role(StrEnum):
    """What a source is to the review; PRISMA 2020 counts each in a box of its own."""

    DATABASE = "database"
    REGISTER = "register"
    WEBSITE = "website"
    ORGANISATION = "organisation"
    CITATIONS = "citations"
    # Works the published review lists as included and the rerun does not return.
    REPORTED = "reported"
    # A list that stands in for searches that could not be run; never called a search.
    STAND_IN = "stand_in"


class RunStatus(StrEnum):
    COMPLETE = "complete"
    FAILED = "failed"


class CountUnit(StrEnum):
    """What a source counts: records, or entries of its list, where a record may be listed twice."""

    RECORDS = "records"
    ENTRIES = "entries"


class RunKind(StrEnum):
    """What a run is to its strategy."""

    # The review's own search, or a list in its place.
    OWN = "own"
    # The whole search again, by an update.
    UPDATE = "update"
    # The search again by an update, only for what is new to the source since a day.
    WINDOW = "window"
    # Single records requested again by number, by an update.
    MONITOR = "monitor"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRef:
    """A raw page in the cache.

    `request` is the request that brought it, without secrets. `retrieved_at` is its time (ISO 8601,
    UTC).
    """

    request: str
    sha256: str
    retrieved_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRun:
    """One search of one source, as it went.

    `count` is the source's own count, `identifiers` the list it gave, `received` how many records
    arrived (`None` where none were requested), `missing` the identifiers that brought none.
    `count_unit` says what `count` counts, `kind` what the run is to its strategy, `family` which of
    the protocol's strategies that is (`None`: `strategy`). These three are no part of the run's
    hash.
    """

    source: str
    role: Role
    strategy: str
    query: str
    searched_at: str
    status: RunStatus
    endpoint: str = ""
    count: int | None = None
    count_unit: CountUnit = CountUnit.RECORDS
    kind: RunKind = RunKind.OWN
    family: str | None = None
    received: int | None = None
    identifiers: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    translation: str | None = None
    build: str | None = None
    build_records: int | None = None
    build_updated: str | None = None
    warnings: tuple[str, ...] = ()
    error: str | None = None
    pages: tuple[PageRef, ...] = ()

    @property
    def is_stated_empty(self) -> bool:
        """Whether a person says that the search found no record: no file and no answer shows it."""
        is_stated = self.status is RunStatus.COMPLETE and not (self.endpoint or self.pages)
        return is_stated and self.count == 0


class Stage(StrEnum):
    TITLE_ABSTRACT = "title_abstract"
    FULL_TEXT = "full_text"


STAGE_WORDS = {
    Stage.TITLE_ABSTRACT: mark("title and abstract"),
    Stage.FULL_TEXT: mark("full text"),
}


class Verdict(StrEnum):
    INCLUDE = mark("include")
    EXCLUDE = mark("exclude")
    MAYBE = mark("maybe")
    # Taken back: the reviewer has no verdict on the record any more.
    WITHDRAWN = mark("withdrawn")


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What a machine found on one criterion for one record, and on what evidence."""

    record: str
    criterion: str
    answer: Answer
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One reviewer's verdict on one record at one stage.

    It is never changed; a later decision takes its place.
    """

    record: str
    stage: Stage
    reviewer: str
    verdict: Verdict
    reason: str | None
    note: str | None
    decided_at: str
