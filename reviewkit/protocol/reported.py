"""What a published review reports of itself: flow, searches, methods, works. Pure.

What it does not report is absent.
"""

import datetime
from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, StringConstraints

from reviewkit.protocol.part import BoxCount, Doi, Name, Part, Pmid, Text, Year


class Work(Part):
    """A work that the published review says it included."""

    id: Name
    title: Text
    reference: Text | None = None
    authors: tuple[Text, ...] = ()
    journal: Text | None = None
    year: Year | None = None
    volume: Text | None = None
    issue: Text | None = None
    pages: Text | None = None
    doi: Doi | None = None
    pmid: Pmid | None = None
    pmcid: Annotated[str, StringConstraints(pattern=r"^PMC[0-9]+$")] | None = None


class ReportedFlow(Part):
    """Boxes that the review reports, by their PRISMA2020 keys. An absent box is not reported."""

    database_results: BoxCount | None = None
    register_results: BoxCount | None = None
    duplicates: BoxCount | None = None
    excluded_automatic: BoxCount | None = None
    excluded_other: BoxCount | None = None
    records_screened: BoxCount | None = None
    records_excluded: BoxCount | None = None
    dbr_sought_reports: BoxCount | None = None
    dbr_notretrieved_reports: BoxCount | None = None
    dbr_assessed: BoxCount | None = None
    other_sought_reports: BoxCount | None = None
    other_notretrieved_reports: BoxCount | None = None
    other_assessed: BoxCount | None = None
    new_studies: BoxCount | None = None
    new_reports: BoxCount | None = None
    previous_studies: BoxCount | None = None
    previous_reports: BoxCount | None = None
    dropped_studies: BoxCount | None = None
    dropped_reports: BoxCount | None = None
    total_studies: BoxCount | None = None
    total_reports: BoxCount | None = None
    total_studies_ma: BoxCount | None = None
    total_reports_ma: BoxCount | None = None
    new_participants: BoxCount | None = None
    records_excluded_automatic: BoxCount | None = Field(
        default=None, description="Of the records excluded, those that automation tools excluded"
    )


class ExcludedReport(Part):
    """A report that the review excluded at full text, as its list names it."""

    title: Text
    reason: Text | None = None
    reference: Text | None = None
    authors: tuple[Text, ...] = ()
    year: Year | None = None
    doi: Doi | None = None
    pmid: Pmid | None = None

    @property
    def citation(self) -> str:
        """The entry as the review prints it, or what the protocol has of it."""
        if self.reference:
            return self.reference
        doi = f"doi:{self.doi}" if self.doi else ""
        pmid = f"PMID {self.pmid}" if self.pmid else ""
        parts = (", ".join(self.authors), self.title, str(self.year or ""), doi, pmid)
        return ". ".join(part.removesuffix(".") for part in parts if part)


class ReportedMethods(Part):
    """What the review says of its methods, in its own words. What it does not say is left out."""

    filters: Text | None = Field(default=None, description="Search filters and their sources")
    peer_review: Text | None = Field(default=None, description="Peer review of the search")
    prior_work: Text | None = Field(default=None, description="Strategies taken from earlier work")
    updates: Text | None = Field(default=None, description="How the search was updated")
    contacts: Text | None = Field(default=None, description="Who was asked for studies")
    citation_searching: Text | None = None
    online_resources: Text | None = None
    other_methods: Text | None = None
    multi_database: Text | None = Field(
        default=None, description="Databases searched at once on one platform"
    )
    deduplication: Text | None = None
    reviewers: Text | None = Field(default=None, description="How many screened, and how")
    agreement: Text | None = None


class Reported(Part):
    """What the published review reports, and where."""

    flow: ReportedFlow = ReportedFlow()
    sources: Mapping[Name, BoxCount] = Field(default={}, description="Records found, per source")
    exclusion_reasons: Mapping[Text, BoxCount] = Field(
        default={}, description="Reports excluded, per reason"
    )
    other_exclusion_reasons: Mapping[Text, BoxCount] = Field(
        default={}, description="Reports of other methods excluded, per reason"
    )
    study_kinds: Mapping[Text, BoxCount] = Field(
        default={}, description="Included studies, per kind or per question"
    )
    several_reports_per_record: bool = Field(
        default=False, description="The review says that a record led to more than one report"
    )
    search_date: datetime.date | None = None
    search_dates: Mapping[Name, datetime.date] = Field(
        default={}, description="The day of the search, per source"
    )
    methods: ReportedMethods = ReportedMethods()
    excluded_reports: tuple[ExcludedReport, ...] = ()
    studies: Mapping[Text, tuple[Name, ...]] = Field(
        default={}, description="Works grouped to studies: the ids of its works, per study"
    )
    notes: Mapping[Name, Text] = Field(
        default={}, description="Per box: a footnote of the reported flow"
    )
    where: Mapping[Name, Text] = {}
    works: tuple[Work, ...] = ()
