"""Sentences for people, in the language of the report or the screen.

A sentence stands in the code in English and is marked: `tr("{n} of {all} works", n=3, all=5)`.
Its translation is in the catalogue (`locale/`). A sentence without one stays English. Each entry
point takes the language as an argument and opens `in_language`; inside it nothing else is passed.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from reviewkit.model.catalogue import Pattern, read_catalogue

ENGLISH = "en"
# How many plural forms a language has, and which one a number takes.
PLURAL_FORMS: dict[str, Callable[[int], int]] = {
    "en": lambda n: int(n != 1),
    "pt": lambda n: int(n > 1),
    "es": lambda n: int(n != 1),
}
# As the diagram groups them (see its wording.toml): Spanish writes 1234, but 12 345.
_THOUSANDS = {"en": ",", "pt": ".", "es": "\N{NO-BREAK SPACE}"}
_GROUPED_FROM = {"es": 10_000}
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}:\d{2}))?")
_NUMBER = re.compile(r"\d+|\d{1,3}(?:,\d{3})+")
_DECIMAL = re.compile(r"\d+\.\d+")
# Places for the words of others, which stay as they are: those of protocols, records and people.
OWN_WORDS = frozenset(
    {"criterion", "reason", "reviewer", "source", "strategy", "term", "terms", "title", "type"}
)
_LANGUAGE: ContextVar[str] = ContextVar("language", default=ENGLISH)


@contextmanager
def in_language(language: str) -> Iterator[None]:
    """Say every marked sentence in a language ("en", "pt", "es") until the end of the block."""
    token = _LANGUAGE.set(language)
    try:
        yield
    finally:
        _LANGUAGE.reset(token)


def current_language() -> str:
    """Return the language that sentences are said in."""
    return _LANGUAGE.get()


def mark(message: str) -> str:
    """Return the message as it is, and put it into the catalogue.

    For a constant that `tr` or `in_english` takes elsewhere.
    """
    return message


def in_english(message: str, /, **values: object) -> str:
    """Return a sentence in English, its {placeholders} filled, and put it into the catalogue.

    For evidence that is stored, compared or written as JSON; `recognise` translates it where it is
    shown.
    """
    with in_language(ENGLISH):
        return _filled(message, values)


def in_english_n(n: int, one: str, many: str, /, **values: object) -> str:
    """Return, as `in_english` does, the sentence for one or for many."""
    return in_english(one if n == 1 else many, n=n, **values)


def tr(message: str, /, **values: object) -> str:
    """Return a sentence in the language, its {placeholders} filled; numbers are grouped."""
    text = read_catalogue(_LANGUAGE.get()).text(message) or message
    return _filled(text, values)


def tr_n(n: int, one: str, many: str, /, **values: object) -> str:
    """Return the sentence for one or for many, in the plural forms of the language.

    {n} is the number.
    """
    form = PLURAL_FORMS[_LANGUAGE.get()](n)
    text = read_catalogue(_LANGUAGE.get()).text(one, form)
    if text is None:
        text = one if n == 1 else many
    return _filled(text, {"n": n, **values})


def _filled(text: str, values: dict[str, Any]) -> str:
    if not values:
        return text
    shown = {name: _shown(value) for name, value in values.items()}
    return text.format(**shown)


def _shown(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        return number(value)
    return value


def number(n: int) -> str:
    """Return "1,234" as the language writes it."""
    language = _LANGUAGE.get()
    if abs(n) < _GROUPED_FROM.get(language, 0):
        return str(n)
    return f"{n:,}".replace(",", _THOUSANDS[language])


def decimal(value: float, form: str) -> str:
    """Return a number as the format asks for it (".2f"), with the language's decimal mark."""
    return decimal_mark(format(value, form))


def decimal_mark(text: str) -> str:
    """Return a number's text with the language's decimal mark."""
    if _LANGUAGE.get() == ENGLISH:
        return text
    return text.replace(".", ",")


def day(text: str) -> str:
    """Return a day or a moment (ISO 8601) as the language writes it; other text as it is."""
    found = _DAY.match(text)
    if found is None or _LANGUAGE.get() == ENGLISH:
        return text

    year, month, date, clock = found.groups()
    written = f"{date}/{month}/{year}"
    if clock is None:
        return written + text[found.end() :]
    return f"{written} {text[found.start(4) :]}"


_BETWEEN = ("; ", ", ", mark(" and "))


def recognise(text: str) -> str:
    """Return a finished English text in the language, as far as marked sentences are in it.

    Evidence is stored in English and may hold other evidence ("…; …", "… ({evidence})"). A text
    that no marked sentence gives, such as a title, stays as it is.
    """
    if _LANGUAGE.get() == ENGLISH:
        return text
    return _recognised(text) or text


def _recognised(text: str) -> str | None:
    catalogue = read_catalogue(_LANGUAGE.get())
    whole = catalogue.text(text)
    if whole is not None:
        return whole
    small = catalogue.text(text[:1].lower() + text[1:])
    if small is not None:
        return small[:1].upper() + small[1:]

    for between in _BETWEEN:
        joined = _recognised_parts(text, between)
        if joined is not None:
            return joined

    for pattern in catalogue.patterns:
        found = pattern.expression.fullmatch(text)
        values = _values(found.groupdict(), pattern) if found else None
        if values is not None:
            return pattern.translation.format(**values)
    return None


def _values(groups: Mapping[str, str], pattern: Pattern) -> dict[str, str] | None:
    """Return the values of a sentence in the language.

    `None` where the sentence is too short to be told from other texts ("in {languages}"), and a
    value is nothing that is known.
    """
    values = {}
    for name, text in groups.items():
        known = _known_value(text)
        if known is None and pattern.is_short and name not in OWN_WORDS:
            return None
        values[name] = text if known is None or name in OWN_WORDS else known
    return values


def _recognised_parts(text: str, between: str) -> str | None:
    """Return a list in the language; `None` where not each part of it is recognised."""
    parts = text.split(between)
    if len(parts) == 1:
        return None
    known = [part for part in map(_recognised, parts) if part is not None]
    if len(known) < len(parts):
        return None
    return tr(between).join(known)


def _known_value(text: str) -> str | None:
    if _NUMBER.fullmatch(text):
        return number(int(text.replace(",", ""))) if "," in text else text
    if _DECIMAL.fullmatch(text):
        return decimal_mark(text)
    if _DAY.match(text):
        return day(text)
    return _recognised(text)
