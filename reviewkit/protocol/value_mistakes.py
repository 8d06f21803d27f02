"""The mistakes of single values in a protocol: pydantic's errors in a reviewer's words. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from reviewkit.protocol.finding import Finding, Fix, FixKind
from reviewkit.protocol.mends import closest, fix_of
from reviewkit.protocol.shape import Shape, heading

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
    "float_type": "must be a number, without quotes",
    "string_too_short": "must not be empty",
    "too_short": "must not be empty",
    "date_from_datetime_parsing": "must be a date such as 2026-04-10",
    "date_from_datetime_inexact": "must be a date without a time, such as 2026-04-10",
    "date_parsing": "must be a date such as 2026-04-10",
    "date_type": "must be a date such as 2026-04-10",
}

_LIMITS = {
    "Input should be greater than or equal to ": "{0} or more",
    "Input should be less than or equal to ": "{0} or less",
    "Input should be greater than ": "more than {0}",
    "Input should be less than ": "less than {0}",
}
_CHOICE = re.compile(r"'([^']+)'")

_PATTERNS = {
    "id": "must be a short name of small letters, digits and _, beginning with a letter",
    "mesh": "must be a MeSH identifier such as D000690",
    "decs": "must be a DeCS code of digits, such as 704",
    "doi": "must be a DOI that begins with 10., without https://doi.org/",
    "orcid": "must be an ORCID such as 0000-0002-1825-0097",
    "pmid": "must be a PMID of digits",
    "pmcid": "must be a PMCID such as PMC9864694",
}


def value_mistakes(errors: Sequence[Any], shape: Shape) -> tuple[Finding, ...]:
    """Return pydantic's errors (its `ErrorDetails`) as findings, one a place."""
    findings: dict[str, Finding] = {}
    for error in errors:
        if not _has_own_mistakes(error, errors):
            finding = _finding(error, shape)
            findings.setdefault(finding.path, finding)

    # A key that is only misspelt is not missing as well.
    for finding in tuple(findings.values()):
        if finding.fix and finding.fix.kind is FixKind.KEY:
            meant = _beside(finding.path, finding.fix.text)
            if meant in findings and findings[meant].wanted == _PLAIN_WORDS["missing"]:
                del findings[meant]
    return tuple(findings.values())


def _beside(path: str, key: str) -> str:
    """Return the path of another key of the same table."""
    table, dot, _ = path.rpartition(".")
    return f"{table}{dot}{key}"


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
    close = closest(name, names)
    return f"; did you mean {close!r}?" if close else ""


def _has_own_mistakes(error: Mapping[str, Any], errors: Sequence[Any]) -> bool:
    """Return whether the mistakes inside a list are enough.

    It is too short for pydantic only because all its items are wrong, or it is also no truth.
    """
    place = error["loc"]
    if error["type"] == "bool_type":
        return isinstance(error["input"], list)
    return error["type"] == "too_short" and any(
        len(other["loc"]) > len(place) and other["loc"][: len(place)] == place for other in errors
    )


def _finding(error: Mapping[str, Any], shape: Shape) -> Finding:
    location = _location(error["loc"], shape)
    found = ""
    if error["type"] not in {"missing", "extra_forbidden"}:
        found = shown(error["input"])
    path = path_of(location)

    if error["type"] == "extra_forbidden":
        return _unknown_key(error, path, shape)
    if heading_fix := _heading_fix(error, location, shape):
        return Finding(
            path=path, found=found, wanted=_wanted(error, location), fix=heading_fix, at=path
        )
    return Finding(
        path=path,
        found=found,
        wanted=_wanted(error, location),
        fix=fix_of(error, location),
    )


def _unknown_key(error: Mapping[str, Any], path: str, shape: Shape) -> Finding:
    """Return that a key is unknown, with the key that is meant and allowed at that place."""
    *table, key = error["loc"]
    name = str(key)
    allowed = sorted(shape.keys_at(table))
    close = closest(name.replace("-", "_").casefold(), allowed)
    if close:
        wanted = f"is not a key here; did you mean {close!r}?"
        return Finding(path=path, found="", wanted=wanted, fix=Fix(FixKind.KEY, close))

    elsewhere = shape.headings_with(name)
    if len(elsewhere) == 1:
        where = f"it belongs below {elsewhere[0]}"
        if not elsewhere[0]:
            where = "it belongs at the top of the file, above the first [table]"
    else:
        where = f"these are: {', '.join(allowed)}"
    return Finding(
        path=path,
        found="",
        wanted=f"is not a key here; {where}",
        fix=Fix(FixKind.COMMENT, "", is_example=True),
    )


def _heading_fix(error: Mapping[str, Any], location: Sequence[object], shape: Shape) -> Fix | None:
    """Return the right heading where a [table] is written as a list, or the other way round."""
    is_list = error["type"] == "tuple_type"
    of_tables = isinstance(error["input"], dict) if is_list else _is_of_tables(error["input"])
    if not of_tables or shape.is_list(location) is not is_list:
        return None
    if error["type"] not in {"tuple_type", "model_type", "model_attributes_type"}:
        return None
    name = ".".join(str(step) for step in location if isinstance(step, str))
    return Fix(FixKind.LINE, heading(name, is_list=is_list))


def _is_of_tables(value: object) -> bool:
    return isinstance(value, list) and any(isinstance(item, dict) for item in value)


def _location(places: Sequence[object], shape: Shape) -> list[object]:
    """Return the keys of the file; pydantic also names the kinds of value that it tried."""
    location: list[object] = []
    *outer, last = places
    for at, step in enumerate(outer):
        is_tag = at > 0 and outer[at - 1] == "check"
        if not is_tag and shape.is_place([*location, step]):
            location.append(step)
    if last == "[key]":
        return location
    is_key = last == "" or not isinstance(last, str) or shape.is_place([*outer, last])
    if is_key or shape.keys_at(outer):
        location.append(last)
    return location


def _wanted(error: Mapping[str, Any], location: Sequence[object]) -> str:
    """Return what the value should be, as a clause."""
    match error["type"]:
        case "string_pattern_mismatch":
            return _pattern_in_words(location)
        case "union_tag_not_found":
            return 'needs by = "person", "date", "language", "access" or "duplicates"'
        case "union_tag_invalid":
            return f"must be by = one of {error['ctx']['expected_tags']}"
        case "enum" | "literal_error":
            expected = error["ctx"]["expected"]
            return f"must be {_listed(_CHOICE.findall(expected)) or expected}"
        case "value_error":
            return str(error["ctx"]["error"])
        case kind:
            return _PLAIN_WORDS.get(kind) or _in_words(error["msg"])


def _listed(choices: Sequence[str]) -> str:
    """Return choices as people list them."""
    named = [repr(choice) for choice in choices]
    if len(named) < 2:
        return "".join(named)
    return f"{', '.join(named[:-1])} or {named[-1]}"


def _pattern_in_words(location: Sequence[object]) -> str:
    """Return the pattern of the innermost key that has one."""
    names = [str(step) for step in location if not isinstance(step, int)]
    patterns = (_PATTERNS[name] for name in reversed(names) if name in _PATTERNS)
    return next(patterns, _PATTERNS["id"])


def _in_words(message: str) -> str:
    """Return pydantic's words as a clause about the value."""
    for theirs, ours in _LIMITS.items():
        if message.startswith(theirs):
            number = message.removeprefix(theirs)
            return f"must be {ours.format(number)}"
    return message[:1].lower() + message[1:]
