"""What a machine finds on the protocol's criteria: stored, or for one connection only."""

import hashlib
from collections.abc import Iterator

from reviewkit.model.records import Check
from reviewkit.protocol.eligibility import automatic_criteria, check_record
from reviewkit.protocol.model import Protocol
from reviewkit.store import Store
from reviewkit.store.checks import has_criteria_of, set_checks, use_checks
from reviewkit.store.derived_under import note_settings, settings_of_stored
from reviewkit.store.records import records_in_flow


def store_checks(store: Store, protocol: Protocol) -> None:
    """Check every record of the flow, and store it, inside the open transaction."""
    set_checks(store, protocol, _checks(store, protocol))
    note_settings(store, "checks", _settings_sha256(protocol))


def renew_checks(store: Store, protocol: Protocol) -> None:
    """Store the checks again where they are of other criteria, inside the open transaction."""
    if not _are_stored(store, protocol):
        store_checks(store, protocol)


def use_criteria(store: Store, protocol: Protocol) -> None:
    """Let a connection count with the protocol's criteria where others were stored."""
    if not _are_stored(store, protocol):
        use_checks(store, protocol, _checks(store, protocol))


def _are_stored(store: Store, protocol: Protocol) -> bool:
    """Return whether the stored checks are of these criteria; of none, where nobody checked yet."""
    stored = settings_of_stored(store, "checks")
    if stored is None:
        return not automatic_criteria(protocol) or has_criteria_of(store, protocol)
    return stored == _settings_sha256(protocol)


def _settings_sha256(protocol: Protocol) -> str:
    return hashlib.sha256(repr(protocol.criteria).encode()).hexdigest()


def _checks(store: Store, protocol: Protocol) -> Iterator[Check]:
    """What machines can say of each record's eligibility."""
    for record in records_in_flow(store):
        yield from check_record(protocol, record)
