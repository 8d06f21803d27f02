"""What is derived from the records: written anew each time, row by row only where it changed."""

from collections.abc import Iterable
from typing import Any

from reviewkit.dedupe.pairs import Duplicates
from reviewkit.model.records import Answer, Check, RelationKind
from reviewkit.protocol.eligibility import automatic_criteria
from reviewkit.protocol.model import Protocol
from reviewkit.store.database import Store, to_json


def set_duplicates(store: Store, found: Duplicates) -> None:
    """Store the pairs, the copy that leads for each duplicate, and the relations between works. Nothing is deleted."""
    pairs = [
        (
            p.record_a,
            p.record_b,
            p.outcome,
            p.score,
            p.rule,
            p.words,
            p.relation,
            to_json(p.similarities),
        )
        for p in found.pairs
    ]
    values = ("outcome", "score", "rule", "words", "relation", "similarities")
    store.replace("pairs", ("record_a", "record_b"), values, pairs)
    leads = [(member, cluster.lead) for cluster in found.clusters for member in cluster.members]
    store.replace(
        "duplicates", ("record",), ("lead",), [pair for pair in leads if pair[0] != pair[1]]
    )
    links = [(link.record, link.kind, link.target) for link in found.links]
    store.replace("relations", ("record", "kind", "target"), (), links)


def set_criteria(store: Store, protocol: Protocol) -> None:
    """Store the protocol's criteria, so that the database says by itself what a check was about."""
    removing = {criterion.id for criterion in automatic_criteria(protocol)}
    rows = [
        (c.id, position, c.kind, c.wording, c.check.by, int(c.id in removing))
        for position, c in enumerate(protocol.criteria)
    ]
    store.replace(
        "criteria", ("criterion",), ("position", "kind", "wording", "checked_by", "removes"), rows
    )


def set_checks(store: Store, checks: Iterable[Check]) -> None:
    """Store what a machine found on each criterion of each record."""
    rows = [(c.record, c.criterion, c.answer, c.evidence) for c in checks]
    store.replace("checks", ("record", "criterion"), ("answer", "evidence"), rows)


def set_works(store: Store, works: Iterable[tuple[str, int, str, str, str | None]]) -> None:
    """Store the works that the published review includes: id, position, title, the record for it, matched by what."""
    store.replace("works", ("work",), ("position", "title", "record", "matched_by"), works)


def related_records(store: Store) -> list[tuple[str, RelationKind, str]]:
    """Every relation that was found or stated: the record, what it is, and to which."""
    rows = store.tuples("SELECT record, kind, target FROM relations ORDER BY record, kind, target")
    return [(record, RelationKind(kind), target) for record, kind, target in rows]


def asked_pairs(store: Store) -> list[tuple[str, str, str]]:
    """The pairs of records that wait for a person, by their keys, and why in words."""
    sql = "SELECT record_a, record_b, words FROM pairs WHERE outcome = 'ask' ORDER BY record_a, record_b"
    return [(one, two, words) for one, two, words in store.tuples(sql)]


def listed_pairs(store: Store) -> list[dict[str, Any]]:
    """Every stored pair with its titles: open questions, joined ones, and those that a rule keeps apart."""
    return store.rows(
        "SELECT pairs.outcome, pairs.record_a, pairs.record_b, round(pairs.score, 4) AS score, pairs.rule, "
        "pairs.words, pairs.relation, a.title AS title_a, b.title AS title_b FROM pairs "
        "JOIN records AS a ON a.record = record_a JOIN records AS b ON b.record = record_b "
        "ORDER BY CASE outcome WHEN 'ask' THEN 0 WHEN 'same' THEN 1 ELSE 2 END, score DESC, record_a, record_b"
    )


def stored_works(store: Store) -> dict[str, tuple[str, str | None]]:
    """By work that the published review includes: the record that stands for it, and by what it was recognised;
    `None` where only the published list has it.
    """
    return {
        work: (record, by)
        for work, record, by in store.tuples("SELECT work, record, matched_by FROM works")
    }


def checks_by_record(store: Store) -> dict[str, list[Check]]:
    """What a machine found, by record, in the order of the protocol's criteria."""
    found: dict[str, list[Check]] = {}
    for row in store.rows(
        "SELECT checks.* FROM checks JOIN criteria USING (criterion) ORDER BY position"
    ):
        answer = Answer(row["answer"])
        check = Check(
            record=row["record"],
            criterion=row["criterion"],
            answer=answer,
            evidence=row["evidence"],
        )
        found.setdefault(check.record, []).append(check)
    return found
