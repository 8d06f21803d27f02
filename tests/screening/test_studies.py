"""Which reports may be of one study: by numbers of registers, by relations, by titles."""

from typing import Any

import pytest

from reviewkit.model.records import Record, RelationKind
from reviewkit.screening.studies import Suggestion, registration_numbers, suggest_studies

TRIAL, OTHER = "NCT01234567", "NCT07654321"


def report(name: str, **values: Any) -> Record:
    return Record(source="pubmed", source_id=name, **values)


def suggested(
    *reports: Record,
    relations: tuple[tuple[str, RelationKind, str], ...] = (),
    linked: dict[str, list[str]] | None = None,
) -> list[tuple[str, str]]:
    """The names of the reports of each suggestion, and its evidence."""
    found = suggest_studies(reports, relations, linked or {})
    return [(" ".join(key[-1] for key in one.records), one.evidence) for one in found]


@pytest.mark.parametrize(
    "values",
    [
        {"title": f"A trial ({TRIAL})"},
        {"original_title": f"Um ensaio ({TRIAL})"},
        {"abstract": f"Registered: {TRIAL.lower()}."},
        {"accession": TRIAL},
        {"keywords": ("gut", TRIAL)},
        {"links": (f"https://clinicaltrials.gov/study/{TRIAL}",)},
        {"other": {"SI": ("x", f"ClinicalTrials.gov/{TRIAL}")}},
    ],
)
def test_a_number_is_found_in_every_field(values: dict[str, Any]) -> None:
    assert registration_numbers(report("a", **values)) == (TRIAL,)


def test_numbers_come_once_each_in_the_order_of_the_fields() -> None:
    named = report("a", title=f"{OTHER}, {TRIAL}", abstract=f"{TRIAL} and {OTHER.lower()}")
    assert registration_numbers(named) == (OTHER, TRIAL)


@pytest.mark.parametrize("written", ["EudraCT 2012-003456-78", "EUCTR2012-003456-78"])
def test_a_european_number_is_the_same_with_and_without_its_register(written: str) -> None:
    assert registration_numbers(report("a", title=written)) == ("2012-003456-78",)


def test_reports_that_name_one_number_are_suggested_in_the_order_of_their_keys() -> None:
    one, two = report("b", title=f"Results, {TRIAL}"), report("a", abstract=f"{TRIAL}, {OTHER}")
    alone = report("c", title=OTHER[:-1] + "9")
    assert suggested(one, two, alone) == [("a b", f"each names {TRIAL}")]


def test_a_report_that_names_more_than_three_numbers_speaks_of_other_studies() -> None:
    numbers = [f"NCT0000000{i}" for i in range(4)]
    of_one = report("a", title=numbers[0])
    three, four = report("b", title=" ".join(numbers[:3])), report("c", title=" ".join(numbers))
    assert suggested(of_one, three) == [("a b", f"each names {numbers[0]}")]
    assert suggested(of_one, four) == []


def test_a_registers_own_record_has_its_own_numbers_however_many_and_no_others() -> None:
    further = tuple(f"ISRCTN0000000{i}" for i in range(4))
    entry = report(
        "e", accession=TRIAL, abstract=f"It follows {OTHER}.", other={"secondary_number": further}
    )
    assert suggested(entry, report("a", title=OTHER)) == []
    assert suggested(entry, report("a", title=TRIAL)) == [("a e", f"each names {TRIAL}")]
    named = report("a", title=further[3])
    assert suggested(entry, named) == [("a e", f"each names {further[3]}")]


@pytest.mark.parametrize("field", ["former_number", "secondary_number", "Secondary_ID"])
def test_the_further_numbers_of_each_register_are_known(field: str) -> None:
    entry = report("e", accession=TRIAL, other={field: ("x", f"EUCTR2012-003456-78 {OTHER}")})
    assert suggested(entry, report("a", title="2012-003456-78"))
    assert suggested(entry, report("a", title=OTHER))


def test_an_accession_of_another_kind_makes_no_registers_record() -> None:
    named = report("e", accession="WOS:000123", title=TRIAL)
    assert suggested(named, report("a", title=TRIAL)) == [("a e", f"each names {TRIAL}")]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (RelationKind.ERRATUM_OF, "an erratum of"),
        (RelationKind.PREPRINT_OF, "a preprint of"),
        (RelationKind.RELATED_TO, "related to"),
    ],
)
def test_a_relation_between_two_reports_is_a_suggestion(kind: RelationKind, words: str) -> None:
    found = suggested(report("b"), report("a"), relations=(("pubmed:b", kind, "pubmed:a"),))
    assert found == [("a b", f"pubmed:b is {words} pubmed:a")]


@pytest.mark.parametrize(
    "relation",
    [
        ("pubmed:a", RelationKind.ERRATUM_OF, "pubmed:x"),
        ("pubmed:x", RelationKind.ERRATUM_OF, "pubmed:a"),
        ("pubmed:a", RelationKind.ERRATUM_OF, "pubmed:a"),
        # Its counterpart says the same from the other side; a comment is another work.
        ("pubmed:a", RelationKind.HAS_ERRATUM, "pubmed:b"),
        ("pubmed:a", RelationKind.COMMENT_ON, "pubmed:b"),
    ],
)
def test_other_relations_are_none(relation: tuple[str, RelationKind, str]) -> None:
    # A relation that is none does not hide the next one.
    good = ("pubmed:a", RelationKind.UPDATE_OF, "pubmed:b")
    reports = report("a"), report("b")
    assert suggested(*reports, relations=(relation,)) == []
    assert len(suggested(*reports, relations=(relation, good))) == 1


STEM = "Faecal transplant in amyotrophic lateral sclerosis"
ALIKE = "the same authors and the same title stem"


def test_titles_that_differ_in_the_kind_of_report_and_two_authors_are_a_suggestion() -> None:
    plan = report("b", title=f"{STEM}: a study protocol.", authors=("Silva, A", "Souza, B"))
    results = report("a", title=f"Results of the {STEM}", authors=("SILVA AB", "Souza B", "Lima C"))
    assert suggested(plan, results) == [("a b", ALIKE)]


def test_a_first_author_alone_is_enough_only_where_neither_has_another() -> None:
    alone, again = (report(name, title=STEM, authors=("Silva, A",)) for name in "ab")
    assert suggested(alone, again) == [("a b", ALIKE)]
    with_souza = report("c", title=STEM, authors=("Silva, A", "Souza, B"))
    with_lima = report("d", title=STEM, authors=("Silva, A", "Lima, C"))
    assert suggested(alone, with_souza) == []
    assert suggested(with_souza, with_lima) == []


def test_an_author_of_a_comma_alone_is_nobody_and_breaks_nothing() -> None:
    assert suggested(report("a", title=STEM, authors=(",",)), report("b", title=STEM)) == []


@pytest.mark.parametrize(
    ("title", "authors"),
    [
        (STEM, ("Lima, C", "Silva, A")),  # another first author
        (f"{STEM} of adults", ("Silva, A",)),  # one word more
        (STEM, ()),
        (None, ("Silva, A",)),
    ],
)
def test_another_first_author_or_stem_is_another_study(
    title: str | None, authors: tuple[str, ...]
) -> None:
    first = report("a", title=STEM, authors=("Silva, A",))
    assert suggested(first, report("b", title=title, authors=authors)) == []


def test_a_stem_of_five_words_is_enough_and_one_of_four_is_not() -> None:
    def pair(title: str) -> list[tuple[str, str]]:
        return suggested(
            report("a", title=title, authors=("Silva, A",)),
            report("b", title=title, authors=("Silva, A",)),
        )

    assert pair("gut nerve brain muscle blood")
    assert not pair("gut nerve brain muscle gut")


def test_three_reports_alike_are_three_pairs_and_a_report_without_a_title_hides_none() -> None:
    alike = [report(name, title=STEM, authors=("Silva, A",)) for name in "abc"]
    untitled = report("x", authors=("Silva, A",))
    assert [names for names, _ in suggested(untitled, *alike)] == ["a b", "a c", "b c"]


def test_what_was_linked_or_suggested_already_is_not_suggested_again() -> None:
    reports = [report(name, title=f"{STEM} {TRIAL}", authors=("Silva, A",)) for name in "ab"]
    assert suggested(*reports) == [("a b", f"each names {TRIAL}")]
    one_study = {"pubmed:a": ["Trial"], "pubmed:b": ["Other", "Trial"]}
    assert suggested(*reports, linked=one_study) == []
    two_studies = {"pubmed:a": ["Trial"], "pubmed:b": ["Other"]}
    assert len(suggested(*reports, linked=two_studies)) == 1


def test_a_suggestion_names_its_reports_by_key() -> None:
    (found,) = suggest_studies([report("b", title=TRIAL), report("a", title=TRIAL)], (), {})
    assert found == Suggestion(records=("pubmed:a", "pubmed:b"), evidence=f"each names {TRIAL}")
