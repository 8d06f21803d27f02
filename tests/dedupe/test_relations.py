"""How records relate that are not duplicates."""

from dataclasses import replace
from typing import Any

import pytest

from reviewkit.dedupe import (
    DedupeSettings,
    find_duplicates,
)
from reviewkit.model.records import Record, RelationKind
from tests.helpers.duplicates import (
    PLACE,
    TITLE,
    record,
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


def test_one_review_two_years_later_is_an_update_where_no_doi_tells_the_version() -> None:
    shared: dict[str, Any] = {
        "journal": "Cochrane Database of Systematic Reviews",
        "pages": "CD000023",
    }
    old = record("a", "Antibiotics for sore throat in children", **shared)
    found = find_duplicates([old, replace(old, source_id="b", year=2023)])
    assert (found.clusters, found.questions) == ((), ())
    assert [link.kind for link in found.relations] == [RelationKind.UPDATE_OF]
