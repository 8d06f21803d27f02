"""What a review says of a record, as an export shows it: status, reason, stage, who."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from reviewkit.model.records import Record


class Status(StrEnum):
    INCLUDED = "included"
    EXCLUDED = "excluded"
    MAYBE = "maybe"
    CONFLICT = "conflict"
    UNDECIDED = "undecided"
    NOT_RETRIEVED = "not_retrieved"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A record's state in the review. `duplicate_of` is the key of its lead record.

    `corrected_fields` are the fields that people corrected by hand, `corrected_by` who did.
    `study` names the studies that the report belongs to, `tags` what reviewers put on the record.
    """

    status: Status
    stage: str | None = None
    reason: str | None = None
    note: str | None = None
    reviewer: str | None = None
    duplicate_of: str | None = None
    corrected_fields: str | None = None
    corrected_by: str | None = None
    study: str | None = None
    tags: str | None = None


Outcomes = Mapping[str, Outcome]
"""By the record's key. A record without one goes out without any word on it."""

NO_OUTCOMES: Outcomes = MappingProxyType({})

ExportEntry = tuple[Record, Outcome | None]
"""A record, and what the review says of it."""
