"""Find the duplicates of a review and link them in its database; people overrule the rules."""

from collections.abc import Collection, Iterable, Mapping, Sequence
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
from reviewkit.model.collector import paused_collector
from reviewkit.model.progress import Progress, silent
from reviewkit.model.records import Record, RelationKind, Role
from reviewkit.protocol.model import Protocol
from reviewkit.protocol.reported import Work
from reviewkit.reproduction.works import led_matches, match_works
from reviewkit.store import Store
from reviewkit.store.decisions import steps_taken
from reviewkit.store.pair_cache import read_compared, set_compared, was_compared_under
from reviewkit.store.pairs import (
    PairDecision,
    current_pair_decisions,
    set_duplicates,
    settled_pairs,
)
from reviewkit.store.records import records_to_compare
from reviewkit.store.run_log import first_runs, records_new_to_updates
from reviewkit.store.works import stored_works
from reviewkit.workflow.duplicates.dedupe_files import leads_of
from reviewkit.workflow.duplicates.link_settings import note_link_settings


def link_duplicates(store: Store, protocol: Protocol) -> None:
    """Find the duplicates among the flow's records; store pairs, leads and relations.

    Nothing is deleted.
    """
    store_duplicates(store, protocol, find_in_flow(store, protocol))


@paused_collector()
def store_duplicates(store: Store, protocol: Protocol, found: Duplicates) -> None:
    """Store what `find_in_flow` found, and the compared pairs, inside the open transaction."""
    set_duplicates(store, found)
    set_compared(store, found.compared, rules_sha256(settings_of(protocol)))
    note_link_settings(store, protocol)


@paused_collector()
def find_in_flow(store: Store, protocol: Protocol, *, progress: Progress = silent) -> Duplicates:
    """Return the duplicates among the records that count in the flow, as linking stores them.

    Pairs that an earlier linking compared under the same rules and settings are not compared again.
    Works that only the published list has are left out: they are matched with the records, not
    among them.

    Whatever source is preferred, a record does not become the lead of one that the team has
    screened further. From the first update on, a new record does not become the lead of an older
    one. The reason: decisions on a record that is not the lead do not count.
    """
    records = [record for record in records_to_compare(store) if record.source != Role.REPORTED]
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
    priorities = _priorities(arrival, later, steps_taken(store))
    if priorities:
        found = _with_leads_by_priority(found, priorities, arrival, settings.prefer)
    if later:
        found = _with_reported_works(store, protocol, found, records, later)
    return replace(found, relations=_with_people_s(found, current_pair_decisions(store)))


def _priorities(
    arrival: Mapping[str, int], later: Collection[str], steps: Mapping[str, int]
) -> dict[str, tuple[int, int]]:
    """Return which records must lead: the lowest tuple in a cluster. {} if it does not matter.

    First counts how far a record was screened, then when it arrived, from the first update on.
    """
    first_update = min((arrival[record] for record in later), default=None)
    eras: dict[str, int] = {}
    if first_update is not None:
        eras = {record: run for record, run in arrival.items() if run >= first_update}
    if not steps and not eras:
        return {}
    return {record: (-steps.get(record, 0), eras.get(record, 0)) for record in arrival}


def _with_leads_by_priority(
    found: Duplicates,
    priorities: Mapping[str, tuple[int, int]],
    arrival: Mapping[str, int],
    prefer: tuple[str, ...],
) -> Duplicates:
    """Return the same clusters, each with a lead of the first priority in it."""
    clusters: list[Cluster] = []
    new_leads: dict[str, str] = {}

    for cluster in found.clusters:
        first = min(priorities[member] for member in cluster.members)
        candidates = [member for member in cluster.members if priorities[member] == first]
        lead = lead_of(candidates, prefer=prefer, arrival=arrival)
        new_leads[cluster.lead] = lead
        clusters.append(_cluster(lead, set(cluster.members) - {lead}))

    relations = {
        RecordRelation(
            record=new_leads.get(relation.record, relation.record),
            kind=relation.kind,
            target=new_leads.get(relation.target, relation.target),
        )
        for relation in found.relations
    }
    return replace(found, clusters=tuple(clusters), relations=tuple(relations))


def _cluster(lead: str, others: Iterable[str]) -> Cluster:
    return Cluster(lead=lead, members=(lead, *sorted(others)))


def _with_reported_works(
    store: Store,
    protocol: Protocol,
    found: Duplicates,
    records: Sequence[Record],
    later: frozenset[str],
) -> Duplicates:
    """Join each included work that only the published list had with the record of an update."""
    listed = {work: record for work, (record, by) in stored_works(store).items() if by is None}
    clusters = {cluster.lead: cluster for cluster in found.clusters}
    leads = leads_of(found)
    only_listed = _works_without_record(protocol, records, later, leads)
    works = [work for work in only_listed if work.id in listed]

    for name, match in match_works(works, records).items():
        lead = leads.get(match.record, match.record)
        if lead not in later:
            continue
        joined: tuple[str, ...] = (lead,)
        if lead in clusters:
            joined = clusters.pop(lead).members
        leads |= dict.fromkeys(joined, listed[name])  # so that a second work does not take them too
        clusters[listed[name]] = _cluster(listed[name], joined)
    return replace(found, clusters=tuple(clusters[lead] for lead in sorted(clusters)))


def _works_without_record(
    protocol: Protocol,
    records: Sequence[Record],
    later: frozenset[str],
    leads: Mapping[str, str],
) -> list[Work]:
    """Return the reported works that no record from before the updates matches.

    Matched again here: since the last storing, a file may have brought the record of a work.
    """
    if not protocol.reported:
        return []
    works = protocol.reported.works
    earlier = [record for record in records if record.key not in later]
    matched = led_matches(works, earlier, leads)
    return [work for work in works if work.id not in matched]


def _with_people_s(
    found: Duplicates, decisions: Iterable[PairDecision]
) -> tuple[RecordRelation, ...]:
    """Return the found relations and those that people stated, all between lead records."""
    leads = leads_of(found)
    relations = set(found.relations)

    for decision in decisions:
        relation = decision.relation
        if decision.answer is not Settled.RELATED or relation is None:
            continue
        one = leads.get(decision.record_a, decision.record_a)
        two = leads.get(decision.record_b, decision.record_b)
        if one == two:
            continue

        inverse = _INVERSE.get(relation)
        if inverse:
            relations.add(RecordRelation(record=two, kind=inverse, target=one))
        else:
            relations.add(RecordRelation(record=one, kind=relation, target=two))
    return tuple(
        sorted(relations, key=lambda relation: (relation.record, relation.target, relation.kind))
    )


# "A has a preprint B" is stored as "B is a preprint of A", as the rules do.
_INVERSE = {
    RelationKind.HAS_PREPRINT: RelationKind.PREPRINT_OF,
    RelationKind.HAS_ABSTRACT: RelationKind.ABSTRACT_OF,
    RelationKind.HAS_UPDATE: RelationKind.UPDATE_OF,
    RelationKind.HAS_ERRATUM: RelationKind.ERRATUM_OF,
    RelationKind.HAS_COMMENT: RelationKind.COMMENT_ON,
}


def linked_by_these_rules(store: Store, protocol: Protocol) -> str | None:
    """Return the SHA-256 of the rules and settings in hand where they linked the duplicates.

    `None` where another version of reviewkit, or other settings, did, or nobody.
    """
    rules = rules_sha256(settings_of(protocol))
    return rules if was_compared_under(store, rules) else None


def settings_of(protocol: Protocol) -> DedupeSettings:
    """Return the protocol's [dedupe] table as DedupeSettings."""
    table = protocol.dedupe
    return DedupeSettings(
        same_at=table.same_at,
        ask_at=table.ask_at,
        merge=frozenset(table.merge),
        prefer=table.prefer,
    )
