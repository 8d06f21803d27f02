"""Volume, issue and year: one number each, from "57 Suppl 1", "1)", "4 (1) (no pagination)"."""

import re

_NUMBER = re.compile(r"\d+")
_ROMAN = re.compile(r"^[ivxlc]+$")
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d|21\d\d)(?!\d)")


def number(raw: str | None) -> str:
    """Return the first number of a volume or issue, or "".

    Roman numbers are written in digits; supplements begin with "s".
    """
    if not raw:
        return ""
    text = raw.strip().lower()
    if "ahead" in text or "press" in text or len(text) > 60:
        return ""

    mark = ""
    if "sup" in text and not text[0].isdigit():
        mark = "s"
    match = _NUMBER.search(text)
    if match:
        return mark + (match[0].lstrip("0") or "0")
    if _ROMAN.match(text):
        return str(_roman(text))
    return mark


def _roman(text: str) -> int:
    values = [_ROMAN_VALUES[c] for c in text]
    total = 0
    for value, following in zip(values, [*values[1:], 0], strict=True):
        if value < following:
            total -= value
        else:
            total += value
    return total


def issue_in_volume(raw: str | None) -> str:
    """Return the issue that some databases print with the volume, or "".

    "4 (1) (no pagination)" is issue 1.
    """
    if not raw or "(" not in raw:
        return ""
    match = re.search(r"\(\s*(\d+)\s*\)", raw)
    if not match:
        return ""
    return match[1].lstrip("0")


def year_of(*values: int | str | None) -> int:
    """Return the first year among the values, or 0."""
    for value in values:
        if value is None:
            continue
        match = _YEAR.search(str(value))
        if match:
            return int(match[0])
    return 0
