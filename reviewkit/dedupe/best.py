"""Which copy has a field best: the whole abstract, the title not in capitals, all authors. Pure.

A copy's field is better only where it says the same and more. Another wording is never better.
"""

import re
from collections.abc import Callable, Sequence

from reviewkit.dedupe.normalise.authors import names
from reviewkit.dedupe.normalise.title import is_cut, title_words
from reviewkit.model.records import Record
from reviewkit.model.words import unmark, words

_CUT = re.compile(
    r"(?:(?<!\W)(?>\W*?(?:\.\.\.|…))|abstract truncated(?: at \d+ words)?|\[truncated\])\W*+$",
    re.IGNORECASE,
)
# Of an abstract that begins the same, as much as this must be more.
_LONGER = 1.1
_BEGINNING = 25
_LEAST_LETTERS = 12


def better_givers(lead: Record, copies: Sequence[Record]) -> dict[str, Record]:
    """Return, by field, the copy that has it better than the lead. Fields the lead lacks are left
    out.
    """
    rules: dict[str, Callable[[Record, Record], bool]] = {
        "title": _better_title,
        "authors": _better_authors,
        "abstract": _better_abstract,
    }
    givers: dict[str, Record] = {}
    for name, is_better in rules.items():
        best = lead
        for copy in copies:
            if getattr(best, name) and getattr(copy, name) and is_better(copy, best):
                best = copy
        if best is not lead:
            givers[name] = best
    return givers


def _better_title(copy: Record, best: Record) -> bool:
    """Return whether the copy's title is whole where the best is cut, or not all in capitals."""
    one, two = copy.title or "", best.title or ""
    if is_cut(two):
        begins = "".join(title_words(one)).startswith("".join(title_words(two))[:-1])
        return begins and not is_cut(one)
    return _in_capitals(two) and not _in_capitals(one) and title_words(one) == title_words(two)


def _in_capitals(text: str) -> bool:
    letters = [letter for letter in unmark(text) if letter.isalpha()]
    return len(letters) >= _LEAST_LETTERS and all(letter.isupper() for letter in letters)


def _better_authors(copy: Record, best: Record) -> bool:
    """Return whether the copy names all the same people and more of them, or names them in full."""
    one, two = names(copy.authors), names(best.authors)
    families = {name.family for name in one}
    if not families.issuperset(name.family for name in two) or len(one) < len(two):
        return False
    if len(one) > len(two):
        return True
    return _given_names(copy.authors) > _given_names(best.authors)


def _given_names(authors: Sequence[str]) -> int:
    """Return how many authors have a given name in full."""
    return sum(map(_has_given_name, authors))


def _has_given_name(author: str) -> bool:
    given = author.partition(",")[2].split()
    return any(len(word) > 1 and word[1].islower() for word in given)


def _better_abstract(copy: Record, best: Record) -> bool:
    """Return whether the copy's abstract begins as the best does, and goes on where that ends."""
    one, two = copy.abstract or "", best.abstract or ""
    if _CUT.search(one) or words(one)[:_BEGINNING] != words(two)[:_BEGINNING]:
        return False
    return len(one) > len(two) * _LONGER or (bool(_CUT.search(two)) and len(one) >= len(two) * 0.9)
