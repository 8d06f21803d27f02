"""Volume, issue and year: one number each, out of "57 Suppl 1", "1)", "4 (1) (no pagination)"."""

import re

_NUMBER = re.compile(r"\d+")
_ROMAN = re.compile(r"^[ivxlc]+$")
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d|21\d\d)(?!\d)")


def number(raw: str | None) -> str:
    """The first number of a volume or issue, roman ones in digits, supplements marked "s"; "" when there is none."""
    if not raw:
        return ""
    text = raw.strip().lower()
    if "ahead" in text or "press" in text or len(text) > 60:
        return ""
    mark = "s" if "sup" in text and not text[0].isdigit() else ""
    found = _NUMBER.search(text)
    if found:
        return mark + (found[0].lstrip("0") or "0")
    if _ROMAN.match(text):
        return str(_roman(text))
    return mark


def _roman(text: str) -> int:
    values = [_ROMAN_VALUES[c] for c in text]
    return sum(-v if v < w else v for v, w in zip(values, [*values[1:], 0], strict=True))


def issue_in_volume(raw: str | None) -> str:
    """The issue that some databases print with the volume: "4 (1) (no pagination)" holds issue 1; "" if none."""
    if not raw or "(" not in raw:
        return ""
    found = re.search(r"\(\s*(\d+)\s*\)", raw)
    return found[1].lstrip("0") if found else ""


def year_of(*values: int | str | None) -> int:
    """The first year found among the values; 0 when none is known."""
    for value in values:
        if value is None:
            continue
        found = _YEAR.search(str(value))
        if found:
            return int(found[0])
    return 0
