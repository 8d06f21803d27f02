"""Authors: family names and initials from the styles in which databases print them."""

import re
from functools import lru_cache
from typing import NamedTuple

from reviewkit.model.words import fold

_NOT_A_NAME = re.compile(
    r"^\W*(?:et ?al|and others|anonymous|anon|unknown|no authors?(?: listed)?|n/?a|none|null)\W*$",
    re.IGNORECASE,
)
_GROUP_WORDS = (
    "group groups investigators collaboration collaborators collaborative consortium committee trialists society "
    "association network team council organization organisation agency ministry department university institute center "
    "centre initiative programme program project panel force board federation foundation study inc ltd pharmaceuticals"
)
_GROUP = frozenset(_GROUP_WORDS.split())
_INITIALS = re.compile(r"^(?:[^\W\d_]\.?[- ]?){1,4}$")
_SPLIT = re.compile(r"[^\W\d_]+")
_SUFFIX = frozenset(
    {"jr", "sr", "md", "phd", "msc", "mph", "bsc", "dr", "prof", "frcp", "rn", "mbbs", "dds"}
)


class Name(NamedTuple):
    """One person: words of the family name, first initial ("" when not printed), all longer words of the name."""

    family: str
    initial: str
    words: tuple[str, ...]


def _is_initials(token: str) -> bool:
    letters = token.replace(".", "").replace("-", "")
    return (
        len(letters) <= 4
        and letters.isupper()
        and bool(_INITIALS.match(token))
        and (len(letters) <= 3 or "." in token)
    )


@lru_cache(maxsize=131072)
def parse_name(raw: str) -> Name | None:
    """A person out of "Family, Given", "Family FM", "F. M. Family" or "Given Family"; None for "et al" and groups."""
    text = raw.strip().replace("?", "")
    if (
        not text
        or _NOT_A_NAME.match(text)
        or not _GROUP.isdisjoint(text.lower().replace("-", " ").split())
    ):
        return None
    family, comma, given = text.partition(",")
    if not comma:
        family, given = _split_unmarked(text)
    elif _is_initials(family.strip()) and not _is_initials(given.strip()):
        family, given = given, family
    family_words = [word for word in _SPLIT.findall(fold(family)) if word not in _SUFFIX]
    given_words = [word for word in _SPLIT.findall(fold(given)) if word not in _SUFFIX]
    every = tuple(word for word in family_words + given_words if len(word) > 1)
    if not every:
        return None
    return Name(" ".join(family_words) or every[0], given_words[0][0] if given_words else "", every)


def _split_unmarked(text: str) -> tuple[str, str]:
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
    """The persons in order; groups, "et al" and empty entries are left out."""
    return [name for name in map(parse_name, authors) if name is not None]
