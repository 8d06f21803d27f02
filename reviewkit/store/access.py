"""What services answered on the access to reports.

Appended; the latest answer of each service is current.
"""

from reviewkit.store.database import Store, insert_into
from reviewkit.updates.access import Access, AccessAnswer

_COLUMNS = (
    "record",
    "service",
    "checked_at",
    "status",
    "until",
    "licence",
    "pdf",
    "evidence",
    "failed",
)


def add_answer(store: Store, record: str, answer: AccessAnswer) -> None:
    """Append an answer inside the open transaction."""
    values = (
        record,
        answer.service,
        answer.checked_at,
        answer.status,
        answer.until,
        answer.licence,
        answer.pdf,
        answer.evidence,
        int(answer.failed),
    )
    store.insert(insert_into("access_answers", _COLUMNS), values)


def answers(store: Store) -> dict[str, list[AccessAnswer]]:
    """Return by record the latest answer of each service, by the service's name."""
    by_record: dict[str, list[AccessAnswer]] = {}
    sql = f"SELECT {', '.join(_COLUMNS)} FROM current_access ORDER BY record, service"

    for record, service, checked_at, status, until, licence, pdf, evidence, failed in store.rows(
        sql
    ):
        answer = AccessAnswer(
            service=service,
            status=Access(status),
            evidence=evidence,
            checked_at=checked_at,
            until=until,
            licence=licence,
            pdf=pdf,
            failed=bool(failed),
        )
        by_record.setdefault(record, []).append(answer)
    return by_record
