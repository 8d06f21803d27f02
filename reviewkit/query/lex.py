"""A query's text as tokens with their places. Pure; it raises nothing and takes linear time."""

import re
from functools import lru_cache

from reviewkit.query.language import Language, Token, compiled
from reviewkit.query.tree import Problem, Severity


@lru_cache(maxsize=32)
def _pattern(language_id: str, source: str) -> re.Pattern[str]:
    return re.compile(source)


def tokens_of(
    text: str, language: Language, *, offset: int = 0
) -> tuple[list[Token], list[Problem]]:
    """The tokens of a text, blanks left out, and the characters that fit no token."""
    pattern = _pattern(language.id, compiled(language).pattern)
    tokens: list[Token] = []
    problems: list[Problem] = []
    at = 0

    while at < len(text):
        match = pattern.match(text, at)
        if match is None or match.end() == at:
            problems.append(_unread(text, at, offset))
            at += 1
            continue
        kind = (match.lastgroup or "").removeprefix("t_")
        if kind == "ignored":
            problems.append(_glued(match, offset))
        elif kind != "space":
            span = (offset + match.start(), offset + match.end())
            groups = {name: part for name, part in match.groupdict().items() if part is not None}
            tokens.append(Token(kind=kind, text=match[0], span=span, groups=groups))
        at = match.end()

    return tokens, problems


def _unread(text: str, at: int, offset: int) -> Problem:
    character = text[at]
    code, reason = "unread", f"{character!r} has no meaning here"
    if character in "\"“”'":
        code, reason = "quote_open", "a quotation mark is never closed"
    return Problem(
        code=code,
        severity=Severity.ERROR,
        span=(offset + at, offset + at + 1),
        reason=reason,
        source="the grammar of the language",
        repair="",
    )


def _glued(match: re.Match[str], offset: int) -> Problem:
    return Problem(
        code="glued_text",
        severity=Severity.WARNING,
        span=(offset + match.start(), offset + match.end()),
        reason=f"{match[0].strip()[:60]!r} is printed with the query but is no part of it",
        source="printed strategies carry explanations and counts",
        repair="",
    )
