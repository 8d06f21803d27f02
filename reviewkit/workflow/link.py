"""Duplicates of a review found and linked in its database."""

from dataclasses import dataclass

from reviewkit.dedupe import Outcome, find_duplicates
from reviewkit.records import Role
from reviewkit.store import Store
from reviewkit.store.derived import set_duplicates, set_pairs
from reviewkit.store.runs import records_in_flow


def link_duplicates(store: Store) -> None:
    """Find the duplicates among the flow's records and store pairs and leads. Nothing is deleted.

    Works that only the published list brought are left out: these are matched with the records, not among them.
    """
    records = [record for record in records_in_flow(store) if record.source != Role.REPORTED]
    outcome = find_duplicates(records)
    set_pairs(store, outcome.pairs)
    set_duplicates(
        store,
        {member: cluster.lead for cluster in outcome.clusters for member in cluster.members if member != cluster.lead},
    )
