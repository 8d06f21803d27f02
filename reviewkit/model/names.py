"""The names of people, compared. Pure."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable

_ORCID_LENGTH = 16


def fold_name(name: str) -> str:
    """Return a text that is equal for names that differ only in case, accents or blanks."""
    parts = unicodedata.normalize("NFKD", name.casefold())
    bare = "".join(character for character in parts if not unicodedata.combining(character))
    return " ".join(bare.casefold().split())


def alike_names(names: Iterable[str]) -> list[tuple[str, ...]]:
    """Return the groups of names that are one when case, accents and blanks are left aside."""
    groups: defaultdict[str, set[str]] = defaultdict(set)
    for name in names:
        groups[fold_name(name)].add(name)
    return [tuple(sorted(group)) for _, group in sorted(groups.items()) if len(group) > 1]


def is_orcid(text: str) -> bool:
    """Return whether a text is an ORCID with its right check digit (ISO 7064, MOD 11-2)."""
    digits = text.replace("-", "")
    body, check = digits[:-1], digits[-1:]
    if len(digits) != _ORCID_LENGTH or not (body.isascii() and body.isdigit()):
        return False

    total = 0
    for digit in body:
        total = (total + int(digit)) * 2
    wanted = (12 - total % 11) % 11
    return check == ("X" if wanted == 10 else str(wanted))
