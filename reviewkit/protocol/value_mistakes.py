"""The mistakes of single values in a protocol: pydantic's errors in a reviewer's words. Pure."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from reviewkit.model.errors import Mistake

_LONGEST_SHOWN = 60

_PLAIN_WORDS = {
    "missing": "is required",
    "string_type": "must be text, in quotes",
    "int_type": "must be a whole number, without quotes",
    "bool_type": "must be true or false",
    "tuple_type": "must be a list, in square brackets",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "string_too_short": "must not be empty",
    "too_short": "must not be empty",
    "date_from_datetime_parsing": "must be a date such as 2026-04-10",
    "date_from_datetime_inexact": "must be a date without a time, such as 2026-04-10",
    "date_parsing": "must be a date such as 2026-04-10",
    "date_type": "must be a date such as 2026-04-10",
}

_PATTERNS = {
    "id": "must be a short name of small letters, digits and _, beginning with a letter",
    "mesh": "must be a MeSH identifier such as D000690",
    "decs": "must be a DeCS code of digits, such as 704",
    "doi": "must be a DOI that begins with 10., without https://doi.org/",
    "orcid": "must be an ORCID such as 0000-0002-1825-0097",
    "pmid": "must be a PMID of digits",
    "pmcid": "must be a PMCID such as PMC9864694",
    "languages": "must be a code of three small letters (ISO 639-2), such as por or eng",
}


def value_mistakes(errors: Sequence[Any], known_keys: frozenset[str]) -> tuple[Mistake, ...]:
    """Return pydantic's errors (its `ErrorDetails`) as mistakes."""
    return tuple(
        _mistake(error, known_keys) for error in errors if not _has_own_mistakes(error, errors)
    )


def path_of(location: Sequence[object]) -> str:
    """Return "criteria[2].check.from" for ("criteria", 1, "check", "from").

    List positions count from 1, as people do.
    """
    path = ""
    for step in location:
        if isinstance(step, int):
            path += f"[{step + 1}]"
        elif path:
            path += f".{step}"
        else:
            path = str(step)

    return path


def shown(value: object) -> str:
    """Return a value as a mistake shows it, shortened."""
    text = repr(value)
    if len(text) <= _LONGEST_SHOWN:
        return text
    return text[: _LONGEST_SHOWN - 3] + "..."


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """Return "; did you mean 'als'?" for the most similar name, or nothing."""
    close = difflib.get_close_matches(name, list(names), n=1)
    if not close:
        return ""
    return f"; did you mean {close[0]!r}?"


def _has_own_mistakes(error: Mapping[str, Any], errors: Sequence[Any]) -> bool:
    """Return whether a list is too short for pydantic only because all its items are wrong.

    The mistakes of its items are enough.
    """
    place = error["loc"]
    return error["type"] == "too_short" and any(
        len(other["loc"]) > len(place) and other["loc"][: len(place)] == place for other in errors
    )


def _mistake(error: Mapping[str, Any], known_keys: frozenset[str]) -> Mistake:
    location = _location(error["loc"])
    found = ""
    if error["type"] != "missing":
        found = shown(error["input"])
    return Mistake(path=path_of(location), found=found, wanted=_wanted(error, location, known_keys))


def _location(places: Sequence[object]) -> list[object]:
    """Return the keys of the file: a tagged union's tag, right behind its own key, is none."""
    return [
        step for step, before in zip(places, (None, *places), strict=False) if before != "check"
    ]


def _wanted(
    error: Mapping[str, Any], location: Sequence[object], known_keys: frozenset[str]
) -> str:
    """Return what the value should be, as a clause."""
    match error["type"]:
        case "extra_forbidden":
            return "is not a key here" + did_you_mean(str(location[-1]), sorted(known_keys))
        case "string_pattern_mismatch":
            return _pattern_in_words(location)
        case kind:
            return _PLAIN_WORDS.get(kind) or _in_words(error["msg"])


def _pattern_in_words(location: Sequence[object]) -> str:
    """Return the pattern of the innermost key that has one."""
    names = [str(step) for step in location if not isinstance(step, int)]
    patterns = (_PATTERNS[name] for name in reversed(names) if name in _PATTERNS)
    return next(patterns, _PATTERNS["id"])


def _in_words(message: str) -> str:
    return message[:1].lower() + message[1:].replace("Input should", "should")
