"""What is known of a source's records before it is asked again."""

from collections.abc import Collection
from typing import Protocol

from reviewkit.model.records import Record


class EarlierRecords(Protocol):
    """The stored records of one source. An answer that has less than they do is doubted."""

    @property
    def names(self) -> Collection[str]:
        """The identifiers of the stored records."""
        ...

    @property
    def pages(self) -> Collection[str]:
        """Pages (SHA-256) whose records are stored as they are there."""
        ...

    def lost(self, record: Record) -> tuple[str, ...]:
        """The fields that the stored record has and this one lacks."""
        ...

    def count(self, query: str) -> int | None:
        """How many records the newest whole search with this query counted."""
        ...
