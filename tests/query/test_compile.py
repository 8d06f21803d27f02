"""Compiled queries, to the byte, and what a query can return."""

import pytest

from reviewkit.model.records import Answer, Record
from reviewkit.protocol.model import Protocol, parse_protocol
from reviewkit.query.compile import can_return, compile_query, seen_in_title, unbalanced

LIMITS = " AND 2022/01/01:2025/12/31[dp] AND (por[la] OR eng[la]) AND 1800/01/01:2026/04/10[crdt]"


@pytest.fixture
def als(als_text: str) -> Protocol:
    return parse_protocol(als_text, where="als")


def compiled(protocol: Protocol, strategy: str, source: str) -> str:
    found = next(s for s in protocol.strategies if s.id == strategy)
    query = compile_query(protocol, found, source)
    assert query is not None
    return query.text


@pytest.mark.parametrize(
    ("strategy", "text"),
    [
        (
            "headings",
            '"Dysbiosis"[mh] AND "Amyotrophic Lateral Sclerosis"[mh] AND "Gastrointestinal Microbiome"[mh]',
        ),
        (
            "untagged",
            "(Dysbiosis) AND (Amyotrophic Lateral Sclerosis) AND (Gastrointestinal Microbiome)",
        ),
        (
            "title_abstract",
            '"Dysbiosis"[tiab] AND "Amyotrophic Lateral Sclerosis"[tiab] AND "Gastrointestinal Microbiome"[tiab]',
        ),
    ],
)
def test_pubmed_query(als: Protocol, strategy: str, text: str) -> None:
    assert compiled(als, strategy, "pubmed") == text + LIMITS


def test_blocks_of_several_descriptors_are_joined_by_or(als_text: str) -> None:
    text = als_text.replace(
        '[["dysbiosis"], ["als"], ["microbiome"]]', '[["dysbiosis", "microbiome"], ["als"]]', 1
    )
    query = compiled(parse_protocol(text, where=""), "headings", "pubmed")
    assert query.startswith(
        '("Dysbiosis"[mh] OR "Gastrointestinal Microbiome"[mh]) AND "Amyotrophic'
    )


def test_a_printed_query_stays_as_printed_with_the_limits_behind_it(als_text: str) -> None:
    printed = "gut* OR  “als”[TW]"
    blocks = 'field = "heading"\nblocks = [["dysbiosis"], ["als"], ["microbiome"]]'
    text = als_text.replace(blocks, f"queries = {{ pubmed = '{printed}' }}", 1)
    protocol = parse_protocol(text, where="")
    assert compiled(protocol, "headings", "pubmed") == f"({printed}){LIMITS}"
    assert compile_query(protocol, protocol.strategies[0], "lilacs") is None
    without = parse_protocol(text.replace("queries =", "limits = false\nqueries =", 1), where="")
    assert compiled(without, "headings", "pubmed") == printed


def test_lilacs_takes_the_descriptors_in_every_language_and_limits_as_parameters(
    als: Protocol,
) -> None:
    query = compile_query(als, als.strategies[0], "lilacs")
    assert query is not None
    assert query.text.startswith('mh:("Dysbiosis" OR "Disbiose" OR "Disbiosis") AND mh:(')
    assert query.parameters == (
        ("filter[db][]", "LILACS"),
        ("filter[la][]", "pt"),
        ("filter[la][]", "en"),
        ("range_year_start", "2022"),
        ("range_year_end", "2025"),
    )


def test_a_range_with_one_end_gets_the_other_one_for_bvs(als_text: str) -> None:
    open_ended = parse_protocol(als_text.replace("published_to = 2025\n", "", 1), where="")
    query = compile_query(open_ended, open_ended.strategies[0], "lilacs")
    assert query is not None
    assert {("range_year_start", "2022"), ("range_year_end", "3000")} <= set(query.parameters)


@pytest.mark.parametrize(
    ("strategy", "text"),
    [
        (
            "headings",
            'KW:"Dysbiosis" AND KW:"Amyotrophic Lateral Sclerosis" AND KW:"Gastrointestinal Microbiome"',
        ),
        (
            "title_abstract",
            'TITLE_ABS:"Dysbiosis" AND TITLE_ABS:"Amyotrophic Lateral Sclerosis" AND '
            'TITLE_ABS:"Gastrointestinal Microbiome"',
        ),
    ],
)
def test_europe_pmc_query(als: Protocol, strategy: str, text: str) -> None:
    limits = (
        " AND FIRST_PDATE:[2022-01-01 TO 2025-12-31] AND (LANG:por OR LANG:eng)"
        " AND FIRST_IDATE:[1800-01-01 TO 2026-04-10]"
    )
    assert compiled(als, strategy, "europepmc") == text + limits


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ('ti:("a (b" OR c)', ""),
        ("(a OR b", "a parenthesis is never closed"),
        ("a) OR b", "a parenthesis closes that was never opened"),
        ('"a OR b', "a quotation mark is never closed"),
    ],
)
def test_what_is_open_in_a_query_is_named(query: str, wrong: str) -> None:
    assert unbalanced(query) == wrong


def answer(als: Protocol, strategy: str, record: Record) -> Answer:
    found = can_return(als, next(s for s in als.strategies if s.id == strategy), record)
    assert found is not None
    return found.answer


def test_a_record_without_a_heading_cannot_be_returned_by_headings(als: Protocol) -> None:
    seen = Record(
        source="compiled",
        source_id="1",
        title="Fecal microbiota in disease",
        headings=("Dysbiosis / therapy", "Gastrointestinal Microbiome*"),
        keywords=("amyotrophic lateral sclerosis",),
        other={"headings_complete": ("yes",)},
    )
    assert answer(als, "headings", seen) is Answer.NO
    assert answer(als, "untagged", seen) is Answer.YES
    assert answer(als, "title_abstract", seen) is Answer.UNKNOWN


def test_a_heading_that_is_a_major_topic_is_seen_as_pubmed_prints_it(als: Protocol) -> None:
    printed = (
        "Dysbiosis/*complications",
        "*Amyotrophic Lateral Sclerosis/microbiology",
        "*Gastrointestinal Microbiome",
    )
    assert (
        answer(als, "headings", Record(source="pubmed", source_id="1", headings=printed))
        is Answer.YES
    )


def test_what_was_not_seen_whole_is_unknown(als: Protocol) -> None:
    partial = Record(source="compiled", source_id="1", title="Gut", headings=("Humans",))
    assert {answer(als, strategy.id, partial) for strategy in als.strategies} == {Answer.UNKNOWN}


def test_a_concept_that_no_text_names_rules_the_text_out_but_not_the_heading(als: Protocol) -> None:
    told = Record(
        source="compiled",
        source_id="1",
        title="Gut",
        other={"concepts": ("dysbiosis=no", "als=yes")},
    )
    assert answer(als, "title_abstract", told) is Answer.NO
    assert answer(als, "untagged", told) is Answer.UNKNOWN


@pytest.mark.parametrize(
    ("title", "seen"),
    [
        ("Microbiome in ALS: new treatments", Answer.YES),
        ("Os animais e als outros", Answer.NO),
        ("Esclerose lateral amiotrófica e dieta", Answer.YES),
        (None, Answer.UNKNOWN),
    ],
)
def test_a_title_names_a_descriptor_by_term_translation_or_abbreviation(
    als: Protocol, title: str | None, seen: Answer
) -> None:
    assert seen_in_title(als.descriptors[1], Record(source="s", source_id="1", title=title)) is seen
