"""The protocol's criteria, and what a machine found on each for each record.

Derived: written anew each time, row by row only where something changed.
"""

from collections.abc import Iterable

from reviewkit.model.records import Answer, Check
from reviewkit.protocol.eligibility import automatic_criteria
from reviewkit.protocol.model import Protocol
from reviewkit.store.database import Row, Store

_COLUMNS = "checks.record, checks.criterion, checks.answer, checks.evidence"


def set_criteria(store: Store, protocol: Protocol) -> None:
    """Store the protocol's criteria, so that the database itself shows what a check was about."""
    removing = {criterion.id for criterion in automatic_criteria(protocol)}
    rows = [
        (c.id, position, c.kind, c.wording, c.check.by, int(c.id in removing))
        for position, c in enumerate(protocol.criteria)
    ]
    values = ("position", "kind", "wording", "checked_by", "removes")
    store.replace("criteria", ("criterion",), values, rows)


def set_checks(store: Store, checks: Iterable[Check]) -> None:
    """Store what a machine found on each criterion of each record."""
    rows = [(c.record, c.criterion, c.answer, c.evidence) for c in checks]
    store.replace("checks", ("record", "criterion"), ("answer", "evidence"), rows)


def checks_by_record(store: Store) -> dict[str, list[Check]]:
    """Return what a machine found, by record, in the order of the protocol's criteria."""
    checks: dict[str, list[Check]] = {}
    sql = f"SELECT {_COLUMNS} FROM checks JOIN criteria USING (criterion) ORDER BY position"

    for row in store.rows(sql):
        checks.setdefault(row[0], []).append(_check(row))
    return checks


def checks_of(store: Store, record: str) -> dict[str, Check]:
    """Return what a machine found on one record, by criterion."""
    rows = store.rows(f"SELECT {_COLUMNS} FROM checks WHERE record = ?", [record])
    checks = map(_check, rows)
    return {check.criterion: check for check in checks}


def _check(row: Row) -> Check:
    record, criterion, answer, evidence = row
    return Check(record=record, criterion=criterion, answer=Answer(answer), evidence=evidence)
