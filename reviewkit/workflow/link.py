"""Duplicates of a review found and linked in its database. People's answers stand over every rule."""

from collections.abc import Iterable
from dataclasses import replace

from reviewkit.dedupe import DedupeSettings, Duplicates, Link, Settled, find_duplicates
from reviewkit.protocol import Protocol
from reviewkit.records import RelationKind, Role
from reviewkit.store import Store
from reviewkit.store.derived import set_duplicates
from reviewkit.store.pair_decisions import PairDecision, settled_pairs, standing_pair_decisions
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
    found = find_duplicates(records, settings=settings_of(protocol), known=settled_pairs(store), arrival=arrival)
    return replace(found, links=_with_people(found, standing_pair_decisions(store)))


def _with_people(found: Duplicates, decisions: Iterable[PairDecision]) -> tuple[Link, ...]:
    """The relations found, and those that people stated; told of the copies that lead, as these are."""
    leads = {member: cluster.lead for cluster in found.clusters for member in cluster.members}
    links = set(found.links)
    for said in decisions:
        if said.answer is not Settled.RELATED or said.relation is None:
            continue
        one, two = leads.get(said.record_a, said.record_a), leads.get(said.record_b, said.record_b)
        if one == two:
            continue
        if turned := _TURNED.get(said.relation):
            links.add(Link(record=two, kind=turned, target=one))
        else:
            links.add(Link(record=one, kind=said.relation, target=two))
    return tuple(sorted(links, key=lambda link: (link.record, link.target, link.kind)))


# "A has a preprint B" is told as "B is a preprint of A", as the search for duplicates does.
_TURNED = {
    RelationKind.HAS_PREPRINT: RelationKind.PREPRINT_OF,
    RelationKind.HAS_ABSTRACT: RelationKind.ABSTRACT_OF,
    RelationKind.HAS_UPDATE: RelationKind.UPDATE_OF,
    RelationKind.HAS_ERRATUM: RelationKind.ERRATUM_OF,
    RelationKind.HAS_COMMENT: RelationKind.COMMENT_ON,
}


def settings_of(protocol: Protocol) -> DedupeSettings:
    """The protocol's [dedupe] table as the engine takes it."""
    table = protocol.dedupe
    return DedupeSettings(same_at=table.same_at, ask_at=table.ask_at, merge=frozenset(table.merge), prefer=table.prefer)
