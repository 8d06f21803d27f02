"""Which included works an answer holds: yes, no, and nothing said where it is not known."""

from typing import Any

import pytest

from reviewkit.model.records import Record
from reviewkit.protocol.reported import Work
from reviewkit.sources.base import Counted
from reviewkit.workflow.auditing.works import found_works

WORK = Work(
    id="kaul",
    title="Gut microbiota immune cross-talk",
    authors=("Kaul M", "Cox LM"),
    year=2024,
    doi="10.1016/j.neurot.2024.e00469",
    pmid="39510899",
)

NONE, ONE = frozenset[str](), frozenset({"kaul"})


def answer(*records: Record, is_whole: bool = True) -> Counted:
    return Counted(
        count=len(records),
        ids=(),
        translation=None,
        warnings=(),
        is_whole=is_whole,
        records=records,
    )


def record(**known: Any) -> Record:
    return Record(source="lilacs", source_id="1", **known)


@pytest.mark.parametrize(
    "known",
    [
        {"pmid": "39510899"},
        {"doi": "10.1016/J.NEUROT.2024.E00469", "title": "Microbiota intestinal"},
        {"title": "Gut microbiota: immune cross-talk."},
        {"title": "Otro", "original_title": "Gut microbiota immune cross talk"},
    ],
)
def test_a_work_is_known_by_its_number_doi_or_title(known: dict[str, object]) -> None:
    assert found_works(answer(record(**known)), [WORK]) == (ONE, NONE)


@pytest.mark.parametrize(
    "known",
    [
        {"title": "Outra obra", "doi": "10.1/other"},
        {"title": "Outra obra", "year": 2019},
        {"title": "Outra obra", "year": 2024, "authors": ("Silva, A",)},
    ],
)
def test_another_doi_year_or_first_author_is_another_work(known: dict[str, object]) -> None:
    assert found_works(answer(record(**known)), [WORK]) == (NONE, ONE)


@pytest.mark.parametrize(
    "known",
    [
        {"title": "Comunicação imune da microbiota", "year": 2024, "authors": ("Kaul, Meera",)},
        {"title": "Comunicação imune da microbiota", "year": 2025},
        {"title": "Comunicação imune da microbiota"},
    ],
)
def test_a_record_under_another_title_may_be_the_work(known: dict[str, object]) -> None:
    assert found_works(answer(record(**known)), [WORK]) == (NONE, NONE)


def test_of_a_list_that_is_not_whole_nothing_is_missing() -> None:
    other = record(title="Outra obra", year=2010)
    assert found_works(answer(other, is_whole=False), [WORK]) == (NONE, NONE)


@pytest.mark.parametrize(
    ("ids", "is_whole", "found", "missed"),
    [
        (("39510899",), True, ONE, NONE),
        (("1",), True, NONE, ONE),
        (("1",), False, NONE, NONE),
    ],
)
def test_numbers_tell_of_works_that_have_one(
    ids: tuple[str, ...], is_whole: bool, found: frozenset[str], missed: frozenset[str]
) -> None:
    unnumbered = WORK.model_copy(update={"id": "nameless", "pmid": None})
    listed = Counted(count=2, ids=ids, translation=None, warnings=(), is_whole=is_whole)
    assert found_works(listed, [WORK, unnumbered]) == (found, missed)
