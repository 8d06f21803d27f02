"""Explain why two records were joined, kept apart or left open.

Shows both printed values of each field, how alike they are, and what that adds to the score.
"""

from dataclasses import dataclass

import numpy as np

from reviewkit.dedupe.compare import compare
from reviewkit.dedupe.evidence import SIGNS, evidence
from reviewkit.dedupe.find import judge_pair
from reviewkit.dedupe.pairs import Pair
from reviewkit.dedupe.prepare import prepare
from reviewkit.dedupe.settings import DedupeSettings
from reviewkit.dedupe.weights import learned_weights
from reviewkit.model.messages import mark
from reviewkit.model.records import Record

# The field of each piece of evidence, and its words.
EVIDENCE_WORDS: dict[str, tuple[str, str]] = {
    "title_same": (mark("title"), mark("the same words")),
    "title_near": (mark("title"), mark("nearly the same words")),
    "title_begins": (mark("title"), mark("one is the beginning or end of the other")),
    "title_far": (mark("title"), mark("different words")),
    "title_short": (mark("title"), mark("few words with a meaning")),
    "words_exchanged": (mark("title"), mark("a word is exchanged for another")),
    "words_added": (mark("title"), mark("words in one only")),
    "numbers_clash": (mark("title"), mark("different numbers")),
    "numbers_extra": (mark("title"), mark("a number in one only")),
    "authors_same": (mark("authors"), mark("the same people")),
    "authors_shared": (mark("authors"), mark("the shorter list is in the longer")),
    "authors_differ": (mark("authors"), mark("different people")),
    "first_author_same": (mark("authors"), mark("the same first author")),
    "first_author_differs": (mark("authors"), mark("another first author")),
    "authors_unknown": (mark("authors"), mark("not known in one")),
    "journal_same": (mark("journal"), mark("the same")),
    "journal_differs": (mark("journal"), mark("different")),
    "year_same": (mark("year"), mark("the same")),
    "year_next": (mark("year"), mark("one year apart")),
    "year_far": (mark("year"), mark("more than a year apart")),
    "volume_same": (mark("volume"), mark("the same")),
    "volume_differs": (mark("volume"), mark("different")),
    "issue_same": (mark("issue"), mark("the same")),
    "issue_differs": (mark("issue"), mark("different")),
    "first_page_same": (mark("pages"), mark("the same first page")),
    "first_page_differs": (mark("pages"), mark("another first page")),
    "last_page_same": (mark("pages"), mark("the same last page")),
    "last_page_differs": (mark("pages"), mark("another last page")),
    "place_unknown": (mark("pages"), mark("neither volume nor page known in one")),
    "identifier_same": (mark("identifiers"), mark("the same DOI or PMID")),
    "identifier_differs": (mark("identifiers"), mark("different DOI or PMID")),
    "abstract_same": (mark("abstract"), mark("the same beginning")),
    "abstract_differs": (mark("abstract"), mark("another beginning")),
    "long_title_same": (mark("together"), mark("a long title, by the same authors")),
    "text_same": (mark("together"), mark("a long title and the abstract, by the same authors")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One piece of evidence: the field, the words, and what it adds to the score (log odds)."""

    field: str
    words: str
    worth: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedField:
    """A field as both records print it."""

    name: str
    value_a: str
    value_b: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The judgement, the fields side by side, and the reasons, the weightiest first."""

    pair: Pair
    fields: tuple[ComparedField, ...]
    reasons: tuple[Reason, ...]


def explain(one: Record, two: Record, *, settings: DedupeSettings | None = None) -> Explanation:
    """Return the judgement of the rules on two records, lower key first, and the reasons.

    People's answers are not considered.
    """
    first, second = sorted((one, two), key=lambda record: record.key)
    prepared = prepare((first, second))
    pairs = compare(prepared, np.array([0]), np.array([1]), keep_all=True)

    worth = evidence(pairs.values)[0] * np.array(learned_weights().values)
    reasons = [
        Reason(
            field=EVIDENCE_WORDS[name][0],
            words=EVIDENCE_WORDS[name][1],
            worth=round(float(value), 2),
        )
        for name, value in zip(SIGNS, worth, strict=True)
        if abs(value) >= 0.005
    ]
    reasons.sort(key=lambda reason: (-abs(reason.worth), reason.field, reason.words))
    printed = zip(_printed(first), _printed(second), strict=True)

    return Explanation(
        pair=judge_pair(first, second, settings=settings),
        fields=tuple(
            ComparedField(name=name, value_a=a, value_b=b)
            for (name, a), (_, b) in printed
            if a or b
        ),
        reasons=tuple(reasons),
    )


def _printed(record: Record) -> list[tuple[str, str]]:
    values: dict[str, object] = {
        "title": record.title,
        "authors": "; ".join((*record.authors, *record.collective_authors)),
        "journal": record.journal or record.journal_abbreviation,
        "year": record.year or record.published,
        mark("volume"): record.volume,
        mark("issue"): record.issue,
        "pages": record.pages,
        "doi": record.doi,
        "pmid": record.pmid,
        mark("types"): "; ".join(record.types),
        "abstract": record.abstract,
    }
    return [(name, str(value or "")) for name, value in values.items()]
