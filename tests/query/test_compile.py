"""Compiled queries, to the byte."""

import pytest

from reviewkit.protocol.model import Protocol
from reviewkit.protocol.parse import parse_protocol
from reviewkit.query.compile import compile_query
from reviewkit.query.dialects.openalex import limit_parameters
from reviewkit.sources.registry import source_query

LIMITS = " AND 2022/01/01:2025/12/31[dp] AND (por[la] OR eng[la]) AND 1800/01/01:2026/04/10[crdt]"


def compiled(protocol: Protocol, strategy: str, source: str) -> str:
    found = next(s for s in protocol.strategies if s.id == strategy)
    query = source_query(protocol, found, source)
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
    assert source_query(protocol, protocol.strategies[0], "lilacs") is None
    without = parse_protocol(text.replace("queries =", "limits = false\nqueries =", 1), where="")
    assert compiled(without, "headings", "pubmed") == printed


def test_lilacs_takes_the_descriptors_in_every_language_and_limits_as_clauses(
    als: Protocol,
) -> None:
    query = source_query(als, als.strategies[0], "lilacs")
    assert query is not None
    assert query.text.startswith('mh:("Dysbiosis" OR "Disbiose" OR "Disbiosis") AND mh:(')
    clauses = 'AND db:("LILACS") AND la:("pt" OR "en") AND year_cluster:[2022 TO 2025]'
    assert query.text.endswith(clauses)
    assert query.parameters == ()


def test_openalex_takes_languages_as_codes_of_two_letters(als_text: str) -> None:
    text = als_text.replace('languages = ["por", "eng"]', 'languages = ["eng", "chi"]', 1)
    limits = parse_protocol(text, where="").limits
    ((_, filters),) = limit_parameters(limits)
    assert filters.endswith(",language:en|zh")


def test_a_range_with_one_end_gets_the_other_one_for_bvs(als_text: str) -> None:
    open_ended = parse_protocol(als_text.replace("published_to = 2025\n", "", 1), where="")
    query = source_query(open_ended, open_ended.strategies[0], "lilacs")
    assert query is not None
    assert query.text.endswith("year_cluster:[2022 TO 3000]")


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


def test_a_source_without_a_dialect_has_only_the_printed_query_without_limits(
    als_text: str,
) -> None:
    blocks = 'field = "heading"\nblocks = [["dysbiosis"], ["als"], ["microbiome"]]'
    text = als_text.replace(blocks, "queries = { pubmed = 'gut' }", 1)
    printed = parse_protocol(text, where="")
    query = compile_query(printed, printed.strategies[0], "pubmed", None)
    assert query is not None
    assert (query.text, query.parameters) == ("gut", ())

    protocol = parse_protocol(als_text, where="")
    assert compile_query(protocol, protocol.strategies[0], "pubmed", None) is None
