"""Which rule decides a pair, from likenesses that are given: thresholds, and who overrules whom."""

import numpy as np
import pytest

from reviewkit.dedupe.decide import (
    ASK,
    DIFFERENT,
    RULES,
    SAME,
    VETOED,
    _apply,
    _same_words,
    decide,
)
from reviewkit.dedupe.evidence import SIGNS
from reviewkit.dedupe.normalise.kind import PublicationKind
from reviewkit.dedupe.settings import DedupeSettings
from reviewkit.dedupe.weights import Weights
from tests.helpers.likeness import likeness, two_records

# Every pair gets the score 0.5, so that rules and thresholds alone decide.
EVEN = Weights(values=(0.0,) * len(SIGNS), bias=0.0)

Row = dict[str, float]
PEOPLE: Row = {"authors": 1, "authors_all": 1, "first_author": 1, "year_gap": 0}
ALIKE: Row = {**PEOPLE, "title": 0.9, "journal": 1, "volume": 1}
PLACED: Row = {**ALIKE, "first_page": 1}
IDENTIFIED: Row = {**PEOPLE, "title": 0.9, "doi": 1}
RENAMED: Row = {**PEOPLE, "title": 0.3, "title_part": 0.3, "doi": 1}
IDENTICAL: Row = {"telling": 3, "year_gap": 0, "journal": 1, "volume": 1}
SAME_WORDS: Row = {**PEOPLE, "title": 0.97, "telling": 4, "authors_all": 0.8}
CERTAIN: Row = {**PEOPLE, "journal": 1}
EXCHANGED: Row = {**IDENTIFIED, "authors_all": 0.5, "swapped": 1}
OTHER_PAGES: Row = {**ALIKE, "issue": 0, "first_page": 0, "last_page": 0}
VETOED_ROW: Row = {**ALIKE, "numbers": 0}


@pytest.mark.parametrize(
    ("row", "same_at", "ask_at", "code", "rule"),
    [
        # The score is 0.5: a threshold is met by a score that is as high.
        (ALIKE, 0.5, 0.3, SAME, "alike"),
        (PLACED, 0.5, 0.3, SAME, "same_place"),
        (IDENTIFIED, 0.5, 0.3, SAME, "same_identifier"),
        (ALIKE, 0.51, 0.5, ASK, "likely"),
        (PLACED, 0.51, 0.5, ASK, "likely"),
        (IDENTIFIED, 0.51, 0.5, ASK, "likely"),
        (ALIKE, 0.6, 0.51, DIFFERENT, "unlike"),
        (PLACED, 0.6, 0.51, DIFFERENT, "unlike"),
        # What a person should see is asked, however low its score is.
        (RENAMED, 0.6, 0.51, ASK, "likely"),
        (IDENTICAL, 0.6, 0.51, ASK, "likely"),
        ({**SAME_WORDS, "authors": 0.65}, 0.6, 0.51, ASK, "likely"),
        # A doubt takes back what the score would join, and says why.
        (EXCHANGED, 0.5, 0.3, ASK, "exchanged"),
        (RENAMED, 0.5, 0.3, ASK, "renamed"),
        (IDENTICAL, 0.5, 0.3, ASK, "nobody"),
        (EXCHANGED, 0.6, 0.5, ASK, "likely"),
        (EXCHANGED, 0.6, 0.51, DIFFERENT, "unlike"),
        # A certainty raises the score to 0.99 and more, so that a stricter threshold still asks.
        (CERTAIN, 0.6, 0.51, SAME, "same_bare"),
        (CERTAIN, 0.995, 0.98, SAME, "same_bare"),
        (CERTAIN, 0.996, 0.99, ASK, "likely"),
        # A doubt that a person would deny is not asked, and the rule says why.
        (OTHER_PAGES, 0.5, 0.3, DIFFERENT, "other_pages"),
        (OTHER_PAGES, 0.6, 0.5, DIFFERENT, "other_pages"),
        (OTHER_PAGES, 0.6, 0.51, DIFFERENT, "unlike"),
        ({**OTHER_PAGES, "abstract": 0.9}, 0.6, 0.5, ASK, "likely"),
        # A veto overrules all of it, and names itself for a low score too.
        (VETOED_ROW, 0.5, 0.3, VETOED, "numbers"),
        (VETOED_ROW, 0.6, 0.5, VETOED, "numbers"),
        (VETOED_ROW, 0.6, 0.51, VETOED, "numbers"),
    ],
)
def test_thresholds_and_rules(
    row: Row, same_at: float, ask_at: float, code: int, rule: str
) -> None:
    settings = DedupeSettings(same_at=same_at, ask_at=ask_at, weights=EVEN)
    # A pair that is decided beside others is decided as it is alone.
    judged = decide(two_records(), likeness(VETOED_ROW, row, ALIKE), settings)
    assert (int(judged.codes[1]), RULES[int(judged.rules[1])]) == (code, rule)
    assert judged.scores[1] == (0.995 if row is CERTAIN else 0.5)


def test_the_weights_that_come_with_reviewkit_are_used_unless_others_are_given() -> None:
    pairs = likeness(CERTAIN, {**ALIKE, "title": 0.5, "authors_all": 0.1, "authors": 0.1})
    learned = decide(two_records(), pairs, DedupeSettings()).scores
    even = decide(two_records(), pairs, DedupeSettings(weights=EVEN)).scores
    assert learned[0] > 0.995
    assert learned[1] < 0.3
    assert even.tolist() == [0.995, 0.5]


NOBODY: Row = {"title": 1, "telling": 6, "year_gap": 0}


@pytest.mark.parametrize(
    ("row", "meeting", "asked"),
    [
        (SAME_WORDS, False, True),
        ({**SAME_WORDS, "title": 0.96}, False, False),
        ({**SAME_WORDS, "telling": 3}, False, False),
        ({**SAME_WORDS, "authors_all": 0.79}, False, False),
        ({**SAME_WORDS, "authors_all": 0.79, "telling": 9}, False, False),
        # Nobody is known: a longer title, of no other year.
        (NOBODY, False, True),
        ({**NOBODY, "title": 0.96}, False, False),
        ({**NOBODY, "telling": 5}, False, False),
        ({**NOBODY, "year_gap": 1}, False, False),
        ({**NOBODY, "year_gap": np.nan}, False, True),
        ({**NOBODY, "authors": 0.2}, False, False),
        # Clearly in another place: another volume, and another journal or another page.
        ({**SAME_WORDS, "volume": 0, "journal": 0.59}, False, False),
        ({**SAME_WORDS, "volume": 0, "journal": 0.6}, False, True),
        ({**SAME_WORDS, "volume": 1, "journal": 0.59}, False, True),
        ({**SAME_WORDS, "volume": np.nan, "journal": 0.59}, False, True),
        ({**SAME_WORDS, "volume": 0, "journal": 0.9, "first_page": 0}, False, False),
        ({**SAME_WORDS, "volume": 0, "journal": 0.9, "first_page": 1}, False, True),
        ({**SAME_WORDS, "volume": 1, "journal": 0.9, "first_page": 0}, False, True),
        ({**SAME_WORDS, "volume": 0, "first_page": 0, "abstract": 0.9}, False, True),
        ({**SAME_WORDS, "volume": 0, "first_page": 0, "abstract": 0.89}, False, False),
        # Printed again, in another year or after a meeting, unless text or DOI say that it is one.
        ({**SAME_WORDS, "journal": 0.49, "year_gap": 1}, False, False),
        ({**SAME_WORDS, "journal": 0.5, "year_gap": 1}, False, True),
        ({**SAME_WORDS, "journal": 0.49, "year_gap": 0}, False, True),
        ({**SAME_WORDS, "journal": 0.49, "year_gap": 0}, True, False),
        ({**SAME_WORDS, "journal": 0.9, "year_gap": 1}, True, True),
        ({**SAME_WORDS, "journal": 0.49, "year_gap": 1, "abstract": 0.9}, False, True),
        ({**SAME_WORDS, "journal": 0.49, "year_gap": 1, "doi": 1}, False, True),
        ({**SAME_WORDS, "journal": 0.49, "year_gap": 1, "doi": 0}, False, False),
        # Two DOIs are two works, whatever the text.
        ({**SAME_WORDS, "journal": 0.49, "year_gap": 1, "abstract": 0.9, "doi": 0}, False, False),
        ({**SAME_WORDS, "journal": 0.5, "year_gap": 1, "abstract": 0.9, "doi": 0}, False, True),
        # Neither of the two reasons takes the other one's place.
        ({**SAME_WORDS, "volume": 0, "journal": 0.55, "year_gap": 1, "doi": 1}, False, False),
    ],
)
def test_the_same_words_by_the_same_people_are_asked_unless_clearly_elsewhere(
    row: Row, meeting: bool, asked: bool
) -> None:
    kind = int(PublicationKind.ABSTRACT) * meeting
    assert _same_words(two_records(kind), likeness(row)).tolist() == [asked]


def test_the_first_rule_that_holds_decides_each_pair_within_reach() -> None:
    rules_by_name = {
        "doi": np.array([True, False, True, False, False]),
        "short": np.array([True, True, True, False, True]),
        "nobody": np.array([True, True, True, False, True]),
    }
    codes, rules = np.full(5, SAME), np.full(5, RULES.index("alike"))
    reach = np.array([True, True, False, True, False])
    _apply(rules_by_name, codes, rules, reach=reach, code=ASK)
    assert codes.tolist() == [ASK, ASK, SAME, SAME, SAME]
    assert [RULES[rule] for rule in rules] == ["doi", "short", "alike", "alike", "alike"]
    assert reach.tolist() == [True, True, False, True, False]
