"""One contract for all sources: deterministic, every record named, nothing that the page holds
dropped.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewkit.importers.json_shapes import shape_named
from reviewkit.importers.medline import parse_medline
from reviewkit.model.records import Record
from reviewkit.sources.bvs_documents import merge_documents, read_document
from reviewkit.sources.europepmc_records import read_result
from reviewkit.sources.object_records import read_shaped
from tests.helpers.retrieval import SMALL

# Words that no normalising touches, so that a value that is gone is really gone.
word = st.from_regex(r"w[a-z]{3,9}[0-9]{3}", fullmatch=True)
BVS_FIELDS = (
    "ti", "ti_pt", "ti_en", "au", "ta", "fo", "is", "vi", "ip", "pg", "la", "cp", "da", "entry_date", "ab", "ab_en",
    "mh", "mj", "kw", "ur", "aid", "pmcid", "accession_number", "pais_publicacao", "db", "type", "unheard_of",
)  # fmt: skip
documents = st.dictionaries(
    st.sampled_from(BVS_FIELDS), st.one_of(word, st.lists(word, min_size=1, max_size=3))
)
leaf = st.one_of(word, st.lists(word, max_size=3))
journal = st.fixed_dictionaries({"title": word, "issn": word})
author = st.fixed_dictionaries({"fullName": word}, optional={"lastName": word, "firstName": word})
heading = st.fixed_dictionaries({"descriptorName": word})
results = st.fixed_dictionaries(
    {"id": word, "source": st.sampled_from(["MED", "PPR", "AGR"])},
    optional={
        "title": word,
        "doi": word,
        "language": word,
        "pubYear": word,
        "firstPublicationDate": word,
        "abstractText": word,
        "journalInfo": st.fixed_dictionaries(
            {}, optional={"volume": word, "dateOfPublication": word, "journal": journal}
        ),
        "authorList": st.fixed_dictionaries({"author": st.lists(author, max_size=2)}),
        "meshHeadingList": st.fixed_dictionaries({"meshHeading": st.lists(heading, max_size=2)}),
        "unheardOf": st.dictionaries(word, leaf, max_size=2),
    },
)


works = st.fixed_dictionaries(
    {"id": st.from_regex(r"https://openalex\.org/W[1-9]\d{3,8}", fullmatch=True)},
    optional={
        "title": word,
        "doi": word,
        "language": word,
        "type": word,
        "biblio": st.fixed_dictionaries({}, optional={"volume": word, "first_page": word}),
        "authorships": st.lists(
            st.fixed_dictionaries({"author": st.fixed_dictionaries({"display_name": word})}),
            max_size=2,
        ),
        "primary_location": st.fixed_dictionaries(
            {}, optional={"source": st.fixed_dictionaries({"display_name": word})}
        ),
        "unheard_of": leaf,
    },
)
items = st.fixed_dictionaries(
    {"DOI": word},
    optional={
        "title": st.lists(word, max_size=1),
        "container-title": st.lists(word, max_size=2),
        "author": st.lists(st.fixed_dictionaries({"family": word, "given": word}), max_size=2),
        "volume": word,
        "clinical-trial-number": st.lists(
            st.fixed_dictionaries({"clinical-trial-number": word}), max_size=2
        ),
        "unheard-of": leaf,
    },
)


def leaves(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for inside in value.values():
            yield from leaves(inside)
    elif isinstance(value, list | tuple):
        for inside in value:
            yield from leaves(inside)
    else:
        yield str(value)


@pytest.mark.slow
@given(doc=documents, name=word)
def test_bvs_drops_nothing(doc: dict[str, Any], name: str) -> None:
    whole = {"id": name, **doc}
    record, _ = read_document(whole, source="lilacs")
    assert (record.source, record.source_id) == ("lilacs", name)
    assert read_document(whole, source="lilacs")[0] == record
    text = repr(record)
    assert [value for value in leaves(whole) if value not in text] == []


@pytest.mark.slow
@given(first=documents, second=documents, name=word)
def test_copies_put_together_drop_nothing(
    first: dict[str, Any], second: dict[str, Any], name: str
) -> None:
    copies = [{"id": name, **first}, {"id": name, **second}]
    (doc,) = merge_documents(copies).values()
    text = repr(read_document(doc, source="lilacs")[0])
    assert [value for value in leaves(copies) if value not in text] == []


@pytest.mark.slow
@given(result=results)
def test_europe_pmc_drops_nothing(result: dict[str, Any]) -> None:
    record, _ = read_result(result, source="europepmc")
    assert record.source_id == f"{result['source']}:{result['id']}"
    assert read_result(result, source="europepmc")[0] == record
    text = repr(record)
    assert [value for value in leaves(result) if value not in text] == []


@pytest.mark.slow
@settings(max_examples=40)
@given(work=works)
def test_openalex_drops_nothing(work: dict[str, Any]) -> None:
    name = work["id"].rpartition("/")[2]
    record = read_shaped(work, shape_named("openalex"), source="openalex", source_id=name)
    text = repr(record)
    assert [value for value in leaves(work) if value not in text and value != work["id"]] == []
    assert name in text


@pytest.mark.slow
@settings(max_examples=40)
@given(item=items)
def test_crossref_drops_nothing(item: dict[str, Any]) -> None:
    record = read_shaped(item, shape_named("crossref"), source="crossref", source_id=item["DOI"])
    text = repr(record)
    assert [value for value in leaves(item) if value not in text] == []


def _medline() -> list[Record]:
    return list(parse_medline(SMALL.read_bytes()).records)


def _twice(read: Callable[[], list[Record]]) -> list[Record]:
    first, second = read(), read()
    assert first == second
    return first


def test_pubmed_is_deterministic_and_names_every_record() -> None:
    records = _twice(_medline)
    assert all(record.source == "pubmed" and record.source_id for record in records)
    assert len({record.key for record in records}) == len(records)
