"""Whether two printed titles are one title of one database, corrected at most. Pure."""

from functools import lru_cache
from typing import NamedTuple

from reviewkit.dedupe.compare.titles import title_difference
from reviewkit.dedupe.normalise.kind import PublicationKind, kind_of
from reviewkit.dedupe.normalise.title import is_cut, letter_number, numbers, pieces_of, title_words
from reviewkit.model.identifiers import title_key
from reviewkit.model.records import Record

# "Sleep" begins many titles.
_LEAST_BEGINNING = 15


def are_one_title(one: str, other: str) -> bool:
    """Return whether two titles differ in spelling, small words and marks only."""
    if one == other:
        return True
    first, second = _title(one), _title(other)
    if not _are_of_a_kind(first, second):
        return False
    if title_key(one) == title_key(other):
        return True

    if first.words.replace(" ", "") == second.words.replace(" ", ""):
        return True
    same_numbers = first.numbers == second.numbers
    return same_numbers and not any(title_difference(first.words, second.words))


def goes_on(one: str, other: str) -> bool:
    """Return whether one title is the other without its subtitle, or is cut.

    A number more is another part: part I is the beginning of part II.
    """
    shorter, longer = sorted((one, other), key=lambda title: len(_title(title).words))
    start, whole = _title(shorter), _title(longer)
    if len(start.words) < _LEAST_BEGINNING or not _are_of_a_kind(start, whole):
        return False
    if is_cut(shorter):
        return whole.words.startswith(start.words)
    return start.numbers == whole.numbers and start.words in pieces_of(longer)


class _Title(NamedTuple):
    """What is compared of a title."""

    words: str
    numbers: tuple[str, ...]
    kind: PublicationKind
    letter: str


# Where many records share a number, each is compared with many.
@lru_cache(maxsize=4096)
def _title(printed: str) -> _Title:
    words = title_words(printed)
    return _Title(
        words=" ".join(words),
        numbers=numbers(printed, words),
        kind=kind_of(Record(source="", source_id="", title=printed)),
        letter=letter_number(printed),
    )


def _are_of_a_kind(one: _Title, other: _Title) -> bool:
    """Return whether neither is, or both are, the title of an erratum, a reply or a protocol.

    Embase numbers the letters under one title: another number is another letter.
    """
    letters = {one.letter, other.letter} - {""}
    return one.kind == other.kind and len(letters) < 2
