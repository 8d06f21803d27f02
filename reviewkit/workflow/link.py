"""Duplicates of a review found and linked in its database. People's answers stand over every rule."""

from reviewkit.dedupe import DedupeSettings, Duplicates, find_duplicates
from reviewkit.protocol import Protocol
from reviewkit.records import Role
from reviewkit.store import Store
from reviewkit.store.derived import set_duplicates
from reviewkit.store.runs import records_in_flow


def link_duplicates(store: Store, protocol: Protocol) -> None:
    """Find the duplicates among the flow's records and store pairs, leads and relations. Nothing is deleted."""
    set_duplicates(store, find_in_flow(store, protocol))


def find_in_flow(store: Store, protocol: Protocol) -> Duplicates:
    """The duplicates among the records that count in the flow, as a linking would store them.

    Works that only the published list brought are left out: these are matched with the records, not among them.
    """
    records = [record for record in records_in_flow(store) if record.source != Role.REPORTED]
    arrival = {row["record"]: row["first_run"] for row in store.rows("SELECT record, first_run FROM flow_records")}
    return find_duplicates(records, settings=settings_of(protocol), arrival=arrival)


def settings_of(protocol: Protocol) -> DedupeSettings:
    """The protocol's [dedupe] table as the engine takes it."""
    table = protocol.dedupe
    return DedupeSettings(
        same_at=table.same_at, ask_at=table.ask_at, merge=frozenset(table.merge), prefer=table.prefer
    )
