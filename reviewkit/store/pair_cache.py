"""The memory of pairs that were compared. It is derived: lost or out of date, it only costs comparing once more.

Rows of a record whose content changes are dropped by a trigger of the file itself.
"""

import json

from reviewkit.dedupe.pair_cache import Compared, JudgedPair
from reviewkit.model.records import RelationKind
from reviewkit.store.database import Store, to_json

_VALUES = ("code", "score", "rule", "likeness", "relation", "turned")


def read_compared(store: Store, rules: str) -> Compared:
    """What was said of the pairs compared under these rules, named by their SHA-256; empty under any other."""
    if not store.rows("SELECT 1 FROM compared_under WHERE rules_sha256 = ?", [rules]):
        return {}
    columns = ", ".join(("record_a", "record_b", "closely", *_VALUES))
    return {
        (one, two, bool(closely)): None
        if code is None
        else JudgedPair(
            code,
            score,
            rule,
            tuple(json.loads(likeness)),
            RelationKind(relation) if relation else None,
            bool(turned),
        )
        for one, two, closely, code, score, rule, likeness, relation, turned in store.tuples(
            f"SELECT {columns} FROM compared_pairs"
        )
    }


def set_compared(store: Store, compared: Compared, rules: str) -> None:
    """Remember what was said of each pair under these rules, inside the transaction that is open."""
    store.replace("compared_under", ("rules_sha256",), (), [(rules,)])
    rows = (
        (one, two, int(closely), *_row(verdict))
        for (one, two, closely), verdict in compared.items()
    )
    store.replace("compared_pairs", ("record_a", "record_b", "closely"), _VALUES, rows)


def _row(verdict: JudgedPair | None) -> tuple[object, ...]:
    if verdict is None:
        return (None,) * len(_VALUES)
    likeness = to_json(verdict.likeness)
    return (
        verdict.code,
        verdict.score,
        verdict.rule,
        likeness,
        verdict.relation,
        int(verdict.turned),
    )
