"""A protocol is right, or every mistake in it is named at once."""

import json

import jsonschema
import pytest

from reviewkit.model.errors import ProtocolError
from reviewkit.protocol.parse import parse_protocol, protocol_schema
from tests.conftest import PROJECT

TEN_MISTAKES = """
format = 1

[review]
id = "Not a name"
title = ""
yeer = 2026

[[sources]]
id = "pubmed"
name = "PubMed"
role = "databse"

[[descriptors]]
id = "als"
term = "Amyotrophic Lateral Sclerosis"
mesh = "000690"

[[strategies]]
id = "headings"
label = "headings"
origin = "reading"
primary = true
field = "heading"
blocks = [["asl"]]

[[strategies]]
id = "headings"
label = "again"
origin = "reading"
primary = true
queries = { lilacs = "mh:x" }

[limits]
published_from = 2025
published_to = 2022
languages = ["klingon"]
as_of = "last spring"

[reported.flow]
new_studies = -5
"""


def mistakes_of(text: str) -> dict[str, str]:
    with pytest.raises(ProtocolError) as raised:
        parse_protocol(text, where="p.toml")
    return {mistake.path: str(mistake) for mistake in raised.value.mistakes}


def test_the_shipped_protocol_says_what_the_article_says(als_text: str) -> None:
    protocol = parse_protocol(als_text, where="als")
    assert protocol.reported is not None
    assert protocol.reported.flow.model_dump(exclude_none=True) == {
        "database_results": 19,
        "new_studies": 5,
    }
    assert protocol.reported.sources == {}
    assert protocol.reported.search_date is None
    assert [work.reference for work in protocol.reported.works] == ["3", "4", "5", "6", "7"]
    assert protocol.primary is not None
    assert protocol.primary.id == "headings"
    assert [strategy.id for strategy in protocol.variants] == ["untagged", "title_abstract"]


def test_every_mistake_is_named_at_once_with_its_path() -> None:
    mistakes = mistakes_of(TEN_MISTAKES)
    assert {
        "review.id",
        "review.title",
        "review.yeer",
        "sources[1].role",
        "descriptors[1].mesh",
        "strategies[1].blocks[1][1]",
        "strategies.id",
        "strategies",
        "strategies[2].queries.lilacs",
        "limits.published_from",
        "limits.languages[1]",
        "limits.as_of",
        "reported.flow.new_studies",
    } == set(mistakes)
    assert "did you mean 'year'?" in mistakes["review.yeer"]
    assert "did you mean 'als'?" in mistakes["strategies[1].blocks[1][1]"]
    assert "'000690'" in mistakes["descriptors[1].mesh"]
    assert "must be a date such as 2026-04-10" in mistakes["limits.as_of"]


@pytest.mark.parametrize(
    ("old", "new", "path", "message"),
    [
        ('role = "database"', 'role = "stand_in"', "sources[1].role", "database"),
        ('check = { by = "person" }', 'check = { by = "magic" }', "criteria[4].check", "'access'"),
        ('check = { by = "access" }', "check = 3", "criteria[3].check", "table"),
        (", from = 2022, to = 2025", "", "criteria[1].check", "at least one"),
        ('id = "lilacs"', 'id = "pubmed"', "sources.id", "must not repeat"),
        ('id = "compiled"', 'id = "lilacs"', "stand_in.id", "must differ"),
        (
            "published_from = 2022",
            "published_from = 2022.5",
            "limits.published_from",
            "whole number",
        ),
        ("primary = true", "", "strategies", "exactly one"),
        ('field = "heading"', "", "strategies[1].field", "required"),
        (
            'blocks = [["dysbiosis"], ["als"], ["microbiome"]]',
            "",
            "strategies[1]",
            "either blocks or queries",
        ),
        ('pmid = "39218769"', "pmid = 39218769", "reported.works[1].pmid", "text, in quotes"),
        (
            'doi = "10.1016',
            'doi = "https://doi.org/10.1016',
            "reported.works[2].doi",
            "without https",
        ),
    ],
)
def test_one_mistake(als_text: str, old: str, new: str, path: str, message: str) -> None:
    assert old in als_text
    mistakes = mistakes_of(als_text.replace(old, new, 1))
    assert set(mistakes) == {path}
    assert message in mistakes[path]


def test_mistakes_of_the_dedupe_table(als_text: str) -> None:
    table = '\n[dedupe]\nsame_at = 0.5\nask_at = 0.9\nmerge = ["comment_on"]\nprefer = ["pubmd"]\n'
    mistakes = mistakes_of(als_text + table)
    assert set(mistakes) == {"dedupe.ask_at", "dedupe.merge[1]", "dedupe.prefer[1]"}
    assert "did you mean 'pubmed'?" in mistakes["dedupe.prefer[1]"]


def test_broken_toml_names_its_line() -> None:
    assert mistakes_of("format = 1\nreview = \n[x]")["TOML"].startswith("line 2: ")


def test_a_description_that_is_no_table_is_one_mistake_a_place() -> None:
    mistakes = mistakes_of(
        'format = 2\nreview = "als"\nsources = {}\nstrategies = "all"\nreported = 5\n'
    )
    assert {"format", "review", "sources", "strategies", "reported"} == set(mistakes)


@pytest.mark.slow
def test_the_schema_for_editors_is_current_and_accepts_the_shipped_protocol(als_text: str) -> None:
    shipped = json.loads((PROJECT / "docs" / "protocol.schema.json").read_text(encoding="utf-8"))
    assert shipped == json.loads(json.dumps(protocol_schema()))
    jsonschema.Draft202012Validator.check_schema(shipped)
    import tomllib

    plain = json.loads(json.dumps(tomllib.loads(als_text), default=str))
    jsonschema.validate(plain, shipped)
    plain["review"]["yeer"] = 2026
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(plain, shipped)
