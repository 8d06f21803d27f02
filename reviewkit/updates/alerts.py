"""What a record says of itself that a review must know: retractions, errata, withdrawals. Pure."""

import re
from collections.abc import Iterator
from enum import StrEnum

from reviewkit.model.records import Record, RelationKind


class Alert(StrEnum):
    """What may happen to an included or open record, the gravest first."""

    RETRACTED = "retracted"
    CONCERN = "expression of concern"
    WITHDRAWN = "withdrawn"
    DELETED = "merged or deleted"
    UNLISTED = "no longer listed by the search"
    ERRATUM = "erratum"
    UPDATED = "update or republication"
    PREPRINT = "preprint and article"
    REVISED = "revised"


_LINKS = {
    RelationKind.RETRACTED_BY: Alert.RETRACTED,
    RelationKind.HAS_CONCERN: Alert.CONCERN,
    RelationKind.HAS_ERRATUM: Alert.ERRATUM,
    RelationKind.HAS_UPDATE: Alert.UPDATED,
    RelationKind.PREPRINT_OF: Alert.PREPRINT,
    RelationKind.HAS_PREPRINT: Alert.PREPRINT,
}
_TYPES = {"retracted publication": Alert.RETRACTED, "expression of concern": Alert.CONCERN}
_WITHDRAWN = re.compile(r"^\W*withdrawn\b", re.IGNORECASE)
_RETRACTED = re.compile(r"^\W*retracted\b", re.IGNORECASE)
_ORDER = tuple(Alert)


def alerts_in(before: Record | None, after: Record) -> tuple[tuple[Alert, str], ...]:
    """Return the alerts that the record has now and did not have before, the gravest first.

    Each has its evidence. Without an earlier record, all of them are new.
    """
    earlier = set(_alerts(before)) if before else set()
    new = dict.fromkeys(alert for alert in _alerts(after) if alert not in earlier)
    return tuple(sorted(new, key=lambda alert: _ORDER.index(alert[0])))


def _alerts(record: Record) -> Iterator[tuple[Alert, str]]:
    for kind in record.types:
        if kind.casefold() in _TYPES:
            yield _TYPES[kind.casefold()], f"type “{kind}”"

    for relation in record.relations:
        if relation.kind in _LINKS:
            yield _LINKS[relation.kind], f"{relation.kind.replace('_', ' ')} {relation.target}"

    title = record.title or ""
    if _WITHDRAWN.search(title):
        yield Alert.WITHDRAWN, "its title says so"
    if _RETRACTED.search(title):
        yield Alert.RETRACTED, "its title says so"
