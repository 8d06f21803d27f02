"""Journals: words that survive abbreviation, subtitles and conference notes."""

import re
from functools import lru_cache

from reviewkit.model.words import unmark, words

_SMALL_WORDS = (
    "the of and for in on a an to de la le les des du der die das fur und et y e del di da do"
)
_SMALL = frozenset(_SMALL_WORDS.split())
_AFTER = re.compile(
    r"\s*(?:\bconference\b[:.]|\bconference publication:|\(conference|\[|: the official|: official).*$",
    re.IGNORECASE,
)
_BRACKET = re.compile(r"\s*\([^)]*\)")
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
_PIECES = re.compile(r"\s*[:;=/|]\s*|\s[–-]\s")
_HEAD_END = re.compile(r"\s?[:;=]\s|\s[/–-]\s")
_ISSN = re.compile(r"\b(\d{4})-?(\d{3}[\dXx])\b")


@lru_cache(maxsize=65536)
def journal_words(raw: str) -> tuple[str, ...]:
    """The telling words of a journal's name; what follows "Conference:", brackets and articles are left out."""
    text = _ELISION.sub(" ", unmark(raw).replace("&", " and ").strip(' "'))
    text = _BRACKET.sub(" ", _AFTER.sub("", text)) or text
    found = tuple(word for word in words(text) if word not in _SMALL)
    return () if found in _PLACEHOLDER else found


@lru_cache(maxsize=65536)
def conference_words(raw: str) -> tuple[str, ...]:
    """The meeting's name where one follows the journal's: "J Thromb Haemost.Conference: 23rd Congress ..."."""
    found = _CONFERENCE.search(unmark(raw))
    return journal_words(found[1]) if found else ()


@lru_cache(maxsize=65536)
def name_pieces(raw: str) -> tuple[tuple[str, ...], ...]:
    """The names that one field holds side by side: "Schweizerische Rundschau fur Medizin/Praxis"."""
    pieces = _PIECES.split(unmark(raw))
    found = tuple(journal_words(piece) for piece in pieces) if len(pieces) > 1 else ()
    return tuple(piece for piece in found if len("".join(piece)) > 4)


@lru_cache(maxsize=65536)
def bracketed_words(raw: str) -> tuple[str, ...]:
    """The name in brackets, where it is a name of its own: "Gan to Kagaku Ryoho [Japanese Journal of ...]"."""
    found = _IN_BRACKETS.search(unmark(raw))
    inside = journal_words(found[1]) if found else ()
    return inside if len(inside) > 2 else ()


@lru_cache(maxsize=65536)
def main_words(raw: str) -> tuple[str, ...]:
    """The name before a colon, semicolon or equals sign: "BJOG : an international journal" is "bjog"."""
    head = _HEAD_END.split(unmark(raw), maxsplit=1)[0]
    return journal_words(head)


def issns(raw: tuple[str, ...]) -> frozenset[str]:
    """Each ISSN as eight signs, out of however they were printed ("0893-8512 (Print) 0893-8512")."""
    return frozenset(a + b.upper() for text in raw for a, b in _ISSN.findall(text))
