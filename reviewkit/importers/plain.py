"""The short way to read values that are already as they have to be, as nearly all are. Pure.

Each function takes all values of a field, and gives None where they have to be looked at: then
`field_values` reads them. Where it gives a value, that one would give the same.
"""

import functools
import re

from reviewkit.importers import normalise
from reviewkit.importers.names import are_plain
from reviewkit.model.identifiers import doi_in
from reviewkit.model.languages import language_code


@functools.lru_cache(maxsize=8192)
def _short_line(value: str) -> str | None:
    """Return a value that is one line as it is; a file has few journals, volumes and issues."""
    return value if normalise.one_line(value) == value else None


def number(values: list[str]) -> str | None:
    """Return the value where it is the only one, and one line; it is another in each record."""
    return values[0] if len(values) == 1 and normalise.is_one_line(values[0]) else None


def text(values: list[str]) -> str | None:
    """Return the value where it is the only one, and one line."""
    return _short_line(values[0]) if len(values) == 1 else None


def title(values: list[str]) -> str | None:
    """Return the value where it is the only one, one line, and without markup."""
    value = values[0]
    if len(values) > 1 or "<" in value or not normalise.is_one_line(value):
        return None
    return value


def abstract(values: list[str]) -> str | None:
    """Return the value, tidied, where it is the only one, and without tags."""
    value = values[0]
    if len(values) > 1 or normalise.has_tags(value):
        return None
    return normalise.paragraphs(value) or None


def authors(values: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Return the values, and no groups, where each is certainly one person."""
    return (tuple(values), ()) if are_plain(values) else None


def doi(values: list[str]) -> str | None:
    """Return the value where it is the only one, and a bare DOI."""
    value = values[0]
    if len(values) > 1:
        return None
    return value if _PLAIN_DOI.fullmatch(value) or doi_in(value) == value else None


_PLAIN_DOI = re.compile(r"10\.\d{4,9}/[\w./:;-]*[a-z0-9]", re.ASCII | re.IGNORECASE)


def terms(values: list[str]) -> tuple[str, ...] | None:
    """Return the values, each once, where each is one line."""
    if len(values) == 1:
        line = _short_line(values[0])
        return None if line is None else (line,)
    if not normalise.is_one_line(" ".join(values)):  # a blank around a value makes two of them
        return None
    return tuple(dict.fromkeys(values))


@functools.lru_cache(maxsize=8192)
def _whole_issn(value: str) -> str | None:
    """Return a value that is one ISSN as it has to be; a file has few of them."""
    return value if normalise.issns_of(value) == (value,) else None


def issns(values: list[str]) -> tuple[str, ...] | None:
    """Return the values, each once, where each is an ISSN."""
    issns = [issn for value in values if (issn := _whole_issn(value))]
    return tuple(dict.fromkeys(issns)) if len(issns) == len(values) else None


@functools.lru_cache(maxsize=1024)
def _code_of(printed: str) -> tuple[str] | None:
    """Return the code of a language that is printed as more than that; a file has few of them."""
    code = language_code(printed)
    return None if code in {None, printed} or printed != printed.strip() else (code,)


def language(values: list[str]) -> tuple[str] | None:
    """Return the code of the only language, where it is printed as a name."""
    return _code_of(values[0]) if len(values) == 1 else None


def links(values: list[str]) -> tuple[str, ...] | None:
    """Return the values, each once, where none has a character reference."""
    joined = " ".join(values)
    if "&" in joined and ";" in joined:
        return None
    return tuple(dict.fromkeys(map(str.strip, values)))


def year(values: list[str]) -> tuple[int, str] | None:
    """Return the year and the date of publication that four digits say."""
    value = values[0]
    if len(values) > 1 or normalise.iso_date(value) != value or len(value) != 4:
        return None
    return int(value), value
