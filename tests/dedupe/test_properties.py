"""Whatever a database does to a work, it is found or asked; no work is taken for one like it."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewkit.dedupe import Duplicates, find_duplicates
from reviewkit.dedupe.explain import explain
from reviewkit.model.records import Record
from tests.helpers.corruption import (
    HABITS,
    MEETINGS,
    SIBLINGS,
    copy_of,
    reference_to,
    siblings_of,
)
from tests.helpers.effort import examples

few = settings(max_examples=examples(6), deadline=None)
many = settings(max_examples=examples(60), deadline=None)
SUBJECTS = (
    "music therapy", "early mobilisation", "dietary fibre", "home visits", "vitamin D",
    "motivational interviews", "low molecular heparin", "cognitive rehabilitation",
)  # fmt: skip
PEOPLE = ("dementia", "heart failure", "burns", "cystic fibrosis", "hip fractures", "sepsis")
OUTCOMES = ("quality of life", "length of stay", "mortality", "adherence", "pain", "fatigue")
FAMILIES = ("Okonkwo", "Lindqvist", "Barbosa", "Haddad", "Novak", "Tanaka", "Whitfield", "Moreau")
JOURNALS = ("Journal of Clinical Nursing", "Archives of Rehabilitation", "Revista de Enfermagem")


@st.composite
def works(draw: st.DrawFn) -> Record:
    """Draw an ordinary article, as a good database describes it."""
    subject, people = draw(st.sampled_from(SUBJECTS)), draw(st.sampled_from(PEOPLE))
    outcome, page = draw(st.sampled_from(OUTCOMES)), draw(st.integers(2, 1500))
    families = draw(st.lists(st.sampled_from(FAMILIES), min_size=3, max_size=6, unique=True))
    text = f"We studied {subject} against usual care in adults with {people}. The main outcome was "
    return Record(
        source="t",
        source_id="work",
        title=f"Effects of {subject} on {outcome} of patients with {people}",
        authors=tuple(f"{family}, Ana Maria" for family in families),
        journal=draw(st.sampled_from(JOURNALS)),
        year=draw(st.integers(1990, 2024)),
        volume=str(draw(st.integers(1, 90))),
        issue=str(draw(st.integers(1, 12))),
        pages=f"{page}-{page + draw(st.integers(4, 15))}",
        doi=f"10.1000/made.{page}",
        pmid=str(20_000_000 + page),
        abstract=f"{text}{outcome} after twelve weeks, as nurses rated it at two hospitals. " * 3,
    )


def outcome_of(found: Duplicates) -> str:
    if found.clusters:
        return "same"
    if found.questions:
        return "asked"
    return "different"


@pytest.mark.slow
@pytest.mark.parametrize("habit", HABITS)
@given(work=works(), seed=st.integers(0, 2**32))
@few
def test_one_habit_never_hides_a_work(habit: str, work: Record, seed: int) -> None:
    copy = HABITS[habit](work, random.Random(seed))
    found = find_duplicates([work, replace(copy, source_id="copy")])
    assert outcome_of(found) in {"same", "asked"}


@given(work=works(), seed=st.integers(0, 2**32))
@many
def test_three_habits_are_found_or_asked(work: Record, seed: int) -> None:
    copy, habits = copy_of(work, random.Random(seed))
    assert outcome_of(find_duplicates([work, copy])) in {"same", "asked"}, habits


@pytest.mark.parametrize("kind", SIBLINGS)
@given(work=works(), seed=st.integers(0, 2**32))
@few
def test_works_that_look_alike_are_never_one(kind: str, work: Record, seed: int) -> None:
    chance = random.Random(seed)
    one, two = siblings_of(work, kind, chance)
    assert outcome_of(find_duplicates([one, two])) != "same"


@given(work=works(), seed=st.integers(0, 2**32), kind=st.sampled_from(sorted(SIBLINGS)))
@many
def test_no_habit_makes_one_of_two_works(kind: str, work: Record, seed: int) -> None:
    chance = random.Random(seed)
    one, two = siblings_of(work, kind, chance)
    copy, habits = copy_of(two, chance, habits=2)
    # These may take the very sign that tells the two apart.
    taken = {"misprint", "letter number", "no issue", "no place"}
    if kind in {"letters", "editions"}:
        taken.add("cut")
    if taken.intersection(habits):
        return
    assert outcome_of(find_duplicates([one, copy])) != "same", habits


@st.composite
def bare_copies(draw: st.DrawFn, work: Record) -> Record:
    """Draw what a poor index has of a work: its words in another order, and perhaps no place."""
    title = draw(st.permutations((work.title or "").split()))[: draw(st.integers(4, 8))]
    text = draw(st.sampled_from((work.abstract, None)))
    copy = replace(work, source_id="copy", title=" ".join(title), abstract=text)
    for habit in draw(st.sets(st.sampled_from(("no journal", "no volume", "no pages", "no year")))):
        copy = HABITS[habit](copy, random.Random(0))
    return replace(copy, doi=None, pmid=None)


@given(data=st.data(), work=works(), seed=st.integers(0, 2**32))
@many
def test_explain_says_what_the_run_does(data: st.DataObject, work: Record, seed: int) -> None:
    copy, _ = copy_of(work, random.Random(seed), habits=6)
    for other in (copy, data.draw(bare_copies(work))):
        verdict = explain(work, other).pair.outcome
        done = outcome_of(find_duplicates([work, other]))
        assert {"ask": "asked"}.get(verdict, verdict.value) == done


@given(work=works(), seed=st.integers(0, 2**32), meeting=st.integers(0, len(MEETINGS) - 1))
@many
def test_two_references_to_a_paper_of_a_meeting_are_one(
    work: Record, seed: int, meeting: int
) -> None:
    chance = random.Random(seed)
    one, two = (reference_to(work, meeting, chance) for _ in "ab")
    assert outcome_of(find_duplicates([one, two])) == "same", (one.journal, two.journal)


@given(work=works(), seed=st.integers(0, 2**32), meeting=st.integers(0, len(MEETINGS) - 1))
@many
def test_a_paper_and_what_came_of_it_elsewhere_are_two(
    work: Record, seed: int, meeting: int
) -> None:
    chance = random.Random(seed)
    paper = reference_to(work, meeting, chance)
    article = replace(work, year=(work.year or 0) + 1, source_id="article", doi=None, pmid=None)
    elsewhere = replace(
        paper, source_id="other", journal="International Conference on Marine Biology of Fish"
    )
    assert outcome_of(find_duplicates([paper, article])) != "same", paper.journal
    # A short name that nobody can spell out may be any meeting's.
    venue = paper.journal or ""
    if "International" not in venue or "..." in venue:
        return
    assert outcome_of(find_duplicates([paper, elsewhere])) != "same", paper.journal
