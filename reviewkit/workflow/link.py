"""Duplicates of a review found and linked in its database."""

from reviewkit.dedupe.find import find_duplicates
from reviewkit.records import Role
from reviewkit.store import Store
from reviewkit.store.derived import set_duplicates
from reviewkit.store.runs import records_in_flow


def link_duplicates(store: Store) -> None:
    """Find the duplicates among the flow's records and store pairs, leads and relations. Nothing is deleted.

    Works that only the published list brought are left out: these are matched with the records, not among them.
    """
    set_duplicates(store, find_duplicates([r for r in records_in_flow(store) if r.source != Role.REPORTED]))
