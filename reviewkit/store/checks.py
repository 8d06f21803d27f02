"""The protocol's criteria, and what a machine found on each for each record.

Derived: written anew each time, row by row only where something changed.
"""

from collections.abc import Iterable

from reviewkit.model.records import Answer, Check
from reviewkit.protocol.eligibility import automatic_criteria
from reviewkit.protocol.model import Protocol
from reviewkit.store.database import Row, Store
from reviewkit.store.given_tables import GivenTable

_COLUMNS = "checks.record, checks.criterion, checks.answer, checks.evidence"


_CRITERIA = ("criterion", "position", "kind", "wording", "checked_by", "removes")
_CHECKS = ("record", "criterion", "answer", "evidence")


def set_checks(store: Store, protocol: Protocol, checks: Iterable[Check]) -> None:
    """Store the protocol's criteria, and what a machine found on each criterion of each record.

    The database itself then shows what a check was about.
    """
    rows = _check_rows(checks)
    store.replace("main.criteria", _CRITERIA[:1], _CRITERIA[1:], _criterion_rows(protocol))
    store.replace("main.checks", _CHECKS[:2], _CHECKS[2:], rows)


def use_checks(store: Store, protocol: Protocol, checks: Iterable[Check]) -> None:
    """Let this connection count with these criteria and checks. Nothing is stored."""
    store.use_tables(
        GivenTable(name="criteria", columns=_CRITERIA, rows=_criterion_rows(protocol)),
        GivenTable(name="checks", columns=_CHECKS, rows=_check_rows(checks)),
    )


def has_criteria_of(store: Store, protocol: Protocol) -> bool:
    """Return whether the stored criteria are the protocol's, as far as they are stored."""
    stored = store.rows(f"SELECT {', '.join(_CRITERIA)} FROM main.criteria ORDER BY position")
    return stored == _criterion_rows(protocol)


def _criterion_rows(protocol: Protocol) -> list[Row]:
    removing = {criterion.id for criterion in automatic_criteria(protocol)}
    return [
        (c.id, position, c.kind, c.wording, c.check.by, int(c.id in removing))
        for position, c in enumerate(protocol.criteria)
    ]


def _check_rows(checks: Iterable[Check]) -> list[Row]:
    return [(c.record, c.criterion, c.answer, c.evidence) for c in checks]


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
