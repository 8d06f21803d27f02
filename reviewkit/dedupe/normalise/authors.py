"""Authors: family names and initials from the styles of databases."""

import re
from functools import lru_cache
from typing import NamedTuple

from reviewkit.model.words import fold

_NOT_A_NAME = re.compile(
    r"^\W*(?:et ?al|and others|anonymous|anon|unknown|no authors?(?: listed)?|n/?a|none|null)\W*$",
    re.IGNORECASE,
)
_GROUP_WORDS = (
    "group groups investigators collaboration collaborators collaborative consortium committee "
    "trialists society association network team council organization organisation agency ministry "
    "department university institute center centre initiative programme program project panel "
    "force board federation foundation study inc ltd pharmaceuticals"
)
_GROUP = frozenset(_GROUP_WORDS.split())
_INITIALS = re.compile(r"^(?:[^\W\d_]\.?[- ]?){1,4}$")
# DBLP numbers people of one name: "Tomas Petricek 0001".
_NUMBERED = re.compile(r"\b00\d\d\b")
_SPLIT = re.compile(r"[^\W\d_]+")
_SUFFIX = frozenset(
    {"jr", "sr", "md", "phd", "msc", "mph", "bsc", "dr", "prof", "frcp", "rn", "mbbs", "dds"}
)


class Name(NamedTuple):
    """One person: the family name, the first initial ("" if not printed), all longer words."""

    family: str
    initial: str
    words: tuple[str, ...]


NO_NAME = Name("", "", ())


def _is_initials(token: str) -> bool:
    letters = token.replace(".", "").replace("-", "")
    if len(letters) == 1 and letters.isalpha():
        return True
    return (
        len(letters) <= 4
        and letters.isupper()
        and bool(_INITIALS.match(token))
        and (len(letters) <= 3 or "." in token)
    )


@lru_cache(maxsize=131072)
def parse_name(raw: str) -> Name | None:
    """Return a person from "Family, Given", "Family FM", "F. M. Family" or "Given Family".

    None for "et al" and groups.
    """
    text = _NUMBERED.sub("", raw.replace("?", "")).strip(" ,")
    if not _is_person(text):
        return None

    family, given = _family_and_given(text)
    family_words, given_words = _name_words(family), _name_words(given)
    longer = tuple(word for word in family_words + given_words if len(word) > 1)
    if not longer:
        return None

    initial = "".join(given_words)[:1]
    return Name(" ".join(family_words) or longer[0], initial, longer)


def _is_person(text: str) -> bool:
    if not text or _NOT_A_NAME.match(text):
        return False
    return _GROUP.isdisjoint(text.lower().replace("-", " ").split())


def _name_words(text: str) -> list[str]:
    return [word for word in _SPLIT.findall(fold(text)) if word not in _SUFFIX]


def _family_and_given(text: str) -> tuple[str, str]:
    family, comma, given = text.partition(",")
    if not comma:
        return _split_unmarked(text)
    if _is_initials(family.strip()) and not _is_initials(given.strip()):
        return given, family
    return family, given


def _split_unmarked(text: str) -> tuple[str, str]:
    """Split a name without a comma into family name and given names."""
    tokens = text.split()
    if len(tokens) == 1:
        return text, ""

    tail = len(tokens)
    while tail > 1 and _is_initials(tokens[tail - 1]):
        tail -= 1
    if tail < len(tokens):
        return " ".join(tokens[:tail]), " ".join(tokens[tail:])

    head = 0
    while head < len(tokens) - 1 and _is_initials(tokens[head]):
        head += 1
    if head:
        return " ".join(tokens[head:]), " ".join(tokens[:head])
    return tokens[-1], " ".join(tokens[:-1])


def names(authors: tuple[str, ...]) -> list[Name]:
    """Return the persons in order, without groups, "et al" and empty entries."""
    return [name for name in map(parse_name, authors) if name is not None]
