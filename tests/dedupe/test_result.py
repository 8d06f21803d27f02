"""People's answers, and what is asked of them."""

from reviewkit.dedupe import (
    Settled,
    SettledPair,
    find_duplicates,
)
from reviewkit.dedupe.pairs import LESS_SURE
from reviewkit.model.records import Record
from tests.helpers.duplicates import (
    PLACE,
    TITLE,
    clusters_of,
    doubtful,
    record,
)


def test_people_stand_above_every_rule_and_can_be_undone() -> None:
    one, two = record("a", **PLACE), record("b", **PLACE)
    apart = SettledPair(record_a="t:b", record_b="t:a", answer=Settled.DIFFERENT)
    kept_apart = find_duplicates([one, two], known=[apart])
    assert clusters_of(kept_apart) == set()
    assert kept_apart.overruled == (apart,)
    assert clusters_of(find_duplicates([one, two])) == {frozenset({"t:a", "t:b"})}
    other = record("c", "Something else entirely, on another matter", authors=("Nobody A",))
    together = SettledPair(record_a="t:a", record_b="t:c", answer=Settled.SAME)
    assert frozenset({"t:a", "t:b", "t:c"}) in clusters_of(
        find_duplicates([one, two, other], known=[together])
    )


def test_answers_that_stand_against_each_other_are_named() -> None:
    records = [
        record(name, f"{name} {TITLE}", authors=(f"Author{name}",), year=1990 + len(name))
        for name in "abc"
    ]
    answers = [
        SettledPair(record_a="t:a", record_b="t:b", answer=Settled.SAME),
        SettledPair(record_a="t:b", record_b="t:c", answer=Settled.SAME),
        SettledPair(record_a="t:a", record_b="t:c", answer=Settled.DIFFERENT),
    ]
    found = find_duplicates(records, known=answers)
    assert found.against == (answers[1],)
    assert found.overruled == ()
    assert clusters_of(found) == {frozenset({"t:a", "t:b"})}


def test_an_answered_question_is_not_asked_again() -> None:
    one = record("a", "Vaccination of adult patients with hepatitis in rural Kenya", **PLACE)
    two = record("b", "Vaccination of adolescent patients with hepatitis in rural Kenya", **PLACE)
    question = find_duplicates([one, two]).questions[0]
    for answer in Settled:
        known = SettledPair(record_a=question.record_a, record_b=question.record_b, answer=answer)
        assert find_duplicates([one, two], known=[known]).questions == ()


def test_nothing_but_one_title_is_asked_at_most_once_for_each() -> None:
    same = [
        Record(
            source="t",
            source_id=str(place),
            title="Early treatment of sepsis in children with severe burns",
            year=2020,
        )
        for place in range(300)
    ]
    found = find_duplicates(same)
    assert found.clusters == ()
    assert len(found.questions) < len(same)


def test_the_surest_doubts_are_asked_and_the_others_are_listed() -> None:
    records = doubtful(12)
    first = find_duplicates(records)
    assert len(first.questions) == 5
    assert len(first.doubts) == 7
    assert {pair.rule for pair in first.doubts} == {LESS_SURE}
    assert min(pair.score for pair in first.questions) >= max(p.score for p in first.doubts)

    answers = [
        SettledPair(record_a=pair.record_a, record_b=pair.record_b, answer=Settled.DIFFERENT)
        for pair in first.questions
    ]
    second = find_duplicates(records, known=answers)
    assert second.questions == ()
    assert len(second.doubts) == 7
    asked = {(pair.record_a, pair.record_b) for pair in first.questions}
    assert asked.isdisjoint((pair.record_a, pair.record_b) for pair in second.pairs)


def test_one_pair_per_hundred_records_is_asked_and_answers_count() -> None:
    others = [
        record(f"x{place}", f"An invented title number {place}", authors=(f"Nobody{place} A",))
        for place in range(700)
    ]
    records = [*doubtful(12), *others]
    first = find_duplicates(records)
    assert len(first.questions) == len(records) // 100 == 7
    answers = [
        SettledPair(record_a=pair.record_a, record_b=pair.record_b, answer=Settled.DIFFERENT)
        for pair in first.questions[:1]
    ]
    assert len(find_duplicates(records, known=answers).questions) == 6
