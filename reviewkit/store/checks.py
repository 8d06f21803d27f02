"""The protocol's criteria and what a machine found on each for each record. Derived: written anew each time."""

from collections.abc import Iterable

from reviewkit.model.records import Answer, Check
from reviewkit.protocol.eligibility import automatic_criteria
from reviewkit.protocol.model import Protocol
from reviewkit.store.database import Store


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


def checks_of(store: Store, record: str) -> dict[str, Check]:
    """What the machine found on a record, by criterion."""
    rows = store.rows(
        "SELECT record, criterion, answer, evidence FROM checks WHERE record = ?", [record]
    )
    return {row["criterion"]: Check(**{**row, "answer": Answer(row["answer"])}) for row in rows}
