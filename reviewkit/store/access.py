"""What services answered on the access to reports: appended, the latest answer of each service stands."""

from reviewkit.store.database import Store
from reviewkit.updates.access import Access, AccessAnswer

_FAILED = "failed: "


def add_answer(store: Store, record: str, answer: AccessAnswer) -> None:
    """Append an answer inside the transaction that is open."""
    evidence = f"{_FAILED}{answer.evidence}" if answer.failed else answer.evidence
    store.write(
        "INSERT INTO access_answers (record, service, checked_at, status, until, licence, pdf, evidence) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                record,
                answer.service,
                answer.checked_at,
                answer.status,
                answer.until,
                answer.licence,
                answer.pdf,
                evidence,
            )
        ],
    )


def answers(store: Store) -> dict[str, list[AccessAnswer]]:
    """By record the latest answer of each service."""
    rows = store.rows(
        "SELECT record, service, checked_at, status, until, licence, pdf, evidence FROM current_access "
        "ORDER BY record, service"
    )
    found: dict[str, list[AccessAnswer]] = {}
    for row in rows:
        evidence = row["evidence"]
        told = AccessAnswer(
            service=row["service"],
            status=Access(row["status"]),
            evidence=evidence.removeprefix(_FAILED),
            checked_at=row["checked_at"],
            until=row["until"],
            licence=row["licence"],
            pdf=row["pdf"],
            failed=evidence.startswith(_FAILED),
        )
        found.setdefault(row["record"], []).append(told)
    return found
