"""A query's text as tokens with their places. Pure; it raises nothing and takes linear time."""

import re
from dataclasses import dataclass
from functools import lru_cache

from reviewkit.query.language import Language, Token
from reviewkit.query.tree import Problem, Severity

_CHOSEN_ON_THE_SITE = re.compile(
    r"(?i),?\s*(?:filters?|limiters|expanders|search modes|narrow by|with|in|and|use|refined"
    r"|timespan|indexes|databases?|editions?|doctype|document types?|language|remove duplicates)\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPattern:
    """A language's tokens as one pattern, and which kinds of them have groups of their own."""

    pattern: re.Pattern[str]
    with_groups: frozenset[str]


@lru_cache(maxsize=32)
def token_pattern(tokens: tuple[tuple[str, str], ...]) -> TokenPattern:
    """One pattern for all tokens of a language."""
    whole = "|".join(f"(?P<t_{kind}>{pattern})" for kind, pattern in tokens)
    with_groups = frozenset(kind for kind, pattern in tokens if "(?P<" in pattern)
    return TokenPattern(pattern=re.compile(whole), with_groups=with_groups)


def tokens_of(
    text: str, language: Language, *, offset: int = 0
) -> tuple[list[Token], list[Problem]]:
    """The tokens of a text, blanks left out, and the characters that fit no token."""
    patterns = token_pattern(language.tokens)
    match_at = patterns.pattern.match
    tokens: list[Token] = []
    problems: list[Problem] = []
    at = 0

    while at < len(text):
        match = match_at(text, at)
        if match is None or match.end() == at:
            problems.append(_unread(text, at, offset))
            at += 1
            continue
        kind = (match.lastgroup or "").removeprefix("t_")
        if kind == "ignored":
            problems.append(_glued(match, offset))
        elif kind != "space":
            span = (offset + match.start(), offset + match.end())
            groups = _groups(match) if kind in patterns.with_groups else {}
            tokens.append(Token(kind=kind, text=match[0], span=span, groups=groups))
        at = match.end()

    return tokens, problems


def _groups(match: re.Match[str]) -> dict[str, str | None]:
    return {name: part for name, part in match.groupdict().items() if part is not None}


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
    shown = match[0].strip()[:60]
    if _CHOSEN_ON_THE_SITE.match(shown):
        return Problem(
            code="limit_outside",
            severity=Severity.WARNING,
            span=(offset + match.start(), offset + match.end()),
            reason=f"{shown!r} was chosen on the site and is no part of the query: it is not sent; "
            "write it as a clause",
            source="printed strategies carry the limits of the site",
        )

    return Problem(
        code="glued_text",
        severity=Severity.WARNING,
        span=(offset + match.start(), offset + match.end()),
        reason=f"{shown!r} is printed with the query but is no part of it",
        source="printed strategies carry explanations and counts",
        repair="",
    )
