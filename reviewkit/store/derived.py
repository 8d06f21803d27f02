"""What is derived from the records: written anew each time, row by row only where it changed."""

from collections.abc import Iterable, Mapping

from typing import Any as Pair
from reviewkit.eligibility import automatic_criteria
from reviewkit.protocol import Protocol
from reviewkit.records import Check
from reviewkit.store.database import Store, to_json


def set_pairs(store: Store, pairs: Iterable[Pair]) -> None:
    rows = [
        (p.record_a, p.record_b, p.outcome, p.score, p.rule, to_json(dict(sorted(p.similarities.items()))))
        for p in pairs
    ]
    store.replace("pairs", ("record_a", "record_b"), ("outcome", "score", "rule", "similarities"), rows)


def set_duplicates(store: Store, leads: Mapping[str, str]) -> None:
    """`leads` gives, for each duplicate, the copy that stands for it."""
    store.replace("duplicates", ("record",), ("lead",), sorted(leads.items()))


def set_criteria(store: Store, protocol: Protocol) -> None:
    removing = {criterion.id for criterion in automatic_criteria(protocol)}
    rows = [
        (c.id, position, c.kind, c.wording, c.check.by, int(c.id in removing))
        for position, c in enumerate(protocol.criteria)
    ]
    store.replace("criteria", ("criterion",), ("position", "kind", "wording", "checked_by", "removes"), rows)


def set_checks(store: Store, checks: Iterable[Check]) -> None:
    rows = [(c.record, c.criterion, c.answer, c.evidence) for c in checks]
    store.replace("checks", ("record", "criterion"), ("answer", "evidence"), rows)


def set_works(store: Store, works: Iterable[tuple[str, int, str, str | None, str | None]]) -> None:
    """The works that the published review includes: id, position, title, the record for it, matched by what."""
    store.replace("works", ("work",), ("position", "title", "record", "matched_by"), list(works))
