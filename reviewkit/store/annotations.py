"""Notes, tags, retrievals and highlight terms of reviewers."""

from reviewkit.screening.models import Retrieval, RetrievalOutcome, Term, TermKind
from reviewkit.store.database import Store


def note_of(store: Store, record: str, reviewer: str) -> str | None:
    rows = store.rows(
        "SELECT text FROM current_notes WHERE record = ? AND reviewer = ?", [record, reviewer]
    )
    return rows[0]["text"] if rows else None


def notes_on(store: Store, record: str) -> tuple[tuple[str, str], ...]:
    """Every reviewer's note on a record, by name."""
    rows = store.rows(
        "SELECT reviewer, text FROM current_notes WHERE record = ? ORDER BY reviewer", [record]
    )
    return tuple((row["reviewer"], row["text"]) for row in rows)


def tags_of(store: Store, record: str, reviewer: str) -> tuple[str, ...]:
    rows = store.rows(
        "SELECT tag FROM current_tags WHERE record = ? AND reviewer = ? ORDER BY tag",
        [record, reviewer],
    )
    return tuple(row["tag"] for row in rows)


def used_tags(store: Store, reviewer: str) -> tuple[str, ...]:
    rows = store.rows(
        "SELECT DISTINCT tag FROM current_tags WHERE reviewer = ? ORDER BY tag", [reviewer]
    )
    return tuple(row["tag"] for row in rows)


def records_tagged(store: Store, tag: str) -> frozenset[str]:
    """The records that any reviewer has put a tag on."""
    return frozenset(
        record for (record,) in store.tuples("SELECT record FROM current_tags WHERE tag = ?", [tag])
    )


def retrieval_of(store: Store, record: str) -> Retrieval | None:
    rows = store.rows(
        "SELECT record, reviewer, outcome, detail, told_at AS at FROM current_retrievals WHERE record = ?",
        [record],
    )
    return (
        Retrieval(**{**rows[0], "outcome": RetrievalOutcome(rows[0]["outcome"])}) if rows else None
    )


def terms_of(store: Store, reviewer: str) -> tuple[Term, ...]:
    rows = store.rows(
        "SELECT text, kind, pattern FROM reviewer_terms WHERE reviewer = ? ORDER BY rowid",
        [reviewer],
    )
    return tuple(
        Term(text=row["text"], kind=TermKind(row["kind"]), pattern=bool(row["pattern"]))
        for row in rows
    )


def add_term(store: Store, reviewer: str, term: Term) -> None:
    values = (reviewer, term.text, term.kind, int(term.pattern))
    store.write("INSERT OR REPLACE INTO reviewer_terms VALUES (?, ?, ?, ?)", [values])


def remove_term(store: Store, reviewer: str, text: str) -> None:
    store.write("DELETE FROM reviewer_terms WHERE reviewer = ? AND text = ?", [(reviewer, text)])
