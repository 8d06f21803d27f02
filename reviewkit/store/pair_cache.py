"""The memory of compared pairs.

It is derived: lost or out of date, it only costs comparing once more.

A trigger of the file notes each record whose content changes: its pairs are passed over.
"""

import json
from array import array
from typing import Any

from reviewkit.dedupe.pair_cache import ComparedPairs, JudgedPair, pair_number
from reviewkit.model.records import RelationKind
from reviewkit.store.database import Store, to_json

_KEYS = ("record_a", "record_b", "closely")
_ORDER = ", ".join(_KEYS)
_VALUES = ("code", "score", "rule", "likeness", "relation", "turned")


def read_compared(store: Store, rules: str) -> ComparedPairs:
    """Return what was found on each pair compared under these rules; empty under any others.

    `rules` is the SHA-256 of the rules.
    """
    if not was_compared_under(store, rules):
        return ComparedPairs()

    keys = [key for (key,) in store.each("SELECT record FROM records ORDER BY record")]
    places = {key: place for place, key in enumerate(keys)}
    for (changed,) in store.rows("SELECT record FROM changed_records"):
        places.pop(changed, None)

    numbers = array("q")
    found: dict[int, JudgedPair] = {}

    rows = store.each(f"SELECT {', '.join(_KEYS + _VALUES)} FROM compared_pairs ORDER BY {_ORDER}")
    for one, two, closely, *values in rows:
        if one not in places or two not in places:
            continue

        number = pair_number(places[one], places[two], len(keys)) + closely
        numbers.append(number)
        if values[0] is not None:
            found[number] = _judged(values)

    return ComparedPairs(keys, numbers, found)


def was_compared_under(store: Store, rules: str) -> bool:
    """Return whether these rules, by their SHA-256, were the last to compare records."""
    return bool(store.first("SELECT 1 FROM compared_under WHERE rules_sha256 = ?", [rules]))


def was_compared(store: Store) -> bool:
    """Return whether records were ever compared with each other, under whichever rules."""
    return store.first("SELECT 1 FROM compared_under") is not None


def set_compared(store: Store, compared: ComparedPairs, rules: str) -> None:
    """Remember what was found on each pair under these rules, inside the open transaction."""
    store.replace("compared_under", ("rules_sha256",), (), [(rules,)])
    rows = (
        (record_a, record_b, int(closely), *_row(judged))
        for (record_a, record_b, closely), judged in compared.each()
    )
    store.replace("compared_pairs", _KEYS, _VALUES, rows, wanted=compared)
    store.replace("changed_records", ("record",), (), [])


def _judged(values: list[Any]) -> JudgedPair:
    code, score, rule, likeness, relation, turned = values
    kind = RelationKind(relation) if relation else None
    return JudgedPair(code, score, rule, tuple(json.loads(likeness)), kind, bool(turned))


def _row(judged: JudgedPair | None) -> tuple[object, ...]:
    if judged is None:
        return (None,) * len(_VALUES)

    likeness = to_json(judged.likeness)
    return judged.code, judged.score, judged.rule, likeness, judged.relation, int(judged.turned)
