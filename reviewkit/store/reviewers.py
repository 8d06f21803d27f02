"""Reviewers: who is known in a review, and what each is called."""

from collections.abc import Iterable
from dataclasses import dataclass

from reviewkit.store.database import Store
from reviewkit.store.events import DECISION, KINDS, RENAMING, append

# Where else a person is named, by table: these events are not exchanged between machines.
_OTHER_NAMES = {
    "assignments": "reviewer",
    "reviewers": "reviewer",
    "withdrawals": "reviewer",
    "source_renamings": "reviewer",
    "amendments": "reviewer",
    "batches": "reviewer",
}
# Whoever took a search out, or renamed a source, has said nothing of a record.
_OF_SEARCHES = frozenset({"withdrawals", "source_renamings"})
# The names of a column that an index begins with, each found by one step in the index.
_BY_INDEX = (
    "SELECT name FROM (WITH RECURSIVE names(name) AS (SELECT min({0}) FROM {1} UNION ALL "
    "SELECT (SELECT min({0}) FROM {1} WHERE {0} > name) FROM names WHERE name IS NOT NULL) "
    "SELECT name FROM names WHERE name IS NOT NULL)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Renaming:
    """A reviewer is called `new` from now on.

    `prefer` is the name whose decisions count where both have decided on the same record.
    """

    old: str
    new: str
    prefer: str | None
    renamed_by: str
    renamed_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewerDecision:
    """The current decision of one name on one record at one stage."""

    record: str
    stage: str
    verdict: str
    reason: str | None
    note: str | None


def stored_names(store: Store, *, of_records: bool = False) -> frozenset[str]:
    """Return every name in which anything was stored, old names too.

    With `of_records` not those in which only searches were taken out or sources renamed.
    """
    columns = {kind.table: kind.who for kind in KINDS.values()} | _OTHER_NAMES
    if of_records:
        columns = {table: who for table, who in columns.items() if table not in _OF_SEARCHES}
    decisions = columns.pop(DECISION.table)
    parts = [f"SELECT {column} FROM {table}" for table, column in columns.items()]
    rows = store.rows(" UNION ".join([*parts, _BY_INDEX.format(decisions, DECISION.table)]))
    return frozenset(name for (name,) in rows)


def known_reviewers(store: Store, *, of_records: bool = False) -> tuple[str, ...]:
    """Return the reviewers who are known, each by the name that counts, in order.

    The published review's name is none of them. `of_records` as in `stored_names`.
    """
    aliases = former_names(store)
    published = {name for (name,) in store.rows("SELECT reviewer FROM published_reviewers")}
    names = {aliases.get(name, name) for name in stored_names(store, of_records=of_records)}
    return tuple(sorted(names - published))


def former_names(store: Store) -> dict[str, str]:
    """Return by every name that no longer counts the one that does."""
    return dict(store.rows("SELECT old, new FROM reviewer_aliases ORDER BY old"))


def has_decided(store: Store, name: str) -> bool:
    """Return whether any decision was ever made in a name, or in one that it had before."""
    row = store.first(
        "SELECT 1 FROM decisions WHERE reviewer = ? "
        "OR reviewer IN (SELECT old FROM reviewer_aliases WHERE new = ?) LIMIT 1",
        [name, name],
    )
    return row is not None


def decisions_by_name(store: Store, name: str) -> dict[tuple[str, str], ReviewerDecision]:
    """Return the current decisions of a name that counts, by record and stage."""
    rows = store.rows(
        "SELECT record, stage, verdict, reason, note FROM current_decisions "
        "WHERE reviewer = ? ORDER BY record, stage",
        [name],
    )
    return {
        (record, stage): ReviewerDecision(
            record=record, stage=stage, verdict=verdict, reason=reason, note=note
        )
        for record, stage, verdict, reason, note in rows
    }


def decision_counts(store: Store) -> dict[str, int]:
    """Return by reviewer how many decisions count now."""
    rows = store.rows("SELECT reviewer, count(*) FROM current_decisions GROUP BY reviewer")
    return dict(rows)


def add_renaming(store: Store, renaming: Renaming, *, protocol: str) -> None:
    """Append a renaming inside the open transaction. Stored events keep the name they have."""
    values = {
        "old": renaming.old,
        "new": renaming.new,
        "prefer": renaming.prefer,
        "renamed_by": renaming.renamed_by,
        "renamed_at": renaming.renamed_at,
    }
    append(store, RENAMING, values, protocol=protocol)
    rebuild_aliases(store)


def rebuild_aliases(store: Store) -> None:
    """Store which name counts for each old one, from all renamings in their order."""
    rows = store.rows("SELECT old, new FROM reviewer_renamings ORDER BY step, sha256")
    store.replace("reviewer_aliases", ("old",), ("new",), _resolve(rows).items())


def _resolve(renamings: Iterable[tuple[str, ...]]) -> dict[str, str]:
    """Return the name that counts by old name.

    A later renaming takes along who was renamed to its old name before. The new name counts again,
    even where it was an old one.
    """
    aliases: dict[str, str] = {}
    for old, new in renamings:
        for name, target in aliases.items():
            if target == old:
                aliases[name] = new
        aliases[old] = new
        aliases.pop(new, None)
    return aliases


def move_terms(store: Store, old: str, new: str) -> None:
    """Give a reviewer's highlight terms to another name, which keeps its own."""
    store.write("UPDATE OR IGNORE reviewer_terms SET reviewer = ? WHERE reviewer = ?", [(new, old)])
