"""Duplicates of a review found and linked in its database. People's answers stand over every rule."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from reviewkit.dedupe import (
    Cluster,
    DedupeSettings,
    Duplicates,
    RecordRelation,
    Settled,
    find_duplicates,
)
from reviewkit.dedupe.fingerprint import rules_sha256
from reviewkit.dedupe.merge import lead_of
from reviewkit.model.progress import Progress, silent
from reviewkit.model.records import Record, RelationKind, Role
from reviewkit.protocol.model import Protocol
from reviewkit.reproduction.works import led_matches, match_works
from reviewkit.store import Store
from reviewkit.store.decisions import steps_taken
from reviewkit.store.pair_cache import read_compared, set_compared
from reviewkit.store.pairs import (
    PairDecision,
    current_pair_decisions,
    set_duplicates,
    settled_pairs,
)
from reviewkit.store.records import records_in_flow
from reviewkit.store.run_log import first_runs, records_new_to_updates
from reviewkit.store.works import stored_works


def link_duplicates(store: Store, protocol: Protocol) -> None:
    """Find the duplicates among the flow's records and store pairs, leads and relations. Nothing is deleted."""
    store_duplicates(store, protocol, find_in_flow(store, protocol))


def store_duplicates(store: Store, protocol: Protocol, found: Duplicates) -> None:
    """Store what `find_in_flow` found, and what need not be compared again, inside the transaction that is open."""
    set_duplicates(store, found)
    set_compared(store, found.compared, rules_sha256(settings_of(protocol)))


def find_in_flow(store: Store, protocol: Protocol, *, progress: Progress = silent) -> Duplicates:
    """The duplicates among the records that count in the flow, as a linking would store them.

    Pairs that an earlier linking compared under the same rules and settings are not compared again. Works that only
    the published list brought are left out: these are matched with the records, not among them. Whatever source is
    preferred, no copy leads one with which the team has come further, and from the first update on, none leads one
    that was there before it: what people said of a copy that does not lead counts nowhere.
    """
    records = [record for record in records_in_flow(store) if record.source != Role.REPORTED]
    arrival = first_runs(store)
    settings = settings_of(protocol)
    found = find_duplicates(
        records,
        settings=settings,
        known=settled_pairs(store),
        arrival=arrival,
        earlier=read_compared(store, rules_sha256(settings)),
        progress=progress,
    )
    later = records_new_to_updates(store)
    # From the first update on, whatever brings a record, a file or a search.
    began = min((arrival[record] for record in later), default=None)
    eras = {record: run for record, run in arrival.items() if began is not None and run >= began}
    steps = steps_taken(store)
    if steps or eras:
        places = {record: (-steps.get(record, 0), eras.get(record, 0)) for record in arrival}
        found = _led_by_the_first(found, places, arrival, settings.prefer)
    if later:
        found = _with_reported(store, protocol, found, records, later)
    return replace(found, relations=_with_people(found, current_pair_decisions(store)))


def _led_by_the_first(
    found: Duplicates,
    places: Mapping[str, tuple[int, int]],
    arrival: Mapping[str, int],
    prefer: tuple[str, ...],
) -> Duplicates:
    """The same clusters, each led by a copy of the first place that is taken in it."""
    clusters, turned = [], {}
    for cluster in found.clusters:
        first = min(places[member] for member in cluster.members)
        among = [member for member in cluster.members if places[member] == first]
        lead = lead_of(among, prefer=prefer, arrival=arrival)
        turned[cluster.lead] = lead
        clusters.append(Cluster(lead=lead, members=(lead, *sorted(set(cluster.members) - {lead}))))
    relations = {
        RecordRelation(
            record=turned.get(relation.record, relation.record),
            kind=relation.kind,
            target=turned.get(relation.target, relation.target),
        )
        for relation in found.relations
    }
    return replace(found, clusters=tuple(clusters), relations=tuple(relations))


def _with_reported(
    store: Store,
    protocol: Protocol,
    found: Duplicates,
    records: Sequence[Record],
    later: frozenset[str],
) -> Duplicates:
    """And each included work that only the published list had, joined with the record that an update found for it."""
    listed = {work: record for work, (record, by) in stored_works(store).items() if by is None}
    works = protocol.reported.works if protocol.reported else ()
    clusters = {cluster.lead: cluster for cluster in found.clusters}
    leads = {member: cluster.lead for cluster in found.clusters for member in cluster.members}
    # What was stored may be of yesterday: a file may have brought, since, the record that stands for a work.
    there = led_matches(works, [record for record in records if record.key not in later], leads)
    only_listed = [work for work in works if work.id in listed and work.id not in there]
    for name, match in match_works(only_listed, records).items():
        lead = leads.get(match.record, match.record)
        if lead in later:
            joined = clusters.pop(lead).members if lead in clusters else (lead,)
            leads |= dict.fromkeys(joined, listed[name])  # a second work does not take them too
            clusters[listed[name]] = Cluster(
                lead=listed[name], members=(listed[name], *sorted(joined))
            )
    return replace(found, clusters=tuple(clusters[lead] for lead in sorted(clusters)))


def _with_people(
    found: Duplicates, decisions: Iterable[PairDecision]
) -> tuple[RecordRelation, ...]:
    """The relations found, and those that people stated; told of the copies that lead, as these are."""
    leads = {member: cluster.lead for cluster in found.clusters for member in cluster.members}
    relations = set(found.relations)
    for said in decisions:
        if said.answer is not Settled.RELATED or said.relation is None:
            continue
        one, two = leads.get(said.record_a, said.record_a), leads.get(said.record_b, said.record_b)
        if one == two:
            continue
        if turned := _TURNED.get(said.relation):
            relations.add(RecordRelation(record=two, kind=turned, target=one))
        else:
            relations.add(RecordRelation(record=one, kind=said.relation, target=two))
    return tuple(
        sorted(relations, key=lambda relation: (relation.record, relation.target, relation.kind))
    )


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
    return DedupeSettings(
        same_at=table.same_at,
        ask_at=table.ask_at,
        merge=frozenset(table.merge),
        prefer=table.prefer,
    )
