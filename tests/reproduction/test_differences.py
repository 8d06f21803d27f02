"""Why counts differ and works are missed: only what records show is a reason."""

import pytest

from reviewkit.model.records import Answer, Check, Record
from reviewkit.protocol.model import Protocol
from reviewkit.protocol.parse import parse_protocol
from reviewkit.protocol.reported import Work
from reviewkit.reproduction.differences import (
    Missed,
    SourceCounts,
    SourceDifference,
    UnseenReason,
    explain_source,
    why_not_returned,
)
from reviewkit.sources.registry import complete_sources
from tests.helpers.reports import DATED, STRATEGY
from tests.helpers.screening_review import PROTOCOL

UNDATED = parse_protocol(f"{PROTOCOL}{STRATEGY}[reported.flow]\nnew_studies = 1\n", where="p")


def record(name: str, created: str | None, indexed: str = "") -> Record:
    other = {"MHDA": (indexed,)} if indexed else {}
    return Record(
        source="pubmed", source_id=name, title=name, created=created, headings=("Gut",), other=other
    )


def source_counts(reported: int | None, rerun: int | None) -> SourceCounts:
    return SourceCounts(source="pubmed", name="PubMed", reported=reported, rerun=rerun, query="q")


def explained(
    reported: int | None,
    records: list[Record],
    protocol: Protocol = DATED,
    rerun: int | None = None,
) -> SourceDifference:
    counts = source_counts(reported, len(records) if rerun is None else rerun)
    return explain_source(protocol, counts, records)


def test_records_added_later_explain_a_surplus() -> None:
    item = explained(
        1, [record("old", "2024-06-01"), record("new", "2024-06-16"), record("month", "2024-06")]
    )
    assert [(r.record, r.why) for r in item.records] == [("pubmed:new", UnseenReason.ADDED_LATER)]
    assert (item.difference, item.unexplained) == (2, 1)


def test_records_indexed_later_may_explain_but_need_not() -> None:
    records = [
        record("old", "2024-06-01", "2024/06/02 06:00"),
        record("late", "2024-06-01", "2024/09/01 06:00"),
    ]
    assert [r.why for r in explained(1, records).records] == [UnseenReason.INDEXED_LATER]
    assert explained(1, records).unexplained == 0
    assert explained(2, records).unexplained == 0
    assert explained(4, records).unexplained == 2


def test_without_a_date_nothing_is_explained() -> None:
    item = explained(1, [record("a", "2025-01-01"), record("b", None)], UNDATED)
    assert (item.records, item.unexplained, item.undated) == ((), 1, 1)


@pytest.mark.parametrize(("reported", "rerun"), [(None, 3), (3, None)])
def test_what_is_not_known_is_not_compared(reported: int | None, rerun: int | None) -> None:
    records = [record(name, "2024-06-01") for name in "abc"]
    item = explain_source(DATED, source_counts(reported, rerun), records)
    assert (item.difference, item.unexplained) == (None, None)


def missed(
    *,
    known: tuple[Record, ...] = (),
    pmid: str | None = None,
    ran: bool = True,
    checks: tuple[Check, ...] = (),
) -> str:
    work = Work(id="w", title="A work", pmid=pmid)
    given = Missed(
        work=work,
        known=known,
        checks=checks,
        other_readings=(),
        ran=["PubMed"] if ran else [],
        not_run={} if ran else {"PubMed": "offline"},
        complete_sources=complete_sources(),
    )
    return why_not_returned(DATED, given)


def test_why_a_work_is_missed_is_said_only_where_something_shows_it() -> None:
    assert missed(ran=False) == "no search could be run"
    assert missed(known=(record("w", "2024-07-01"),)) == "added after the search date (2024-07-01)"
    without = Record(
        source="pubmed", source_id="1", title="Mice", headings=("Mice",), abstract="Of mice."
    )
    assert missed(known=(without,)).startswith("not matched by the query")
    early = Check(record="r", criterion="period", answer=Answer.NO, evidence="published 2019")
    assert missed(checks=(early,)) == "outside “from 2020 on” (published 2019)"
    assert missed(pmid="123").startswith("unexplained: it is in PubMed")
    assert missed().startswith("unexplained: the protocol gives no identifier")
