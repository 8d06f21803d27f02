"""What a query language can write. Pure."""

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass

from reviewkit.protocol.model import Descriptor, Limits, SearchField
from reviewkit.query.readings import ReadingWriter
from reviewkit.query.widen import Widen

Parameters = tuple[tuple[str, str], ...]
"""Names and values that a service takes beside the query."""

EARLIEST_YEAR = 1500
LATEST_YEAR = 3000


def _no_clauses(limits: Limits) -> tuple[str, ...]:
    return ()


def _no_parameters(limits: Limits) -> Parameters:
    return ()


def _can_write(field: SearchField | None) -> str:
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """A query language.

    `write_term` writes a descriptor in a field. `limit_clauses` writes the limits that become a
    part of the query, `limit_parameters` those that go beside it. Leave out what the language
    cannot say.

    `created_since` writes "created on this day or later". `created_until` finds the `as_of` limit
    in a query, with year, month and day as groups. Both are `None` where the language knows no
    create date. `readings` writes the readings of a method, `widen` a term's wider forms, both for
    the search audit.
    `synonyms` are the parameters that make the service add synonyms of its own, where it can.
    `cannot_write` says why no query can be written from descriptors in a field; empty where one
    can. A query that the protocol gives as printed is sent all the same.
    """

    name: str
    write_term: Callable[[Descriptor, SearchField | None], str]
    limit_clauses: Callable[[Limits], tuple[str, ...]] = _no_clauses
    limit_parameters: Callable[[Limits], Parameters] = _no_parameters
    created_since: Callable[[datetime.date], str] | None = None
    created_until: re.Pattern[str] | None = None
    readings: ReadingWriter | None = None
    cannot_write: Callable[[SearchField | None], str] = _can_write
    widen: Widen | None = None
    synonyms: Parameters = ()


def printed_only(name: str, why: str) -> Dialect:
    """A language that reads what a protocol prints, byte for byte, and writes nothing."""
    return Dialect(name=name, write_term=_written, cannot_write=lambda _: why)


def _written(descriptor: Descriptor, field: SearchField | None) -> str:
    return descriptor.term


def published_years(limits: Limits) -> tuple[int, int] | None:
    """The first and last year of publication, open ends filled; `None` without such a limit."""
    if not (limits.published_from or limits.published_to):
        return None

    return limits.published_from or EARLIEST_YEAR, limits.published_to or LATEST_YEAR


def names_of(descriptor: Descriptor) -> tuple[str, ...]:
    """The descriptor's term and its translations, each once."""
    names = [descriptor.term]
    for translations in descriptor.translations.values():
        names.extend(translations)

    return tuple(dict.fromkeys(names))
