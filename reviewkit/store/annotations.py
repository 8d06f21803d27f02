"""Notes, tags, retrievals and highlight terms of reviewers."""

from reviewkit.screening.models import Retrieval, RetrievalOutcome, Term, TermKind
from reviewkit.store.database import Store


def note_of(store: Store, record: str, reviewer: str) -> str | None:
    """Return a reviewer's note on a record, `None` where there is none."""
    text: str | None = store.value(
        "SELECT text FROM current_notes WHERE record = ? AND reviewer = ?", [record, reviewer]
    )
    return text


def notes_on(store: Store, record: str) -> tuple[tuple[str, str], ...]:
    """Return every reviewer's note on a record: name and text, by name."""
    rows = store.rows(
        "SELECT reviewer, text FROM current_notes WHERE record = ? ORDER BY reviewer", [record]
    )
    return tuple((reviewer, text) for reviewer, text in rows)


def tags_of(store: Store, record: str, reviewer: str) -> tuple[str, ...]:
    """Return a reviewer's tags on a record, in order."""
    rows = store.rows(
        "SELECT tag FROM current_tags WHERE record = ? AND reviewer = ? ORDER BY tag",
        [record, reviewer],
    )
    return tuple(tag for (tag,) in rows)


def tags_by_record(store: Store) -> dict[str, tuple[str, ...]]:
    """Return the tags that any reviewer has put on each record, in order."""
    rows = store.rows("SELECT DISTINCT record, tag FROM current_tags ORDER BY record, tag")
    found: dict[str, tuple[str, ...]] = {}
    for record, tag in rows:
        found[record] = (*found.get(record, ()), tag)

    return found


def used_tags(store: Store, reviewer: str) -> tuple[str, ...]:
    """Return every tag that a reviewer uses, in order."""
    rows = store.rows(
        "SELECT DISTINCT tag FROM current_tags WHERE reviewer = ? ORDER BY tag", [reviewer]
    )
    return tuple(tag for (tag,) in rows)


def records_tagged(store: Store, tag: str) -> frozenset[str]:
    """Return the records that any reviewer has put a tag on."""
    rows = store.rows("SELECT record FROM current_tags WHERE tag = ?", [tag])
    return frozenset(record for (record,) in rows)


def retrieval_of(store: Store, record: str) -> Retrieval | None:
    """Return what came of seeking a report, `None` where nobody has sought it."""
    row = store.first(
        "SELECT reviewer, outcome, detail, told_at FROM current_retrievals WHERE record = ?",
        [record],
    )
    if row is None:
        return None

    reviewer, outcome, detail, at = row
    return Retrieval(
        record=record,
        reviewer=reviewer,
        outcome=RetrievalOutcome(outcome),
        detail=detail,
        at=at,
    )


def terms_of(store: Store, reviewer: str) -> tuple[Term, ...]:
    """Return a reviewer's own highlight terms, in the order in which they were added."""
    rows = store.rows(
        "SELECT text, kind, pattern FROM reviewer_terms WHERE reviewer = ? ORDER BY rowid",
        [reviewer],
    )
    return tuple(
        Term(text=text, kind=TermKind(kind), pattern=bool(pattern)) for text, kind, pattern in rows
    )


def add_term(store: Store, reviewer: str, term: Term) -> None:
    """Store a highlight term in place of the reviewer's earlier one of the same text."""
    store.write(
        "INSERT OR REPLACE INTO reviewer_terms (reviewer, text, kind, pattern) VALUES (?, ?, ?, ?)",
        [(reviewer, term.text, term.kind, int(term.pattern))],
    )


def remove_term(store: Store, reviewer: str, text: str) -> None:
    """Remove a reviewer's highlight term."""
    store.write("DELETE FROM reviewer_terms WHERE reviewer = ? AND text = ?", [(reviewer, text)])
