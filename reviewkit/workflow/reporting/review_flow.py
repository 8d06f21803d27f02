"""The current flow of a review in its database, and the records behind each box."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from reviewkit.model.flow import Flow, Tally
from reviewkit.model.messages import in_english_n, mark
from reviewkit.model.records import Record, Role
from reviewkit.prisma.diagram.layout import lay_out
from reviewkit.prisma.diagram.listing import RecordList
from reviewkit.prisma.diagram.options import DiagramOptions
from reviewkit.prisma.diagram.shapes import DiagramLayout
from reviewkit.prisma.partition import (
    BOX_STATES,
    MAIN_ARM,
    RecordState,
    SourceName,
    State,
    count_flow,
)
from reviewkit.prisma.rerun import count_rerun, rerun_states, unscreened
from reviewkit.protocol.model import Diagram, Protocol
from reviewkit.store import Store
from reviewkit.store.decisions import cited_states, counted_states, states
from reviewkit.store.duplicates import CopiesByLead
from reviewkit.store.run_log import records_new_to_updates
from reviewkit.store.runs import latest_run, newest_count, searches_by_record
from reviewkit.store.source_names import source_rows
from reviewkit.store.studies import studies_by_report
from reviewkit.store.works import stored_works
from reviewkit.workflow.merged_record import merged_citations
from reviewkit.workflow.reporting.flow_footnotes import STAND_IN_FOOTNOTE, flow_footnotes, is_rerun
from reviewkit.workflow.reporting.row_spool import spool
from reviewkit.workflow.setup.unnamed_sources import unnamed_sentence, unnamed_sources

REPORTED_LABEL = mark("Works that the review reports as included and the rerun does not return")


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawingChoice:
    """What a command asks of a diagram; `None` leaves it to the protocol's [diagram] table."""

    template: str | None = None
    language: str | None = None
    theme: str | None = None
    detail: bool = True
    horizontal: bool | None = None
    standard: str | None = None
    hide: tuple[str, ...] = ()
    show_zero: bool | None = None
    credit: bool = False


def review_flow(store: Store, protocol: Protocol, *, later: bool = True) -> Flow:
    """Return the flow counted from the partition; a source that was never searched has no count.

    `later=False` leaves out what updates added: the rerun of a published review, to be compared
    with its report. A footnote names each included record that is retracted.
    """
    names, footnotes = flow_sources(store, protocol)
    if is_rerun(store):
        partition = states(store, later=later)
        brought = records_new_to_updates(store)
        return count_rerun(
            partition,
            names,
            works=_included_works(store, [row for row in partition if row.record not in brought]),
            footnotes=(*footnotes, *flow_footnotes(store, protocol, partition)),
            team=brought,
            studies=studies_by_report(store),
        )

    partition = counted_states(store, later=later)
    return count_flow(
        partition,
        names,
        footnotes=(*footnotes, *flow_footnotes(store, protocol, partition)),
        own_review=not protocol.is_published,
        studies=studies_by_report(store),
    )


def _included_works(store: Store, partition: Sequence[RecordState]) -> tuple[Tally, ...]:
    """Return how many works of the published review come from where, by the key of a label.

    What only an update returned is no part of the rerun, and so not in the partition.
    """
    in_rerun = {state.record for state in partition}
    searches = {key: by for key, by in searches_by_record(store).items() if key in in_rerun}
    copies = CopiesByLead(store)
    origins = Counter(
        _origin(record, matched_by, copies.get(record, ()), searches)
        for record, matched_by in stored_works(store).values()
    )
    order = ("works_returned", "works_compiled", "works_listed")
    shown = [key for key in order if origins[key] or (key == "works_returned" and searches)]
    return tuple(Tally(label=key, n=origins[key]) for key in shown)


def _origin(
    record: str,
    matched_by: str | None,
    copies: Sequence[Record],
    searches: Mapping[str, Sequence[str]],
) -> str:
    keys = (record, *(copy.key for copy in copies))
    if any(key in searches for key in keys):
        return "works_returned"
    return "works_listed" if matched_by is None else "works_compiled"


def flow_sources(
    store: Store, protocol: Protocol
) -> tuple[tuple[SourceName, ...], tuple[str, ...]]:
    """Return the sources of the flow with their names in the diagram, and the footnotes on them."""
    primary = protocol.searches_of
    in_flow = {row.source for row in source_rows(store) if row.in_flow}
    names = [
        SourceName(
            source=source.id,
            label=source.name,
            role=Role(source.role),
            searched=source.id in in_flow or latest_run(store, source.id, primary) is not None,
        )
        for source in protocol.sources
    ]

    unnamed = unnamed_sources(store, protocol)
    # Drawn under its id, so that the flow adds up; the commands refuse to draw it unasked.
    names += [
        SourceName(source=row.source, label=row.source, role=row.role, searched=True)
        for row in unnamed
    ]
    footnotes = tuple(map(unnamed_sentence, unnamed))
    stand_in = fallback_list_tally(store, protocol)
    if stand_in and protocol.stand_in:
        source, label = protocol.stand_in.id, stand_in.label
        names.append(SourceName(source=source, label=label, role=Role.STAND_IN, searched=True))
        footnotes += (STAND_IN_FOOTNOTE,)
    if protocol.is_published:
        names.append(
            SourceName(
                source=Role.REPORTED, label=REPORTED_LABEL, role=Role.REPORTED, searched=True
            )
        )

    return tuple(names), footnotes


def draw_flow(
    flow: Flow,
    diagram: Diagram,
    choice: DrawingChoice | None = None,
    *,
    compared: Flow | None = None,
) -> DiagramLayout:
    """Return the flow laid out as a protocol's [diagram] table says, except for the choice.

    The table's labels are in its language and are not used in another.
    Raise UsageError as `lay_out` does.
    """
    choice = choice or DrawingChoice()
    labels: Mapping[str, str] = {}
    if choice.language in {None, diagram.language}:
        labels = diagram.labels
    options = DiagramOptions(
        template=choice.template or diagram.template,
        language=choice.language or diagram.language,
        theme=choice.theme or diagram.theme,
        detail=choice.detail,
        labels=labels,
        **_lines_and_look(diagram, choice),
    )

    return lay_out(flow, options, compared=compared)


def _lines_and_look(diagram: Diagram, choice: DrawingChoice) -> dict[str, Any]:
    """Return which lines are drawn, and how the picture is arranged."""
    show_zero = diagram.show_zero if choice.show_zero is None else choice.show_zero
    horizontal = choice.horizontal
    if horizontal is None:
        horizontal = diagram.layout == "horizontal"
    return {
        "hide": (*diagram.hide, *choice.hide),
        "show_zero": show_zero,
        "horizontal": horizontal,
        "standard": choice.standard or diagram.standard,
        "credit": choice.credit or diagram.credit,
    }


def fallback_list_tally(store: Store, protocol: Protocol) -> Tally | None:
    """Return the list that stands in for the searches, with its count, or `None`."""
    count = newest_count(store, Role.STAND_IN)
    if count is None or protocol.stand_in is None:
        return None
    return Tally(label=protocol.stand_in.label, n=count)


_COLUMNS = (
    mark("Title"),
    mark("Authors"),
    mark("Year"),
    mark("Journal"),
    "DOI",
    "PMID",
    mark("Record"),
    mark("Reason"),
)


_LEFT = mark("Left to be screened")
_INCLUDED = mark("Works that the review includes")


def box_listings(store: Store) -> tuple[RecordList, ...]:
    """Return the records behind each box that has any, as rows of text, by year and title.

    A record is shown with what its copies know besides.
    """
    rows = cited_states(store, merged_citations(store))
    if not is_rerun(store):
        return _listings(rows)

    cited = {state.record: cells for state, cells in rows}
    return _rerun_listings(store, states(store), cited)


def _rerun_listings(
    store: Store, rows: Sequence[RecordState], citations: Mapping[str, Sequence[Any]]
) -> tuple[RecordList, ...]:
    """Return what was found, removed, left to be screened, and the works of the review.

    What the team screened of an update's records stands behind the same boxes.
    """
    brought = records_new_to_updates(store)
    pairs = [(row, citations[row.record]) for row in rerun_states(rows, brought)]
    left = [pair for pair in pairs if pair[0].state is State.AWAITING_SCREENING]
    works = {record for record, _ in stored_works(store).values()}
    included = [(unscreened(row), citations[row.record]) for row in rows if row.record in works]
    ours = (
        *_listing("box4", left, _LEFT, mark("Nobody has screened these records.")),
        *_listing("box10", included, _INCLUDED, mark("As its list says.")),
    )
    counted = {listing.box: listing for listing in listings_of(pairs)}
    joined = [_with_the_teams(listing, counted.pop(listing.box, None)) for listing in ours]
    return (*counted.values(), *joined)


def _with_the_teams(listing: RecordList, team: RecordList | None) -> RecordList:
    """Return a list of the rerun, followed by what the team has behind the same box."""
    if team is None:
        return listing
    more, note = len(team.rows), listing.note
    return replace(
        listing,
        rows=(*listing.rows, *team.rows),
        heading=in_english_n(
            more,
            "{heading}; then {n} record of updates, decided by the team",
            "{heading}; then {n} records of updates, decided by the team",
            heading=listing.heading,
        ),
        note=in_english_n(
            more,
            "Decided by the team: the last record. All others: {note}",
            "Decided by the team: the last {n} records. All others: {note}",
            note=f"{note[0].lower()}{note[1:]}",
        ),
    )


def _listing(
    box: str, rows: Sequence[tuple[RecordState, Sequence[Any]]], heading: str, note: str
) -> Iterator[RecordList]:
    cells = tuple(
        _cells(citation, replace(state, reason=None))
        for state, citation in sorted(rows, key=_by_year_and_title)
    )
    if cells:
        n = len(cells)
        heading = in_english_n(n, "{list}: {n} record", "{list}: {n} records", list=heading)
        yield RecordList(box=box, columns=_COLUMNS, rows=cells, heading=heading, note=note)


def listings_of(rows: Sequence[tuple[RecordState, Sequence[Any]]]) -> tuple[RecordList, ...]:
    """Return the records behind each box from their states and citations.

    A citation is title, authors (JSON), year, journal, DOI and PMID.
    """
    return _listings(sorted(rows, key=_by_year_and_title))


def _listings(ordered: Iterable[tuple[RecordState, Sequence[Any]]]) -> tuple[RecordList, ...]:
    """Return the lists of records that come in their order."""
    rows = spool((_boxes_of(state), _cells(citation, state)) for state, citation in ordered)
    return tuple(
        RecordList(box=box, columns=_COLUMNS, rows=rows[box]) for box in BOX_STATES if box in rows
    )


def _boxes_of(state: RecordState) -> list[str]:
    """Return the boxes that count a record."""
    is_in_main = state.role in MAIN_ARM
    return [
        box
        for box, (is_main, wanted) in BOX_STATES.items()
        if is_in_main is is_main and state.state in wanted
    ]


def _by_year_and_title(row: tuple[RecordState, Sequence[Any]]) -> tuple[int, str, str]:
    """Return a key that sorts the newest first, then by title."""
    state, (title, _, year, *_) = row
    return -(year or 0), title or "", state.record


def _cells(citation: Sequence[Any], state: RecordState) -> tuple[str, ...]:
    title, names, year, journal, doi, pmid = citation
    texts = (title, _authors(names), year, journal, doi, pmid, state.record, state.reason)
    return tuple("" if text is None else str(text) for text in texts)


def _authors(names: str) -> str:
    """Return the first three authors of a JSON list."""
    authors = json.loads(names)
    shown = "; ".join(authors[:3])
    if len(authors) <= 3:
        return shown
    return f"{shown} et al."
