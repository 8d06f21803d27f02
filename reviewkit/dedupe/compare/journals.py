"""Compare journals: names in full, abbreviated or as initials, and ISSNs."""

import re
from itertools import product, starmap

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from reviewkit.dedupe.normalise.journal import (
    bracketed_words,
    conference_words,
    journal_words,
    main_words,
    name_pieces,
)
from reviewkit.dedupe.normalise.meeting import (
    SOCIETIES,
    acronyms,
    has_short_name,
    is_beside,
    is_cut_name,
    is_meeting,
    is_series,
    meeting_words,
    spells,
)

# A word in capitals, which may be a short name.
_SHORT = re.compile(r"\b[A-Z]{2,}")
_ONLY_SHORT = re.compile(r"^\W*+(?:[A-Z]{3,8}|[a-z]{3,6})\W*+\d*+\W*+$")
_MISPRINT = 0.82
# A meeting's proceedings, and its companion or extended abstracts, are two venues.
_BESIDE = 0.3
# Likeness from which two names are one.
_SAME_NAME = 0.85
_MEETING_WORDS = frozenset(
    {"conference", "symposium", "workshop", "congress", "meeting", "international", "national",
     "european", "american", "acm", "ieee", "joint", "world", "asian", "pacific"}
)  # fmt: skip
_KINDS_OF_MEETING = frozenset(
    {"conference", "symposium", "workshop", "congress", "meeting", "journal", "transactions"}
)
# Words in the names of hundreds of journals.
_COMMON_WORDS = (
    "journal annals archives acta advances american asian australian bmc brazilian british "
    "bulletin canadian care chinese clinical clinics current edition english european experimental "
    "frontiers health indian international japanese korean letters medical medicine national "
    "nature official open opinion proceedings public quarterly reports research review reviews "
    "revista science sciences scientific series society studies supplement surgery therapy today "
    "transactions turkish world"
)
_COMMON = frozenset(_COMMON_WORDS.split())


def journal_likeness(
    one: tuple[str, ...], two: tuple[str, ...], issns_one: frozenset[str], issns_two: frozenset[str]
) -> float:
    """Return 1.0 for the same journal, 0.0 for nothing in common, -1 when one is not known."""
    if issns_one & issns_two:
        return 1.0
    if not one or not two:
        return -1.0
    if any(map(is_beside, one)) != any(map(is_beside, two)):
        return _BESIDE
    best = max(starmap(_likeness, product(one, two)))
    if best < _SAME_NAME:
        best = max(best, *starmap(_meeting_likeness, product(one, two)))
        if best < _SAME_NAME and (_says_nothing(one, two) or _is_too_short(one, two)):
            return -1.0
    return best


def _is_too_short(one: tuple[str, ...], two: tuple[str, ...]) -> bool:
    """Return whether a name is cut, or a short name whose letters nobody can spell out.

    "SIGMOD Conference" may be the "International Conference on Management of Data", or not.
    """
    if any(map(is_cut_name, (*one, *two))):
        return True
    short = _short_meeting(one), _short_meeting(two)
    return (short[0] and any(map(is_meeting, two))) or (short[1] and any(map(is_meeting, one)))


def _short_meeting(names: tuple[str, ...]) -> bool:
    """Return whether all names are a meeting's short name, as "VLDB" and "SIGMOD Conference"."""
    return all(
        (_SHORT.search(name) or name.islower()) and len(_subject(meeting_words(name))) == 1
        for name in names
    )


def _subject(name: tuple[str, ...]) -> set[str]:
    return set(name) - _MEETING_WORDS


def _says_nothing(one: tuple[str, ...], two: tuple[str, ...]) -> bool:
    """Return whether one side names only a series or reports, and the other a meeting or reports.

    Then the two names may well belong to one paper.
    """
    series = all(map(is_series, one)), all(map(is_series, two))
    if all(series):
        return True
    meeting = _names_meeting(one), _names_meeting(two)
    return (series[0] and meeting[1]) or (series[1] and meeting[0])


def _names_meeting(names: tuple[str, ...]) -> bool:
    return any(map(is_meeting, names)) or _short_meeting(names)


def _meeting_likeness(one: str, two: str) -> float:
    """Return how alike the names of two meetings are; -1 where neither is one."""
    first, second = meeting_words(one), meeting_words(two)
    if not first or not second:
        return -1.0
    short = acronyms(one), acronyms(two)
    if short[0] & short[1]:
        return 0.97
    if not (is_meeting(one) or is_meeting(two)):
        return _spelled_out_likeness(one, two)

    if first == second:
        return 0.97
    return _meeting_words_likeness((one, two), (first, second), short)


def _meeting_words_likeness(
    raw: tuple[str, str],
    named: tuple[tuple[str, ...], tuple[str, ...]],
    short: tuple[frozenset[str], frozenset[str]],
) -> float:
    if _is_short_for(short[0], raw[1], named[1]) or _is_short_for(short[1], raw[0], named[0]):
        return 0.95
    if _may_abbreviate(*named):
        return 0.92
    return _common_words(*named, may_meet=(has_short_name(raw[0]), has_short_name(raw[1])))


def _is_short_for(short: frozenset[str], raw: str, full: tuple[str, ...]) -> bool:
    return _stands_for(short, full) or any(spells(name, raw) for name in short)


def _spelled_out_likeness(one: str, two: str) -> float:
    return 0.95 if _is_spelled_out(one, two) or _is_spelled_out(two, one) else -1.0


def _is_spelled_out(short: str, full: str) -> bool:
    """Return whether a name of letters alone is short for the other: "NIPS", "FOCS"."""
    return bool(_ONLY_SHORT.match(short)) and any(spells(name, full) for name in acronyms(short))


def _stands_for(short: frozenset[str], full: tuple[str, ...]) -> bool:
    """Return whether a short name has the initials of the words; their order may differ."""
    initials = sorted(word[0] for word in full)
    return len(initials) > 2 and any(sorted(name) == initials for name in short)


def _common_words(
    first: tuple[str, ...], second: tuple[str, ...], *, may_meet: tuple[bool, bool]
) -> float:
    """Return the share of the shorter name that the other has, if it names a subject.

    A conference is no workshop, and a journal is neither, whatever the subject. A name without
    such a word is a journal's, unless a meeting's short name stands beside it: "(POPL)".
    """
    kinds = _KINDS_OF_MEETING.intersection(first), _KINDS_OF_MEETING.intersection(second)
    named = any(not kind and short for kind, short in zip(kinds, may_meet, strict=True))
    if kinds[0] != kinds[1] and not named:
        return -1.0

    own, other = _subject(first), _subject(second)
    few = min(len(own), len(other))
    if not few:
        return -1.0
    share = len(own & other) / few
    return 0.9 * share if few > 1 or share < 1 else 0.7


def _likeness(one: str, two: str) -> float:
    first, second = journal_words(one), journal_words(two)
    if not first or not second:
        return -1.0
    if first == second:
        return 1.0
    return _likeness_of_words(one, first, two, second)


def _likeness_of_words(
    one: str, first: tuple[str, ...], two: str, second: tuple[str, ...]
) -> float:
    heads = main_words(one), main_words(two)
    if heads[0] and heads[0] == heads[1]:
        return 0.97

    if _without_society(first) == _without_society(second) != ():
        return 0.95

    bare = _without_society(first) or first, _without_society(second) or second
    pairs = ((first, second), (heads[0], second), (first, heads[1]), heads, bare)
    if any(starmap(_may_abbreviate, pairs)):
        return 0.95
    if _spelled_out(first, second) or _spelled_out(second, first):
        return 0.95
    if _contains(one, first, two, second):
        return 0.9
    return _shared(first, second)


def _without_society(name: tuple[str, ...]) -> tuple[str, ...]:
    """Return the name without who prints it, if two words or more are left: "SIGMOD Record"."""
    left = tuple(word for word in name if word not in SOCIETIES)
    return left if len(left) > 1 else ()


def _contains(one: str, first: tuple[str, ...], two: str, second: tuple[str, ...]) -> bool:
    """Return whether one of the names is part of the other."""
    return (
        _names(one, second)
        or _names(two, first)
        or _begins(first, second)
        or _begins(second, first)
        or _is_named_again(first, second)
        or _is_named_again(second, first)
    )


def _is_named_again(short: tuple[str, ...], full: tuple[str, ...]) -> bool:
    """Return whether a name goes on with its long form.

    "VLDB J" and "The VLDB Journal: The International Journal on Very Large Data Bases".
    """
    rest = full[len(short) :]
    if len(short) < 2 or not rest or rest[0] not in {"international", "journal"}:
        return False
    paired = list(zip(short, full, strict=False))
    own = any(word == other and word not in _COMMON for word, other in paired)
    return own and "journal" in rest and all(starmap(_shortens, paired))


def _may_abbreviate(one: tuple[str, ...], two: tuple[str, ...]) -> bool:
    return bool(one and two) and (abbreviates(one, two) or abbreviates(two, one))


def _names(raw: str, other: tuple[str, ...]) -> bool:
    """Return whether this name contains the other: in brackets, as conference, or beside it."""
    for inside in (bracketed_words(raw), conference_words(raw)):
        if inside and (
            inside[: len(other)] == other
            or abbreviates(other, inside)
            or _written(inside, other) > 0.85
        ):
            return True
    return other in name_pieces(raw)


def _shared(first: tuple[str, ...], second: tuple[str, ...]) -> float:
    written = _written(first, second)
    if written >= _MISPRINT:
        return written * 0.95
    own, other = set(first) - _COMMON, set(second) - _COMMON
    return 0.6 * len(own & other) / max(1, len(own | other))


def _written(one: tuple[str, ...], two: tuple[str, ...]) -> float:
    return float(fuzz.ratio(" ".join(one), " ".join(two))) / 100


def _begins(short: tuple[str, ...], full: tuple[str, ...]) -> bool:
    """Return whether a name begins the other, unless it has common words only, as "Nature" has.

    For example "Surgical Endoscopy" and "Surgical Endoscopy and Other Interventional Techniques".
    """
    return (
        1 < len(short) < len(full) and full[: len(short)] == short and not _COMMON.issuperset(short)
    )


def abbreviates(short: tuple[str, ...], full: tuple[str, ...]) -> bool:
    """Return whether `short` abbreviates words of `full` in order, or is its initials."""
    if _are_initials(short, full):
        return True
    if len(short) > len(full) or not full:
        return False

    place = 0
    for word in full:
        if place < len(short) and _shortens(short[place], word):
            place += 1
    if place < len(short):
        return False
    # "j clin" is not "journal of clinical oncology practice": few words may be dropped.
    return short[0][0] == full[0][0] and len(full) - len(short) <= max(1, len(short) // 3)


def _spelled_out(short: tuple[str, ...], full: tuple[str, ...]) -> bool:
    """Return whether a name has the initials of some words, and the others: "BMJ Open", "MIS Q"."""
    if not short or len(short) >= len(full):
        return not short and not full
    if not _begins_with_initials(short[0], full):
        return _shortens(short[0], full[0]) and _spelled_out(short[1:], full[1:])

    rest, others = full[len(short[0]) :], short[1:]
    return others == rest or _may_be_short_for(others, rest)


def _begins_with_initials(word: str, full: tuple[str, ...]) -> bool:
    return 1 < len(word) < 6 and word == "".join(each[0] for each in full[: len(word)])


def _may_be_short_for(short: tuple[str, ...], full: tuple[str, ...]) -> bool:
    return bool(short and full) and abbreviates(short, full)


def _are_initials(short: tuple[str, ...], full: tuple[str, ...]) -> bool:
    if len(short) != 1 or len(full) < 2:
        return False
    initials = "".join(word[0] for word in full)
    return short[0] == initials or (len(short[0]) > 2 and initials.startswith(short[0]))


def _shortens(short: str, word: str) -> bool:
    if word.startswith(short):
        return True
    # A lost or misprinted letter: "reanim" and "ranimation".
    if len(short) > 4 and _begins_nearly(short, word):
        return True
    # Contractions keep first and last letter: "intl", "natl", "jnl".
    return (
        len(short) > 2
        and short[0] == word[0]
        and short[-1] == word[-1]
        and _is_subsequence(short, word)
    )


def _begins_nearly(short: str, word: str) -> bool:
    lengths = (len(short), len(short) - 1)
    return any(OSA.distance(short, word[:length], score_cutoff=1) <= 1 for length in lengths)


def _is_subsequence(short: str, word: str) -> bool:
    letters = iter(word)
    return all(letter in letters for letter in short)
