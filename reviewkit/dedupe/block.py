"""Which pairs are worth comparing: records that share a key, in numbers that grow with the records, not their square.

A crowded key is not dropped: its records are lined up by title, authors and place, and each meets its neighbours.
"""

from collections import Counter
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from reviewkit.dedupe.normalise.title import content
from reviewkit.dedupe.prepare import Ints, Prepared

# A key shared by more records than this says little; within it each record meets only its next NEIGHBOURS.
CROWD = 24
NEIGHBOURS = 6
_HEAD = 36
# So many pairs are gathered before those that several keys found are told once.
_HELD = 20_000_000
_RARE_WORDS = 4

Pairs = tuple[Ints, Ints]


def candidate_pairs(prepared: Prepared) -> Pairs:
    """Two arrays of positions, first < second, each pair once, sorted; the same for any order of the input."""
    size = len(prepared)
    if size < 2:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    rank = _ranks(prepared)
    held: list[Ints] = []
    for keys, members in _keyed(prepared):
        held.append(_within_blocks(keys, members, rank, size))
        if sum(map(len, held)) > _HELD:
            held = [_distinct(held)]
    found = _distinct(held)
    return found // size, found % size


def _distinct(parts: list[Ints]) -> Ints:
    """All numbers once, sorted."""
    every = np.sort(np.concatenate(parts))
    return every[np.r_[True, every[1:] != every[:-1]]] if len(every) else every


def _ranks(prepared: Prepared) -> Ints:
    """Where each record stands when all are lined up by title, authors, year and place."""
    ints = prepared.ints
    lined = sorted(
        range(len(prepared)),
        key=lambda i: (
            prepared.titles[i],
            prepared.families[i],
            ints["year"][i],
            ints["volume_digits"][i],
            ints["page_digits"][i],
            prepared.keys[i],
        ),
    )
    rank = np.empty(len(prepared), np.int64)
    rank[lined] = np.arange(len(prepared))
    return rank


def _within_blocks(keys: Ints, members: Ints, rank: Ints, size: int) -> Ints:
    order = np.lexsort((rank[members], keys))
    keys, members = keys[order], members[order]
    starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
    lengths = np.diff(np.r_[starts, len(keys)])
    reach = np.repeat(np.where(lengths > CROWD, NEIGHBOURS, CROWD), lengths)
    alive = np.repeat(lengths > 1, lengths).nonzero()[0]
    chunks: list[NDArray[np.int64]] = []
    step = 1
    while len(alive):
        alive = alive[(alive + step < len(keys)) & (reach[alive] >= step)]
        alive = alive[keys[alive] == keys[alive + step]]
        one, two = members[alive], members[alive + step]
        chunks.append(np.minimum(one, two) * size + np.maximum(one, two))
        step += 1
    merged = np.concatenate(chunks) if chunks else np.empty(0, np.int64)
    apart = merged // size != merged % size
    return np.asarray(merged[apart], dtype=np.int64)


def _keyed(prepared: Prepared) -> Iterator[tuple[Ints, Ints]]:
    ints = prepared.ints
    for column in ("doi", "pmid", "title"):
        yield _known(ints[column])
    squashed = ["".join(title.split()) for title in prepared.titles]
    yield _texts([text[:_HEAD] for text in squashed])
    yield _texts([text[-_HEAD:] for text in squashed])
    yield _texts([head[:60] for head in prepared.abstracts])
    authors = _codes(prepared.first_family)
    pages, volumes = ints["page_digits"], ints["volume_digits"]
    yield _joined(authors, pages)
    yield _joined(volumes, pages, ints["last_page"] + 1)
    yield _joined(authors, ints["year"], volumes)
    several = np.where(ints["author_count"] > 2, _codes(prepared.families), 0)
    yield _known(several)
    yield from _rare_words(prepared)
    if prepared.parallel:
        yield _parallel(prepared)


def _known(column: Ints) -> tuple[Ints, Ints]:
    members = np.flatnonzero(column)
    return column[members], members


def _codes(texts: list[str]) -> Ints:
    return np.fromiter((hash(text) if text else 0 for text in texts), np.int64, len(texts))


def _texts(texts: list[str]) -> tuple[Ints, Ints]:
    return _known(_codes(texts))


def _joined(*columns: Ints) -> tuple[Ints, Ints]:
    """One key out of several columns, for the records that know them all."""
    known = np.logical_and.reduce([column != 0 for column in columns])
    members = np.flatnonzero(known)
    mixed = np.zeros(len(members), np.uint64)
    for column in columns:
        mixed = (mixed ^ column[members].astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return mixed.astype(np.int64), members


def _rare_words(prepared: Prepared) -> Iterator[tuple[Ints, Ints]]:
    """Pairs among the rarest words of each title; words that stand in one title only cannot bring two together."""
    counts: Counter[str] = Counter()
    split = [content(tuple(title.split())) for title in prepared.titles]
    for title in split:
        counts.update(set(title))
    place_of = {
        word: i + 1
        for i, word in enumerate(sorted(counts, key=lambda w: (counts[w], w)))
        if counts[word] > 1
    }
    rare = np.zeros((len(split), _RARE_WORDS), np.int64)
    for i, title in enumerate(split):
        places = sorted({place_of[word] for word in title if word in place_of})[:_RARE_WORDS]
        rare[i, : len(places)] = places
    for first in range(_RARE_WORDS):
        for second in range(first + 1, _RARE_WORDS):
            yield _joined(rare[:, first], rare[:, second])


def _parallel(prepared: Prepared) -> tuple[Ints, Ints]:
    """Titles beside the parallel titles of other records."""
    squashed = _codes(["".join(title.split())[:_HEAD] for title in prepared.titles])
    places = sorted(prepared.parallel)
    second = _codes(["".join(prepared.parallel[i].split())[:_HEAD] for i in places])
    keys = np.concatenate([squashed, second])
    members = np.concatenate([np.arange(len(prepared)), np.array(places, np.int64)])
    known = keys != 0
    return keys[known], members[known]
