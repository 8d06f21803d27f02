"""Pairs of two records whose likenesses are given, for the tests of the rules that judge them."""

import numpy as np

from reviewkit.dedupe.compare import Likeness
from reviewkit.dedupe.prepare import Prepared, prepare
from tests.helpers.duplicates import record

# What two records of one title have in common where nothing else is known of them.
TITLE_ALONE = {"title": 1.0, "swapped": 0.0, "added": 0.0, "opposed": 0.0, "numbers": 1.0}
_NAMES = (
    "abstract", "added", "authors", "authors_all", "beginning", "cochrane", "cochrane_version",
    "doi", "first_author", "first_page", "initial", "issue", "journal", "last_page",
    "letter_number", "numbers", "opposed", "pmid", "registration", "swapped", "telling", "title",
    "title_part", "volume", "year_gap",
)  # fmt: skip


def likeness(*rows: dict[str, float]) -> Likeness:
    """One pair per row, all of the same two records; what a row does not name is not known."""
    count = len(rows)
    values = {
        name: np.array([{**TITLE_ALONE, "telling": 9.0, **row}.get(name, np.nan) for row in rows])
        for name in _NAMES
    }
    assert all(row.keys() <= values.keys() for row in rows)
    return Likeness(first=np.zeros(count, np.int64), second=np.ones(count, np.int64), values=values)


def two_records(one: int = 0, two: int = 0) -> Prepared:
    """Two records of these kinds (of `PublicationKind`); nothing else matters."""
    prepared = prepare([record("a"), record("b")])
    prepared.ints["kind"] = np.array([one, two])
    return prepared
