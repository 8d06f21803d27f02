"""The whole run: in any order of the records, in batches, and in chains."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from reviewkit.dedupe import (
    PairOutcome,
    Settled,
    SettledPair,
    find_duplicates,
    judge_pair,
)
from reviewkit.dedupe.explain import explain
from reviewkit.model.records import Record
from tests.helpers.duplicates import (
    PLACE,
    TITLE,
    made_lists,
    record,
)
from tests.helpers.effort import examples


def test_a_supplement_shares_one_doi_among_many_abstracts() -> None:
    titles = [
        "Gut microbiome in obese mice",
        "Liver fat in obese mice",
        "Bile acids in obese mice",
        "Sleep in old mice",
    ]
    found = find_duplicates(
        record(str(place), title, doi="10.1000/supplement", volume="5", pages=f"A{place}")
        for place, title in enumerate(titles)
    )
    assert found.clusters == ()


def test_a_chain_with_a_contradiction_is_split_and_asked_about() -> None:
    first = record("a", TITLE, pmid="111", **PLACE)
    bridge = record("b", TITLE, volume="38")
    other = record("c", TITLE, pmid="222", volume="38", issue="9", pages="500-510")
    found = find_duplicates([first, bridge, other])
    assert judge_pair(first, bridge).outcome is PairOutcome.SAME
    assert judge_pair(first, other).outcome is PairOutcome.DIFFERENT
    for cluster in found.clusters:
        assert not {"t:a", "t:c"} <= set(cluster.members)
    assert found.questions


@settings(max_examples=examples(60), deadline=None)
@given(made_lists, st.randoms(use_true_random=False))
def test_the_order_of_the_input_is_no_evidence(
    records: list[Record], chance: random.Random
) -> None:
    shuffled = list(records)
    chance.shuffle(shuffled)
    assert find_duplicates(records) == find_duplicates(shuffled)


@settings(max_examples=examples(40), deadline=None)
@given(made_lists, st.integers(0, 13))
def test_batches_end_where_one_run_ends(records: list[Record], cut: int) -> None:
    answers = [
        SettledPair(record_a=pair.record_a, record_b=pair.record_b, answer=Settled.DIFFERENT)
        for pair in find_duplicates(records[:cut]).questions[:1]
    ]
    assert find_duplicates([*records[cut:], *records[:cut]], known=answers) == find_duplicates(
        records, known=answers
    )


@settings(max_examples=examples(60), deadline=None)
@given(made_lists)
def test_no_cluster_holds_a_contradicted_pair(records: list[Record]) -> None:
    by_key = {record.key: record for record in records}
    for cluster in find_duplicates(records).clusters:
        for one in cluster.members:
            for two in cluster.members:
                if one < two:
                    assert judge_pair(by_key[one], by_key[two]).outcome is not PairOutcome.DIFFERENT


def test_one_abstract_under_two_titles_is_asked_as_explain_says() -> None:
    text = "We compared chair exercises with usual care in residents who wake at night. " * 3
    one = record(
        "a",
        "Chair exercises and night-time waking in nursing homes: a randomised trial",
        abstract=text,
        journal="Journal of Clinical Nursing",
        volume="12",
        pages="3-9",
        doi="10.1000/a",
    )
    two = record(
        "b", "Chair exercises and waking at night in nursing homes", abstract=text, journal=None
    )
    found = find_duplicates([one, two])
    assert [pair.outcome for pair in found.pairs] == [PairOutcome.ASK]
    assert explain(one, two).pair == found.pairs[0]
