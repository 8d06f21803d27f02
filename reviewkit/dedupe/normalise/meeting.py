"""Names of conferences: what stays when series, number, year, place and "Proceedings of" are gone.

The same meeting is "Proceedings of the Twelfth International Conference on Machine Learning
(ICML '95)", "Proc. 12th Int. Conf. on Machine Learning", "ICML" and "In: ICML 1995, Tahoe City".
"""

import re
from enum import IntEnum
from functools import lru_cache

from reviewkit.dedupe.normalise.title import is_cut
from reviewkit.model.words import unmark, words

_MEETING = re.compile(
    r"\b(?:proc(?:eedings)?|conf(?:erence)?|symp(?:osium)?|workshop|wkshp|congress|colloquium"
    r"|annual meeting|meeting)\b",
    re.IGNORECASE,
)
# A series prints many meetings, a report series anything: neither says where a paper was given.
_SERIES = re.compile(
    r"\b(?:lecture notes|lncs|lnai|advances in intelligent systems|ceur|springer|kluwer|elsevier"
    r"|morgan kaufmann|acm press|ieee press|ifip|aip conf|tech(?:nical)?\W*rep(?:ort)?s?|tr\b"
    r"|research report|working paper|memo(?:randum)?|manuscript|ph\W?d|thesis|preprint"
    r"|communications in computer|university press)\b",
    re.IGNORECASE,
)
# What an institution prints before, or instead of, a publication.
_REPORT = re.compile(
    r"\b(?:tech(?:nical)?\W*(?:rep(?:ort)?s?|memo\w*)|tr\b|research report|working paper|memorandum"
    r"|manuscript|ph\W?d|thesis|dissertation|preprint|unpublished|submitted|in preparation)\b",
    re.IGNORECASE,
)
_JOURNAL = re.compile(
    r"\b(?:journal|j|transactions|trans|letters|lett|magazine|quarterly|review|record|bulletin"
    r"|annals|archives?|communications|comm|acta|revue|revista|zeitschrift)\b",
    re.IGNORECASE,
)
_ACRONYM = re.compile(r"[(\[]\s*+([A-Z][A-Za-z&+/-]{2,}+)[^\w)\]]*+(?:\d{2,4})?\s*+[)\]]")
# A short name before a year: "Human Factors in Computing Systems, CHI 2020", "Proc. of ICML-93".
_BEFORE_YEAR = re.compile(
    r"\b([A-Z]{2,12}+[A-Za-z]{1,12}+|[A-Z]{3,12}|[A-Z][a-z]{1,12}+[A-Z][A-Za-z]{0,12}+)"
    r"\W{0,2}(?:(?:19|20)\d\d|\d\d)\b"
)
_NO_SHORT_NAMES = frozenset({"usa", "ussr", "lncs", "lnai", "ccis", "tr", "vol"})
# A short name of a meeting; "TODS" and "JACM" are transactions and a journal.
_SHORT_NAME = re.compile(r"^\W*+(?!T)[A-IK-Z]{3,8}\W*+\d*+\W*+$", re.IGNORECASE)
_NUMBERED = re.compile(
    r"^(?:\d+(?:st|nd|rd|th)?|'?\d{2,4}|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)?"
    r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth"
    r"|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth"
    r"|thirtieth|fortieth|fiftieth))$"
)
_LEFT_OUT_WORDS = (
    "twenty thirty forty fifty sixty seventy eighty ninety "
    "proceedings proceeding proc of the in on for and a an annual ann volume vol part pages record "
    "records digest papers paper extended abstracts companion adjunct held at to appear "
    "january february march april may june july august september october november december"
)
_LEFT_OUT = frozenset(_LEFT_OUT_WORDS.split())
# What a meeting prints beside its proceedings: "CHI Extended Abstracts", "OOPSLA Companion".
_BESIDE = re.compile(
    r"\b(?:compan(?:ion)?|adjunct|addend(?:um|a)|(?:ext(?:e\w*)?|poster)\.? abst\w*)\b",
    re.IGNORECASE,
)
# Who holds the meeting or prints the journal; databases leave it out as they like.
SOCIETIES = frozenset({"acm", "ieee", "iee", "siam", "usenix", "aaai", "ifip", "aps", "asme"})
_KINDS = {
    "conf": "conference", "conferences": "conference", "symp": "symposium",
    "symposia": "symposium", "wkshp": "workshop", "workshops": "workshop",
    "int": "international", "intl": "international", "natl": "national", "nat": "national",
    "internat": "international", "am": "american", "eur": "european",
}  # fmt: skip


# Words of a meeting's name for which its short name often has no letter.
_OPTIONAL = frozenset(
    {*SOCIETIES, *_KINDS.values(), *_KINDS, "joint", "world", "advances", "meeting", "of"}
)


def is_meeting(raw: str) -> bool:
    """Return whether the name is one of a conference or its proceedings."""
    return bool(_MEETING.search(raw))


def is_series(raw: str) -> bool:
    """Return whether the name is one of a series or publisher, or of reports."""
    return bool(_SERIES.search(raw))


def is_report(raw: str) -> bool:
    """Return whether the name is one of a report, a thesis or a manuscript."""
    return bool(_REPORT.search(raw))


@lru_cache(maxsize=16384)
def is_beside(raw: str) -> bool:
    """Return whether the name is one of what a meeting prints beside its proceedings."""
    return bool(_BESIDE.search(raw))


class Venue(IntEnum):
    """What a reference says of its venue; a short name such as "STOC" may be a meeting."""

    UNKNOWN = 0
    MEETING = 1
    SHORT_NAME = 2
    JOURNAL = 3
    REPORT = 4


@lru_cache(maxsize=16384)
def venue_of(raw: str) -> Venue:
    """Return the kind of venue that the name states."""
    if is_report(raw):
        return Venue.REPORT
    meeting, journal = is_meeting(raw), bool(_JOURNAL.search(raw))
    if meeting == journal:
        is_short = not meeting and _SHORT_NAME.match(raw)
        return Venue.SHORT_NAME if is_short else Venue.UNKNOWN
    return Venue.MEETING if meeting else Venue.JOURNAL


@lru_cache(maxsize=16384)
def meeting_words(raw: str) -> tuple[str, ...]:
    """Return the words that name the meeting, in order, common abbreviations written out."""
    text = _ACRONYM.sub(" ", unmark(raw))
    kept = []
    for word in words(text.replace("'", "")):
        if word in _LEFT_OUT or _NUMBERED.match(word):
            continue
        kept.append(_KINDS.get(word, word))
    return tuple(kept)


@lru_cache(maxsize=16384)
def acronyms(raw: str) -> frozenset[str]:
    """Return the short names in the text: of "(ICML '95)", "Learning, ICML 95" and "ICML" alone."""
    printed = _ACRONYM.findall(raw) + _BEFORE_YEAR.findall(raw)
    found = {match.lower() for match in printed} - SOCIETIES - _NO_SHORT_NAMES
    alone = [word for word in re.findall(r"[A-Za-z]+", raw) if len(word) > 2]
    if len(alone) == 1 and alone[0][:2].isupper():
        found.add(alone[0].lower())

    named = tuple(word for word in meeting_words(raw) if word not in SOCIETIES)
    if len(named) == 1 and len(named[0]) > 2:
        found.add(named[0])
    return frozenset(found)


def has_short_name(raw: str) -> bool:
    """Return whether a short name stands beside the name: "Programming Languages (POPL)"."""
    return bool(_ACRONYM.search(raw) or _BEFORE_YEAR.search(raw))


def is_cut_name(raw: str) -> bool:
    """Return whether a database cut it: "Proceedings of the Conference on Very Large ..."."""
    return is_cut(unmark(raw))


@lru_cache(maxsize=16384)
def spells(short: str, raw: str) -> bool:
    """Return whether a short name is made of the beginnings of the other name's words, in order.

    "STOC" is "Symposium on Theory of Computing": each letter begins a word or goes on in the word
    before. At most one word that names the subject stays without a letter.
    """
    full = tuple(word for word in words(unmark(raw)) if not _NUMBERED.match(word))
    return 3 <= len(short) <= 8 and len(full) <= 16 and _is_spelled(short, full, 1)


def _is_spelled(letters: str, full: tuple[str, ...], left: int) -> bool:
    """Return whether the letters spell the words, `left` of which may have no letter."""
    if left < 0:
        return False
    if not full:
        return not letters
    word, rest = full[0], full[1:]
    optional = word in _LEFT_OUT or word in _OPTIONAL
    if _is_spelled(letters, rest, left - (not optional)):
        return True
    taken = 0
    for letter in word:
        if taken < len(letters) and letters[taken] == letter:
            taken += 1
        if taken == 0:
            return False
        if _is_spelled(letters[taken:], rest, left):
            return True
    return False
