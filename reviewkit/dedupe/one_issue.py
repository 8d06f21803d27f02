"""Agreements that decide within one issue or volume of a journal: it prints an article once.

Another issue, another page or another author is not looked for here: vetoes and doubts are.
"""

import numpy as np

from reviewkit.dedupe.circumstances import Circumstances
from reviewkit.dedupe.compare import Likeness
from reviewkit.dedupe.compare.fields import Flags, Floats
from reviewkit.dedupe.compare.titles import title_difference
from reviewkit.dedupe.evidence import at_least, below
from reviewkit.dedupe.prepare import Prepared
from reviewkit.model.records import Record
from reviewkit.model.words import words

# What an editor writes once in each issue.
_ONCE_AN_ISSUE = frozenset(
    {"foreword", "thanks to reviewers", "list of reviewers", "forthcoming papers", "preface",
     "in this issue", "about this issue", "table of contents", "contents", "front matter",
     "back matter", "information for authors", "instructions for authors", "subject index",
     "author index"}
)  # fmt: skip
# Titles of these words alone are an editor's too, where one of them names the editor:
# "Guest editors' introduction to the special issue".
_EDITORS_WORDS = frozenset(
    {"a", "and", "board", "by", "chief", "comment", "comments", "from", "guest", "in",
     "introduction", "issue", "message", "note", "notes", "of", "remarks", "s", "section",
     "special", "the", "to", "volume", "welcome", "word", "editor", "editors", "editorial"}
)  # fmt: skip
_EDITORS = frozenset({"editor", "editors", "editorial"})
# What one person, or two whose names are not known, may write twice in an issue.
_OFTEN_IN_AN_ISSUE = frozenset(
    {"abstract", "abstracts", "book", "comment", "comments", "correction", "discussion", "letter",
     "letters", "news", "note", "notes", "reply", "response", "review", "reviews", "author",
     "authors"}
)  # fmt: skip
# How many strokes of a pen make the letter: where a program reads "m" as "in", they are the same.
_STROKES = str.maketrans({"n": "ii", "u": "ii", "m": "iii", "r": "i", "l": "i"})
_LEAST_MISREAD = 5


def in_one_volume(prepared: Prepared, pairs: Likeness, at: Circumstances) -> Flags:
    """Return where one issue has one title, and nothing else differs.

    A short title needs its author, but an issue has one preface. A long title may be in a volume of
    which one record does not state the issue.
    """
    v = pairs.values
    whole = at_least(v["title"], np.where(v["telling"] >= 5, 0.95, 0.99)) & (v["added"] == 0)
    differs = below(v["authors"], 0.5) | below(v["abstract"], 0.5) | at.other_doi
    author = _same_author(v)

    named = _named(prepared, pairs, at, author, whole)
    footnoted = _footnoted(prepared, pairs)
    named |= footnoted | _signed(prepared, pairs)
    dated = at.main_title & author & _names_a_year(prepared, pairs)

    on_page = at.same_place & (v["first_page"] == 1) & (v["volume"] == 1) & (v["pmid"] != 0)
    on_page &= whole & (v["telling"] >= np.where(at.same_issue, 2, 3)) & (v["year_gap"] <= 1)
    on_page |= at.main_title & at.same_range & ~(v["year_gap"] > 1) & (v["pmid"] != 0)

    placed = (at.same_issue & named) | _in_volume(prepared, pairs, author) | on_page
    numbered = (v["numbers"] == 1) | (at.same_issue & (footnoted | dated))
    return np.asarray(numbered & placed & ~differs, dtype=np.bool_)


def _same_author(v: dict[str, Floats]) -> Flags:
    author = at_least(v["authors_all"], 0.8) | (at_least(v["authors"], 0.99) & (v["initial"] != 0))
    return np.asarray(author & at_least(v["first_author"], 1.0), dtype=np.bool_)


def _named(
    prepared: Prepared, pairs: Likeness, at: Circumstances, author: Flags, whole: Flags
) -> Flags:
    """Return where a title in one issue says enough, or one database left out its subtitle."""
    v = pairs.values
    counts = prepared.ints["author_count"]
    nobody = counts[pairs.first] + counts[pairs.second] == 0
    unknown = np.isnan(v["authors"])
    # Two pieces may be unsigned; of one that is signed, a database may have lost the names.
    one_signed = unknown & ~nobody & (v["telling"] >= 1)

    named = whole & ((v["telling"] >= 3) | (author & (v["telling"] >= 1)))
    for place in np.flatnonzero(at.same_issue & whole & ~named).tolist():
        title = prepared.titles[int(pairs.first[place])]
        signed = author[place] or one_signed[place]
        once = signed and _OFTEN_IN_AN_ISSUE.isdisjoint(title.split())
        editorial = nobody[place] and title == "editorial"
        named[place] = once or editorial or _is_once_an_issue(title)

    part = at_least(v["title_part"], 0.98) & (v["telling"] >= 3)
    part |= at.main_title & (v["telling"] >= 1)
    enough = (v["telling"] >= 4) | (at.main_title & (v["telling"] >= 3))
    return np.asarray(named | (part & (author | (unknown & enough))), dtype=np.bool_)


def _is_once_an_issue(title: str) -> bool:
    if title in _ONCE_AN_ISSUE:
        return True
    own = {word for word in title.split() if not word.isdigit()}
    return len(own) > 1 and own <= _EDITORS_WORDS and not own.isdisjoint(_EDITORS)


def _in_volume(prepared: Prepared, pairs: Likeness, author: Flags) -> Flags:
    """Return where a record does not state the issue, and the title is too long to recur."""
    v = pairs.values
    counts, issues = prepared.ints["author_count"], prepared.ints["issue"]
    several = np.minimum(counts[pairs.first], counts[pairs.second]) > 1
    no_issues = (issues[pairs.first] == 0) & (issues[pairs.second] == 0)

    in_time = (v["year_gap"] == 0) | (at_least(v["authors"], 0.66) & ~(v["year_gap"] > 3))
    least = np.where(author | no_issues, 5, 6)
    least = np.where(author & several, 4, least)
    whole = at_least(v["title"], 1.0) & (v["telling"] >= least)
    part = at_least(v["title_part"], 0.98) & author & (v["telling"] >= 6)
    placed = at_least(v["journal"], 0.9) & (v["volume"] == 1) & np.isnan(v["issue"])
    return np.asarray(placed & in_time & ~(v["first_page"] == 0) & (whole | part), dtype=np.bool_)


def _footnoted(prepared: Prepared, pairs: Likeness) -> Flags:
    """Return where one title is the other and a 1, the mark of a footnote, by all the authors."""
    v = pairs.values
    found = (v["numbers"] == 0.5) & (v["telling"] >= 4) & at_least(v["authors_all"], 0.95)
    for place in np.flatnonzero(found).tolist():
        titles = [prepared.titles[int(side[place])].split() for side in (pairs.first, pairs.second)]
        short, full = sorted(titles, key=len)
        found[place] = full.count("1") == 1 and [word for word in full if word != "1"] == short
    return np.asarray(found, dtype=np.bool_)


def _names_a_year(prepared: Prepared, pairs: Likeness) -> Flags:
    """Return where one title has a year more than the other: "Panel report from 2018"."""
    codes = prepared.ints["numbers"]
    found = pairs.values["numbers"] == 0.5
    for place in np.flatnonzero(found).tolist():
        sides = (int(codes[side[place]]) for side in (pairs.first, pairs.second))
        few, many = sorted((prepared.number_sets[code] for code in sides), key=len)
        more = set(many) - set(few)
        found[place] = any(len(number) == 4 and number[:2] in {"19", "20"} for number in more)
    return np.asarray(found, dtype=np.bool_)


def _signed(prepared: Prepared, pairs: Likeness) -> Flags:
    """Return where one title is the other and the names of its authors.

    A title that was read from an article's first page often goes on with them.
    """
    v = pairs.values
    found = (v["added"] >= 1) & (v["swapped"] == 0) & (v["telling"] >= 4)
    found &= at_least(v["title_part"], 0.97)
    for place in np.flatnonzero(found).tolist():
        one, two = int(pairs.first[place]), int(pairs.second[place])
        short, full = sorted((prepared.titles[one], prepared.titles[two]), key=len)
        names = {*_name_words(prepared.records[one]), *_name_words(prepared.records[two])}
        rest = [word for word in full.removeprefix(short).split() if len(word) > 1]
        found[place] = full.startswith(f"{short} ") and {*rest} <= names | {"and", "by"}
    return np.asarray(found, dtype=np.bool_)


def _name_words(record: Record) -> list[str]:
    return words(" ".join(record.authors))


def misread_in_one_issue(prepared: Prepared, pairs: Likeness, at: Circumstances) -> Flags:
    """Return where all authors and the issue agree, and a program misread one word of the title.

    "Tuning" and "timing", "regimes" and "regiines": letters of as many strokes.
    """
    v = pairs.values
    found = at.same_issue & (v["swapped"] == 1) & (v["added"] == 0) & (v["opposed"] == 0)
    found &= at_least(v["title"], 0.95) & (v["telling"] >= 4) & (v["numbers"] == 1)
    found &= _same_author(v) & ~below(v["abstract"], 0.9) & ~at.other_doi
    for place in np.flatnonzero(found).tolist():
        one, two = (prepared.titles[int(side[place])] for side in (pairs.first, pairs.second))
        left, right = title_difference(one, two)
        found[place] = _are_misread(left[0], right[0])
    return np.asarray(found, dtype=np.bool_)


def _are_misread(one: str, two: str) -> bool:
    shortest = min(len(one), len(two))
    return shortest >= _LEAST_MISREAD and one.translate(_STROKES) == two.translate(_STROKES)
