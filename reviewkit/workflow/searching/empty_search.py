"""`import --none`: a search that found no record, stored without a file.

It is a run with 0 records: searched in vain is not the same as not searched.
"""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from reviewkit.model.errors import NoRecordInFile, UsageError
from reviewkit.model.records import Role, RunStatus, SearchRun
from reviewkit.protocol.model import ProtocolSource
from reviewkit.store import Store, write_lock
from reviewkit.store.protocols import add_protocol
from reviewkit.store.runs import add_listed_run, run_number_of
from reviewkit.store.searches import SearchRow, searches_of
from reviewkit.store.source_names import refuse_old_name
from reviewkit.store.withdrawals import withdrawn_runs
from reviewkit.workflow.open_database import open_database
from reviewkit.workflow.project import ReviewProject, primary_strategy, source_of


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptySearch:
    """A search that a person ran and that found nothing.

    `run` is its number, `None` in a dry run; `stored_before` says that it was stored already.
    """

    source: str
    name: str
    day: datetime.date
    query: str
    run: int | None
    stored_before: bool

    def sentence(self) -> str:
        """Return what a person needs to know of it, in one sentence."""
        found = f"{self.name}: searched on {self.day}, 0 records found"
        if self.run is None:
            return f"{found}; nothing was changed."
        if self.stored_before:
            return f"{found}; this search was stored before, as run {self.run}."
        return f"{found}; stored as run {self.run}."

    def as_json(self) -> dict[str, Any]:
        """Return the same for programs."""
        return {
            "source": self.source,
            "date": self.day.isoformat(),
            "query": self.query or None,
            "records": 0,
            "run": self.run,
            "stored_before": self.stored_before,
        }


def store_empty_search(
    project: ReviewProject,
    source_id: str,
    day: datetime.date,
    query: str | None,
    *,
    now: datetime.datetime,
    dry_run: bool = False,
) -> EmptySearch:
    """Store that a source was searched on a day and listed no record.

    Raises UsageError for an unknown source, a day after today, a search of the same day and query
    that has records, and one that was stored and then taken out of the flow.
    """
    source, strategy = source_of(project, source_id), primary_strategy(project)
    refuse_later_day(day, now)
    run = _run_of(source, strategy.id, day, query)
    if dry_run:
        return _outcome(source, day, run, None, stored_before=False)

    with (
        write_lock(project.database),
        open_database(project, now=now) as store,
        store.transaction(),
    ):
        refuse_old_name(store, source.id)
        number = run_number_of(store, run)
        if number is not None and number not in withdrawn_runs(store):
            return _outcome(source, day, run, number, stored_before=True)

        _refuse_other_count(searches_of(store, source.id, strategy.id), run)
        number = _store(store, project, run)
    return _outcome(source, day, run, number, stored_before=False)


@contextmanager
def none_named(source: str | None) -> Iterator[None]:
    """Name `--none` in the hint of an export without records: the search may have found nothing."""
    try:
        yield
    except NoRecordInFile as error:
        record = f"reviewkit import --none --source {source or 'SOURCE'} --date DAY"
        raise NoRecordInFile(
            error.what,
            where=error.where,
            hint=f"{error.hint}; if the search found nothing: {record}",
        ) from error


def refuse_later_day(day: datetime.date, now: datetime.datetime) -> None:
    """Raise UsageError for the day of a search that is still to come."""
    if day > now.date():
        raise UsageError(
            f"{day} is after today, {now.date()}",
            where="--date",
            hint="give the day on which the search was run",
        )


def _run_of(
    source: ProtocolSource, strategy: str, day: datetime.date, query: str | None
) -> SearchRun:
    return SearchRun(
        source=source.id,
        role=Role(source.role),
        strategy=strategy,
        query=query or "",
        searched_at=day.isoformat(),
        status=RunStatus.COMPLETE,
        count=0,
        received=0,
    )


def _refuse_other_count(searches: list[SearchRow], run: SearchRun) -> None:
    """Raise UsageError where the very search is stored with a file: it did find records."""
    for search in searches:
        if search.files and (search.day, search.query) == (run.searched_at, run.query):
            number = search.datasets[0]
            raise UsageError(
                f"run {number} is a search of {run.source} on {search.day}, and it found records",
                where="--none",
                hint=f"for a further search, say its --query; if run {number} is wrong: "
                f"reviewkit undo import {number}",
            )


def _store(store: Store, project: ReviewProject, run: SearchRun) -> int:
    add_protocol(
        store,
        project.protocol_sha256,
        review=project.protocol.review.id,
        toml=project.protocol_text,
    )
    return add_listed_run(store, run, [], protocol=project.protocol_sha256, counts_in_flow=True)


def _outcome(
    source: ProtocolSource,
    day: datetime.date,
    run: SearchRun,
    number: int | None,
    *,
    stored_before: bool,
) -> EmptySearch:
    return EmptySearch(
        source=source.id,
        name=source.name,
        day=day,
        query=run.query,
        run=number,
        stored_before=stored_before,
    )
