"""Which pairs are compared."""

import random

import pytest

from reviewkit.dedupe.block import candidate_pairs
from reviewkit.dedupe.prepare import prepare
from reviewkit.model.records import Record


@pytest.mark.slow
def test_candidates_grow_with_the_records_not_their_square() -> None:
    def count(size: int) -> int:
        same = [
            Record(source="t", source_id=str(p), title="Early treatment of sepsis in children")
            for p in range(size)
        ]
        return len(candidate_pairs(prepare(same))[0])

    assert count(4000) < 4.4 * count(1000)


def made(source_id: str, title: str, author: str | None = None) -> Record:
    authors = (author,) if author else ()
    return Record(source="t", source_id=source_id, title=title, authors=authors)


def common_titles(size: int) -> list[Record]:
    """Titles of eight of 400 words: the more there are, the more have two rare words in common."""
    words = [f"word{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(400)]
    chance = random.Random(5)
    return [made(f"{n}", " ".join(chance.sample(words, 8))) for n in range(size)]


@pytest.mark.slow
def test_words_that_many_titles_have_do_not_crowd_the_candidates() -> None:
    """Nothing but chance makes these pairs: four times the records, hardly more for each."""
    few, many = (len(candidate_pairs(prepare(common_titles(n)))[0]) / n for n in (2000, 8000))
    assert many < 2 * few


@pytest.mark.slow
def test_a_misprint_among_common_words_is_still_compared() -> None:
    copies = [
        # Two words are left: the first author is the third.
        made("one", "wordaa worday wordab", "Silva, A"),
        made("one-copy", "wordab wordaa wrday", "Silva, A"),
        # Three words are left, and nobody knows the authors.
        made("two", "wordba wordbb wordbc wordbd"),
        made("two-copy", "wordbb wordbc wordbd wrdba"),
    ]
    prepared = prepare([*common_titles(8000), *copies])
    first, second = candidate_pairs(prepared)
    pairs = {(prepared.keys[a], prepared.keys[b]) for a, b in zip(first, second, strict=True)}
    assert {("t:one", "t:one-copy"), ("t:two", "t:two-copy")} <= pairs
