"""The flow of a review as it stands in its database, and the records behind each box."""

import json
from collections.abc import Sequence
from typing import Any

from reviewkit.model.flow import Flow, Tally
from reviewkit.model.records import Record, Role
from reviewkit.prisma.diagram.layout import lay_out
from reviewkit.prisma.diagram.listing import RecordList
from reviewkit.prisma.diagram.shapes import DiagramLayout
from reviewkit.prisma.partition import (
    BOX_STATES,
    MAIN_ARM,
    RecordState,
    SourceName,
    State,
    count_flow,
)
from reviewkit.protocol.model import Diagram, Protocol
from reviewkit.sources.registry import notice_sources
from reviewkit.store import Store
from reviewkit.store.decisions import states
from reviewkit.store.duplicates import copies_by_lead, links_to
from reviewkit.store.record_monitor import monitored_records
from reviewkit.store.records import citations_in_flow, records_by_key
from reviewkit.store.runs import latest_run, newest_count
from reviewkit.updates.notices import Standing, read_notices

NOT_AMONG_THE_WORKS = "not among the works that the review included"
REPLAY_FOOTNOTE = (
    "Excluded here: not among the works that the review included. Whether the review saw these records, and why it "
    "left them out, is not reported."
)
STAND_IN_FOOTNOTE = (
    "These works were compiled by hand because no search of this review could be run; "
    "they are not the result of a database search."
)
REPORTED_LABEL = "Works that the review reports as included and the rerun does not return"


def review_flow(store: Store, protocol: Protocol, *, later: bool = True) -> Flow:
    """The flow counted from the partition; sources of the protocol that were never searched have no count.

    `later=False` leaves out what updates brought: the rerun of a published review as it is set beside its report. An
    included record that is retracted is named in a footnote.
    """
    names, footnotes = flow_sources(store, protocol)
    partition = states(store, later=later)
    return count_flow(partition, names, footnotes=(*footnotes, *flow_footnotes(store, partition)))


def flow_sources(
    store: Store, protocol: Protocol
) -> tuple[tuple[SourceName, ...], tuple[str, ...]]:
    """The sources of the flow by the names that the diagram gives them, and what is to be said of them."""
    primary = protocol.primary
    names = [
        SourceName(
            source=source.id,
            label=source.name,
            role=Role(source.role),
            searched=latest_run(store, source.id, primary.id if primary else None) is not None,
        )
        for source in protocol.sources
    ]
    footnotes = []
    stand_in = fallback_list_tally(store, protocol)
    if stand_in and protocol.stand_in:
        names.append(
            SourceName(
                source=protocol.stand_in.id, label=stand_in.label, role=Role.STAND_IN, searched=True
            )
        )
        footnotes.append(STAND_IN_FOOTNOTE)
    names.append(
        SourceName(source=Role.REPORTED, label=REPORTED_LABEL, role=Role.REPORTED, searched=True)
    )
    return tuple(names), tuple(footnotes)


def flow_footnotes(store: Store, partition: Sequence[RecordState]) -> tuple[str, ...]:
    """What the records themselves make it necessary to say beside the boxes."""
    footnotes = []
    if any(state.reason == NOT_AMONG_THE_WORKS for state in partition):
        footnotes.append(REPLAY_FOOTNOTE)
    included = [state.record for state in partition if state.state is State.INCLUDED]
    if found := retracted(store, included):
        names = "; ".join(f"{record.title or 'no title'} ({record.key})" for record, _ in found)
        told = (
            "An included study is retracted"
            if len(found) == 1
            else f"{len(found)} included studies are retracted"
        )
        footnotes.append(f"{told}: {names}")
    return tuple(footnotes)


def retracted(store: Store, keys: Sequence[str]) -> tuple[tuple[Record, str], ...]:
    """Those of the records that are retracted, as far as a copy of them or a watched record tells; with evidence."""
    if not keys:
        return ()
    copies, links = copies_by_lead(store), links_to(store)
    seen = {record.pmid: record for record in monitored_records(store) if record.pmid}
    found = []
    for key, record in records_by_key(store, list(keys)).items():
        told = (record, *copies.get(key, ()), *([seen[record.pmid]] if record.pmid in seen else []))
        notices = read_notices(told, links.get(key, ()), stated_by=notice_sources())
        if notices.standing is Standing.RETRACTED:
            found.append((record, "; ".join(notices.evidence)))
    return tuple(found)


def draw_flow(
    flow: Flow,
    look: Diagram,
    *,
    compared: Flow | None = None,
    template: str | None = None,
    language: str | None = None,
    theme: str | None = None,
    detail: bool = True,
) -> DiagramLayout:
    """The flow laid out as a protocol's [diagram] table says, except for what is given here.

    The table's labels are in its language and hold in no other. Raises UsageError as `layout` does.
    """
    return lay_out(
        flow,
        compared=compared,
        template=template or look.template,
        language=language or look.language,
        theme=theme or look.theme,
        detail=detail,
        labels=look.labels if language in {None, look.language} else {},
    )


def fallback_list_tally(store: Store, protocol: Protocol) -> Tally | None:
    """The list that stands in for the searches, with its count; `None` where a search counts."""
    count = newest_count(store, Role.STAND_IN)
    if count is None or protocol.stand_in is None:
        return None
    return Tally(label=protocol.stand_in.label, n=count)


_COLUMNS = ("Title", "Authors", "Year", "Journal", "DOI", "PMID", "Record", "Reason")


def box_listings(store: Store) -> tuple[RecordList, ...]:
    """The records behind each box that has any, as rows of text, by year and title."""
    partition = {state.record: state for state in states(store)}
    return listings_of(
        [(partition[record], cells) for record, cells in citations_in_flow(store).items()]
    )


def listings_of(rows: Sequence[tuple[RecordState, Sequence[Any]]]) -> tuple[RecordList, ...]:
    """The records behind each box from their states and, of each, title, authors (JSON), year, journal, DOI, PMID."""
    ordered = sorted(rows, key=lambda row: (-(row[1][2] or 0), row[1][0] or "", row[0].record))
    cells = [(state, _cells(told, state)) for state, told in ordered]
    listings = []
    for box, (main, wanted) in BOX_STATES.items():
        behind = tuple(
            row
            for state, row in cells
            if (state.role in MAIN_ARM) is main and state.state in wanted
        )
        if behind:
            listings.append(RecordList(box=box, columns=_COLUMNS, rows=behind))
    return tuple(listings)


def _cells(told: Sequence[Any], state: RecordState) -> tuple[str, ...]:
    title, names, year, journal, doi, pmid = told
    authors = json.loads(names)
    shown = "; ".join(authors[:3]) + (" et al." if len(authors) > 3 else "")
    texts = (
        title,
        shown,
        "" if year is None else str(year),
        journal,
        doi,
        pmid,
        state.record,
        state.reason,
    )
    return tuple(text or "" for text in texts)
