"""Under which [dedupe] settings of a protocol the duplicates were linked."""

import hashlib

from reviewkit.protocol.model import Protocol
from reviewkit.store import Store
from reviewkit.store.derived_under import note_settings, settings_of_stored
from reviewkit.store.pair_cache import was_compared


def note_link_settings(store: Store, protocol: Protocol) -> None:
    """Remember the settings, inside the open transaction."""
    note_settings(store, "duplicates", _sha256(protocol))


def is_deduplicated(store: Store) -> bool:
    """Return whether duplicates were ever looked for.

    Earlier versions noted no settings, but under which rules they compared.
    """
    return settings_of_stored(store, "duplicates") is not None or was_compared(store)


def linked_otherwise(store: Store, protocol: Protocol) -> tuple[str, ...]:
    """Return a sentence where the duplicates were linked under other settings than these."""
    if settings_of_stored(store, "duplicates") in {None, _sha256(protocol)}:
        return ()
    return (
        "The duplicates were linked under other settings than [dedupe] of this protocol has, and "
        "count as they were linked. Link them anew: reviewkit dedupe",
    )


def _sha256(protocol: Protocol) -> str:
    return hashlib.sha256(repr(protocol.dedupe).encode()).hexdigest()
