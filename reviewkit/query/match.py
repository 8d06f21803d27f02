"""Whether words, phrases and words near each other stand in a record. Pure.

PubMed's rules: `[tiab]` and its like compare words; a hyphen separates words; `*` needs four
letters before it (NLM Technical Bulletin, June 2024); a phrase that PubMed's index lacks may be
split into its words or find nothing, so words that stand apart give "unknown".
"""

import itertools
import math
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

from reviewkit.model.records import Answer
from reviewkit.query.read_record import ReadRecord, folded
from reviewkit.query.tree import Near, Part, Term

FEWEST_LETTERS = 4
_PIECE = re.compile(r"[^\W_*]*(?:\*[^\W_*]*)+|[^\W_*]+")
_NOT_A_SIGN = re.compile(r"[?#$]")
_MOST_PLACES = 3000


@dataclass(frozen=True, slots=True)
class _Pattern:
    """The pieces of a phrase: plain words, or patterns of one word."""

    pieces: tuple[str, ...]
    is_sure: bool
    is_hyphenated: bool


@lru_cache(maxsize=4096)
def _pattern(text: str) -> _Pattern:
    plain = folded(text)
    pieces = tuple(_PIECE.findall(plain))
    short = any("*" in one and one.index("*") < FEWEST_LETTERS for one in pieces)
    is_sure = bool(pieces) and not short and _NOT_A_SIGN.search(plain) is None
    return _Pattern(pieces, is_sure, len(plain.split()) == 1 and len(pieces) > 1)


@lru_cache(maxsize=4096)
def _one_word(piece: str) -> re.Pattern[str]:
    return re.compile(r"\w*".join(re.escape(part) for part in piece.split("*")))


def _fits(piece: str, words: Iterable[str]) -> bool:
    if "*" not in piece:
        return piece in words
    pattern = _one_word(piece)
    return any(pattern.fullmatch(word) for word in words)


def _stands(piece: str, read: ReadRecord, parts: Collection[Part]) -> bool:
    """Whether a word stands anywhere in these parts."""
    words = read.words
    return any(_fits(piece, words[part]) for part in parts)


def pieces_of(text: str) -> tuple[str, ...]:
    """The words and patterns of a phrase."""
    return _pattern(text).pieces


def in_words(
    term: Term, read: ReadRecord, parts: Collection[Part], doubted: Collection[tuple[str, ...]]
) -> Answer:
    """Whether a word or phrase stands in these parts.

    `doubted` are phrases of which the database has said that it does not know them.
    """
    pattern = _pattern(term.text)
    if not pattern.is_sure:
        return Answer.UNKNOWN
    pieces = pattern.pieces
    missing = [piece for piece in pieces if not _stands(piece, read, parts)]
    if not missing and _adjacent(pieces, read, parts):
        is_doubted = len(pieces) > 1 and pieces in doubted
        return Answer.UNKNOWN if is_doubted else Answer.YES

    return _not_together(pattern, missing, read, parts)


def _not_together(
    pattern: _Pattern, missing: list[str], read: ReadRecord, parts: Collection[Part]
) -> Answer:
    """The answer where the words do not stand in a row: a phrase may be split into its words."""
    if pattern.pieces in read.absent:
        return Answer.NO
    if not read.is_whole(parts) or (read.has_greek and missing):
        return Answer.UNKNOWN

    is_never_split = len(pattern.pieces) == 1 or pattern.is_hyphenated
    if is_never_split or pattern.pieces[-1] in missing:
        return Answer.NO
    return Answer.UNKNOWN


def _adjacent(pieces: tuple[str, ...], read: ReadRecord, parts: Collection[Part]) -> bool:
    """Whether words that all stand in these parts stand in a row."""
    if len(pieces) == 1:
        return True
    is_plain = not any("*" in piece for piece in pieces)
    in_a_row = _plain_in_a_row if is_plain else _in_a_row
    runs = itertools.chain.from_iterable(read.runs[part] for part in parts)
    return any(in_a_row(pieces, run) for run in runs)


def _plain_in_a_row(pieces: tuple[str, ...], run: tuple[str, ...]) -> bool:
    """The same without wildcards, from each place of the first word."""
    size, start = len(pieces), 0
    for _ in range(run.count(pieces[0])):
        start = run.index(pieces[0], start)
        if run[start : start + size] == pieces:
            return True
        start += 1

    return False


def _in_a_row(pieces: tuple[str, ...], run: tuple[str, ...]) -> bool:
    size = len(pieces)
    places = range(len(run) - size + 1)
    return any(all(map(_fits_one, pieces, run[place : place + size])) for place in places)


def _fits_one(piece: str, word: str) -> bool:
    return _fits(piece, (word,))


def in_any_field(term: Term, read: ReadRecord, doubted: Collection[tuple[str, ...]]) -> Answer:
    """Whether an untagged term can find the record: the database maps it in its own way.

    Its words in the record are enough for "yes"; nothing but a switch that stops the mapping
    (a hyphen, a `*`) makes a "no".
    """
    everywhere = tuple(Part)
    pattern = _pattern(term.text)
    found = in_words(term, read, everywhere, doubted)
    mapping_stops = "*" in term.text or pattern.is_hyphenated
    if found is Answer.YES or mapping_stops:
        return found
    is_plain = pattern.is_sure and not term.quoted
    if is_plain and all(_stands(one, read, everywhere) for one in pattern.pieces):
        return Answer.YES
    return Answer.UNKNOWN


def near(node: Near, read: ReadRecord) -> Answer:
    """Whether words stand near each other in one value of the parts.

    With three words and more it is not settled how the distance counts: "yes" where the words
    between are few enough together, "no" where some gap is too wide.
    """
    terms = [one for one in node.operands if isinstance(one, Term)]
    words = _plain_words(terms)
    if len(words) != len(node.operands) or node.ordered:
        return Answer.UNKNOWN

    parts = frozenset[Part]().union(*(one.parts for one in terms))
    answer = _in_one_value(words, read, parts, node.distance)
    if answer is not Answer.NO:
        return answer
    if not read.is_whole(parts):
        return Answer.UNKNOWN
    return _across(words, read, parts, node.distance)


def _in_one_value(
    words: list[str], read: ReadRecord, parts: Collection[Part], distance: int
) -> Answer:
    runs = itertools.chain.from_iterable(read.runs[part] for part in parts)
    answers = {_within(words, run, distance) for run in runs}
    return _first_of_these(answers)


def _first_of_these(answers: Collection[Answer]) -> Answer:
    """Yes before unknown before no."""
    return next((one for one in (Answer.YES, Answer.UNKNOWN) if one in answers), Answer.NO)


def _plain_words(terms: Iterable[Term]) -> list[str]:
    """The terms that are one word without a wildcard."""
    pieces = [pieces_of(term.text) for term in terms]
    return [one[0] for one in pieces if len(one) == 1 and "*" not in one[0]]


def _across(words: list[str], read: ReadRecord, parts: Collection[Part], distance: int) -> Answer:
    """Unknown where the words are near only from the end of one field to the next."""
    runs = [read.runs[part] for part in Part if part in parts]
    joined = itertools.chain.from_iterable(itertools.chain.from_iterable(runs))
    if _within(words, tuple(joined), distance) is Answer.NO:
        return Answer.NO
    return Answer.UNKNOWN


def _within(words: list[str], run: tuple[str, ...], distance: int) -> Answer:
    places = [_places(word, run) for word in words]
    if not all(places):
        return Answer.NO
    if math.prod(len(one) for one in places) > _MOST_PLACES:
        return Answer.UNKNOWN

    answers = {_spread(chosen, distance) for chosen in itertools.product(*places)}
    return _first_of_these(answers)


def _places(word: str, run: tuple[str, ...]) -> list[int]:
    return [place for place, other in enumerate(run) if other == word]


def _spread(chosen: tuple[int, ...], distance: int) -> Answer:
    """Whether words at these places are near enough; each needs a place of its own."""
    line = sorted(set(chosen))
    if len(line) < len(chosen):
        return Answer.NO
    gaps = [after - before - 1 for before, after in itertools.pairwise(line)]
    if sum(gaps) <= distance:
        return Answer.YES
    if max(gaps) <= distance:
        return Answer.UNKNOWN
    return Answer.NO
