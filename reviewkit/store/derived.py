"""What is derived from the records: written anew each time, row by row only where it changed."""

from collections.abc import Iterable

from reviewkit.dedupe.pairs import Duplicates
from reviewkit.eligibility import automatic_criteria
from reviewkit.protocol import Protocol
from reviewkit.records import Check
from reviewkit.store.database import Store, to_json


def set_duplicates(store: Store, found: Duplicates) -> None:
    """Store the pairs, the copy that leads for each duplicate, and the relations between works. Nothing is deleted."""
    pairs = [
        (p.record_a, p.record_b, p.outcome, p.score, p.rule, p.words, p.relation, to_json(p.similarities))
        for p in found.pairs
    ]
    values = ("outcome", "score", "rule", "words", "relation", "similarities")
    store.replace("pairs", ("record_a", "record_b"), values, pairs)
    leads = [(member, cluster.lead) for cluster in found.clusters for member in cluster.members]
    store.replace("duplicates", ("record",), ("lead",), [pair for pair in leads if pair[0] != pair[1]])
    links = [(link.record, link.kind, link.target) for link in found.links]
    store.replace("relations", ("record", "kind", "target"), (), links)


def set_criteria(store: Store, protocol: Protocol) -> None:
    """Store the protocol's criteria, so that the database says by itself what a check was about."""
    removing = {criterion.id for criterion in automatic_criteria(protocol)}
    rows = [
        (c.id, position, c.kind, c.wording, c.check.by, int(c.id in removing))
        for position, c in enumerate(protocol.criteria)
    ]
    store.replace("criteria", ("criterion",), ("position", "kind", "wording", "checked_by", "removes"), rows)


def set_checks(store: Store, checks: Iterable[Check]) -> None:
    """Store what a machine found on each criterion of each record."""
    rows = [(c.record, c.criterion, c.answer, c.evidence) for c in checks]
    store.replace("checks", ("record", "criterion"), ("answer", "evidence"), rows)


def set_works(store: Store, works: Iterable[tuple[str, int, str, str, str | None]]) -> None:
    """Store the works that the published review includes: id, position, title, the record for it, matched by what."""
    store.replace("works", ("work",), ("position", "title", "record", "matched_by"), works)
