"""`record add`: a record typed by hand, as a dataset of a source that the protocol names.

So it has a role in the flow: that of its source. What was typed is kept in the cache.
"""

import datetime
import io
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from reviewkit.cache import Cache, RunKey
from reviewkit.importers.parsed_file import content_id
from reviewkit.model.errors import UsageError
from reviewkit.model.records import PageRef, Record, Role, RunStatus, SearchRun
from reviewkit.protocol.model import ProtocolSource, Strategy
from reviewkit.store import Store, write_lock
from reviewkit.store.database import to_json
from reviewkit.store.protocols import add_protocol
from reviewkit.store.records import add_records, record_number
from reviewkit.store.runs import add_listed_run
from reviewkit.store.searches import join_search, searches_of
from reviewkit.store.source_names import names_of_source
from reviewkit.workflow.clock import timestamp
from reviewkit.workflow.open_database import open_database
from reviewkit.workflow.project import ReviewProject, primary_strategy, source_of
from reviewkit.workflow.reviewers import reviewer_in
from reviewkit.workflow.searching.known_records import KnownRecords
from reviewkit.workflow.searching.name_index import NumberSet
from reviewkit.workflow.searching.source_import import ADDED_BY_HAND


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedRecord:
    """A record that was added by hand: its key, the run that brought it, and its role."""

    record: str
    run: int
    role: Role


def add_record(
    project: ReviewProject,
    source_id: str,
    values: Mapping[str, Any],
    *,
    reviewer: str,
    why: str | None,
    now: datetime.datetime,
) -> AddedRecord:
    """Store a record under a source of the protocol; return its key.

    What a reviewer adds to one source on one day is one search. Raises UsageError for an unknown
    source, a record without a title, or one that the source has already.
    """
    source, strategy = source_of(project, source_id), primary_strategy(project)
    if not values.get("title"):
        raise UsageError("a record needs a title", hint='--title "The title"')

    typed = Record(source=source.id, source_id="", **values)
    with (
        write_lock(project.database),
        open_database(project, now=now) as store,
        store.transaction(),
    ):
        name = reviewer_in(store, project, reviewer)
        record = _new_record(store, source, typed)
        add_protocol(
            store,
            project.protocol_sha256,
            review=project.protocol.review.id,
            toml=project.protocol_text,
        )
        page = _keep_page(project, record, name, now)
        run = _run_of(source, strategy, record, page)
        if why:
            run = replace(run, warnings=(f"{page.request}: {why}",))
        number = _store(store, project, run, record)
        key = RunKey(source=source.id, strategy=f"{strategy.id}.import", query=run.query)
        Cache(project.cache).note_run(key, run.pages, started_at=page.retrieved_at)
    return AddedRecord(record=record.key, run=number, role=run.role)


def _new_record(store: Store, source: ProtocolSource, typed: Record) -> Record:
    """Return the record under a key that no other has. Raises UsageError where it is there."""
    named = _named(typed)
    known = KnownRecords(store, names_of_source(store, source.id))
    found = known.find(named, claimed=NumberSet())
    if found.record is not None:
        raise UsageError(
            f"{source.id} has this record already: {found.record.key}",
            hint=f"to correct it: reviewkit record edit {found.record.key}",
        )
    return known.free_name(named)


def _named(typed: Record) -> Record:
    """Return the record named as one that was imported would be."""
    return replace(typed, source_id=typed.pmid or content_id(typed))


def _keep_page(
    project: ReviewProject, record: Record, name: str, now: datetime.datetime
) -> PageRef:
    content = to_json({"added_by": name, "at": timestamp(now), **_filled(record)})
    sha256 = Cache(project.cache).pages.keep(io.BytesIO(content.encode()))
    at = now.astimezone(datetime.UTC).isoformat(timespec="seconds")
    return PageRef(request=f"{ADDED_BY_HAND} by {name}", sha256=sha256, retrieved_at=at)


def _filled(record: Record) -> dict[str, Any]:
    values = {field.name: getattr(record, field.name) for field in fields(record)}
    return {name: value for name, value in values.items() if value}


def _run_of(source: ProtocolSource, strategy: Strategy, record: Record, page: PageRef) -> SearchRun:
    return SearchRun(
        source=source.id,
        role=Role(source.role),
        strategy=strategy.id,
        query=ADDED_BY_HAND,
        searched_at=page.retrieved_at,
        status=RunStatus.COMPLETE,
        count=1,
        received=1,
        pages=(page,),
    )


def _store(store: Store, project: ReviewProject, run: SearchRun, record: Record) -> int:
    """Store the run with its record, as a dataset of the day's search by hand."""
    day = run.searched_at[:10]
    searches = [
        search
        for search in searches_of(store, run.source, run.strategy)
        if (search.query, search.day) == (ADDED_BY_HAND, day)
    ]
    add_records(store, [record])
    rows = [record_number(store, record.key)]
    number = add_listed_run(store, run, rows, protocol=project.protocol_sha256, counts_in_flow=True)
    if searches:
        join_search(store, number, searches[-1].search)
    return number
