"""JSON, TOML and numbers that somebody else wrote. Pure.

Python has an error of its own for too deep, too long and too large; here there is one.
"""

import json
import tomllib
from typing import Any

_MOST_DIGITS = 9


def read_json(text: str | bytes, *, strict: bool = True) -> Any:
    """Return the value in a JSON text; `strict` false allows control characters in its texts.

    Raises ValueError for everything else, its depth included. A half of a character, which no file
    can hold, becomes U+FFFD.
    """
    whole = _decoded(text) if isinstance(text, bytes) else text
    try:
        value = json.loads(whole, strict=strict)
        return whole_characters(value) if "\\u" in whole else value
    except RecursionError as error:
        raise ValueError("too deep") from error


def _decoded(text: bytes) -> str:
    return text.decode(json.detect_encoding(text), "surrogatepass")


def whole_characters(value: Any) -> Any:
    """Return a JSON value with every half of a character replaced by U+FFFD."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [whole_characters(item) for item in value]
    if isinstance(value, dict):
        return {whole_characters(key): whole_characters(item) for key, item in value.items()}
    return value


def read_toml(text: str) -> dict[str, Any]:
    """Return the table in a TOML text. Raises ValueError for everything else, its depth
    included.
    """
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise ValueError("too deep") from error


def whole_number(text: str) -> int | None:
    """Return the number that a text of one to nine ASCII digits is; `None` for any other text."""
    if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS:
        return int(text)
    return None
