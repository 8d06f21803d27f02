"""The ranking beside a session: never older than one decision, never in the way, never silent when it fails."""

import threading

import pytest

from reviewkit.ranking import Vectors, vectorise
from reviewkit.records import Verdict
from reviewkit.workflow.ranked import BackgroundRanker
from tests.screening_review import make_records

RECORDS = make_records(60)


def count_words() -> Vectors:
    return vectorise(RECORDS, texts=["guts and nerves"])


def settled_order(ranker: BackgroundRanker) -> list[str]:
    """The order once everything heard is learned."""
    ranker.catch_up()
    return list(ranker.order())


def test_an_order_has_learned_from_every_verdict_but_perhaps_the_last() -> None:
    ranker = BackgroundRanker(count_words, seed=1)
    for number, record in enumerate(RECORDS[:30]):
        ranker.learn(record.key, Verdict.INCLUDE if number % 2 else Verdict.EXCLUDE)
        order = list(ranker.order())
        if order:
            assert not {r.key for r in RECORDS[:number]} & set(order)
    assert set(settled_order(ranker)) == {r.key for r in RECORDS[30:]}
    assert ranker.why(RECORDS[31].key)
    assert ranker.why("pubmed:elsewhere") == ()
    ranker.close()


def test_what_is_taken_back_or_maybe_teaches_nothing() -> None:
    taught, plain = (BackgroundRanker(count_words, seeds=[RECORDS[1].key], seed=1) for _ in range(2))
    taught.learn(RECORDS[3].key, Verdict.EXCLUDE)
    taught.learn(RECORDS[4].key, Verdict.MAYBE)
    taught.learn(RECORDS[3].key, None)
    taught.learn("pubmed:elsewhere", Verdict.INCLUDE)
    assert settled_order(taught) == settled_order(plain)
    taught.close()
    plain.close()


def test_nobody_waits_while_the_words_are_counted() -> None:
    go_on = threading.Event()

    def slowly() -> Vectors:
        go_on.wait()
        return count_words()

    ranker = BackgroundRanker(slowly, seed=1)
    assert list(ranker.order()) == []
    for record in RECORDS[:5]:
        ranker.learn(record.key, Verdict.INCLUDE)
        assert list(ranker.order()) == []
    assert ranker.why(RECORDS[0].key) == ()
    go_on.set()
    assert len(settled_order(ranker)) == 55
    ranker.close()


def test_what_goes_wrong_in_the_thread_is_raised_to_whoever_asks() -> None:
    def fails() -> Vectors:
        raise OSError("the disk is gone")

    ranker = BackgroundRanker(fails, seed=1)
    with pytest.raises(OSError, match="the disk is gone"):
        settled_order(ranker)
