"""Whether two printed titles are one title of one database, corrected at most. Pure."""

from reviewkit.dedupe.compare.titles import title_difference
from reviewkit.dedupe.normalise.kind import kind_of
from reviewkit.dedupe.normalise.title import is_cut, letter_number, numbers, pieces_of, title_words
from reviewkit.model.identifiers import title_key
from reviewkit.model.records import Record

# "Sleep" begins many titles.
_LEAST_BEGINNING = 15


def are_one_title(one: str, other: str) -> bool:
    """Return whether two titles differ in spelling, small words and marks only."""
    if one == other:
        return True
    if not _are_of_a_kind(one, other):
        return False
    if title_key(one) == title_key(other):
        return True

    first, second = title_words(one), title_words(other)
    if "".join(first) == "".join(second):
        return True
    same_numbers = numbers(one, first) == numbers(other, second)
    return same_numbers and not any(title_difference(" ".join(first), " ".join(second)))


def goes_on(one: str, other: str) -> bool:
    """Return whether one title is the other without its subtitle, or is cut.

    A number more is another part: part I is the beginning of part II.
    """
    shorter, longer = sorted((one, other), key=lambda title: len(" ".join(title_words(title))))
    start, whole = title_words(shorter), title_words(longer)
    if len(" ".join(start)) < _LEAST_BEGINNING or not _are_of_a_kind(one, other):
        return False
    if is_cut(shorter):
        return " ".join(whole).startswith(" ".join(start))
    same_numbers = numbers(shorter, start) == numbers(longer, whole)
    return same_numbers and " ".join(start) in pieces_of(longer)


def _are_of_a_kind(one: str, other: str) -> bool:
    """Return whether neither is, or both are, the title of an erratum, a reply or a protocol.

    Embase numbers the letters under one title: another number is another letter.
    """
    kinds = [kind_of(Record(source="", source_id="", title=title)) for title in (one, other)]
    letters = {letter_number(one), letter_number(other)} - {""}
    return kinds[0] == kinds[1] and len(letters) < 2
