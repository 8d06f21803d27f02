"""The lines of a search with the hits of each, as far as they were asked. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from reviewkit.protocol.model import Protocol
from reviewkit.query.dialects.languages import LANGUAGES
from reviewkit.query.search_lines import SearchLine, search_lines


@dataclass(frozen=True, slots=True, kw_only=True)
class LineAnswer:
    """What a database answered to a line on a day; no count where the question brought none.

    `warnings` are what the database said besides, such as a phrase that it does not know.
    """

    count: int | None
    asked_on: str
    warnings: tuple[str, ...] = ()


LineAnswers = Mapping[tuple[str, str], LineAnswer]
"""Answers by source and query."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedLine:
    """A line, and what the database answered; nothing where it was not asked."""

    line: SearchLine
    answer: LineAnswer | None


def lines_of(protocol: Protocol, source: str, query: str) -> list[SearchLine]:
    """Return the lines of a search as it was run; none where it has one clause only."""
    language = LANGUAGES.get(source)
    if language is None or not query:
        return []
    primary = protocol.primary
    printed = primary.queries.get(source) if primary else None
    return search_lines(query, language, printed=printed)
