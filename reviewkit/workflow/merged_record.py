"""A record as people should see it: with what its copies know. Light, as every session needs it."""

from reviewkit.dedupe.merge import Merged, merge
from reviewkit.store import Store
from reviewkit.store.corrections import current_corrections
from reviewkit.store.duplicates import copies_led_by
from reviewkit.store.records import record_by_key


def read_merged_record(store: Store, key: str) -> Merged | None:
    """Return the record with each field from the copy that has it best; None for no such key.

    What a person corrected on the record stays.
    """
    record = record_by_key(store, key)
    if record is None:
        return None
    return merge(record, copies_led_by(store, key), chosen=current_corrections(store, key).keys())
