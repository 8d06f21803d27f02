"""The protocol's [screening] table: who screens, how many, which reasons count."""

from typing import Annotated

from pydantic import Field, StringConstraints

from reviewkit.protocol.part import Part, Text

ReviewerId = Annotated[Text, StringConstraints(max_length=80)]
Orcid = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{4}-\d{4}-\d{3}[\dX]$")]


class ReviewersNeeded(Part):
    """How many reviewers must decide on a record before its decision is final, per stage."""

    title_abstract: Annotated[int, Field(ge=1, le=20)] = 1
    full_text: Annotated[int, Field(ge=1, le=20)] = 1


class Pilot(Part):
    """A calibration set: records drawn at random with this seed,
    which all reviewers screen first.
    """

    size: Annotated[int, Field(ge=1)]
    seed: int = 1


class HighlightTerms(Part):
    """Words to highlight (a final * stands for any ending) and regular expressions,
    for and against inclusion.
    """

    include: tuple[Text, ...] = ()
    exclude: tuple[Text, ...] = ()
    include_patterns: tuple[Text, ...] = ()
    exclude_patterns: tuple[Text, ...] = ()


class TeamMember(Part):
    """A person who screens: the name in the review, and the whole name and ORCID for the report."""

    id: ReviewerId
    name: Text | None = None
    orcid: Orcid | None = None


class Screening(Part):
    """How records are screened.

    By default one reviewer a stage, and the exclusion criteria as reasons.
    """

    reviewers: ReviewersNeeded = ReviewersNeeded()
    team: tuple[TeamMember, ...] = Field(
        default=(), description="Who screens. Others are asked about when they first appear"
    )
    pilot: Pilot | None = None
    highlight: HighlightTerms = HighlightTerms()
    exclusion_reasons: tuple[Text, ...] = Field(
        default=(),
        description="In the order in which they count; a criterion's id stands for its wording",
    )
