"""Titles: their words, their numbers, and how many words say what the work is about."""

import re
from functools import lru_cache

from reviewkit.dedupe.normalise.latex import without_latex
from reviewkit.model.words import is_unspaced, unmark, words

_LANGUAGES = (
    "afrikaans|arabic|bulgarian|catalan|chinese|croatian|czech|danish|dutch|english|estonian"
    "|finnish|french|german|greek|hebrew|hungarian|icelandic|italian|japanese|korean|latvian"
    "|lithuanian|norwegian|persian|polish|portuguese|romanian|russian|serbian|slovak|slovenian"
    "|spanish|swedish"
    "|thai|turkish|ukrainian"
)
# What indexers append to a title: "[German]", "[Review] [20 refs]", "LA: Chi",
# "(vol 5, pg 3, 2010)", an erratum note.
_TAIL = re.compile(
    rf"\s*(?:[\[(]\s*(?:(?:{_LANGUAGES})(?:\s*[,;/&-]\s*(?:{_LANGUAGES}))*|review|\d+ refs?"
    r"|abstract|proceeding|conference abstract|letter|editorial|article in [a-z]+|see comments?"
    r"|republished [^\])]*)\s*[\])]\.?"
    r"|\bLA: ?[A-Za-z]{3}"
    r"|[\[(](?:(?:published )?errat(?:um|a)|corrected|retract|comment|update|summary for)"
    r"[^\[\]]{0,30}\b(?:appears?|in)\b.*"
    r")\s*$",
    re.IGNORECASE,
)
# Embase numbers the letters of an issue at the end of their titles: "Valproate [17]".
_LETTER_NUMBER = re.compile(r"(?<=\S)\s*\[(\d{1,3})\]\W*$")
# A footnote's mark stuck to the last word: "Coordination of Plans1".
_FOOTNOTE = re.compile(r"\b([a-z]{5,})1$", re.IGNORECASE)
# The name of a section before a title, or in brackets after it: "Special issue - ...", "(Panel)".
_SECTION_NAMES = (
    r"(?:book )?review|special (?:issue|section)|guest editor(?:s|ial)?\W{0,2}(?: introduction)?"
    r"|research (?:note|article|paper)|original (?:article|paper)|panel|tutorial"
    r"|invited (?:talk|paper)"
)
_SECTION = re.compile(
    rf"^\W*(?:{_SECTION_NAMES})s?\s*(?::|\s[-–—])\s+(?=\S)|\s*\((?:{_SECTION_NAMES})\)\W*$",
    re.IGNORECASE,
)
_UNKNOWN = frozenset(
    {"unknown", "no title", "untitled", "not available", "title not available", "na", "n a", "none",
     "null"}
)  # fmt: skip
_ENGLISH_SMALL = (
    "a an and are as at be by can do does for from how in into is it its of on or that the their "
    "this to was were what which with within we via vs versus using use used"
)
_FOREIGN_SMALL = (
    "der die das und von bei mit im ein eine des den zur zum "
    "le la les et de du un une dans chez par pour "
    "el los las y en del con por para una uno o e da dos das em na um uma il lo gli di della nel"
)
_STOP = frozenset(f"{_ENGLISH_SMALL} {_FOREIGN_SMALL}".split())

# Words for a kind of publication, not for its subject: a title of these alone recurs every month.
_GENERIC_WORDS = (
    "abstract abstracts annual announcement annals article articles author authors authorship book "
    "brief case clinical comment commentary comments conference congress contents correction "
    "corrections correspondence corrigendum discussion editor editorial editorials editors erratum "
    "errata foreword guest highlights index in international introduction issue issues journal "
    "letter letters literature meeting meetings minutes national news note notes obituary oral "
    "paper papers part poster posters preface presentation presentations proceedings program "
    "programme recent "
    "reply replies report reports research response responses retraction review reviews "
    "scientific section selected session sessions short society special study summary supplement "
    "symposium title update updates volume workshop year years untitled re reader readers invited "
    "perspective perspectives new full text january february march april may june july august "
    "september october november december first second third fourth fifth 1st 2nd 3rd 4th 5th th"
)
_GENERIC = frozenset(_GENERIC_WORDS.split())
_ROMAN = {
    "ii": "2",
    "iii": "3",
    "iv": "4",
    "vi": "6",
    "vii": "7",
    "viii": "8",
    "ix": "9",
    "xi": "11",
    "xii": "12",
}
_SINGLE_ROMAN = {"i": "1", "v": "5", "x": "10"}
_SPELLED = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
    "eight": "8", "nine": "9", "ten": "10",
    "first": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5",
}  # fmt: skip
_COUNTED_WORDS = (
    "part phase type stage grade class section chapter volume study trial session day experiment "
    "factor group level paper report article no nr number parts phases types stages grades"
)
# An ordinal before one of these words counts: "third edition", "fourth report".
_ORDINALS = {
    "first": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5", "sixth": "6",
    "seventh": "7", "eighth": "8", "ninth": "9", "tenth": "10",
}  # fmt: skip
_NUMBERED = frozenset(
    {"edition", "report", "part", "update", "volume", "series", "trimester", "generation", "line"}
)
_COUNTED = frozenset(_COUNTED_WORDS.split())
_AFTER_COUNTED = _SINGLE_ROMAN | _SPELLED
_MARKED = frozenset({*_ROMAN, *_AFTER_COUNTED, *_ORDINALS})
_YEAR_RANGE = re.compile(r"\b((?:19|20)\d\d)\s?[-–/]\s?(\d\d)\b(?!\d)")
_DIGITS = re.compile(r"\d+")


# A longer title is an abstract in the wrong column; its beginning is enough.
_READ = 1000
# The markup of a formula is longer than the title.
_READ_MARKED = 6 * _READ


def title_words(raw: str | None) -> tuple[str, ...]:
    """Return the title as folded words, or ().

    Without markup, brackets of translation and indexers' notes.
    """
    if not raw:
        return ()
    title = tuple(words(_subject(raw)))
    if " ".join(title) in _UNKNOWN:
        return ()
    return title


@lru_cache(maxsize=65536)
def _is_telling(word: str) -> bool:
    return len(word) > 1 and word not in _STOP and word not in _GENERIC and not word.isdigit()


def without_notes(raw: str) -> str:
    """Return the printed title without markup and without what indexers append to it."""
    text = without_latex(_unmarked(raw)).strip().strip('"')
    if "[" not in text and "(" not in text and "LA:" not in text:
        return text

    return _without_tail(_LETTER_NUMBER.sub("", _without_tail(text)))


def _unmarked(raw: str) -> str:
    return unmark(raw[:_READ_MARKED])[:_READ]


def _without_tail(text: str) -> str:
    for _ in range(4):
        shorter = _TAIL.sub("", text).strip()
        if shorter == text or not shorter:
            break
        text = shorter
    return text


def letter_number(raw: str | None) -> str:
    """Return the number that a database gives a letter at the end of its title, or ""."""
    if not raw or "]" not in raw:
        return ""
    match = _LETTER_NUMBER.search(_without_tail(_unmarked(raw).strip()))
    if not match:
        return ""
    return match[1].lstrip("0")


_COLON = re.compile(r"[:?!.]\s|\s[-–—]\s")


def pieces_of(raw: str | None) -> frozenset[str]:
    """Return the words before and after each colon, dash or full stop in the title."""
    text = (raw or "")[:_READ]
    places = [match.span() for match in _COLON.finditer(text)]
    pieces = {" ".join(title_words(text[:start])) for start, _ in places}
    pieces |= {" ".join(title_words(text[end:])) for _, end in places}
    return frozenset(pieces)


_SUBTITLE = re.compile(r"[:?!.]\s|\s(?:[-–—]+|\()\s?")


def beginnings_of(raw: str | None) -> frozenset[str]:
    """Return the words before each colon, dash, full stop or bracket in the title."""
    text = (raw or "")[:_READ]
    places = [match.start() for match in _SUBTITLE.finditer(text)]
    return frozenset(" ".join(title_words(text[:start])) for start in places)


_CUT = re.compile(r"(?<!\W)(?>\W*?(?:\.\.\.|…))\W*+$")


def is_cut(raw: str | None) -> bool:
    """Return whether an ellipsis at the end says that the title was cut."""
    return bool(raw and _CUT.search(raw))


# The mark of a notice: "Erratum: ...", "... (vol 360, pg 542, 2009)",
# "... (N Engl J Med (2009) 360 (542))".
_RETRACTED = re.compile(r"^\W*(?:retracted|withdrawn)(?: article)?\W*[:.\]]\W*", re.IGNORECASE)
_NOTICE_HEAD = re.compile(
    r"^\W*(?:(?:publisher|author)(?:'s|s)? correction|errat(?:um|a)|corrigend(?:um|a)|corrections?"
    r"|addendum)\b"
    r"(?: to| for| in)?\W+",
    re.IGNORECASE,
)
_PLACE = 200  # a place of publication is shorter
_NOTICE_TAIL = re.compile(
    r"(?:\(vol\.? ?\d+[^()]*\bpg?\.? ?\w?\d+[^()]*\)"
    r"|\((?:[^()]|\(\d{4}\))*\(\d{4}\)[^()]*\([^()]*\)[^()]*\))\W*$",
    re.IGNORECASE,
)


def is_notice(raw: str) -> bool:
    """Return whether a title, without indexers' notes, has the mark of an erratum."""
    return bool(_NOTICE_HEAD.match(raw) or ("(" in raw and _NOTICE_TAIL.search(raw[-_PLACE:])))


def _subject(raw: str) -> str:
    """Return the title of the work itself, also if the record is a notice about it."""
    text = without_notes(raw)
    bare = text
    for head in (_RETRACTED, _NOTICE_HEAD):
        match = head.match(bare)
        if match:
            bare = bare[match.end() :]
    if "(" in bare:
        bare = bare[:-_PLACE] + _NOTICE_TAIL.sub("", bare[-_PLACE:])
    return _without_footnote(bare.strip()) or text


def _without_footnote(title: str) -> str:
    match = _FOOTNOTE.search(title)
    if match is None or match[1].lower() in _COUNTED:
        return title
    return title[:-1]


def telling(title: tuple[str, ...]) -> int:
    """Return how many words say what the work is about.

    In scripts without spaces, two characters count as a word.
    """
    count = sum(_is_telling(word) for word in title)
    signs = sum(len(word) for word in title if not word.isascii() and is_unspaced(word))
    return max(count, signs // 2)


def content(title: tuple[str, ...]) -> list[str]:
    """Return the words without articles, prepositions and similar words."""
    return [word for word in title if word not in _STOP]


def numbers(raw: str | None, title: tuple[str, ...]) -> tuple[str, ...]:
    """Return every number in the title, sorted, as digits.

    Reads digits, roman numerals, counted words ("phase two") and abbreviated years.
    """
    if not title:
        return ()

    text = without_latex(_unmarked(raw or ""))
    found = _digit_numbers(_LETTER_NUMBER.sub("", _without_tail(text.strip())))
    if not _MARKED.isdisjoint(title):
        found += _word_numbers(title)
    return tuple(sorted(found))


def _digit_numbers(text: str) -> list[str]:
    if not _DIGITS.search(text):
        return []
    in_full = _YEAR_RANGE.sub(lambda m: f"{m[1]}-{m[1][:2]}{m[2]}", text)
    digits = _DIGITS.findall(" ".join(title_words(in_full)))
    return [number.lstrip("0") or "0" for number in digits]


def _word_numbers(title: tuple[str, ...]) -> list[str]:
    """Return roman numerals, and the numbers in words after "phase", "part" and similar words."""
    found = []
    for before, word, after in zip(("", *title), title, (*title[1:], ""), strict=False):
        if word in _ROMAN:
            found.append(_ROMAN[word])
        elif before in _COUNTED and word in _AFTER_COUNTED:
            found.append(_AFTER_COUNTED[word])
        elif after in _NUMBERED and word in _ORDINALS:
            found.append(_ORDINALS[word])
    return found


_FOREIGN_TAG = re.compile(
    rf"^\W*\[|[\[(]\s*(?:{_LANGUAGES})\b[^\])]*[\])]\W*$|\bLA: ?(?!eng)[A-Za-z]{{3}}\W*$",
    re.IGNORECASE,
)


def is_marked_translation(raw: str | None) -> bool:
    """Return whether brackets or a note say that the title is translated, or of what language.

    "[Prevalence of asthma].", "Asthma in schools [French]", "Asthma in schools LA: Fre".
    """
    return bool(raw and _FOREIGN_TAG.search(raw[:_READ]))


_PARALLEL = re.compile(
    r"^\s*+[^\[\]=]{12,}?(?:\[(?P<two>[^\[\]]{12,}+)\]|\s[=/]\s(?P<three>.{12,}+))\W*$"
)


def parallel_title(raw: str | None, original: str | None) -> tuple[str, ...]:
    """Return the title in its other language, or without the name of a section, or ().

    From the field of the original title, from "Titre original [Translated title]", or from
    "Special issue - Information systems success".
    """
    if raw and original:
        return title_words(original)
    return _second_title((raw or "")[:_READ])


def _second_title(text: str) -> tuple[str, ...]:
    if _SECTION.search(text):
        return title_words(_SECTION.sub("", text))
    if not ("[" in text or "=" in text or " / " in text):
        return ()

    match = _PARALLEL.match(text)
    if not match:
        return ()
    return title_words(match["two"] or match["three"])
