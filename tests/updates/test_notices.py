"""Notices: the gravest of all copies counts, and silence is no evidence."""

from typing import Any

from reviewkit.model.records import Record, Relation, RelationKind
from reviewkit.sources.registry import notice_sources
from reviewkit.updates.notices import Notices, Standing, read_notices


def copy(source: str = "pubmed", **values: Any) -> Record:
    return Record(source=source, source_id="1", title="A work", **values)


def notices_of(*arguments: Any) -> Notices:
    return read_notices(*arguments, stated_by=notice_sources())


def test_the_gravest_notice_of_all_copies_counts() -> None:
    erratum = Relation(kind=RelationKind.HAS_ERRATUM, target="pmid:2")
    found = notices_of(
        [copy(relations=(erratum,)), copy("lilacs", types=("Retracted Publication",))]
    )
    assert found.standing is Standing.RETRACTED
    assert len(found.evidence) == 2


def test_silence_is_clear_only_where_the_service_speaks() -> None:
    assert notices_of([copy()]).standing is Standing.CLEAR
    assert notices_of([copy("lilacs", types=("Review",))]).standing is Standing.NOT_KNOWN
    assert notices_of([copy("export", other={"STAT": ("MEDLINE",)})]).standing is Standing.CLEAR


def test_a_title_and_another_record_tell_too() -> None:
    assert (
        notices_of([Record(source="x", source_id="1", title="RETRACTED: A work")]).standing
        is Standing.RETRACTED
    )
    named = notices_of([copy("lilacs")], [(RelationKind.RETRACTION_OF, "pubmed:9")])
    assert named.standing is Standing.RETRACTED
    assert "pubmed:9" in named.evidence[0]
    assert (
        notices_of([copy("lilacs")], [(RelationKind.COMMENT_ON, "pubmed:9")]).standing
        is Standing.NOT_KNOWN
    )
