"""The file of vectors: never damaged, never of other texts."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from reviewkit.ranking import rank
from reviewkit.workflow.ranking.vector_cache import (
    make_vectors,
    read_vectors,
    write_vectors,
)
from tests.helpers.screening_review import (
    make_records,
)

RECORDS = make_records(60)
TEXTS = ("guts and nerves",)


def test_a_damaged_file_of_words_is_not_used(tmp_path: Path) -> None:
    path, made = tmp_path / "review.db.words", make_vectors(RECORDS, TEXTS)
    write_vectors(path, made, TEXTS)
    cached = read_vectors(path, TEXTS)
    assert cached is not None
    assert cached.digest == made.digest
    assert rank(cached.vectors, {}, seed=1).keys() == rank(made.vectors, {}, seed=1).keys()
    assert cached.vectors.name(0) == made.vectors.name(0)
    assert read_vectors(path, ("another protocol",)) is None
    whole = path.read_bytes()
    for place in range(0, len(whole), max(1, len(whole) // 50)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert read_vectors(path, TEXTS) is None
        path.write_bytes(whole[:place])
        assert read_vectors(path, TEXTS) is None
    path.unlink()
    assert read_vectors(path, TEXTS) is None


def test_the_digest_heeds_every_text_that_is_read() -> None:
    changed = [replace(RECORDS[1], **change) for change in _changes()]
    digests = {make_vectors([record, *RECORDS[2:]], ()).digest for record in changed}
    assert len(digests) == len(_changes())


def _changes() -> list[dict[str, Any]]:
    return [
        {},
        {"title": None},
        {"title": "other"},
        {"original_title": "other"},
        {"abstract": "other"},
        {"keywords": ("other",)},
        {"headings": ("other",)},
    ]
