"""What a report says before anybody writes it down: differences explained, works missed, notices."""

from dataclasses import replace
from typing import Any

import pytest

from reviewkit.model.flow import Flow
from reviewkit.model.records import Answer, Check, Record, Relation, RelationKind, Role
from reviewkit.protocol.model import Protocol, Work, parse_protocol
from reviewkit.report.model import Bullets, Code
from reviewkit.report.sections_searches import runs_section
from reviewkit.report.verdict import headline
from reviewkit.reproduction.differences import (
    Missed,
    SourceCounts,
    SourceDifference,
    UnseenReason,
    explain_source,
    why_not_returned,
)
from reviewkit.reproduction.outcomes import SourceOutcome
from reviewkit.sources.registry import complete_sources, notice_sources, source_query
from reviewkit.updates.notices import Notices, Standing, read_notices
from tests.helpers.reports import EMPTY, report_of_flows
from tests.helpers.screening_review import PROTOCOL, run_of

STRATEGY = """
[[strategies]]
id = "s"
label = "gut as a heading"
origin = "reading"
field = "heading"
blocks = [["gut"]]
[[criteria]]
id = "period"
kind = "inclusion"
wording = "from 2020 on"
check = { by = "date", from = 2020 }
"""
DATED = parse_protocol(
    f"{PROTOCOL}{STRATEGY}[reported]\nsearch_date = 2024-06-15\n[reported.flow]\nnew_studies = 1\n",
    where="p",
)
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


def copy(source: str = "pubmed", **values: object) -> Record:
    return Record(source=source, source_id="1", title="A work", **values)  # type: ignore[arg-type]  # any field


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


def source_of(protocol: Protocol, query: str | None = None) -> SourceOutcome:
    compiled = source_query(protocol, protocol.strategies[0], "pubmed")
    run = replace(
        run_of(()),
        query=query or (compiled.text if compiled else ""),
        translation="gut[All Fields]",
    )
    return SourceOutcome(
        source="pubmed",
        name="PubMed",
        role=Role.DATABASE,
        query=compiled.text if compiled else None,
        reported=7,
        run=run,
        why_not=None,
    )


def test_a_published_query_stands_beside_the_one_compiled_sent_and_translated() -> None:
    printed = """
[[strategies]]
id = "s"
label = "as printed"
origin = "published"
queries = { pubmed = 'gut[tw]  AND "mice"' }
where = "appendix 1"
[limits]
published_from = 2020
"""
    protocol = parse_protocol(PROTOCOL + printed, where="p")
    made = replace(EMPTY, sources=(source_of(protocol, "gut[tw]"),))
    codes = {
        b.label: b.text
        for part in runs_section(protocol, made).parts
        for b in part.blocks
        if isinstance(b, Code)
    }
    assert codes == {
        "Query as published (appendix 1)": 'gut[tw]  AND "mice"',
        "Query as compiled": '(gut[tw]  AND "mice") AND 2020/01/01:3000/12/31[dp]',
        "Query as sent; the protocol has changed since": "gut[tw]",
        "As translated by the database": "gut[All Fields]",
    }


def test_a_reported_flow_that_does_not_add_up_is_said_on_the_first_page() -> None:
    flow = Flow(
        database_results=10,
        duplicates=2,
        excluded_automatic=0,
        excluded_other=0,
        records_screened=5,
    )
    report = report_of_flows(flow, Flow())
    told = [item for block in report.summary if isinstance(block, Bullets) for item in block.items]
    assert any(item.startswith("The reported flow does not add up") for item in told)


def test_the_headline_says_how_far_it_went() -> None:
    source = source_of(DATED)
    assert source.run is not None
    exact = replace(source, run=replace(source.run, count=7))
    differs = replace(source, run=replace(source.run, count=9))
    unrun = replace(source, run=None, why_not="offline")
    told = {
        name: headline(DATED, replace(EMPTY, sources=sources), Flow()).text
        for name, sources in {
            "exact": (exact,),
            "differs": (exact, differs),
            "none": (unrun, unrun),
        }.items()
    }
    assert told["exact"].startswith("Reproduced")
    assert told["differs"].startswith("Partly reproduced: of 2 searches, 1 exact, 1 differs")
    assert told["none"] == "Could not be reproduced: none of 2 searches was run."
