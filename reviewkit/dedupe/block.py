"""Choose the pairs worth comparing: records that share a key.

Their number grows with the records, not with their square. A crowded key is not dropped: its
records are sorted by title, authors and place, and each is paired with its neighbours.
"""

from array import array
from collections.abc import Iterable, Iterator
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from reviewkit.dedupe.normalise.title import content
from reviewkit.dedupe.prepare import Ints, Prepared

# A key shared by more records than this says little: each record is then paired only with its next
# NEIGHBOURS.
CROWD = 24
NEIGHBOURS = 6
_HEAD = 36
# Pairs to collect before repeated ones are dropped.
_MAX_COLLECTED = 20_000_000
_RARE_WORDS = 4
# Words are a key where chance alone brings them together in so many titles at most. It is reckoned
# for a review of this size at least: in a smaller one, pairs cost little.
_BY_CHANCE = 0.01
_LARGE = 1_000_000

Pairs = tuple[Ints, Ints]


def candidate_pairs(prepared: Prepared) -> Pairs:
    """Return two arrays of positions, first < second: each pair once, sorted."""
    size = len(prepared)
    if size < 2:
        return np.empty(0, np.int64), np.empty(0, np.int64)

    rank = _ranks(prepared)
    collected: list[Ints] = []
    for keys, members in _keyed(prepared):
        collected.append(_within_blocks(keys, members, rank, size))
        if sum(map(len, collected)) > _MAX_COLLECTED:
            collected = [_distinct(collected)]

    pairs = _distinct(collected)
    return pairs // size, pairs % size


def _distinct(parts: list[Ints]) -> Ints:
    """Return all numbers once, sorted."""
    numbers = np.sort(np.concatenate(parts))
    if not len(numbers):
        return numbers
    return numbers[np.r_[True, numbers[1:] != numbers[:-1]]]


def _ranks(prepared: Prepared) -> Ints:
    """Return the rank of each record when all are sorted by title, authors, year and place."""
    ints = prepared.ints
    ordered = sorted(
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
    rank[ordered] = np.arange(len(prepared))
    return rank


def _within_blocks(keys: Ints, members: Ints, rank: Ints, size: int) -> Ints:
    """Return the pairs of members that share a key, each as `first * size + second`."""
    order = np.lexsort((rank[members], keys))
    keys, members = keys[order], members[order]
    starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
    lengths = np.diff(np.r_[starts, len(keys)])
    reach = np.repeat(np.where(lengths > CROWD, NEIGHBOURS, CROWD), lengths)

    # Pair each member with the next, then with the one after it, as far as its key reaches.
    active = np.repeat(lengths > 1, lengths).nonzero()[0]
    chunks: list[NDArray[np.int64]] = [np.empty(0, np.int64)]
    step = 1
    while len(active):
        active = active[(active + step < len(keys)) & (reach[active] >= step)]
        active = active[keys[active] == keys[active + step]]
        one, two = members[active], members[active + step]
        chunks.append(np.minimum(one, two) * size + np.maximum(one, two))
        step += 1

    merged = np.concatenate(chunks)
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
    """Make one key of several columns, for the records that have all of them."""
    known = np.logical_and.reduce([column != 0 for column in columns])
    members = np.flatnonzero(known)

    mixed = np.zeros(len(members), np.uint64)
    for column in columns:
        mixed = (mixed ^ column[members].astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return mixed.astype(np.int64), members


def _rare_words(prepared: Prepared) -> Iterator[tuple[Ints, Ints]]:
    """Yield keys of the rarest words of each title; a word must be in two titles or more.

    Two words are a key. Where chance alone brings them into many titles, they are one together with
    the first author or a third word: otherwise the keys would crowd as the records grow.
    """
    rare, often = _rarest(prepared.titles)
    authors, size = _codes(prepared.first_family), max(len(prepared), _LARGE)

    def are_common(*words: Ints) -> NDArray[np.bool_]:
        shares = [often[word] / size for word in words]
        return np.asarray(size * np.prod(shares, axis=0) > _BY_CHANCE)

    yield _together(
        _joined(one, two, np.where(are_common(one, two), authors, 1))
        for one, two in combinations(rare.T, 2)
    )
    yield _together(
        _joined(
            one,
            np.where(are_common(one, two), two, 0),
            np.where(are_common(one, two, three), 0, three),
        )
        for one, two, three in combinations(rare.T, 3)
    )


def _together(parts: Iterable[tuple[Ints, Ints]]) -> tuple[Ints, Ints]:
    """Return keys of several columns as one: a word may be in another place in each title."""
    keys, members = zip(*parts, strict=True)
    return np.concatenate(keys), np.concatenate(members)


def _rarest(titles: list[str]) -> tuple[Ints, Ints]:
    """Return each title's rarest words, as places in the order of rarity, and how many titles have
    the word of each place. The place 0 is no word.
    """
    code_of: dict[str, int] = {}
    codes, sizes = array("q"), array("q")
    for title in titles:
        words = {*content(tuple(title.split()))}
        codes.extend(code_of.setdefault(word, len(code_of)) for word in words)
        sizes.append(len(words))
    counts = np.bincount(codes, minlength=len(code_of))

    rarest_first = sorted(code_of, key=lambda word: (counts[code_of[word]], word))
    ordered = np.array([code_of[word] for word in rarest_first], np.int64)
    place_of = np.empty(len(ordered), np.int64)
    place_of[ordered] = np.arange(1, len(ordered) + 1)
    place_of[counts < 2] = 0

    rows, places = np.repeat(np.arange(len(titles)), sizes), place_of[codes]
    rows, places = rows[places > 0], places[places > 0]
    by_title = np.lexsort((places, rows))
    rows, places = rows[by_title], places[by_title]
    column = np.arange(len(rows)) - np.searchsorted(rows, rows)
    first = column < _RARE_WORDS

    rare = np.zeros((len(titles), _RARE_WORDS), np.int64)
    rare[rows[first], column[first]] = places[first]
    return rare, np.r_[0, counts[ordered]]


def _parallel(prepared: Prepared) -> tuple[Ints, Ints]:
    """Return the keys of all titles and of all parallel titles."""
    squashed = _codes(["".join(title.split())[:_HEAD] for title in prepared.titles])
    places = sorted(prepared.parallel)
    second = _codes(["".join(prepared.parallel[i].split())[:_HEAD] for i in places])
    keys = np.concatenate([squashed, second])
    members = np.concatenate([np.arange(len(prepared)), np.array(places, np.int64)])
    known = keys != 0
    return keys[known], members[known]
