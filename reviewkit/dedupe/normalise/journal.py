"""Journals: the words of a name without subtitles and conference notes."""

import re
from functools import lru_cache
from itertools import chain

from reviewkit.model.words import unmark, words

_SMALL_WORDS = (
    "the of and for in on a an to de la le les des du der die das fur und et y e del di da do"
)
_SMALL = frozenset(_SMALL_WORDS.split())
_AFTER = re.compile(
    r"(?:(?<!\s)\s++)?(?:\bconference\b[:.]|\bconference publication:|\(conference"
    r"|\[|: the official|: official).*$",
    re.IGNORECASE,
)
_BRACKET = re.compile(r"(?:(?<!\s)\s++)?\([^)]{0,300}+\)")
_ELISION = re.compile(r"\b[dl]['’]", re.IGNORECASE)
_CONFERENCE = re.compile(r"\bconference: ?(.{12,})$", re.IGNORECASE)
_PLACEHOLDER = frozenset(
    {
        ("deleted", "journal"),
        ("unknown",),
        ("unknown", "journal"),
        ("unpublished",),
        ("none",),
        ("null",),
    }
)
_IN_BRACKETS = re.compile(r"[\[(]([^\[\]()]+)[\])]?")
_PIECES = re.compile(r"(?:(?<!\s)\s++)?[:;=/|]\s*|\s[–-]\s")
_HEAD_END = re.compile(r"\s?[:;=]\s|\s(?:[/–—-]|--)\s")
_ISSN = re.compile(r"\b(\d{4})-?(\d{3}[\dXx])\b")


@lru_cache(maxsize=65536)
def journal_words(raw: str) -> tuple[str, ...]:
    """Return a journal's words, without articles, brackets and what follows "Conference:"."""
    text = _ELISION.sub(" ", unmark(raw).replace("&", " and ").strip(' "'))
    text = _BRACKET.sub(" ", _AFTER.sub("", text)) or text
    name = tuple(word for word in words(text) if word not in _SMALL)
    if name in _PLACEHOLDER:
        return ()
    return name


@lru_cache(maxsize=65536)
def conference_words(raw: str) -> tuple[str, ...]:
    """Return the name of the meeting after the journal: "J Thromb Haemost.Conference: 23rd ..."."""
    match = _CONFERENCE.search(unmark(raw))
    if not match:
        return ()
    return journal_words(match[1])


@lru_cache(maxsize=65536)
def name_pieces(raw: str) -> tuple[tuple[str, ...], ...]:
    """Return several names in one field: "Schweizerische Rundschau fur Medizin/Praxis"."""
    pieces = _PIECES.split(unmark(raw))
    if len(pieces) == 1:
        return ()
    names = map(journal_words, pieces)
    return tuple(name for name in names if len("".join(name)) > 4)


@lru_cache(maxsize=65536)
def bracketed_words(raw: str) -> tuple[str, ...]:
    """Return a name in brackets, or (): "Gan to Kagaku Ryoho [Japanese Journal of ...]"."""
    match = _IN_BRACKETS.search(unmark(raw))
    if not match:
        return ()
    inside = journal_words(match[1])
    if len(inside) < 3:
        return ()
    return inside


@lru_cache(maxsize=65536)
def main_words(raw: str) -> tuple[str, ...]:
    """Return the name before a colon, semicolon or equals sign: "bjog"."""
    head = _HEAD_END.split(unmark(raw), maxsplit=1)[0]
    return journal_words(head)


def issns(raw: tuple[str, ...]) -> frozenset[str]:
    """Return each ISSN as eight characters, from any notation ("0893-8512 (Print) 0893-8512")."""
    pairs = chain.from_iterable(map(_ISSN.findall, raw))
    return frozenset(a + b.upper() for a, b in pairs)
