"""Duplicates: what is joined, asked and kept apart, whatever the order, the batches and the dirt."""

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewkit.dedupe import (
    DedupeSettings,
    Duplicates,
    PairOutcome,
    Settled,
    SettledPair,
    explain,
    find_duplicates,
    judge_pair,
    path_between,
)
from reviewkit.dedupe.merge import lead_of, merge
from reviewkit.model.errors import ReviewkitError
from reviewkit.model.records import Record, RelationKind
from tests.helpers.effort import examples

TITLE = "Efficacy and safety of nivolumab in patients with advanced melanoma: a randomised trial"
PEOPLE = ("Smith, John", "Jones, Paul", "Garcia, Maria")


def record(name: str, title: str | None = TITLE, **values: Any) -> Record:
    known: dict[str, Any] = {
        "authors": PEOPLE,
        "journal": "Journal of Clinical Oncology",
        "year": 2020,
        **values,
    }
    return Record(source="t", source_id=name, title=title, **known)


PLACE: dict[str, Any] = {"volume": "38", "issue": "4", "pages": "100-110"}
SUPPLEMENT: dict[str, Any] = {"volume": "38", "issue": "Suppl 1", "pages": "S12"}


def outcome(one: Record, two: Record) -> PairOutcome:
    there, back = judge_pair(one, two), judge_pair(two, one)
    assert there == back
    return there.outcome


@pytest.mark.parametrize(
    "other",
    [
        record("b", **PLACE),
        record("b", TITLE.upper() + ".", authors=("Smith J", "Jones P", "Garcia M"), **PLACE),
        record("b", authors=("John Smith", "Paul Jones", "Maria Garcia"), **PLACE),
        record("b", journal="J Clin Oncol", volume="38 (4)", issue=None, pages="100-10"),
        record("b", TITLE[:50], **PLACE),
        record("b", "[" + TITLE + "]. [German]", **PLACE),
        record("b", authors=(), **PLACE),
        record("b", volume=None, issue=None, pages="1-11"),
        record("b", journal=None, volume=None, issue=None, pages=None),
        record(
            "b",
            TITLE.replace("randomised", "randomized"),
            pages="S100-S110",
            volume="38",
            issue="4",
        ),
    ],
)
def test_one_article_as_databases_print_it(other: Record) -> None:
    assert outcome(record("a", **PLACE), other) is PairOutcome.SAME


def test_same_doi_never_slips_through() -> None:
    bare = record(
        "b", TITLE, authors=(), journal=None, year=None, doi="https://doi.org/10.1200/JCO.20.00001"
    )
    assert outcome(record("a", doi="10.1200/jco.20.00001", **PLACE), bare) is PairOutcome.SAME


def test_translated_title_with_the_same_pages() -> None:
    spanish = record(
        "a",
        "Efectos de la música en pacientes con demencia",
        journal="Revista de Neurología",
        **PLACE,
    )
    english = record(
        "b", "Effects of music on patients with dementia", journal="Rev Neurol", **PLACE
    )
    assert outcome(spanish, english) is PairOutcome.SAME


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (
            "Phase II trial of drug X in advanced melanoma",
            "Phase III trial of drug X in advanced melanoma",
        ),
        (
            "Guidelines for asthma care in children, part I",
            "Guidelines for asthma care in children, part II",
        ),
        ("Cancer statistics for Poland 2019", "Cancer statistics for Poland 2020"),
        (
            "FOCUS 1: ceftaroline versus ceftriaxone in pneumonia",
            "FOCUS 2: ceftaroline versus ceftriaxone in pneumonia",
        ),
        ("Atypical syndrome and streptococcus (1)", "Atypical syndrome and streptococcus (2)"),
    ],
)
def test_numbers_make_another_work(one: str, two: str) -> None:
    assert (
        outcome(record("a", one, **SUPPLEMENT), record("b", two, **SUPPLEMENT))
        is PairOutcome.DIFFERENT
    )


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (
            "Vaccination of adult patients in rural Kenya",
            "Vaccination of adolescent patients in rural Kenya",
        ),
        (
            "Eculizumab in plasma therapy-resistant aHUS",
            "Eculizumab in plasma therapy-sensitive aHUS",
        ),
        (
            "Management of hypertension in elderly patients",
            "Management of hypotension in elderly patients",
        ),
        ("Dupilumab in patients with eosinophilia", "Dupilumab in patients without eosinophilia"),
        (
            "Dupilumab in patients with severe asthma",
            "Dupilumab in Japanese patients with severe asthma",
        ),
        ("Testosterone and cognition in older men", "Testosterone and cognition in older women"),
        (
            "Prevalence of hepatitis B in migrants to Europe",
            "Prevalence of hepatitis C in migrants to Europe",
        ),
    ],
)
@pytest.mark.parametrize("shared", [{}, {"doi": "10.1000/supplement"}])
def test_one_word_that_changes_the_work_is_never_merged(
    one: str, two: str, shared: dict[str, Any]
) -> None:
    assert (
        outcome(record("a", one, **SUPPLEMENT, **shared), record("b", two, **SUPPLEMENT, **shared))
        is not PairOutcome.SAME
    )


@pytest.mark.parametrize(
    ("other", "kind"),
    [
        (
            record("b", "Erratum: " + TITLE, volume="38", issue="9", pages="900"),
            RelationKind.ERRATUM_OF,
        ),
        (
            record("b", TITLE, types=("Published Erratum",), volume="38", pages="900"),
            RelationKind.ERRATUM_OF,
        ),
        (record("b", "Retraction: " + TITLE, volume="39", pages="1"), RelationKind.RETRACTION_OF),
        (record("b", "Reply to: " + TITLE, volume="38", pages="500"), RelationKind.COMMENT_ON),
        (
            record("b", journal="medRxiv", doi="10.1101/2020.01.01.20016972"),
            RelationKind.PREPRINT_OF,
        ),
        (
            record("b", journal="Annals of Oncology", volume="31", issue="Suppl 4", pages="S733"),
            RelationKind.ABSTRACT_OF,
        ),
        (
            record("b", TITLE + ": study protocol", journal="BMJ Open", volume="9", pages="e1"),
            RelationKind.RELATED_TO,
        ),
    ],
)
def test_related_pieces_are_linked_and_merged_only_on_request(
    other: Record, kind: RelationKind
) -> None:
    article = record("a", doi="10.1200/jco.1", **PLACE)
    found = find_duplicates([other, article])
    assert [(link.record, link.kind, link.target) for link in found.relations] == [
        ("t:b", kind, "t:a")
    ]
    assert found.clusters == ()
    assert (
        find_duplicates([other, article], settings=DedupeSettings(merge=frozenset({kind}))).clusters
        != ()
    )


def test_a_later_cochrane_version_is_linked_as_an_update() -> None:
    shared: dict[str, Any] = {
        "journal": "Cochrane Database of Systematic Reviews",
        "pages": "CD000023",
    }
    old = record(
        "a",
        "Antibiotics for sore throat in children",
        **shared,
        doi="10.1002/14651858.CD000023.pub4",
        issue="11",
    )
    new = replace(old, source_id="b", year=2023, doi="10.1002/14651858.CD000023.pub5", issue="12")
    found = find_duplicates([old, new])
    assert [(link.record, link.kind, link.target) for link in found.relations] == [
        ("t:b", RelationKind.UPDATE_OF, "t:a")
    ]
    assert found.clusters == ()


@pytest.mark.parametrize(
    "title", ["Editorial", "Book reviews", "Reply", "Abstracts", "Introduction", "News in brief"]
)
def test_recurring_titles_need_their_own_place(title: str) -> None:
    one = record("a", title, authors=(), volume="38", issue="4", pages="120")
    assert (
        outcome(one, record("b", title, authors=(), volume="38", issue="5", pages="220"))
        is not PairOutcome.SAME
    )
    assert (
        outcome(one, record("b", title, authors=(), volume="39", issue="4", pages="120"))
        is not PairOutcome.SAME
    )
    assert (
        outcome(one, record("b", title, authors=(), year=None, journal=None))
        is not PairOutcome.SAME
    )


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


def clusters_of(found: Duplicates) -> set[frozenset[str]]:
    return {frozenset(cluster.members) for cluster in found.clusters}


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
    one = record("a", "Vaccination of adult patients with hepatitis in rural Kenya", **SUPPLEMENT)
    two = record(
        "b", "Vaccination of adolescent patients with hepatitis in rural Kenya", **SUPPLEMENT
    )
    question = find_duplicates([one, two]).questions[0]
    for answer in Settled:
        known = SettledPair(record_a=question.record_a, record_b=question.record_b, answer=answer)
        assert find_duplicates([one, two], known=[known]).questions == ()


def test_the_preferred_source_leads_then_the_first_to_arrive() -> None:
    keys = ["scopus:1", "embase:9", "pubmed:3"]
    assert lead_of(keys, prefer=("pubmed",)) == "pubmed:3"
    assert lead_of(keys, arrival={"scopus:1": 0, "pubmed:3": 1}) == "scopus:1"
    assert lead_of(keys) == lead_of(keys[::-1]) == "embase:9"


def test_merge_fills_gaps_and_says_from_where() -> None:
    lead = record("a", doi=None, abstract=None)
    other = record("b", doi="10.1000/x", abstract="Words.", **PLACE)
    merged = merge(lead, [other, lead])
    assert merged.record.key == "t:a"
    assert (merged.record.doi, merged.record.abstract, merged.record.pages) == (
        "10.1000/x",
        "Words.",
        "100-110",
    )
    assert merged.filled == dict.fromkeys(("doi", "abstract", "volume", "issue", "pages"), "t:b")


def test_merge_never_mixes_two_places() -> None:
    merged = merge(record("a", volume="38"), [record("b", **PLACE)])
    assert (merged.record.volume, merged.record.pages) == ("38", None)


def test_explain_agrees_with_the_verdict_and_shows_raw_values() -> None:
    one, two = record("a", **PLACE), record("b", TITLE.upper(), **PLACE)
    told = explain(two, one)
    assert told.pair == judge_pair(one, two)
    assert next(f for f in told.fields if f.name == "title").value_b == TITLE.upper()
    assert told.reasons
    assert all(reason.words for reason in told.reasons)


def test_path_between() -> None:
    edges = [("a", "b"), ("b", "c"), ("c", "d"), ("a", "e"), ("e", "d")]
    assert path_between(edges, "a", "d") == ["a", "e", "d"]
    assert path_between(edges, "a", "z") == []


def test_two_different_records_with_one_key_are_refused() -> None:
    with pytest.raises(ReviewkitError, match="t:a"):
        find_duplicates([record("a"), record("a", "Another title")])
    assert find_duplicates([record("a"), record("a")]).clusters == ()


# --- properties ---

WORDS = [
    "liver",
    "kidney",
    "trial",
    "randomised",
    "children",
    "adults",
    "sepsis",
    "melanoma",
    "therapy",
    "stroke",
    "phase",
]
made_titles = st.lists(
    st.sampled_from([*WORDS, "I", "II", "2", "of", "Übersicht", "研究"]), max_size=9
).map(" ".join)
made_records: st.SearchStrategy[dict[str, Any]] = st.builds(
    dict,
    title=st.one_of(st.none(), made_titles),
    authors=st.lists(
        st.sampled_from(["Li, Wei", "Smith J", "Müller K", "Garcia-Lopez M", ""]), max_size=4
    ).map(tuple),
    journal=st.sampled_from([None, "Lancet", "The Lancet", "J Hepatol", "Journal of Hepatology"]),
    year=st.sampled_from([None, 2019, 2020]),
    volume=st.sampled_from([None, "1", "12", "1)"]),
    pages=st.sampled_from([None, "1-9", "12-20", "S12", "e12345", "01-Oct"]),
    doi=st.sampled_from([None, "10.1000/a", "10.1000/b"]),
)
made_lists = st.lists(made_records, max_size=14).map(
    lambda rows: [Record(source="t", source_id=str(place), **row) for place, row in enumerate(rows)]
)


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


@settings(max_examples=examples(40), deadline=None)
@given(made_records, made_records)
def test_a_pair_is_judged_alike_both_ways(one: dict[str, Any], two: dict[str, Any]) -> None:
    a = Record(source="a", source_id="1", **one)
    b = Record(source="b", source_id="1", **two)
    swapped_a, swapped_b = replace(a, source="b"), replace(b, source="a")
    there, back = judge_pair(a, b), judge_pair(swapped_a, swapped_b)
    assert (there.outcome, there.score, there.rule, there.likeness) == (
        back.outcome,
        back.score,
        back.rule,
        back.likeness,
    )
