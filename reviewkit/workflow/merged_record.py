"""A record as people should see it: with what its copies know. Light, because every session begins with it."""

from reviewkit.dedupe.merge import Merged, merge
from reviewkit.store import Store
from reviewkit.store.duplicates import copies_led_by
from reviewkit.store.records import record_by_key


def filled_record(store: Store, key: str) -> Merged | None:
    """A record with what it lacks taken from the copies that it leads; `None` where there is none of this key."""
    record = record_by_key(store, key)
    return merge(record, copies_led_by(store, key)) if record else None
