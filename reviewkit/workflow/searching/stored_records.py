"""What the database knows of a source before it is asked again."""

from dataclasses import dataclass
from functools import cached_property

from reviewkit.model.records import Record
from reviewkit.store import Store, run_log
from reviewkit.store.corrections import source_content
from reviewkit.store.records import record_by_key, source_ids
from reviewkit.updates.losses import lost_fields


@dataclass(frozen=True, kw_only=True)
class StoredRecords:
    """The stored records of one source, and what its searches of one strategy counted.

    `accepts_fall`: no count is held against the one before.
    """

    store: Store
    family: str
    source: str
    accepts_fall: bool = False

    @cached_property
    def names(self) -> frozenset[str]:
        """The identifiers of the stored records."""
        return source_ids(self.store, self.source)

    @cached_property
    def pages(self) -> frozenset[str]:
        """Pages (SHA-256) whose records are stored as they are there."""
        return run_log.pages_held(self.store, self.source, self.family)[1]

    def lost(self, record: Record) -> tuple[str, ...]:
        """The fields that the stored record has and this one lacks.

        A person's corrections do not count: the source never had them.
        """
        before = source_content(self.store, record.key) or record_by_key(self.store, record.key)
        return lost_fields(before, record) if before else ()

    def count(self, query: str) -> int | None:
        """How many records the newest whole search with this query counted."""
        if self.accepts_fall:
            return None
        return run_log.newest_count_of(self.store, self.source, query)
