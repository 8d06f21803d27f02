"""What a wrong value of a protocol should be, as TOML to paste, where that can be told. Pure."""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from reviewkit.model.identifiers import doi_in, pmcid_in, pmid_in
from reviewkit.protocol.finding import Fix, FixKind
from reviewkit.protocol.toml_line import TRUTHS, quoted

_CHOICE = re.compile(r"'([^']+)'")
_DAY = re.compile(r"^\s*(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})\s*$")

# A line for each key that a part of a protocol must have, or whose values have a pattern.
EXAMPLES: Mapping[str, str] = {
    "format": "1",
    "review": '{ id = "my_review", title = "The title of the review" }',
    "sources": '[{ id = "my_database", name = "My database", role = "database" }]',
    "id": '"my_name"',
    "title": '"The title"',
    "name": '"The name"',
    "role": '"database"',
    "kind": '"exclusion"',
    "label": '"how it is called in tables"',
    "file": '"compiled.ris"',
    "term": '"Exercise"',
    "wording": '"in the words of the review"',
    "check": '{ by = "person" }',
    "by": '"person"',
    "text": '"A remark"',
    "every": '"month"',
    "size": "50",
    "languages": '["eng"]',
    "directions": '["backward", "forward"]',
    "mesh": '"D000690"',
    "decs": '"704"',
    "doi": '"10.1000/182"',
    "orcid": '"0000-0002-1825-0097"',
    "pmid": '"39218769"',
    "pmcid": '"PMC9864694"',
}
_OF_KIND = {
    "bool_type": "true",
    "int_type": "2022",
    "float_type": "0.95",
    "string_type": '"text"',
    "string_too_short": '"text"',
    "tuple_type": '["text"]',
    "too_short": '["text"]',
    "dict_type": "{ key = 1 }",
    "greater_than": "0.5",
}
_EXAMPLE_DAY = "2026-04-10"

# One value where a table is needed: what the value stands for in it.
_AS_TABLE = {
    "reviewers": "{{ title_abstract = {0}, full_text = {0} }}",
    "pilot": "{{ size = {0} }}",
    "backups": "{{ keep = {0} }}",
    "living": "{{ every = {0} }}",
    "check": "{{ by = {0} }}",
    "team": "{{ id = {0} }}",
}
_OF_TABLES = {"model_type", "model_attributes_type", "dict_type"}
# Those that hold a number, with the one to show where the number that is meant cannot be told.
_OF_NUMBERS = {"reviewers": "2", "pilot": "50", "backups": "10"}
# The numbers that people write as words, in English, Portuguese and Spanish.
_WORDS = (
    ("one", "a", "single", "um", "uma", "uno", "una"),
    ("two", "both", "double", "dois", "duas", "dos"),
    ("three", "três", "tres"),
    ("four", "quatro", "cuatro"),
    ("five", "cinco"),
)
_NUMBERS = {word: str(number) for number, words in enumerate(_WORDS, 1) for word in words}


def fix_of(error: Mapping[str, Any], location: Sequence[object]) -> Fix | None:
    """Return what would be right in place of a value that pydantic refuses; `None`: not known."""
    key = _key(location)
    if error["type"] == "missing":
        example = EXAMPLES.get(key)
        return Fix(FixKind.ADD, f"{key} = {example}") if example else None

    if error["type"] == "union_tag_invalid":
        return _tag(error)
    text = _value(str(error["type"]), error, key, error["input"])
    if text:
        return Fix(FixKind.VALUE, text)
    example = _example(error, key)
    return Fix(FixKind.VALUE, example, is_example=True) if example else None


def _tag(error: Mapping[str, Any]) -> Fix | None:
    """Return the most similar way of checking a criterion."""
    tag = str(error["ctx"]["tag"])
    close = closest(tag.casefold(), _CHOICE.findall(error["ctx"]["expected_tags"]))
    if close:
        return Fix(FixKind.LINE, close, old=tag)
    return Fix(FixKind.VALUE, EXAMPLES["check"], is_example=True)


def _example(error: Mapping[str, Any], key: str) -> str:
    """Return a value of the right form where the one that is meant cannot be told."""
    context = error.get("ctx", {})
    if key in _OF_NUMBERS and error["type"] in _OF_TABLES:
        return _AS_TABLE[key].format(_OF_NUMBERS[key])
    if error["type"].startswith("date"):
        return _EXAMPLE_DAY
    for bound in ("ge", "le"):
        if bound in context:
            return f"{context[bound]:g}"
    choices = _CHOICE.findall(str(context.get("expected", "")))
    if choices:
        return quoted(choices[0])
    if error["type"] == "value_error":
        return '"eng"'
    return EXAMPLES.get(key) or _OF_KIND.get(error["type"], "")


def _key(location: Sequence[object]) -> str:
    """Return the innermost key."""
    return next((str(step) for step in reversed(location) if isinstance(step, str)), "")


def _value(kind: str, error: Mapping[str, Any], key: str, value: object) -> str:
    """Return the right value, or nothing."""
    if kind in _OF_TABLES:
        return _table(key, value)
    if kind == "tuple_type" and key == "team" and isinstance(value, str):
        members = (_table(key, name.strip()) for name in value.split(","))
        return f"[{', '.join(members)}]"
    if kind in {"enum", "literal_error"}:
        return _choice(error, value)
    if kind in _MENDS:
        return _MENDS[kind](value)
    return _patterned(kind, key, value)


def _truth(value: object) -> str:
    words = {**TRUTHS, "1": "true", "0": "false"}
    return words.get(str(value).casefold(), "")


def _text(value: object) -> str:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return quoted(str(value)) if is_number else ""


def _list(value: object) -> str:
    return f"[{quoted(value)}]" if isinstance(value, str) else ""


def _number(value: object) -> str:
    text = str(value).strip()
    if text.casefold() in _NUMBERS:
        return _NUMBERS[text.casefold()]
    if re.fullmatch(r"\d+(\.0)?", text):
        return text.removesuffix(".0")
    if re.fullmatch(r"\d+[.,]\d+", text):
        return text.replace(",", ".")
    return ""


_MENDS = {
    "bool_type": _truth,
    "int_type": _number,
    "float_type": _number,
    "string_type": _text,
    "tuple_type": _list,
}


def _table(key: str, value: object) -> str:
    """Return the table that one value stands for."""
    if key not in _AS_TABLE or isinstance(value, list | dict | bool):
        return ""
    if key in _OF_NUMBERS:
        number = _number(value)
        return _AS_TABLE[key].format(number) if number else ""
    return _AS_TABLE[key].format(quoted(str(value)))


def _choice(error: Mapping[str, Any], value: object) -> str:
    """Return the most similar of the values that are allowed."""
    choices = _CHOICE.findall(str(error.get("ctx", {}).get("expected", "")))
    if not isinstance(value, str):
        return ""
    folded = value.casefold().replace(" ", "_")
    close = closest(folded, choices) or next((c for c in choices if folded.startswith(c)), "")
    return quoted(close) if close else ""


def _patterned(kind: str, key: str, value: object) -> str:
    """Return a value of the right pattern: the one that is meant, else an example."""
    text = str(value).strip()
    if kind.startswith("date"):
        match = _DAY.match(text)
        return f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}" if match else ""
    if kind == "string_pattern_mismatch":
        return _identifier(key, text)
    return ""


def _identifier(key: str, text: str) -> str:
    match key:
        case "doi":
            found = doi_in(text)
        case "pmid":
            found = pmid_in(text)
        case "pmcid":
            found = pmcid_in(text if text.casefold().startswith("pmc") else f"PMC{text}")
        case "mesh" | "decs" | "orcid":
            found = _reference(key, text)
        case "id":
            found = re.sub(r"[^a-z0-9]+", "_", text.casefold()).lstrip("_0123456789").rstrip("_")
        case _:
            found = None
    return quoted(found) if found else ""


def _reference(key: str, text: str) -> str | None:
    """Return a heading's or a person's identifier in its usual form."""
    if key == "orcid":
        signs = re.sub(r"[^0-9X]", "", text.upper())
        groups = [signs[at : at + 4] for at in range(0, 16, 4)]
        return "-".join(groups) if len(signs) == 16 else None
    match = re.fullmatch(r"[dD]?(\d{1,9})", text)
    if match is None:
        return None
    return match[1] if key == "decs" else f"D{match[1]:0>6}"


def closest(name: str, names: Iterable[str]) -> str:
    """Return the most similar name, or nothing."""
    return next(iter(difflib.get_close_matches(name, [*names], n=1)), "")
