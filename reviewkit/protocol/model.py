"""A review's protocol: one TOML file becomes one frozen Protocol.

Every mistake of the file is reported at once, with its path.
What a review did not report is absent.
"""

import datetime
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints

from reviewkit.model.diagram_keys import (
    Language,
    LineName,
    Orientation,
    StandardName,
    TemplateName,
    ThemeName,
)
from reviewkit.model.messages import in_english, mark
from reviewkit.model.records import RelationKind, Role
from reviewkit.protocol.declarations_part import Declarations, Person
from reviewkit.protocol.part import Doi, LanguageCode, Name, Part, Text, Year
from reviewkit.protocol.reported import Reported
from reviewkit.protocol.screening_part import Screening


class Review(Part):
    """The published (or planned) review itself."""

    id: Name
    title: Text
    authors: tuple[Text, ...] = ()
    journal: Text | None = None
    year: Year | None = None
    volume: Text | None = None
    issue: Text | None = None
    pages: Text | None = None
    doi: Doi | None = None
    received: datetime.date | None = None
    approved: datetime.date | None = None
    kind: Text | None = None
    reviewer: Text = Field(
        default="published review", description="In whose name the published selection is replayed"
    )


class ProtocolSource(Part):
    """A database, register or other place that the review says it searched."""

    model_config = ConfigDict(title="Source")

    id: Name
    name: Text
    role: Literal[Role.DATABASE, Role.REGISTER, Role.WEBSITE, Role.ORGANISATION, Role.CITATIONS]
    platform: Text | None = None
    synonyms: bool | None = Field(
        default=None,
        description="Whether the service adds synonyms of its own, where it can; "
        "without it, it does not",
    )
    where: Text | None = Field(default=None, description="Where the article says so")


class StandIn(Part):
    """A list that stands in for searches that cannot be run. It is never called a search."""

    id: Name
    label: Text
    file: Text = Field(description="A RIS file in the review's cache folder")
    manifest: Text | None = Field(
        default=None, description="JSON beside it: where each value was read"
    )


class Descriptor(Part):
    """A heading of a controlled vocabulary, with what it is called in other languages."""

    id: Name
    term: Text
    mesh: Annotated[str, StringConstraints(pattern=r"^D[0-9]{6,9}$")] | None = None
    decs: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,9}$")] | None = None
    abbreviation: Text | None = Field(
        default=None, description="Recognised in titles; never put into a query"
    )
    translations: Mapping[
        Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")], tuple[Text, ...]
    ] = {}
    where: Text | None = None


class SearchField(StrEnum):
    """Where a strategy looks for a descriptor."""

    HEADING = "heading"
    TITLE_ABSTRACT = "title_abstract"
    ANY = "any"


class Origin(StrEnum):
    PUBLISHED = "published"
    READING = "reading"


class Strategy(Part):
    """How descriptors become a query: blocks joined by AND, in each descriptors joined by OR.

    Or a query as the review prints it.
    """

    id: Name
    label: Text
    origin: Origin | None = Field(
        default=None,
        description="Of a published review only. "
        "published: printed in the review; reading: our reading of its method",
    )
    primary: bool = False
    field: SearchField | None = None
    blocks: tuple[tuple[Name, ...], ...] = ()
    queries: Mapping[Name, Text] = Field(default={}, description="Per source, sent byte for byte")
    expand: bool = Field(
        default=False,
        description="Numbered lines are sent put together, as `reviewkit check` shows",
    )
    acknowledge: tuple[Text, ...] = Field(
        default=(),
        description="Phrases and wildcards that the database does not know or cuts off, "
        "and that are searched all the same",
    )
    limits: bool = Field(
        default=True,
        description="Whether [limits] are added to this strategy; false where its printed query "
        "is limited already",
    )
    where: Text | None = None

    @property
    def is_by_hand(self) -> bool:
        """Whether it states no query: people search, and import what they export."""
        return not self.blocks and not self.queries


# The searches of a review that imports its exports and states no query.
_BY_HAND = Strategy(id="main", label="searched by hand", primary=True)


class Limits(Part):
    published_from: Year | None = None
    published_to: Year | None = None
    languages: tuple[LanguageCode, ...] = ()
    as_of: datetime.date | None = Field(
        default=None, description="Only records that the source held on this day"
    )
    as_of_basis: Text | None = None
    origin: Origin | None = Field(
        default=None,
        description="published: the review states them as limits of its search; "
        "reading: taken from its eligibility criteria",
    )
    where: Text | None = None


class ByDate(Part):
    by: Literal["date"]
    from_: Year | None = Field(default=None, alias="from")
    to: Year | None = None


class ByLanguage(Part):
    by: Literal["language"]
    languages: Annotated[tuple[LanguageCode, ...], Field(min_length=1)]


class ByAccess(Part):
    by: Literal["access"]


class ByDuplicates(Part):
    by: Literal["duplicates"]


class ByPerson(Part):
    by: Literal["person"]


class CriterionKind(StrEnum):
    INCLUSION = mark("inclusion")
    EXCLUSION = mark("exclusion")


class Criterion(Part):
    """One criterion in the article's own words, and who can judge whether a record meets it."""

    id: Name
    kind: CriterionKind
    wording: Text
    check: ByDate | ByLanguage | ByAccess | ByDuplicates | ByPerson = Field(discriminator="by")
    where: Text | None = None


class Remark(Part):
    """A note of the protocol's author on the article;
    reviewkit prints it and derives nothing from it.
    """

    text: Text
    where: Text | None = None


Likelihood = Annotated[float, Field(gt=0, le=1)]
_Mergeable = Literal[
    RelationKind.PREPRINT_OF,
    RelationKind.ERRATUM_OF,
    RelationKind.ABSTRACT_OF,
    RelationKind.UPDATE_OF,
]


class Dedupe(Part):
    """Deduplication thresholds, what else is merged, and the sources of lead records.

    The defaults fit almost every review.
    """

    same_at: Likelihood = Field(
        default=0.95, description="From this score on two records are one by themselves"
    )
    ask_at: Likelihood = Field(default=0.3, description="From this score on a person is asked")
    merge: tuple[_Mergeable, ...] = Field(
        default=(), description="Relations that count as duplicates, not as links"
    )
    prefer: tuple[Name, ...] = Field(
        default=(), description="Sources whose copy leads, the most trusted first"
    )


class Diagram(Part):
    """How the flow is drawn where no option says otherwise.

    The language decides how numbers look.
    """

    language: Language = "en"
    theme: ThemeName = "official"
    template: TemplateName = "auto"
    layout: Orientation = Field(
        default="vertical", description="The phases from top to bottom, or from left to right"
    )
    standard: StandardName = "prisma-2020"
    hide: tuple[LineName, ...] = Field(
        default=(), description="Lines that are not drawn; one with a count that adds up stays"
    )
    show_zero: bool | tuple[LineName, ...] = Field(
        default=True, description="Whether optional lines with 0 are drawn, or which of them"
    )
    credit: bool = Field(
        default=False, description="Source and licence of the template under the picture"
    )
    labels: Mapping[str, Text] = Field(
        default={}, description="By label, as in reviewkit/prisma/diagram/wording.toml"
    )


class Living(Part):
    """How a review is kept up to date. A review without this table is not a living one."""

    every: Literal["day", "week", "fortnight", "month", "quarter", "year"] = Field(
        description="How often its searches are to be run again"
    )
    retired: datetime.date | None = Field(
        default=None, description="From this day on it is not updated any more"
    )
    why_retired: Text | None = None


class Citations(Part):
    """Which citations of the included records an update searches.

    A review without this table searches them only when `reviewkit citations` is run.
    """

    directions: Annotated[
        tuple[Literal["backward", "forward"], ...], Field(min_length=1, max_length=2)
    ] = Field(
        description="backward: what they refer to; forward: what cites them, which is what "
        "grows after a review is done"
    )
    indexes: tuple[Name, ...] = Field(
        default=(), description="Which indexes are asked; without it, every one that can be"
    )


class Backups(Part):
    """Backups that are made by themselves after each session in which anything was stored."""

    keep: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=10, description="How many are kept; the oldest one goes first"
    )
    folder: Text | None = Field(
        default=None,
        description="Where; beside the database without it. From the folder that holds protocols/",
    )


class ReviewKind(StrEnum):
    """Whose review it is: one's own, under way or done, or a published one that is rerun."""

    OWN = "own"
    PUBLISHED = "published"


class Protocol(Part):
    """A review's whole protocol.

    Build one with `parse_protocol`, which also checks it across parts.
    """

    format: Literal[1]
    kind: ReviewKind | None = Field(
        default=None,
        description="own: a review under way; published: one that is rerun. "
        "Without it, a protocol with [reported] is of a published review",
    )
    seeds: tuple[Text, ...] = Field(
        default=(),
        description="Works that the search must find, each a PMID, a DOI or a title; "
        "`reviewkit audit --recall` measures the search by them",
    )
    review: Review
    sources: Annotated[tuple[ProtocolSource, ...], Field(min_length=1)]
    stand_in: StandIn | None = None
    descriptors: tuple[Descriptor, ...] = ()
    strategies: tuple[Strategy, ...] = ()
    limits: Limits = Limits()
    criteria: tuple[Criterion, ...] = ()
    dedupe: Dedupe = Dedupe()
    screening: Screening = Screening()
    diagram: Diagram = Diagram()
    living: Living | None = None
    citations: Citations | None = None
    backups: Backups | None = None
    people: tuple[Person, ...] = ()
    declarations: Declarations = Declarations()
    reported: Reported | None = None
    remarks: tuple[Remark, ...] = ()

    @property
    def is_published(self) -> bool:
        """Return whether the protocol is of a published review, which is rerun."""
        return self.reported is not None

    @property
    def review_kind(self) -> ReviewKind:
        """Return whose review it is; where `kind` is not stated, [reported] decides."""
        return ReviewKind.PUBLISHED if self.is_published else ReviewKind.OWN

    @property
    def primary(self) -> Strategy | None:
        """Return the strategy whose records make the flow.

        One's own review needs none: its exports are imported. `None` for a published review that
        states no strategy.
        """
        first = next(iter(self.strategies), None if self.is_published else _BY_HAND)
        return next((strategy for strategy in self.strategies if strategy.primary), first)

    @property
    def searches_of(self) -> str | None:
        """Return the strategy whose searches count; `None` for all, where no query is stated."""
        primary = self.primary
        return None if primary is None or primary.is_by_hand else primary.id

    @property
    def exclusion_reasons(self) -> tuple[str, ...]:
        """Return the exclusion reasons, in the order in which they count.

        They are those of [screening], or the exclusion criteria, or each inclusion criterion as not
        met.
        """
        reasons = self.screening.exclusion_reasons
        if reasons:
            wordings = {criterion.id: criterion.wording for criterion in self.criteria}
            return tuple(wordings.get(reason, reason) for reason in reasons)

        excluding = [c.wording for c in self.criteria if c.kind is CriterionKind.EXCLUSION]
        not_included = [in_english("not: {criterion}", criterion=c.wording) for c in self.criteria]

        return tuple(dict.fromkeys(excluding or not_included))

    @property
    def variants(self) -> tuple[Strategy, ...]:
        """Return the other readings: counted beside the primary one, never part of the flow."""
        return tuple(s for s in self.strategies if s is not self.primary)
