"""What two near titles differ in: words exchanged, words added, spelling set aside."""

from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import OSA

from reviewkit.dedupe.normalise.title import content

_DENIALS = frozenset({"without", "not", "never", "neither", "nor", "except", "before", "after"})
_PREFIX_LIST = (
    "hyper hypo pre post peri intra inter extra micro macro anti pro non un in im ir de dis endo exo ecto sub super "
    "supra infra mono poly multi uni bi tri iso homo hetero brady tachy ante retro out fe over under up down mid an ex"
)
_PREFIXES = tuple(_PREFIX_LIST.split())


class TitleDifference(NamedTuple):
    """Words that stand only in the one title, and only in the other, once spellings of one word are set aside."""

    only_first: tuple[str, ...]
    only_second: tuple[str, ...]


def title_difference(first: str, second: str) -> TitleDifference:
    """The words that tell two titles apart; both sides empty when only spelling, order or small words differ."""
    one, two = content(tuple(first.split())), content(tuple(second.split()))
    left = _without(one, two)
    right = _without(two, one)
    if not left or not right or "".join(left) == "".join(right):
        same = bool(left) and bool(right)
        return TitleDifference((), ()) if same else _with_denial(left, right)
    left, right = _set_aside_joined(left, right, "".join(first.split()), "".join(second.split()))
    kept: list[str] = []
    for word in left:
        match = next((other for other in right if is_spelling(word, other)), None)
        if match is None:
            kept.append(word)
        else:
            right.remove(match)
    return _with_denial(kept, right)


def _with_denial(left: list[str], right: list[str]) -> TitleDifference:
    """A denial in one title only stands against the whole of the other: "with" is not worth a word, "without" is."""
    if not left and _DENIALS.intersection(right):
        left = ["(without)"]
    elif not right and _DENIALS.intersection(left):
        right = ["(without)"]
    return TitleDifference(tuple(left), tuple(right))


def _without(words: list[str], others: list[str]) -> list[str]:
    pool = list(others)
    kept = []
    for word in words:
        if word in pool:
            pool.remove(word)
        else:
            kept.append(word)
    return kept


def _set_aside_joined(
    left: list[str], right: list[str], first: str, second: str
) -> tuple[list[str], list[str]]:
    """Without words that the other title writes joined or apart: "beta blocker" and "betablocker"."""
    joined_left, joined_right = "".join(left), "".join(right)
    if len(left) == len(right) == 1:
        return left, right
    kept_left = [w for w in left if not (len(w) > 3 and w in second and w in joined_right)]
    kept_right = [w for w in right if not (len(w) > 3 and w in first and w in joined_left)]
    return kept_left, kept_right


@lru_cache(maxsize=65536)
def is_spelling(one: str, two: str) -> bool:
    """Whether two words are likely one word spelled twice: a slip or British and American, never opposites."""
    if one == two:
        return True
    if (
        min(len(one), len(two)) < 4
        or abs(len(one) - len(two)) > 4
        or not (one.isalpha() and two.isalpha())
    ):
        return False
    # A slip rarely hits the first letter, and then the rest is whole.
    if one[0] != two[0] and one[-4:] != two[-4:]:
        return False
    shorter = min(len(one), len(two))
    allowed = 1 if shorter < 8 else 2
    # "random" and "randomised", "child" and "children": inflections of one stem.
    stem = max(5, shorter - 3)
    inflected = one[:stem] == two[:stem] and abs(len(one) - len(two)) <= 4
    slip = inflected or OSA.distance(one, two, score_cutoff=allowed) <= allowed
    return slip and not _are_opposed(one, two)


def _are_opposed(one: str, two: str) -> bool:
    for prefix in _PREFIXES:
        for word, other in ((one, two), (two, one)):
            rest = word[len(prefix) :]
            if not word.startswith(prefix) or len(rest) < 4 or not other.endswith(rest):
                continue
            # "hypertension" and "hypotension", "typical" and "atypical": the head makes the meaning.
            if other == rest or other[: len(other) - len(rest)] in _PREFIXES:
                return True
    return False
