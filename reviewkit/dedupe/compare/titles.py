"""Find the words in which two similar titles differ; differences of spelling do not count."""

import re
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import OSA

from reviewkit.dedupe.normalise.title import content

_DENIALS = frozenset(
    {"without", "not", "non", "never", "neither", "nor", "except", "before", "after"}
)
# Groups of words that name different people, sides, times or findings: studies come in such pairs.
_ALTERNATIVES = (
    "men women male female males females boys girls man woman mothers fathers maternal paternal",
    "children adults adolescents infants newborns neonates elderly older younger young child adult "
    "adolescent infant pediatric paediatric geriatric preschool school toddlers teenagers",
    "left right bilateral unilateral", "upper lower", "acute chronic", "high low",
    "early late", "urban rural", "positive negative", "resistant sensitive susceptible",
    "primary secondary tertiary", "inpatients outpatients inpatient outpatient",
    "hemodialysis haemodialysis peritoneal", "anterior posterior", "proximal distal",
    "short long", "increased decreased increase decrease", "type1 type2", "mild moderate severe",
    "spring summer autumn winter", "medical surgical", "in vitro vivo", "rats mice dogs rabbits "
    "pigs humans human rat mouse dog", "diagnosis treatment prevention prognosis epidemiology "
    "aetiology etiology therapy management", "first second third fourth fifth sixth",
    "monday tuesday wednesday thursday friday saturday sunday",
)  # fmt: skip
_ALTERNATIVE_OF: dict[str, int] = {}
for _number, _group in enumerate(_ALTERNATIVES):
    _ALTERNATIVE_OF |= dict.fromkeys(_group.split(), _number)
_APART = re.compile(r"\bnon (?=[^\W\d]{3})")
_PREFIX_LIST = (
    "hyper hypo pre post peri intra inter extra micro macro anti pro non un in im ir de dis endo "
    "exo ecto sub super supra infra mono poly multi uni bi tri iso homo hetero brady tachy ante "
    "retro out fe over under up down mid an ex a"
)
_PREFIXES = tuple(_PREFIX_LIST.split())


class TitleDifference(NamedTuple):
    """The words in the first title only and in the second only, without other spellings."""

    only_first: tuple[str, ...]
    only_second: tuple[str, ...]


def title_difference(first: str, second: str) -> TitleDifference:
    """Return the words that distinguish two titles.

    Both sides are empty when only spelling, order or small words differ.
    """
    letters = _letters(first, second)
    if letters.only_first and letters.only_second:
        return letters

    # "non-immune" is one word to some databases, two to others.
    first, second = (_APART.sub("non", title) for title in (first, second))
    one, two = content(tuple(first.split())), content(tuple(second.split()))
    left = _without(one, two)
    right = _without(two, one)
    if not left or not right or "".join(left) == "".join(right):
        if left and right:
            return TitleDifference((), ())
        return _with_denial(left, right)

    left, right = _without_spellings(left, right)
    left, right = _without_joined(left, right, "".join(first.split()), "".join(second.split()))
    return _with_denial(left, right)


def are_opposed(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    """Return whether the words in one title only are alternatives: "men" and "women"."""
    groups = {_ALTERNATIVE_OF[word] for word in left if word in _ALTERNATIVE_OF}
    others = {_ALTERNATIVE_OF[word] for word in right if word in _ALTERNATIVE_OF}
    return not groups.isdisjoint(others)


def _letters(first: str, second: str) -> TitleDifference:
    """Return the single letters in one title only: "hepatitis A" and "hepatitis B".

    Some of them are small words too, which do not count elsewhere.
    """
    one, two = list(filter(_is_letter, first.split())), list(filter(_is_letter, second.split()))
    return TitleDifference(tuple(_without(one, two)), tuple(_without(two, one)))


def _is_letter(word: str) -> bool:
    return len(word) == 1 and word.isascii() and word.isalpha()


def _with_denial(left: list[str], right: list[str]) -> TitleDifference:
    """Count a denial in one title only as an exchanged word: "without", but not "with"."""
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


def _without_spellings(left: list[str], right: list[str]) -> tuple[list[str], list[str]]:
    """Drop the words that the other title has in another spelling."""
    kept, others = [], list(right)
    for word in left:
        match = next((other for other in others if is_spelling(word, other)), None)
        if match is None:
            kept.append(word)
        else:
            others.remove(match)
    return kept, others


def _without_joined(
    left: list[str], right: list[str], first: str, second: str
) -> tuple[list[str], list[str]]:
    """Drop words that the other title writes joined or apart: "beta blocker" and "betablocker"."""
    joined_left, joined_right = "".join(left), "".join(right)
    if len(left) == len(right) == 1:
        return left, right

    kept_left = [w for w in left if not (len(w) > 3 and w in second and w in joined_right)]
    kept_right = [w for w in right if not (len(w) > 3 and w in first and w in joined_left)]
    return kept_left, kept_right


@lru_cache(maxsize=65536)
def is_spelling(one: str, two: str) -> bool:
    """Return whether two words are probably one word in two spellings, never opposites.

    For example a misprint, or British and American.
    """
    if one == two:
        return True
    if not _may_be_spellings(one, two):
        return False

    # "random" and "randomised", "child" and "children": inflections of one stem.
    shorter = min(len(one), len(two))
    stem = max(5, shorter - 3)
    allowed = 1 + (shorter >= 8)
    near = one[:stem] == two[:stem] or OSA.distance(one, two, score_cutoff=allowed) <= allowed
    return near and not _are_opposed(one, two)


def _may_be_spellings(one: str, two: str) -> bool:
    if min(len(one), len(two)) < 4 or abs(len(one) - len(two)) > 4:
        return False
    if not (one.isalpha() and two.isalpha()):
        return False
    # A misprint is rarely in the first letter, and then the end is the same.
    return one[0] == two[0] or one[-4:] == two[-4:]


def _are_opposed(one: str, two: str) -> bool:
    return any(_changes_meaning(p, one, two) or _changes_meaning(p, two, one) for p in _PREFIXES)


def _changes_meaning(prefix: str, word: str, other: str) -> bool:
    """Return whether the words differ by a prefix that makes the meaning.

    For example "hypertension" and "hypotension", "typical" and "atypical".
    """
    rest = word[len(prefix) :]
    if not word.startswith(prefix) or len(rest) < 4 or not other.endswith(rest):
        return False
    if prefix == "a" and rest.startswith("e"):
        # "aetiology" and "etiology" are one word.
        return False
    return other == rest or other[: len(other) - len(rest)] in _PREFIXES
