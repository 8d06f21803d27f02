"""A record as people should see it: with what its copies know. Light, as every session needs it."""

from collections.abc import Iterator

from reviewkit.dedupe.merge import Merged, merge
from reviewkit.store import Store
from reviewkit.store.corrections import corrections_by_record, current_corrections
from reviewkit.store.database import Row
from reviewkit.store.duplicates import clusters, copies_led_by
from reviewkit.store.records import citation_of, record_by_key


def read_merged_record(store: Store, key: str) -> Merged | None:
    """Return the record with each field from the copy that has it best; None for no such key.

    What a person corrected on the record stays.
    """
    record = record_by_key(store, key)
    if record is None:
        return None
    return merge(record, copies_led_by(store, key), chosen=current_corrections(store, key).keys())


def merged_citations(store: Store) -> Iterator[Row]:
    """Yield what a list prints of each record whose copies know more than it does."""
    corrected = corrections_by_record(store)
    for lead, copies in clusters(store):
        chosen = {correction.field for correction in corrected.get(lead.key, ())}
        merged = merge(lead, copies, chosen=chosen)
        if merged.filled:
            yield citation_of(merged.record)
