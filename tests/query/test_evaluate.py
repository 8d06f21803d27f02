"""Whether a query can return a record."""

import pytest

from reviewkit.model.records import Answer, Record
from reviewkit.protocol.model import Protocol
from reviewkit.query.evaluate import can_return, seen_in_title
from reviewkit.sources.registry import complete_sources


def answer(als: Protocol, strategy: str, record: Record) -> Answer:
    found = can_return(
        als, next(s for s in als.strategies if s.id == strategy), record, complete_sources()
    )
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
    result = Record(
        source="compiled",
        source_id="1",
        title="Gut",
        other={"concepts": ("dysbiosis=no", "als=yes")},
    )
    assert answer(als, "title_abstract", result) is Answer.NO
    assert answer(als, "untagged", result) is Answer.UNKNOWN


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
